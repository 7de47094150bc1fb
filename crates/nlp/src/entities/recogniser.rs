//! Finds all entities of a bot in a text, and settles which of those that overlap count.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::DateTime;
use regex::{Regex, RegexBuilder};

use super::composite::Composites;
use super::definition::{EntityDefinition, EntityKind};
use super::found::{EntityMatch, EntitySource};
use super::learned::EntityModel;
use super::segments::FoldedText;
use super::synonyms::Synonyms;
use super::system::{self, SystemKind, SystemLanguage, SystemText};
use crate::error::Error;
use crate::features::MAX_TEXT_CHARS;

/// The largest compiled size of one regular expression, in bytes.
const REGEX_SIZE_LIMIT: usize = 1 << 20;
/// How deep groups of a regular expression may nest.
const REGEX_NEST_LIMIT: u32 = 100;

/// Finds entities; built once, then shared between threads.
///
/// Matches never overlap, not even those of different entities. Of candidates that do, the
/// longest (in characters) wins, then the leftmost, then the one whose [`EntitySource`] comes
/// first, then the one whose definition does. Synonyms with typing errors are looked for last, in
/// what is left of the text: of these the one with the fewest errors wins, and then as before, and
/// at last the value that is first in the order of characters.
/// Composites are put together from what has won.
///
/// Of a long text the first [`MAX_TEXT_CHARS`] characters are read. The answer depends on the
/// arguments alone.
///
/// ```
/// use greenroom_nlp::{EntityContext, EntityDefinition, EntityKind, EntityRecogniser, SynonymList, SynonymValue};
///
/// let values = vec![SynonymValue {
///     value: "New York".to_owned(),
///     synonyms: vec!["NYC".to_owned(), "big apple".to_owned()],
/// }];
/// let city = EntityDefinition {
///     id: "city".to_owned(),
///     kind: EntityKind::Synonyms(SynonymList { values, ..SynonymList::default() }),
/// };
/// let recogniser = EntityRecogniser::new(&[city])?;
/// let text = "A flight to the Big  Apple!";
/// let found = recogniser.find(text, &EntityContext::default());
/// assert_eq!(found[0].value, "New York");
/// assert_eq!(&text[found[0].bytes.clone()], "Big  Apple");
/// # Ok::<(), greenroom_nlp::Error>(())
/// ```
#[derive(Debug)]
pub struct EntityRecogniser {
    ids: Vec<String>,
    /// The definitions of each id that have a synonym list.
    listed: BTreeMap<String, Vec<usize>>,
    /// The definitions that leave finding to a model.
    learned: Vec<bool>,
    synonyms: Synonyms,
    expressions: Vec<Expression>,
    systems: Vec<(usize, SystemKind)>,
    composites: Composites,
}

/// What recognition depends on beside the text. The default knows no model and no time.
#[derive(Debug, Clone, Copy, Default)]
pub struct EntityContext<'a> {
    /// Finds the learned entities of the text's language.
    pub model: Option<&'a EntityModel>,
    /// How numbers, dates and the like are read.
    pub language: SystemLanguage,
    /// The date and time where the user is. Without it, what is reckoned from now (`tomorrow`,
    /// `in two hours`, a date without a year) is not found.
    pub now: Option<DateTime>,
}

/// A regular expression of a definition, an author's or that of a system entity.
#[derive(Debug)]
struct Expression {
    definition: usize,
    regex: Regex,
    system: Option<SystemKind>,
}

/// Something that was found, before overlaps are settled.
#[derive(Debug)]
struct Candidate {
    bytes: Range<usize>,
    length: usize,
    source: EntitySource,
    definition: usize,
    errors: u8,
    value: String,
}

impl Candidate {
    fn rank(&self) -> impl Ord + '_ {
        (self.errors, Reverse(self.length), self.bytes.start, self.source, self.definition, &self.value)
    }
}

