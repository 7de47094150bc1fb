//! A trained model and its inference: one pass over the n-grams of a text, one row sum each.

mod calibration;
mod dense;

use pulp::{Arch, Simd, WithSimd};

use crate::classification::{Classification, Ranked, RankedLabel, Scratch};
use crate::features::{Entry, Vocabulary};
use crate::vectors::Vectors;
pub(crate) use calibration::Calibration;
pub(crate) use dense::DenseLayer;

/// What made a model: the crate's version and the version of its training recipe.
///
/// A model of another trainer stays usable; a host may advise to train it again.
pub const TRAINER: &str = concat!("greenroom-nlp ", env!("CARGO_PKG_VERSION"), " recipe 4");

/// A classifier of texts, immutable and shareable between threads.
///
/// A text's answer is defined for every input: a text without any known n-gram (a blank one, one
/// in another script) gives every label the confidence 0; of a long text the first
/// [`MAX_TEXT_CHARS`](crate::MAX_TEXT_CHARS) characters count. A model of a single label answers
/// with the share of the text's n-grams, weighed by rarity, that it knows from training.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    pub(crate) trainer: String,
    pub(crate) labels: Vec<String>,
    pub(crate) vocabulary: Vocabulary,
    pub(crate) weights: QuantisedMatrix,
    /// What static vectors add, if the model was trained with some.
    pub(crate) dense: Option<DenseLayer>,
    /// One a label.
    pub(crate) biases: Vec<f32>,
    pub(crate) calibration: Calibration,
}

/// A matrix of bytes: row r holds `scales[r] × values[r × columns ..]`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct QuantisedMatrix {
    pub(crate) columns: usize,
    pub(crate) values: Vec<i8>,
    pub(crate) scales: Vec<f32>,
}

impl Model {
    /// The labels in ascending order.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// What made the model; [`TRAINER`] if this build did.
    pub fn trainer(&self) -> &str {
        &self.trainer
    }

    /// The static vectors that the model was trained with, if any.
    pub fn vectors(&self) -> Option<&Vectors> {
        self.dense.as_ref().map(|dense| &dense.vectors)
    }

    /// How many n-grams the model knows.
    pub fn ngram_count(&self) -> usize {
        self.vocabulary.len()
    }

    /// The share of a text, from 0 to 1, that the model knows from training: of its n-grams, each
    /// weighed by how rare it is. Of two models in two languages, the one that knows more of a text
    /// is mostly of the text's language.
    pub fn known_share(&self, text: &str, scratch: &mut Scratch) -> f32 {
        self.vocabulary.vectorise(text, &mut scratch.features);
        scratch.features.known_share.clamp(0.0, 1.0)
    }

    /// Classifies `text`; `scratch` is reused from call to call and holds the answer.
    pub fn classify<'a>(&'a self, text: &str, scratch: &'a mut Scratch) -> Classification<'a> {
        self.judge(text, scratch);
        scratch.order.sort_unstable();
        Classification::new(&self.labels, &scratch.order)
    }

    /// Classifies each of `texts`: for each, its `most` most confident labels (or all, if they are
    /// fewer), the most confident first, as [`classify`](Self::classify) ranks them.
    ///
    /// It runs on the calling thread; threads of the host's may each take a part of the texts.
    ///
    /// ```
    /// # use greenroom_nlp::{Example, Model, Scratch, TrainParams, train};
    /// # use std::ops::ControlFlow;
    /// # fn main() -> Result<(), greenroom_nlp::Error> {
    /// # let examples = [("hello there", "greet"), ("good morning", "greet"), ("where is my parcel", "track"),
    /// #     ("track my order", "track")].map(|(text, label)| Example { text, label });
    /// # let model = train(&examples, &TrainParams::default().check()?, None, &mut |_| ControlFlow::Continue(()))?;
    /// let answers = model.classify_batch(&["hello", "track a parcel"], 1, &mut Scratch::default());
    /// assert_eq!(answers[1][0].label, "track");
    /// # Ok(())
    /// # }
    /// ```
    pub fn classify_batch<'a>(
        &'a self,
        texts: &[impl AsRef<str>],
        most: usize,
        scratch: &mut Scratch,
    ) -> Vec<Vec<RankedLabel<'a>>> {
        let answer = |text: &str, scratch: &mut Scratch| {
            self.judge(text, scratch);
            let order = &mut scratch.order;
            // To sort them all would cost a tenth of the answer.
            if (1..order.len()).contains(&most) {
                order.select_nth_unstable(most - 1);
            }
            order.truncate(most);
            order.sort_unstable();
            order.iter().filter_map(|ranked| ranked.resolve(&self.labels)).collect()
        };
        texts.iter().map(|text| answer(text.as_ref(), scratch)).collect()
    }

    /// Leaves each label's confidence in `scratch.order`, not yet in order.
    fn judge(&self, text: &str, scratch: &mut Scratch) {
        let Scratch { features, pieces, vector, logits, order } = scratch;
        self.vocabulary.vectorise(text, features);
        let dense = self.dense.as_ref().filter(|dense| dense.vectors.embed(features.normalised(), pieces, vector));
        order.clear();
        let labels = 0..self.labels.len() as u32;
        if features.entries.is_empty() && dense.is_none() {
            order.extend(labels.map(|label| Ranked::new(0.0, label)));
        } else if self.labels.len() == 1 {
            order.push(Ranked::new(features.known_share.clamp(0.0, 1.0), 0));
        } else {
            logits.clear();
            logits.extend_from_slice(&self.biases);
            let vector = dense.map(|dense| (dense, vector.as_slice()));
            Arch::new().dispatch(Confidences {
                model: self,
                entries: &features.entries,
                known_share: features.known_share,
                vector,
                logits,
            });
            order.extend(labels.zip(&*logits).map(|(label, &p)| Ranked::new(p, label)));
        }
    }

    /// Classifies `text` into a list of its own: every label, the most confident first.
    pub fn rank(&self, text: &str) -> Vec<RankedLabel<'_>> {
        let mut scratch = Scratch::default();
        self.classify(text, &mut scratch);
        // The answer above borrows the scratch; this one borrows only the model.
        let order = scratch.order.iter();
        order.filter_map(|ranked| ranked.resolve(&self.labels)).collect()
    }
}

