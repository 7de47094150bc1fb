//! One channel: how to connect it, its settings, its secret.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use greenroom_channels::connect_instructions;
use greenroom_identity::Role;
use greenroom_lifecycle::{Channel, ChannelId, Error, Secret};
use greenroom_model::EnvironmentId;
use greenroom_web::{Path, Problem};
use serde::Deserialize;

use crate::environments::back;
use crate::environments_channel_form::{ChannelFields, kind_words};
use crate::fields::Fields;
use crate::frame::Frame;
use crate::page::Page;
use crate::publishing_groups::{TextPiece, text_pieces};
use crate::sign_in::sentence;
use crate::viewed::{Publishing, Viewed};

#[derive(Template)]
#[template(path = "environments_channel.html")]
struct ChannelPage {
    frame: Frame,
    can_change: bool,
    environment: String,
    id: String,
    name: String,
    kind: &'static str,
    has_secret: bool,
    /// The secret, right after it was made and never again.
    secret: Option<String>,
    steps: Vec<ShownStep>,
    channel: ChannelFields,
    fault: Option<String>,
}

/// One thing to copy.
struct ShownStep {
    title: String,
    explanation: Vec<TextPiece>,
    text: String,
    is_link: bool,
}

/// The part of the address that names a channel.
#[derive(Debug, Deserialize)]
pub(crate) struct ChannelAt {
    environment: EnvironmentId,
    channel: String,
}

impl ChannelAt {
    fn id(&self) -> Result<ChannelId, Problem> {
        Ok(ChannelId::new(&self.channel)?)
    }
}

/// `GET /bots/{bot}/environments/{environment}/channels/{channel}`
pub(crate) async fn page(viewed: Viewed, Path(at): Path<ChannelAt>) -> Result<Response, Problem> {
    let channel = viewed.bot.channel(&at.environment, &at.id()?).await?;
    Ok(Page(channel_page(&viewed, &at.environment, &channel)).into_response())
}

fn channel_page(viewed: &Viewed, environment: &EnvironmentId, channel: &Channel) -> ChannelPage {
    let settings = channel.settings();
    let base = &viewed.app.settings().public_url;
    let form = ChannelFields::of(&channel.name, &settings);
    let steps =
        connect_instructions(viewed.bot.id(), environment, channel, base).steps.into_iter().map(|step| ShownStep {
            title: step.title,
            explanation: text_pieces(&step.explanation),
            text: step.text,
            is_link: step.is_link,
        });
    ChannelPage {
        frame: viewed.frame(format!("Channel {}", channel.name)),
        can_change: viewed.may(Role::Publisher),
        environment: environment.to_string(),
        id: channel.id.to_string(),
        name: channel.name.clone(),
        kind: kind_words(settings.kind()),
        has_secret: form.kind == "webhook" || form.kind == "rest" && form.token,
        secret: None,
        steps: steps.collect(),
        channel: form,
        fault: None,
    }
}

/// The page of a channel whose secret was just made.
pub(crate) fn secret_page(
    viewed: &Viewed,
    environment: &EnvironmentId,
    channel: &Channel,
    secret: &Secret,
) -> Result<Response, Problem> {
    let mut page = channel_page(viewed, environment, channel);
    page.secret = Some(secret.expose().to_owned());
    Ok(Page(page).into_response())
}

/// `POST /bots/{bot}/environments/{environment}/channels/{channel}`
pub(crate) async fn change(
    Publishing(viewed): Publishing,
    Path(at): Path<ChannelAt>,
    fields: Fields,
) -> Result<Response, Problem> {
    let id = at.id()?;
    let entered = ChannelFields::entered(&fields);
    let changed = match entered.settings() {
        Ok(settings) => viewed.bot.change_channel(&at.environment, &id, &entered.name, settings).await,
        Err(error) => Err(error),
    };
    match changed {
        Ok(new) => match &new.secret {
            Some(secret) => secret_page(&viewed, &at.environment, &new.channel, secret),
            None => Ok(back(&viewed, &at.environment, "saved")),
        },
        Err(error @ (Error::InvalidChannel(_) | Error::Model(_))) => {
            let channel = viewed.bot.channel(&at.environment, &id).await?;
            let mut page = channel_page(&viewed, &at.environment, &channel);
            page.channel = entered;
            page.fault = Some(sentence(&error));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST …/channels/{channel}/secret`: a new secret; the former is worth nothing from then on.
pub(crate) async fn renew_secret(
    Publishing(viewed): Publishing,
    Path(at): Path<ChannelAt>,
) -> Result<Response, Problem> {
    let new = viewed.bot.renew_channel_secret(&at.environment, &at.id()?).await?;
    match &new.secret {
        Some(secret) => secret_page(&viewed, &at.environment, &new.channel, secret),
        None => Ok(back(&viewed, &at.environment, "saved")),
    }
}

/// `POST …/channels/{channel}/remove`
pub(crate) async fn remove(Publishing(viewed): Publishing, Path(at): Path<ChannelAt>) -> Result<Response, Problem> {
    viewed.bot.remove_channel(&at.environment, &at.id()?).await?;
    Ok(back(&viewed, &at.environment, "deleted"))
}
