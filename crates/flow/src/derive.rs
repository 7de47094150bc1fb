//! What a part says about itself alone, conditions and templates included.

use greenroom_model::{Document, Facts, PartPath};

/// The version of what [`derive`] tells; another one makes indexes be put together anew.
pub const FACTS_VERSION: u32 = 1;

/// The facts of a part: what it defines and refers to, and what is wrong with it,
/// whatever the rest of the bot.
#[must_use]
pub fn derive(path: &PartPath, document: &Document) -> Facts {
    Facts::of_structure(path, document)
}
