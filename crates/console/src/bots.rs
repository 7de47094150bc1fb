//! The list of bots, and making a new one.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use greenroom_identity::Role;
use greenroom_lifecycle::{Error, live};
use greenroom_model::document::Settings;
use greenroom_model::{BotId, Document, PartPath};
use greenroom_web::{AppState, AsEditor, Caller, OnServer, Problem};
use jiff::Timestamp;

use crate::fields::Fields;
use crate::flash;
use crate::form::Fault;
use crate::frame::{Frame, ago};
use crate::page::Page;

#[derive(Template)]
#[template(path = "bots.html")]
struct BotsPage {
    frame: Frame,
    bots: Vec<ListedBot>,
    can_create: bool,
}

struct ListedBot {
    id: String,
    name: String,
    description: String,
    live: Option<String>,
    role: Role,
}

#[derive(Template)]
#[template(path = "new_bot.html")]
struct NewBotPage {
    frame: Frame,
    fault: Option<Fault>,
    name: String,
    id: String,
    language: String,
    from_sample: bool,
    has_sample: bool,
}

/// Where a person without a session lands: the list says to sign in.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Done {
    done: Option<String>,
}

/// `GET /`
pub(crate) async fn bots(
    State(app): State<AppState>,
    caller: Caller,
    greenroom_web::Query(done): greenroom_web::Query<Done>,
) -> Result<Response, Problem> {
    let mut listed = Vec::new();
    for id in app.lifecycle().bots().await? {
        if let Some(role) = caller.role_on(&id) {
            listed.push(listed_bot(&app, &id, role).await?);
        }
    }
    let mut frame = Frame::new("Bots", Some(&caller)).at("/");
    frame.flash = done.done.and_then(|word| flash::text(Some(&format!("done={word}"))));
    let can_create = caller.server_role().is_some_and(|role| role >= Role::Editor);
    Ok(Page(BotsPage { frame, bots: listed, can_create }).into_response())
}

async fn listed_bot(app: &AppState, id: &BotId, role: Role) -> Result<ListedBot, Problem> {
    let bot = app.lifecycle().bot(id).await?;
    let settings = match bot.get(&bot.draft().await?, &PartPath::Settings).await {
        Ok((_, Document::Settings(settings))) => Some(settings),
        Ok(_) | Err(Error::PartNotFound { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let live = bot.environment(&live()).await?;
    let live = live.map(|live| format!("version {}, {}", live.number, ago(live.time, Timestamp::now())));
    let (name, description) = match settings {
        Some(settings) => (settings.name, settings.description.unwrap_or_default()),
        None => (id.to_string(), String::new()),
    };
    Ok(ListedBot { id: id.to_string(), name, description, live, role })
}

/// `GET /bots/new`
pub(crate) async fn new_bot_page(State(app): State<AppState>, on_server: OnServer<AsEditor>) -> Response {
    let has_sample = !app.sample_bot().is_empty();
    let page = NewBotPage {
        frame: Frame::new("New bot", Some(&on_server.caller)).at("/"),
        fault: None,
        name: String::new(),
        id: String::new(),
        language: "en".to_owned(),
        from_sample: has_sample,
        has_sample,
    };
    Page(page).into_response()
}

/// `POST /bots/new`
pub(crate) async fn create_bot(
    State(app): State<AppState>,
    on_server: OnServer<AsEditor>,
    fields: Fields,
) -> Result<Response, Problem> {
    match created(&app, &on_server.caller, &fields).await {
        Ok(id) => {
            let page = match fields.get("from").as_str() {
                "archive" => format!("/bots/{id}/draft/transfer"),
                _ => format!("/bots/{id}/draft"),
            };
            Ok(Redirect::to(&flash::with(&page, "created")).into_response())
        }
        Err(Error::Store(error)) => Err(error.into()),
        Err(error) => {
            let page = NewBotPage {
                frame: Frame::new("New bot", Some(&on_server.caller)).at("/"),
                fault: Some(Fault { text: error.to_string(), theirs: None }),
                name: fields.get("name"),
                id: fields.get("id"),
                language: fields.get("language"),
                from_sample: fields.get("from") == "sample",
                has_sample: !app.sample_bot().is_empty(),
            };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
        }
    }
}

async fn created(app: &AppState, caller: &Caller, fields: &Fields) -> Result<BotId, Error> {
    let name = fields.trimmed("name");
    let id = match fields.given("id") {
        Some(id) => id.parse()?,
        None => BotId::from_name(&name),
    };
    let lifecycle = app.lifecycle().clone().acting_as(caller.user().as_str());
    if fields.get("from") == "sample" && !app.sample_bot().is_empty() {
        let mut parts = app.sample_bot().clone();
        if let Some(Document::Settings(settings)) = parts.get_mut(&PartPath::Settings)
            && !name.is_empty()
        {
            settings.name = name;
        }
        lifecycle.create_from(&id, parts).await?;
    } else {
        let language = fields.given("language").unwrap_or_else(|| "en".to_owned()).parse()?;
        lifecycle.create(&id, Settings::new(name, language)).await?;
    }
    Ok(id)
}
