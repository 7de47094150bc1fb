//! Under which keys identities stand.
//!
//! | key | record |
//! |---|---|
//! | `identity/users/NAME` | a user, with the password's hash |
//! | `identity/admins` | who is an enabled administrator of the server and can sign in |
//! | `identity/invitations/NAME` | the one-time link that is valid for a name |
//! | `identity/sessions/HASH` | a sign-in session |
//! | `identity/tokens/ID` | a token of a program |
//! | `identity/tokens-of/NAME/ID` | that the token is this user's |
//! | `identity/attempts/BUCKET` | attempts to sign in under the names of one bucket |
//! | `identity/audit/UUID` | one act, by time |

use greenroom_store::{Error, Key};

use crate::{TokenId, UserName};

pub(crate) fn users() -> Result<Key, Error> {
    Key::of(&["identity", "users"])
}

pub(crate) fn user(name: &UserName) -> Result<Key, Error> {
    users()?.child(name.as_str())
}

pub(crate) fn admins() -> Result<Key, Error> {
    Key::of(&["identity", "admins"])
}

pub(crate) fn invitations() -> Result<Key, Error> {
    Key::of(&["identity", "invitations"])
}

pub(crate) fn invitation(name: &UserName) -> Result<Key, Error> {
    invitations()?.child(name.as_str())
}

pub(crate) fn sessions() -> Result<Key, Error> {
    Key::of(&["identity", "sessions"])
}

pub(crate) fn session(fingerprint: &blake3::Hash) -> Result<Key, Error> {
    sessions()?.child(&fingerprint.to_hex())
}

pub(crate) fn tokens() -> Result<Key, Error> {
    Key::of(&["identity", "tokens"])
}

pub(crate) fn token(id: &TokenId) -> Result<Key, Error> {
    tokens()?.child(id.as_str())
}

pub(crate) fn tokens_of(name: &UserName) -> Result<Key, Error> {
    Key::of(&["identity", "tokens-of", name.as_str()])
}

pub(crate) fn token_of(name: &UserName, id: &TokenId) -> Result<Key, Error> {
    tokens_of(name)?.child(id.as_str())
}

/// Names share 65,536 buckets, so that guessing names cannot fill the store.
pub(crate) fn attempts(name: &UserName) -> Result<Key, Error> {
    let hash = blake3::hash(name.as_str().as_bytes()).to_hex();
    Key::of(&["identity", "attempts", hash.get(..4).unwrap_or_default()])
}

pub(crate) fn audit() -> Result<Key, Error> {
    Key::of(&["identity", "audit"])
}
