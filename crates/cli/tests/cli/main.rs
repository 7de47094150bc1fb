//! Runs the real binary on small bots in temporary folders: every verb, every exit
//! code, every JSON document, and what happens on bad input.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its world has failed")]

mod audit;
mod authors;
mod bad_input;
mod conversations;
mod demo;
mod desk;
mod import_export;
mod lifecycle;
mod parts;
mod pull_push;
mod readme_tour;
mod replaying;
mod serving;
mod testing_guide;
mod training;
