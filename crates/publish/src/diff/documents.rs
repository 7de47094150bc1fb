//! The difference between two documents of one part.

use greenroom_model::{Document, PartPath};

use super::{ChangeKind, PartChange};

/// How a part differs between two states of a bot.
#[must_use]
pub fn diff_documents(path: &PartPath, before: Option<&Document>, after: Option<&Document>) -> PartChange {
    let kind = match (before, after) {
        (None, Some(_)) => ChangeKind::Added,
        (Some(_), None) => ChangeKind::Removed,
        _ => ChangeKind::Changed,
    };
    PartChange { path: path.clone(), kind, name: path.to_string(), details: Vec::new() }
}
