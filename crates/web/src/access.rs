//! What a caller must be allowed, said in the signature of a handler.

use std::collections::HashMap;
use std::marker::PhantomData;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use greenroom_identity::Role;
use greenroom_lifecycle::Bot;
use greenroom_model::BotId;

use crate::problem::unknown_bot;
use crate::{AppState, Caller, Problem};

/// The role that a handler demands.
pub trait RequiredRole: Send + Sync + 'static {
    /// The least role that will do.
    const ROLE: Role;
}

macro_rules! required_roles {
    ($($(#[$documentation:meta])* $name:ident = $role:ident;)*) => {$(
        $(#[$documentation])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name;

        impl RequiredRole for $name {
            const ROLE: Role = Role::$role;
        }
    )*};
}

required_roles! {
    /// May look.
    AsViewer = Viewer;
    /// May change the draft.
    AsEditor = Editor;
    /// May change what customers meet.
    AsPublisher = Publisher;
    /// May say who may what.
    AsAdmin = Admin;
}

/// The bot that the path parameter `bot` names, for callers who have the role on it.
///
/// Refuses with 401 where nobody is signed in, with 404 where the caller has no
/// role on the bot or there is none (the two cannot be told apart), and with 403
/// where the role is too low.
#[derive(Debug)]
pub struct OnBot<R> {
    /// The bot. What is done with it is done in the caller's name.
    pub bot: Bot,
    /// Who calls.
    pub caller: Caller,
    role: PhantomData<R>,
}

impl<R: RequiredRole> FromRequestParts<AppState> for OnBot<R> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let Ok(Path(parameters)) = Path::<HashMap<String, String>>::from_request_parts(parts, state).await else {
            return Err(unknown_bot());
        };
        let id: BotId = match parameters.get("bot").map(|text| text.parse()) {
            Some(Ok(id)) => id,
            Some(Err(_)) | None => return Err(unknown_bot()),
        };
        let role = caller.role_on(&id).ok_or_else(unknown_bot)?;
        let bot = state.lifecycle().clone().acting_as(caller.user().as_str()).bot(&id).await?;
        if role < R::ROLE {
            return Err(too_low(role, R::ROLE));
        }
        Ok(Self { bot, caller, role: PhantomData })
    }
}

/// The server as a whole, for callers who have the role on it.
#[derive(Debug)]
pub struct OnServer<R> {
    /// Who calls.
    pub caller: Caller,
    role: PhantomData<R>,
}

impl<R: RequiredRole> FromRequestParts<AppState> for OnServer<R> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        match caller.server_role() {
            Some(role) if role >= R::ROLE => Ok(Self { caller, role: PhantomData }),
            Some(role) => Err(too_low(role, R::ROLE)),
            None => Err(Problem::forbidden(format!("this takes the role `{}` on the whole server", R::ROLE))),
        }
    }
}

fn too_low(role: Role, required: Role) -> Problem {
    Problem::forbidden(format!("this takes the role `{required}`; yours is `{role}`, an administrator can change it"))
}
