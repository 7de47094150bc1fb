//! Findings of one code together: what it means is said once, then each thing that it is about.

use crate::publishing_words::{MendingPlace, ShownFinding};

/// The findings of one code.
#[derive(Debug, Clone)]
pub(crate) struct FindingGroup {
    pub(crate) code: String,
    pub(crate) title: String,
    pub(crate) mend: &'static str,
    /// Where all of them are mended, if that is one page.
    pub(crate) place: Option<MendingPlace>,
    pub(crate) guide: String,
    pub(crate) items: Vec<GroupItem>,
}

/// One thing that a code is about.
#[derive(Debug, Clone)]
pub(crate) struct GroupItem {
    pub(crate) detail: Vec<TextPiece>,
    /// Where it is mended, if the others are mended elsewhere.
    pub(crate) place: Option<MendingPlace>,
}

/// A piece of a message: what stands between backticks is code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TextPiece {
    pub(crate) is_code: bool,
    pub(crate) text: String,
}

/// The findings by code, in the order of the first of each.
pub(crate) fn grouped(findings: Vec<ShownFinding>) -> Vec<FindingGroup> {
    let mut groups: Vec<FindingGroup> = Vec::new();
    for finding in findings {
        let item = GroupItem { detail: text_pieces(&finding.detail), place: finding.place };
        match groups.iter_mut().find(|group| group.code == finding.code && group.title == finding.title) {
            Some(group) => group.items.push(item),
            None => groups.push(FindingGroup {
                code: finding.code,
                title: finding.title,
                mend: finding.mend,
                place: None,
                guide: finding.guide,
                items: vec![item],
            }),
        }
    }
    for group in &mut groups {
        let mut places = group.items.iter().map(|item| item.place.as_ref().map(|place| place.href.as_str()));
        let first = places.next().flatten();
        if first.is_some() && places.all(|place| place == first) {
            for item in &mut group.items {
                group.place = item.place.take();
            }
        }
    }
    groups
}

/// A message in pieces.
pub(crate) fn text_pieces(message: &str) -> Vec<TextPiece> {
    let pieces = message.split('`').enumerate();
    pieces
        .filter(|(_, text)| !text.is_empty())
        .map(|(position, text)| TextPiece { is_code: position % 2 == 1, text: text.to_owned() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(code: &str, detail: &str, href: &str) -> ShownFinding {
        ShownFinding {
            code: code.to_owned(),
            title: code.to_owned(),
            detail: detail.to_owned(),
            mend: "",
            place: Some(MendingPlace { label: "Open".to_owned(), href: href.to_owned() }),
            guide: String::new(),
        }
    }

    #[test]
    fn a_page_that_mends_all_is_named_once() {
        let groups =
            grouped(vec![finding("a", "in `en`", "/x"), finding("b", "c", "/y"), finding("a", "in `nl`", "/x")]);
        let [a, b] = &groups[..] else { panic!("{groups:?}") };
        assert_eq!((a.items.len(), b.items.len()), (2, 1));
        assert_eq!(a.place.as_ref().unwrap().href, "/x");
        assert!(a.items.iter().all(|item| item.place.is_none()));
    }

    #[test]
    fn things_that_are_mended_apart_keep_their_pages() {
        let groups = grouped(vec![finding("a", "one", "/x"), finding("a", "two", "/y")]);
        assert!(groups[0].place.is_none());
        assert!(groups[0].items.iter().all(|item| item.place.is_some()));
    }

    #[test]
    fn what_stands_between_backticks_is_code() {
        let piece = |is_code, text: &str| TextPiece { is_code, text: text.to_owned() };
        assert_eq!(
            text_pieces("the model of `en` is old"),
            [piece(false, "the model of "), piece(true, "en"), piece(false, " is old")]
        );
    }
}
