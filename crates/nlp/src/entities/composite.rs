//! Entities made of others: templates, and where they fit what was found in a text.

use super::definition::{EntityDefinition, EntityKind};
use super::found::{EntityMatch, EntityPart, EntitySource};
use super::segments::FoldedText;
use crate::error::Error;

/// The most pieces that a template may have.
const MAX_PIECES: usize = 32;

/// The templates of all composites of a bot.
#[derive(Debug, Default)]
pub(super) struct Composites {
    templates: Vec<Template>,
}

#[derive(Debug)]
struct Template {
    entity: String,
    pieces: Vec<Piece>,
}

/// A piece of a template. White space between pieces is free.
#[derive(Debug, PartialEq, Eq)]
enum Piece {
    /// A folded segment.
    Word(String),
    Entity {
        role: Option<String>,
        entity: String,
    },
}

impl Composites {
    /// The templates of these definitions, in order.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidTemplate`] names the entity and the template.
    pub(super) fn new(definitions: &[EntityDefinition]) -> Result<Self, Error> {
        let mut templates = Vec::new();
        for EntityDefinition { id, kind } in definitions {
            let EntityKind::Composite(sources) = kind else { continue };
            for source in sources {
                let pieces = parse(source).map_err(|reason| Error::InvalidTemplate {
                    entity: id.clone(),
                    template: source.clone(),
                    reason,
                })?;
                templates.push(Template { entity: id.clone(), pieces });
            }
        }
        Ok(Self { templates })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.templates.is_empty()
    }

    /// Replaces what templates fit by composites; `found` ascends and does not overlap. Of fits
    /// that overlap, the longest wins, then the leftmost, then the template that comes first.
    pub(super) fn apply(&self, text: &str, folded: &FoldedText, found: Vec<EntityMatch>) -> Vec<EntityMatch> {
        if self.is_empty() {
            return found;
        }
        let mut fits = Vec::new();
        for (first, segment) in folded.segments.iter().enumerate().filter(|(_, segment)| !segment.is_space) {
            for (number, template) in self.templates.iter().enumerate() {
                if let Some(fit) = template.fit(folded, &found, first) {
                    let length = text.get(segment.original.start..fit.end).unwrap_or_default().chars().count();
                    fits.push((std::cmp::Reverse(length), segment.original.start, number, fit));
                }
            }
        }
        fits.sort_unstable_by_key(|(length, start, number, _)| (*length, *start, *number));
        let mut taken = vec![false; text.len()];
        let mut composites = Vec::new();
        for (_, start, number, fit) in fits {
            let Some(bytes) = taken.get_mut(start..fit.end) else { continue };
            if bytes.contains(&true) {
                continue;
            }
            bytes.fill(true);
            composites.extend(self.templates.get(number).map(|template| template.composite(text, start, &fit, &found)));
        }
        let parts = found.into_iter().filter(|found| taken.get(found.bytes.start) != Some(&true));
        composites.extend(parts);
        composites.sort_by_key(|found| found.bytes.start);
        composites
    }
}

/// Where a template fits.
struct Fit {
    /// The first byte after it.
    end: usize,
    /// The positions of its entities in what was found.
    entities: Vec<usize>,
}

impl Template {
    /// Fits the template to a text from a segment on.
    fn fit(&self, folded: &FoldedText, found: &[EntityMatch], first: usize) -> Option<Fit> {
        let mut segment = first;
        let mut fit = Fit { end: 0, entities: Vec::new() };
        for piece in &self.pieces {
            if folded.segments.get(segment)?.is_space {
                segment += 1;
            }
            let own = folded.segments.get(segment)?;
            match piece {
                Piece::Word(word) => {
                    if folded.text_of(own) != word {
                        return None;
                    }
                    fit.end = own.original.end;
                    segment += 1;
                }
                Piece::Entity { entity, .. } => {
                    let start = own.original.start;
                    let position = found.binary_search_by_key(&start, |found| found.bytes.start).ok()?;
                    let part = found.get(position).filter(|part| part.entity == *entity)?;
                    fit.entities.push(position);
                    fit.end = part.bytes.end;
                    segment = folded.segments.partition_point(|segment| segment.original.start < part.bytes.end);
                }
            }
        }
        // A word that the last entity ends inside of is no end.
        Some(fit)
    }

