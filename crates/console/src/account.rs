//! A person's own account: name, password, tokens for programs, sessions.

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use greenroom_identity::{Error, Identities, MIN_PASSWORD_CHARACTERS, Token};
use greenroom_web::{AppState, Caller, Problem, Query, Via, session_cookie, session_cookie_of_nobody};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::fields::Fields;
use crate::flash;
use crate::frame::Frame;
use crate::page::Page;
use crate::sign_in::sentence;

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    frame: Frame,
    display_name: String,
    least: usize,
    tokens: Vec<Token>,
    /// The text of a token that was just made; shown this once.
    made: Option<String>,
    fault: Option<String>,
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Done {
    done: Option<String>,
}

/// `GET /account`
pub(crate) async fn page(
    State(app): State<AppState>,
    caller: Caller,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let mut page = account_page(&app, &caller).await?;
    page.frame.flash = done.done.and_then(|word| flash::text(Some(&format!("done={word}"))));
    Ok(Page(page).into_response())
}

async fn account_page(app: &AppState, caller: &Caller) -> Result<AccountPage, Problem> {
    let user = app.identities().user(caller.user()).await?;
    Ok(AccountPage {
        frame: Frame::new("Your account", Some(caller)).at("/account"),
        display_name: user.display_name,
        least: MIN_PASSWORD_CHARACTERS,
        tokens: app.identities().tokens(caller.user()).await?,
        made: None,
        fault: None,
    })
}

/// What the caller does to the account, in the caller's name. A token may be capped, and so
/// must not make itself a fuller one: these pages are for people who signed in.
fn own(app: &AppState, caller: &Caller) -> Result<Identities, Problem> {
    match caller.via() {
        Via::Session => Ok(app.identities().clone().acting_as(caller.user().as_str())),
        Via::Token => Err(Problem::forbidden("an account is changed by its owner in a browser, not by a token")),
    }
}

async fn refused(app: &AppState, caller: &Caller, error: Error) -> Result<Response, Problem> {
    match error {
        Error::Store(_) | Error::Cryptography(_) | Error::Contended(_) => Err(error.into()),
        error => {
            let mut page = account_page(app, caller).await?;
            page.fault = Some(sentence(&error));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
        }
    }
}

fn back(word: &str) -> Response {
    Redirect::to(&flash::with("/account", word)).into_response()
}

/// `POST /account/name`
pub(crate) async fn rename(State(app): State<AppState>, caller: Caller, fields: Fields) -> Result<Response, Problem> {
    match own(&app, &caller)?.set_display_name(caller.user(), &fields.get("display_name")).await {
        Ok(_) => Ok(back("saved")),
        Err(error) => refused(&app, &caller, error).await,
    }
}

/// `POST /account/password`: ends all sessions and begins a new one here.
pub(crate) async fn change_password(
    State(app): State<AppState>,
    caller: Caller,
    fields: Fields,
) -> Result<Response, Problem> {
    let identities = own(&app, &caller)?;
    let (present, new) = (fields.get("present"), fields.get("password"));
    if new != fields.get("again") {
        let mut page = account_page(&app, &caller).await?;
        page.fault = Some("The two new passwords are not the same.".to_owned());
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response());
    }
    let check = match identities.password_check(caller.user()).await {
        Ok(check) => check,
        Err(error) => return refused(&app, &caller, error).await,
    };
    let (hasher, name) = (identities.new_password(), caller.user().clone());
    let hashed = tokio::task::spawn_blocking(move || {
        check.verify(&present)?;
        hasher.hash(&new, &name)
    })
    .await
    .map_err(|error| Problem::internal(&error))?;
    let done = match hashed {
        Ok(hash) => identities.set_password(caller.user(), hash).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => {
            let session = identities.begin_session(caller.user()).await?;
            Ok(([(header::SET_COOKIE, session_cookie(&app, &session))], back("saved")).into_response())
        }
        Err(error) => refused(&app, &caller, error).await,
    }
}

/// `POST /account/tokens`: a token for a program, shown once.
pub(crate) async fn make_token(
    State(app): State<AppState>,
    caller: Caller,
    fields: Fields,
) -> Result<Response, Problem> {
    let days: Option<i64> = fields.given("days").and_then(|days| days.parse().ok()).filter(|days| *days > 0);
    let expires =
        days.and_then(|days| Timestamp::now().saturating_add(SignedDuration::from_hours(days.saturating_mul(24))).ok());
    match own(&app, &caller)?.create_token(caller.user(), &fields.get("label"), expires, None).await {
        Ok((_, secret)) => {
            let mut page = account_page(&app, &caller).await?;
            page.made = Some(secret.expose().to_owned());
            Ok(Page(page).into_response())
        }
        Err(error) => refused(&app, &caller, error).await,
    }
}

/// `POST /account/tokens/revoke`
pub(crate) async fn revoke_token(
    State(app): State<AppState>,
    caller: Caller,
    fields: Fields,
) -> Result<Response, Problem> {
    own(&app, &caller)?.revoke_token(caller.user(), &fields.get("id").parse()?).await?;
    Ok(back("deleted"))
}

/// `POST /account/sign-out-everywhere`
pub(crate) async fn end_sessions(State(app): State<AppState>, caller: Caller) -> Result<Response, Problem> {
    own(&app, &caller)?.end_all_sessions(caller.user()).await?;
    let cookie = [(header::SET_COOKIE, session_cookie_of_nobody())];
    Ok((cookie, Redirect::to(&flash::with("/sign-in", "signed_out"))).into_response())
}
