//! What people said: transcripts, the inbox, erasing a conversation.

use axum::extract::State;
use axum::http::StatusCode;
use greenroom_model::EnvironmentId;
use greenroom_runtime::{PersonExport, Place, StoredTurn, TurnId};
use greenroom_web::{AppState, AsAdmin, AsEditor, AsViewer, Json, OnBot, Path as InPath, Problem, Query as InQuery};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::page::{Page, limit};
use crate::schemas::{PersonSchema, TurnSchema};

/// How many turns are looked at for one page of the inbox.
const LOOKED_AT: usize = 10_000;

/// Which turns to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct TurnsQuery {
    /// `draft`, or an environment; `live` where nobody says.
    #[serde(default)]
    #[param(pattern = "^[a-z0-9][a-z0-9_-]*$", max_length = 64)]
    place: Option<String>,
    /// Only of this conversation.
    #[serde(default)]
    conversation: Option<String>,
    /// Only turns that are older than this one: the `next` of the page before.
    #[serde(default)]
    #[param(value_type = Option<String>, pattern = "^[0-9]{20}-[0-9a-f]{16}$")]
    after: Option<TurnId>,
    /// How many at most; 100 where nobody says.
    #[serde(default)]
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// Which part of the inbox to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct InboxQuery {
    /// `draft`, or an environment; `live` where nobody says.
    #[serde(default)]
    #[param(pattern = "^[a-z0-9][a-z0-9_-]*$", max_length = 64)]
    place: Option<String>,
    /// Only turns that are older than this one: the `next` of the page before.
    #[serde(default)]
    #[param(value_type = Option<String>, pattern = "^[0-9]{20}-[0-9a-f]{16}$")]
    after: Option<TurnId>,
    /// How many at most; 100 where nobody says.
    #[serde(default)]
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// Where a conversation takes place.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConversationPlace {
    /// `draft`, or an environment; `live` where nobody says.
    #[serde(default)]
    #[param(pattern = "^[a-z0-9][a-z0-9_-]*$", max_length = 64)]
    place: Option<String>,
}

/// A turn in an address.
#[derive(Debug, Deserialize)]
pub(crate) struct TurnPath {
    turn: TurnId,
}

/// A conversation in an address.
#[derive(Debug, Deserialize)]
pub(crate) struct ConversationPath {
    conversation: String,
}

/// Whether a turn was taken out of the inbox.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Settled {
    /// `false`: there is no such turn, or it was settled before.
    settled: bool,
}

/// A person in an address.
#[derive(Debug, Deserialize)]
pub(crate) struct PersonPath {
    person: String,
}

/// What was erased.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Erased {
    /// How many turns.
    turns: usize,
}

fn place(text: Option<&str>) -> Result<Place, Problem> {
    match text {
        None => Ok(Place::live()),
        Some("draft") => Ok(Place::Draft),
        Some(environment) => Ok(Place::Environment(EnvironmentId::new(environment)?)),
    }
}

/// Lists the turns of a place, or of one conversation there, the newest first.
#[utoipa::path(get, path = "/api/v1/bots/{bot}/turns", operation_id = "listTurns", tag = "conversations",
    security(("token" = ["viewer"])), params(TurnsQuery),
    responses((status = 200, description = "The turns", body = Page<TurnSchema>)))]
pub(crate) async fn turns(
    State(app): State<AppState>,
    on: OnBot<AsViewer>,
    InQuery(query): InQuery<TurnsQuery>,
) -> Result<Json<Page<StoredTurn>>, Problem> {
    let (limit, place) = (limit(query.limit)?, place(query.place.as_deref())?);
    let (runtime, bot, after) = (app.runtime(), on.bot.id(), query.after.as_ref());
    let turns = match &query.conversation {
        Some(conversation) => runtime.conversation(bot, &place, conversation, after, limit + 1).await?,
        None => runtime.turns(bot, &place, after, limit + 1).await?,
    };
    Ok(Json(Page::cut(turns, limit, |turn| turn.id.to_string())))
}

/// Lists what people said and nobody has settled, the newest first. A page may be short, even empty, while `next` is given.
#[utoipa::path(get, path = "/api/v1/bots/{bot}/inbox", operation_id = "listInbox", tag = "conversations",
    security(("token" = ["viewer"])), params(InboxQuery),
    responses((status = 200, description = "The turns", body = Page<TurnSchema>)))]
