//! A server of this checkout with the sample bot live, for steps that call it from outside.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Stdio};

use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

/// The sample bot's id.
const BOT: &str = "bike-rental";

/// A server that runs until it is dropped.
pub(crate) struct Service {
    child: Child,
    /// `http://127.0.0.1:PORT`.
    pub(crate) address: String,
    /// A token that may everything.
    pub(crate) token: String,
    folder: std::path::PathBuf,
    /// Held open: a server whose output nobody takes any more ends.
    _output: Option<BufReader<ChildStdout>>,
}

impl Service {
    /// Builds the command line, makes a store with the sample bot live and a REST channel, and serves it.
    pub(crate) fn start(workspace: &Workspace, name: &str) -> Result<Self, Failure> {
        process::run(&mut workspace.cargo(&["build", "--package", "greenroom-cli"]))?;
        let program = workspace.target.join("debug/greenroom");
        let folder = workspace.target.join("service").join(name);
        // What an earlier run left is of no use to this one.
        _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).map_err(|error| Failure::new(error.to_string()))?;
        let store = folder.join("greenroom.db");
        process::read(&mut greenroom(workspace, &program, &store, &["demo", "--no-server"]))?;
        process::read(&mut greenroom(workspace, &program, &store, &["channels", BOT, "--add", "rest:site=any"]))?;
        let token = process::read(&mut greenroom(workspace, &program, &store, &["token", "xtask", "--role", "admin"]))?;
        let mut serve = greenroom(workspace, &program, &store, &["serve", "--listen", "127.0.0.1:0", "--log", "warn"]);
        let mut child = serve
            .env("GREENROOM_RATE_PER_SECOND", "0")
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| Failure::new(format!("cannot start the server: {error}")))?;
        let mut output = child.stdout.take().map(BufReader::new);
        let mut first = String::new();
        if let Some(output) = &mut output {
            output.read_line(&mut first).map_err(|error| Failure::new(format!("cannot read the server: {error}")))?;
        }
        let address = first.trim().rsplit(' ').next().unwrap_or_default().to_owned();
        let service = Self { child, address, token: token.trim().to_owned(), folder, _output: output };
        if service.address.starts_with("http://") { Ok(service) } else { Err(Failure::new("the server did not start")) }
    }

    /// The address of the REST channel.
    pub(crate) fn rest_channel(&self) -> String {
        format!("{}/channels/{BOT}/live/site", self.address)
    }

    /// Whether it still runs.
    pub(crate) fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
        _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The command line on a store; other words of the environment stay outside.
fn greenroom(workspace: &Workspace, program: &Path, store: &Path, arguments: &[&str]) -> std::process::Command {
    let mut command = workspace.command(program);
    command.arg("--store").arg(store).args(arguments).env("GREENROOM_USER", "xtask").env_remove("GREENROOM_CONFIG");
    command
}
