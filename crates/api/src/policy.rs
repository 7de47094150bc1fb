//! The publishing policy of a bot.

use axum::http::HeaderMap;
use bytes::Bytes;
use greenroom_publish::Policy;
use greenroom_web::{AsAdmin, AsViewer, Json, OnBot, Problem};

use crate::parts::json_body;

/// Gets the publishing policy: severities under `rules` and `custom`; an empty object is the default one.
#[utoipa::path(get, path = "/api/v1/bots/{bot}/policy", operation_id = "getPolicy", tag = "publishing",
    security(("token" = ["viewer"])), responses((status = 200, description = "The policy", body = Object)))]
pub(crate) async fn get(on: OnBot<AsViewer>) -> Result<Json<Policy>, Problem> {
    Ok(Json(on.bot.policy().await?))
}

/// Sets the publishing policy.
#[utoipa::path(put, path = "/api/v1/bots/{bot}/policy", operation_id = "setPolicy", tag = "publishing",
    security(("token" = ["admin"])),
    request_body(content = Object, description = "Severities (`allow`, `warn`, `deny`) by code under `rules` and `custom`"),
    responses((status = 200, description = "The policy", body = Object)))]
pub(crate) async fn set(
    on: OnBot<AsAdmin>,
    headers: HeaderMap,
    body: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Result<Json<Policy>, Problem> {
    let policy = Policy::from_json(&json_body(&headers, body)?).map_err(greenroom_lifecycle::Error::from)?;
    on.bot.set_policy(&policy).await?;
    Ok(Json(policy))
}
