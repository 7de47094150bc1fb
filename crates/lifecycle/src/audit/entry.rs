//! One entry of the audit log, the head that names the last one, and how both are stored.

use greenroom_model::{Digest, Record as _};
use greenroom_store::layout;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::fault::AuditFault;
use crate::Act;

/// One entry of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Its place in the log, from 1 without gaps.
    pub number: u64,
    /// The digest of the stored bytes of the entry before it; none for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Digest>,
    /// When.
    pub time: Timestamp,
    /// Who.
    pub actor: String,
    /// What.
    pub act: Act,
}

/// Format 1 had no chain, and its entries stood under UUIDs. They are not read any more:
/// [`AuditFault::Foreign`] says what to do about them.
impl greenroom_model::Record for AuditEntry {
    const WHAT: &'static str = "an audit entry";
    const FORMAT: u32 = 2;
}

/// What the log ends with: noted elsewhere, it is the witness that the log was not written anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditHead {
    /// The number of the last entry.
    pub number: u64,
    /// The digest of its stored bytes.
    pub digest: Digest,
}

impl greenroom_model::Record for AuditHead {
    const WHAT: &'static str = "the head of an audit log";
    const FORMAT: u32 = 1;
}

/// An entry and the digest of its stored bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLine {
    /// The digest.
    pub digest: Digest,
    /// The entry.
    pub entry: AuditEntry,
}

impl AuditHead {
    /// Reads stored bytes; they must be exactly those that are written of a head.
    ///
    /// # Errors
    /// [`AuditFault::HeadUnreadable`].
    pub fn read(bytes: &[u8]) -> Result<Self, AuditFault> {
        let head = Self::from_bytes(bytes).map_err(|error| AuditFault::HeadUnreadable { reason: error.to_string() })?;
        if head.to_bytes() == bytes {
            return Ok(head);
        }
        Err(AuditFault::HeadUnreadable { reason: "its bytes are not those that this log writes".to_owned() })
    }
}

impl AuditLine {
    /// Reads an entry by the last segment of its key and its stored bytes.
    ///
    /// # Errors
    /// [`AuditFault::Foreign`] for a key that is no entry's, [`AuditFault::Unreadable`].
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, AuditFault> {
        let number = layout::audit_number(name).ok_or_else(|| AuditFault::Foreign { key: name.to_owned() })?;
        match AuditEntry::from_bytes(bytes) {
            Ok(entry) => Ok(Self { digest: Digest::of(bytes), entry }),
            Err(error) => Err(AuditFault::Unreadable { number, reason: error.to_string() }),
        }
    }
}
