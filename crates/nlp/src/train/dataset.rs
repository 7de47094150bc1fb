//! Examples in canonical form: what training sees depends on which examples there are, not on
//! their order, and texts that features cannot tell apart count once.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::features::normalise;

/// The largest number of labels that a model can have.
pub const MAX_LABELS: usize = 10_000;

/// A text and the label that it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Example<'a> {
    /// What a user might say.
    pub text: &'a str,
    /// The label, for a bot the id of an intent.
    pub label: &'a str,
}

/// The distinct examples, sorted by label and then by normalised text.
#[derive(Debug, Clone)]
pub(crate) struct Dataset {
    /// Sorted, distinct. An example's `label` is a position in it.
    pub(crate) labels: Vec<String>,
    pub(crate) examples: Vec<CanonicalExample>,
}

/// One example of a [`Dataset`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CanonicalExample {
    pub(crate) label: usize,
    /// Normalised, not blank.
    pub(crate) text: String,
}

impl Dataset {
    /// Sorts, removes repetitions and drops examples whose text is blank.
    ///
    /// # Errors
    ///
    /// [`Error::BlankLabel`], [`Error::TooManyLabels`], and [`Error::NoExamples`] if none is left.
    pub(crate) fn new(examples: &[Example<'_>]) -> Result<Self, Error> {
        let mut texts_by_label: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (index, example) in examples.iter().enumerate() {
            if example.label.trim().is_empty() {
                let text = example.text.chars().take(80).collect();
                return Err(Error::BlankLabel { index, text });
            }
            let mut text = String::with_capacity(example.text.len());
            normalise(example.text, &mut text);
            if !text.trim().is_empty() {
                texts_by_label.entry(example.label).or_default().push(text);
            }
        }
        if texts_by_label.is_empty() {
            return Err(Error::NoExamples);
        }
        if texts_by_label.len() > MAX_LABELS {
            return Err(Error::TooManyLabels { count: texts_by_label.len(), limit: MAX_LABELS });
        }
        let labels = texts_by_label.keys().map(ToString::to_string).collect();
        let mut canonical = Vec::with_capacity(examples.len());
        for (label, mut texts) in texts_by_label.into_values().enumerate() {
            texts.sort_unstable();
            texts.dedup();
            canonical.extend(texts.into_iter().map(|text| CanonicalExample { label, text }));
        }
        Ok(Self { labels, examples: canonical })
    }

    /// The same with each label's name as one more example of it, where a label has fewer than
    /// `fewer_than` examples on average. Names that are no words (`a1b2`, `7`) tell nothing.
    pub(crate) fn with_label_names(mut self, fewer_than: usize) -> Self {
        if self.examples.len() >= fewer_than * self.labels.len() {
            return self;
        }
        for (label, name) in self.labels.iter().enumerate() {
            let words = name.replace(['_', '-', '/', '.'], " ");
            if words.chars().any(char::is_numeric) || !words.chars().any(char::is_alphabetic) {
                continue;
            }
            let mut text = String::with_capacity(words.len());
            normalise(&words, &mut text);
            self.examples.push(CanonicalExample { label, text });
        }
        self.examples.sort_unstable();
        self.examples.dedup();
        self
    }
}
