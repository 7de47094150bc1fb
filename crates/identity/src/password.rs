//! Passwords: argon2id, as OWASP advises (19 MiB, two passes, one lane).

use std::fmt;

use argon2::password_hash::phc;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::{Error, Identities, UserName};

/// The fewest characters of a password.
pub const MIN_PASSWORD_CHARACTERS: usize = 10;

/// The most bytes of a password: hashing reads all of it.
pub const MAX_PASSWORD_BYTES: usize = 1_024;

/// What hashing one password takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PasswordCost {
    pub(crate) memory_kib: u32,
    pub(crate) passes: u32,
}

impl Default for PasswordCost {
    fn default() -> Self {
        Self { memory_kib: Params::DEFAULT_M_COST, passes: Params::DEFAULT_T_COST }
    }
}

impl PasswordCost {
    fn hasher(self) -> Result<Argon2<'static>, Error> {
        let params = Params::new(self.memory_kib, self.passes, 1, None)
            .map_err(|error| Error::Cryptography(format!("the cost of passwords is not valid ({error})")))?;
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }
}

/// Makes hashes of new passwords, see [`Identities::new_password`].
#[derive(Debug, Clone, Copy)]
pub struct NewPassword {
    cost: PasswordCost,
}

impl NewPassword {
    /// Hashes a new password of a user. Takes tens of milliseconds of one core and
    /// the memory of its cost: run it where that hurts nobody.
    ///
    /// # Errors
    /// [`Error::PasswordTooShort`], [`Error::PasswordTooLong`], [`Error::PasswordIsName`].
    pub fn hash(self, password: &str, name: &UserName) -> Result<PasswordHash, Error> {
        if password.len() > MAX_PASSWORD_BYTES {
            return Err(Error::PasswordTooLong);
        }
        if password.chars().count() < MIN_PASSWORD_CHARACTERS {
            return Err(Error::PasswordTooShort);
        }
        if password.trim().eq_ignore_ascii_case(name.as_str()) {
            return Err(Error::PasswordIsName);
        }
        let hash = self.cost.hasher()?.hash_password(password.as_bytes());
        let hash = hash.map_err(|error| Error::Cryptography(format!("the password could not be hashed ({error})")))?;
        Ok(PasswordHash(hash.to_string()))
    }
}

/// The hash of a password, ready to be stored.
#[derive(Clone)]
pub struct PasswordHash(String);

impl PasswordHash {
    pub(crate) fn phc(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(hidden)")
    }
}

/// One attempt to sign in, see [`Identities::password_check`].
pub struct PasswordCheck {
    name: UserName,
    /// The hash to compare with; none: no such user, or no password.
    hash: Option<String>,
    disabled: bool,
    cost: PasswordCost,
}

impl fmt::Debug for PasswordCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordCheck(hidden)")
    }
}

impl PasswordCheck {
    /// Whether this is the user's password; says who may begin a session. Takes
    /// the same time, and gives the same error, whether the user does not exist, is
    /// disabled, or has another password. Costs as much as [`NewPassword::hash`].
    ///
    /// # Errors
    /// [`Error::WrongCredentials`].
    pub fn verify(self, password: &str) -> Result<UserName, Error> {
        // Longer ones are never set; the length is the caller's own and tells nothing.
        if password.len() > MAX_PASSWORD_BYTES {
            return Err(Error::WrongCredentials);
        }
        let hash = self.hash.as_deref().and_then(|hash| phc::PasswordHash::new(hash).ok());
        let right = match hash {
            Some(hash) => Argon2::default().verify_password(password.as_bytes(), &hash).is_ok(),
            None => {
                let mut discarded = [0; Params::DEFAULT_OUTPUT_LEN];
                self.cost
                    .hasher()?
                    .hash_password_into(password.as_bytes(), b"nobody has this", &mut discarded)
                    .map_err(|error| Error::Cryptography(format!("the password could not be hashed ({error})")))?;
                false
            }
        };
        if right && !self.disabled { Ok(self.name) } else { Err(Error::WrongCredentials) }
    }
}

impl Identities {
    /// Makes hashes of new passwords; copy it to the thread that hashes.
    #[must_use]
    pub fn new_password(&self) -> NewPassword {
        NewPassword { cost: self.cost }
    }

    /// Begins an attempt to sign in. It counts as one with a wrong password until
    /// [`Self::begin_session`] says otherwise, so that many attempts at once are counted too.
    ///
    /// # Errors
    /// [`Error::TooManyAttempts`], for names that exist and those that do not alike.
    pub async fn password_check(&self, name: &UserName) -> Result<PasswordCheck, Error> {
        self.count_attempt(name).await?;
        let user = self.stored_user(name).await?;
        let disabled = user.as_ref().is_some_and(|user| user.disabled);
        let hash = user.and_then(|user| user.password);
        Ok(PasswordCheck { name: name.clone(), hash, disabled, cost: self.cost })
    }
}
