//! `test`: runs the bot's conversation tests on what a publish would carry out.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use greenroom_lifecycle::{Bot, PlanRequest, TestReport};
use greenroom_model::{BotId, TestId};
use greenroom_runtime::{Handler as _, HandlerCall};
use serde_json::json;

use crate::action_server::action_server;
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

    /// The address of a Rasa action server: its actions answer, in place of what the tests say of handlers'
    /// answers; that is no evidence for a publish
    #[arg(long, value_name = "URL")]
    actions: Option<String>,

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
        let request = self.candidate.request("", None)?;
        let tests = (!self.tests.is_empty()).then(|| self.tests.iter().cloned().collect::<BTreeSet<_>>());
        let report = match (&self.actions, &tests) {
            (Some(address), tests) => self.test_live(&bot, address, &request, tests.as_ref()).await?,
            (None, Some(tests)) => bot.test_some(&request, tests).await?,
            (None, None) => bot.test(&request).await?,
        };
        if let Some(file) = &self.junit {
            let xml = junit::document(&self.bot, &report.outcomes)
                .map_err(|error| Failure::Other(Exit::Failed, format!("cannot write JUnit XML: {error}")))?;
            std::fs::write(file, xml).map_err(|error| Failure::file("write", file, &error))?;
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

    /// Each test is a conversation of its own to the server.
    async fn test_live(
        &self,
        bot: &Bot,
        address: &str,
        request: &PlanRequest,
        tests: Option<&BTreeSet<TestId>>,
    ) -> Result<TestReport, Failure> {
        let server = action_server(address)?;
        let run = uuid::Uuid::now_v7();
        let answer = async |test: &TestId, loaded: &Arc<greenroom_bot::Bot>, call| {
            let call = HandlerCall::of_test(self.bot.clone(), format!("test-{test}-{run}"), loaded.clone(), call);
            server.call(&call).await.map_err(|error| error.to_string())
        };
        Ok(bot.test_live(request, tests, answer).await?)
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
