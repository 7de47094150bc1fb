//! What the HTTP surfaces of Greenroom share.
//!
//! API, console and channels are routers over one [`App`]. What must hold for
//! each of them stands here, once: who calls ([`Caller`], [`OnBot`]), what an
//! error looks like ([`Problem`]), which requests are forged, repeated, too
//! large, too many or too slow ([`protect`]), and how the progress of a job is
//! told ([`job_events`]).
//!
//! A surface is a function that returns a `Router<AppState>`. Its handlers take
//! extractors of this crate, and so cannot forget to ask who calls:
//!
//! ```
//! use axum::{Router, routing::get};
//! use greenroom_web::{AppState, AsViewer, OnBot, Problem};
//!
//! async fn name_of(bot: OnBot<AsViewer>) -> Result<String, Problem> {
//!     Ok(bot.bot.id().to_string())
//! }
//!
//! fn routes() -> Router<AppState> {
//!     Router::new().route("/bots/{bot}/name", get(name_of))
//! }
//! # let _ = routes();
//! ```

mod access;
mod app;
mod authentication;
mod events;
mod extract;
mod form_token;
mod headers;
mod idempotency;
mod limits;
mod observations;
mod problem;
mod protect;
mod sweeping;
mod warm_up;

pub use access::{AsAdmin, AsEditor, AsPublisher, AsViewer, OnBot, OnServer, RequiredRole};
pub use app::{App, AppState, WebSettings};
pub use authentication::{Caller, FormToken, Via, session_cookie, session_cookie_of_nobody, session_secret};
pub use events::job_events;
pub use extract::{Json, Path, Query};
pub use idempotency::{IDEMPOTENCY_KEY, ToldOnce};
pub use limits::{RateLimit, client_address};
pub use observations::{BotObservations, Observations};
pub use problem::Problem;
pub use protect::{Surfaces, protect};
pub use sweeping::{Swept, sweep};
pub use warm_up::warm_up;
