//! Environments: what runs where, rollback, and what an environment keeps to itself.

use greenroom_lifecycle::{Bot, EnvironmentSettings, RolledBack};
use greenroom_model::{Digest, Environment, EnvironmentId};
use greenroom_web::{AsPublisher, AsViewer, Json, OnBot, Path as InPath, Problem};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::page::Page;
use crate::schemas::{EnvironmentSettingsSchema, RolledBackSchema};

/// An environment and the version that it runs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EnvironmentView {
    #[schema(value_type = String)]
    id: EnvironmentId,
    /// The number of the version that it runs.
    number: u64,
    /// The digest of that version.
    #[schema(value_type = String)]
    version: Digest,
    /// Who moved it there.
    by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    time: Timestamp,
}

/// Which version to put an environment back to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rollback {
    /// The version's number.
    #[schema(minimum = 1)]
    version: u64,
}

/// An environment in an address.
#[derive(Debug, Deserialize)]
pub(crate) struct EnvironmentPath {
    pub(crate) environment: EnvironmentId,
}

/// Lists the environments that something was published to.
#[utoipa::path(get, path = "/api/v1/bots/{bot}/environments", operation_id = "listEnvironments", tag = "environments",
    security(("token" = ["viewer"])),
    responses((status = 200, description = "The environments", body = Page<EnvironmentView>)))]
pub(crate) async fn list(on: OnBot<AsViewer>) -> Result<Json<Page<EnvironmentView>>, Problem> {
    Ok(Json(Page::whole(environment_views(&on.bot).await?)))
}

/// Gets one environment.
#[utoipa::path(get, path = "/api/v1/bots/{bot}/environments/{environment}", operation_id = "getEnvironment",
    tag = "environments", security(("token" = ["viewer"])),
    responses((status = 200, description = "The environment", body = EnvironmentView)))]
pub(crate) async fn get(
    on: OnBot<AsViewer>,
    InPath(path): InPath<EnvironmentPath>,
) -> Result<Json<EnvironmentView>, Problem> {
    let running = on.bot.published_environment(&path.environment).await?;
    Ok(Json(view(path.environment, running)))
}

/// Puts an environment back to a version that was published. Conversations on later versions follow at their next turn.
#[utoipa::path(post, path = "/api/v1/bots/{bot}/environments/{environment}/rollback", operation_id = "rollBack",
    tag = "environments", security(("token" = ["publisher"])), request_body = Rollback,
    responses((status = 200, description = "What was done", body = RolledBackSchema)))]
pub(crate) async fn roll_back(
    on: OnBot<AsPublisher>,
    InPath(path): InPath<EnvironmentPath>,
    Json(to): Json<Rollback>,
) -> Result<Json<RolledBack>, Problem> {
    Ok(Json(on.bot.rollback(&path.environment, to.version).await?))
}

/// Gets what an environment keeps to itself: how long transcripts are kept.
#[utoipa::path(get, path = "/api/v1/bots/{bot}/environments/{environment}/settings",
    operation_id = "getEnvironmentSettings", tag = "environments", security(("token" = ["viewer"])),
    responses((status = 200, description = "The settings", body = EnvironmentSettingsSchema)))]
pub(crate) async fn settings(
    on: OnBot<AsViewer>,
    InPath(path): InPath<EnvironmentPath>,
) -> Result<Json<EnvironmentSettings>, Problem> {
    Ok(Json(on.bot.environment_settings(&path.environment).await?))
}

/// Sets what an environment keeps to itself.
#[utoipa::path(put, path = "/api/v1/bots/{bot}/environments/{environment}/settings",
    operation_id = "setEnvironmentSettings", tag = "environments", security(("token" = ["publisher"])),
    request_body = EnvironmentSettingsSchema,
    responses((status = 200, description = "The settings", body = EnvironmentSettingsSchema)))]
pub(crate) async fn set_settings(
    on: OnBot<AsPublisher>,
    InPath(path): InPath<EnvironmentPath>,
    Json(settings): Json<EnvironmentSettings>,
) -> Result<Json<EnvironmentSettings>, Problem> {
    on.bot.set_environment_settings(&path.environment, settings.clone()).await?;
    Ok(Json(settings))
}

/// The environments of a bot.
pub(crate) async fn environment_views(bot: &Bot) -> Result<Vec<EnvironmentView>, Problem> {
    Ok(bot.environments().await?.into_iter().map(|(id, running)| view(id, running)).collect())
}

fn view(id: EnvironmentId, running: Environment) -> EnvironmentView {
    EnvironmentView { id, number: running.number, version: running.stable, by: running.by, time: running.time }
}
