//! Tags of words, and which may follow which: outside, the beginning of an entity, inside of one.

/// The tag of a word that is no part of an entity.
pub(super) const OUTSIDE: usize = 0;

/// How many tags there are for this many entities.
pub(super) fn count(entities: usize) -> usize {
    1 + 2 * entities
}

/// The tag of an entity's first word.
#[cfg(feature = "train")]
pub(super) fn begin(entity: usize) -> usize {
    1 + 2 * entity
}

/// The tag of an entity's further words.
#[cfg(feature = "train")]
pub(super) fn inside(entity: usize) -> usize {
    2 + 2 * entity
}

/// The entity that a tag belongs to.
pub(super) fn entity(tag: usize) -> Option<usize> {
    tag.checked_sub(1).map(|position| position / 2)
}

/// Whether a tag continues an entity.
pub(super) fn is_inside(tag: usize) -> bool {
    tag != OUTSIDE && tag.is_multiple_of(2)
}

/// Whether `tag` may stand after `previous`; none is the beginning of the text.
pub(super) fn may_follow(previous: Option<usize>, tag: usize) -> bool {
    !is_inside(tag) || previous == Some(tag) || previous == Some(tag - 1)
}
