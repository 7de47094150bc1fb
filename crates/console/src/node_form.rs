//! Nodes as forms and back: one form for each kind of node.

mod more;
mod pieces;
mod read;
mod show;
#[cfg(test)]
mod tests;

pub(crate) use pieces::{read_alternatives, value_text};
pub(crate) use read::read_node;
pub(crate) use show::{Vocabulary, node_choices, node_groups};
