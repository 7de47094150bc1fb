//! No warning from the compiler or from clippy.

use crate::counts::Counts;
use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

pub(super) fn run(workspace: &Workspace, _counts: &mut Counts) -> Result<String, Failure> {
    process::run(&mut workspace.cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--all-features",
        "--",
        "-D",
        "warnings",
    ]))?;
    Ok(String::new())
}
