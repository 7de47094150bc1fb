//! Finds the synonyms of all entities of a bot in one finite-state automaton, exactly or with
//! typing errors, whatever their number.

use std::fmt;
use std::ops::Range;

use fst::raw::{Fst, Output};

use super::definition::{Fuzziness, SynonymList};
use super::segments::FoldedText;
use crate::error::Error;

/// How many transitions of the automata a search with errors may follow in one text. A text of
/// twenty words takes some ten thousand with 100,000 synonyms; what a longer one holds after the
/// limit is still found exactly.
const MAX_STEPS: usize = 2_000_000;
/// The largest number of errors.
const MAX_DISTANCE: usize = 2;
/// The cells of a row of the distance matrix that can matter.
const BAND: usize = 2 * MAX_DISTANCE + 1;
/// More than any distance that counts.
const FAR: u8 = 100;

/// Words that stand for values.
#[derive(Debug)]
pub(super) struct Synonyms {
    exact: Automaton,
    /// Those of which one error is forgiven, and those of which two are.
    near: [Automaton; MAX_DISTANCE],
    /// What each synonym stands for: the automata's outputs are positions in `groups`, each of
    /// which is a range of `outcomes`.
    groups: Vec<Range<usize>>,
    outcomes: Vec<Outcome>,
    values: Vec<Box<str>>,
}

/// What a synonym says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Outcome {
    definition: usize,
    value: usize,
    /// How many errors the definition forgives.
    forgiven: u8,
}

/// A synonym found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SynonymFound<'a> {
    /// The first of its segments, and the last.
    pub(super) segments: (usize, usize),
    /// The definition that has the synonym.
    pub(super) definition: usize,
    /// What it stands for.
    pub(super) value: &'a str,
    /// How many errors there are.
    pub(super) distance: u8,
}

/// A sorted set of synonyms, as a minimal automaton; none if empty.
#[derive(Default)]
struct Automaton(Option<Fst<Vec<u8>>>);

