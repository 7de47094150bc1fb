//! `nlu:`: intents with their examples, synonyms, regular expressions, lookup tables.

use super::super::cursor::Cursor;
use super::super::report::{NOTHING_TO_DO, Named, Place, Report};
use super::super::yaml::Content;
use super::Project;
use crate::Error;

/// An intent's block of examples. One intent may have several.
#[derive(Debug)]
pub(in super::super) struct NluIntent {
    /// The name; of a retrieval intent `GROUP/NAME`.
    pub(in super::super) name: Named,
    pub(in super::super) examples: Vec<ExampleText>,
}

/// One line of examples, as it is written.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct ExampleText {
    pub(in super::super) text: String,
    pub(in super::super) place: Place,
}

/// A named list: a synonym with its spellings, a regular expression, a lookup table.
#[derive(Debug)]
pub(in super::super) struct List {
    pub(in super::super) name: Named,
    pub(in super::super) items: Vec<ExampleText>,
}

pub(super) fn read(items: Cursor<'_>, project: &mut Project, report: &mut Report) -> Result<(), Error> {
    for item in items.list("`nlu`")? {
        let mut block = item.section("an item of `nlu`")?;
        let kinds = ["intent", "synonym", "regex", "lookup"];
        let Some((kind, name)) = kinds.into_iter().find_map(|kind| Some((kind, block.take(kind)?))) else {
            report.lose(
                &item.place(),
                "item of `nlu`",
                format!("it names no intent, synonym, regex or lookup table (`{}`)", item.outline()),
                "name what it is and import again",
            );
            continue;
        };
        let name = name.name(&format!("`{kind}`"))?;
        let examples = match block.take("examples") {
            Some(examples) => read_examples(examples, &name.name, report)?,
            None => Vec::new(),
        };
        if examples.is_empty() {
            report.lose(
                &name.place,
                format!("{kind} `{}`", name.name),
                "it has no examples",
                "add examples, or delete it",
            );
        }
        block.lose("metadata", report, "what Rasa's components read of it has no twin", NOTHING_TO_DO);
        block.finish(report);
        match kind {
            "intent" => project.nlu.push(NluIntent { name, examples }),
            "synonym" => project.synonyms.push(List { name, items: examples }),
            "regex" => project.regexes.push(List { name, items: examples }),
            _ => project.lookups.push(List { name, items: examples }),
        }
    }
    Ok(())
}

/// Examples are a text of lines that begin with `-`, or a list of maps with `text`.
fn read_examples(examples: Cursor<'_>, owner: &str, report: &mut Report) -> Result<Vec<ExampleText>, Error> {
    let mut found = Vec::new();
    match &examples.yaml.content {
        Content::List(_) => {
            for item in examples.list("`examples`")? {
                if let Content::Text(text) = &item.yaml.content {
                    found.push(ExampleText { text: text.trim().to_owned(), place: item.place() });
                    continue;
                }
                let mut example = item.section(format!("an example of `{owner}`"))?;
                match example.take("text") {
                    Some(text) => read_lines(text, true, report, &mut found)?,
                    None => report.lose(
                        &item.place(),
                        format!("example of `{owner}`"),
                        "it has no `text`",
                        "give it one, or delete it",
                    ),
                }
                example.lose("metadata", report, "what Rasa's components read of it has no twin", NOTHING_TO_DO);
                example.finish(report);
            }
        }
        Content::Null => {}
        _ => read_lines(examples, false, report, &mut found)?,
    }
    Ok(found)
}

/// The lines of a text. Only where `bare` a line may stand without its `-`.
fn read_lines(text: Cursor<'_>, bare: bool, report: &mut Report, into: &mut Vec<ExampleText>) -> Result<(), Error> {
    let whole = text.text("`examples`")?;
    for (offset, line) in whole.lines().enumerate() {
        // A block's place is that of its first line.
        let at = text.yaml.line.saturating_add(offset as u32);
        let place = Place::new(text.file, at);
        let line = line.trim();
        let example = match line.strip_prefix('-') {
            Some(example) => example.trim(),
            None if bare => line,
            None if line.is_empty() => continue,
            None => {
                report.lose(
                    &place,
                    "example",
                    format!("`{line}` does not begin with `-`, so Rasa leaves it out"),
                    "begin it with `- ` and import again, if it should count",
                );
                continue;
            }
        };
        if !example.is_empty() {
            into.push(ExampleText { text: example.to_owned(), place });
        }
    }
    Ok(())
}
