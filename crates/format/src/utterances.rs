//! Files of what people say: utterances, one a line or as a table with counts, and texts with
//! their intents. They are no part of a bot; evaluations read them.

use std::path::Path;

use crate::{Error, yaml};

/// Reads what people say, each text with how often it was said: a table whose first line names a
/// column `text`, and may name a column `count`; or else one text a line, said once. UTF-8 with or
/// without a byte-order mark. Blank texts are left out.
///
/// Columns are parted by tabs, where a quotation mark is a character like any other; or in a `file`
/// that ends in `.csv` by commas. Messages name the `file`.
///
/// # Errors
/// [`Error::Content`] with the line: bytes that are not UTF-8, a count that is none.
///
/// # Examples
/// ```
/// let said = greenroom_format::read_utterances("said.tsv", b"text\tcount\nwhere is mars\t3\n")?;
/// assert_eq!(said, [("where is mars".to_owned(), 3)]);
/// assert_eq!(greenroom_format::read_utterances("said.txt", b"hello\n\n")?.len(), 1);
/// # Ok::<(), greenroom_format::Error>(())
/// ```
pub fn read_utterances(file: &str, bytes: &[u8]) -> Result<Vec<(String, u64)>, Error> {
    let content = yaml::decode(file, bytes)?;
    let Some(table) = Table::of(file, content, &["text"])? else {
        let lines = content.lines().filter(|line| !line.trim().is_empty());
        return Ok(lines.map(|line| (line.to_owned(), 1)).collect());
    };
    let counts = table.column("count");
    let mut utterances = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        let text = table.field(row, "text").to_owned();
        let count = match counts.and_then(|column| row.get(column)).map(str::trim) {
            None | Some("") => 1,
            Some(count) => count.parse().map_err(|_| {
                Error::content(file, place(row.position()), format!("`{count}` is no count; write a whole number"))
            })?,
        };
        if !text.trim().is_empty() {
            utterances.push((text, count));
        }
    }
    Ok(utterances)
}

/// Reads texts, each with the intent that it means: a table as [`read_utterances`] reads it, whose
/// first line names the columns `text` and `intent`. Rows without an intent are left out.
///
/// # Errors
/// [`Error::Content`] with the line: bytes that are not UTF-8, a first line that does not name both columns.
pub fn read_labelled_texts(file: &str, bytes: &[u8]) -> Result<Vec<(String, String)>, Error> {
    let content = yaml::decode(file, bytes)?;
    let Some(table) = Table::of(file, content, &["intent", "text"])? else {
        let reason =
            "the first line must name the columns `intent` and `text`, parted by tabs, or by commas in a `.csv`";
        return Err(Error::content(file, Some((1, 1)), reason));
    };
    let of_row =
        |row: &csv::StringRecord| (table.field(row, "text").to_owned(), table.field(row, "intent").trim().to_owned());
    Ok(table.rows.iter().map(of_row).filter(|(_, intent)| !intent.is_empty()).collect())
}

/// A table with named columns.
struct Table {
    header: Vec<String>,
    rows: Vec<csv::StringRecord>,
}

impl Table {
    /// The table, if the first line names all of `columns`.
    fn of(file: &str, content: &str, columns: &[&str]) -> Result<Option<Self>, Error> {
        let is_csv = Path::new(file).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(if is_csv { b',' } else { b'\t' })
            .quoting(is_csv)
            .flexible(true)
            .from_reader(content.as_bytes());
        let failed = |error: csv::Error| Error::content(file, place(error.position()), error.to_string());
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

fn place(position: Option<&csv::Position>) -> Option<(u32, u32)> {
    Some((u32::try_from(position?.line()).ok()?, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(file: &str, content: &str, expected: &[(&str, u64)]) {
        let read = read_utterances(file, content.as_bytes()).unwrap();
        let read: Vec<(&str, u64)> = read.iter().map(|(text, count)| (text.as_str(), *count)).collect();
        assert_eq!(read, expected, "{content:?}");
    }

    #[test]
    fn reads_lines_and_tables() {
        check("a.txt", "\u{feff}say \"hi\", please\r\n \r\n", &[("say \"hi\", please", 1)]);
        check("a.tsv", "count\ttext\n3\tsay \"hi\n\t \n", &[("say \"hi", 3)]);
        check("a.csv", "text,count\n\"hi, you\",\n", &[("hi, you", 1)]);
        check("a.txt", "text\nhello\n", &[("hello", 1)]);
        check("a.txt", "", &[]);
    }

    #[test]
    fn says_where_what_is_wrong() {
        let fails = |file: &str, bytes: &[u8]| read_utterances(file, bytes).unwrap_err().to_string();
        let count = fails("a.csv", b"text,count\n\"two\nlines\",1\nhi,many\n");
        assert_eq!(count, "a.csv:4:1: `many` is no count; write a whole number");
        let bytes = fails("a.txt", b"hello\nsalut \xe9toile\n");
        assert_eq!(bytes, "a.txt:2:7: here is a byte that is not UTF-8; save the file as UTF-8");
        assert!(fails("a.txt", b"\xff\xfeh\0i\0").contains("UTF-16; save it as UTF-8"));
    }

    #[test]
    fn labelled_texts_need_their_columns() {
        let read = read_labelled_texts("a.csv", b"text,intent\nhello, greet\nx,\n").unwrap();
        assert_eq!(read, [("hello".to_owned(), "greet".to_owned())]);
        assert!(read_labelled_texts("a.csv", b"hello\n").unwrap_err().to_string().contains("`intent` and `text`"));
    }
}