impl Synonyms {
    /// The lists of these definitions. Of two values of one list that claim one word, the first
    /// keeps it.
    ///
    /// # Errors
    ///
    /// [`Error::TooManySynonyms`] with what the automaton's builder says.
    pub(super) fn new<'a>(lists: impl IntoIterator<Item = (usize, &'a SynonymList)>) -> Result<Self, Error> {
        let mut claims: Vec<(String, Outcome)> = Vec::new();
        let mut values = Vec::new();
        for (definition, list) in lists {
            for value in &list.values {
                for synonym in value.synonyms.iter().chain([&value.value]) {
                    let key = FoldedText::key(synonym);
                    let forgiven = list.fuzziness.distance(key.chars().count());
                    claims.push((key, Outcome { definition, value: values.len(), forgiven }));
                }
                values.push(value.value.as_str().into());
            }
        }
        claims.retain(|(key, _)| !key.is_empty());
        claims.sort_unstable();
        claims.dedup_by(|later, first| (&later.0, later.1.definition) == (&first.0, first.1.definition));
        let mut outcomes = Vec::with_capacity(claims.len());
        let mut groups = Vec::new();
        let mut keys: Vec<(&str, u64, u8)> = Vec::new();
        for group in claims.chunk_by(|left, right| left.0 == right.0) {
            let start = outcomes.len();
            outcomes.extend(group.iter().map(|(_, outcome)| *outcome));
            let forgiven = group.iter().map(|(_, outcome)| outcome.forgiven).max().unwrap_or_default();
            keys.extend(group.first().map(|(key, _)| (key.as_str(), groups.len() as u64, forgiven)));
            groups.push(start..outcomes.len());
        }
        let near = |errors: u8| {
            let own = keys.iter().filter(move |(_, _, forgiven)| *forgiven == errors);
            Automaton::new(own.map(|(key, group, _)| (*key, *group)))
        };
        let exact = Automaton::new(keys.iter().map(|(key, group, _)| (*key, *group)))?;
        Ok(Self { exact, near: [near(1)?, near(2)?], groups, outcomes, values })
    }

    /// How many bytes the automata take.
    pub(super) fn automaton_bytes(&self) -> usize {
        let automata = std::iter::once(&self.exact).chain(&self.near);
        automata.map(|automaton| automaton.0.as_ref().map_or(0, Fst::size)).sum()
    }

    /// What a whole folded text stands for, for the first definition that `accepts`.
    pub(super) fn value_of(&self, folded: &str, accepts: impl Fn(usize) -> bool) -> Option<&str> {
        let group = self.exact.0.as_ref()?.get(folded)?.value();
        let outcome = self.group(group).iter().find(|outcome| accepts(outcome.definition))?;
        self.values.get(outcome.value).map(AsRef::as_ref)
    }

    /// Every run of whole segments that is a synonym, overlapping ones too.
    pub(super) fn push_exact<'a>(&'a self, text: &FoldedText, found: &mut Vec<SynonymFound<'a>>) {
        let Some(automaton) = &self.exact.0 else { return };
        for (first, segment) in text.segments.iter().enumerate().filter(|(_, segment)| !segment.is_space) {
            let mut node = automaton.root();
            let mut output = Output::zero();
            let start = segment.folded.start;
            for (offset, byte) in text.folded.as_bytes()[start..].iter().enumerate() {
                let Some(transition) = node.find_input(*byte).map(|at| node.transition(at)) else { break };
                output = output.cat(transition.out);
                node = automaton.node(transition.addr);
                if node.is_final()
                    && let Some(last) = text.segment_to(start + offset + 1)
                {
                    let number = output.cat(node.final_output()).value();
                    self.push(number, (first, last), 0, found);
                }
            }
        }
    }

    /// Every run of segments within `free` that is a synonym but for as many errors as its list
    /// forgives. `steps` is what is left of the limit for the whole text.
    fn push_near_in<'a>(
        &'a self,
        text: &FoldedText,
        free: Range<usize>,
        steps: &mut usize,
        found: &mut Vec<SynonymFound<'a>>,
    ) {
        for first in free.clone() {
            let Some(window) = Window::new(text, first, free.end) else { continue };
            for (automaton, distance) in self.near.iter().zip(1..) {
                let Some(automaton) = &automaton.0 else { continue };
                let mut search = Search { automaton, window: &window, distance, steps, found: Vec::new() };
                search.visit(automaton.root().addr(), Output::zero(), 0, first_row(distance), Partial::default());
                for (number, last, distance) in search.found {
                    self.push(number, (first, last), distance, found);
                }
            }
        }
    }

    /// Runs of segments that are synonyms but for errors, where `taken` says of no segment that
    /// something else was found there.
    pub(super) fn push_near<'a>(&'a self, text: &FoldedText, taken: &[bool], found: &mut Vec<SynonymFound<'a>>) {
        if self.near.iter().all(|automaton| automaton.0.is_none()) {
            return;
        }
        let mut steps = MAX_STEPS;
        let mut start = 0;
        for run in taken.chunk_by(|left, right| left == right) {
            if run.first() == Some(&false) {
                self.push_near_in(text, start..start + run.len(), &mut steps, found);
            }
            start += run.len();
        }
    }

    fn push<'a>(&'a self, group: u64, segments: (usize, usize), distance: u8, found: &mut Vec<SynonymFound<'a>>) {
        let forgiving = self.group(group).iter().filter(|outcome| outcome.forgiven >= distance);
        found.extend(forgiving.filter_map(|outcome| {
            let value = self.values.get(outcome.value)?;
            Some(SynonymFound { segments, definition: outcome.definition, value, distance })
        }));
    }

    fn group(&self, group: u64) -> &[Outcome] {
        let range = usize::try_from(group).ok().and_then(|group| self.groups.get(group));
        range.and_then(|range| self.outcomes.get(range.clone())).unwrap_or_default()
    }
}

impl fmt::Debug for Automaton {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Automaton({} keys)", self.0.as_ref().map_or(0, Fst::len))
    }
}

impl Automaton {
    fn new<'a>(keys: impl Iterator<Item = (&'a str, u64)>) -> Result<Self, Error> {
        let failed = |error: fst::Error| Error::TooManySynonyms { reason: error.to_string() };
        let mut keys = keys.peekable();
        if keys.peek().is_none() {
            return Ok(Self(None));
        }
        let mut builder = fst::raw::Builder::memory();
        for (key, number) in keys {
            builder.insert(key, number).map_err(failed)?;
        }
        Ok(Self(Some(builder.into_fst())))
    }
}

/// What of a text a synonym that begins at one segment can be compared with.
struct Window {
    characters: Vec<char>,
    /// For each number of characters, the segment that ends there, if it ends with a letter or digit.
    ends: Vec<Option<usize>>,
}

