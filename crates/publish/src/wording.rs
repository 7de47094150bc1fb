//! How messages name things: the same words in every rule and in the text of a diff.

use std::fmt::Display;

use greenroom_model::{PartPath, Scope, Subject, Symbol, SymbolKind, Usage};
use serde_json::Value;

use crate::Submission;

/// How many entries of a list a message gives before it says how many more there are.
const MOST_LISTED: usize = 10;

/// How many characters of an author's text a message quotes.
const MOST_QUOTED: usize = 80;

/// The first entries, and how many more there are.
pub(crate) fn listed<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    let mut items = items.into_iter();
    let first: Vec<String> = items.by_ref().take(MOST_LISTED).map(|item| item.to_string()).collect();
    match items.count() {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

/// An author's text in quotation marks: on one line, cut where it is long.
pub(crate) fn quoted(text: &str) -> String {
    let shown = match text.char_indices().nth(MOST_QUOTED) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    };
    Value::String(shown).to_string()
}

/// A count with its noun: `1 example`, `3 examples`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// An id, and the name beside it where there is one that says more.
pub(crate) fn id_and_name(id: &str, name: Option<&str>) -> String {
    match name {
        Some(name) if name != id => format!("`{id}` ({})", quoted(name)),
        _ => format!("`{id}`"),
    }
}

/// A part's id, and its name where it is known.
pub(crate) fn part_named(submission: &Submission<'_>, path: &PartPath, id: &str) -> String {
    id_and_name(id, submission.name_of(path))
}

/// Where something is used, and the name of the flow or part where it is known.
pub(crate) fn usage_named(submission: &Submission<'_>, usage: &Usage) -> String {
    let segments = usage.path.segments();
    let name = submission.name_of(&usage.path).filter(|name| segments.last() != Some(name));
    id_and_name(&usage.to_string(), name)
}

/// The command that publishes flows too, to the environment at hand.
pub(crate) fn full_publish(submission: &Submission<'_>) -> String {
    format!("`greenroom publish {} --scope full{}`", submission.change.bot, environment_option(submission))
}

/// What mends a use of something that a partial publish lacks, in flows that it leaves as they are:
/// publishing flows too; where the draft's flows use it as well, they must be mended first.
pub(crate) fn flows_too(submission: &Submission<'_>, kind: SymbolKind, name: &str, then: &str) -> String {
    let publish = full_publish(submission);
    match submission.indexes.unknown_in_draft.get(&Symbol::new(kind, name)) {
        Some(usages) if !usages.is_empty() => {
            let places = listed(usages.iter().map(|usage| usage_named(submission, usage)));
            format!("take it out of {places} in the draft, which use it too, and publish flows too{then}: {publish}")
        }
        _ => format!("publish flows too{then}: {publish}"),
    }
}

/// The command that plays the tests on what is about to be published.
pub(crate) fn test_run(submission: &Submission<'_>) -> String {
    let run = format!("`greenroom test {}{}`", submission.change.bot, chosen(submission));
    match submission.scope() {
        // Its edit is known where it is made, and nowhere else.
        Scope::Hotfix => format!("make the same edit in the draft, then {run}"),
        _ => run,
    }
}

/// What a command needs to mean the same publish: scope and environment, where they do not go without saying.
pub(crate) fn chosen(submission: &Submission<'_>) -> String {
    let scope = match submission.scope() {
        // A hotfix is planned where it is made, and by nothing else.
        Scope::Full | Scope::Hotfix => String::new(),
        scope => format!(" {}", scope.options()),
    };
    format!("{scope}{}", environment_option(submission))
}

/// How commands name the environment: `live` goes without saying.
fn environment_option(submission: &Submission<'_>) -> String {
    match submission.change.environment.as_str() {
        "live" => String::new(),
        other => format!(" --env {other}"),
    }
}

/// A usage as a finding's subject.
pub(crate) fn usage_subject(usage: &Usage) -> Subject {
    match &usage.node {
        Some(node) => Subject::Node(usage.path.clone(), node.clone()),
        None => Subject::Part(usage.path.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_says_how_many_more() {
        assert_eq!(listed(1..=3), "1, 2, 3");
        assert_eq!(listed(1..=10), "1, 2, 3, 4, 5, 6, 7, 8, 9, 10");
        assert_eq!(listed(1..=12), "1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more");
        assert_eq!(listed::<u8>([]), "");
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(quoted(&"é".repeat(80)), format!("\"{}\"", "é".repeat(80)));
        assert_eq!(quoted(&"é".repeat(81)), format!("\"{}…\"", "é".repeat(80)));
        assert_eq!(quoted("one\n\"two\""), r#""one\n\"two\"""#);
    }

    #[test]
    fn a_name_that_says_nothing_new_is_left_out() {
        assert_eq!(id_and_name("greet", Some("greet")), "`greet`");
        assert_eq!(id_and_name("greet", Some("Hello")), "`greet` (\"Hello\")");
        assert_eq!(id_and_name("greet", None), "`greet`");
    }

    #[test]
    fn one_is_singular() {
        assert_eq!([counted(0, "example"), counted(1, "example")], ["0 examples", "1 example"]);
    }
}
