//! What can be wrong with an audit log, and which entry it is.

use greenroom_model::Digest;

/// Why an audit log is not what was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuditFault {
    /// An entry has other bytes than it had when the one after it was written.
    #[error("entry {number} was changed: its bytes are not those that the chain names")]
    Changed {
        /// The entry.
        number: u64,
    },
    /// The first entry is not the making of the bot.
    #[error("the log begins with `{act}` and not with the making of the bot: all that was written before is gone")]
    BegunAnew {
        /// The word for what the first entry tells.
        act: &'static str,
    },
    /// There are later entries, but not this one.
    #[error("entry {number} is missing")]
    Missing {
        /// The entry.
        number: u64,
    },
    /// An entry stands where another belongs.
    #[error("in the place of entry {number} stands entry {says}: entries were swapped, inserted or renumbered")]
    Misplaced {
        /// The place.
        number: u64,
        /// The number that the entry there bears.
        says: u64,
    },
    /// What stands in the place of an entry is none.
    #[error("entry {number} was changed: it cannot be read: {reason}")]
    Unreadable {
        /// The entry.
        number: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// Among the entries stands what belongs to no chain.
    #[error(
        "`{key}` among the entries is none of the chain: it was inserted, or written by a build whose log was no chain yet (then export the bot and import it into a new store)"
    )]
    Foreign {
        /// Under which name it stands.
        key: String,
    },
    /// The head names a later entry than the log has.
    #[error(
        "the log ends with entry {last} and its head names entry {head}: it was cut at the end, or the head was forged"
    )]
    Cut {
        /// The last entry, 0 for none.
        last: u64,
        /// The entry that the head names.
        head: u64,
    },
    /// The log has an entry that the head does not know.
    #[error("the head does not know entry {number}: the entry was inserted, or the head was forged")]
    BeyondHead {
        /// The first such entry.
        number: u64,
    },
    /// The last entry and the head do not agree.
    #[error("the head names other bytes than entry {number} has: the entry was changed, or the head was forged")]
    HeadDiffers {
        /// The last entry.
        number: u64,
    },
    /// The log has no head.
    #[error("the log has no head: it was deleted")]
    HeadMissing,
    /// What stands in the place of the head is none.
    #[error("the head was forged: {reason}")]
    HeadUnreadable {
        /// What is wrong with it.
        reason: String,
    },
    /// The chain holds, but it is not the one that a digest was noted of.
    #[error("no entry has the digest `{digest}` that was noted: the log was written anew since, or it is another's")]
    NotAsNoted {
        /// The digest that was noted.
        digest: Digest,
    },
}

impl AuditFault {
    /// The entry at fault; none where it is the head, or the whole log.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        match self {
            Self::BegunAnew { .. } => Some(1),
            Self::Changed { number }
            | Self::Missing { number }
            | Self::Misplaced { number, .. }
            | Self::Unreadable { number, .. }
            | Self::BeyondHead { number }
            | Self::HeadDiffers { number } => Some(*number),
            Self::Cut { last, .. } => Some(last.saturating_add(1)),
            Self::Foreign { .. } | Self::HeadMissing | Self::HeadUnreadable { .. } | Self::NotAsNoted { .. } => None,
        }
    }
}