    fn composite(&self, text: &str, start: usize, fit: &Fit, found: &[EntityMatch]) -> EntityMatch {
        let roles = self.pieces.iter().filter_map(|piece| match piece {
            Piece::Entity { role, .. } => Some(role.clone()),
            Piece::Word(_) => None,
        });
        let parts = roles.zip(&fit.entities).filter_map(|(role, position)| {
            let EntityMatch { entity, value, bytes, chars, .. } = found.get(*position)?.clone();
            Some(EntityPart { role, entity, value, bytes, chars })
        });
        let value = text.get(start..fit.end).unwrap_or_default();
        let first = text.get(..start).unwrap_or_default().chars().count();
        EntityMatch {
            entity: self.entity.clone(),
            value: value.to_owned(),
            bytes: start..fit.end,
            chars: first..first + value.chars().count(),
            source: EntitySource::Composite,
            parts: parts.collect(),
        }
    }
}

/// Reads a template, or says what is wrong with it.
fn parse(source: &str) -> Result<Vec<Piece>, &'static str> {
    let mut pieces = Vec::new();
    let mut rest = source;
    let push_words = |text: &str, pieces: &mut Vec<Piece>| {
        let folded = FoldedText::new(text);
        let words = folded.segments.iter().filter(|segment| !segment.is_space);
        pieces.extend(words.map(|segment| Piece::Word(folded.text_of(segment).to_owned())));
    };
    while let Some((words, after)) = rest.split_once('{') {
        if words.contains('}') {
            return Err("a `}` closes nothing");
        }
        push_words(words, &mut pieces);
        let (inside, after) = after.split_once('}').ok_or("a `{` is not closed")?;
        let (role, entity) = match inside.split_once(':') {
            Some((role, entity)) => (Some(role.trim().to_owned()), entity.trim()),
            None => (None, inside.trim()),
        };
        if entity.is_empty() || role.as_deref() == Some("") || inside.contains('{') {
            return Err("what stands in braces must be `{ENTITY}` or `{ROLE:ENTITY}`");
        }
        pieces.push(Piece::Entity { role, entity: entity.to_owned() });
        rest = after;
    }
    if rest.contains('}') {
        return Err("a `}` closes nothing");
    }
    push_words(rest, &mut pieces);
    if !pieces.iter().any(|piece| matches!(piece, Piece::Entity { .. })) {
        return Err("it names no entity in braces");
    }
    match pieces.len() {
        1 => Err("an entity alone is no composite: add words or another entity"),
        length if length > MAX_PIECES => Err("it has more than 32 words and entities"),
        _ => Ok(pieces),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_words_and_entities() {
        let entity = |role: Option<&str>, entity: &str| Piece::Entity {
            role: role.map(str::to_owned),
            entity: entity.to_owned(),
        };
        let expected = vec![
            Piece::Word("from".into()),
            entity(Some("origin"), "city"),
            Piece::Word("-".into()),
            entity(None, "city"),
        ];
        assert_eq!(parse("FROM {origin:city}-{ city }"), Ok(expected));
    }

    #[test]
    fn says_what_is_wrong_with_a_template() {
        for (source, reason) in [
            ("{a", "not closed"),
            ("a} {b}", "closes nothing"),
            ("{a} b}", "closes nothing"),
            ("{} b", "must be"),
            ("{:a} b", "must be"),
            ("{{a} b", "must be"),
            ("a b", "names no entity"),
            ("", "names no entity"),
            ("{a}", "alone"),
        ] {
            assert!(parse(source).unwrap_err().contains(reason), "{source}: {:?}", parse(source));
        }
    }
}