/// Turns biases into confidences, with the widest vector instructions that the processor has.
///
/// No sum's order depends on their width, so every machine gives the same bits.
struct Confidences<'a> {
    model: &'a Model,
    entries: &'a [Entry],
    known_share: f32,
    vector: Option<(&'a DenseLayer, &'a [f32])>,
    /// The biases; then the confidences.
    logits: &'a mut [f32],
}

impl WithSimd for Confidences<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.model.weights.add_rows(self.entries, self.logits);
        if let Some((dense, vector)) = self.vector {
            dense.add_to(vector, self.logits);
        }
        self.model.calibration.apply(self.logits, self.known_share);
    }
}

impl QuantisedMatrix {
    /// Rounds each row of `weights` to 255 steps between its extremes.
    #[cfg(feature = "train")]
    pub(crate) fn quantise(columns: usize, weights: &[f32]) -> Self {
        let mut values = Vec::with_capacity(weights.len());
        let mut scales = Vec::with_capacity(weights.len() / columns.max(1));
        for row in weights.chunks_exact(columns.max(1)) {
            let largest = row.iter().fold(0.0_f32, |largest, weight| largest.max(weight.abs()));
            let scale = largest / 127.0;
            scales.push(scale);
            let inverse = if scale > 0.0 { 1.0 / scale } else { 0.0 };
            // The cast saturates, so that rounding noise at the extremes is harmless.
            values.extend(row.iter().map(|weight| (weight * inverse).round() as i8));
        }
        Self { columns, values, scales }
    }

    /// Adds the row of each entry, times the entry's value, to `sums`.
    ///
    /// Four rows at a time: they are far apart, and wait for memory together.
    #[inline(always)]
    fn add_rows(&self, entries: &[Entry], sums: &mut [f32]) {
        let (fours, rest) = entries.as_chunks::<4>();
        for &[a, b, c, d] in fours {
            let [(a, by_a), (b, by_b), (c, by_c), (d, by_d)] = [a, b, c, d].map(|entry| self.row(entry));
            for ((((sum, &a), &b), &c), &d) in sums.iter_mut().zip(a).zip(b).zip(c).zip(d) {
                *sum += (by_a * f32::from(a) + by_b * f32::from(b)) + (by_c * f32::from(c) + by_d * f32::from(d));
            }
        }
        for &entry in rest {
            let (row, by) = self.row(entry);
            for (sum, &value) in sums.iter_mut().zip(row) {
                *sum += by * f32::from(value);
            }
        }
    }

    /// The values of an entry's row, and what each of them counts.
    #[inline(always)]
    fn row(&self, entry: Entry) -> (&[i8], f32) {
        let row = entry.row as usize;
        let start = row * self.columns;
        // INVARIANT: entries come from the model's own vocabulary, which has a row for each.
        let values = self.values.get(start..start + self.columns).unwrap_or_default();
        (values, entry.value * self.scales.get(row).copied().unwrap_or_default())
    }
}

#[cfg(test)]
#[cfg(feature = "train")]
mod agreement;
#[cfg(test)]
#[cfg(feature = "train")]
mod reference;

