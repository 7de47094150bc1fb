//! What an author can do so that the bot understands better: findings with the texts that they
//! are about, in words for whoever writes the examples.

mod coverage;
mod duplicates;
mod intents;
mod mislabelled;
mod pairs;
mod wording;

use std::collections::BTreeMap;
use std::mem::discriminant;

use serde::{Deserialize, Serialize};

use super::collect::distinct;
use super::likeness::{Likeness, Pieces};
use super::names::Names;
use super::prediction::Prediction;
use crate::train::Example;

pub(super) use wording::quoted;

pub use coverage::{Coverage, UnunderstoodGroup, Utterance, coverage};

/// An intent with fewer examples than this has few.
pub const FEW_EXAMPLES: usize = 10;

/// Of each kind so many findings are told at most, the weightiest.
const MOST_OF_A_KIND: usize = 25;

/// Below this likeness an example explains nothing to who reads it.
const LEAST_LIKENESS: f32 = 0.15;

/// What an author can do, the surest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Advice {
    /// By kind (duplicates, mislabelled, confused, never recognised, few examples), in each the
    /// weightiest first.
    pub findings: Vec<AdviceFinding>,
    /// How many more findings there are of kinds of which there are too many to tell.
    pub omitted: usize,
}

/// One thing that an author can do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AdviceFinding {
    /// What it is about.
    #[serde(flatten)]
    pub kind: AdviceKind,
    /// What was found, in words.
    pub message: String,
    /// What to do about it, in words.
    pub action: String,
}

/// What a finding is about. Intents are named by their labels, texts as their authors wrote them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum AdviceKind {
    /// The same text, but for case and the like, stands under several intents.
    Duplicate {
        /// The text, as the first intent has it.
        text: String,
        /// The intents that have it, two or more.
        intents: Vec<String>,
    },
    /// A model that had not learnt from the text is confident that it means another intent
    /// (confident learning: Northcutt, Jiang and Chuang, 2021).
    Mislabelled {
        /// The text.
        text: String,
        /// The intent that it stands under.
        intent: String,
        /// The intent that it seems to mean.
        suggested: String,
        /// How sure the model is of that, 0 to 1.
        confidence: f32,
        /// The probability that it gives to the intent that the text stands under.
        own_probability: f32,
        /// The example of the suggested intent that is most like it.
        like: Option<String>,
    },
    /// Two intents are taken for each other.
    Confused {
        /// The two intents; more texts of the first are taken for the second than the reverse.
        intents: [String; 2],
        /// How many texts of the first are taken for the second.
        first_for_second: usize,
        /// How many texts of the second are taken for the first.
        second_for_first: usize,
        /// How many texts of the two were judged.
        texts: usize,
        /// The texts that collide, the surest mistakes first.
        collisions: Vec<Collision>,
    },
    /// No text of the intent is recognised.
    NeverRecognised {
        /// The intent.
        intent: String,
        /// How many texts of it were judged.
        texts: usize,
        /// The intents that they are taken for, the most frequent first.
        taken_for: Vec<String>,
    },
    /// The intent has few examples.
    FewExamples {
        /// The intent.
        intent: String,
        /// How many it has.
        examples: usize,
        /// How many more make [`FEW_EXAMPLES`].
        missing: usize,
    },
}

/// A text that is taken for another intent, and the example that draws it there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Collision {
    /// The text.
    pub text: String,
    /// The intent that it has.
    pub intent: String,
    /// The intent that it is taken for.
    pub taken_for: String,
    /// How sure the model is, 0 to 1.
    pub confidence: f32,
    /// The example of the other intent that is most like it; none if none has enough in common.
    pub like: Option<String>,
}

impl Advice {
    /// Advice from predictions of models that learnt from `examples`, or from all of these but
    /// the text itself.
    pub fn of(examples: &[Example<'_>], predictions: &[Prediction], names: &Names) -> Self {
        let learnt = Learnt::new(examples);
        let mut advice = Self::default();
        let duplicates = duplicates::find(&learnt, names);
        advice.take(duplicates);
        let duplicated = duplicates::texts(&learnt);
        advice.take(mislabelled::find(&learnt, predictions, &duplicated, names));
        advice.take(pairs::find(&learnt, predictions, names));
        advice.take(intents::never_recognised(predictions, names));
        advice.take(intents::few_examples(&learnt, names));
        advice
    }

    /// At most so many findings of each kind, and all others: for hosts that show some first.
    pub fn foremost(&self, of_each: usize) -> (Vec<&AdviceFinding>, Vec<&AdviceFinding>) {
        let (mut foremost, mut others): (Vec<&AdviceFinding>, Vec<&AdviceFinding>) = (Vec::new(), Vec::new());
        for finding in &self.findings {
            let kind = discriminant(&finding.kind);
            let alike = foremost.iter().filter(|other| discriminant(&other.kind) == kind).count();
            if alike < of_each { foremost.push(finding) } else { others.push(finding) }
        }
        (foremost, others)
    }

    fn take(&mut self, mut findings: Vec<AdviceFinding>) {
        self.omitted += findings.len().saturating_sub(MOST_OF_A_KIND);
        findings.truncate(MOST_OF_A_KIND);
        self.findings.append(&mut findings);
    }
}

/// The examples that models learnt from, ready to be searched for the most alike.
struct Learnt<'a> {
    examples: Vec<Example<'a>>,
    by_label: BTreeMap<&'a str, Vec<(&'a str, Pieces)>>,
    likeness: Likeness,
}

impl<'a> Learnt<'a> {
    fn new(examples: &[Example<'a>]) -> Self {
        let examples = distinct(examples);
        let likeness = Likeness::among(examples.iter().map(|example| example.text));
        let mut by_label: BTreeMap<&str, Vec<(&str, Pieces)>> = BTreeMap::new();
        for example in &examples {
            by_label.entry(example.label).or_default().push((example.text, likeness.pieces(example.text)));
        }
        Self { examples, by_label, likeness }
    }

    /// The example of a label that is most like a text, if any has enough in common with it.
    fn most_alike(&self, label: &str, text: &str) -> Option<String> {
        let pieces = self.likeness.pieces(text);
        let examples = self.by_label.get(label)?;
        let rated = examples.iter().map(|(example, own)| (Likeness::between(&pieces, own), *example));
        // Of equals the first: examples stand in a fixed order.
        let best = rated.reduce(|best, next| if next.0 > best.0 { next } else { best });
        best.filter(|(likeness, _)| *likeness >= LEAST_LIKENESS).map(|(_, example)| example.to_owned())
    }
}
