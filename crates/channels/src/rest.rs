//! The REST channel, in the shape of Rasa's: front ends made for Rasa connect
//! unchanged, with `…/channels/BOT/ENVIRONMENT/CHANNEL` as the server's address.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use greenroom_flow::{Reply, ReplyAction, ReplyContent};
use greenroom_lifecycle::{ChannelKind, Origins};
use greenroom_runtime::Message;
use greenroom_web::{AppState, IDEMPOTENCY_KEY, Json, Path, Problem, Query};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::cross_origin::Permission;
use crate::door::{Address, Door, check_length, check_message_id, check_sender, no_channel};
use crate::rasa_payload;

pub(crate) fn routes() -> Router<AppState> {
    const MESSAGES: &str = "/channels/{bot}/{env}/{channel}/webhooks/rest/webhook";
    Router::new()
        .route(MESSAGES, post(receive).options(preflight))
        .route("/channels/{bot}/{env}/{channel}/webhooks/rest", get(health))
        .route("/channels/{bot}/{env}/{channel}/webhooks/rest/", get(health))
}

/// What a front end sends. Fields that Rasa does not know either are passed over, as it does.
#[derive(Debug, Deserialize)]
struct Incoming {
    sender: Sender,
    message: String,
    /// Names the message, where no header does. Rasa itself passes it over.
    message_id: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Sender {
    Text(String),
    Number(i64),
}

#[derive(Debug, Deserialize)]
struct Parameters {
    token: Option<String>,
}

/// One message of the bot's.
#[derive(Debug, PartialEq, Serialize)]
struct Outgoing {
    recipient_id: String,
    text: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    buttons: Vec<Button>,
    /// The address of a picture, as Rasa gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<String>,
    /// What else there is to it: a card, a list, what is made for this kind of channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    custom: Option<serde_json::Value>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Button {
    title: String,
    payload: String,
}

async fn receive(
    State(app): State<AppState>,
    Path(address): Path<Address>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let door = open(&app, &address).await?;
    let permission = Permission::of(&app, &headers, origins(&door)?)?;
    let answer = answer(&app, &door, &parameters, &headers, &body).await;
    Ok(permission.allow(answer.map(Json)))
}

async fn answer(
    app: &AppState,
    door: &Door,
    parameters: &Parameters,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Vec<Outgoing>, Problem> {
    check_token(door, parameters, headers)?;
    check_content_type(headers)?;
    let incoming: Incoming = serde_json::from_slice(body).map_err(|error| {
        let detail = format!(r#"the body is not `{{"sender": "…", "message": "…"}}`: {error}"#);
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_request", detail)
    })?;
    let sender = match incoming.sender {
        Sender::Text(text) => text,
        Sender::Number(number) => number.to_string(),
    };
    check_sender(&sender)?;
    let input = rasa_payload::read(&incoming.message);
    check_length(&input)?;
    let named = headers.get(IDEMPOTENCY_KEY).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let id = named.or(incoming.message_id);
    if let Some(id) = &id {
        check_message_id(id)?;
    }
    // Senders of this channel alone: elsewhere the same name may be somebody else.
    let person = Some(door.conversation(&sender));
    let answer = door.reply(app, &sender, Message { id, person, ..Message::new(input) }).await?;
    Ok(answer.replies.into_iter().filter(|reply| reply.is_for("rest")).map(|reply| outgoing(&sender, reply)).collect())
}

/// One reply as Rasa would say it. Its buttons know no addresses: those are told in the text.
fn outgoing(sender: &str, reply: Reply) -> Outgoing {
    let mut text = reply.text;
    let mut buttons = Vec::new();
    let (image, custom) = match reply.content {
        None => (None, None),
        Some(ReplyContent::Image { url, .. }) => (Some(url), None),
        Some(ReplyContent::Raw { json, .. }) => (None, Some(json)),
        Some(other) => (None, serde_json::to_value(other).ok()),
    };
    for button in reply.buttons.into_iter().chain(reply.quick_replies) {
        match button.action {
            ReplyAction::Payload(payload) => {
                buttons.push(Button { title: button.title, payload: rasa_payload::shown(&payload) });
            }
            ReplyAction::Url(url) => {
                if !text.is_empty() {
                    text.push('\n');
                }
                text.push_str(&format!("{}: {url}", button.title));
            }
        }
    }
    Outgoing { recipient_id: sender.to_owned(), text, buttons, image, custom }
}

async fn preflight(
    State(app): State<AppState>,
    Path(address): Path<Address>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let door = open(&app, &address).await?;
    Ok(Permission::of(&app, &headers, origins(&door)?)?.preflight())
}

async fn health(
    State(app): State<AppState>,
    Path(address): Path<Address>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let door = open(&app, &address).await?;
    let permission = Permission::of(&app, &headers, origins(&door)?)?;
    Ok(permission.allow(Json(json!({ "status": "ok" }))))
}

async fn open(app: &AppState, address: &Address) -> Result<Door, Problem> {
    let door = Door::find(app, address).await?;
    origins(&door)?;
    Ok(door)
}

fn origins(door: &Door) -> Result<&Origins, Problem> {
    match &door.channel.kind {
        ChannelKind::Rest { origins, .. } => Ok(origins),
        _ => Err(no_channel()),
    }
}

/// Rasa takes its token after the `?`; a header keeps it out of logs.
fn check_token(door: &Door, parameters: &Parameters, headers: &HeaderMap) -> Result<(), Problem> {
    let ChannelKind::Rest { token: Some(_), .. } = &door.channel.kind else { return Ok(()) };
    let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bearer = header.and_then(|value| value.strip_prefix("Bearer ")).map(str::trim);
    match bearer.or(parameters.token.as_deref()) {
        Some(token) if door.channel.is_secret(token) => Ok(()),
        _ => {
            let detail = "this channel asks for its token: `Authorization: Bearer …`, or `?token=…`";
            Err(Problem::new(StatusCode::UNAUTHORIZED, "unauthenticated", detail))
        }
    }
}

/// JSON alone is taken: forms of other sites' pages cannot send it unasked.
pub(crate) fn check_content_type(headers: &HeaderMap) -> Result<(), Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    let detail = "send the body as `content-type: application/json`";
    Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "json_expected", detail))
}

#[cfg(test)]
mod tests {
    use greenroom_flow::ReplyButton;

    use super::*;

    #[test]
    fn an_address_is_told_in_the_text_since_rasas_buttons_know_none() {
        let button = |title: &str, action| ReplyButton { title: title.to_owned(), action };
        let reply = Reply {
            text: "Choose".to_owned(),
            buttons: vec![
                button("Pay", ReplyAction::Payload("goto:menu/pay".to_owned())),
                button("Terms", ReplyAction::Url("https://shop.example/terms".to_owned())),
            ],
            ..Reply::default()
        };
        let expected = json!({
            "recipient_id": "ann", "text": "Choose\nTerms: https://shop.example/terms",
            "buttons": [{ "title": "Pay", "payload": "/payload:goto:menu/pay" }],
        });
        assert_eq!(serde_json::to_value(outgoing("ann", reply)).unwrap(), expected);
    }
}
