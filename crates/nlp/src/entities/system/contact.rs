//! E-mail addresses, telephone numbers and URLs: regular expressions in linear time, and the form
//! that their matches are brought into.

use std::ops::Range;

use super::SystemKind;

/// So many digits without a gap are a telephone number by themselves.
const WHOLE_NUMBER: usize = 9;

/// The regular expressions that find a kind; none for the kinds that have a grammar. They take
/// more than they should, and [`normalise`] looks closer.
pub(in crate::entities) fn pattern(kind: SystemKind) -> &'static [&'static str] {
    match kind {
        SystemKind::Email => &[r"(?i)[\p{Latin}0-9][\p{Latin}0-9._%+'-]*@(?:[a-z0-9][a-z0-9-]*\.)+[a-z]{2,}"],
        SystemKind::Url => &[
            r#"(?i)(?:https?://|www\.)[^\s<>"]+"#,
            // Without a scheme, an address is told by its top-level domain.
            r#"(?i)(?:[a-z0-9][a-z0-9-]*\.)+(?:com|org|net|edu|gov|io|dev|app|eu|nl|be|uk|de|fr|us|info|shop)(?:[:/?#][^\s<>"]*)?"#,
        ],
        SystemKind::Phone => &[
            r"(?:\+|00)[1-9](?:[ ./()-]{0,2}[0-9]){6,14}",
            r"\(?0(?:[ ./()-]{0,2}[0-9]){8,11}",
            r"(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[ .-])[0-9]{3}[ .-][0-9]{4}",
        ],
        _ => &[],
    }
}

/// The part of a match that counts, and its value; none where it is something else after all.
pub(in crate::entities) fn normalise(
    kind: SystemKind,
    text: &str,
    matched: Range<usize>,
) -> Option<(Range<usize>, String)> {
    let own = text.get(matched.clone())?;
    let before = text.get(..matched.start)?.chars().next_back();
    let after = text.get(matched.end..)?.chars().next();
    let touches_word =
        |character: Option<char>| character.is_some_and(|character| character.is_alphanumeric() || character == '_');
    match kind {
        SystemKind::Email => {
            let (local, domain) = own.rsplit_once('@')?;
            let free = !touches_word(after) && after != Some('@') && !own.contains("..");
            free.then(|| (matched.clone(), format!("{local}@{}", domain.to_lowercase())))
        }
        SystemKind::Url => {
            if touches_word(before) || matches!(before, Some('@' | '.' | '-')) {
                return None;
            }
            let own = without_closing(own);
            let lower = own.get(..8).unwrap_or(own).to_ascii_lowercase();
            let has_scheme = lower.starts_with("http://") || lower.starts_with("https://");
            let bare_goes_on =
                !has_scheme && matched.end == matched.start + own.len() && (touches_word(after) || after == Some('@'));
            let value = if has_scheme { own.to_owned() } else { format!("https://{own}") };
            (!bare_goes_on && value.len() > "https://".len())
                .then_some((matched.start..matched.start + own.len(), value))
        }
        SystemKind::Phone => {
            if begins_with_date(own) {
                return None;
            }
            let (own, matched) =
                (up_to_whole_number(own), matched.start..matched.start + up_to_whole_number(own).len());
            let after = text.get(matched.end..)?.chars().next();
            let digits: String = own.chars().filter(char::is_ascii_digit).collect();
            let plus = if own.starts_with('+') { "+" } else { "" };
            let free = !touches_word(before)
                && !touches_word(after)
                && !matches!(before, Some('+' | '#'))
                && after != Some('@');
            free.then(|| (matched.clone(), format!("{plus}{digits}")))
        }
        _ => None,
    }
}

/// Whether digits are those of a date: `01/02/2026`, `1-2-2026`.
fn begins_with_date(own: &str) -> bool {
    let mut fields = own.splitn(3, ['/', '-', '.']);
    let is_field = |field: Option<&str>| {
        field.is_some_and(|field| (1..=2).contains(&field.len()) && field.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let year = |rest: &str| rest.bytes().take_while(u8::is_ascii_digit).count() == 4;
    is_field(fields.next()) && is_field(fields.next()) && fields.next().is_some_and(year)
}

/// The digits up to the first run that is a whole number by itself: in `0612345678 12` what follows is something else.
fn up_to_whole_number(own: &str) -> &str {
    let mut length = 0;
    for (at, character) in own.char_indices() {
        length = if character.is_ascii_digit() { length + 1 } else { 0 };
        let ends = own.as_bytes().get(at + 1).is_none_or(|next| !next.is_ascii_digit());
        if ends && length >= WHOLE_NUMBER {
            return own.get(..=at).unwrap_or(own);
        }
    }
    own
}

/// A URL without the punctuation of the sentence that it stands in.
fn without_closing(url: &str) -> &str {
    let mut url = url;
    while let Some(last) = url.chars().next_back() {
        let closes = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '…' | '”' | '’' => true,
            ')' => !url.contains('('),
            ']' => !url.contains('['),
            '}' => true,
            _ => false,
        };
        if !closes {
            break;
        }
        url = &url[..url.len() - last.len_utf8()];
    }
    url
}
