//! A table of examples: CSV with the columns `intent` and `text`.

use greenroom_model::document::{Example, Examples, Intent};
use greenroom_model::{Document, IntentId, Language, PartPath};

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::{Bundle, Error, Imported, Loss, LossReport, yaml};

/// Reads a table of examples in one language: a header with the columns `intent` and
/// `text` in any order, UTF-8 with or without a byte-order mark, parted by commas,
/// semicolons or tabs. Between tabs a quote counts where it holds a whole cell, as spreadsheets
/// write it; one that is not closed is a part of the text. Each name in `intent` becomes an intent whose id the name suggests.
///
/// # Errors
/// [`Error::Content`] with the line: no such header, a row of another length, an intent
/// or an example that a bot cannot hold.
///
/// # Examples
/// ```
/// let csv = b"intent,text\nOpening hours,when do you open\nOpening hours,are you open now\n";
/// let imported = greenroom_format::read_csv(csv, &"en".parse()?)?;
/// assert!(imported.bundle.parts.contains_key(&"nlp/intents/opening_hours".parse()?));
/// assert!(imported.losses.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_csv(bytes: &[u8], language: &Language) -> Result<Imported, Error> {
    let text = yaml::decode(FILE, bytes)?;
    let delimiter = delimiter(text);
    let quotes_at_will = delimiter == b'\t';
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .delimiter(delimiter)
        .quoting(!quotes_at_will)
        .from_reader(text.as_bytes());
    let read = |record: csv::StringRecord| if quotes_at_will { record.iter().map(bare).collect() } else { record };
    let header = read(reader.headers().map_err(|error| unreadable(&error))?.clone());
    let (intent_column, text_column) = match (column(&header, "intent"), column(&header, "text")) {
        (Some(intent), Some(text)) => (intent, text),
        _ => {
            return Err(Error::content(
                FILE,
                Some((1, 1)),
                "the first line must name the columns `intent` and `text`; add it",
            ));
        }
    };
    let mut losses: Vec<Loss> = header
        .iter()
        .enumerate()
        .filter(|(position, _)| ![intent_column, text_column].contains(position))
        .map(|(_, name)| loss(1, format!("column `{name}`"), "only `intent` and `text` are read", "keep it elsewhere"))
        .collect();
    let mut table = Table { language, intents: BTreeMap::new(), names: BTreeMap::new() };
    for record in reader.records() {
        let record = record.map_err(|error| unreadable(&error))?;
        let line = record.position().map_or(0, csv::Position::line);
        let record = read(record);
        let fail = |reason: String| Err(Error::content(FILE, u32::try_from(line).ok().map(|line| (line, 1)), reason));
        if record.len() != header.len() {
            return fail(format!(
                "here are {} values, the first line names {} columns; put a text with a separator in quotes",
                record.len(),
                header.len()
            ));
        }
        let (intent, text) =
            (record.get(intent_column).unwrap_or_default().trim(), record.get(text_column).unwrap_or_default());
        if intent.is_empty() || text.trim().is_empty() {
            let blank = if intent.is_empty() { "intent" } else { "text" };
            losses.push(loss(
                line,
                "row".to_owned(),
                &format!("its `{blank}` is blank"),
                "fill it in or delete the row",
            ));
            continue;
        }
        if let Err(reason) = table.add(intent, text) {
            let advice = if text.contains('\n') { "; is a quote open at its beginning, and not closed?" } else { "" };
            return fail(reason + advice);
        }
    }
    Ok(Imported { bundle: table.into_bundle()?, losses: LossReport { losses } })
}

/// The name of the table in messages: it comes as bytes, without a name.
const FILE: &str = "csv";

/// Intents and examples as they gather.
struct Table<'a> {
    language: &'a Language,
    intents: BTreeMap<IntentId, (String, Vec<Example>)>,
    names: BTreeMap<String, IntentId>,
}

impl Table<'_> {
    fn add(&mut self, name: &str, text: &str) -> Result<(), String> {
        let example = Example::new(text);
        let id = match self.names.get(name) {
            Some(id) => id.clone(),
            None => {
                let id = self.free_id(name);
                let path = PartPath::Intent(id.clone());
                Document::Intent(Intent::new(name)).to_bytes(&path).map_err(|error| error.to_string())?;
                self.names.insert(name.to_owned(), id.clone());
                id
            }
        };
        let path = PartPath::Examples(self.language.clone(), id.clone());
        // Checked row by row, since only here the line is known.
        Document::Examples(Examples { examples: vec![example.clone()] })
            .to_bytes(&path)
            .map_err(|error| error.to_string())?;
        self.intents.entry(id).or_insert_with(|| (name.to_owned(), Vec::new())).1.push(example);
        Ok(())
    }

    /// The id that the name suggests, with a number where another name took it.
    fn free_id(&self, name: &str) -> IntentId {
        let suggested = IntentId::from_name(name);
        let mut id = suggested.clone();
        let mut number = 2_u64;
        while self.intents.contains_key(&id) {
            id = IntentId::from_name(&format!("{suggested}_{number}"));
            number += 1;
        }
        id
    }

    fn into_bundle(self) -> Result<Bundle, Error> {
        let mut bundle = Bundle::default();
        for (id, (name, examples)) in self.intents {
            let path = PartPath::Examples(self.language.clone(), id.clone());
            bundle.parts.insert(path, Document::Examples(Examples { examples }));
            bundle.parts.insert(PartPath::Intent(id), Document::Intent(Intent::new(name)));
        }
        bundle.canonical()
    }
}

