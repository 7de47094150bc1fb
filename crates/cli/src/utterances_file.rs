//! Files of what people say: utterances, one a line or as a table with counts, and texts with
//! their intents.

use std::path::Path;

use greenroom_nlp::Utterance;

use crate::examples_file::LabelledText;
use crate::failure::Failure;

/// The utterances of a file: a table whose first line names a column `text`, and may name a column
/// `count`; or else one utterance a line. Blank ones are left out.
pub(crate) fn read_utterances(path: &Path) -> Result<Vec<Utterance>, Failure> {
    let content = read(path)?;
    let Some(table) = Table::of(path, &content, &["text"])? else {
        let lines = content.lines().filter(|line| !line.trim().is_empty());
        return Ok(lines.map(|line| Utterance { text: line.to_owned(), count: 1 }).collect());
    };
    let count = table.column("count");
    let mut utterances = Vec::with_capacity(table.rows.len());
    for (number, row) in table.rows.iter().enumerate() {
        let text = table.field(row, "text").to_owned();
        let count = match count.and_then(|column| row.get(column)).map(str::trim) {
            None | Some("") => 1,
            Some(count) => count.parse().map_err(|_| {
                let line = number + 2;
                Failure::failed(format!(
                    "`{}`: line {line}: `{count}` is no count; write a whole number",
                    path.display()
                ))
            })?,
        };
        if !text.trim().is_empty() {
            utterances.push(Utterance { text, count });
        }
    }
    Ok(utterances)
}

/// The texts of a table whose first line names the columns `intent` and `text`.
pub(crate) fn read_labelled(path: &Path) -> Result<Vec<LabelledText>, Failure> {
    let content = read(path)?;
    let Some(table) = Table::of(path, &content, &["intent", "text"])? else {
        return Err(Failure::failed(format!(
            "`{}`: the first line must name the columns `intent` and `text`, parted by tabs, or by commas in a `.csv`",
            path.display()
        )));
    };
    let of_row = |row: &csv::StringRecord| LabelledText {
        text: table.field(row, "text").to_owned(),
        intent: table.field(row, "intent").trim().to_owned(),
    };
    let rows: Vec<LabelledText> = table.rows.iter().map(of_row).filter(|row| !row.intent.is_empty()).collect();
    if rows.is_empty() {
        return Err(Failure::not_found(format!("`{}` has no text with an intent", path.display())));
    }
    Ok(rows)
}

fn read(path: &Path) -> Result<String, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::file("read", path, &error))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::failed(format!("`{}`: byte {at} is not UTF-8; save the file as UTF-8", path.display()))
    })?;
    Ok(text.strip_prefix('\u{feff}').map(ToOwned::to_owned).unwrap_or(text))
}

/// A table with named columns.
struct Table {
    header: Vec<String>,
    rows: Vec<csv::StringRecord>,
}

impl Table {
    /// The table, if the first line names all of `columns`: parted by tabs, where a quotation mark
    /// is a character like any other, or in a `.csv` by commas.
    fn of(path: &Path, content: &str, columns: &[&str]) -> Result<Option<Self>, Failure> {
        let is_csv = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(if is_csv { b',' } else { b'\t' })
            .quoting(is_csv)
            .flexible(true)
            .from_reader(content.as_bytes());
        let failed = |error: csv::Error| Failure::failed(format!("`{}`: {error}", path.display()));
        let header: Vec<String> =
            reader.headers().map_err(failed)?.iter().map(|column| column.trim().to_lowercase()).collect();
        if !columns.iter().all(|column| header.iter().any(|own| own == column)) {
            return Ok(None);
        }
        let rows = reader.records().collect::<Result<_, _>>().map_err(failed)?;
        Ok(Some(Self { header, rows }))
    }

    fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }

    fn field<'a>(&self, row: &'a csv::StringRecord, name: &str) -> &'a str {
        self.column(name).and_then(|column| row.get(column)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utterances(name: &str, content: &str) -> Result<Vec<(String, u64)>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let read = read_utterances(&path).map_err(|failure| failure.message())?;
        Ok(read.into_iter().map(|utterance| (utterance.text, utterance.count)).collect())
    }

    #[test]
    fn reads_lines_and_tables() {
        let one = |text: &str, count| vec![(text.to_owned(), count)];
        assert_eq!(utterances("a.txt", "\u{feff}say \"hi\", please\n \n").unwrap(), one("say \"hi\", please", 1));
        assert_eq!(utterances("a.tsv", "count\ttext\n3\tsay \"hi\n\t \n").unwrap(), one("say \"hi", 3));
        assert_eq!(utterances("a.csv", "text,count\n\"hi, you\",\n").unwrap(), one("hi, you", 1));
        assert_eq!(utterances("a.txt", "text\nhello\n").unwrap(), one("hello", 1));
        assert!(utterances("a.tsv", "text\tcount\nhi\tmany\n").unwrap_err().contains("line 2: `many`"));
    }

    #[test]
    fn labelled_texts_need_their_columns() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, "text,intent\nhello,greet\nx,\n").unwrap();
        let read = read_labelled(&path).unwrap();
        assert_eq!((read.len(), read[0].text.as_str(), read[0].intent.as_str()), (1, "hello", "greet"));
        std::fs::write(&path, "hello\n").unwrap();
        assert!(read_labelled(&path).err().unwrap().message().contains("`intent` and `text`"));
    }
}
