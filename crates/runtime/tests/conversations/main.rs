//! What a runtime promises about messages and effects, tried with crashes,
//! repetitions, and handlers that misbehave.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod crashes;
mod desk;
mod effects;
mod order;
mod persons;
mod recorded_calls;
mod repetitions;
mod requests;
mod unasked;
