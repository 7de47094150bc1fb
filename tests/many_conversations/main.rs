//! Many conversations at once on SQLite: every message sent twice and in any
//! order, processes killed in between; and how many turns a second that makes.
//!
//! `cargo xtask soak many-conversations` keeps 10,000 open and kills 20 times;
//! `cargo xtask soak turns-a-second` prints turns a second and how long they took.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "a test")]

#[path = "../crashes/chance.rs"]
mod chance;
mod child;
mod desk;
mod kills;
mod speed;
