//! Which address is which page.

use axum::Router;
use axum::middleware;
use axum::routing::{get, post};
use greenroom_web::AppState;

use crate::problem_page::show_problems;
use crate::{assets, bots, examples, flow_edits, flow_list, flow_page, intents, overview, sign_in};

/// The pages, with problems shown as pages too.
pub fn routes() -> Router<AppState> {
    Router::new().merge(entrance()).merge(overview_pages())
        .merge(intent_pages())
        .merge(flow_pages()).layer(middleware::from_fn(show_problems))
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

fn intent_pages() -> Router<AppState> {
    Router::new()
        .route("/bots/{bot}/{place}/intents", get(intents::list))
        .route("/bots/{bot}/draft/intents", get(intents::list).post(intents::create))
        .route("/bots/{bot}/{place}/intents/{intent}", get(intents::page))
        .route("/bots/{bot}/draft/intents/{intent}", get(intents::page).post(intents::change))
        .route("/bots/{bot}/draft/intents/{intent}/delete", post(intents::delete))
        .route("/bots/{bot}/draft/intents/{intent}/examples", post(examples::add))
        .route("/bots/{bot}/draft/intents/{intent}/examples/change", post(examples::change))
}

fn flow_pages() -> Router<AppState> {
    Router::new()
        .route("/bots/{bot}/{place}/flows", get(flow_list::list))
        .route("/bots/{bot}/draft/flows", get(flow_list::list).post(flow_list::create))
        .route("/bots/{bot}/{place}/flows/{flow}", get(flow_page::page))
        .route("/bots/{bot}/draft/flows/{flow}", get(flow_page::page).post(flow_edits::change_head))
        .route("/bots/{bot}/draft/flows/{flow}/delete", post(flow_edits::delete))
        .route("/bots/{bot}/draft/flows/{flow}/nodes", post(flow_edits::add_node))
        .route("/bots/{bot}/draft/flows/{flow}/nodes/{node}", post(flow_edits::change_node))
        .route("/bots/{bot}/draft/flows/{flow}/nodes/{node}/delete", post(flow_edits::delete_node))
        .route("/bots/{bot}/draft/flows/{flow}/nodes/{node}/start", post(flow_edits::start_at))
}
