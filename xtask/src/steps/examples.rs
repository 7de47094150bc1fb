//! Every program in `examples/` runs to its end.

use crate::counts::Counts;
use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

pub(super) fn run(workspace: &Workspace, _counts: &mut Counts) -> Result<String, Failure> {
    let names = workspace.rust_files("examples")?;
    // The flags of the tests' step, so that what it built is used again.
    process::run(&mut workspace.cargo(&["build", "--workspace", "--all-features", "--examples"]))?;
    for name in &names {
        process::run(&mut workspace.command(workspace.target.join("debug/examples").join(name)))?;
    }
    Ok(format!("{} ran", names.len()))
}
