//! The audit log: every act with who, when, what.

use greenroom_model::{BotId, Digest, EnvironmentId, Language, PartPath, Record as _, Scope};
use greenroom_store::{Commit, Key, layout};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Bot, ChannelId, Error, Lifecycle};

/// One line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// When.
    pub time: Timestamp,
    /// Who.
    pub actor: String,
    /// What.
    pub act: Act,
}

impl greenroom_model::Record for AuditEntry {
    const WHAT: &'static str = "an audit entry";
    const FORMAT: u32 = 1;
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Act {
    /// The bot was made.
    Created,
    /// Parts of the draft were changed.
    Edited {
        /// The parts.
        parts: Vec<PartPath>,
    },
    /// A model was trained, or found trained already, and taken into the draft.
    Trained {
        /// The language.
        language: Language,
        /// The model's record.
        model: Digest,
    },
    /// A version was published.
    Published {
        /// Where to.
        environment: EnvironmentId,
        /// With which scope.
        scope: Scope,
        /// The version.
        version: Digest,
        /// Its number.
        number: u64,
        /// The plan that was carried out.
        plan: Digest,
    },
    /// An environment was put back to an older version.
    RolledBack {
        /// Which environment.
        environment: EnvironmentId,
        /// The version that it ran.
        from: u64,
        /// The version that it runs now.
        to: u64,
    },
    /// The draft was replaced; what it was is kept as a version.
    Replaced {
        /// What it is now: `version 3`, `import`.
        by: String,
        /// The version that keeps what it was.
        saved: u64,
    },
    /// The publishing policy was set.
    PolicySet {
        /// Its digest.
        policy: Digest,
    },
    /// The settings of an environment were set.
    EnvironmentSet {
        /// Which environment.
        environment: EnvironmentId,
        /// For how many days it keeps transcripts.
        retention_days: u32,
    },
    /// The channels of an environment were set.
    ChannelsSet {
        /// Which environment.
        environment: EnvironmentId,
    },
    /// A link was made by which people without an account chat with the draft.
    DraftPreviewMade {
        /// Which link.
        preview: ChannelId,
    },
    /// Such a link was revoked.
    DraftPreviewRevoked {
        /// Which link.
        preview: ChannelId,
    },
}

/// Adds the line of an act to the commit that carries it out.
pub(crate) fn audit_entry(lifecycle: &Lifecycle, bot: &BotId, act: Act, commit: Commit) -> Result<Commit, Error> {
    let entry = AuditEntry { time: lifecycle.now(), actor: lifecycle.actor.clone(), act };
    let key = layout::audit(bot)?.child(&uuid::Uuid::now_v7().to_string())?;
    Ok(commit.create(key, entry.to_bytes()))
}

impl Bot {
    /// The audit log, oldest first: at most `limit` entries after the entry `after`.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn audit(&self, after: Option<&Key>, limit: usize) -> Result<Vec<(Key, AuditEntry)>, Error> {
        let page = self.lifecycle.store.records(&layout::audit(&self.id)?, after, limit).await?;
        page.into_iter().map(|record| Ok((record.key, AuditEntry::from_bytes(&record.value)?))).collect()
    }
}
