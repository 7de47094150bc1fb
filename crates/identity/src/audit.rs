//! The audit log of identities: every act with who, when, what; never a secret.

use greenroom_model::Record as _;
use greenroom_store::{Commit, Key};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Error, Grants, Identities, TokenId, UserName, layout};

/// One line of the audit log of identities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityEntry {
    /// When.
    pub time: Timestamp,
    /// Who.
    pub actor: String,
    /// What.
    pub act: IdentityAct,
}

impl greenroom_model::Record for IdentityEntry {
    const WHAT: &'static str = "an audit entry of identities";
    const FORMAT: u32 = 1;
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum IdentityAct {
    /// A user was made.
    UserCreated {
        /// Who.
        user: UserName,
        /// What the user may do.
        grants: Grants,
    },
    /// What a user may do was set.
    GrantsSet {
        /// Who.
        user: UserName,
        /// What the user may do now.
        grants: Grants,
    },
    /// A user's display name was set.
    Renamed {
        /// Who.
        user: UserName,
    },
    /// A user was disabled.
    Disabled {
        /// Who.
        user: UserName,
    },
    /// A user was enabled again.
    Enabled {
        /// Who.
        user: UserName,
    },
    /// A user got a password.
    PasswordSet {
        /// Who.
        user: UserName,
    },
    /// All sessions of a user were ended.
    SessionsEnded {
        /// Who.
        user: UserName,
    },
    /// A one-time link was made.
    Invited {
        /// For whom.
        user: UserName,
    },
    /// A one-time link was withdrawn.
    InvitationWithdrawn {
        /// For whom it was.
        user: UserName,
    },
    /// A one-time link was used.
    InvitationAccepted {
        /// By whom.
        user: UserName,
    },
    /// A token was made.
    TokenCreated {
        /// Whose.
        user: UserName,
        /// Which.
        token: TokenId,
    },
    /// A token was revoked.
    TokenRevoked {
        /// Whose.
        user: UserName,
        /// Which.
        token: TokenId,
    },
}

impl Identities {
    /// The audit log of identities, oldest first: at most `limit` entries after the entry `after`.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn audit(&self, after: Option<&Key>, limit: usize) -> Result<Vec<(Key, IdentityEntry)>, Error> {
        let page = self.store.records(&layout::audit()?, after, limit).await?;
        page.into_iter().map(|record| Ok((record.key, IdentityEntry::from_bytes(&record.value)?))).collect()
    }

    /// Adds the line of an act to the commit that carries it out.
    pub(crate) fn audited(&self, act: IdentityAct, commit: Commit) -> Result<Commit, Error> {
        let entry = IdentityEntry { time: self.now(), actor: self.actor.clone(), act };
        let key = layout::audit()?.child(&uuid::Uuid::now_v7().to_string())?;
        Ok(commit.create(key, entry.to_bytes()))
    }
}
