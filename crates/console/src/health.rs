//! How the server is: what is loaded, how fast it answers, what went wrong.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use greenroom_web::{AppState, AsAdmin, OnServer, Problem};
use jiff::Timestamp;

use crate::frame::{Frame, ago};
use crate::page::Page;

#[derive(Template)]
#[template(path = "health.html")]
struct HealthPage {
    frame: Frame,
    version: &'static str,
    bots: usize,
    loaded: usize,
    jobs: usize,
    places: Vec<Place>,
    live: Vec<(String, String, u64, String)>,
    /// Newest first: when, bot, place, code.
    errors: Vec<(String, String, String, &'static str)>,
}

struct Place {
    bot: String,
    place: String,
    answered: u64,
    not_understood: u64,
    failed: u64,
    p50: String,
    p99: String,
}

/// `GET /health`
pub(crate) async fn page(State(app): State<AppState>, on_server: OnServer<AsAdmin>) -> Result<Response, Problem> {
    let milliseconds = |microseconds: u64| format!("{}.{} ms", microseconds / 1_000, microseconds % 1_000 / 100);
    let places = app.observations().bots().into_iter().map(|seen| Place {
        bot: seen.bot.to_string(),
        place: seen.place,
        answered: seen.answered,
        not_understood: seen.not_understood,
        failed: seen.failed,
        p50: milliseconds(seen.p50_microseconds),
        p99: milliseconds(seen.p99_microseconds),
    });
    let now = Timestamp::now();
    let errors = app.observations().errors().into_iter().rev().map(|error| {
        let when = ago(error.time, now);
        (when, error.bot.to_string(), error.place, error.code)
    });
    let ids = app.lifecycle().bots().await?;
    let mut live = Vec::new();
    for id in &ids {
        for (environment, pointer) in app.lifecycle().bot(id).await?.environments().await? {
            let since = format!("by {}, {}", pointer.by, ago(pointer.time, now));
            live.push((id.to_string(), environment.to_string(), pointer.number, since));
        }
    }
    let page = HealthPage {
        frame: Frame::new("Health", Some(&on_server.caller)).at("/health"),
        version: env!("CARGO_PKG_VERSION"),
        bots: ids.len(),
        loaded: app.runtime().loaded(),
        jobs: app.jobs().unfinished(),
        places: places.collect(),
        live,
        errors: errors.collect(),
    };
    Ok(Page(page).into_response())
}
