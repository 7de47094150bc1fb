//! Tests in a real Chromium, and the screenshots of the README: what they need, and how they run.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use crate::counts::Counts;
use crate::debian;
use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

/// The package of the tests.
const PACKAGE: &str = "greenroom-browser-tests";

/// The version of axe-core whose rules the pages keep.
const AXE_CORE: &str = "4.14.1";

/// Where Debian and others put Chromium.
const PLACES: &[&str] = &["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/// Runs the tests; without a browser they fail.
pub(crate) fn run(workspace: &Workspace, counts: &mut Counts) -> Result<String, Failure> {
    let arguments = ["test", "--package", PACKAGE, "--no-fail-fast", "--color=never"];
    let mut command = prepared(workspace, &arguments)?;
    let mut counted = Counts::default();
    let outcome = process::read_lines(&mut command, |line| {
        println!("{line}");
        counted.read_libtest_line(line);
    });
    counts.add(&counted);
    let total = counted.total();
    let note = format!("{} passed, {} failed", total.passed, total.failed);
    match outcome {
        Err(failure) => Err(Failure::new(format!("{note}; {}", failure.message()))),
        Ok(()) if total.passed == 0 => Err(Failure::new("the runner ended without having run a test")),
        Ok(()) => Ok(note),
    }
}

/// Makes the pictures of `docs/screenshots` from the real console.
pub(crate) fn screenshots(workspace: &Workspace) -> Result<(), Failure> {
    let folder = workspace.root.join("docs/screenshots");
    let mut command = prepared(workspace, &["run", "--package", PACKAGE, "--bin", "screenshots", "--"])?;
    process::run(command.arg(&folder))
}

/// Cargo, told where Chromium and axe-core are.
fn prepared(workspace: &Workspace, arguments: &[&str]) -> Result<Command, Failure> {
    let mut command = workspace.cargo(arguments);
    command.env("GREENROOM_CHROMIUM", chromium(workspace)?).env("GREENROOM_AXE_CORE", axe_core(workspace)?);
    Ok(command)
}

/// The Chromium that `GREENROOM_CHROMIUM` names, else the system's; as root on a Debian, it is installed.
fn chromium(workspace: &Workspace) -> Result<OsString, Failure> {
    if let Some(named) = std::env::var_os("GREENROOM_CHROMIUM") {
        return Ok(named);
    }
    let found = || PLACES.iter().map(PathBuf::from).find(|place| place.exists());
    if found().is_none() {
        debian::install(workspace, &["chromium"]);
    }
    let missing = || Failure::new("install Chromium (package `chromium`), or name it by GREENROOM_CHROMIUM");
    found().map(OsString::from).ok_or_else(missing)
}

/// The rules of axe-core, fetched by npm into the build folder.
fn axe_core(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let folder = workspace.tools().join("axe-core");
    let package = folder.join("node_modules/axe-core");
    let script = package.join("axe.min.js");
    let manifest = std::fs::read_to_string(package.join("package.json")).unwrap_or_default();
    if script.exists() && manifest.contains(&format!("\"version\": \"{AXE_CORE}\"")) {
        return Ok(script);
    }
    std::fs::create_dir_all(&folder)
        .map_err(|error| Failure::new(format!("the folder `{}` cannot be made: {error}", folder.display())))?;
    let mut command = workspace.command("npm");
    command.args(["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]).arg(&folder);
    process::run(command.arg(format!("axe-core@{AXE_CORE}")))?;
    if script.exists() { Ok(script) } else { Err(Failure::new("npm did not bring axe-core")) }
}
