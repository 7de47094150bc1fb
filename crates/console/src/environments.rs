//! What an environment keeps to itself: its channels, how long conversations are kept,
//! and the links by which people without an account try the draft.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use greenroom_identity::Role;
use greenroom_lifecycle::{ChannelId, DraftPreview, EnvironmentSettings, Error, LIVE};
use greenroom_model::EnvironmentId;
use greenroom_web::{Path, Problem, Query};
use serde::Deserialize;

use crate::environments_channel::secret_page;
use crate::environments_channel_form::{ChannelFields, kind_words};
use crate::fields::Fields;
use crate::flash;
use crate::frame::Frame;
use crate::page::Page;
use crate::sign_in::sentence;
use crate::viewed::{Publishing, Viewed};

#[derive(Template)]
#[template(path = "environments.html")]
struct EnvironmentPage {
    frame: Frame,
    can_change: bool,
    /// The environment that is shown.
    environment: String,
    /// All that there are, by name.
    environments: Vec<String>,
    runs: Option<u64>,
    channels: Vec<ListedChannel>,
    retention_days: u32,
    previews: Vec<DraftPreview>,
    fault: Option<String>,
    new: ChannelFields,
}

struct ListedChannel {
    id: String,
    name: String,
    kind: &'static str,
}

/// Which environment the page shows; live where none is named.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Wish {
    environment: Option<EnvironmentId>,
}

/// The part of the address that names an environment.
#[derive(Debug, Deserialize)]
pub(crate) struct EnvironmentAt {
    environment: EnvironmentId,
}

/// `GET /bots/{bot}/environments`
pub(crate) async fn page(viewed: Viewed, Query(wish): Query<Wish>) -> Result<Response, Problem> {
    let environment = wish.environment.unwrap_or_else(greenroom_lifecycle::live);
    shown(&viewed, &environment, ChannelFields::new_one(), None).await
}

async fn shown(
    viewed: &Viewed,
    environment: &EnvironmentId,
    new: ChannelFields,
    fault: Option<String>,
) -> Result<Response, Problem> {
    let running = viewed.bot.environments().await?;
    let mut environments: Vec<String> = running.iter().map(|(id, _)| id.to_string()).collect();
    for also in [LIVE, environment.as_str()] {
        if !environments.iter().any(|known| known == also) {
            environments.push(also.to_owned());
        }
    }
    let channels = viewed.bot.channels(environment).await?;
    let page = EnvironmentPage {
        frame: viewed.frame("Channels"),
        can_change: viewed.may(Role::Publisher),
        runs: running.iter().find(|(id, _)| id == environment).map(|(_, pointer)| pointer.number),
        environment: environment.to_string(),
        environments,
        channels: channels
            .iter()
            .map(|channel| ListedChannel {
                id: channel.id.to_string(),
                name: channel.name.clone(),
                kind: kind_words(channel.settings().kind()),
            })
            .collect(),
        retention_days: viewed.bot.environment_settings(environment).await?.retention_days,
        previews: viewed.bot.draft_previews().await?,
        new,
        fault: fault.clone(),
    };
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, Page(page)).into_response())
}

/// `POST /bots/{bot}/environments/{environment}/settings`
pub(crate) async fn set_retention(
    Publishing(viewed): Publishing,
    Path(at): Path<EnvironmentAt>,
    fields: Fields,
) -> Result<Response, Problem> {
    let days = fields.trimmed("retention_days").parse().unwrap_or(0);
    match viewed.bot.set_environment_settings(&at.environment, EnvironmentSettings { retention_days: days }).await {
        Ok(()) => Ok(back(&viewed, &at.environment, "saved")),
        Err(Error::InvalidSettings(_)) => {
            let fault = "Conversations are kept for 1 to 3650 days.".to_owned();
            shown(&viewed, &at.environment, ChannelFields::new_one(), Some(fault)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /bots/{bot}/environments/{environment}/channels`
pub(crate) async fn add_channel(
    Publishing(viewed): Publishing,
    Path(at): Path<EnvironmentAt>,
    fields: Fields,
) -> Result<Response, Problem> {
    let entered = ChannelFields::entered(&fields);
    let id = match fields.given("id") {
        Some(id) => ChannelId::new(&id),
        None => Ok(ChannelId::from_name(&entered.name)),
    };
    let added = match (id, entered.settings()) {
        (Ok(id), Ok(settings)) => viewed.bot.add_channel(&at.environment, id, &entered.name, settings).await,
        (Err(error), _) | (_, Err(error)) => Err(error),
    };
    match added {
        Ok(new) => match &new.secret {
            // Told on this page and never again; a redirect would lose it.
            Some(secret) => secret_page(&viewed, &at.environment, &new.channel, secret),
            None => {
                let page =
                    format!("/bots/{}/environments/{}/channels/{}", viewed.bot.id(), at.environment, new.channel.id);
                Ok(Redirect::to(&flash::with(&page, "added")).into_response())
            }
        },
        Err(error @ (Error::InvalidChannel(_) | Error::ChannelExists { .. } | Error::Model(_))) => {
            shown(&viewed, &at.environment, entered, Some(sentence(&error))).await
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Template)]
#[template(path = "environments_preview.html")]
struct PreviewPage {
    frame: Frame,
    name: String,
    expires: String,
    link: String,
}

/// `POST /bots/{bot}/environments/previews`: a link to the draft, shown once.
pub(crate) async fn add_preview(Publishing(viewed): Publishing, fields: Fields) -> Result<Response, Problem> {
    let days = fields.given("days").map(|days| days.parse().unwrap_or(0));
    match viewed.bot.create_draft_preview(&fields.trimmed("name"), days).await {
        Ok((preview, secret)) => {
            let base = &viewed.app.settings().public_url;
            let page = PreviewPage {
                frame: viewed.frame("Link to the draft"),
                name: preview.name,
                expires: preview.expires.strftime("%F").to_string(),
                link: format!("{base}/chat/{}/draft?token={}", viewed.bot.id(), secret.expose()),
            };
            Ok(Page(page).into_response())
        }
        Err(error @ Error::InvalidChannel(_)) => {
            let live = greenroom_lifecycle::live();
            shown(&viewed, &live, ChannelFields::new_one(), Some(sentence(&error))).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /bots/{bot}/environments/previews/revoke`
pub(crate) async fn revoke_preview(Publishing(viewed): Publishing, fields: Fields) -> Result<Response, Problem> {
    viewed.bot.revoke_draft_preview(&ChannelId::new(&fields.get("id"))?).await?;
    Ok(back(&viewed, &greenroom_lifecycle::live(), "deleted"))
}

/// The page of an environment, saying what was done.
pub(crate) fn back(viewed: &Viewed, environment: &EnvironmentId, word: &str) -> Response {
    let page = format!("/bots/{}/environments?environment={environment}", viewed.bot.id());
    Redirect::to(&flash::with(&page, word)).into_response()
}
