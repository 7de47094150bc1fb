//! The channels of an environment. Their secrets come out once, when they are made.

use axum::http::{HeaderName, StatusCode, header};
use greenroom_lifecycle::{ChannelId, ChannelSettings, ChannelView, NewChannel};
use greenroom_model::EnvironmentId;
use greenroom_web::{AsPublisher, AsViewer, Json, OnBot, Path as InPath, Problem, ToldOnce};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::environments::EnvironmentPath;
use crate::page::Page;
use crate::schemas::{ChannelSchema, ChannelSettingsSchema};

/// A channel to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddChannel {
    /// Its id, as it will stand in addresses.
    #[schema(value_type = String, pattern = "^[a-z0-9][a-z0-9_-]*$", max_length = 64, example = "site")]
    id: ChannelId,
    /// How people tell it from others.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// Its `kind` (`web_chat`, `rest`, `webhook`, `terminal`) and what that kind sets.
    #[schema(value_type = ChannelSettingsSchema)]
    settings: ChannelSettings,
}

/// What a channel is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeChannel {
    /// How people tell it from others.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// Its `kind`, which stays, and what that kind sets.
    #[schema(value_type = ChannelSettingsSchema)]
    settings: ChannelSettings,
}

/// A channel, and its secret where a new one was made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChannelWithSecret {
    #[schema(value_type = ChannelSchema)]
    channel: ChannelView,
    /// The token that callers show, or what messages are signed with. Shown this once.
    secret: Option<String>,
}

/// A channel in an address.
#[derive(Debug, Deserialize)]
pub(crate) struct ChannelPath {
    environment: EnvironmentId,
    channel: ChannelId,
}

impl From<NewChannel> for ChannelWithSecret {
    fn from(new: NewChannel) -> Self {
        Self { channel: new.channel.view(), secret: new.secret.map(|secret| secret.expose().to_owned()) }
    }
}

/// Lists the channels of an environment.
#[utoipa::path(get, path = "/api/v1/bots/{bot}/environments/{environment}/channels", operation_id = "listChannels",
    tag = "channels", security(("token" = ["viewer"])),
    responses((status = 200, description = "The channels", body = Page<ChannelSchema>)))]
pub(crate) async fn list(
    on: OnBot<AsViewer>,
    InPath(path): InPath<EnvironmentPath>,
) -> Result<Json<Page<ChannelView>>, Problem> {
    let channels = on.bot.channels(&path.environment).await?;
    Ok(Json(Page::whole(channels.iter().map(greenroom_lifecycle::Channel::view).collect())))
}

/// Adds a channel. A secret that it needs is made, and shown this once.
#[utoipa::path(post, path = "/api/v1/bots/{bot}/environments/{environment}/channels", operation_id = "addChannel",
    tag = "channels", security(("token" = ["publisher"])), request_body = AddChannel,
    responses((status = 201, description = "The channel", body = ChannelWithSecret, headers(("Location" = String)))))]
pub(crate) async fn add(
    on: OnBot<AsPublisher>,
    InPath(path): InPath<EnvironmentPath>,
    Json(add): Json<AddChannel>,
) -> Result<(StatusCode, [(HeaderName, String); 1], ToldOnce<Json<ChannelWithSecret>>), Problem> {
    let location = format!("/api/v1/bots/{}/environments/{}/channels/{}", on.bot.id(), path.environment, add.id);
    let new = on.bot.add_channel(&path.environment, add.id, &add.name, add.settings).await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], ToldOnce(Json(new.into()))))
}

/// Gets one channel.
#[utoipa::path(get, path = "/api/v1/bots/{bot}/environments/{environment}/channels/{channel}",
    operation_id = "getChannel", tag = "channels", security(("token" = ["viewer"])),
    responses((status = 200, description = "The channel", body = ChannelSchema)))]
pub(crate) async fn get(on: OnBot<AsViewer>, InPath(path): InPath<ChannelPath>) -> Result<Json<ChannelView>, Problem> {
    Ok(Json(on.bot.channel(&path.environment, &path.channel).await?.view()))
}

/// Changes a channel; it keeps its secret.
#[utoipa::path(put, path = "/api/v1/bots/{bot}/environments/{environment}/channels/{channel}",
    operation_id = "changeChannel", tag = "channels", security(("token" = ["publisher"])),
    request_body = ChangeChannel,
    responses((status = 200, description = "The channel", body = ChannelWithSecret)))]
pub(crate) async fn change(
    on: OnBot<AsPublisher>,
    InPath(path): InPath<ChannelPath>,
    Json(change): Json<ChangeChannel>,
) -> Result<ToldOnce<Json<ChannelWithSecret>>, Problem> {
    let changed = on.bot.change_channel(&path.environment, &path.channel, &change.name, change.settings).await?;
    Ok(ToldOnce(Json(changed.into())))
}

/// Gives a channel a new secret; the former one is worth nothing from then on.
#[utoipa::path(post, path = "/api/v1/bots/{bot}/environments/{environment}/channels/{channel}/secret",
    operation_id = "renewChannelSecret", tag = "channels", security(("token" = ["publisher"])),
    responses((status = 200, description = "The channel", body = ChannelWithSecret)))]
pub(crate) async fn renew_secret(
    on: OnBot<AsPublisher>,
    InPath(path): InPath<ChannelPath>,
) -> Result<ToldOnce<Json<ChannelWithSecret>>, Problem> {
    Ok(ToldOnce(Json(on.bot.renew_channel_secret(&path.environment, &path.channel).await?.into())))
}

/// Removes a channel.
#[utoipa::path(delete, path = "/api/v1/bots/{bot}/environments/{environment}/channels/{channel}",
    operation_id = "removeChannel", tag = "channels", security(("token" = ["publisher"])),
    responses((status = 204, description = "The channel is gone")))]
pub(crate) async fn remove(on: OnBot<AsPublisher>, InPath(path): InPath<ChannelPath>) -> Result<StatusCode, Problem> {
    on.bot.remove_channel(&path.environment, &path.channel).await?;
    Ok(StatusCode::NO_CONTENT)
}
