//! Printing findings: what denies first, then what warns, then how many.

use greenroom_model::{Finding, Severity};

use crate::failure::Failure;
use crate::output::Output;

/// Prints findings, one a line, and how many there are of each severity.
pub(crate) fn print(output: &Output, findings: &[Finding]) -> Result<(), Failure> {
    for finding in findings {
        output.line(finding)?;
    }
    output.line(summary(findings))
}

/// How many findings there are of each severity, and where to read about them.
pub(crate) fn summary(findings: &[Finding]) -> String {
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let counts = format!("{}, {}", counted(count(Severity::Deny), "error"), counted(count(Severity::Warn), "warning"));
    if findings.is_empty() { counts } else { format!("{counts}; docs/publishing.md has a section for each code") }
}

/// Whether one of them forbids a publish.
pub(crate) fn deny(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Deny)
}

/// A count with its noun: `1 part`, `3 parts`, `2 entries`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    match (count, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) => format!("{count} {stem}ies"),
        (_, None) => format!("{count} {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_singular_and_more_are_plural() {
        assert_eq!([0, 1, 9].map(|count| counted(count, "entry")), ["0 entries", "1 entry", "9 entries"]);
        assert_eq!([1, 2].map(|count| counted(count, "part")), ["1 part", "2 parts"]);
    }
}
