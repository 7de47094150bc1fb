//! What the classifier's benches share: generated bots, and a textbook classifier to compare with.

use std::collections::HashMap;

/// The size of a generated bot: labels, each with twenty examples.
pub(crate) const LABEL_COUNTS: [usize; 3] = [10, 50, 150];
const EXAMPLES_A_LABEL: usize = 20;

/// A generated bot's labelled texts, `(text, label)`, the same on every run.
pub(crate) fn generated_examples(label_count: usize) -> Vec<(String, String)> {
    let mut random = Random(42);
    let filler: Vec<String> = (0..60).map(|_| random.word()).collect();
    (0..label_count)
        .flat_map(|label| {
            let topic: Vec<String> = (0..6).map(|_| random.word()).collect();
            let texts: Vec<String> = (0..EXAMPLES_A_LABEL)
                .map(|_| {
                    let length = 5 + random.below(7);
                    let words: Vec<&str> = (0..length)
                        .map(|place| {
                            let source = if place % 3 == 1 { &topic } else { &filler };
                            source[random.below(source.len())].as_str()
                        })
                        .collect();
                    words.join(" ")
                })
                .collect();
            texts.into_iter().map(move |text| (text, format!("label-{label:03}")))
        })
        .collect()
}

/// Multinomial naive Bayes over words and character trigrams, with strings in hash maps: what one
/// writes in an afternoon.
pub(crate) struct NaiveBayes {
    labels: Vec<String>,
    /// For each n-gram its count in each label.
    counts: HashMap<String, Vec<f32>>,
    totals: Vec<f32>,
}

impl NaiveBayes {
    pub(crate) fn train(examples: &[(String, String)]) -> Self {
        let mut labels: Vec<String> = examples.iter().map(|(_, label)| label.clone()).collect();
        labels.sort();
        labels.dedup();
        let mut bayes = Self { counts: HashMap::new(), totals: vec![0.0; labels.len()], labels };
        for (text, label) in examples {
            let label = bayes.labels.binary_search(label).unwrap();
            for ngram in ngrams(text) {
                bayes.counts.entry(ngram).or_insert_with(|| vec![0.0; bayes.labels.len()])[label] += 1.0;
                bayes.totals[label] += 1.0;
            }
        }
        bayes
    }

    pub(crate) fn rank(&self, text: &str) -> Vec<(&str, f32)> {
        let mut scores = vec![0.0; self.labels.len()];
        for counts in ngrams(text).iter().filter_map(|ngram| self.counts.get(ngram)) {
            for ((score, count), total) in scores.iter_mut().zip(counts).zip(&self.totals) {
                *score += ((count + 0.1) / (total + 0.1 * self.counts.len() as f32)).ln();
            }
        }
        let mut ranking: Vec<(&str, f32)> = self.labels.iter().map(String::as_str).zip(scores).collect();
        ranking.sort_by(|left, right| right.1.total_cmp(&left.1));
        ranking
    }
}

fn ngrams(text: &str) -> Vec<String> {
    let text = text.to_lowercase();
    let mut ngrams = Vec::new();
    for word in text.split_whitespace() {
        ngrams.push(word.to_owned());
        let padded: Vec<char> = format!(" {word} ").chars().collect();
        ngrams.extend(padded.windows(3).map(|run| run.iter().collect::<String>()));
    }
    ngrams
}

/// A linear congruential generator (Knuth's MMIX constants): enough to vary texts.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    fn word(&mut self) -> String {
        let syllables = 1 + self.below(3);
        (0..=syllables)
            .map(|_| ["ka", "lo", "mi", "ru", "ten", "sol", "vor", "ba", "que", "pin", "shu", "dra"][self.below(12)])
            .collect()
    }
}
