//! The addresses of the pages about training, publishing and what runs.

use axum::Router;
use axum::routing::{get, post};
use greenroom_web::AppState;

use crate::{
    account, audit_log, chat, environments, environments_channel, evaluation, flow_drawing, health, inbox,
    inbox_conversation, inbox_settling, publishing, publishing_guide, publishing_hotfix, publishing_merge, training,
    training_progress, users, versions, versions_back,
};

/// The pages from training on.
pub(crate) fn publishing_pages() -> Router<AppState> {
    lifecycle_pages().merge(environment_pages()).merge(people_pages())
}

fn environment_pages() -> Router<AppState> {
    const CHANNEL: &str = "/bots/{bot}/environments/{environment}/channels/{channel}";
    Router::new()
        .route("/bots/{bot}/environments", get(environments::page))
        .route("/bots/{bot}/environments/previews", post(environments::add_preview))
        .route("/bots/{bot}/environments/previews/revoke", post(environments::revoke_preview))
        .route("/bots/{bot}/environments/{environment}/settings", post(environments::set_retention))
        .route("/bots/{bot}/environments/{environment}/channels", post(environments::add_channel))
        .route(CHANNEL, get(environments_channel::page).post(environments_channel::change))
        .route(&format!("{CHANNEL}/secret"), post(environments_channel::renew_secret))
        .route(&format!("{CHANNEL}/remove"), post(environments_channel::remove))
}

fn people_pages() -> Router<AppState> {
    Router::new()
        .route("/account", get(account::page))
        .route("/account/name", post(account::rename))
        .route("/account/password", post(account::change_password))
        .route("/account/tokens", post(account::make_token))
        .route("/account/tokens/revoke", post(account::revoke_token))
        .route("/account/sign-out-everywhere", post(account::end_sessions))
        .route("/users", get(users::list))
        .route("/users/invite", post(users::invite))
        .route("/users/withdraw", post(users::withdraw))
        .route("/users/{user}", get(users::page).post(users::set_roles))
        .route("/users/{user}/act", post(users::act))
        .route("/health", get(health::page))
}

fn lifecycle_pages() -> Router<AppState> {
    Router::new()
        .route("/docs/publishing", get(publishing_guide::page))
        .route("/bots/{bot}/draft/chat", post(chat::say))
        .route("/bots/{bot}/live/chat", post(chat::say))
        .route("/bots/{bot}/draft/chat/test", post(chat::keep_as_test))
        .route("/bots/{bot}/draft/training", get(training::page).post(training::start))
        .route("/bots/{bot}/draft/jobs/{job}/events", get(training_progress::events))
        .route("/bots/{bot}/draft/jobs/{job}/cancel", post(training_progress::cancel))
        .route("/bots/{bot}/draft/evaluation", get(evaluation::page).post(evaluation::start))
        .route("/bots/{bot}/draft/evaluation/{job}/{file}", get(evaluation::file))
        .route("/bots/{bot}/draft/publish", get(publishing::page).post(publishing::publish))
        .route("/bots/{bot}/draft/publish/tests", post(publishing::run_tests))
        .route("/bots/{bot}/draft/publish/effect", post(publishing::measure_effect))
        .route("/bots/{bot}/draft/merge", get(publishing_merge::page).post(publishing_merge::merge))
        .route("/bots/{bot}/live/hotfix", get(publishing_hotfix::page).post(publishing_hotfix::act))
        .route("/bots/{bot}/audit", get(audit_log::page))
        .route("/bots/{bot}/versions", get(versions::list))
        .route("/bots/{bot}/versions/compare", get(versions::compare))
        .route("/bots/{bot}/versions/drawing.svg", get(flow_drawing::picture))
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
        .route("/bots/{bot}/inbox/conversation/test", post(inbox_conversation::keep_as_test))
        .route("/bots/{bot}/inbox/conversation/erase", post(inbox_conversation::erase))
}
