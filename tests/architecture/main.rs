//! What holds for the workspace as a whole, as tests: the directions between
//! crates, what every manifest has, what every file begins with.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a file that cannot be read fails the test")]

mod crates;
mod files;
mod manifests;

use std::path::Path;

use cargo_metadata::{Metadata, MetadataCommand};

/// The workspace's root.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file of the workspace, by its path from the root.
fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The workspace's packages, as cargo knows them.
fn metadata() -> Metadata {
    MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().unwrap()
}
