//! Who may do what: users, their roles, one-time links. For administrators of the server.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use greenroom_identity::{Error, Grants, Identities, Invitation, Role, User, UserName};
use greenroom_model::BotId;
use greenroom_web::{AppState, AsAdmin, Caller, OnServer, Path, Problem, Query};
use serde::Deserialize;

use crate::fields::Fields;
use crate::flash;
use crate::frame::Frame;
use crate::page::Page;
use crate::sign_in::sentence;

#[derive(Template)]
#[template(path = "users.html")]
struct UsersPage {
    frame: Frame,
    users: Vec<User>,
    invitations: Vec<Invitation>,
    bots: Vec<BotId>,
    roles: [Role; 4],
    fault: Option<String>,
}

#[derive(Template)]
#[template(path = "users_one.html")]
struct UserPage {
    frame: Frame,
    user: User,
    is_caller: bool,
    roles: [Role; 4],
    /// Each bot with the role that was given on it.
    bots: Vec<(BotId, Option<Role>)>,
    fault: Option<String>,
}

#[derive(Template)]
#[template(path = "users_link.html")]
struct LinkPage {
    frame: Frame,
    name: String,
    link: String,
    is_new: bool,
}

impl UserPage {
    fn is(&self, given: &Option<Role>, role: &Role) -> bool {
        given.as_ref() == Some(role)
    }
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Done {
    done: Option<String>,
}

/// The part of the address that names a user.
#[derive(Debug, Deserialize)]
pub(crate) struct UserAt {
    user: String,
}

fn frame(title: &str, caller: &Caller, done: Option<&str>) -> Frame {
    let mut frame = Frame::new(title, Some(caller)).at("/users");
    frame.flash = done.and_then(|word| flash::text(Some(&format!("done={word}"))));
    frame
}

fn acting(app: &AppState, caller: &Caller) -> Identities {
    app.identities().clone().acting_as(caller.user().as_str())
}

/// `GET /users`
pub(crate) async fn list(
    State(app): State<AppState>,
    on_server: OnServer<AsAdmin>,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    listed(&app, frame("Users", &on_server.caller, done.done.as_deref()), None).await
}

async fn listed(app: &AppState, frame: Frame, fault: Option<String>) -> Result<Response, Problem> {
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = UsersPage {
        frame,
        users: app.identities().users().await?,
        invitations: app.identities().invitations().await?,
        bots: app.lifecycle().bots().await?,
        roles: Role::ALL,
        fault,
    };
    Ok((status, Page(page)).into_response())
}

/// `POST /users/invite`: a one-time link for somebody new, shown once.
pub(crate) async fn invite(
    State(app): State<AppState>,
    on_server: OnServer<AsAdmin>,
    fields: Fields,
) -> Result<Response, Problem> {
    let caller = &on_server.caller;
    match invited(&app, caller, &fields).await {
        Ok((name, link)) => Ok(link_page(&app, caller, &name, &link, true)),
        Err(error @ (Error::Store(_) | Error::Contended(_) | Error::Cryptography(_))) => Err(error.into()),
        Err(error) => listed(&app, frame("Users", caller, None), Some(sentence(&error))).await,
    }
}

async fn invited(app: &AppState, caller: &Caller, fields: &Fields) -> Result<(UserName, String), Error> {
    let name: UserName = fields.trimmed("name").parse()?;
    if app.identities().user(&name).await.is_ok() {
        return Err(Error::UserExists(name));
    }
    let role: Role = fields.get("role").parse()?;
    let grants = match fields.given("bot") {
        Some(bot) => Grants::on(bot.parse()?, role),
        None => Grants::on_all(role),
    };
    let secret = acting(app, caller).invite(&name, grants).await?;
    Ok((name, secret.expose().to_owned()))
}

fn link_page(app: &AppState, caller: &Caller, name: &UserName, secret: &str, is_new: bool) -> Response {
    let page = LinkPage {
        frame: frame("One-time link", caller, None),
        name: name.to_string(),
        link: format!("{}/invitation/{secret}", app.settings().public_url),
        is_new,
    };
    Page(page).into_response()
}

/// `POST /users/withdraw`: an invitation is worth nothing any more.
pub(crate) async fn withdraw(
    State(app): State<AppState>,
    on_server: OnServer<AsAdmin>,
    fields: Fields,
) -> Result<Response, Problem> {
    acting(&app, &on_server.caller).withdraw_invitation(&fields.get("name").parse()?).await?;
    Ok(Redirect::to(&flash::with("/users", "deleted")).into_response())
}

/// `GET /users/{user}`
pub(crate) async fn page(
    State(app): State<AppState>,
    on_server: OnServer<AsAdmin>,
    Path(at): Path<UserAt>,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let frame = frame("User", &on_server.caller, done.done.as_deref());
    shown(&app, &on_server.caller, frame, &at.user.parse()?, None).await
}

async fn shown(
    app: &AppState,
    caller: &Caller,
    frame: Frame,
    name: &UserName,
    fault: Option<String>,
) -> Result<Response, Problem> {
    let user = app.identities().user(name).await?;
    let bots = app.lifecycle().bots().await?;
    let bots = bots.into_iter().map(|bot| {
        let role = user.grants.bots.get(&bot).copied();
        (bot, role)
    });
    let status = if fault.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    let is_caller = user.name == *caller.user();
    let page = UserPage { frame, bots: bots.collect(), user, is_caller, roles: Role::ALL, fault };
    Ok((status, Page(page)).into_response())
}

/// `POST /users/{user}`: the roles, all of them.
pub(crate) async fn set_roles(
    State(app): State<AppState>,
    on_server: OnServer<AsAdmin>,
    Path(at): Path<UserAt>,
    fields: Fields,
) -> Result<Response, Problem> {
    let name: UserName = at.user.parse()?;
    let mut grants = Grants { server: role_of(&fields.get("server"))?, ..Grants::none() };
    for (bot, role) in fields.under("bot") {
        if let Some(role) = role_of(&role)? {
            grants.bots.insert(bot.parse()?, role);
        }
    }
    let done = acting(&app, &on_server.caller).set_grants(&name, grants).await;
    after(&app, &on_server.caller, &name, done.map(drop)).await
}

fn role_of(word: &str) -> Result<Option<Role>, Error> {
    if word.is_empty() { Ok(None) } else { word.parse().map(Some) }
}

async fn after(app: &AppState, caller: &Caller, name: &UserName, done: Result<(), Error>) -> Result<Response, Problem> {
    match done {
        Ok(()) => Ok(Redirect::to(&flash::with(&format!("/users/{name}"), "saved")).into_response()),
        Err(error @ Error::LastAdmin(_)) => {
            shown(app, caller, frame("User", caller, None), name, Some(sentence(&error))).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /users/{user}/act`: lets in or keeps out, ends sessions, or makes a new one-time link.
pub(crate) async fn act(
    State(app): State<AppState>,
    on_server: OnServer<AsAdmin>,
    Path(at): Path<UserAt>,
    fields: Fields,
) -> Result<Response, Problem> {
    let caller = &on_server.caller;
    let name: UserName = at.user.parse()?;
    let identities = acting(&app, caller);
    let done = match fields.get("act").as_str() {
        "disable" => identities.disable(&name).await.map(drop),
        "enable" => identities.enable(&name).await.map(drop),
        "sign-out" => identities.end_all_sessions(&name).await,
        "link" => {
            let user = identities.user(&name).await?;
            let secret = identities.invite(&name, user.grants).await?;
            return Ok(link_page(&app, caller, &name, secret.expose(), false));
        }
        _ => return Err(Problem::invalid("the form says nothing that can be done; load the page again")),
    };
    after(&app, caller, &name, done).await
}
