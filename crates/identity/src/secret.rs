//! Secrets: made of the operating system's random bits, shown once, stored as hashes.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::Error;

/// The longest text that is looked at as a secret, in bytes.
const MAX_SECRET_BYTES: usize = 256;

/// A text that must not be seen: no `Display`, and `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(String);

impl SecretText {
    /// The text itself. Give it to whom it belongs and nobody else; never log it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether this is the text, compared in constant time.
    ///
    /// # Examples
    /// ```
    /// # use greenroom_identity::Authenticated;
    /// fn may_change(caller: &Authenticated, sent: &str) -> bool {
    ///     caller.csrf.as_ref().is_none_or(|csrf| csrf.is(sent))
    /// }
    /// ```
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        // Hashes compare in constant time, and hide where the texts differ besides.
        fingerprint(text).is_some_and(|found| found == blake3::hash(self.0.as_bytes()))
    }

    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(hidden)")
    }
}

/// 256 random bits as 43 characters of base64url.
pub(crate) fn random_secret() -> Result<String, Error> {
    Ok(to_base64url(&random_bytes::<32>()?))
}

pub(crate) fn random_bytes<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::Cryptography(format!("the operating system gave no random bits ({error})")))?;
    Ok(bytes)
}

pub(crate) fn to_base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What is stored of a secret; none for a text that is far too long to be one.
/// A fast hash is enough: nobody guesses 256 random bits.
pub(crate) fn fingerprint(secret: &str) -> Option<blake3::Hash> {
    (secret.len() <= MAX_SECRET_BYTES).then(|| blake3::hash(secret.as_bytes()))
}

/// Whether a stored fingerprint is this one, in constant time.
pub(crate) fn is_fingerprint(stored: &str, found: &blake3::Hash) -> bool {
    blake3::Hash::from_hex(stored).is_ok_and(|stored| stored == *found)
}
