//! What an action server is asked: the action, the tracker, the domain.

use serde_json::{Value, json};

use super::run::Run;
use super::tracker::tracker;

/// The version of Rasa whose shapes these are.
const VERSION: &str = "3.6.0";

/// The body of a call.
pub(super) fn request(action: &str, run: &Run<'_>, domain: &Value) -> Value {
    json!({
        "next_action": action,
        "sender_id": run.words.call.conversation,
        "tracker": tracker(action, run),
        "domain": domain,
        "version": VERSION,
    })
}
