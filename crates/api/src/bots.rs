//! Bots: listing those that one may see, making one, looking at one.

use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use greenroom_identity::Role;
use greenroom_lifecycle::Bot;
use greenroom_model::document::Settings;
use greenroom_model::{BotId, Document, Language, PartPath};
use greenroom_web::{AppState, AsEditor, AsViewer, Caller, Json, OnBot, OnServer, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::environments::{EnvironmentView, environment_views};
use crate::page::Page;
use crate::problems::refused;
use crate::schemas::RoleSchema;

/// What a new bot begins with.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Beginning {
    /// Settings alone.
    #[default]
    Empty,
    /// The sample bot.
    Sample,
}

/// A bot to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewBot {
    /// Its id: `a-z 0-9 _ -`, beginning with a letter or digit.
    #[schema(value_type = String, pattern = "^[a-z0-9][a-z0-9_-]*$", max_length = 64, example = "shop")]
    id: BotId,
    /// What it begins with.
    #[serde(default)]
    from: Beginning,
    /// The name that people read; the id, or the sample's name, where none is given.
    #[serde(default)]
    name: Option<String>,
    /// The language of its texts where nothing else is said; `en`, or the sample's.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^[a-z]{2,3}(-[a-z0-9]{2,8})*$", max_length = 35, example = "en")]
    default_language: Option<Language>,
}

/// A bot in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BotEntry {
    #[schema(value_type = String)]
    id: BotId,
    /// The name that people read.
    name: String,
    /// The caller's role on it.
    #[schema(value_type = RoleSchema)]
    role: Role,
}

/// A bot.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BotView {
    #[schema(value_type = String)]
    id: BotId,
    /// The name that people read.
    name: String,
    /// The caller's role on it.
    #[schema(value_type = Option<RoleSchema>)]
    role: Option<Role>,
    /// The language of its texts where nothing else is said.
    #[schema(value_type = String)]
    default_language: Language,
    /// The languages that have examples.
    #[schema(value_type = Vec<String>)]
    languages: Vec<Language>,
    /// The digest of the draft's parts: another one means that the draft changed.
    draft: String,
    /// What is published where.
    environments: Vec<EnvironmentView>,
}

/// Lists the bots that the caller has a role on.
#[utoipa::path(get, path = "/api/v1/bots", operation_id = "listBots", tag = "bots", security(("token" = [])),
    responses((status = 200, description = "The bots", body = Page<BotEntry>)))]
pub(crate) async fn list(State(app): State<AppState>, caller: Caller) -> Result<Json<Page<BotEntry>>, Problem> {
    let mut items = Vec::new();
    for id in app.lifecycle().bots().await? {
        let Some(role) = caller.role_on(&id) else { continue };
        let bot = app.lifecycle().bot(&id).await?;
        items.push(BotEntry { name: settings(&bot).await?.name, id, role });
    }
    Ok(Json(Page::whole(items)))
}

/// Makes a bot: an empty one, or one from the sample.
#[utoipa::path(post, path = "/api/v1/bots", operation_id = "createBot", tag = "bots",
    security(("token" = ["server:editor"])), request_body = NewBot,
    responses((status = 201, description = "The bot", body = BotView, headers(("Location" = String)))))]
pub(crate) async fn create(
    State(app): State<AppState>,
    server: OnServer<AsEditor>,
    Json(new): Json<NewBot>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<BotView>), Problem> {
    let lifecycle = app.lifecycle().clone().acting_as(server.caller.user().as_str());
    let mut parts = match new.from {
        Beginning::Empty => [].into(),
        Beginning::Sample if app.sample_bot().is_empty() => {
            return Err(refused("sample_missing", "this server has no sample bot; begin with `empty`"));
        }
        Beginning::Sample => app.sample_bot().clone(),
    };
    let sample = match parts.remove(&PartPath::Settings) {
        Some(Document::Settings(settings)) => Some(settings),
        Some(_) | None => None,
    };
    let english = Language::new("en")?;
    let mut settings = sample.unwrap_or_else(|| Settings::new(new.id.as_str(), english));
    if let Some(name) = new.name {
        settings.name = name;
    }
    if let Some(language) = new.default_language {
        settings.default_language = language;
    }
    parts.insert(PartPath::Settings, Document::Settings(settings));
    let bot = lifecycle.create_from(&new.id, parts).await?;
    let location = format!("/api/v1/bots/{}", new.id);
    let role = server.caller.role_on(&new.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(view(&bot, role).await?)))
}

/// Gets one bot.
#[utoipa::path(get, path = "/api/v1/bots/{bot}", operation_id = "getBot", tag = "bots",
    security(("token" = ["viewer"])), responses((status = 200, description = "The bot", body = BotView)))]
pub(crate) async fn get(on: OnBot<AsViewer>) -> Result<Json<BotView>, Problem> {
    Ok(Json(view(&on.bot, on.caller.role_on(on.bot.id())).await?))
}

async fn view(bot: &Bot, role: Option<Role>) -> Result<BotView, Problem> {
    let settings = settings(bot).await?;
    Ok(BotView {
        id: bot.id().clone(),
        name: settings.name,
        role,
        default_language: settings.default_language,
        languages: bot.languages_with_examples().await?,
        draft: bot.draft().await?.tree.to_string(),
        environments: environment_views(bot).await?,
    })
}

async fn settings(bot: &Bot) -> Result<Settings, Problem> {
    match bot.get(&bot.draft().await?, &PartPath::Settings).await {
        Ok((_, Document::Settings(settings))) => Ok(settings),
        // A draft may lose its settings by an edit; publishing tells, a list must not fail.
        Ok(_) | Err(greenroom_lifecycle::Error::PartNotFound { .. }) => {
            Ok(Settings::new(bot.id().as_str(), Language::new("en")?))
        }
        Err(error) => Err(error.into()),
    }
}
