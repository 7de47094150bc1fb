//! The outcome of tests as JUnit XML: the subset that build servers agree on, a suite
//! of the bot's name with a case a test.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use greenroom_bot::{Mismatch, TestOutcome};
use greenroom_model::{BotId, TestId};

/// The document.
pub(crate) fn document(bot: &BotId, outcomes: &BTreeMap<TestId, TestOutcome>) -> String {
    let failures = outcomes.values().filter(|outcome| !outcome.passed()).count();
    let counts = format!("tests=\"{}\" failures=\"{failures}\" errors=\"0\"", outcomes.len());
    let bot = escaped(bot.as_str());
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {counts}>\n  <testsuite name=\"{bot}\" {counts}>\n"
    );
    for (test, outcome) in outcomes {
        let test = escaped(test.as_str());
        // Writing into a text cannot fail.
        let _ = match outcome.mismatches.first() {
            None => writeln!(xml, "    <testcase classname=\"{bot}\" name=\"{test}\"/>"),
            Some(first) => {
                let message = escaped(&format!("turn {}, {}: expected {}", first.turn, first.what, first.expected));
                let lines: Vec<String> = outcome.mismatches.iter().map(told).collect();
                let lines = escaped(&lines.join("\n"));
                writeln!(
                    xml,
                    "    <testcase classname=\"{bot}\" name=\"{test}\">\n      <failure message=\"{message}\">{lines}</failure>\n    </testcase>"
                )
            }
        };
    }
    xml.push_str("  </testsuite>\n</testsuites>\n");
    xml
}

fn told(mismatch: &Mismatch) -> String {
    let Mismatch { turn, what, expected, found, help } = mismatch;
    format!("turn {turn}, {what}: expected {expected}, found {found}; {help}")
}

/// A text as XML 1.0 takes it in texts and attributes: what it cannot hold at all is replaced.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push_str("&#9;"),
            '\r' => escaped.push_str("&#13;"),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push(char::REPLACEMENT_CHARACTER),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_bot_says_cannot_break_the_document() {
        let mismatch = Mismatch {
            turn: 1,
            what: "replies.1".to_owned(),
            expected: "\"<b>\" & ]]>\u{1}".to_owned(),
            found: "a\nb".to_owned(),
            help: "mend it".to_owned(),
        };
        let outcomes = BTreeMap::from([
            ("fine".parse().unwrap(), TestOutcome { mismatches: Vec::new() }),
            ("off".parse().unwrap(), TestOutcome { mismatches: vec![mismatch] }),
        ]);
        assert_eq!(
            document(&"shop".parse().unwrap(), &outcomes),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <testsuites tests=\"2\" failures=\"1\" errors=\"0\">\n  \
               <testsuite name=\"shop\" tests=\"2\" failures=\"1\" errors=\"0\">\n    \
                 <testcase classname=\"shop\" name=\"fine\"/>\n    \
                 <testcase classname=\"shop\" name=\"off\">\n      \
                   <failure message=\"turn 1, replies.1: expected &quot;&lt;b&gt;&quot; &amp; ]]&gt;\u{fffd}\">turn 1, replies.1: \
                   expected &quot;&lt;b&gt;&quot; &amp; ]]&gt;\u{fffd}, found a&#10;b; mend it</failure>\n    \
                 </testcase>\n  \
               </testsuite>\n\
             </testsuites>\n"
        );
    }
}
