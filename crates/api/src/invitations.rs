//! One-time links, for administrators of the server.

use axum::extract::State;
use axum::http::StatusCode;
use greenroom_identity::{Grants, Invitation, UserName};
use greenroom_web::{AppState, AsAdmin, Json, OnServer, Path as InPath, Problem, ToldOnce};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::page::Page;
use crate::schemas::{GrantsSchema, InvitationSchema};
use crate::users::identities;

/// Whom to invite.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewInvitation {
    /// For whom. A user of this name may exist: the link sets a new password then.
    #[schema(value_type = String, pattern = "^[a-z0-9][a-z0-9._-]*$", max_length = 64, example = "ann")]
    name: UserName,
    /// What the user may do, if the link makes the user.
    #[serde(default)]
    #[schema(value_type = GrantsSchema)]
    grants: Grants,
}

/// A one-time link.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvitationLink {
    /// For whom.
    #[schema(value_type = String)]
    name: UserName,
    /// The address to open; valid once, for 72 hours. Shown this once.
    link: String,
}

/// An invited user in an address.
#[derive(Debug, Deserialize)]
pub(crate) struct InvitedPath {
    user: UserName,
}

/// Lists the links that are valid, without their secrets.
#[utoipa::path(get, path = "/api/v1/invitations", operation_id = "listInvitations", tag = "identities",
    security(("token" = ["server:admin"])),
    responses((status = 200, description = "The links", body = Page<InvitationSchema>)))]
pub(crate) async fn list(
    State(app): State<AppState>,
    _server: OnServer<AsAdmin>,
) -> Result<Json<Page<Invitation>>, Problem> {
    Ok(Json(Page::whole(app.identities().invitations().await?)))
}

/// Makes a one-time link, in place of the former one for this name.
#[utoipa::path(post, path = "/api/v1/invitations", operation_id = "invite", tag = "identities",
    security(("token" = ["server:admin"])), request_body = NewInvitation,
    responses((status = 201, description = "The link", body = InvitationLink)))]
pub(crate) async fn create(
    State(app): State<AppState>,
    server: OnServer<AsAdmin>,
    Json(new): Json<NewInvitation>,
) -> Result<(StatusCode, ToldOnce<Json<InvitationLink>>), Problem> {
    let secret = identities(&app, &server).invite(&new.name, new.grants).await?;
    let link = format!("{}/invitation/{}", app.settings().public_url.trim_end_matches('/'), secret.expose());
    Ok((StatusCode::CREATED, ToldOnce(Json(InvitationLink { name: new.name, link }))))
}

/// Makes the link for a name invalid.
#[utoipa::path(delete, path = "/api/v1/invitations/{user}", operation_id = "withdrawInvitation", tag = "identities",
    security(("token" = ["server:admin"])), responses((status = 204, description = "The link is valid no more")))]
pub(crate) async fn withdraw(
    State(app): State<AppState>,
    server: OnServer<AsAdmin>,
    InPath(path): InPath<InvitedPath>,
) -> Result<StatusCode, Problem> {
    identities(&app, &server).withdraw_invitation(&path.user).await?;
    Ok(StatusCode::NO_CONTENT)
}
