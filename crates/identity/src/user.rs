//! A user, as others see it and as it is stored.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Error, Grants, Role, UserName};

/// The longest display name or label, in characters.
const MAX_LINE_CHARACTERS: usize = 100;

/// A user, without anything secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct User {
    /// The name to sign in with. It stays in the audit log, so it is never given to another.
    pub name: UserName,
    /// The name that people read.
    pub display_name: String,
    /// What the user may do.
    pub grants: Grants,
    /// A disabled user is let in by nothing.
    pub disabled: bool,
    /// Whether there is a password; without one, a one-time link sets it.
    pub has_password: bool,
    /// When the user was made.
    pub created: Timestamp,
}

impl User {
    /// The name that people read; the one to sign in with where that is blank.
    #[must_use]
    pub fn shown_name(&self) -> &str {
        if self.display_name.trim().is_empty() { self.name.as_str() } else { &self.display_name }
    }
}

/// A user as it is stored. Not `Debug`: it holds the password's hash.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct StoredUser {
    pub(crate) name: UserName,
    pub(crate) display_name: String,
    pub(crate) grants: Grants,
    #[serde(default)]
    pub(crate) disabled: bool,
    pub(crate) created: Timestamp,
    /// The password's hash in PHC form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) password: Option<String>,
    /// A session counts only while it was begun in this epoch: one more ends them all.
    #[serde(default)]
    pub(crate) session_epoch: u64,
}

impl greenroom_model::Record for StoredUser {
    const WHAT: &'static str = "a user";
    const FORMAT: u32 = 1;
}

impl StoredUser {
    pub(crate) fn new(name: UserName, display_name: String, grants: Grants, created: Timestamp) -> Self {
        Self { name, display_name, grants, disabled: false, created, password: None, session_epoch: 0 }
    }

    /// Whether this user can sign in and administer the server.
    pub(crate) fn administers(&self) -> bool {
        !self.disabled && self.password.is_some() && self.grants.server == Some(Role::Admin)
    }
}

impl From<StoredUser> for User {
    fn from(stored: StoredUser) -> Self {
        let StoredUser { name, display_name, grants, disabled, created, password, session_epoch: _ } = stored;
        Self { name, display_name, grants, disabled, has_password: password.is_some(), created }
    }
}

/// One line of text for people, trimmed: not empty, not long, nothing invisible.
pub(crate) fn one_line(what: &'static str, text: &str) -> Result<String, Error> {
    let text = text.trim();
    let reason = if text.is_empty() {
        "it is empty"
    } else if text.chars().count() > MAX_LINE_CHARACTERS {
        "it is longer than 100 characters"
    } else if text.chars().any(char::is_control) {
        "it holds a line break or another control character"
    } else {
        return Ok(text.to_owned());
    };
    Err(Error::InvalidText { what, reason })
}
