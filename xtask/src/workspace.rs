//! Where the workspace and its build output are, and cargo as it is called here.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;

/// The checkout that xtask works on.
pub(crate) struct Workspace {
    /// The folder of the root manifest.
    pub(crate) root: PathBuf,
    /// The folder of build output, absolute.
    pub(crate) target: PathBuf,
}

impl Workspace {
    /// Finds the checkout that xtask was started for, and the build folder.
    pub(crate) fn find() -> Result<Self, Failure> {
        // Cargo names the manifest of the package that it runs. What was compiled in would name another checkout
        // where two share a build folder.
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest
            .parent()
            .map(Path::to_path_buf)
            .ok_or_else(|| Failure::new(format!("`{}` has no folder above it", manifest.display())))?;
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => std::path::absolute(&folder)
                .map_err(|error| Failure::new(format!("CARGO_TARGET_DIR does not name a folder: {error}")))?,
            None => root.join("target"),
        };
        Ok(Self { root, target })
    }

    /// A command that runs in the workspace's root.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }

    /// Cargo, in the root and with the build folder of this run.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = self.command(cargo);
        command.args(arguments).env("CARGO_TARGET_DIR", &self.target);
        command
    }

    /// The names, sorted and without `.rs`, of the Rust files in a folder of the workspace; there must be one.
    pub(crate) fn rust_files(&self, folder: &str) -> Result<Vec<String>, Failure> {
        let unreadable = |error: std::io::Error| Failure::new(format!("the folder `{folder}` cannot be read: {error}"));
        let mut names = Vec::new();
        for entry in std::fs::read_dir(self.root.join(folder)).map_err(unreadable)? {
            let name = entry.map_err(unreadable)?.file_name();
            names.extend(name.to_str().and_then(|name| name.strip_suffix(".rs")).map(str::to_owned));
        }
        names.sort_unstable();
        if names.is_empty() { Err(Failure::new(format!("there is no program in `{folder}`"))) } else { Ok(names) }
    }

    /// The folder of tools that xtask installs for itself.
    pub(crate) fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }
}
