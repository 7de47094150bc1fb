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

/// A count with its noun: `1 part`, `3 parts`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
