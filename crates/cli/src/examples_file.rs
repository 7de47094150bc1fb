//! A file of labelled texts for an evaluation: tab-separated, with the columns
//! `split`, `intent` and `text`.

use std::path::Path;

use crate::failure::Failure;

/// A labelled text.
pub(crate) struct LabelledText {
    pub(crate) text: String,
    pub(crate) intent: String,
}

/// The labelled texts of two splits of a file.
pub(crate) fn read_splits(
    path: &Path,
    train: &str,
    test: &str,
) -> Result<(Vec<LabelledText>, Vec<LabelledText>), Failure> {
    let file = std::fs::File::open(path).map_err(|error| Failure::file("read", path, &error))?;
    // Texts stand in it as they are: a quotation mark is a character like any other.
    let mut reader = csv::ReaderBuilder::new().delimiter(b'\t').quoting(false).from_reader(file);
    let failed = |error: csv::Error| Failure::failed(format!("`{}`: {error}", path.display()));
    let header = reader.headers().map_err(failed)?.clone();
    let column = |name: &str| {
        header.iter().position(|column| column.trim_start_matches('\u{feff}').trim() == name).ok_or_else(|| {
            let place = path.display();
            Failure::failed(format!(
                "`{place}`: the first line names no column `{name}`; it must name `split`, `intent` and `text`, parted by tabs"
            ))
        })
    };
    let (split, intent, text) = (column("split")?, column("intent")?, column("text")?);
    let (mut trained, mut tested) = (Vec::new(), Vec::new());
    let mut splits = std::collections::BTreeSet::new();
    for record in reader.records() {
        let record = record.map_err(failed)?;
        let field = |position: usize| record.get(position).unwrap_or_default();
        let row = || LabelledText { text: field(text).to_owned(), intent: field(intent).to_owned() };
        if field(split) == train {
            trained.push(row());
        }
        if field(split) == test {
            tested.push(row());
        }
        splits.insert(field(split).to_owned());
    }
    for (name, rows) in [(train, &trained), (test, &tested)] {
        if rows.is_empty() {
            let splits: Vec<String> = splits.iter().take(20).map(|split| format!("`{split}`")).collect();
            let place = path.display();
            let known = if splits.is_empty() { "none".to_owned() } else { splits.join(", ") };
            return Err(Failure::not_found(format!("`{place}` has no split `{name}`; its splits are {known}")));
        }
    }
    Ok((trained, tested))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(content: &str, train: &str, test: &str) -> Result<(usize, usize), String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        let read = read_splits(file.path(), train, test).map_err(|failure| failure.message())?;
        Ok((read.0.len(), read.1.len()))
    }

    #[test]
    fn deals_rows_by_split_and_takes_quotation_marks_as_they_are() {
        let table = "intent\tsplit\ttext\na\ttrain\tsay \"hi\na\ttest\t\"hi\" he said\nb\ttrain\tx\nb\tother\ty\n";
        assert_eq!(check(table, "train", "test"), Ok((2, 1)));
    }

    #[test]
    fn names_the_column_or_split_that_is_missing() {
        assert!(check("a\tb\n", "x", "y").unwrap_err().contains("no column `split`"));
        let error = check("split\tintent\ttext\ntrain\ta\tb\n", "train", "val").unwrap_err();
        assert!(error.contains("no split `val`; its splits are `train`"), "{error}");
        assert!(check("split\tintent\ttext\ntrain\ta\n", "train", "train").is_err());
    }
}