impl Window {
    /// The text from a segment on that begins with a letter or digit; none for others.
    fn new(text: &FoldedText, first: usize, end: usize) -> Option<Self> {
        const LONGEST: usize = Fuzziness::LONGEST + MAX_DISTANCE;
        let segments = text.segments.get(first..end)?;
        let is_word = |character: char| character.is_alphanumeric();
        if !text.text_of(segments.first()?).starts_with(is_word) {
            return None;
        }
        let mut window = Self { characters: Vec::new(), ends: vec![None] };
        for (position, segment) in segments.iter().enumerate() {
            window.characters.extend(text.text_of(segment).chars());
            if window.characters.len() > LONGEST {
                break;
            }
            window.ends.resize(window.characters.len() + 1, None);
            // No match ends with a comma for a letter that was left out.
            if let Some(end) = window.ends.last_mut().filter(|_| text.text_of(segment).ends_with(is_word)) {
                *end = Some(first + position);
            }
        }
        window.characters.truncate(LONGEST);
        Some(window)
    }
}

/// The bytes of a character that are known so far.
#[derive(Clone, Copy, Default)]
struct Partial {
    bytes: [u8; 4],
    known: usize,
}

impl Partial {
    /// Adds a byte; with the last one, the character.
    fn add(mut self, byte: u8) -> Result<char, Self> {
        if let Some(place) = self.bytes.get_mut(self.known) {
            *place = byte;
            self.known += 1;
        }
        let known = self.bytes.get(..self.known).unwrap_or_default();
        std::str::from_utf8(known).ok().and_then(|text| text.chars().next()).ok_or(self)
    }
}

/// A walk through an automaton that keeps, for each way, one row of the distance matrix between
/// the synonym so far and the window (Wagner and Fischer, 1974): only its band around the
/// diagonal, where distances can be small enough.
struct Search<'a> {
    automaton: &'a Fst<Vec<u8>>,
    window: &'a Window,
    distance: usize,
    steps: &'a mut usize,
    /// Output, last segment, distance.
    found: Vec<(u64, usize, u8)>,
}

/// The row of the empty synonym: cell k is for k − `distance` characters of the window.
fn first_row(distance: usize) -> [u8; BAND] {
    std::array::from_fn(|cell| cell.checked_sub(distance).map_or(FAR, |length| length as u8))
}

impl Search<'_> {
    /// Goes on from a node that `depth` characters lead to. No deeper than a synonym is long.
    fn visit(
        &mut self,
        address: fst::raw::CompiledAddr,
        output: Output,
        depth: usize,
        row: [u8; BAND],
        partial: Partial,
    ) {
        let node = self.automaton.node(address);
        if node.is_final() && partial.known == 0 {
            let number = output.cat(node.final_output()).value();
            for (cell, distance) in row.iter().enumerate().take(2 * self.distance + 1) {
                let Some(length) = (depth + cell).checked_sub(self.distance) else { continue };
                if let Some(Some(last)) = self.window.ends.get(length)
                    && (1..=self.distance).contains(&usize::from(*distance))
                {
                    self.found.push((number, *last, *distance));
                }
            }
        }
        for transition in node.transitions() {
            let Some(steps) = self.steps.checked_sub(1) else { return };
            *self.steps = steps;
            let output = output.cat(transition.out);
            match partial.add(transition.inp) {
                Err(partial) => self.visit(transition.addr, output, depth, row, partial),
                Ok(character) => {
                    let next = self.next_row(&row, depth + 1, character);
                    if next.iter().any(|distance| usize::from(*distance) <= self.distance) {
                        self.visit(transition.addr, output, depth + 1, next, Partial::default());
                    }
                }
            }
        }
    }

    /// The row of a synonym that is one character longer.
    fn next_row(&self, row: &[u8; BAND], depth: usize, character: char) -> [u8; BAND] {
        let mut next = [FAR; BAND];
        let mut before = FAR;
        for cell in 0..=2 * self.distance {
            let Some(length) = (depth + cell).checked_sub(self.distance) else { continue };
            let replaced = match length.checked_sub(1).map(|last| self.window.characters.get(last)) {
                None => FAR,
                // Beyond the window.
                Some(None) => break,
                Some(Some(own)) => row[cell] + u8::from(*own != character),
            };
            let added = row.get(cell + 1).filter(|_| cell < 2 * self.distance).map_or(FAR, |distance| distance + 1);
            let distance = replaced.min(added).min(before + 1).min(FAR);
            next[cell] = distance;
            before = distance;
        }
        next
    }
}
