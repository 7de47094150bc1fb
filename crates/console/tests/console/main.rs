//! The console over HTTP, without a socket: each page renders, each act does what it
//! says, nothing that people typed comes out as markup.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod authoring;
mod desk;
mod hostile;
mod pages;
