//! The static word vectors that this build carries.

use greenroom_nlp::Vectors;

/// The static word vectors that this build carries.
pub fn shipped_vectors() -> &'static [Vectors] {
    &[]
}
