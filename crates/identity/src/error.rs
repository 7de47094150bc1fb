//! Why nobody is let in, or an act on identities did not happen.

use std::time::Duration;

use crate::{MAX_PASSWORD_BYTES, MIN_PASSWORD_CHARACTERS, TokenId, UserName};

/// Why an act on identities did not happen. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A text is not a user name.
    #[error("`{text}` is not a user name: {reason}")]
    InvalidUserName {
        /// The text, cut to 80 characters.
        text: String,
        /// The rule that it breaks.
        reason: &'static str,
    },
    /// A text is not a role.
    #[error("`{0}` is not a role; take `viewer`, `editor`, `publisher` or `admin`")]
    UnknownRole(String),
    /// A display name or a label is not one line of a sensible length.
    #[error("{what} is not valid: {reason}")]
    InvalidText {
        /// What it was to be: `the display name`.
        what: &'static str,
        /// The rule that it breaks.
        reason: &'static str,
    },
    /// There is no such user.
    #[error("there is no user `{0}`")]
    UserNotFound(UserName),
    /// A user of this name exists already.
    #[error("the user `{0}` exists already; choose another name")]
    UserExists(UserName),
    /// Without this user nobody could administer the server.
    #[error("`{0}` is the last enabled administrator of the server; make another one first")]
    LastAdmin(UserName),
    /// The password is shorter than [`MIN_PASSWORD_CHARACTERS`].
    #[error("the password is too short; take at least {MIN_PASSWORD_CHARACTERS} characters")]
    PasswordTooShort,
    /// The password is longer than [`MAX_PASSWORD_BYTES`].
    #[error("the password is too long; take at most {MAX_PASSWORD_BYTES} bytes")]
    PasswordTooLong,
    /// The password is the user's name.
    #[error("the password is the user's name; take another one")]
    PasswordIsName,
    /// No enabled user has this name and this password.
    #[error("the user name or the password is wrong")]
    WrongCredentials,
    /// Too many wrong passwords for one name: the next try has to wait.
    #[error("too many attempts to sign in; try again in {} s", retry_seconds(*retry_after))]
    TooManyAttempts {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The one-time link was used, replaced or withdrawn, is too old, or never was.
    #[error("this link is not valid any more; ask for a new one")]
    InvalidInvitation,
    /// The user has no such token.
    #[error("there is no token `{0}`")]
    TokenNotFound(TokenId),
    /// A text is not the id of a token.
    #[error("`{0}` is not the id of a token; the list of tokens shows their ids")]
    InvalidTokenId(String),
    /// A token would be dead from its first moment.
    #[error("the token would have expired at {0} already; name a time to come")]
    AlreadyExpired(jiff::Timestamp),
    /// The operating system gave no random bits, or a password could not be hashed.
    #[error("{0}; nothing was stored")]
    Cryptography(String),
    /// A stored record is not what it should be.
    #[error(transparent)]
    Model(#[from] greenroom_model::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] greenroom_store::Error),
    /// Others change the same record without pause.
    #[error("`{0}` is changed by others faster than this act could repeat; try again")]
    Contended(String),
}

impl Error {
    /// The code by which programs tell it from others.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::InvalidUserName { .. } => "user_name_invalid",
            Self::UnknownRole(_) => "role_unknown",
            Self::InvalidText { .. } => "text_invalid",
            Self::UserNotFound(_) => "user_not_found",
            Self::UserExists(_) => "user_exists",
            Self::LastAdmin(_) => "last_admin",
            Self::PasswordTooShort => "password_too_short",
            Self::PasswordTooLong => "password_too_long",
            Self::PasswordIsName => "password_is_name",
            Self::WrongCredentials => "credentials_wrong",
            Self::TooManyAttempts { .. } => "too_many_attempts",
            Self::InvalidInvitation => "invitation_invalid",
            Self::TokenNotFound(_) => "token_not_found",
            Self::InvalidTokenId(_) => "token_id_invalid",
            Self::AlreadyExpired(_) => "already_expired",
            Self::Cryptography(_) => "cryptography_failed",
            Self::Model(_) => "record_damaged",
            Self::Store(_) => "store_failed",
            Self::Contended(_) => "contended",
        }
    }
}

/// Whole seconds, rounded up: who waits that long is let in.
fn retry_seconds(retry_after: Duration) -> u64 {
    retry_after.as_secs() + u64::from(retry_after.subsec_nanos() > 0)
}
