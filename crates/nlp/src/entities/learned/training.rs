//! From annotated examples to a model: the conditional likelihood of the tags is raised, one text
//! at a time, by gradient steps whose size adapts to each weight (AdaGrad: Duchi, Hazan and
//! Singer, 2011), with L2 regularisation. The weights at the ends of the later sweeps are averaged.
//!
//! All sums run in a fixed order: the same examples give the same bytes, whatever their order.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::dataset::{AnnotatedExample, Dataset, TaggedText};
use super::features::Word;
use super::model::{ENTITY_TRAINER, EntityModel};
use super::tags;
use crate::error::Error;

/// How many sweeps over the examples there are, and how many of the last are averaged.
const SWEEPS: u64 = 30;
const AVERAGED_SWEEPS: u64 = 15;
/// The size of the first step of each weight.
const STEP: f32 = 0.2;
/// L2 regularisation: the share of a weight that is added to each of its gradients.
const DECAY: f32 = 0.01;
/// Added to the sum of squared gradients, so that the first steps are not too large.
const CAUTION: f32 = 1.0;
/// The share of features that a word lacks while it is learned from: so the model learns to do
/// without the word itself where its neighbours tell enough.
const DROPPED_IN_256: u8 = 51;
/// The most features that a model knows; of more, the most frequent.
const MAX_FEATURES: usize = 1 << 18;
/// Rows of weights that are smaller than this share of the largest say nothing.
const NEGLIGIBLE: f32 = 0.002;

