//! How many tests ran, by crate, read from what the test runners print.
//!
//! Both runners keep their own output; this only listens. A runner that printed
//! no closing line counts as one that did not run.

use std::collections::BTreeMap;

/// Tests that passed and failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

/// What a run of a test runner came to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counts {
    /// By crate; where the runner does not name it, by test binary.
    pub(crate) by_crate: BTreeMap<String, Count>,
    /// The runner's closing lines, to the letter.
    pub(crate) closing_lines: Vec<String>,
    /// The crate that libtest's next closing line is about.
    current: Option<String>,
}

impl Counts {
    /// All crates together.
    pub(crate) fn total(&self) -> Count {
        self.by_crate.values().fold(Count::default(), |sum, count| Count {
            passed: sum.passed + count.passed,
            failed: sum.failed + count.failed,
        })
    }

    /// Takes over what another run counted.
    pub(crate) fn add(&mut self, other: &Self) {
        for (name, count) in &other.by_crate {
            let sum = self.by_crate.entry(name.clone()).or_default();
            sum.passed += count.passed;
            sum.failed += count.failed;
        }
        self.closing_lines.extend_from_slice(&other.closing_lines);
    }

    /// Reads a line that `cargo nextest run` printed.
    pub(crate) fn read_nextest_line(&mut self, line: &str) {
        let line = line.trim();
        if line.starts_with("Summary [") {
            self.closing_lines.push(line.to_owned());
        }
        // Faults are told twice, the second time below the summary.
        if !self.closing_lines.is_empty() {
            return;
        }
        let Some((status, rest)) = line.split_once(" [") else { return };
        let passed = match status {
            "PASS" | "LEAK" => true,
            "FAIL" | "TIMEOUT" | "ABORT" | "LEAK-FAIL" => false,
            _ if status.starts_with("SIG") => false,
            _ => return,
        };
        // `0.006s] (1/2) greenroom-model::architecture rejects_this`
        let Some((_, rest)) = rest.split_once("] ") else { return };
        let Some(binary) = rest.split_whitespace().find(|word| !word.starts_with('(') && !word.ends_with(')')) else {
            return;
        };
        let name = binary.split("::").next().unwrap_or(binary);
        self.count(name, u64::from(passed), u64::from(!passed));
    }

    /// Reads a line that `cargo test` printed.
    pub(crate) fn read_libtest_line(&mut self, line: &str) {
        let trimmed = line.trim();
        if let Some(name) = trimmed.strip_prefix("Doc-tests ") {
            self.current = Some(name.replace('_', "-"));
        } else if let Some(rest) = trimmed.strip_prefix("Running ") {
            self.current = rest
                .rsplit_once('/')
                .and_then(|(_, file)| file.rsplit_once('-'))
                .map(|(name, _hash)| name.replace('_', "-"));
        } else if let Some(rest) = line.strip_prefix("test result: ") {
            self.closing_lines.push(line.to_owned());
            let number_before = |word: &str| {
                let words: Vec<&str> = rest.split([' ', ';']).collect();
                let found = words.windows(2).find(|pair| pair.get(1) == Some(&word));
                found.and_then(|pair| pair.first()?.parse().ok()).unwrap_or(0)
            };
            let name = self.current.clone().unwrap_or_else(|| "(unnamed)".to_owned());
            self.count(&name, number_before("passed"), number_before("failed"));
        }
    }

    fn count(&mut self, name: &str, passed: u64, failed: u64) {
        let count = self.by_crate.entry(name.to_owned()).or_default();
        count.passed += passed;
        count.failed += failed;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEXTEST: &str = "
    Starting 5 tests across 3 binaries
        PASS [   0.006s] (1/5) greenroom-model tree::tests::splits
        SLOW [> 60.000s] (2/5) greenroom-nlp train::converges
        PASS [  61.119s] (2/5) greenroom-nlp train::converges
        PASS [   0.119s] (   3/5) greenroom::architecture one_ndarray
        FAIL [   0.119s] (4/5) greenroom::architecture rejects_cycles
     SIGSEGV [   0.119s] (5/5) greenroom-cli::bin/greenroom starts
     Summary [  61.121s] 5 tests run: 3 passed, 2 failed, 0 skipped
        FAIL [   0.119s] (4/5) greenroom::architecture rejects_cycles
     SIGSEGV [   0.119s] (5/5) greenroom-cli::bin/greenroom starts
";

    const LIBTEST: &str = "
     Running unittests src/lib.rs (target/debug/deps/greenroom_model-670f7f3355c9f225)
running 2 tests
test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.10s
     Running tests/architecture.rs (/a/deps/architecture-670f7f3355c9f225)
test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.10s
   Doc-tests greenroom_model
test result: ok. 10 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.10s
";

    #[test]
    fn counts_each_nextest_test_once_and_by_crate() {
        let mut counts = Counts::default();
        NEXTEST.lines().for_each(|line| counts.read_nextest_line(line));
        assert_eq!(counts.total(), Count { passed: 3, failed: 2 });
        assert_eq!(counts.by_crate["greenroom"], Count { passed: 1, failed: 1 });
        assert_eq!(counts.by_crate["greenroom-cli"], Count { passed: 0, failed: 1 });
        assert_eq!(counts.closing_lines, ["Summary [  61.121s] 5 tests run: 3 passed, 2 failed, 0 skipped"]);
    }

    #[test]
    fn adds_libtest_binaries_of_one_crate() {
        let mut counts = Counts::default();
        LIBTEST.lines().for_each(|line| counts.read_libtest_line(line));
        assert_eq!(counts.total(), Count { passed: 15, failed: 1 });
        assert_eq!(counts.by_crate["greenroom-model"], Count { passed: 12, failed: 0 });
        assert_eq!(counts.by_crate["architecture"], Count { passed: 3, failed: 1 });
        assert_eq!(counts.closing_lines.len(), 3);
    }
}