#[cfg(test)]
#[cfg(feature = "train")]
mod tests {
    use std::ops::ControlFlow;

    use proptest::prelude::*;

    use pulp::Arch;

    use super::{Confidences, Model, reference};
    use crate::{Example, Scratch, TrainParams, Vectors, VectorsDescription, train};

    fn model(label_count: usize) -> Model {
        let examples: Vec<Example<'_>> = [
            ("where is my parcel", "track"),
            ("has my order shipped yet, or not?", "track"),
            ("i want my money back", "refund"),
            ("can i get a refund for the café order", "refund"),
            ("hello hello 👍", "greet"),
        ]
        .into_iter()
        .map(|(text, label)| Example { text, label: if label_count == 1 { "only" } else { label } })
        .collect();
        let description = VectorsDescription { name: "toy".into(), language: "en".into(), source: "our own".into() };
        let pieces = ["where", "parcel", "refund", "money", "hello", "##s", "caf", "is", "cafe"];
        let rows: Vec<[f32; 5]> =
            (0..9).map(|n| std::array::from_fn(|at| ((n * 7 + at * 3) % 11) as f32 - 5.0)).collect();
        let vectors = Vectors::new(description, &pieces, &rows).unwrap();
        let report = &mut |_| ControlFlow::Continue(());
        train(&examples, &TrainParams::default().check().unwrap(), Some(&vectors), report).unwrap()
    }

    fn fast(model: &Model, scratch: &mut Scratch, text: &str) -> Vec<f32> {
        let answer = model.classify(text, scratch);
        let of = |label: &String| answer.ranking().find(|ranked| ranked.label == label).unwrap().confidence;
        model.labels().iter().map(of).collect()
    }

    fn check(model: &Model, scratch: &mut Scratch, text: &str) -> Result<(), TestCaseError> {
        let expected = reference::confidences(model, text);
        let found = fast(model, scratch, text);
        prop_assert_eq!(expected.len(), found.len());
        for (expected, found) in expected.iter().zip(found) {
            prop_assert!((expected - f64::from(found)).abs() < 1e-5, "{text:?}: {expected} and {found}");
        }
        Ok(())
    }

    /// The bits of each confidence, by the vector instructions of `arch`.
    fn bits(model: &Model, text: &str, arch: Arch) -> Vec<u32> {
        let Scratch { mut features, mut pieces, mut vector, .. } = Scratch::default();
        model.vocabulary.vectorise(text, &mut features);
        let dense = model.dense.as_ref().unwrap();
        dense.vectors.embed(features.normalised(), &mut pieces, &mut vector);
        let mut logits = model.biases.clone();
        let (entries, known_share) = (&*features.entries, features.known_share);
        let vector = Some((dense, &*vector));
        arch.dispatch(Confidences { model, entries, known_share, vector, logits: &mut logits });
        logits.iter().map(|confidence| confidence.to_bits()).collect()
    }

    #[test]
    fn every_width_of_vector_instructions_gives_the_same_bits() {
        // More labels and dimensions than the widest registers hold, and no multiple of them.
        let words: Vec<String> =
            (0..39_u32).map(|n| format!("{}eta{}", char::from(97 + (n % 26) as u8), n / 26)).collect();
        let examples: Vec<Example<'_>> = words.iter().map(|word| Example { text: word, label: word }).collect();
        let pieces: Vec<&str> = words.iter().map(String::as_str).collect();
        let value = |n: usize, at: usize| ((n * 31 + at * 17) % 23) as f32 / 7.0 - 1.5;
        let rows: Vec<Vec<f32>> = (0..39).map(|n| (0..37).map(|at| value(n, at)).collect()).collect();
        let description = VectorsDescription { name: "toy".into(), language: "en".into(), source: "our own".into() };
        let vectors = Vectors::new(description, &pieces, &rows).unwrap();
        let report = &mut |_| ControlFlow::Continue(());
        let model = train(&examples, &TrainParams::default().check().unwrap(), Some(&vectors), report).unwrap();
        for text in ["aeta0 beta1", "ceta0", "zeta0 yeta0 xeta0 deta1", "strange beta0"] {
            assert_eq!(bits(&model, text, Arch::Scalar), bits(&model, text, Arch::new()), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn fast_inference_equals_the_reference(
            texts in proptest::collection::vec(
                "((where|is|my|parcel|refund|ORDER|café|hello|👍|,|İ|\\PC){1,2} ?){0,12}", 1..20,
            ),
        ) {
            let mut scratch = Scratch::default();
            for model in [model(3), model(1)] {
                for text in &texts {
                    check(&model, &mut scratch, text)?;
                }
            }
        }
    }
}
