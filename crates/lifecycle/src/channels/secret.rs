//! A text that must not be seen: it is told once, and neither logs nor answers hold it.

use std::fmt;

use greenroom_model::Digest;

use crate::Error;

/// A secret text. Its `Debug` hides it and it does not serialise; whoever needs
/// the text asks for it by name.
///
/// # Examples
/// ```
/// use greenroom_lifecycle::Secret;
///
/// let secret = Secret::new("open sesame");
/// assert_eq!(format!("{secret:?}"), "Secret(hidden)");
/// assert_eq!(secret.expose(), "open sesame");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// A new one, which nobody can guess: 256 random bits as 64 hexadecimal digits.
    ///
    /// # Errors
    /// [`Error::NoRandomness`] where the system has none to give.
    pub fn random() -> Result<Self, Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|error| Error::NoRandomness(error.to_string()))?;
        Ok(Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    /// The text. Give it to whoever it was made for, and to nobody else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is stored of a secret that is only ever compared. The secret is
    /// random, so that nobody finds it from its digest.
    pub(crate) fn digest(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_random_secrets_are_alike() {
        let secrets: std::collections::BTreeSet<_> =
            (0..100).map(|_| Secret::random().unwrap().expose().to_owned()).collect();
        assert_eq!(secrets.len(), 100);
        assert!(secrets.iter().all(|secret| secret.len() == 64));
    }
}
