//! Fast inference and the reference on many texts, real and made up.
//!
//! `cargo xtask soak nlp-reference` takes 100,000; where it names a file of split, intent and text,
//! the models are trained on its split `train_10`, and its other texts are asked about first.

use std::fmt::Write as _;
use std::ops::ControlFlow;

use super::{Model, reference};
use crate::train::{Purpose, SplitMix64};
use crate::{Example, MAX_TEXT_CHARS, Scratch, ValidTrainParams, Vectors, VectorsDescription, train};

/// By how much a confidence may differ.
const TOLERANCE: f64 = 1e-5;
/// As many as the English vectors have.
const DIMENSIONS: usize = 256;
/// What text is made of that no example has, from scripts and classes that are handled differently.
const RARE: [&str; 16] = [
    "İ",
    "ß",
    "ﬁ",
    "e\u{301}",
    "\u{200d}",
    "\u{feff}",
    "你",
    "好",
    "👍🏽",
    "ـ",
    "क्षि",
    "ไทย",
    "\u{1d165}",
    "½",
    "\u{0}",
    "'",
];
const OWN: &str = "track: where is my parcel | has my order shipped yet, or not? | track the café's order
refund: i want my money back | can i get a refund for the order | give me 20 € back!
greet: hello hello 👍 | good morning to you | hi";

/// What the soak says by the environment.
#[expect(clippy::disallowed_methods, reason = "a test, and only of how many cases")]
fn said(variable: &str) -> Option<String> {
    std::env::var(variable).ok()
}

#[expect(clippy::disallowed_methods, reason = "a test, of a file that it is told")]
fn soak_file() -> Option<String> {
    said("GREENROOM_SOAK_FILE").map(|path| std::fs::read_to_string(path).unwrap())
}

/// Vectors of random numbers for every word of the examples and every letter that continues one.
fn vectors(examples: &[Example<'_>], random: &mut SplitMix64) -> Vectors {
    let words = examples.iter().flat_map(|example| example.text.split_whitespace()).map(str::to_owned);
    let letters = ('a'..='z').flat_map(|letter| [letter.to_string(), format!("##{letter}")]);
    let pieces: Vec<String> = words.chain(letters).collect();
    let mut rows = vec![vec![0.0; DIMENSIONS]; pieces.len()];
    rows.iter_mut().flatten().for_each(|value| *value = random.below(2_001) as f32 / 1_000.0 - 1.0);
    let description = VectorsDescription { name: "random".into(), language: "en".into(), source: "made up".into() };
    Vectors::new(description, &pieces.iter().map(String::as_str).collect::<Vec<_>>(), &rows).unwrap()
}

/// A text out of the pieces of others.
fn generated(words: &[&str], random: &mut SplitMix64) -> String {
    let mut text = String::new();
    // One in a thousand is longer than what is read.
    let length = if random.below(1_000) == 0 { MAX_TEXT_CHARS } else { random.below(14) };
    for _ in 0..length {
        let word = words[random.below(words.len())];
        match random.below(12) {
            0 => text.push_str(RARE[random.below(RARE.len())]),
            1 => text.extend(char::from_u32(random.below(0x11_0000) as u32)),
            2 => text.push_str(&word.to_uppercase()),
            3 => text.extend(word.chars().rev()),
            4 => write!(text, "{word}{word}").unwrap(),
            _ => text.push_str(word),
        }
        if random.below(8) > 0 {
            text.push(' ');
        }
    }
    text
}

/// The largest difference between the two on one text.
fn difference(model: &Model, scratch: &mut Scratch, text: &str) -> f64 {
    let expected = reference::confidences(model, text);
    let answer = model.classify(text, scratch);
    assert_eq!(answer.ranking().count(), expected.len());
    let of = |label: &str| model.labels().binary_search_by(|known| known.as_str().cmp(label)).unwrap();
    answer.ranking().map(|ranked| (f64::from(ranked.confidence) - expected[of(ranked.label)]).abs()).fold(0.0, f64::max)
}

#[test]
fn fast_inference_equals_the_reference_on_many_texts() {
    let count: usize = said("GREENROOM_SOAK_CASES").map_or(400, |cases| cases.parse().unwrap());
    let content = soak_file();
    let (examples, real): (Vec<Example<'_>>, Vec<&str>) = match &content {
        Some(content) => {
            let rows = content.lines().map(|line| line.split('\t').collect::<Vec<_>>());
            let (learnt, others): (Vec<_>, Vec<_>) = rows.partition(|row| row[0] == "train_10");
            let learnt = learnt.iter().map(|row| Example { label: row[1], text: row[2] }).collect();
            (learnt, others.iter().map(|row| row[2]).collect())
        }
        None => {
            let lines = OWN.lines().filter_map(|line| line.split_once(": "));
            let examples = lines.flat_map(|(label, texts)| texts.split(" | ").map(move |text| Example { text, label }));
            (examples.collect(), vec!["", "   ", "where did the parcel go"])
        }
    };
    let mut random = SplitMix64::new(1, Purpose::Folds);
    let vectors = vectors(&examples, &mut random);
    let words: Vec<&str> = examples.iter().flat_map(|example| example.text.split_whitespace()).collect();
    let only = examples.iter().map(|example| Example { label: "only", ..*example }).collect::<Vec<_>>();
    let models =
        [(&examples, None), (&examples, Some(&vectors)), (&only, Some(&vectors))].map(|(examples, vectors)| {
            train(examples, &ValidTrainParams::default(), vectors, &mut |_| ControlFlow::Continue(())).unwrap()
        });
    let mut scratch = Scratch::default();
    let mut worst = 0.0_f64;
    for number in 0..count {
        let text = real.get(number).map_or_else(|| generated(&words, &mut random), ToString::to_string);
        let difference = difference(&models[number % models.len()], &mut scratch, &text);
        assert!(difference <= TOLERANCE, "{difference} apart for {text:?}");
        worst = worst.max(difference);
    }
    println!("{count} texts, {} of them real: confidences differ by {worst:.1e} at most", real.len().min(count));
}
