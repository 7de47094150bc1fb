//! The names in expressions, read by their signs and words rather than by the engine's grammar.

use super::guards::{Piece, words};
use super::is_name;

/// Words of expressions that are no variables.
const WORDS: [&str; 8] = ["and", "or", "not", "in", "is", "if", "else", "recursive"];

/// The names in an expression, those after a point and those of filters and tests left out.
pub(super) fn names<'w>(words: &[&'w str]) -> Vec<&'w str> {
    let before = |place: usize| place.checked_sub(1).and_then(|place| words.get(place)).copied().unwrap_or_default();
    let named = words.iter().enumerate().filter(|(place, word)| {
        let is_of_the_engine = matches!(before(*place), "." | "|" | "is") || WORDS.contains(word);
        is_name(word) && !is_of_the_engine
    });
    named.map(|(_, word)| *word).collect()
}

/// The words of `for x in …`: what it names, and what it goes over.
pub(super) fn loop_over(inside: &str) -> Option<(Vec<&str>, Vec<&str>)> {
    let words = words(inside);
    let start = words.iter().position(|word| *word == "in").filter(|_| words.first() == Some(&"for"))?;
    Some((names(words.get(1..start)?), words.get(start + 1..)?.to_vec()))
}

/// The names in tags that take a part, such as `x[2:]`, but for what a loop names: the engine
/// itself does not tell of which variable a part is taken.
pub(super) fn in_parts<'s>(pieces: &[Piece<'s>]) -> Vec<&'s str> {
    let (mut found, mut of_loops) = (Vec::new(), vec!["loop"]);
    for piece in pieces {
        let inside = match piece {
            Piece::Output { expression, .. } => expression,
            Piece::Statement { inside } => {
                of_loops.extend(loop_over(inside).into_iter().flat_map(|(names, _)| names));
                // The word of the statement is no name.
                inside.split_once(char::is_whitespace).map_or("", |(_, rest)| rest)
            }
            Piece::Text(_) | Piece::Comment => continue,
        };
        if inside.contains('[') && inside.contains(':') {
            found.extend(names(&words(inside)));
        }
    }
    found.retain(|name| !of_loops.contains(name));
    found
}