/// Trains a model of entities; none if nothing is marked in any example.
///
/// Examples without marks count too: they teach where no entity is. `report` is called with the
/// share that is done (0 to 1) some hundred times; when it answers [`ControlFlow::Break`], the
/// training stops there.
///
/// ```
/// use std::ops::ControlFlow;
/// use greenroom_nlp::{AnnotatedExample, EntityAnnotation, train_entities};
///
/// let texts = ["pay bob", "pay alice please", "send money to carol", "pay dave"];
/// let names = [4..7, 4..9, 14..19, 4..8];
/// let examples: Vec<AnnotatedExample> = std::iter::zip(texts, names)
///     .map(|(text, chars)| AnnotatedExample { text, entities: vec![EntityAnnotation { chars, entity: "name" }] })
///     .collect();
/// let model = train_entities(&examples, 1, &mut |_done| ControlFlow::Continue(()))?.ok_or("nothing is marked")?;
/// let text = "pay erin please";
/// assert_eq!(model.find(text)[0].bytes, 4..8);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`Error::TooManyEntities`]; [`Error::Cancelled`].
pub fn train_entities(
    examples: &[AnnotatedExample<'_>],
    seed: u64,
    report: &mut dyn FnMut(f32) -> ControlFlow<()>,
) -> Result<Option<EntityModel>, Error> {
    let mut dataset = Dataset::new(examples)?;
    if dataset.entities.is_empty() {
        return Ok(None);
    }
    let words = choose_words(&dataset);
    for text in &mut dataset.texts {
        text.words.mark_rare(|key| words.binary_search(&key).is_ok());
    }
    let keys = choose_features(&dataset);
    let mut learner = Learner::new(keys.len(), tags::count(dataset.entities.len()));
    let rows: Vec<Vec<Vec<u32>>> = dataset.texts.iter().map(|text| rows_of(text, &keys)).collect();
    let mut average = vec![0.0; learner.weights.len()];
    let report_every = (dataset.texts.len() / 4).max(1);
    for sweep in 0..SWEEPS {
        for (done, text) in order(&dataset, seed, sweep).into_iter().enumerate() {
            if done.is_multiple_of(report_every) {
                let share = (sweep as f32 + done as f32 / dataset.texts.len() as f32) / SWEEPS as f32;
                if report(share).is_break() {
                    return Err(Error::Cancelled);
                }
            }
            let tagged = &dataset.texts[text];
            learner.learn(&rows[text], &tagged.tags, &mut Noise::new(seed, sweep, &tagged.digest));
        }
        if sweep >= SWEEPS - AVERAGED_SWEEPS {
            for (sum, weight) in average.iter_mut().zip(&learner.weights) {
                *sum += weight / AVERAGED_SWEEPS as f32;
            }
        }
    }
    Ok(Some(quantise(dataset.entities, words, keys, &average)))
}

/// The keys of the words that stand in more than one place, ascending.
fn choose_words(dataset: &Dataset) -> Vec<u64> {
    let words = dataset.texts.iter().flat_map(|text| &text.words.words);
    let mut keys: Vec<u64> = words.map(Word::key).collect();
    keys.sort_unstable();
    keys.chunk_by(|left, right| left == right)
        .filter(|group| group.len() > 1)
        .filter_map(|group| group.first().copied())
        .collect()
}

/// The keys of the features of all words, ascending; of too many, the most frequent.
fn choose_features(dataset: &Dataset) -> Vec<u64> {
    let mut counts: BTreeMap<u64, u32> = BTreeMap::new();
    let mut keys = Vec::new();
    for text in &dataset.texts {
        for position in 0..text.words.words.len() {
            keys.clear();
            text.words.push_keys(position, &mut keys);
            for key in &keys {
                *counts.entry(*key).or_default() += 1;
            }
        }
    }
    let mut ranked: Vec<(u32, u64)> = counts.into_iter().map(|(key, count)| (count, key)).collect();
    ranked.sort_unstable_by_key(|&(count, key)| (std::cmp::Reverse(count), key));
    ranked.truncate(MAX_FEATURES);
    let mut keys: Vec<u64> = ranked.into_iter().map(|(_, key)| key).collect();
    keys.sort_unstable();
    keys
}

/// For each word the rows of its features.
fn rows_of(text: &TaggedText, keys: &[u64]) -> Vec<Vec<u32>> {
    let rows_at = |position| {
        let mut own = Vec::new();
        text.words.push_keys(position, &mut own);
        own.iter().filter_map(|key| keys.binary_search(key).ok()).map(|row| row as u32).collect()
    };
    (0..text.words.words.len()).map(rows_at).collect()
}

/// The order in which a sweep takes the texts: another at each, and the same for the same texts.
fn order(dataset: &Dataset, seed: u64, sweep: u64) -> Vec<usize> {
    let rank = |text: &TaggedText| *Noise::hasher(seed, sweep, &text.digest).finalize().as_bytes();
    let mut order: Vec<_> = dataset.texts.iter().map(rank).zip(0..).collect();
    order.sort_unstable();
    order.into_iter().map(|(_, text)| text).collect()
}

/// Pseudo-random bytes that depend on the seed, the sweep and the text alone.
struct Noise(blake3::OutputReader);

impl Noise {
    fn hasher(seed: u64, sweep: u64, text: &[u8]) -> blake3::Hasher {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&seed.to_le_bytes()).update(&sweep.to_le_bytes()).update(text);
        hasher
    }

    fn new(seed: u64, sweep: u64, text: &[u8]) -> Self {
        Self(Self::hasher(seed, sweep, text).finalize_xof())
    }

    /// The rows of each word without those that are left out this time.
    fn thin(&mut self, rows: &[Vec<u32>]) -> Vec<Vec<u32>> {
        let mut thinned = Vec::with_capacity(rows.len());
        let mut bytes = Vec::new();
        for rows in rows {
            bytes.resize(rows.len(), 0);
            self.0.fill(&mut bytes);
            thinned.push(
                rows.iter().zip(&bytes).filter(|(_, byte)| **byte >= DROPPED_IN_256).map(|(row, _)| *row).collect(),
            );
        }
        thinned
    }
}

/// The weights while they are learned: the rows of the features, then those of the transitions.
struct Learner {
    tag_count: usize,
    transitions: usize,
    weights: Vec<f32>,
    /// The sum of the squared gradients of each weight.
    squares: Vec<f32>,
    /// Whether a tag (column) may stand after another (row).
    allowed: Vec<bool>,
}

impl Learner {
    fn new(features: usize, tag_count: usize) -> Self {
        let weights = vec![0.0; (features + tag_count) * tag_count];
        let pairs = (0..tag_count).flat_map(|previous| (0..tag_count).map(move |tag| (previous, tag)));
        Self {
            tag_count,
            transitions: features * tag_count,
            squares: vec![CAUTION; weights.len()],
            weights,
            allowed: pairs.map(|(previous, tag)| tags::may_follow(Some(previous), tag)).collect(),
        }
    }

