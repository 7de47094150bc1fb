//! Running the bot's conversation tests; what they show is evidence for publishing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use greenroom_bot::{Bot as LoadedBot, Coverage, CoverageReport, PendingCall, Playthrough, TestOutcome};
use greenroom_flow::HandlerReply;
use greenroom_model::document::{ConversationTest, Flow};
use greenroom_model::{Content, Document, FlowId, PartPath, TestId};
use greenroom_publish::{Candidate, Evidence};
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
    /// What they reach of the flows that would be published.
    pub coverage: CoverageReport,
}

impl Bot {
    /// Runs the draft's tests on exactly what the request would publish, and
    /// keeps the result as evidence for it.
    ///
    /// # Errors
    /// [`Error::Load`], [`Error::Store`].
    pub async fn test(&self, request: &PlanRequest) -> Result<TestReport, Error> {
        let draft = self.draft().await?;
        let (candidate, report) = self.run_tests(&draft, request, None).await?;
        let digest = candidate.digest();
        let evidence = Evidence::Tests { candidate: digest, passed: report.passed, failed: report.failed };
        self.keep_evidence(&digest, &draft, vec![evidence]).await?;
        Ok(report)
    }

    /// Runs some of the draft's tests on exactly what the request would publish. It is
    /// evidence for nothing, since the others may fail.
    ///
    /// # Errors
    /// [`Error::PartNotFound`] where there is no such test; [`Error::Load`], [`Error::Store`].
    pub async fn test_some(&self, request: &PlanRequest, tests: &BTreeSet<TestId>) -> Result<TestReport, Error> {
        let draft = self.draft().await?;
        Ok(self.run_tests(&draft, request, Some(tests)).await?.1)
    }

    /// Runs tests with their handlers called for real: `answer` is asked at each call, with the
    /// test, the bot and the call, and what the tests say of handlers' answers does not count.
    /// It is evidence for nothing, since what answers is outside of the bot.
    ///
    /// # Errors
    /// [`Error::PartNotFound`] where there is no such test; [`Error::Load`], [`Error::Store`].
    pub async fn test_live<A>(
        &self,
        request: &PlanRequest,
        tests: Option<&BTreeSet<TestId>>,
        answer: A,
    ) -> Result<TestReport, Error>
    where
        A: AsyncFn(&TestId, &Arc<LoadedBot>, PendingCall) -> Result<HandlerReply, String>,
    {
        let judged = self.judged(&self.draft().await?, request).await?;
        let mut gathered = Gathered::of(&judged);
        for (id, test) in self.wanted(&judged, tests)? {
            let mut play = judged.bot.play_live(test);
            while let Some(call) = play.next_call() {
                let result = answer(id, &judged.bot, call).await;
                play.answer(result);
            }
            gathered.add(id, play.finish());
        }
        Ok(gathered.report())
    }

    async fn run_tests(
        &self,
        draft: &Content,
        request: &PlanRequest,
        wanted: Option<&BTreeSet<TestId>>,
    ) -> Result<(Candidate, TestReport), Error> {
        let judged = self.judged(draft, request).await?;
        let mut gathered = Gathered::of(&judged);
        for (id, test) in self.wanted(&judged, wanted)? {
            gathered.add(id, judged.bot.play_through(test));
        }
        let report = gathered.report();
        Ok((judged.candidate, report))
    }

    /// What the draft's tests judge when they judge a request.
    async fn judged(&self, draft: &Content, request: &PlanRequest) -> Result<Judged, Error> {
        let holder = self.load(draft).await?;
        let (candidate, content) = self.candidate_to_judge(request).await?;
        let bot = if content == *draft { holder.clone() } else { self.load(&content).await? };
        let flows = self.flows(&content).await?;
        Ok(Judged { holder, candidate, bot, flows })
    }

    fn wanted<'j>(
        &self,
        judged: &'j Judged,
        wanted: Option<&BTreeSet<TestId>>,
    ) -> Result<Vec<(&'j TestId, &'j ConversationTest)>, Error> {
        let tests = judged.holder.tests();
        let Some(wanted) = wanted else { return Ok(tests.iter().collect()) };
        let found = wanted.iter().map(|id| {
            let missing = || Error::PartNotFound { bot: self.id.clone(), path: PartPath::Test(id.clone()) };
            tests.get_key_value(id).ok_or_else(missing)
        });
        found.collect()
    }

    async fn flows(&self, content: &Content) -> Result<BTreeMap<FlowId, Flow>, Error> {
        let mut parts = self.parts(content).await?;
        parts.retain(|(path, _)| matches!(path, PartPath::Flow(_)));
        let documents = self.reader().documents(&parts).await?;
        let flows = parts.into_iter().zip(documents).filter_map(|((path, _), document)| match (path, document) {
            (PartPath::Flow(id), Document::Flow(flow)) => Some((id, flow)),
            _ => None,
        });
        Ok(flows.collect())
    }
}

/// What tests judge.
struct Judged {
    /// Holds the tests.
    holder: Arc<LoadedBot>,
    candidate: Candidate,
    bot: Arc<LoadedBot>,
    flows: BTreeMap<FlowId, Flow>,
}

/// What the tests have shown so far.
struct Gathered {
    outcomes: BTreeMap<TestId, TestOutcome>,
    coverage: Coverage,
}

impl Gathered {
    fn of(judged: &Judged) -> Self {
        Self { outcomes: BTreeMap::new(), coverage: Coverage::of(&judged.flows) }
    }

    fn add(&mut self, test: &TestId, played: Playthrough) {
        self.coverage.count(&played.steps);
        self.outcomes.insert(test.clone(), played.outcome);
    }

    fn report(self) -> TestReport {
        let count = |passed| {
            let outcomes = self.outcomes.values().filter(|outcome| outcome.passed() == passed).count();
            u32::try_from(outcomes).unwrap_or(u32::MAX)
        };
        let (passed, failed) = (count(true), count(false));
        TestReport { passed, failed, coverage: self.coverage.report(), outcomes: self.outcomes }
    }
}
