//! Annotated examples in canonical form: what training sees depends on which there are, not on
//! their order.

use std::ops::Range;

use super::features::Words;
use super::model::MAX_LEARNED_ENTITIES;
use super::tags;
use crate::error::Error;
use crate::features::MAX_TEXT_CHARS;

/// A text and the entities in it. One without any teaches where none is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AnnotatedExample<'a> {
    /// What a user might say.
    pub text: &'a str,
    /// What is marked in it.
    pub entities: Vec<EntityAnnotation<'a>>,
}

/// An entity marked in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityAnnotation<'a> {
    /// Where it stands, in characters (Unicode scalar values) of the text.
    pub chars: Range<usize>,
    /// The entity's id.
    pub entity: &'a str,
}

impl PartialOrd for EntityAnnotation<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for EntityAnnotation<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let order = |mark: &Self| (mark.chars.start, mark.chars.end);
        order(self).cmp(&order(other)).then_with(|| self.entity.cmp(other.entity))
    }
}

/// Distinct tagged texts, in order.
#[derive(Debug)]
pub(super) struct Dataset {
    /// Ascending.
    pub(super) entities: Vec<String>,
    pub(super) texts: Vec<TaggedText>,
}

/// A text whose every word has its tag.
#[derive(Debug)]
pub(super) struct TaggedText {
    pub(super) words: Words,
    pub(super) tags: Vec<usize>,
    /// What a pseudo-random order is made from.
    pub(super) digest: [u8; blake3::OUT_LEN],
}

impl Dataset {
    /// Sorts, removes repetitions, and tags. A mark that cuts a word takes the whole of it; one
    /// that overlaps an earlier one, or holds no word, counts for nothing.
    ///
    /// # Errors
    ///
    /// [`Error::TooManyEntities`].
    pub(super) fn new(examples: &[AnnotatedExample<'_>]) -> Result<Self, Error> {
        let mut examples = examples.to_vec();
        for example in &mut examples {
            example.entities.sort();
        }
        examples.sort();
        examples.dedup();
        let marked = examples.iter().flat_map(|example| &example.entities);
        let mut entities: Vec<String> = marked.map(|mark| mark.entity.to_owned()).collect();
        entities.sort_unstable();
        entities.dedup();
        if entities.len() > MAX_LEARNED_ENTITIES {
            return Err(Error::TooManyEntities { count: entities.len(), limit: MAX_LEARNED_ENTITIES });
        }
        let texts = examples.iter().map(|example| tag(example, &entities)).collect();
        Ok(Self { entities, texts })
    }
}

fn tag(example: &AnnotatedExample<'_>, entities: &[String]) -> TaggedText {
    let text = example.text.char_indices().nth(MAX_TEXT_CHARS).map_or(example.text, |(end, _)| &example.text[..end]);
    let words = Words::new(text);
    let mut tags = vec![tags::OUTSIDE; words.words.len()];
    for mark in &example.entities {
        let Ok(entity) = entities.binary_search_by(|entity| entity.as_str().cmp(mark.entity)) else { continue };
        let bytes = byte_range(text, &mark.chars);
        let covered = |word: &Range<usize>| word.start < bytes.end && word.end > bytes.start;
        let own: Vec<usize> = (0..tags.len()).filter(|&at| covered(&words.words[at].original)).collect();
        if own.iter().all(|&at| tags[at] == tags::OUTSIDE) {
            for &at in &own {
                tags[at] = if Some(&at) == own.first() { tags::begin(entity) } else { tags::inside(entity) };
            }
        }
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update(text.as_bytes());
    for tag in &tags {
        hasher.update(&(*tag as u32).to_le_bytes());
    }
    TaggedText { words, tags, digest: *hasher.finalize().as_bytes() }
}

/// A range of characters as bytes; what lies beyond the text is its end.
pub(super) fn byte_range(text: &str, chars: &Range<usize>) -> Range<usize> {
    let byte_of = |character: usize| text.char_indices().nth(character).map_or(text.len(), |(at, _)| at);
    byte_of(chars.start)..byte_of(chars.end.max(chars.start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_tags_of_whole_words() {
        let mark = |chars: Range<usize>, entity| EntityAnnotation { chars, entity };
        let example = AnnotatedExample {
            text: "é from New York to Bern's",
            // The second mark ends inside `Bern`, the third overlaps it, the last holds no word.
            entities: vec![mark(7..15, "city"), mark(19..21, "city"), mark(20..25, "name"), mark(90..95, "name")],
        };
        let dataset = Dataset::new(&[example]).unwrap();
        assert_eq!(dataset.entities, ["city", "name"]);
        assert_eq!(dataset.texts[0].tags, [0, 0, 1, 2, 0, 1, 0, 0]);
    }

    #[test]
    fn order_and_repetition_make_no_difference() {
        let example = |text| AnnotatedExample { text, entities: Vec::new() };
        let texts = |examples: &[AnnotatedExample<'_>]| {
            Dataset::new(examples).unwrap().texts.iter().map(|text| text.digest).collect::<Vec<_>>()
        };
        assert_eq!(texts(&[example("b"), example("a"), example("b")]), texts(&[example("a"), example("b")]));
    }
}
