//! The webhook: the customer's system sends signed messages in, and gets signed
//! answers at an address of its own.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use greenroom_lifecycle::ChannelKind;
use greenroom_model::{EventId, VariableId};
use greenroom_web::{AppState, Json, Path, Problem};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::door::{Address, Door, check_length, check_sender, no_channel};
use crate::outbox::{Letter, WrittenInput, put_down};
use crate::rest::check_content_type;
use crate::signature::{SIGNATURE_HEADER, verify};

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/channels/{bot}/{env}/{channel}/webhook", post(receive))
}

/// A message: exactly one of `text`, `payload`, `start` and `event`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Incoming {
    /// Names the message: it is taken once, however often it is sent.
    id: String,
    conversation: String,
    text: Option<String>,
    payload: Option<String>,
    start: Option<bool>,
    /// An event that your system reports.
    event: Option<EventId>,
    /// With an event: variables of the bot and the values that they get.
    #[serde(default)]
    variables: BTreeMap<VariableId, Value>,
    /// Whose message it is: what is known of a person is exported and erased by this.
    person: Option<String>,
}

#[derive(Debug, Serialize)]
struct Receipt {
    id: String,
    status: &'static str,
}

async fn receive(
    State(app): State<AppState>,
    Path(address): Path<Address>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<Receipt>), Problem> {
    let door = Door::find(&app, &address).await?;
    let ChannelKind::Webhook { secret, .. } = &door.channel.kind else { return Err(no_channel()) };
    let now = Timestamp::now();
    let signature = headers.get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    verify(secret.expose(), signature, now, &body)
        .map_err(|reason| Problem::new(StatusCode::UNAUTHORIZED, "invalid_signature", reason))?;
    check_content_type(&headers)?;
    let incoming: Incoming = serde_json::from_slice(&body)
        .map_err(|error| Problem::invalid(format!("the body is not a message: {error}")))?;
    let letter = read(incoming, now)?;
    let id = letter.message.clone();
    // What is acknowledged is in the store; the answer comes to the channel's address.
    match put_down(&**app.store(), &door, &letter).await? {
        true => Ok((StatusCode::ACCEPTED, Json(Receipt { id, status: "accepted" }))),
        false => Ok((StatusCode::OK, Json(Receipt { id, status: "received_before" }))),
    }
}

fn read(incoming: Incoming, now: Timestamp) -> Result<Letter, Problem> {
    let Incoming { id, conversation, text, payload, start, event, variables, person } = incoming;
    check_sender(&id)?;
    check_sender(&conversation)?;
    person.as_deref().map_or(Ok(()), check_sender)?;
    if event.is_none() && !variables.is_empty() {
        return Err(Problem::invalid("`variables` come with an `event`"));
    }
    let input = match (text, payload, start, event) {
        (Some(text), None, None, None) => WrittenInput::Text(text),
        (None, Some(payload), None, None) => WrittenInput::Payload(payload),
        (None, None, Some(true), None) => WrittenInput::Start,
        (None, None, None, Some(event)) => WrittenInput::Event { event, variables },
        _ => {
            let detail = "a message has exactly one of `text`, `payload`, `start: true` and `event`";
            return Err(Problem::invalid(detail));
        }
    };
    input.clone().into_user().as_ref().map_or(Ok(()), check_length)?;
    let (message, received, due) = (id, now, now);
    Ok(Letter { message, conversation, input, person, received, answer: None, attempts: 0, due, error: None })
}
