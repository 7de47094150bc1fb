//! Templates: what the bot says with values in it. Compiled once, guarded when
//! they are read and when they are rendered, so that no text of an author can
//! hang or blow up a conversation.

mod address;
mod derived;
mod engine;
mod guards;
mod named;
mod render;
mod shape;
mod value;

use std::collections::BTreeSet;
use std::sync::Arc;

use greenroom_model::VariableId;

pub(crate) use address::{Address, encoded, is_opened};
pub(crate) use derived::derived;
pub(crate) use engine::Templates;
pub(crate) use render::Scope;
pub(crate) use shape::Shape;
pub(crate) use value::{MAX_VALUE_BYTES, fitted, normalized, size};

use guards::Piece;

/// A compiled template.
#[derive(Debug, Clone)]
pub(crate) enum Template {
    /// A text without tags.
    Plain(Arc<str>),
    /// Texts and bare variables, in order: the common case, rendered without the engine.
    Slots(Vec<Slot>),
    /// Anything else, kept by the engine.
    Program(Program),
    /// A template at fault: the text with its tags left out, and what is wrong.
    Broken { text: String, reason: String },
}

/// A text, or a variable to be filled in.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Slot {
    Text(String),
    Variable(VariableId),
    Language,
}

/// A template that the engine renders.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    /// Its name in the engine.
    name: String,
    /// The variables that it asks for.
    names: Vec<VariableId>,
    /// Whether it asks for the conversation's language.
    asks_language: bool,
    /// The expression, where the template is one and nothing else.
    expression: Option<String>,
    /// Its texts and `{{ }}` tags, to fall back on.
    parts: Vec<Part>,
}

/// What is rendered by itself when a template fails as a whole.
#[derive(Debug, Clone)]
enum Part {
    Text(String),
    Tag(String),
}

impl Template {
    /// The variables that stand in it as they are, such as `{{ name }}`.
    pub(crate) fn bare_variables(&self) -> Vec<VariableId> {
        let slots = match self {
            Self::Slots(slots) => slots.clone(),
            Self::Program(program) => program.parts.iter().filter_map(Part::bare).collect(),
            Self::Plain(_) | Self::Broken { .. } => Vec::new(),
        };
        let variables = slots.into_iter().filter_map(|slot| match slot {
            Slot::Variable(variable) => Some(variable),
            Slot::Text(_) | Slot::Language => None,
        });
        variables.collect()
    }
}

impl Part {
    /// A tag that is a bare variable.
    fn bare(&self) -> Option<Slot> {
        let Self::Tag(tag) = self else { return None };
        match slots(&guards::pieces(tag).ok()?).ok()??.as_slice() {
            [slot] => Some(slot.clone()),
            _ => None,
        }
    }
}

/// What a template asks for.
///
/// # Errors
/// What is wrong with the template, and what to do.
pub(crate) fn variables(source: &str) -> Result<BTreeSet<VariableId>, String> {
    let mut variables = BTreeSet::new();
    match guards::pieces(source)?.as_slice() {
        [] | [Piece::Text(_)] => {}
        pieces => match slots(pieces)? {
            Some(slots) => variables.extend(slots.into_iter().filter_map(|slot| match slot {
                Slot::Variable(variable) => Some(variable),
                Slot::Text(_) | Slot::Language => None,
            })),
            None => variables.extend(engine::asked(&engine::environment(), source)?.0),
        },
    }
    Ok(variables)
}

/// The pieces as slots, where every tag is a bare variable.
fn slots(pieces: &[Piece<'_>]) -> Result<Option<Vec<Slot>>, String> {
    let mut slots = Vec::with_capacity(pieces.len());
    for piece in pieces {
        slots.push(match piece {
            Piece::Text(text) => Slot::Text((*text).to_owned()),
            Piece::Output { expression, trims: false, .. } if is_name(expression.trim()) => match expression.trim() {
                "language" => Slot::Language,
                name => Slot::Variable(variable(name)?),
            },
            Piece::Output { .. } | Piece::Statement { .. } | Piece::Comment => return Ok(None),
        });
    }
    Ok(Some(slots))
}

fn is_name(text: &str) -> bool {
    let constant = matches!(text, "true" | "True" | "false" | "False" | "none" | "None");
    !constant
        && text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
}

fn variable(name: &str) -> Result<VariableId, String> {
    VariableId::new(name).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests;
