//! Links to the draft for people without an account.

use axum::http::StatusCode;
use greenroom_lifecycle::{ChannelId, DraftPreview};
use greenroom_web::{AsPublisher, AsViewer, Json, OnBot, Path as InPath, Problem, ToldOnce};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::page::Page;
use crate::schemas::DraftPreviewSchema;

/// A link to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPreview {
    /// What it is for.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// For how many days it works; 30 where nobody says.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 365)]
    days: Option<i64>,
}

/// A link and its token.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PreviewWithToken {
    #[schema(value_type = DraftPreviewSchema)]
    preview: DraftPreview,
    /// What stands in the link. Shown this once.
    token: String,
}

/// A link in an address.
#[derive(Debug, Deserialize)]
pub(crate) struct PreviewPath {
    preview: ChannelId,
}

/// Lists the links to the draft that still work.
#[utoipa::path(get, path = "/api/v1/bots/{bot}/draft-previews", operation_id = "listDraftPreviews", tag = "channels",
    security(("token" = ["viewer"])),
    responses((status = 200, description = "The links", body = Page<DraftPreviewSchema>)))]
pub(crate) async fn list(on: OnBot<AsViewer>) -> Result<Json<Page<DraftPreview>>, Problem> {
    Ok(Json(Page::whole(on.bot.draft_previews().await?)))
}

/// Makes a link to the draft. Its token is shown this once.
#[utoipa::path(post, path = "/api/v1/bots/{bot}/draft-previews", operation_id = "createDraftPreview",
    tag = "channels", security(("token" = ["publisher"])), request_body = NewPreview,
    responses((status = 201, description = "The link", body = PreviewWithToken)))]
pub(crate) async fn create(
    on: OnBot<AsPublisher>,
    Json(new): Json<NewPreview>,
) -> Result<(StatusCode, ToldOnce<Json<PreviewWithToken>>), Problem> {
    let (preview, token) = on.bot.create_draft_preview(&new.name, new.days).await?;
    Ok((StatusCode::CREATED, ToldOnce(Json(PreviewWithToken { preview, token: token.expose().to_owned() }))))
}

/// Revokes a link to the draft.
#[utoipa::path(delete, path = "/api/v1/bots/{bot}/draft-previews/{preview}", operation_id = "revokeDraftPreview",
    tag = "channels", security(("token" = ["publisher"])),
    responses((status = 204, description = "The link works no more")))]
pub(crate) async fn revoke(on: OnBot<AsPublisher>, InPath(path): InPath<PreviewPath>) -> Result<StatusCode, Problem> {
    on.bot.revoke_draft_preview(&path.preview).await?;
    Ok(StatusCode::NO_CONTENT)
}
