//! Users, for administrators of the server.

use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use greenroom_identity::{Grants, Identities, Token, TokenId, User, UserName};
use greenroom_web::{AppState, AsAdmin, Json, OnServer, Path as InPath, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::me::tokens_of;
use crate::page::Page;
use crate::schemas::{GrantsSchema, TokenSchema, UserSchema};

/// A user to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUser {
    /// The name to sign in with.
    #[schema(value_type = String, pattern = "^[a-z0-9][a-z0-9._-]*$", max_length = 64, example = "ann")]
    name: UserName,
    /// The name that people read; the name where nobody says.
    #[serde(default)]
    #[schema(max_length = 100)]
    display_name: String,
    /// What the user may do.
    #[serde(default)]
    #[schema(value_type = GrantsSchema)]
    grants: Grants,
}

/// A user in an address.
#[derive(Debug, Deserialize)]
pub(crate) struct UserPath {
    user: UserName,
}

/// A token of a user in an address.
#[derive(Debug, Deserialize)]
pub(crate) struct UserTokenPath {
    user: UserName,
    token: TokenId,
}

/// Identities under the caller's name.
pub(crate) fn identities(app: &AppState, server: &OnServer<AsAdmin>) -> Identities {
    app.identities().clone().acting_as(server.caller.user().as_str())
}

/// Lists all users.
#[utoipa::path(get, path = "/api/v1/users", operation_id = "listUsers", tag = "identities",
    security(("token" = ["server:admin"])),
    responses((status = 200, description = "The users", body = Page<UserSchema>)))]
pub(crate) async fn list(State(app): State<AppState>, _server: OnServer<AsAdmin>) -> Result<Json<Page<User>>, Problem> {
    Ok(Json(Page::whole(app.identities().users().await?)))
}

/// Makes a user without a password; an invitation sets it.
#[utoipa::path(post, path = "/api/v1/users", operation_id = "createUser", tag = "identities",
    security(("token" = ["server:admin"])), request_body = NewUser,
    responses((status = 201, description = "The user", body = UserSchema, headers(("Location" = String)))))]
pub(crate) async fn create(
    State(app): State<AppState>,
    server: OnServer<AsAdmin>,
    Json(new): Json<NewUser>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<User>), Problem> {
    let user = identities(&app, &server).create_user(&new.name, &new.display_name, new.grants).await?;
    let location = format!("/api/v1/users/{}", user.name);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(user)))
}

/// Gets one user.
#[utoipa::path(get, path = "/api/v1/users/{user}", operation_id = "getUser", tag = "identities",
    security(("token" = ["server:admin"])), responses((status = 200, description = "The user", body = UserSchema)))]
pub(crate) async fn get(
    State(app): State<AppState>,
    _server: OnServer<AsAdmin>,
    InPath(path): InPath<UserPath>,
) -> Result<Json<User>, Problem> {
    Ok(Json(app.identities().user(&path.user).await?))
}

/// Sets what a user may do, from the next request on.
#[utoipa::path(put, path = "/api/v1/users/{user}/grants", operation_id = "setGrants", tag = "identities",
    security(("token" = ["server:admin"])), request_body = GrantsSchema,
    responses((status = 200, description = "The user", body = UserSchema)))]
pub(crate) async fn set_grants(
    State(app): State<AppState>,
    server: OnServer<AsAdmin>,
    InPath(path): InPath<UserPath>,
    Json(grants): Json<Grants>,
) -> Result<Json<User>, Problem> {
    Ok(Json(identities(&app, &server).set_grants(&path.user, grants).await?))
}

/// Lets a user in by nothing any more.
#[utoipa::path(post, path = "/api/v1/users/{user}/disable", operation_id = "disableUser", tag = "identities",
    security(("token" = ["server:admin"])), responses((status = 200, description = "The user", body = UserSchema)))]
pub(crate) async fn disable(
    State(app): State<AppState>,
    server: OnServer<AsAdmin>,
    InPath(path): InPath<UserPath>,
) -> Result<Json<User>, Problem> {
    Ok(Json(identities(&app, &server).disable(&path.user).await?))
}

/// Lets a user in again.
#[utoipa::path(post, path = "/api/v1/users/{user}/enable", operation_id = "enableUser", tag = "identities",
    security(("token" = ["server:admin"])), responses((status = 200, description = "The user", body = UserSchema)))]
pub(crate) async fn enable(
    State(app): State<AppState>,
    server: OnServer<AsAdmin>,
    InPath(path): InPath<UserPath>,
) -> Result<Json<User>, Problem> {
    Ok(Json(identities(&app, &server).enable(&path.user).await?))
}

/// Ends all sessions of a user; tokens stay.
#[utoipa::path(delete, path = "/api/v1/users/{user}/sessions", operation_id = "endSessions", tag = "identities",
    security(("token" = ["server:admin"])), responses((status = 204, description = "The sessions ended")))]
pub(crate) async fn end_sessions(
    State(app): State<AppState>,
    server: OnServer<AsAdmin>,
    InPath(path): InPath<UserPath>,
) -> Result<StatusCode, Problem> {
    identities(&app, &server).end_all_sessions(&path.user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists the tokens of a user.
#[utoipa::path(get, path = "/api/v1/users/{user}/tokens", operation_id = "listTokens", tag = "identities",
    security(("token" = ["server:admin"])),
    responses((status = 200, description = "The tokens", body = Page<TokenSchema>)))]
pub(crate) async fn tokens(
    State(app): State<AppState>,
    _server: OnServer<AsAdmin>,
    InPath(path): InPath<UserPath>,
) -> Result<Json<Page<Token>>, Problem> {
    tokens_of(&app, &path.user).await
}

/// Revokes a token of a user.
#[utoipa::path(delete, path = "/api/v1/users/{user}/tokens/{token}", operation_id = "revokeToken", tag = "identities",
    security(("token" = ["server:admin"])),
    responses((status = 204, description = "The token is worth nothing any more")))]
pub(crate) async fn revoke_token(
    State(app): State<AppState>,
    server: OnServer<AsAdmin>,
    InPath(path): InPath<UserTokenPath>,
) -> Result<StatusCode, Problem> {
    identities(&app, &server).revoke_token(&path.user, &path.token).await?;
    Ok(StatusCode::NO_CONTENT)
}
