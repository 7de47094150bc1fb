//! rustdoc without a warning: no broken link, no bare address.

use crate::counts::Counts;
use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

pub(super) fn run(workspace: &Workspace, _counts: &mut Counts) -> Result<String, Failure> {
    let mut command = workspace.cargo(&["doc", "--workspace", "--all-features", "--no-deps"]);
    process::run(command.env("RUSTDOCFLAGS", "-D warnings"))?;
    Ok(String::new())
}
