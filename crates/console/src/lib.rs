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

mod account;
mod assets;
mod audit_log;
mod bots;
mod chat;
mod chat_trace;
mod edit;
mod entities;
mod environments;
mod environments_channel;
mod environments_channel_form;
mod evaluation;
mod evaluation_form;
mod evaluation_shown;
mod evaluation_thresholds;
mod examples;
mod fields;
mod flash;
mod flow_drawing;
mod flow_edits;
mod flow_list;
mod flow_page;
mod form;
mod frame;
mod health;
mod inbox;
mod inbox_conversation;
mod inbox_settling;
mod intents;
mod node_form;
mod overview;
mod page;
mod problem_page;
mod publishing;
mod publishing_diff;
mod publishing_groups;
mod publishing_guide;
mod publishing_hotfix;
mod publishing_merge;
mod publishing_moved;
mod publishing_routes;
mod publishing_words;
mod routes;
mod sent_form;
mod settings;
mod sign_in;
mod test_coverage;
mod test_form;
mod test_pages;
mod test_runs;
mod training;
mod training_progress;
mod transfer;
mod translations;
mod usages;
mod users;
mod variables;
mod versions;
mod versions_back;
mod viewed;

pub use problem_page::with_problem_pages;
pub use routes::routes;
