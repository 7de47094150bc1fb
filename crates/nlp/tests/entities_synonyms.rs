//! What synonyms with typing errors promise: exactly the errors that are forgiven, the best match
//! first, and bounded work whatever the list and the text.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what a test cannot do without fails it")]

use greenroom_nlp::{
    EntityContext, EntityDefinition, EntityKind, EntityMatch, EntityRecogniser, EntitySource, Fuzziness, SynonymList,
    SynonymValue,
};
use proptest::prelude::*;

fn list(id: &str, fuzziness: Fuzziness, words: &[&str]) -> EntityDefinition {
    let values = words.iter().map(|word| SynonymValue { value: (*word).to_owned(), synonyms: Vec::new() }).collect();
    EntityDefinition { id: id.to_owned(), kind: EntityKind::Synonyms(SynonymList { values, fuzziness }) }
}

fn find(definitions: &[EntityDefinition], text: &str) -> Vec<EntityMatch> {
    EntityRecogniser::new(definitions).unwrap().find(text, &EntityContext::default())
}

/// `expected`: the words that matched, and the value.
fn check(definitions: &[EntityDefinition], text: &str, expected: &[(&str, &str)]) {
    let found = find(definitions, text);
    let summary: Vec<(&str, &str)> =
        found.iter().map(|found| (&text[found.bytes.clone()], found.value.as_str())).collect();
    assert_eq!(summary, expected, "{text:?}");
}

#[test]
fn errors_are_forgiven_by_length() {
    let cities = [list("city", Fuzziness::BY_LENGTH, &["Ede", "Gent", "Utrecht", "Amsterdam", "Den Haag"])];
    check(&cities, "ede, edde, ee", &[("ede", "Ede")]);
    check(&cities, "gnt, ghent, gett, ghend", &[("gnt", "Gent"), ("ghent", "Gent"), ("gett", "Gent")]);
    check(&cities, "utrech, utreht, utrch", &[("utrech", "Utrecht"), ("utreht", "Utrecht")]);
    check(&cities, "amstrdm, AMSTERDÅM, amstrd", &[("amstrdm", "Amsterdam"), ("AMSTERDÅM", "Amsterdam")]);
    check(&cities, "den hag, denhaag", &[("den hag", "Den Haag"), ("denhaag", "Den Haag")]);
}

#[test]
fn without_fuzziness_nothing_is_forgiven() {
    check(&[list("city", Fuzziness::NONE, &["Utrecht"])], "utrech", &[]);
}

#[test]
fn what_is_exact_goes_before_what_is_near() {
    let words = [list("word", Fuzziness::BY_LENGTH, &["new york", "york", "corn"])];
    check(&words, "new york a", &[("new york", "new york")]);
    check(&words, "york", &[("york", "york")]);
    // One error from `york`, and one from `corn`: all else equal, the value in the order of the alphabet.
    check(&words, "yorn", &[("yorn", "corn")]);
}

#[test]
fn fewer_errors_win_over_more_words() {
    let words = [list("word", Fuzziness::BY_LENGTH, &["amsterdam", "amsterdam ij"])];
    check(&words, "amsterdm i", &[("amsterdm", "amsterdam")]);
    let found = find(&words, "amsterdm");
    assert_eq!(found[0].source, EntitySource::FuzzySynonym);
}

#[test]
fn two_entities_may_share_a_word_and_forgive_differently() {
    let strict = list("strict", Fuzziness::NONE, &["Utrecht"]);
    let lenient = list("lenient", Fuzziness::BY_LENGTH, &["utrecht"]);
    let entities = |text: &str| {
        let found = find(&[strict.clone(), lenient.clone()], text);
        found.into_iter().map(|found| found.entity).collect::<Vec<_>>()
    };
    assert_eq!(entities("utrecht"), ["strict"]);
    assert_eq!(entities("utrech"), ["lenient"]);
}

#[test]
fn a_hundred_thousand_values_find_theirs() {
    // Pseudo-words of three to five syllables, all distinct.
    let syllables =
        ["ba", "ke", "lo", "mi", "nu", "ra", "sten", "dor", "vel", "ing", "ha", "tu", "wi", "zo", "pe", "gra"];
    let word = |mut number: usize| {
        let mut word = String::new();
        for _ in 0..5 {
            word.push_str(syllables[number % 16]);
            number /= 16;
        }
        word
    };
    let words: Vec<String> = (0..100_000).map(|number| word(number * 7 + 1)).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let recogniser = EntityRecogniser::new(&[list("word", Fuzziness::BY_LENGTH, &words)]).unwrap();
    assert!(recogniser.automaton_bytes() < 4 << 20, "{}", recogniser.automaton_bytes());
    for number in [0, 1, 999, 54_321, 99_999] {
        let text = format!("give me {} today", words[number]);
        let found = recogniser.find(&text, &EntityContext::default());
        assert_eq!(found.iter().map(|found| &*found.value).collect::<Vec<_>>(), [words[number]]);
    }
    // A hostile text of as many near misses as fit: it ends, and exact matches are found to the last.
    let text = format!("{} {}", "baketumi ".repeat(1_000), words[5]);
    let found = recogniser.find(&text, &EntityContext::default());
    assert_eq!(found.last().map(|found| &*found.value), Some(words[5]));
}

proptest! {
    #[test]
    fn finds_what_a_slow_search_finds(
        keys in proptest::collection::btree_set("[abcé]{1,10}( [abcé]{1,5})?", 1..8),
        text in "[abcé]{1,9}( [abcé]{1,9}){0,3}",
    ) {
        let words: Vec<&str> = keys.iter().map(String::as_str).collect();
        let found = find(&[list("word", Fuzziness::BY_LENGTH, &words)], &text);
        // Every run of words of the text against every key: the least distance in the text is found.
        let starts: Vec<usize> = std::iter::once(0).chain(text.match_indices(' ').map(|(at, _)| at + 1)).collect();
        let mut best: Option<usize> = None;
        for &start in &starts {
            for end in text[start..].match_indices(' ').map(|(at, _)| start + at).chain([text.len()]) {
                for key in &words {
                    let distance = strsim::levenshtein(key, &text[start..end]);
                    if distance <= usize::from(Fuzziness::BY_LENGTH.distance(key.chars().count())) {
                        best = Some(best.map_or(distance, |best| best.min(distance)));
                    }
                }
            }
        }
        let distances: Vec<usize> =
            found.iter().map(|found| strsim::levenshtein(&found.value, &text[found.bytes.clone()])).collect();
        prop_assert_eq!(distances.iter().copied().min(), best, "{:?} in {:?}", words, text);
        for (found, distance) in found.iter().zip(distances) {
            let length = found.value.chars().count();
            prop_assert!(distance <= usize::from(Fuzziness::BY_LENGTH.distance(length)));
            prop_assert_eq!(distance == 0, found.source == EntitySource::Synonym);
        }
    }
}
