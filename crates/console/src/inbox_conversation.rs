//! A conversation as it was: what a person did and what the bot said, turn by turn.

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use greenroom_flow::Reply;
use greenroom_identity::Role;
use greenroom_lifecycle::Reference;
use greenroom_runtime::{Place, StoredInput, StoredTurn};
use greenroom_web::{Problem, Query};
use serde::Deserialize;

use crate::fields::Fields;
use crate::flash;
use crate::frame::Frame;
use crate::page::Page;
use crate::viewed::{Administering, Editing, Viewed};

/// How many turns the page shows: the latest.
const SHOWN: usize = 500;

#[derive(Template)]
#[template(path = "inbox_conversation.html")]
struct ConversationPage {
    frame: Frame,
    conversation: String,
    channel: String,
    turns: Vec<ShownTurn>,
    can_erase: bool,
    can_edit: bool,
}

struct ShownTurn {
    time: String,
    said: Option<String>,
    did: Option<String>,
    understood: String,
    replies: Vec<Reply>,
    waits_at: Option<(String, String)>,
}

/// Which conversation: as its channel names it, any text.
#[derive(Debug, Deserialize)]
pub(crate) struct Named {
    id: String,
}

/// `GET /bots/{bot}/inbox/conversation?id=…`
pub(crate) async fn page(viewed: Viewed, Query(named): Query<Named>) -> Result<Response, Problem> {
    let runtime = viewed.app.runtime();
    let mut turns = runtime.conversation(viewed.bot.id(), &Place::live(), &named.id, None, SHOWN).await?;
    if turns.is_empty() {
        return Err(Problem::not_found("there is no such conversation, or it is no longer kept"));
    }
    turns.reverse();
    let page = ConversationPage {
        frame: viewed.frame("Conversation"),
        channel: turns.iter().find_map(|turn| turn.channel.clone()).unwrap_or_default(),
        turns: turns.into_iter().map(|turn| shown_turn(&viewed, turn)).collect(),
        conversation: named.id,
        can_erase: viewed.may(Role::Admin),
        can_edit: viewed.may(Role::Editor),
    };
    Ok(Page(page).into_response())
}

fn shown_turn(viewed: &Viewed, turn: StoredTurn) -> ShownTurn {
    let (said, did) = match turn.input {
        StoredInput::Text(text) => (Some(text), None),
        StoredInput::Start => (None, Some("opened the conversation".to_owned())),
        StoredInput::Link(link) => (None, Some(format!("opened the conversation by the link {link}"))),
        StoredInput::Button(payload) => (None, Some(format!("pressed the button {payload}"))),
        StoredInput::Event(event) => (None, Some(format!("event {event}"))),
        StoredInput::Timeout(_) => (None, Some("waited until the time was over".to_owned())),
        StoredInput::Resume => (None, Some("got the conversation back from a person".to_owned())),
        StoredInput::Disabled => (None, Some("said something while the bot was switched off".to_owned())),
        StoredInput::Other => (None, Some("the conversation went on by itself".to_owned())),
    };
    let understood = match turn.understanding {
        None => String::new(),
        Some(understanding) => match understanding.intent {
            Some(intent) => format!("{}, {} %", intent.name, (intent.confidence * 100.0).round()),
            None => "not understood".to_owned(),
        },
    };
    let waits_at = turn.position.map(|position| {
        let page = format!("/bots/{}/live/flows/{}?node={}", viewed.bot.id(), position.flow, position.node);
        (position.to_string(), page)
    });
    ShownTurn {
        time: turn.time.strftime("%F %T UTC").to_string(),
        said,
        did,
        understood,
        replies: turn.replies,
        waits_at,
    }
}

/// `POST /bots/{bot}/inbox/conversation/test`: makes it a test of the draft.
pub(crate) async fn keep_as_test(Editing(viewed): Editing, fields: Fields) -> Result<Response, Problem> {
    let recording = viewed.bot.recording(&Reference::live(), &fields.get("id")).await?;
    let saved = viewed.bot.save_as_test(&fields.trimmed("name"), &recording).await?;
    let page = format!("/bots/{}/draft/tests/{}", viewed.bot.id(), saved.id);
    Ok(Redirect::to(&flash::with(&page, "test_saved")).into_response())
}

/// `POST /bots/{bot}/inbox/conversation/erase`
pub(crate) async fn erase(Administering(viewed): Administering, fields: Fields) -> Result<Response, Problem> {
    viewed.app.runtime().erase(viewed.bot.id(), &Place::live(), &fields.get("id")).await?;
    let page = format!("/bots/{}/inbox", viewed.bot.id());
    Ok(Redirect::to(&flash::with(&page, "deleted")).into_response())
}
