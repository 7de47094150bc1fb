//! `test`: runs the bot's conversation tests on what a publish would carry out.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use greenroom_lifecycle::TestReport;
use greenroom_model::{BotId, TestId};
use serde_json::json;

use crate::coverage_text;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::junit;
use crate::options::CandidateOptions;
use crate::output::{Output, on_one_line};
use crate::store_access::StoreAccess;

/// The arguments of `test`.
#[derive(Debug, Args)]
pub(crate) struct Test {
    /// The bot
    bot: BotId,

    /// Run these tests alone; that is no evidence for a publish [default: all]
    tests: Vec<TestId>,

    #[command(flatten)]
    candidate: CandidateOptions,

    /// Print which nodes, edges and triggers no test reaches
    #[arg(long)]
    coverage: bool,

    /// Write the outcome as JUnit XML, which most build servers read
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
}

impl Test {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let bot = access.bot(&self.bot).await?;
        let request = self.candidate.request("", None);
        let report = if self.tests.is_empty() {
            bot.test(&request).await?
        } else {
            bot.test_some(&request, &self.tests.iter().cloned().collect::<BTreeSet<_>>()).await?
        };
        if let Some(file) = &self.junit {
            let written = std::fs::write(file, junit::document(&self.bot, &report.outcomes));
            written.map_err(|error| Failure::file("write", file, &error))?;
        }
        let mut document = json!({
            "bot": self.bot,
            "passed": report.passed,
            "failed": report.failed,
            "outcomes": report.outcomes,
        });
        if self.coverage {
            document["coverage"] = json!(report.coverage);
        }
        output.give(&document, |output| self.tell(&report, output))?;
        Ok(Exit::refused_unless(report.failed == 0))
    }

    fn tell(&self, report: &TestReport, output: &Output) -> Result<(), Failure> {
        for (test, outcome) in &report.outcomes {
            output.line(format_args!("{} {test}", if outcome.passed() { "ok  " } else { "FAIL" }))?;
            for mismatch in &outcome.mismatches {
                let (turn, what) = (mismatch.turn, &mismatch.what);
                output.line(format_args!("     turn {turn}, {what}: expected {}", on_one_line(&mismatch.expected)))?;
                output.line(format_args!("     turn {turn}, {what}: found    {}", on_one_line(&mismatch.found)))?;
                output.line(format_args!("       {}", on_one_line(&mismatch.help)))?;
            }
        }
        output.line(format_args!("{} passed, {} failed", report.passed, report.failed))?;
        if self.coverage {
            coverage_text::print(output, &report.coverage)?;
        }
        Ok(())
    }
}
