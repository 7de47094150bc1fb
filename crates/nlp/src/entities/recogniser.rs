//! Finds all entities of a bot in one pass for synonyms and one a regular expression.

use std::collections::BTreeMap;
use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};
use regex::{Regex, RegexBuilder};
use serde::Serialize;

use super::definition::{EntityDefinition, EntityKind};
use super::segments::FoldedText;
use crate::error::Error;
use crate::features::MAX_TEXT_CHARS;

/// The largest compiled size of one regular expression, in bytes.
const REGEX_SIZE_LIMIT: usize = 1 << 20;
/// How deep groups of a regular expression may nest.
const REGEX_NEST_LIMIT: u32 = 100;

/// An entity found in a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntityMatch {
    /// The entity's id.
    pub entity: String,
    /// For synonyms the value that they stand for, else what matched.
    pub value: String,
    /// Where it stands in the original text, in bytes: `&text[bytes]` is what matched.
    pub bytes: Range<usize>,
    /// The same in characters (Unicode scalar values).
    pub chars: Range<usize>,
}

/// Finds entities; built once, then shared between threads.
///
/// Matches never overlap, not even those of different entities. Of candidates that do, the
/// longest (in characters) wins, then the leftmost, then the one whose definition comes first.
/// Of a long text the first [`MAX_TEXT_CHARS`] characters are read.
///
/// ```
/// use greenroom_nlp::{EntityDefinition, EntityKind, EntityRecogniser, SynonymValue};
///
/// let city = EntityDefinition {
///     id: "city".to_owned(),
///     kind: EntityKind::Synonyms(vec![SynonymValue {
///         value: "New York".to_owned(),
///         synonyms: vec!["NYC".to_owned(), "big apple".to_owned()],
///     }]),
/// };
/// let recogniser = EntityRecogniser::new(&[city])?;
/// let text = "A flight to the Big  Apple!";
/// let found = recogniser.find(text);
/// assert_eq!(found[0].value, "New York");
/// assert_eq!(&text[found[0].bytes.clone()], "Big  Apple");
/// # Ok::<(), greenroom_nlp::Error>(())
/// ```
#[derive(Debug)]
pub struct EntityRecogniser {
    ids: Vec<String>,
    synonyms: Option<AhoCorasick>,
    /// For each pattern of the automaton, the definition and the value.
    outcomes: Vec<(usize, String)>,
    expressions: Vec<(usize, Regex)>,
}

/// Something that matched, before overlaps are settled. Its derived order is the order of rank.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate<'a> {
    length: std::cmp::Reverse<usize>,
    start: usize,
    definition: usize,
    end: usize,
    value: &'a str,
}

impl EntityRecogniser {
    /// Compiles `definitions`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidPattern`] names the entity and the pattern that does not compile, or whose
    /// compiled form exceeds 1 MiB; [`Error::TooManySynonyms`] if they do not fit an automaton.
    pub fn new(definitions: &[EntityDefinition]) -> Result<Self, Error> {
        let mut patterns: BTreeMap<String, (usize, String)> = BTreeMap::new();
        let mut expressions = Vec::new();
        for (definition, EntityDefinition { id, kind }) in definitions.iter().enumerate() {
            match kind {
                EntityKind::Synonyms(values) => {
                    for value in values {
                        for synonym in value.synonyms.iter().chain([&value.value]) {
                            let pattern = FoldedText::new(synonym.trim()).folded;
                            let outcome = (definition, value.value.clone());
                            // The first to claim a word keeps it.
                            patterns.entry(pattern).or_insert(outcome);
                        }
                    }
                }
                EntityKind::Regex(list) => {
                    for pattern in list {
                        expressions.push((definition, compile(id, pattern)?));
                    }
                }
            }
        }
        patterns.remove("");
        let synonyms = if patterns.is_empty() {
            None
        } else {
            let built = AhoCorasick::builder()
                .match_kind(MatchKind::Standard)
                .build(patterns.keys())
                .map_err(|error| Error::TooManySynonyms { reason: error.to_string() })?;
            Some(built)
        };
        Ok(Self {
            ids: definitions.iter().map(|definition| definition.id.clone()).collect(),
            synonyms,
            outcomes: patterns.into_values().collect(),
            expressions,
        })
    }

    /// The entities in `text`, from left to right.
    pub fn find(&self, text: &str) -> Vec<EntityMatch> {
        let end = text.char_indices().nth(MAX_TEXT_CHARS).map_or(text.len(), |(at, _)| at);
        let text = text.get(..end).unwrap_or(text);
        let mut candidates = Vec::new();
        self.push_synonyms(text, &mut candidates);
        for (definition, expression) in &self.expressions {
            for found in expression.find_iter(text).filter(|found| !found.is_empty()) {
                candidates.push(Candidate::new(text, *definition, found.range(), found.as_str()));
            }
        }
        candidates.sort_unstable();
        let mut taken = vec![false; text.len()];
        candidates.retain(|candidate| {
            // Whatever was taken is at least as long, so it covers one end if it covers any byte.
            let range = candidate.start..candidate.end;
            let Some(bytes) = taken.get_mut(range) else { return false };
            let is_free = bytes.first() == Some(&false) && bytes.last() == Some(&false);
            if is_free {
                bytes.fill(true);
            }
            is_free
        });
        candidates.sort_unstable_by_key(|candidate| candidate.start);
        self.locate(text, &candidates)
    }

    /// Every run of whole segments that is a synonym, overlapping ones too.
    fn push_synonyms<'a>(&'a self, text: &str, candidates: &mut Vec<Candidate<'a>>) {
        let Some(synonyms) = &self.synonyms else { return };
        let folded = FoldedText::new(text);
        for found in synonyms.find_overlapping_iter(&folded.folded) {
            let outcome = self.outcomes.get(found.pattern().as_usize());
            if let (Some((definition, value)), Some(range)) = (outcome, folded.original(found.range())) {
                candidates.push(Candidate::new(text, *definition, range, value));
            }
        }
    }

    /// Counts characters up to each of `candidates`, which ascend and do not overlap.
    fn locate(&self, text: &str, candidates: &[Candidate<'_>]) -> Vec<EntityMatch> {
        let mut matches = Vec::with_capacity(candidates.len());
        let (mut counted_bytes, mut counted_chars) = (0, 0);
        for candidate in candidates {
            let gap = text.get(counted_bytes..candidate.start).unwrap_or_default();
            let start = counted_chars + gap.chars().count();
            counted_chars = start + candidate.length.0;
            counted_bytes = candidate.end;
            matches.push(EntityMatch {
                entity: self.ids.get(candidate.definition).cloned().unwrap_or_default(),
                value: candidate.value.to_owned(),
                bytes: candidate.start..candidate.end,
                chars: start..counted_chars,
            });
        }
        matches
    }
}

impl<'a> Candidate<'a> {
    fn new(text: &str, definition: usize, range: Range<usize>, value: &'a str) -> Self {
        let length = text.get(range.clone()).unwrap_or_default().chars().count();
        Self { length: std::cmp::Reverse(length), start: range.start, definition, end: range.end, value }
    }
}

fn compile(entity: &str, pattern: &str) -> Result<Regex, Error> {
    RegexBuilder::new(pattern)
        .size_limit(REGEX_SIZE_LIMIT)
        .dfa_size_limit(REGEX_SIZE_LIMIT)
        .nest_limit(REGEX_NEST_LIMIT)
        .build()
        .map_err(|error| Error::InvalidPattern {
            entity: entity.to_owned(),
            pattern: pattern.to_owned(),
            reason: error.to_string(),
        })
}
