//! What a publish, a rollback, a training, a job leave behind when they are cut off: by
//! `kill -9`, by a store that fails or panics at any of their calls, by 63 others who
//! publish at once, by bytes that rot. The promises hold after each.
//!
//! `cargo xtask soak publish-kills` kills 10,000 times, `publish-contention` has 64
//! publishers for 200 rounds, `rot` flips 1,000 bits; `failpoints` is no longer than here.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "a test")]

mod cases;
mod chance;
mod child;
mod contention;
mod failing;
mod failpoints;
mod kills;
#[path = "../random_acts/promises.rs"]
mod live_promises;
mod promises;
mod rot;
mod scenes;
mod shop;
