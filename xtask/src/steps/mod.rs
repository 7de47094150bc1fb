//! The steps of `cargo xtask test`. A step that cannot run fails; none is left out in silence.

mod alone;
mod clippy;
mod dependencies;
mod documentation;
mod formatting;
mod short_fuzz;
mod tests;
mod tools;

use std::time::Instant;

use crate::counts::Counts;
use crate::failure::Failure;
use crate::report::{self, StepResult};
use crate::workspace::Workspace;

/// Something that must hold before a change goes in.
pub(crate) struct Step {
    /// What one types.
    pub(crate) name: &'static str,
    /// One line for the help.
    pub(crate) what: &'static str,
    /// Does it; a note for the table, or why it failed.
    run: fn(&Workspace, &mut Counts) -> Result<String, Failure>,
}

/// All steps, in the order they run: quick ones first.
pub(crate) const STEPS: &[Step] = &[
    Step { name: "tools", what: "what the other steps need is there, or is installed", run: tools::run },
    Step { name: "formatting", what: "rustfmt has nothing to change", run: formatting::run },
    Step { name: "dependencies", what: "deny.toml: licences, bans, sources", run: dependencies::run },
    Step { name: "clippy", what: "no warning in any target, all features", run: clippy::run },
    Step { name: "tests", what: "unit and integration tests, all features", run: tests::run },
    Step { name: "doctests", what: "the examples in the documentation", run: tests::run_doctests },
    Step { name: "api", what: "the API keeps to its document, on calls that are made up", run: crate::api::run },
    Step {
        name: "front-end",
        what: "a chat made for Rasa talks to live, as it is published",
        run: crate::front_end::run,
    },
    Step { name: "browser", what: "the console and the widget in a real Chromium", run: crate::browser::run },
    Step { name: "alone", what: "crates build without what they promise not to need", run: alone::run },
    Step { name: "documentation", what: "rustdoc without a warning", run: documentation::run },
    Step { name: "fuzz", what: "a short run of every fuzz target", run: short_fuzz::run },
];

/// Runs all steps, or those named, to the last; fails when one of them did.
pub(crate) fn run(workspace: &Workspace, names: &[&str]) -> Result<(), Failure> {
    if let Some(unknown) = names.iter().find(|name| STEPS.iter().all(|step| step.name != **name)) {
        return Err(Failure::usage(format!("there is no step `{unknown}`")));
    }
    let mut counts = Counts::default();
    let mut results = Vec::new();
    for step in STEPS.iter().filter(|step| names.is_empty() || names.contains(&step.name)) {
        eprintln!("\n== {}: {}", step.name, step.what);
        let start = Instant::now();
        let outcome = (step.run)(workspace, &mut counts);
        if let Err(failure) = &outcome {
            eprintln!("== {} FAILED: {}", step.name, failure.message());
        }
        results.push(StepResult { name: step.name, took: start.elapsed(), outcome });
    }
    report::print(&results, &counts);
    let failed: Vec<&str> = results.iter().filter(|result| result.outcome.is_err()).map(|result| result.name).collect();
    if failed.is_empty() { Ok(()) } else { Err(Failure::new(format!("failed: {}", failed.join(", ")))) }
}
