//! The tables at the end of `cargo xtask test`.

use std::time::Duration;

use crate::counts::Counts;
use crate::failure::Failure;

/// How one step went.
pub(crate) struct StepResult {
    pub(crate) name: &'static str,
    pub(crate) took: Duration,
    pub(crate) outcome: Result<String, Failure>,
}

/// Prints the steps, the tests by crate, what failed, and last a line that sums it up.
pub(crate) fn print(results: &[StepResult], counts: &Counts) {
    println!("\n{:<14} {:<7} {:>8}  note", "step", "result", "seconds");
    for result in results {
        let (word, note) = match &result.outcome {
            Ok(note) => ("ok", note.as_str()),
            Err(failure) => ("FAILED", failure.message()),
        };
        println!("{:<14} {:<7} {:>8.1}  {note}", result.name, word, result.took.as_secs_f64());
    }
    if !counts.by_crate.is_empty() {
        println!("\n{:<24} {:>7} {:>7}", "tests of", "passed", "failed");
        for (name, count) in &counts.by_crate {
            println!("{name:<24} {:>7} {:>7}", count.passed, count.failed);
        }
        println!();
        counts.closing_lines.iter().for_each(|line| println!("{line}"));
    }
    let failed = results.iter().filter(|result| result.outcome.is_err()).count();
    let seconds: f64 = results.iter().map(|result| result.took.as_secs_f64()).sum();
    let tests = counts.total();
    println!(
        "\nxtask test: {}. {} steps passed; {failed} failed; {} tests passed; {} failed; {seconds:.1} s",
        if failed == 0 { "ok" } else { "FAILED" },
        results.len() - failed,
        tests.passed,
        tests.failed,
    );
}
