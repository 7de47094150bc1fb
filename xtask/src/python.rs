//! Environments of Python with pinned packages, in the build folder.

use std::path::{Path, PathBuf};

use crate::debian::{self, Tool};
use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

/// What every environment needs of the machine.
const NEEDED: Tool = Tool {
    program: "python3",
    proof: &["-c", "import venv, ensurepip"],
    needed_for: "an environment of Python",
    package: "python3-venv",
};

/// An environment in a folder, with the packages of a file of pins; its Python. `needed` is what they need to be
/// installed.
pub(crate) fn environment(
    workspace: &Workspace,
    folder: &Path,
    pinned: &Path,
    needed: &[Tool],
) -> Result<PathBuf, Failure> {
    let (python, mark) = (folder.join("bin/python"), folder.join("requirements.txt"));
    if is_installed(pinned, &mark) {
        return Ok(python);
    }
    debian::install_missing(workspace, &[NEEDED])?;
    debian::install_missing(workspace, needed)?;
    // What an interrupted installation left is of no use to this one.
    _ = std::fs::remove_dir_all(folder);
    process::run(workspace.command("python3").args(["-m", "venv"]).arg(folder))?;
    let mut pip = workspace.command(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]).arg(pinned);
    process::run(&mut pip)?;
    mark_installed(pinned, &mark)?;
    Ok(python)
}

/// Whether what is installed is of these very pins.
pub(crate) fn is_installed(pinned: &Path, mark: &Path) -> bool {
    matches!((std::fs::read(pinned), std::fs::read(mark)), (Ok(pinned), Ok(mark)) if pinned == mark)
}

/// Keeps the pins beside what was installed of them.
pub(crate) fn mark_installed(pinned: &Path, mark: &Path) -> Result<(), Failure> {
    std::fs::copy(pinned, mark)
        .map(drop)
        .map_err(|error| Failure::new(format!("cannot copy `{}`: {error}", pinned.display())))
}
