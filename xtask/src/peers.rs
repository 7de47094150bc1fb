//! Our classifier beside others on the same files: installs what `benches/peers` needs, builds our
//! runner, and starts the comparison.
//!
//! All of it lives in the build folder: an environment of Python and a folder of npm, each with
//! the versions that `benches/peers` pins.

use std::path::Path;

use crate::debian::{self, Tool};
use crate::failure::Failure;
use crate::process;
use crate::python::{self, is_installed, mark_installed};
use crate::workspace::Workspace;

/// Where the runners are.
const SOURCES: &str = "benches/peers";
/// Our runner, an example of `greenroom-nlp`.
const EXAMPLE: &str = "peer";
/// The word vectors that our classifier has by default.
const VECTORS: &str = "crates/vectors-en/data/vectors-en.safetensors";
/// So that every peer computes on one core; variables that the machine sets are not the library's own choice.
const ONE_THREAD: &[&str] = &["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"];
const NOT_INHERITED: &[&str] = &["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"];

/// fastText is compiled, with the headers of the Python that runs it.
const NEEDED_BY_PYTHON: &[Tool] = &[
    Tool { program: "c++", proof: &["--version"], needed_for: "fastText", package: "g++" },
    Tool {
        program: "python3",
        proof: &["-c", "import os, sysconfig as s; os.stat(os.path.join(s.get_paths()['include'], 'Python.h'))"],
        needed_for: "fastText",
        package: "python3-dev",
    },
];
const NEEDED_BY_NODE: &[Tool] = &[
    Tool { program: "node", proof: &["--version"], needed_for: "NLP.js", package: "nodejs" },
    Tool { program: "npm", proof: &["--version"], needed_for: "NLP.js", package: "npm" },
];

/// Compares on the files; `arguments` are those of `compare.py`.
pub(crate) fn run(workspace: &Workspace, arguments: &[&str]) -> Result<(), Failure> {
    let asks_for_help = arguments.iter().any(|argument| matches!(*argument, "--help" | "-h"));
    if !asks_for_help && !arguments.iter().any(|argument| argument.ends_with(".tsv")) {
        return Err(Failure::usage("name a FILE.tsv: lines of split, intent and text, tab-separated"));
    }
    // Where one typed it: cargo started this in the same folder.
    let here = std::env::current_dir().map_err(|error| Failure::new(format!("there is no working folder: {error}")))?;
    let folder = workspace.target.join("peers");
    std::fs::create_dir_all(&folder)
        .map_err(|error| Failure::new(format!("the folder `{}` cannot be made: {error}", folder.display())))?;
    let pinned = workspace.root.join(SOURCES).join("requirements.txt");
    let python = python::environment(workspace, &folder.join("venv"), &pinned, NEEDED_BY_PYTHON)?;
    node(workspace, &folder)?;
    let build = ["build", "--release", "--package", "greenroom-nlp", "--example", EXAMPLE, "--features", "train"];
    process::run(&mut workspace.cargo(&build))?;
    let mut compare = workspace.command(&python);
    compare.arg("-B").arg(workspace.root.join(SOURCES).join("compare.py"));
    compare.arg("--greenroom").arg(workspace.target.join("release/examples").join(EXAMPLE));
    compare.arg("--vectors").arg(workspace.root.join(VECTORS)).arg("--folder").arg(&folder);
    for argument in arguments {
        if argument.ends_with(".tsv") {
            compare.arg(here.join(argument))
        } else {
            compare.arg(argument)
        };
    }
    ONE_THREAD.iter().for_each(|name| _ = compare.env(name, "1"));
    NOT_INHERITED.iter().for_each(|name| _ = compare.env_remove(name));
    compare.env("NODE_NO_WARNINGS", "1");
    // NLP.js is found from the working folder.
    process::run(compare.current_dir(&folder))
}

/// The pinned packages of npm, in the folder.
fn node(workspace: &Workspace, folder: &Path) -> Result<(), Failure> {
    let (sources, lock) = (workspace.root.join(SOURCES), "package-lock.json");
    let mark = folder.join("node_modules").join("installed-lock.json");
    if is_installed(&sources.join(lock), &mark) {
        return Ok(());
    }
    debian::install_missing(workspace, NEEDED_BY_NODE)?;
    for name in ["package.json", lock] {
        mark_installed(&sources.join(name), &folder.join(name))?;
    }
    let mut npm = workspace.command("npm");
    process::run(npm.args(["ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(folder))?;
    mark_installed(&sources.join(lock), &mark)
}
