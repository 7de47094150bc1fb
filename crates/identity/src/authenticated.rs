//! Who a caller turned out to be.

use crate::{Grants, SecretText, SessionId, TokenId, User};

/// Who a caller turned out to be, and what the caller may do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authenticated {
    /// The user.
    pub user: User,
    /// What the caller may do: the user's grants as they stand, within the token's limits.
    pub grants: Grants,
    /// The token that forms and scripts of this session must send with each change
    /// (CSRF); programs with a token of theirs need none.
    pub csrf: Option<SecretText>,
    /// By what the caller was recognised.
    pub credential: Credential,
}

/// By what a caller was recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// The session of a browser.
    Session(SessionId),
    /// The token of a program.
    Token(TokenId),
}
