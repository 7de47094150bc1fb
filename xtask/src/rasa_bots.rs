//! Conversations with Rasa's two demo bots: installs `rasa-sdk`, which serves the actions, and runs the test that holds
//! them on the bots of a folder.

use std::path::Path;

use crate::counts::Counts;
use crate::failure::Failure;
use crate::process;
use crate::python;
use crate::workspace::Workspace;

/// What `rasa-sdk` is pinned to.
const PINNED: &str = "crates/cli/tests/rasa_bots/actions/requirements.txt";
/// What tells the test of the folder and of the Python with `rasa-sdk`.
const BOTS: &str = "GREENROOM_SOAK_BOTS";
const PYTHON: &str = "GREENROOM_SOAK_PYTHON";

/// Holds the conversations with the bots of a folder; what they came to.
pub(crate) fn run(workspace: &Workspace, bots: &Path) -> Result<String, Failure> {
    let python =
        python::environment(workspace, &workspace.tools().join("rasa-sdk"), &workspace.root.join(PINNED), &[])?;
    // Not optimised: they take seconds, and what the ordinary tests are built of is there.
    let test = ["test", "--package", "greenroom-cli", "--test", "rasa_bots", "--color=never", "--", "--nocapture"];
    let mut counts = Counts::default();
    process::read_lines(workspace.cargo(&test).env(BOTS, bots).env(PYTHON, python), |line| {
        println!("{line}");
        counts.read_libtest_line(line);
    })?;
    match counts.total().passed {
        0 => Err(Failure::new("no test was run")),
        passed => Ok(format!("{passed} tests")),
    }
}
