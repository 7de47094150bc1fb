//! Unit, integration and documentation tests.

use crate::counts::Counts;
use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

/// What needs a browser has a step of its own.
const EXCEPT: &str = "--exclude=greenroom-browser-tests";

/// Unit and integration tests: by nextest where it is installed, else by `cargo test`.
pub(super) fn run(workspace: &Workspace, counts: &mut Counts) -> Result<String, Failure> {
    if workspace.cargo(&["nextest", "--version"]).output().is_ok_and(|output| output.status.success()) {
        let arguments = ["nextest", "run", "--workspace", EXCEPT, "--all-features", "--no-fail-fast", "--color=never"];
        run_and_count(workspace, &arguments, counts, Counts::read_nextest_line)
    } else {
        eprintln!("cargo-nextest is not installed: cargo test runs the same tests");
        // Not `--all-targets`: running the benches as tests would only cost minutes.
        let targets = ["--lib", "--bins", "--tests", "--examples"];
        let arguments = ["test", "--workspace", EXCEPT, "--all-features", "--no-fail-fast", "--color=never"];
        run_and_count(workspace, &[&arguments[..], &targets].concat(), counts, Counts::read_libtest_line)
    }
}

/// The examples in the documentation.
pub(super) fn run_doctests(workspace: &Workspace, counts: &mut Counts) -> Result<String, Failure> {
    let arguments = ["test", "--doc", "--workspace", "--all-features", "--no-fail-fast", "--color=never"];
    run_and_count(workspace, &arguments, counts, Counts::read_libtest_line)
}

fn run_and_count(
    workspace: &Workspace,
    arguments: &[&str],
    counts: &mut Counts,
    read_line: fn(&mut Counts, &str),
) -> Result<String, Failure> {
    let mut counted = Counts::default();
    let outcome = process::read_lines(&mut workspace.cargo(arguments), |line| {
        println!("{line}");
        read_line(&mut counted, line);
    });
    counts.add(&counted);
    let total = counted.total();
    let note = format!("{} passed, {} failed", total.passed, total.failed);
    match outcome {
        Err(failure) if counted.closing_lines.is_empty() => Err(failure),
        Err(failure) => Err(Failure::new(format!("{note}; {}", failure.message()))),
        Ok(()) if counted.closing_lines.is_empty() || total.passed == 0 => {
            Err(Failure::new("the runner ended without having run a test"))
        }
        Ok(()) => Ok(note),
    }
}
