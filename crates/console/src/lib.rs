//! The pages in which authors work on a Greenroom bot.
//!
//! [`routes`] is a router over [`greenroom_web::AppState`]; the server puts it behind
//! the layers of [`greenroom_web::protect`]. Pages are askama templates, their scripts
//! and styles are in the binary; every form works without script.
//!
//! ```
//! use axum::Router;
//! use greenroom_web::AppState;
//!
//! let pages: Router<AppState> = greenroom_console::routes();
//! # let _ = pages;
//! ```

mod assets;
mod bots;
mod edit;
mod examples;
mod fields;
mod flash;
mod flow_edits;
mod flow_list;
mod flow_page;
mod form;
mod frame;
mod intents;
mod node_form;
mod overview;
mod page;
mod problem_page;
mod routes;
mod sign_in;
mod usages;
mod viewed;

pub use routes::routes;
