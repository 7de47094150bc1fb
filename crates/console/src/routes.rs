//! Which address is which page.

use axum::Router;
use axum::middleware;
use axum::routing::{get, post};
use greenroom_web::AppState;

use crate::problem_page::show_problems;
use crate::{assets, bots, overview, sign_in};

/// The pages, with problems shown as pages too.
pub fn routes() -> Router<AppState> {
    Router::new().merge(entrance()).merge(overview_pages()).layer(middleware::from_fn(show_problems))
}

fn entrance() -> Router<AppState> {
    Router::new()
        .route("/", get(bots::bots))
        .route("/bots/new", get(bots::new_bot_page).post(bots::create_bot))
        .route("/sign-in", get(sign_in::sign_in_page).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/invitation/{secret}", get(sign_in::invitation_page).post(sign_in::accept_invitation))
        .route("/assets/{version}/{*name}", get(assets::asset))
}

fn overview_pages() -> Router<AppState> {
    Router::new().route("/bots/{bot}", get(overview::to_draft)).route("/bots/{bot}/{place}", get(overview::overview))
}
