//! Signing in and out, and accepting an invitation by its one-time link.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use greenroom_identity::{Error, MAX_PASSWORD_BYTES, MIN_PASSWORD_CHARACTERS, UserName};
use greenroom_web::{AppState, Caller, FormToken, Path, Problem, session_cookie, session_cookie_of_nobody};
use serde::Deserialize;

use crate::fields::Fields;
use crate::flash;
use crate::frame::Frame;
use crate::page::Page;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    frame: Frame,
    name: String,
    next: String,
    fault: Option<String>,
}

#[derive(Template)]
#[template(path = "invitation.html")]
struct InvitationPage {
    frame: Frame,
    name: String,
    display_name: String,
    fault: Option<String>,
    least: usize,
}

/// Where to go after signing in.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Next {
    next: Option<String>,
    done: Option<String>,
}

/// `GET /sign-in`
pub(crate) async fn sign_in_page(
    caller: Option<Caller>,
    form_token: FormToken,
    greenroom_web::Query(next): greenroom_web::Query<Next>,
) -> Response {
    let target = own_address(next.next.as_deref());
    if caller.is_some() {
        return Redirect::to(&target).into_response();
    }
    let mut frame = Frame::new("Sign in", None);
    frame.flash = next.done.and_then(|word| flash::text(Some(&format!("done={word}"))));
    sign_in_form(frame, form_token, String::new(), target, None)
}

/// `POST /sign-in`
pub(crate) async fn sign_in(
    State(app): State<AppState>,
    form_token: FormToken,
    fields: Fields,
) -> Result<Response, Problem> {
    let name = fields.trimmed("name").to_lowercase();
    let target = own_address(Some(&fields.get("next")));
    match session_of(&app, &name, fields.get("password")).await {
        Ok(session) => {
            let cookie = [(header::SET_COOKIE, session_cookie(&app, &session))];
            Ok((cookie, Redirect::to(&target)).into_response())
        }
        Err(error @ (Error::WrongCredentials | Error::TooManyAttempts { .. })) => {
            let frame = Frame::new("Sign in", None);
            let mut response = sign_in_form(frame, form_token, name, target, Some(sentence(&error)));
            *response.status_mut() = Problem::from(error).status();
            Ok(response)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /sign-out`
pub(crate) async fn sign_out(State(app): State<AppState>, headers: HeaderMap) -> Result<Response, Problem> {
    if let Some(secret) = greenroom_web::session_secret(&headers) {
        app.identities().end_session(&secret).await?;
    }
    let cookie = [(header::SET_COOKIE, session_cookie_of_nobody())];
    Ok((cookie, Redirect::to(&flash::with("/sign-in", "signed_out"))).into_response())
}

/// `GET /invitation/{secret}`
pub(crate) async fn invitation_page(
    State(app): State<AppState>,
    form_token: FormToken,
    Path(secret): Path<String>,
) -> Result<Response, Problem> {
    let invitation = app.identities().invitation(&secret).await?.ok_or(Error::InvalidInvitation)?;
    Ok(invitation_form(form_token, invitation.name.to_string(), String::new(), None))
}

/// `POST /invitation/{secret}`
pub(crate) async fn accept_invitation(
    State(app): State<AppState>,
    form_token: FormToken,
    Path(secret): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let invitation = app.identities().invitation(&secret).await?.ok_or(Error::InvalidInvitation)?;
    let display_name = fields.trimmed("display_name");
    let refuse = |fault: String| {
        let mut response = invitation_form(form_token, invitation.name.to_string(), display_name.clone(), Some(fault));
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        response
    };
    let password = fields.get("password");
    if password != fields.get("again") {
        return Ok(refuse("The two passwords are not the same.".to_owned()));
    }
    let (hasher, name) = (app.identities().new_password(), invitation.name.clone());
    let hashed = tokio::task::spawn_blocking(move || hasher.hash(&password, &name)).await;
    let hash = match hashed.map_err(|error| Problem::internal(&error))? {
        Ok(hash) => hash,
        Err(error @ (Error::Store(_) | Error::Cryptography(_))) => return Err(error.into()),
        Err(error) => return Ok(refuse(sentence(&error))),
    };
    let shown = if display_name.is_empty() { invitation.name.to_string() } else { display_name.clone() };
    let user = match app.identities().accept(&secret, hash, &shown).await {
        Ok(user) => user,
        Err(error @ (Error::InvalidInvitation | Error::Store(_))) => return Err(error.into()),
        Err(error) => return Ok(refuse(sentence(&error))),
    };
    let session = app.identities().begin_session(&user.name).await?;
    let cookie = [(header::SET_COOKIE, session_cookie(&app, &session))];
    Ok((cookie, Redirect::to(&flash::with("/", "welcome"))).into_response())
}

async fn session_of(app: &AppState, name: &str, password: String) -> Result<greenroom_identity::SecretText, Error> {
    // A name that cannot exist is answered like one that does not: later, and in the same words.
    let name: UserName = name.parse().or_else(|_| "nobody".parse())?;
    let check = app.identities().password_check(&name).await?;
    if password.len() > MAX_PASSWORD_BYTES {
        return Err(Error::WrongCredentials);
    }
    let verified = tokio::task::spawn_blocking(move || check.verify(&password)).await;
    let name = verified.map_err(|_| Error::WrongCredentials)??;
    app.identities().begin_session(&name).await
}

fn sign_in_form(frame: Frame, form_token: FormToken, name: String, next: String, fault: Option<String>) -> Response {
    let page = SignInPage { frame: frame.with_form_token(form_token.token), name, next, fault };
    ([(header::SET_COOKIE, form_token.cookie)], Page(page)).into_response()
}

fn invitation_form(form_token: FormToken, name: String, display_name: String, fault: Option<String>) -> Response {
    let frame = Frame::new("Welcome", None).with_form_token(form_token.token);
    let page = InvitationPage { frame, name, display_name, fault, least: MIN_PASSWORD_CHARACTERS };
    // The secret stands in the address: it must not leave with links, nor stay in a cache.
    let headers = [(header::REFERRER_POLICY, "no-referrer"), (header::CACHE_CONTROL, "no-store")];
    ([(header::SET_COOKIE, form_token.cookie)], headers, Page(page)).into_response()
}

/// An address of this server: other sites must not be able to choose where people land.
fn own_address(next: Option<&str>) -> String {
    match next {
        Some(next)
            if next.starts_with('/')
                && !next.starts_with("//")
                && !next.contains('\\')
                && !next.chars().any(char::is_control) =>
        {
            next.to_owned()
        }
        _ => "/".to_owned(),
    }
}

/// An error's message as a sentence.
pub(crate) fn sentence(error: &dyn std::error::Error) -> String {
    let text = error.to_string();
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), characters.as_str().trim_end_matches('.')),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_this_server_are_followed() {
        for foreign in ["https://evil.example", "//evil.example", "/\\evil.example", "evil", "", "/a\nb"] {
            assert_eq!(own_address(Some(foreign)), "/", "{foreign}");
        }
        assert_eq!(own_address(Some("/bots/shop/draft?x=1")), "/bots/shop/draft?x=1");
    }
}
