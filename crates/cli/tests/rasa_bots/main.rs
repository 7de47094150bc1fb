//! Bots of Rasa's, imported, trained and live, with their actions served: scripted conversations, and the tests that
//! a bot brings along.
//!
//! `cargo xtask soak rasa-bots --bots FOLDER` holds twenty conversations with each of Rasa's two demo bots, whose
//! projects are `FOLDER/rasa-helpdesk` and `FOLDER/rasa-financial`; a real `rasa-sdk` serves the actions of `actions/`.
//! The ordinary run has neither bots nor Python: there it is a small bot of our own, whose actions a thread serves.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot set up its world has failed")]

mod customer;
mod domain;
mod host;
mod script;
mod served;
mod stand;

use std::path::{Path, PathBuf};

use domain::Domain;
use host::Hosted;
use script::Script;
use served::ActionServer;

/// What tells where Rasa's demo bots are, and the Python that has `rasa-sdk`.
const BOTS: &str = "GREENROOM_SOAK_BOTS";
const PYTHON: &str = "GREENROOM_SOAK_PYTHON";

/// How many conversations are scripted for each of Rasa's demo bots.
const SCRIPTS: usize = 20;

/// A demo bot of Rasa's: its folder, its scripts, and the module of its actions.
const DEMO_BOTS: [(&str, &str, &str); 2] =
    [("rasa-helpdesk", "helpdesk", "helpdesk"), ("rasa-financial", "financial", "bank")];

/// A file or folder that stands beside the tests.
fn beside(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rasa_bots").join(name)
}

/// Holds all scripted conversations with a bot, plays the tests that it brings along, and prints what
/// came of it; what is not as scripted.
async fn converse(project: &Path, folder: &str, actions: &str) -> Vec<String> {
    let scripts = &Script::for_project(folder, project);
    let hosted = Hosted::with(project, scripts, actions).await;
    let name = project.file_name().unwrap_or_default().to_string_lossy();
    println!("{name}: {}", hosted.own_tests().await);
    let (mut mismatches, mut passed) = (Vec::new(), [0, 0]);
    let ways = [("in the tests' player", hosted.play(scripts).await), ("with live", hosted.talk(scripts).await)];
    for ((way, found), passed) in ways.into_iter().zip(&mut passed) {
        *passed = found.values().filter(|found| found.is_empty()).count();
        for (script, found) in found {
            mismatches.extend(found.into_iter().map(|mismatch| format!("{name}, {script}, {way}, {mismatch}")));
        }
    }
    let (all, [in_player, with_live]) = (scripts.len(), passed);
    println!("{name}: of {all} scripted conversations {in_player} pass in the tests' player, {with_live} with live");
    mismatches
}

#[test]
fn every_script_says_what_the_bot_should_reply() {
    for (_, folder, _) in DEMO_BOTS {
        let scripts = Script::all(folder);
        assert_eq!(scripts.len(), SCRIPTS, "in `{folder}`");
        for Script { id, test } in scripts {
            let said =
                test.turns.iter().all(|turn| turn.expect.replies.as_ref().is_some_and(|replies| !replies.is_empty()));
            assert!(said && test.turns.len() > 1, "`{folder}/{id}` leaves a turn open");
        }
    }
}

#[tokio::test]
async fn all_scripted_conversations_go_as_scripted() {
    let mut mismatches = Vec::new();
    match std::env::var_os(BOTS) {
        Some(folder) => {
            let python =
                std::env::var_os(PYTHON).unwrap_or_else(|| panic!("`cargo xtask soak rasa-bots` sets {PYTHON}"));
            for (project, scripts, module) in DEMO_BOTS {
                let server = ActionServer::start(Path::new(&python), module);
                let project = Path::new(&folder).join(project);
                let declared = Domain::of(&project).actions;
                let missing: Vec<&String> = declared.iter().filter(|action| !server.has(action)).collect();
                assert!(missing.is_empty(), "`{module}` lacks {missing:?}");
                mismatches.extend(converse(&project, scripts, &server.address).await);
            }
        }
        None => mismatches = converse(&beside("stand"), "stand", &stand::actions()).await,
    }
    assert!(mismatches.is_empty(), "\n{}", mismatches.join("\n"));
}

#[tokio::test]
async fn tests_that_a_bot_brings_along_are_counted() {
    let hosted = Hosted::with(&beside("stand"), &[], &stand::actions()).await;
    let counted = "3 stories in `tests/`, 3 become tests, 2 of these to their end; 3 pass with the actions answered by the \
                   tests, 2 with the actions served";
    assert_eq!(hosted.own_tests().await.to_string(), counted);
}

#[tokio::test]
async fn what_goes_otherwise_is_told_whoever_plays() {
    let mut scripts = Script::for_project("stand", &beside("stand"));
    let wrong = stand::spoil(&mut scripts);
    let hosted = Hosted::with(&beside("stand"), &scripts, &stand::actions()).await;
    let (played, talked) = (hosted.play(&scripts).await, hosted.talk(&scripts).await);
    for (id, turn, what) in wrong {
        let told = format!("turn {turn}, {what}:");
        let is_told = |mismatches: &[String]| matches!(mismatches, [only] if only.starts_with(&told));
        assert!(is_told(&played[&id]) && is_told(&talked[&id]), "{id}: {told} {:?} {:?}", played[&id], talked[&id]);
    }
}
