//! Crates build without what they promise not to need.
//!
//! A workspace build unites features, so that a crate that only compiles beside
//! others goes unseen; here each is built as its users would get it.

use crate::counts::Counts;
use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

/// A way to depend on a crate, and what must then not come along.
struct Promise {
    package: &'static str,
    arguments: &'static [&'static str],
    without: &'static [&'static str],
    /// Whether it is built as well; where a later promise builds it too, only the tree is looked at.
    is_built: bool,
}

/// What a crate without clock, I/O and threads of its own has no use for.
const ASYNC: &[&str] = &["tokio", "async-trait", "futures-core", "futures-util", "mio", "async-std", "smol"];

const PROMISES: &[Promise] = &[
    Promise { package: "greenroom-model", arguments: &[], without: ASYNC, is_built: false },
    Promise { package: "greenroom-flow", arguments: &[], without: ASYNC, is_built: false },
    Promise { package: "greenroom-publish", arguments: &[], without: ASYNC, is_built: false },
    Promise { package: "greenroom-bot", arguments: &[], without: ASYNC, is_built: false },
    Promise { package: "greenroom-nlp", arguments: &["--features", "train"], without: ASYNC, is_built: false },
    Promise {
        package: "greenroom-nlp",
        arguments: &["--no-default-features"],
        without: &["linfa", "linfa-logistic", "ndarray", "argmin"],
        is_built: true,
    },
    Promise {
        package: "greenroom",
        arguments: &[],
        without: &["sqlx", "sqlx-core", "libsqlite3-sys", "linfa", "linfa-logistic", "ndarray"],
        is_built: true,
    },
];

pub(super) fn run(workspace: &Workspace, _counts: &mut Counts) -> Result<String, Failure> {
    let mut note = Vec::new();
    for promise in PROMISES {
        let tree = ["tree", "--package", promise.package, "--edges", "normal,build", "--prefix", "none"];
        let tree = process::read(workspace.cargo(&tree).args(["--format", "{p}"]).args(promise.arguments))?;
        let mut packages: Vec<&str> = tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
        packages.sort_unstable();
        packages.dedup();
        // Without this a change of the tree's format would keep every promise.
        if !packages.contains(&promise.package) {
            return Err(Failure::new(format!("`cargo tree` does not show `{}` itself", promise.package)));
        }
        if let Some(found) = promise.without.iter().find(|name| packages.contains(name)) {
            return Err(Failure::new(format!(
                "`{}` {} brings `{found}` along; see `cargo tree --invert {found}`",
                promise.package,
                promise.arguments.join(" "),
            )));
        }
        if promise.is_built {
            process::run(workspace.cargo(&["check", "--package", promise.package]).args(promise.arguments))?;
            note.push(format!("{} with {} packages", promise.package, packages.len()));
        }
    }
    Ok(note.join(", "))
}
