//! From a text to numbers: normalise, cut into n-grams, look them up in a vocabulary.
//!
//! Everything here is part of the *feature version*: a model works only with the features that it
//! was trained with, so any change of behaviour needs a new [`FEATURE_VERSION`].

mod ngrams;
mod normalise;
mod vocabulary;

#[cfg(feature = "train")]
pub(crate) use ngrams::push_ngram_keys;
#[cfg(test)]
#[cfg(feature = "train")]
pub(crate) use ngrams::{WORD_BLOCK, key_of_pair, key_of_run, key_of_word};
pub use normalise::MAX_TEXT_CHARS;
pub(crate) use normalise::normalise;
pub(crate) use vocabulary::{Entry, FeatureBuffers, Vocabulary};

/// The version of the features that this build computes. An artifact that was trained with
/// another one is refused.
pub const FEATURE_VERSION: u32 = 2;
