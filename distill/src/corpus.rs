//! The sentences that the teacher reads: the examples and definitions of WordNet 3.0.

use std::collections::HashSet;

use anyhow::{Context as _, Result};
use regex::Regex;

/// What the data files of WordNet say in sentences, each once, in the order of the files.
#[derive(Default)]
pub(crate) struct Corpus {
    /// Example sentences, of two words or more.
    pub(crate) examples: Vec<String>,
    /// Definitions, cut at semicolons, of two words or more.
    pub(crate) definitions: Vec<String>,
}

impl Corpus {
    /// Reads the text of `data.noun`, `data.verb`, `data.adj` and `data.adv`; bytes beyond ASCII
    /// are Latin-1.
    pub(crate) fn read<'a>(files: impl IntoIterator<Item = &'a [u8]>) -> Result<Self> {
        let quoted = Regex::new(r#""([^"]+)""#).context("the pattern of examples is wrong")?;
        // An example, the semicolon before it, and who said it: `; "to be" - Shakespeare`.
        let cited = Regex::new(r#";?\s*"[^"]*"(\s*-[^;]*)?"#).context("the pattern of citations is wrong")?;
        let mut corpus = Self::default();
        let (mut known_examples, mut known_definitions) = (HashSet::new(), HashSet::new());
        for bytes in files {
            let text: String = bytes.iter().copied().map(char::from).collect();
            for gloss in text.lines().filter_map(gloss) {
                for (_, [example]) in quoted.captures_iter(gloss).map(|found| found.extract()) {
                    keep(example, &mut known_examples, &mut corpus.examples);
                }
                for definition in cited.replace_all(gloss, "").split(';') {
                    keep(definition, &mut known_definitions, &mut corpus.definitions);
                }
            }
        }
        Ok(corpus)
    }
}

/// What stands after the bar; the licence at the top of a file is indented.
fn gloss(line: &str) -> Option<&str> {
    if line.starts_with("  ") { None } else { line.split_once('|').map(|(_, gloss)| gloss.trim()) }
}

fn keep(sentence: &str, known: &mut HashSet<String>, sentences: &mut Vec<String>) {
    let sentence = sentence.trim();
    if sentence.split_whitespace().nth(1).is_some() && known.insert(sentence.to_owned()) {
        sentences.push(sentence.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::Corpus;

    #[test]
    fn examples_and_definitions_are_told_apart() -> anyhow::Result<()> {
        let first = b"  1 This software | and database is being provided\n\
            00001740 29 v 04 breathe 0 | draw air into, and expel out of, the lungs; \"I can breathe better\"; \"Breathe\"\n\
            00002 29 v 01 be 0 000 | have an existence; be extant; \"to be or not to be\" - Shakespeare, maybe; be  \n\
            a line without a gloss\n";
        let second = b"00003 03 n 01 caf\xe9 0 000 | a caf\xe9; have an existence; \"I can breathe better\" \n";
        let corpus = Corpus::read([&first[..], &second[..]])?;
        assert_eq!(corpus.examples, ["I can breathe better", "to be or not to be"]);
        assert_eq!(
            corpus.definitions,
            ["draw air into, and expel out of, the lungs", "have an existence", "be extant", "a caf\u{e9}"]
        );
        Ok(())
    }
}
