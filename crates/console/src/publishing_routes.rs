//! The addresses of the pages about training, publishing and what runs.

use axum::Router;
use axum::routing::{get, post};
use greenroom_web::AppState;

use crate::{
    chat, evaluation, inbox, inbox_conversation, inbox_settling, publishing, publishing_guide, training, training_progress,
    versions, versions_back,
};

/// The pages from training on.
pub(crate) fn publishing_pages() -> Router<AppState> {
    Router::new()
        .route("/docs/publishing", get(publishing_guide::page))
        .route("/bots/{bot}/draft/chat", post(chat::say))
        .route("/bots/{bot}/live/chat", post(chat::say))
        .route("/bots/{bot}/draft/chat/test", post(chat::keep_as_test))
        .route("/bots/{bot}/draft/training", get(training::page).post(training::start))
        .route("/bots/{bot}/draft/jobs/{job}/events", get(training_progress::events))
        .route("/bots/{bot}/draft/jobs/{job}/cancel", post(training_progress::cancel))
        .route("/bots/{bot}/draft/evaluation", get(evaluation::page).post(evaluation::start))
        .route("/bots/{bot}/draft/evaluation/{job}/{plot}", get(evaluation::plot))
        .route("/bots/{bot}/draft/publish", get(publishing::page).post(publishing::publish))
        .route("/bots/{bot}/draft/publish/tests", post(publishing::run_tests))
        .route("/bots/{bot}/versions", get(versions::list))
        .route("/bots/{bot}/versions/compare", get(versions::compare))
        .route("/bots/{bot}/versions/{number}", get(versions::version))
        .route(
            "/bots/{bot}/versions/{number}/rollback",
            get(versions_back::rollback_page).post(versions_back::roll_back),
        )
        .route("/bots/{bot}/versions/{number}/restore", get(versions_back::restore_page).post(versions_back::restore))
        .route("/bots/{bot}/inbox", get(inbox::page))
        .route("/bots/{bot}/inbox/example", post(inbox_settling::add_example))
        .route("/bots/{bot}/inbox/dismiss", post(inbox_settling::dismiss))
        .route("/bots/{bot}/inbox/conversation", get(inbox_conversation::page))
        .route("/bots/{bot}/inbox/conversation/erase", post(inbox_conversation::erase))
}
