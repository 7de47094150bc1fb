//! Running the bot's conversation tests; what they show is evidence for publishing.

use std::collections::BTreeMap;

use greenroom_bot::TestOutcome;
use greenroom_model::{TestId, to_canonical_bytes};
use greenroom_publish::Evidence;
use greenroom_store::{Commit, layout};
use serde::Serialize;

use crate::{Bot, Error, PlanRequest};

/// What the tests showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TestReport {
    /// How many passed.
    pub passed: u32,
    /// How many failed.
    pub failed: u32,
    /// What each showed.
    pub outcomes: BTreeMap<TestId, TestOutcome>,
}

impl Bot {
    /// Runs the draft's tests on exactly what the request would publish, and
    /// keeps the result as evidence for it.
    ///
    /// # Errors
    /// [`Error::Load`], [`Error::Store`].
    pub async fn test(&self, request: &PlanRequest) -> Result<TestReport, Error> {
        let draft = self.draft().await?;
        let tests = self.load(&draft).await?;
        let (candidate, content) = self.candidate_to_judge(request).await?;
        let bot = if content == draft { tests.clone() } else { self.load(&content).await? };
        let mut report = TestReport { passed: 0, failed: 0, outcomes: BTreeMap::new() };
        for (id, test) in tests.tests() {
            let outcome = bot.play(test);
            if outcome.passed() {
                report.passed += 1;
            } else {
                report.failed += 1;
            }
            report.outcomes.insert(id.clone(), outcome);
        }
        let digest = candidate.digest();
        let evidence = Evidence::Tests { candidate: digest, passed: report.passed, failed: report.failed };
        let bytes = to_canonical_bytes(&[evidence])
            .map_err(|error| greenroom_model::Error::Record { what: "evidence", reason: error.to_string() })?;
        self.lifecycle.store.commit(Commit::new().put(layout::evidence(&self.id, &digest)?, bytes)).await?;
        Ok(report)
    }
}
