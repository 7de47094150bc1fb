//! What others than the runtime read of a stored session: where it waits, since when.

use greenroom_flow::Session;
use greenroom_model::document::SessionSettings;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A session as the runtime stores it, without what only the runtime needs. It is read, never written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpenSession {
    /// The state of the walk.
    pub session: Session,
    /// When its last turn was.
    pub seen: Timestamp,
}

impl greenroom_model::Record for OpenSession {
    const WHAT: &'static str = "a session";
    const FORMAT: u32 = 1;
}

/// Whether a conversation that was last heard of then has ended for want of messages. One that a
/// person has taken over does not, nor does one in which a flow waits for a time.
#[must_use]
pub fn is_idle(session: &Session, seen: Timestamp, settings: &SessionSettings, now: Timestamp) -> bool {
    let limit = SignedDuration::from_mins(i64::from(settings.idle_minutes));
    !session.handed_over && session.timers.is_empty() && now.duration_since(seen) > limit
}
