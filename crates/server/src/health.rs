//! What the operator's machines ask: does it live, is it ready, what are its figures.

use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use greenroom_store::Key;
use greenroom_web::{AppState, AsViewer, OnServer, Problem};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// Bounds of the histograms, in seconds.
const SECONDS: &[f64] = &[0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// How a server stands.
#[derive(Clone)]
pub(crate) struct Health {
    ready: Arc<AtomicBool>,
    ending: Arc<AtomicBool>,
    figures: Option<PrometheusHandle>,
}

impl Health {
    /// Begins to count. The figures are those of the process: of several servers in one, all count together.
    pub(crate) fn begin() -> Self {
        static FIGURES: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
        let figures = FIGURES.get_or_init(|| {
            let builder = PrometheusBuilder::new();
            let builder = builder.set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS).ok()?;
            builder.install_recorder().ok()
        });
        Self { ready: Arc::default(), ending: Arc::default(), figures: figures.clone() }
    }

    /// From now on it is ready: what it runs is loaded.
    pub(crate) fn become_ready(&self) {
        self.ready.store(true, Ordering::Relaxed);
    }

    /// From now on it is not ready: load balancers send nothing new.
    pub(crate) fn end(&self) {
        self.ending.store(true, Ordering::Relaxed);
    }

    /// Keeps the figures small; call it now and then.
    pub(crate) fn tidy(&self) {
        if let Some(figures) = &self.figures {
            figures.run_upkeep();
        }
    }
}

/// `/livez` and `/readyz`, for everybody: they tell one word.
pub(crate) fn probes(app: AppState, health: Health) -> Router {
    Router::new().route("/livez", get(|| async { "alive\n" })).route("/readyz", get(ready)).with_state((app, health))
}

async fn ready(State((app, health)): State<(AppState, Health)>) -> (StatusCode, &'static str) {
    if health.ending.load(Ordering::Relaxed) {
        return (StatusCode::SERVICE_UNAVAILABLE, "ending\n");
    }
    if !health.ready.load(Ordering::Relaxed) {
        return (StatusCode::SERVICE_UNAVAILABLE, "loading\n");
    }
    let probe = match Key::new("readyz") {
        Ok(key) => app.store().record(&key).await.is_ok(),
        Err(_) => false,
    };
    if probe { (StatusCode::OK, "ready\n") } else { (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer\n") }
}

/// `/metrics`, in the text form of Prometheus, for users and tokens with a role on the server.
pub(crate) fn metrics_route(health: &Health) -> Router<AppState> {
    let figures = health.figures.clone();
    let tell = move |_: OnServer<AsViewer>, State(app): State<AppState>| {
        let figures = figures.clone();
        async move {
            metrics::gauge!("greenroom_jobs_unfinished").set(app.jobs().unfinished() as f64);
            metrics::gauge!("greenroom_bots_loaded").set(app.runtime().loaded() as f64);
            match figures {
                Some(figures) => {
                    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], figures.render()).into_response())
                }
                None => Err(Problem::not_found("the host of this server keeps its own figures")),
            }
        }
    };
    Router::new().route("/metrics", get(tell))
}
