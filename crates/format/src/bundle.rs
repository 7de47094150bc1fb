//! A whole bot in memory: what every form is written from and read into.

use std::collections::BTreeMap;

use greenroom_model::{Document, PartPath};

use crate::{Error, LossReport};

/// A whole bot: the document of every part.
///
/// # Examples
/// ```
/// use greenroom_format::Bundle;
/// use greenroom_model::Document;
///
/// let mut bundle = Bundle::default();
/// let path = "nlp/intents/greet".parse()?;
/// bundle.parts.insert("nlp/intents/greet".parse()?, Document::from_json(&path, br#"{"name":"Greeting"}"#)?);
/// assert_eq!(bundle.parts.len(), 1);
/// # Ok::<(), greenroom_model::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bundle {
    /// The documents by path.
    pub parts: BTreeMap<PartPath, Document>,
}

/// A bot read from another system's files, and what did not carry over.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Imported {
    /// The bot.
    pub bundle: Bundle,
    /// What did not carry over; empty when all did.
    pub losses: LossReport,
}

impl Bundle {
    /// The same bot with every document in canonical form: sets sorted, numbers
    /// normalised. What the readers of this crate return is canonical already.
    ///
    /// # Errors
    /// [`Error::Part`] names the part that breaks a rule of its form.
    pub fn canonical(&self) -> Result<Self, Error> {
        let mut parts = BTreeMap::new();
        for (path, document) in &self.parts {
            parts.insert(path.clone(), canonical_document(path, document)?);
        }
        Ok(Self { parts })
    }
}

/// The document as it reads back from its canonical bytes.
pub(crate) fn canonical_document(path: &PartPath, document: &Document) -> Result<Document, greenroom_model::Error> {
    Document::from_json(path, &document.to_bytes(path)?)
}