impl EntityRecogniser {
    /// Compiles `definitions`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidPattern`] names the entity and the pattern that does not compile, or whose
    /// compiled form exceeds 1 MiB; [`Error::InvalidTemplate`] the template of a composite that
    /// does not read; [`Error::TooManySynonyms`] if they do not fit an automaton.
    pub fn new(definitions: &[EntityDefinition]) -> Result<Self, Error> {
        let mut lists = Vec::new();
        let mut listed: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut expressions = Vec::new();
        let mut systems = Vec::new();
        for (definition, EntityDefinition { id, kind }) in definitions.iter().enumerate() {
            match kind {
                EntityKind::Synonyms(list) | EntityKind::Learned(list) => {
                    lists.push((definition, list));
                    listed.entry(id.clone()).or_default().push(definition);
                }
                EntityKind::Regex(patterns) => {
                    for pattern in patterns {
                        expressions.push(Expression { definition, regex: compile(id, pattern)?, system: None });
                    }
                }
                EntityKind::System(kind) => {
                    for pattern in system::pattern(*kind) {
                        expressions.push(Expression { definition, regex: compile(id, pattern)?, system: Some(*kind) });
                    }
                    systems.push((definition, *kind));
                }
                EntityKind::Composite(_) => {}
            }
        }
        Ok(Self {
            ids: definitions.iter().map(|definition| definition.id.clone()).collect(),
            listed,
            learned: definitions.iter().map(|definition| matches!(definition.kind, EntityKind::Learned(_))).collect(),
            synonyms: Synonyms::new(lists)?,
            expressions,
            systems,
            composites: Composites::new(definitions)?,
        })
    }

    /// How many bytes the automata of the synonyms take; their values come on top.
    pub fn automaton_bytes(&self) -> usize {
        self.synonyms.automaton_bytes()
    }

    /// The entities in `text`, from left to right.
    pub fn find(&self, text: &str, context: &EntityContext<'_>) -> Vec<EntityMatch> {
        let end = text.char_indices().nth(MAX_TEXT_CHARS).map_or(text.len(), |(at, _)| at);
        let text = text.get(..end).unwrap_or(text);
        let folded = FoldedText::new(text);
        let mut candidates = Vec::new();
        self.push_learned(text, context, &mut candidates);
        self.push_synonyms(text, &folded, context, &mut candidates);
        self.push_expressions(text, &mut candidates);
        self.push_systems(text, context, &mut candidates);
        let mut taken = vec![false; text.len()];
        let mut won = settle(candidates, &mut taken);
        let mut forgiven = Vec::new();
        self.push_misspelt(text, &folded, context, &taken, &mut forgiven);
        won.extend(settle(forgiven, &mut taken));
        won.sort_unstable_by_key(|candidate| candidate.bytes.start);
        self.composites.apply(text, &folded, self.locate(text, won))
    }

    /// What the model finds of the entities that are defined. A word of the entity's lists stands
    /// for its value there.
    fn push_learned(&self, text: &str, context: &EntityContext<'_>, candidates: &mut Vec<Candidate>) {
        for span in context.model.iter().flat_map(|model| model.find(text)) {
            let Some(definition) = self.ids.iter().position(|id| id == span.entity) else { continue };
            let own = text.get(span.bytes.clone()).unwrap_or_default();
            let listed = self.listed.get(span.entity).map(Vec::as_slice).unwrap_or_default();
            let value = self.synonyms.value_of(&FoldedText::key(own), |definition| listed.contains(&definition));
            let value = value.unwrap_or(own).to_owned();
            candidates.push(Candidate::new(text, span.bytes, EntitySource::Learned, definition, value));
        }
    }

    /// Whether a definition leaves it to this model to find its entity.
    fn is_left_to(&self, model: Option<&EntityModel>, definition: usize) -> bool {
        self.learned.get(definition) == Some(&true)
            && model.is_some_and(|model| {
                self.ids.get(definition).is_some_and(|id| model.entities().binary_search(id).is_ok())
            })
    }

    /// Every run of whole segments that is a synonym, overlapping ones too.
    fn push_synonyms(
        &self,
        text: &str,
        folded: &FoldedText,
        context: &EntityContext<'_>,
        candidates: &mut Vec<Candidate>,
    ) {
        let mut found = Vec::new();
        self.synonyms.push_exact(folded, &mut found);
        for found in found {
            if !self.is_left_to(context.model, found.definition)
                && let Some(bytes) = original(folded, found.segments)
            {
                let value = found.value.to_owned();
                candidates.push(Candidate::new(text, bytes, EntitySource::Synonym, found.definition, value));
            }
        }
    }

