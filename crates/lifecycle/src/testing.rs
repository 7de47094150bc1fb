//! Running the bot's conversation tests; what they show is evidence for publishing.

use std::collections::BTreeMap;

use greenroom_bot::TestOutcome;
use greenroom_model::{Content, Digest, Record as _, TestId, tree};
use greenroom_publish::{Candidate, Evidence};
use greenroom_store::{Commit, layout};
use serde::{Deserialize, Serialize};

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
        let tests = self.tests_digest(&draft).await?;
        let stored = StoredEvidence { tests, evidence: vec![evidence] };
        let key = layout::evidence(&self.id, &digest)?;
        self.lifecycle.store.commit(Commit::new().put(key, stored.to_bytes())).await?;
        Ok(report)
    }

    /// What was found out about a candidate by the tests that the draft has now.
    pub(crate) async fn evidence(&self, candidate: &Candidate, draft: &Content) -> Result<Vec<Evidence>, Error> {
        let Some(record) = self.lifecycle.store.record(&layout::evidence(&self.id, &candidate.digest())?).await? else {
            return Ok(Vec::new());
        };
        let stored = StoredEvidence::from_bytes(&record.value)?;
        let tests = self.tests_digest(draft).await?;
        Ok(if stored.tests == tests { stored.evidence } else { Vec::new() })
    }

    async fn tests_digest(&self, content: &Content) -> Result<Option<Digest>, Error> {
        self.reader().run(|objects| tree::directory_digest(objects, &content.tree, &["tests"])).await
    }
}

/// Evidence, and the tests that it comes from: those of the draft, whatever the candidate holds.
#[derive(Serialize, Deserialize)]
struct StoredEvidence {
    tests: Option<Digest>,
    evidence: Vec<Evidence>,
}

impl greenroom_model::Record for StoredEvidence {
    const WHAT: &'static str = "evidence";
    const FORMAT: u32 = 1;
}
