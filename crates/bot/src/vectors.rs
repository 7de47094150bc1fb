//! The static word vectors that this build carries.

use greenroom_nlp::Vectors;

/// The static word vectors that this build carries: English with feature `vectors-en`.
///
/// They are read once, when they are first asked for, in some milliseconds.
#[cfg(feature = "vectors-en")]
pub fn shipped_vectors() -> &'static [Vectors] {
    // A test holds that they can be read; without them n-grams alone would decide.
    static SHIPPED: std::sync::LazyLock<Vec<Vectors>> =
        std::sync::LazyLock::new(|| greenroom_vectors_en::vectors().into_iter().collect());
    &SHIPPED
}

/// The static word vectors that this build carries: none without feature `vectors-en`.
#[cfg(not(feature = "vectors-en"))]
pub fn shipped_vectors() -> &'static [Vectors] {
    &[]
}

#[cfg(test)]
#[cfg(feature = "vectors-en")]
mod tests {
    use super::shipped_vectors;

    #[test]
    fn english_is_shipped() {
        let languages: Vec<_> = shipped_vectors().iter().map(|pack| pack.description().language.as_str()).collect();
        assert_eq!(languages, ["en"]);
    }
}