    /// One step up the likelihood of a text's tags.
    fn learn(&mut self, rows: &[Vec<u32>], gold: &[usize], noise: &mut Noise) {
        if gold.is_empty() {
            return;
        }
        let rows = noise.thin(rows);
        let marginals = self.marginals(&rows);
        let tag_count = self.tag_count;
        for ((rows, probabilities), &gold) in rows.iter().zip(marginals.tags.chunks_exact(tag_count)).zip(gold) {
            let gradient: Vec<f32> =
                (0..tag_count).map(|tag| probabilities[tag] as f32 - f32::from(u8::from(tag == gold))).collect();
            for &row in rows {
                self.step(row as usize * tag_count, &gradient);
            }
        }
        let mut pairs: Vec<f32> = marginals.pairs.iter().map(|&probability| probability as f32).collect();
        for pair in gold.windows(2) {
            pairs[pair[0] * tag_count + pair[1]] -= 1.0;
        }
        self.step(self.transitions, &pairs);
    }

    /// Moves the weights from `start` against `gradient`.
    fn step(&mut self, start: usize, gradient: &[f32]) {
        let range = start..start + gradient.len();
        let (weights, squares) = (&mut self.weights[range.clone()], &mut self.squares[range]);
        for ((weight, square), gradient) in weights.iter_mut().zip(squares).zip(gradient) {
            let gradient = gradient + DECAY * *weight;
            *square += gradient * gradient;
            *weight -= STEP * gradient / square.sqrt();
        }
    }

    /// How probable each tag of each word, and each pair of neighbouring tags, is (forward and
    /// backward sums, scaled at each word).
    fn marginals(&self, rows: &[Vec<u32>]) -> Marginals {
        let (length, tag_count) = (rows.len(), self.tag_count);
        let follow: Vec<f64> = self.weights[self.transitions..]
            .iter()
            .zip(&self.allowed)
            .map(|(weight, allowed)| if *allowed { f64::from(*weight).exp() } else { 0.0 })
            .collect();
        let mut emissions = vec![0.0_f64; length * tag_count];
        for (rows, emissions) in rows.iter().zip(emissions.chunks_exact_mut(tag_count)) {
            for &row in rows {
                let start = row as usize * tag_count;
                for (sum, weight) in emissions.iter_mut().zip(&self.weights[start..start + tag_count]) {
                    *sum += f64::from(*weight);
                }
            }
            let largest = emissions.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            emissions.iter_mut().for_each(|emission| *emission = (*emission - largest).exp());
        }
        let at = |position: usize| position * tag_count..(position + 1) * tag_count;
        let mut forward = vec![0.0_f64; length * tag_count];
        for position in 0..length {
            let (before, here) = forward.split_at_mut(position * tag_count);
            let here = &mut here[..tag_count];
            match before.rchunks_exact(tag_count).next() {
                None => {
                    for (tag, sum) in here.iter_mut().enumerate() {
                        *sum = f64::from(u8::from(tags::may_follow(None, tag)));
                    }
                }
                Some(before) => {
                    for (weight, follow) in before.iter().zip(follow.chunks_exact(tag_count)) {
                        here.iter_mut().zip(follow).for_each(|(sum, follow)| *sum += weight * follow);
                    }
                }
            }
            here.iter_mut().zip(&emissions[at(position)]).for_each(|(sum, emission)| *sum *= emission);
            normalise(here);
        }
        let mut tags = forward.clone();
        let mut pairs = vec![0.0_f64; tag_count * tag_count];
        let mut backward = vec![1.0_f64; tag_count];
        for position in (0..length.saturating_sub(1)).rev() {
            // What the rest of the text says of the tag at `position + 1`.
            let ahead: Vec<f64> =
                backward.iter().zip(&emissions[at(position + 1)]).map(|(weight, emission)| weight * emission).collect();
            let mut pair = vec![0.0_f64; tag_count * tag_count];
            for (previous, (own, follow)) in
                forward[at(position)].iter().zip(follow.chunks_exact(tag_count)).enumerate()
            {
                let pair = &mut pair[previous * tag_count..(previous + 1) * tag_count];
                let mut sum = 0.0;
                for ((pair, follow), ahead) in pair.iter_mut().zip(follow).zip(&ahead) {
                    sum += follow * ahead;
                    *pair = own * follow * ahead;
                }
                backward[previous] = sum;
            }
            normalise(&mut pair);
            normalise(&mut backward);
            pairs.iter_mut().zip(&pair).for_each(|(sum, pair)| *sum += pair);
            let own = &mut tags[at(position)];
            own.iter_mut().zip(&backward).for_each(|(own, backward)| *own *= backward);
            normalise(own);
        }
        Marginals { tags, pairs }
    }
}

