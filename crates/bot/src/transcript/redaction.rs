//! Keeps sensitive values out of what is written down of a turn.

use greenroom_flow::{REDACTED, Reply, Secrets};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{StoredInput, StoredTurn};

impl StoredTurn {
    /// Takes the secrets out of all that people and bot said; what cannot be kept
    /// without them is left out.
    pub fn redact(&mut self, secrets: &Secrets) {
        if secrets.is_empty() {
            return;
        }
        match &mut self.input {
            StoredInput::Text(text) | StoredInput::Button(text) => *text = secrets.redacted(text),
            StoredInput::Start
            | StoredInput::Link(_)
            | StoredInput::Event(_)
            | StoredInput::Timeout(_)
            | StoredInput::Resume
            | StoredInput::Disabled
            | StoredInput::Other => {}
        }
        for call in &mut self.calls {
            call.answer = call.answer.take().and_then(|answer| redacted(secrets, &answer));
        }
        for reply in &mut self.replies {
            *reply = redacted(secrets, reply).unwrap_or_else(|| Reply::text(REDACTED));
        }
        if let Some(understanding) = &mut self.understanding {
            understanding.entities =
                understanding.entities.iter().filter_map(|entity| redacted(secrets, entity)).collect();
        }
    }
}

/// The same without the secrets; none where it is nothing any more without them,
/// such as a place in a text that is a secret number.
fn redacted<T: Serialize + DeserializeOwned>(secrets: &Secrets, whole: &T) -> Option<T> {
    let value = serde_json::to_value(whole).ok()?;
    serde_json::from_value(secrets.redacted_value(&value)).ok()
}
