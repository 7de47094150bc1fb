//! Mutants: one small fault at a time is put into a crate, and its tests must find it.
//!
//! `cargo-mutants` makes them, in a copy of the workspace; it is installed where it is missing.

use std::path::Path;

use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

/// The version that is installed.
const VERSION: &str = "27.1.0";

/// The package that is put to the test.
const PACKAGE: &str = "greenroom-publish";

/// How many of a hundred faults must be found.
const LEAST_PERCENT: usize = 95;

/// A mutant whose tests take longer has made them run for ever.
const SECONDS_A_MUTANT: &str = "60";

/// How the mutants ended.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    caught: usize,
    /// Those that made the tests run for ever, which is found, too.
    timeouts: usize,
    missed: Vec<String>,
    /// Those that do not compile, and say nothing.
    unviable: usize,
}

/// Makes all mutants of the crate of the publishing rules, and says how many its tests find.
pub(crate) fn run(workspace: &Workspace) -> Result<String, Failure> {
    let tools = workspace.tools().join("mutants");
    let program = tools.join("bin").join("cargo-mutants");
    if !program.is_file() {
        let version = format!("cargo-mutants@{VERSION}");
        process::run(workspace.cargo(&["install", "--locked", &version, "--root"]).arg(&tools))?;
    }
    let output = workspace.target.join("mutants");
    std::fs::create_dir_all(&output)
        .map_err(|error| Failure::new(format!("`{}` cannot be created: {error}", output.display())))?;
    // Cargo hands its subcommands their own name first.
    let mut command = workspace.command(&program);
    command.args(["mutants", "--package", PACKAGE, "--timeout", SECONDS_A_MUTANT, "--output"]).arg(&output);
    // Each mutant changes one file; the copy has a build folder of its own, and snapshots are only compared.
    command.env("CARGO_INCREMENTAL", "1").env("INSTA_UPDATE", "no").env_remove("CARGO_TARGET_DIR");
    // It ends with a code of its own where mutants survive; what it wrote tells all.
    let ended = process::run(&mut command);
    let tally = Tally::read(&output.join("mutants.out"))?;
    let made = tally.caught + tally.timeouts + tally.missed.len();
    if made == 0 {
        return Err(ended.err().unwrap_or_else(|| Failure::new("no mutant was made")));
    }
    tally.judge(made)
}

impl Tally {
    fn read(folder: &Path) -> Result<Self, Failure> {
        let lines = |name: &str| -> Result<Vec<String>, Failure> {
            let path = folder.join(name);
            let text = std::fs::read_to_string(&path)
                .map_err(|error| Failure::new(format!("`{}` cannot be read: {error}", path.display())))?;
            Ok(text.lines().map(str::to_owned).collect())
        };
        Ok(Self {
            caught: lines("caught.txt")?.len(),
            timeouts: lines("timeout.txt")?.len(),
            missed: lines("missed.txt")?,
            unviable: lines("unviable.txt")?.len(),
        })
    }

    fn judge(&self, made: usize) -> Result<String, Failure> {
        let found = self.caught + self.timeouts;
        let mut note = format!("{found} of {made} mutants found, {} do not compile", self.unviable);
        if !self.missed.is_empty() {
            note.push_str(&format!("; survived: {}", self.missed.join("; ")));
        }
        if found * 100 >= made * LEAST_PERCENT { Ok(note) } else { Err(Failure::new(note)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(caught: usize, missed: usize) -> Tally {
        Tally { caught, missed: vec!["a rule always agrees".to_owned(); missed], unviable: 2, ..Tally::default() }
    }

    #[test]
    fn few_survivors_are_named_and_more_are_a_failure() {
        assert_eq!(tally(100, 0).judge(100).unwrap(), "100 of 100 mutants found, 2 do not compile");
        let named = tally(95, 5).judge(100).unwrap();
        assert!(named.contains("survived: a rule always agrees"), "{named}");
        assert!(tally(94, 6).judge(100).is_err());
    }
}