pub(crate) async fn inbox(
    State(app): State<AppState>,
    on: OnBot<AsViewer>,
    InQuery(query): InQuery<InboxQuery>,
) -> Result<Json<Page<StoredTurn>>, Problem> {
    let (limit, place) = (limit(query.limit)?, place(query.place.as_deref())?);
    let mut items = Vec::new();
    let mut after = query.after;
    let mut looked_at = 0;
    loop {
        let page = app.runtime().turns(on.bot.id(), &place, after.as_ref(), 500).await?;
        if page.is_empty() {
            return Ok(Json(Page::whole(items)));
        }
        looked_at += page.len();
        for turn in page {
            after = Some(turn.id.clone());
            if turn.open {
                items.push(turn);
            }
            if items.len() == limit {
                return Ok(Json(Page { items, next: after.map(String::from) }));
            }
        }
        if looked_at >= LOOKED_AT {
            return Ok(Json(Page { items, next: after.map(String::from) }));
        }
    }
}

/// Takes a turn out of the inbox; it stays in the transcript.
#[utoipa::path(post, path = "/api/v1/bots/{bot}/turns/{turn}/settle", operation_id = "settleTurn",
    tag = "conversations", security(("token" = ["editor"])), params(ConversationPlace),
    responses((status = 200, description = "Whether it was there", body = Settled)))]
pub(crate) async fn settle(
    State(app): State<AppState>,
    on: OnBot<AsEditor>,
    InPath(path): InPath<TurnPath>,
    InQuery(query): InQuery<ConversationPlace>,
) -> Result<Json<Settled>, Problem> {
    let settled = app.runtime().settle(on.bot.id(), &place(query.place.as_deref())?, &path.turn).await?;
    Ok(Json(Settled { settled }))
}

/// Erases a conversation: its session and all that was said in it.
#[utoipa::path(delete, path = "/api/v1/bots/{bot}/conversations/{conversation}", operation_id = "eraseConversation",
    tag = "conversations", security(("token" = ["admin"])), params(ConversationPlace),
    responses((status = 200, description = "What was erased", body = Erased)))]
pub(crate) async fn erase(
    State(app): State<AppState>,
    on: OnBot<AsAdmin>,
    InPath(path): InPath<ConversationPath>,
    InQuery(query): InQuery<ConversationPlace>,
) -> Result<(StatusCode, Json<Erased>), Problem> {
    let turns = app.runtime().erase(on.bot.id(), &place(query.place.as_deref())?, &path.conversation).await?;
    Ok((StatusCode::OK, Json(Erased { turns })))
}

/// Exports all that is known of a person: their conversations and what flows keep of them.
#[utoipa::path(get, path = "/api/v1/bots/{bot}/persons/{person}", operation_id = "exportPerson",
    tag = "conversations", security(("token" = ["admin"])), params(ConversationPlace),
    responses((status = 200, description = "All that is known; blank where nothing is", body = PersonSchema)))]
pub(crate) async fn export_person(
    State(app): State<AppState>,
    on: OnBot<AsAdmin>,
    InPath(path): InPath<PersonPath>,
    InQuery(query): InQuery<ConversationPlace>,
) -> Result<Json<PersonExport>, Problem> {
    let place = place(query.place.as_deref())?;
    Ok(Json(app.runtime().export_person(on.bot.id(), &place, &path.person).await?))
}

/// Erases a person: their conversations and what flows keep of them.
#[utoipa::path(delete, path = "/api/v1/bots/{bot}/persons/{person}", operation_id = "erasePerson",
    tag = "conversations", security(("token" = ["admin"])), params(ConversationPlace),
    responses((status = 200, description = "What was erased", body = Erased)))]
pub(crate) async fn erase_person(
    State(app): State<AppState>,
    on: OnBot<AsAdmin>,
    InPath(path): InPath<PersonPath>,
    InQuery(query): InQuery<ConversationPlace>,
) -> Result<(StatusCode, Json<Erased>), Problem> {
    let turns = app.runtime().erase_person(on.bot.id(), &place(query.place.as_deref())?, &path.person).await?;
    Ok((StatusCode::OK, Json(Erased { turns })))
}
