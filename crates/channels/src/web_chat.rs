//! The web chat: its script, its own pages, and what the script talks to.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use greenroom_bot::UserInput;
use greenroom_flow::{Reply, ReplyAction, ReplyButton, ReplyContent};
use greenroom_lifecycle::{ChannelKind, LauncherPosition, Origins, WebChat};
use greenroom_model::{BotId, Content, Document, PartPath};
use greenroom_runtime::{Answer, Message, Place};
use greenroom_web::{AppState, Json, Path, Problem};
use serde::{Deserialize, Serialize};

use crate::cross_origin::Permission;
use crate::door::{Address, Door, check_length, check_message_id, no_channel};
use crate::{page, script};

/// The header by which the draft's own page shows its token.
const PREVIEW_HEADER: &str = "x-greenroom-preview";

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/widget.js", get(script::widget))
        .route("/chat/page.css", get(script::stylesheet))
        .route("/chat/{bot}", get(page::of_environment))
        .route("/chat/{bot}/draft", get(page::of_draft))
        .route("/chat/{bot}/draft/settings", get(draft_settings))
        .route("/chat/{bot}/draft/messages", post(receive_for_draft))
        .route("/chat/{bot}/{env}/{channel}/settings", get(settings).options(preflight))
        .route("/chat/{bot}/{env}/{channel}/messages", post(receive).options(preflight))
}

/// What the script sends: exactly one of `text`, `payload` and `start`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Incoming {
    conversation: Option<String>,
    /// Names the message: sent again, it gets the answer that it got.
    id: Option<String>,
    text: Option<String>,
    payload: Option<String>,
    start: Option<bool>,
}

#[derive(Debug, Serialize)]
struct Outgoing {
    conversation: String,
    replies: Vec<OutgoingReply>,
    handed_over: bool,
}

#[derive(Debug, Serialize)]
struct OutgoingReply {
    text: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    buttons: Vec<OutgoingButton>,
    /// Offered until the user says something.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    quick_replies: Vec<OutgoingButton>,
    /// What it is, where it is more than a text: cards, a picture, a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<ReplyContent>,
}

