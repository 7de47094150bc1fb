//! What a verb prints: tables and bars for people at a terminal, plain lines for
//! pipes, one JSON document where `--json` asks for it.

use std::io::{IsTerminal, Write};

use comfy_table::{ContentArrangement, LineStyle, Table, TableStyle, presets};
use serde::Serialize;

use crate::failure::Failure;

/// A table is not made narrower than this, in characters.
const NARROWEST: u16 = 72;

/// Where a verb prints.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    json: bool,
    terminal: bool,
}

impl Output {
    /// On stdout and stderr as they are.
    pub(crate) fn new(json: bool) -> Self {
        Self { json, terminal: std::io::stdout().is_terminal() && !json }
    }

    /// Whether a JSON document is asked for: nothing else goes to stdout then.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Whether progress goes to a person as bars.
    pub(crate) fn shows_bars(&self) -> bool {
        !self.json && std::io::stderr().is_terminal()
    }

    /// Gives the outcome: the document where JSON is asked for, else what `text` prints.
    pub(crate) fn give(
        &self,
        document: &impl Serialize,
        text: impl FnOnce(&Self) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        if self.json { self.document(document) } else { text(self) }
    }

    /// Prints a JSON document, whatever was asked for.
    pub(crate) fn document(&self, document: &impl Serialize) -> Result<(), Failure> {
        let mut stdout = std::io::stdout().lock();
        serde_json::to_writer_pretty(&mut stdout, document).map_err(std::io::Error::from)?;
        writeln!(stdout)?;
        Ok(stdout.flush()?)
    }

    /// Prints text as it is, and a line end after it.
    pub(crate) fn line(&self, text: impl std::fmt::Display) -> Result<(), Failure> {
        let mut stdout = std::io::stdout().lock();
        writeln!(stdout, "{}", printable(&text.to_string()))?;
        Ok(stdout.flush()?)
    }

    /// Prints text without a line end, such as a prompt.
    pub(crate) fn prompt(&self, text: &str) -> Result<(), Failure> {
        let mut stdout = std::io::stdout().lock();
        write!(stdout, "{text}")?;
        Ok(stdout.flush()?)
    }

    /// Prints rows: a table with a head on a terminal, else a line a row, its
    /// cells parted by tabs, without the head.
    pub(crate) fn table<const N: usize>(&self, head: [&str; N], rows: Vec<[String; N]>) -> Result<(), Failure> {
        if !self.terminal {
            for row in rows {
                self.line(row.map(|cell| on_one_line(&cell)).join("\t"))?;
            }
            return Ok(());
        }
        self.line(drawn(head, rows))
    }

    /// Tells a person something beside the outcome, on stderr.
    pub(crate) fn note(&self, text: impl std::fmt::Display) {
        if !self.json {
            let _ = writeln!(std::io::stderr(), "{}", printable(&text.to_string()));
        }
    }

    /// Tells a failure, on stderr.
    pub(crate) fn failure(&self, failure: &Failure) {
        let mut stderr = std::io::stderr();
        // Where stderr is closed too, the exit code is all that is left to say.
        let _ = match failure {
            Failure::OutputClosed => Ok(()),
            failure if self.json => writeln!(stderr, "{:#}", failure.document()),
            failure => writeln!(stderr, "error: {}", printable(&failure.message())),
        };
    }
}

/// Rows as a table with a head, as wide as the terminal or its content.
fn drawn<const N: usize>(head: [&str; N], rows: Vec<[String; N]>) -> Table {
    const STYLE: TableStyle = presets::UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none());
    let mut table = Table::new();
    table.load_style(STYLE).set_content_arrangement(ContentArrangement::Dynamic).set_header(head);
    // Some terminals do not say how wide they are, or say 0.
    if table.width().is_none_or(|width| width < NARROWEST) {
        table.set_width(NARROWEST);
    }
    for row in rows {
        table.add_row(row.map(|cell| printable(&cell)));
    }
    table
}

/// A text on one line: a line end in it becomes `\n`, spelt out.
pub(crate) fn on_one_line(text: &str) -> String {
    text.replace('\r', "").replace('\n', "\\n")
}

/// A text whose control characters cannot steer a terminal: who wrote the bot is
/// not always who reads it here.
fn printable(text: &str) -> String {
    let safe = |character: char| !character.is_control() || matches!(character, '\n' | '\t');
    text.chars().map(|character| if safe(character) { character } else { char::REPLACEMENT_CHARACTER }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_a_head_and_a_line_a_row() {
        let rows = ["greet", "order"].map(|intent| [intent.to_owned(), "3".to_owned()]).to_vec();
        let table = drawn(["intent", "texts"], rows).to_string();
        let lines: Vec<&str> = table.lines().map(str::trim).collect();
        assert_eq!(lines.len(), 6, "{table}");
        assert_eq!([lines[1], lines[3], lines[4]], ["intent   texts", "greet    3", "order    3"]);
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        assert_eq!(printable("a\u{1b}[2Jb\tc\nd\u{9b}"), "a\u{fffd}[2Jb\tc\nd\u{fffd}");
        assert_eq!(on_one_line("a\r\nb"), "a\\nb");
    }
}
