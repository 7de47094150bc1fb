//! The publishing half of the console, from training to what people said, by requests as browsers send them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod access;
mod bot_tests;
mod desk;
mod hotfix;
mod out_of_scope;
mod publish;
mod said;
