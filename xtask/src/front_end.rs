//! A chat that was made for Rasa, as it is published, against a REST channel of live.

use std::path::PathBuf;

use crate::counts::Counts;
use crate::failure::Failure;
use crate::process;
use crate::service::Service;
use crate::workspace::Workspace;

/// What drives the chat, and which version of it.
const FILES: &[&str] = &["package.json", "package-lock.json", "run.mjs"];

/// Runs it; without Node.js the step fails.
pub(crate) fn run(workspace: &Workspace, _counts: &mut Counts) -> Result<String, Failure> {
    let folder = install(workspace)?;
    let service = Service::start(workspace, "front-end")?;
    let mut node = workspace.command("node");
    let told = process::read(node.arg("run.mjs").arg(service.rest_channel()).current_dir(&folder))?;
    println!("{}", told.trim_end());
    Ok(String::new())
}

/// The chat in the build folder: nothing of it is committed.
fn install(workspace: &Workspace) -> Result<PathBuf, Failure> {
    if !process::is_there("npm", &["--version"]) {
        return Err(Failure::new("install Node.js with npm (Debian: packages `nodejs` and `npm`)"));
    }
    let source = workspace.root.join("crates/channels/tests/rasa_front_end");
    let folder = workspace.tools().join("rasa_front_end");
    std::fs::create_dir_all(&folder).map_err(|error| Failure::new(error.to_string()))?;
    for name in FILES {
        std::fs::copy(source.join(name), folder.join(name))
            .map_err(|error| Failure::new(format!("cannot copy {name}: {error}")))?;
    }
    let mut npm = workspace.command("npm");
    process::run(npm.args(["ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&folder))?;
    Ok(folder)
}
