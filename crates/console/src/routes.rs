//! Which address is which page.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{get, post};
use greenroom_web::AppState;

use crate::problem_page::show_problems;
use crate::publishing_routes::publishing_pages;
use crate::{
    assets, bots, entities, examples, flow_edits, flow_list, flow_page, intents, overview, settings, sign_in,
    test_pages, transfer, translations, variables,
};

/// The pages, with problems shown as pages too.
pub fn routes() -> Router<AppState> {
    Router::new()
        .merge(entrance())
        .merge(overview_pages())
        .merge(intent_pages())
        .merge(flow_pages())
        .merge(entity_pages())
        .merge(text_pages())
        .merge(transfer_pages())
        .merge(variable_pages())
        .merge(conversation_tests())
        .merge(publishing_pages())
        .layer(middleware::from_fn(show_problems))
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

fn entity_pages() -> Router<AppState> {
    Router::new()
        .route("/bots/{bot}/{place}/entities", get(entities::list))
        .route("/bots/{bot}/draft/entities", get(entities::list).post(entities::create))
        .route("/bots/{bot}/{place}/entities/{entity}", get(entities::page))
        .route("/bots/{bot}/draft/entities/{entity}", get(entities::page).post(entities::change))
        .route("/bots/{bot}/draft/entities/{entity}/delete", post(entities::delete))
}

fn text_pages() -> Router<AppState> {
    Router::new()
        .route("/bots/{bot}/{place}/translations", get(translations::list))
        .route("/bots/{bot}/{place}/translations/{flow}", get(translations::page))
        .route("/bots/{bot}/draft/translations/{flow}", get(translations::page).post(translations::change))
        .route("/bots/{bot}/{place}/settings", get(settings::page))
        .route("/bots/{bot}/draft/settings", get(settings::page).post(settings::change))
        .route("/bots/{bot}/draft/settings/runtime", post(settings::change_runtime))
        .route("/bots/{bot}/draft/settings/training", post(settings::change_training))
}

fn transfer_pages() -> Router<AppState> {
    Router::new()
        .route("/bots/{bot}/draft/transfer", get(transfer::page))
        .route("/bots/{bot}/{place}/archive.zip", get(transfer::download))
        .route(
            "/bots/{bot}/draft/archive",
            post(transfer::upload).layer(DefaultBodyLimit::max(transfer::MAX_ARCHIVE_BYTES)),
        )
}

fn variable_pages() -> Router<AppState> {
    Router::new()
        .route("/bots/{bot}/{place}/variables", get(variables::list))
        .route("/bots/{bot}/draft/variables", get(variables::list).post(variables::create))
        .route("/bots/{bot}/{place}/variables/{kind}/{id}", get(variables::page))
        .route("/bots/{bot}/draft/variables/{kind}/{id}", get(variables::page).post(variables::change))
        .route("/bots/{bot}/draft/variables/{kind}/{id}/delete", post(variables::delete))
}

fn conversation_tests() -> Router<AppState> {
    Router::new()
        .route("/bots/{bot}/{place}/tests", get(test_pages::list))
        .route("/bots/{bot}/draft/tests", get(test_pages::list).post(test_pages::create))
        .route("/bots/{bot}/draft/tests/run", post(test_pages::run))
        .route("/bots/{bot}/{place}/tests/{test}", get(test_pages::page))
        .route("/bots/{bot}/draft/tests/{test}", get(test_pages::page).post(test_pages::change))
        .route("/bots/{bot}/draft/tests/{test}/delete", post(test_pages::delete))
}
