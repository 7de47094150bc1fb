//! Static English word vectors, as one file inside the program.
//!
//! With them a classifier knows what words mean that its examples never use: most of all where
//! an intent has ten examples rather than a hundred. 30,522 word pieces have 256 values each.
//! A program that does not name this crate does not carry its 8 MB; one that serves another
//! language reads another file ([`Vectors::from_bytes`], [`Vectors::from_model2vec`]).
//!
//! ```
//! let vectors = greenroom_vectors_en::vectors()?;
//! assert_eq!(vectors.description().language, "en");
//! assert_eq!(vectors.dimensions(), 256);
//! # Ok::<(), greenroom_nlp::Error>(())
//! ```
//!
//! The file was made from the sentence encoder all-MiniLM-L6-v2 and the sentences of WordNet 3.0
//! by `cargo xtask distill`; `docs/vectors.md` tells how, and `NOTICE` under which licences.

use greenroom_nlp::{Error, Vectors};

/// The vectors as they are stored: what [`Vectors::from_static`] reads.
pub const BYTES: &[u8] = include_bytes!("../data/vectors-en.safetensors");

/// Reads the vectors.
///
/// This takes some milliseconds (five on an EPYC of the fourth generation, seven where the program's pages are not in
/// memory yet) and 2 MB: the table itself stays where the program has it. Call it once, and clone what it gives, which is
/// cheap.
///
/// # Errors
///
/// Those of [`Vectors::from_bytes`], if [`BYTES`] were damaged or of another format than this
/// build of `greenroom-nlp` reads.
pub fn vectors() -> Result<Vectors, Error> {
    Vectors::from_static(BYTES)
}