    /// Runs of segments that are synonyms but for typing errors, where nothing else was found.
    fn push_misspelt(
        &self,
        text: &str,
        folded: &FoldedText,
        context: &EntityContext<'_>,
        taken: &[bool],
        candidates: &mut Vec<Candidate>,
    ) {
        let is_taken = |bytes: &Range<usize>| taken.get(bytes.clone()).is_some_and(|bytes| bytes.contains(&true));
        let taken: Vec<bool> = folded.segments.iter().map(|segment| is_taken(&segment.original)).collect();
        let mut found = Vec::new();
        self.synonyms.push_near(folded, &taken, &mut found);
        for found in found {
            if !self.is_left_to(context.model, found.definition)
                && let Some(bytes) = original(folded, found.segments)
            {
                let value = found.value.to_owned();
                let candidate = Candidate::new(text, bytes, EntitySource::FuzzySynonym, found.definition, value);
                candidates.push(Candidate { errors: found.distance, ..candidate });
            }
        }
    }

    fn push_expressions(&self, text: &str, candidates: &mut Vec<Candidate>) {
        for Expression { definition, regex, system } in &self.expressions {
            for found in regex.find_iter(text).filter(|found| !found.is_empty()) {
                let candidate = match system {
                    None => Some((found.range(), found.as_str().to_owned(), EntitySource::Regex)),
                    Some(kind) => system::normalise(*kind, text, found.range())
                        .map(|(bytes, value)| (bytes, value, EntitySource::System)),
                };
                candidates.extend(
                    candidate.map(|(bytes, value, source)| Candidate::new(text, bytes, source, *definition, value)),
                );
            }
        }
    }

    fn push_systems(&self, text: &str, context: &EntityContext<'_>, candidates: &mut Vec<Candidate>) {
        if self.systems.is_empty() {
            return;
        }
        let system_text = SystemText::new(text, context.language, context.now);
        for (definition, kind) in &self.systems {
            for found in system_text.find(*kind) {
                candidates.push(Candidate::new(text, found.bytes, EntitySource::System, *definition, found.value));
            }
        }
    }

    /// Counts characters up to each of `candidates`, which ascend and do not overlap.
    fn locate(&self, text: &str, candidates: Vec<Candidate>) -> Vec<EntityMatch> {
        let mut matches = Vec::with_capacity(candidates.len());
        let (mut counted_bytes, mut counted_chars) = (0, 0);
        for candidate in candidates {
            let gap = text.get(counted_bytes..candidate.bytes.start).unwrap_or_default();
            let start = counted_chars + gap.chars().count();
            counted_chars = start + candidate.length;
            counted_bytes = candidate.bytes.end;
            matches.push(EntityMatch {
                entity: self.ids.get(candidate.definition).cloned().unwrap_or_default(),
                value: candidate.value,
                bytes: candidate.bytes,
                chars: start..counted_chars,
                source: candidate.source,
                parts: Vec::new(),
            });
        }
        matches
    }
}

impl Candidate {
    fn new(text: &str, bytes: Range<usize>, source: EntitySource, definition: usize, value: String) -> Self {
        let length = text.get(bytes.clone()).unwrap_or_default().chars().count();
        Self { bytes, length, source, definition, errors: 0, value }
    }
}

/// Keeps the candidates that win, and marks their bytes as taken.
fn settle(mut candidates: Vec<Candidate>, taken: &mut [bool]) -> Vec<Candidate> {
    candidates.sort_unstable_by(|left, right| left.rank().cmp(&right.rank()));
    candidates.retain(|candidate| {
        let Some(bytes) = taken.get_mut(candidate.bytes.clone()).filter(|bytes| !bytes.is_empty()) else {
            return false;
        };
        let is_free = !bytes.contains(&true);
        if is_free {
            bytes.fill(true);
        }
        is_free
    });
    candidates
}

/// The bytes of the original that some segments cover, from the first to the last.
fn original(folded: &FoldedText, (first, last): (usize, usize)) -> Option<Range<usize>> {
    Some(folded.segments.get(first)?.original.start..folded.segments.get(last)?.original.end)
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
