//! The caller: who it is, and its tokens.

use axum::extract::State;
use axum::http::StatusCode;
use greenroom_identity::{Grants, Token, TokenId, User, UserName};
use greenroom_web::{AppState, Caller, Json, Path as InPath, Problem, ToldOnce, Via};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::page::Page;
use crate::schemas::{GrantsSchema, TokenSchema, UserSchema};

/// Who calls, and what the caller may do now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    #[schema(value_type = UserSchema)]
    user: User,
    /// What the caller may do: the user's grants within the token's limits.
    #[schema(value_type = GrantsSchema)]
    grants: Grants,
}

/// A token to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewToken {
    /// What for.
    #[schema(min_length = 1, max_length = 100)]
    label: String,
    /// When it ends; never where nobody says.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires: Option<Timestamp>,
    /// More than this it may not; what the caller may where nobody says.
    #[serde(default)]
    #[schema(value_type = Option<GrantsSchema>)]
    cap: Option<Grants>,
}

/// A token and its text.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TokenWithText {
    #[schema(value_type = String)]
    id: TokenId,
    /// What to send as `Authorization: Bearer …`. Shown this once.
    token: String,
}

/// A token in an address.
#[derive(Debug, Deserialize)]
pub(crate) struct TokenPath {
    token: TokenId,
}

/// Says who calls, and what the caller may do.
#[utoipa::path(get, path = "/api/v1/me", operation_id = "getMe", tag = "identities", security(("token" = [])),
    responses((status = 200, description = "The caller", body = Me)))]
pub(crate) async fn get(State(app): State<AppState>, caller: Caller) -> Result<Json<Me>, Problem> {
    let user = app.identities().user(caller.user()).await?;
    Ok(Json(Me { user, grants: grants_of(&app, &caller).await? }))
}

/// Lists the caller's tokens.
#[utoipa::path(get, path = "/api/v1/me/tokens", operation_id = "listMyTokens", tag = "identities",
    security(("token" = [])), responses((status = 200, description = "The tokens", body = Page<TokenSchema>)))]
pub(crate) async fn tokens(State(app): State<AppState>, caller: Caller) -> Result<Json<Page<Token>>, Problem> {
    tokens_of(&app, caller.user()).await
}

/// Makes a token of the caller, who may do no more with it than now. Its text is shown this once.
#[utoipa::path(post, path = "/api/v1/me/tokens", operation_id = "createMyToken", tag = "identities",
    security(("token" = [])), request_body = NewToken,
    responses((status = 201, description = "The token", body = TokenWithText)))]
pub(crate) async fn create_token(
    State(app): State<AppState>,
    caller: Caller,
    Json(new): Json<NewToken>,
) -> Result<(StatusCode, ToldOnce<Json<TokenWithText>>), Problem> {
    // A token must not beget one that may more than itself.
    let cap = match caller.via() {
        Via::Session => new.cap,
        Via::Token => {
            let own = grants_of(&app, &caller).await?;
            Some(new.cap.map_or_else(|| own.clone(), |cap| cap.capped_by(&own)))
        }
    };
    let identities = app.identities().clone().acting_as(caller.user().as_str());
    let (id, token) = identities.create_token(caller.user(), &new.label, new.expires, cap).await?;
    Ok((StatusCode::CREATED, ToldOnce(Json(TokenWithText { id, token: token.expose().to_owned() }))))
}

/// Revokes a token of the caller.
#[utoipa::path(delete, path = "/api/v1/me/tokens/{token}", operation_id = "revokeMyToken", tag = "identities",
    security(("token" = [])), responses((status = 204, description = "The token is worth nothing any more")))]
pub(crate) async fn revoke_token(
    State(app): State<AppState>,
    caller: Caller,
    InPath(path): InPath<TokenPath>,
) -> Result<StatusCode, Problem> {
    if caller.is_limited() {
        let detail = "this token is limited; revoke tokens by one that is not, or in the console";
        return Err(Problem::forbidden(detail));
    }
    let identities = app.identities().clone().acting_as(caller.user().as_str());
    identities.revoke_token(caller.user(), &path.token).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the caller may do now, on the bots that there are.
async fn grants_of(app: &AppState, caller: &Caller) -> Result<Grants, Problem> {
    let server = caller.server_role();
    let mut grants = Grants { server, ..Grants::none() };
    for bot in app.lifecycle().bots().await? {
        if let Some(role) = caller.role_on(&bot).filter(|role| Some(*role) > server) {
            grants.bots.insert(bot, role);
        }
    }
    Ok(grants)
}

/// The tokens of a user.
pub(crate) async fn tokens_of(app: &AppState, user: &UserName) -> Result<Json<Page<Token>>, Problem> {
    Ok(Json(Page::whole(app.identities().tokens(user).await?)))
}