/// A button: pressing it sends its payload, or opens its address.
#[derive(Debug, Serialize)]
struct OutgoingButton {
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

/// How the script shall look.
#[derive(Debug, Serialize)]
struct Looks {
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    greeting: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    colour: Option<String>,
    position: LauncherPosition,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
}

async fn receive(
    State(app): State<AppState>,
    Path(address): Path<Address>,
    headers: HeaderMap,
    body: Result<Json<Incoming>, Problem>,
) -> Result<Response, Problem> {
    let door = Door::find(&app, &address).await?;
    let chat = web_chat(&door)?;
    let permission = permission(&app, &headers, chat)?;
    let answer = async {
        let (conversation, mut message) = read(body?.0)?;
        message.language.clone_from(&chat.language);
        let answer = door.reply(&app, &conversation, message).await?;
        Ok::<_, Problem>(Json(outgoing(conversation, answer)))
    };
    Ok(permission.allow(answer.await))
}

async fn settings(
    State(app): State<AppState>,
    Path(address): Path<Address>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let door = Door::find(&app, &address).await?;
    let chat = web_chat(&door)?;
    let permission = permission(&app, &headers, chat)?;
    let bot = app.lifecycle().bot(&door.bot).await?;
    let content = match chat.title {
        Some(_) => None,
        None => bot.live_content(&door.environment).await.ok(),
    };
    let looks = looks(&app, &door.bot, content.as_ref(), chat).await;
    Ok(permission.allow(Json(looks)))
}

async fn preflight(
    State(app): State<AppState>,
    Path(address): Path<Address>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let door = Door::find(&app, &address).await?;
    Ok(permission(&app, &headers, web_chat(&door)?)?.preflight())
}

async fn receive_for_draft(
    State(app): State<AppState>,
    Path(bot): Path<String>,
    headers: HeaderMap,
    body: Result<Json<Incoming>, Problem>,
) -> Result<Json<Outgoing>, Problem> {
    let (bot, preview) = admitted_to_draft(&app, &bot, &headers).await?;
    let (conversation, message) = read(body?.0)?;
    let message = message.by_channel("preview");
    let name = format!("preview:{preview}:{conversation}");
    let answer = app.reply(&bot, &Place::Draft, &name, &message).await?;
    Ok(Json(outgoing(conversation, answer)))
}

async fn draft_settings(
    State(app): State<AppState>,
    Path(bot): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Looks>, Problem> {
    let (bot, _) = admitted_to_draft(&app, &bot, &headers).await?;
    let content = app.lifecycle().bot(&bot).await?.draft().await?;
    Ok(Json(looks(&app, &bot, Some(&content), &WebChat::default()).await))
}

/// The bot whose draft the shown token opens, and the link's id. The draft is
/// for its own page alone: no other page may call.
async fn admitted_to_draft(app: &AppState, bot: &str, headers: &HeaderMap) -> Result<(BotId, String), Problem> {
    Permission::of(app, headers, &Origins::default())?;
    let token = headers.get(PREVIEW_HEADER).and_then(|token| token.to_str().ok()).unwrap_or_default();
    match open_draft(app, bot, token).await? {
        Some(opened) => Ok(opened),
        None => Err(no_preview()),
    }
}

/// The bot whose draft a token opens, and the id of the link that the token is of.
pub(crate) async fn open_draft(app: &AppState, bot: &str, token: &str) -> Result<Option<(BotId, String)>, Problem> {
    let Ok(id) = bot.parse::<BotId>() else { return Ok(None) };
    let bot = match app.lifecycle().bot(&id).await {
        Ok(bot) => bot,
        Err(greenroom_lifecycle::Error::BotNotFound(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    Ok(bot.draft_preview_of(token).await?.map(|preview| (id, preview.id.to_string())))
}

/// What is said of a link to a draft that opens nothing.
pub(crate) fn no_preview() -> Problem {
    let detail = "this link to a draft does not work, or works no more; ask whoever gave it to you for another";
    Problem::new(StatusCode::NOT_FOUND, "preview_not_found", detail)
}

fn web_chat(door: &Door) -> Result<&WebChat, Problem> {
    match &door.channel.kind {
        ChannelKind::WebChat(chat) => Ok(chat),
        _ => Err(no_channel()),
    }
}

fn permission(app: &AppState, headers: &HeaderMap, chat: &WebChat) -> Result<Permission, Problem> {
    Permission::of(app, headers, &Origins::Only(chat.origins.clone()))
}

fn read(incoming: Incoming) -> Result<(String, Message), Problem> {
    let input = match (incoming.text, incoming.payload, incoming.start) {
        (Some(text), None, None) => UserInput::Text(text),
        (None, Some(payload), None) => UserInput::Button(payload),
        (None, None, Some(true)) => UserInput::Start,
        _ => return Err(Problem::invalid("a message has exactly one of `text`, `payload` and `start: true`")),
    };
    check_length(&input)?;
    let conversation = match incoming.conversation {
        Some(conversation) if is_conversation(&conversation) => conversation,
        Some(_) => {
            let detail = "a conversation is named by 128 random bits as 32 hexadecimal digits; leave it out and use \
                          the one that comes back";
            return Err(Problem::invalid(detail));
        }
        None => new_conversation()?,
    };
    if let Some(id) = &incoming.id {
        check_message_id(id)?;
    }
    Ok((conversation, Message { id: incoming.id, ..Message::new(input) }))
}

/// Nobody must be able to guess the name of another's conversation.
fn is_conversation(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn new_conversation() -> Result<String, Problem> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| Problem::internal(&error))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn outgoing(conversation: String, answer: Answer) -> Outgoing {
    let replies = answer.replies.into_iter().filter(|reply| reply.is_for("web_chat")).map(outgoing_reply).collect();
    Outgoing { conversation, replies, handed_over: answer.handed_over }
}

fn outgoing_reply(reply: Reply) -> OutgoingReply {
    let button = |title, payload, url| OutgoingButton { title, payload, url };
    let outgoing = |buttons: Vec<ReplyButton>| {
        let buttons = buttons.into_iter().map(|each| match each.action {
            ReplyAction::Payload(payload) => button(each.title, Some(payload), None),
            ReplyAction::Url(url) => button(each.title, None, Some(url)),
        });
        buttons.collect()
    };
    OutgoingReply {
        text: reply.text,
        buttons: outgoing(reply.buttons),
        quick_replies: outgoing(reply.quick_replies),
        content: reply.content,
    }
}

/// How the script shall look; without a title of its own the chat has the bot's name.
async fn looks(app: &AppState, bot: &BotId, content: Option<&Content>, chat: &WebChat) -> Looks {
    let title = match (&chat.title, content) {
        (Some(title), _) => title.clone(),
        (None, Some(content)) => name_of(app, bot, content).await.unwrap_or_else(|| bot.to_string()),
        (None, None) => bot.to_string(),
    };
    Looks {
        title,
        greeting: chat.greeting.clone(),
        colour: chat.colour.as_ref().map(ToString::to_string),
        position: chat.position,
        language: chat.language.as_ref().map(ToString::to_string),
    }
}

/// The bot's name in its settings.
pub(crate) async fn name_of(app: &AppState, bot: &BotId, content: &Content) -> Option<String> {
    let bot = app.lifecycle().bot(bot).await.ok()?;
    match bot.get(content, &PartPath::Settings).await {
        Ok((_, Document::Settings(settings))) => Some(settings.name),
        _ => None,
    }
}
