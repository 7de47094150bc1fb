//! Programs that the machine lacks: on a Debian, as root, they are installed.

use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

/// A program that something needs.
pub(crate) struct Tool {
    pub(crate) program: &'static str,
    /// Arguments with which it succeeds where it works.
    pub(crate) proof: &'static [&'static str],
    pub(crate) needed_for: &'static str,
    /// Debian's package.
    pub(crate) package: &'static str,
}

/// Installs packages where apt-get is. A failure is told but not returned: it shows as what is still missing.
pub(crate) fn install(workspace: &Workspace, packages: &[&str]) {
    if !process::is_there("apt-get", &["--version"]) {
        return;
    }
    for arguments in [&["update"], &[&["install", "-y", "--no-install-recommends"], packages].concat()[..]] {
        let mut command = workspace.command("apt-get");
        if let Err(failure) = process::run(command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive")) {
            eprintln!("{}", failure.message());
        }
    }
}

/// Installs what is missing of `tools`; which packages these were, or what is still missing.
pub(crate) fn install_missing(workspace: &Workspace, tools: &[Tool]) -> Result<Vec<&'static str>, Failure> {
    let missing = |tool: &&Tool| !process::is_there(tool.program, tool.proof);
    let to_install: Vec<&Tool> = tools.iter().filter(missing).collect();
    if to_install.is_empty() {
        return Ok(Vec::new());
    }
    let packages: Vec<&str> = to_install.iter().map(|tool| tool.package).collect();
    install(workspace, &packages);
    let still_missing: Vec<String> = to_install
        .into_iter()
        .filter(missing)
        .map(|tool| format!("`{}` (for {}; package {})", tool.program, tool.needed_for, tool.package))
        .collect();
    if still_missing.is_empty() {
        Ok(packages)
    } else {
        Err(Failure::new(format!("install {}", still_missing.join(", "))))
    }
}