/// A cell without the quotes around it.
fn bare(cell: &str) -> Cow<'_, str> {
    match cell.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(quoted) => quoted.replace("\"\"", "\"").into(),
        None => cell.into(),
    }
}

fn column(header: &csv::StringRecord, name: &str) -> Option<usize> {
    header.iter().position(|column| column.trim().eq_ignore_ascii_case(name))
}

/// What parts the columns: whichever of the three the header has most of.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default().as_bytes();
    let count = |delimiter: u8| header.iter().filter(|byte| **byte == delimiter).count();
    [b'\t', b';', b','].into_iter().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

fn loss(line: u64, construct: String, reason: &str, advice: &str) -> Loss {
    Loss {
        file: FILE.to_owned(),
        line: u32::try_from(line).ok(),
        construct,
        reason: reason.to_owned(),
        advice: advice.to_owned(),
    }
}

fn unreadable(error: &csv::Error) -> Error {
    let place = error.position().and_then(|position| u32::try_from(position.line()).ok()).map(|line| (line, 1));
    Error::content(FILE, place, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(csv: &[u8]) -> String {
        let language = Language::new("en").unwrap();
        match read_csv(csv, &language) {
            Err(error) => error.to_string(),
            Ok(Imported { bundle, losses }) => {
                let parts = bundle.parts.iter().map(|(path, document)| {
                    format!("{path} {}\n", String::from_utf8_lossy(&document.to_bytes(path).unwrap()))
                });
                format!("{}{losses}", parts.collect::<String>())
            }
        }
    }

    #[test]
    fn reads_examples_by_intent() {
        insta::assert_snapshot!(check(b"intent,text\nB,two\nA b,\"one, or so\"\nB,two\nB, a \n"), @r#"
    nlp/intents/a_b {"name":"A b"}
    nlp/intents/b {"name":"B"}
    nlp/examples/en/a_b {"examples":["one, or so"]}
    nlp/examples/en/b {"examples":[" a ","two"]}
    "#);
    }

    #[test]
    fn reads_what_spreadsheets_write() {
        let expected = check(b"intent,text\na,x y\n");
        for csv in [
            &b"\xef\xbb\xbfintent,text\r\na,x y\r\n"[..],
            b"Text;Intent\nx y;a\n",
            b"intent\ttext\na\tx y",
            b"\"intent\";\"text\"\n\"a\";\"x y\"\n",
        ] {
            assert_eq!(check(csv), expected);
        }
    }

    #[test]
    fn an_open_quote_between_tabs_takes_no_other_row_in() {
        let csv = b"intent\ttext\na\t\"please help\na\tsay \"hi\" to me\nb\t\"say \"\"hi\"\"\"\n";
        insta::assert_snapshot!(check(csv), @r#"
    nlp/intents/a {"name":"a"}
    nlp/intents/b {"name":"b"}
    nlp/examples/en/a {"examples":["\"please help","say \"hi\" to me"]}
    nlp/examples/en/b {"examples":["say \"hi\""]}
    "#);
    }

    #[test]
    fn says_where_a_quote_may_be_open() {
        let csv = format!("intent,text\na,\"please help\n{}", "a,b\n".repeat(3_000));
        insta::assert_snapshot!(check(csv.as_bytes()), @"csv:2:1: part `nlp/examples/en/a`: at `examples[0]`: the text is longer than 10000 bytes; is a quote open at its beginning, and not closed?");
    }

    #[test]
    fn names_what_it_leaves_out() {
        insta::assert_snapshot!(check(b"id,intent,text\n1,a,x\n2,,y\n3,b,\" \"\n"), @r#"
    nlp/intents/a {"name":"a"}
    nlp/examples/en/a {"examples":["x"]}
    csv:1: column `id`: only `intent` and `text` are read; keep it elsewhere
    csv:3: row: its `intent` is blank; fill it in or delete the row
    csv:4: row: its `text` is blank; fill it in or delete the row
    "#);
    }

    #[test]
    fn two_names_that_suggest_one_id_stay_two_intents() {
        insta::assert_snapshot!(check("intent,text\nÀ la carte,x\nA la carte,y\nla carte,z\n".as_bytes()), @r#"
    nlp/intents/a_la_carte {"name":"A la carte"}
    nlp/intents/la_carte {"name":"À la carte"}
    nlp/intents/la_carte_2 {"name":"la carte"}
    nlp/examples/en/a_la_carte {"examples":["y"]}
    nlp/examples/en/la_carte {"examples":["x"]}
    nlp/examples/en/la_carte_2 {"examples":["z"]}
    "#);
    }

    #[test]
    fn says_the_line_of_a_fault() {
        let long = format!("intent,text\na,b\na,{}\n", "x".repeat(10_001));
        let files: [&[u8]; 5] = [b"", b"a,b\n", b"intent,text\na,b,c\n", b"intent,text\na,\xff\n", long.as_bytes()];
        insta::assert_snapshot!(files.map(check).join("\n"), @r#"
    csv:1:1: the first line must name the columns `intent` and `text`; add it
    csv:1:1: the first line must name the columns `intent` and `text`; add it
    csv:2:1: here are 3 values, the first line names 2 columns; put a text with a separator in quotes
    csv:2:3: here is a byte that is not UTF-8; save the file as UTF-8
    csv:3:1: part `nlp/examples/en/a`: at `examples[0]`: the text is longer than 10000 bytes
    "#);
    }
}
