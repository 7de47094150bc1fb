//! Building and running the fuzz targets.
//!
//! The flags are those with which `cargo fuzz run -s none` calls the compiler:
//! coverage as libFuzzer reads it, no sanitizer. All of them work on a stable
//! toolchain, so that neither a nightly one nor cargo-fuzz has to be installed.

use std::collections::VecDeque;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

/// The folder of the programs, in the workspace.
const TARGETS: &str = "fuzz/targets";

/// What makes the compiler write down which branches were taken and what was compared.
const COVERAGE: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cllvm-args=-sanitizer-coverage-stack-depth",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
    "--cfg=fuzzing",
];

/// A run that takes longer on one input is a fault.
const SECONDS_AN_INPUT: u64 = 10;

/// How long each target runs; the first limit ends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Length {
    pub(crate) seconds: Option<u64>,
    pub(crate) cases: Option<u64>,
    /// The start of libFuzzer's randomness; another at each run when absent.
    pub(crate) seed: Option<u32>,
}

/// Builds all targets and runs those named, or all, as many at a time as there are cores, also past one that found a
/// fault.
pub(crate) fn run(workspace: &Workspace, names: &[&str], length: Length) -> Result<String, Failure> {
    let mut targets = workspace.rust_files(TARGETS)?;
    if let Some(unknown) = names.iter().find(|name| targets.iter().all(|target| target != *name)) {
        return Err(Failure::new(format!("there is no fuzz target `{unknown}` in `{TARGETS}`")));
    }
    targets.retain(|target| names.is_empty() || names.contains(&target.as_str()));
    let programs = build(workspace)?;
    let waiting = Mutex::new(targets.iter());
    // The lock is let go of before a target runs: a guard would live as long as its statement.
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || {
        let mut results = Vec::new();
        while let Some(target) = next() {
            results.push((target, run_target(workspace, &programs.join(target), target, length)));
        }
        results
    };
    let workers = std::thread::available_parallelism().map_or(1, NonZero::get).min(targets.len());
    let mut results: Vec<_> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect()
    });
    if results.len() != targets.len() {
        return Err(Failure::new("a run ended without a result"));
    }
    results.sort_by_key(|(target, _)| *target);
    let mut notes = Vec::new();
    let mut faults = Vec::new();
    for (target, result) in results {
        match result {
            Ok(inputs) => notes.push(format!("{target} {inputs}")),
            Err(failure) => faults.push(failure.message().to_owned()),
        }
    }
    if faults.is_empty() { Ok(format!("inputs: {}", notes.join(", "))) } else { Err(Failure::new(faults.join("; "))) }
}

/// Builds the fuzz workspace and says where its programs are.
fn build(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let host = host(workspace)?;
    let folder = workspace.target.join("fuzz");
    // With `--target`, build scripts and procedural macros are not instrumented.
    let mut command = workspace.cargo(&["build", "--release", "--bins", "--manifest-path", "fuzz/Cargo.toml"]);
    command.args(["--target", &host]).env("CARGO_TARGET_DIR", &folder).env("RUSTFLAGS", COVERAGE.join(" "));
    process::run(&mut command)?;
    Ok(folder.join(host).join("release"))
}

/// The machine's own target triple.
fn host(workspace: &Workspace) -> Result<String, Failure> {
    let version = process::read(workspace.command("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| Failure::new("`rustc -vV` does not name the host"))
}

/// Runs one target and says how many inputs it tried.
fn run_target(workspace: &Workspace, program: &Path, target: &str, length: Length) -> Result<u64, Failure> {
    let folder = workspace.root.join("fuzz");
    let (corpus, artifacts) = (folder.join("corpus").join(target), folder.join("artifacts").join(target));
    let seeds = folder.join("seeds").join(target);
    for folder in [&corpus, &artifacts] {
        std::fs::create_dir_all(folder)
            .map_err(|error| Failure::new(format!("`{}` cannot be created: {error}", folder.display())))?;
    }
    if !seeds.is_dir() {
        return Err(Failure::new(format!("`fuzz/seeds/{target}` is missing: a target needs a few seeds")));
    }

    let mut command = workspace.command(program);
    // New finds go to the first folder, the seeds are only read.
    command.arg(&corpus).arg(&seeds);
    command.arg(format!("-artifact_prefix={}/", artifacts.display()));
    command.args(["-print_final_stats=1", &format!("-timeout={SECONDS_AN_INPUT}")]);
    command.args(length.seconds.map(|seconds| format!("-max_total_time={seconds}")));
    command.args(length.cases.map(|cases| format!("-runs={cases}")));
    command.args(length.seed.map(|seed| format!("-seed={seed}")));

    let mut log = Log::default();
    let outcome = process::read_lines(&mut command, |line| log.read(line));
    match (outcome, log.reproducer) {
        (Ok(()), _) if !log.instrumented => {
            Err(Failure::new(format!("{target}: the program was built without coverage and searched blindly")))
        }
        (Ok(()), _) if log.inputs == 0 => Err(Failure::new(format!("{target}: no input was tried"))),
        (Ok(()), _) => Ok(log.inputs),
        (Err(failure), reproducer) => {
            log.last_lines.iter().for_each(|line| eprintln!("{line}"));
            let reproducer = reproducer.map_or_else(
                || failure.message().to_owned(),
                |path| format!("the input that fails is {path}; keep it in fuzz/seeds/{target} once it is mended"),
            );
            Err(Failure::new(format!("{target}: {reproducer}")))
        }
    }
}

/// What of libFuzzer's output matters.
#[derive(Default)]
struct Log {
    /// The end of the log, for a run that fails.
    last_lines: VecDeque<String>,
    instrumented: bool,
    inputs: u64,
    reproducer: Option<String>,
}

impl Log {
    fn read(&mut self, line: &str) {
        const KEPT_LINES: usize = 80;
        if line.contains("inline 8-bit counters") {
            self.instrumented = true;
        } else if let Some(count) = line.strip_prefix("stat::number_of_executed_units:") {
            self.inputs = count.trim().parse().unwrap_or(0);
        } else if let Some((_, path)) = line.split_once("Test unit written to ") {
            self.reproducer = Some(path.trim().to_owned());
        }
        if self.last_lines.len() == KEPT_LINES {
            self.last_lines.pop_front();
        }
        self.last_lines.push_back(line.to_owned());
    }
}
