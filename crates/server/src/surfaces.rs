//! Which surfaces a server has.

use axum::Router;
use greenroom_web::{AppState, Surfaces, protect};

use crate::health::{self, Health};

/// API, console, channels and the operator's own routes, as one service.
pub(crate) fn assemble(app: AppState, health: Health) -> Router {
    let surfaces = Surfaces {
        of_users: greenroom_api::routes().merge(greenroom_console::routes()).merge(health::metrics_route(&health)),
        of_everybody: greenroom_channels::routes(),
    };
    // What asks whether the server lives is not counted, limited or timed out.
    greenroom_console::with_problem_pages(protect(surfaces, app.clone())).merge(health::probes(app, health))
}
