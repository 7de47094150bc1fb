//! The routes of all channels.

use axum::Router;
use greenroom_web::AppState;

use crate::{rest, web_chat, webhook};

/// The routes of all channels. They are for everybody: no session and no token of
/// a user opens or closes any of them.
pub fn routes() -> Router<AppState> {
    web_chat::routes().merge(rest::routes()).merge(webhook::routes())
}