/// Probabilities under the weights as they are.
struct Marginals {
    /// A row a word, a column a tag.
    tags: Vec<f64>,
    /// A row a tag, a column the tag after it; summed over the text.
    pairs: Vec<f64>,
}

/// Scales to a sum of 1.
fn normalise(weights: &mut [f64]) {
    let sum: f64 = weights.iter().sum();
    if sum > 0.0 {
        weights.iter_mut().for_each(|weight| *weight /= sum);
    }
}

/// The model of these weights: each row in 255 steps, without rows that say nothing.
fn quantise(entities: Vec<String>, words: Vec<u64>, keys: Vec<u64>, weights: &[f32]) -> EntityModel {
    let tag_count = tags::count(entities.len());
    let (features, transitions) = weights.split_at(keys.len() * tag_count);
    let largest_of = |row: &[f32]| row.iter().fold(0.0_f32, |largest, weight| largest.max(weight.abs()));
    let negligible = NEGLIGIBLE * largest_of(features);
    let mut model = EntityModel {
        trainer: ENTITY_TRAINER.to_owned(),
        entities,
        words,
        keys: Vec::new(),
        scales: Vec::new(),
        weights: Vec::new(),
        transitions: transitions.to_vec(),
    };
    for (key, row) in keys.into_iter().zip(features.chunks_exact(tag_count)) {
        let largest = largest_of(row);
        if largest > negligible {
            model.keys.push(key);
            model.scales.push(largest / 127.0);
            // The cast saturates, so that rounding noise at the extremes is harmless.
            model.weights.extend(row.iter().map(|weight| (weight / largest * 127.0).round() as i8));
        }
    }
    model
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The probability of each path, by adding all paths up.
    fn marginals_by_enumeration(learner: &Learner, rows: &[Vec<u32>]) -> Vec<f64> {
        let tag_count = learner.tag_count;
        let mut marginals = vec![0.0; rows.len() * tag_count];
        let mut total = 0.0;
        for path in 0..tag_count.pow(rows.len() as u32) {
            let path: Vec<usize> = (0..rows.len()).map(|at| path / tag_count.pow(at as u32) % tag_count).collect();
            let mut previous = None;
            let mut score = 0.0;
            let mut is_legal = true;
            for (rows, &tag) in rows.iter().zip(&path) {
                is_legal &= tags::may_follow(previous, tag);
                score +=
                    rows.iter().map(|&row| f64::from(learner.weights[row as usize * tag_count + tag])).sum::<f64>();
                if let Some(previous) = previous {
                    score += f64::from(learner.weights[learner.transitions + previous * tag_count + tag]);
                }
                previous = Some(tag);
            }
            if is_legal {
                total += score.exp();
                for (at, &tag) in path.iter().enumerate() {
                    marginals[at * tag_count + tag] += score.exp();
                }
            }
        }
        marginals.iter_mut().for_each(|marginal| *marginal /= total);
        marginals
    }

    #[test]
    fn marginals_are_those_of_all_paths_together() {
        let mut learner = Learner::new(4, tags::count(2));
        for (at, weight) in learner.weights.iter_mut().enumerate() {
            *weight = ((at * 7919) % 13) as f32 / 4.0 - 1.5;
        }
        let rows = [vec![0, 2], vec![1], vec![3, 1], vec![0]];
        let expected = marginals_by_enumeration(&learner, &rows);
        let found = learner.marginals(&rows);
        for (expected, found) in expected.iter().zip(&found.tags) {
            assert!((expected - found).abs() < 1e-9, "{expected} and {found}");
        }
        let pairs: f64 = found.pairs.iter().sum();
        assert!((pairs - 3.0).abs() < 1e-9, "one pair for each of three neighbourhoods: {pairs}");
    }
}
