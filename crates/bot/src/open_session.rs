//! What others than the runtime read of a stored session: where it waits, on which version, since when.

use greenroom_flow::Session;
use greenroom_model::Digest;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A session as the runtime stores it, without what only the runtime needs. It is read, never written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpenSession {
    /// The state of the walk.
    pub session: Session,
    /// The version that it runs on; none on the draft.
    pub version: Option<Digest>,
    /// When its last turn was.
    pub seen: Timestamp,
}

impl greenroom_model::Record for OpenSession {
    const WHAT: &'static str = "a session";
    const FORMAT: u32 = 1;
}

impl OpenSession {
    /// Whether the conversation ended for want of messages. One that a person has
    /// taken over does not, nor does one in which a flow waits for a time.
    #[must_use]
    pub fn is_idle(&self, limit: SignedDuration, now: Timestamp) -> bool {
        !self.session.handed_over && self.session.timers.is_empty() && now.duration_since(self.seen) > limit
    }
}
