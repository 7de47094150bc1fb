//! A project of Rasa's from its files to live, beside a server of its actions.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use greenroom_channels::{FlowRequests, OutgoingPolicy};
use greenroom_format::{LossReport, RasaOptions, read_rasa};
use greenroom_lifecycle::{Bot, ImportMode, Lifecycle, PlanRequest, TestReport, TrainingRequest};
use greenroom_model::document::Settings;
use greenroom_model::{Document, PartPath, TestId};
use greenroom_runtime::{Handler as _, HandlerCall, Handlers, RasaActionServer, Runtime};
use greenroom_store::Store;
use greenroom_store_sqlite::SqliteStore;
use jiff::tz::TimeZone;
use tempfile::TempDir;

use crate::customer;
use crate::script::{Mismatches, Script};

/// When conversations with live take place: when conversation tests do.
const NOW: &str = "2026-01-05T12:00:00Z";

/// A bot that is live.
pub(crate) struct Hosted {
    bot: Bot,
    runtime: Runtime,
    actions: RasaActionServer,
    /// The tests that the project brings along, and how many stories there were.
    own: BTreeSet<TestId>,
    stories: usize,
    /// How many of the tests end before their story does.
    cut_short: usize,
    _folder: TempDir,
}

/// What became of the stories in `tests/`.
pub(crate) struct OwnTests {
    stories: usize,
    tests: usize,
    cut_short: usize,
    stubbed: u32,
    served: u32,
}

impl fmt::Display for OwnTests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stories, tests, cut_short, stubbed, served } = self;
        let whole = tests - cut_short;
        write!(f, "{stories} stories in `tests/`, {tests} become tests, {whole} of these to their end; ")?;
        write!(f, "{stubbed} pass with the actions answered by the tests, {served} with the actions served")
    }
}

impl Hosted {
    /// Imports a project into a store of its own, adds the scripts, trains it and publishes it.
    pub(crate) async fn with(project: &Path, scripts: &[Script], actions: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(folder.path().join("greenroom.db")).await.unwrap());
        let imported = read_rasa(project, &RasaOptions::default());
        let imported = imported.unwrap_or_else(|error| panic!("`{}`: {error}", project.display()));
        let settings = Settings::new("Bot", "en".parse().unwrap());
        let lifecycle = Lifecycle::new(store.clone()).acting_as("ann");
        let bot = lifecycle.create(&"bot".parse().unwrap(), settings).await.unwrap();
        let cut_short = cut_short(&imported.losses);
        let own: BTreeSet<TestId> = imported.bundle.parts.keys().filter_map(test_of).collect();
        bot.import(imported.bundle.parts, ImportMode::Merge).await.unwrap();
        for Script { id, test } in scripts {
            assert!(!own.contains(id), "the project has a test `{id}` itself");
            bot.put(&PartPath::Test(id.clone()), Document::Test(test.clone())).await.unwrap();
        }
        bot.train(&TrainingRequest::default(), &mut |_| ControlFlow::Continue(())).await.unwrap();
        let plan = bot.plan(&PlanRequest::full("to talk with")).await.unwrap();
        bot.publish(&plan).await.unwrap();

        let host = actions.strip_prefix("http://").and_then(|rest| rest.split('/').next()).unwrap().parse().unwrap();
        let client = Arc::new(FlowRequests::new(OutgoingPolicy::public().with_host(host)).unwrap());
        let actions = RasaActionServer::new(actions, client);
        let runtime = Runtime::new(store)
            .with_handlers(Handlers::new().with_any_other(Arc::new(actions.clone())))
            .with_clock(Arc::new(|| NOW.parse().unwrap()))
            .with_time_zone(TimeZone::UTC);
        Self { bot, runtime, actions, own, stories: stories(&project.join("tests")), cut_short, _folder: folder }
    }

    /// The tests that the project brings along: with what they say of actions' answers, and with the actions called.
    pub(crate) async fn own_tests(&self) -> OwnTests {
        let stubbed = self.bot.test_some(&PlanRequest::full(""), &self.own).await.unwrap();
        let served = self.served(&self.own, "own").await;
        OwnTests {
            stories: self.stories,
            tests: self.own.len(),
            cut_short: self.cut_short,
            stubbed: stubbed.passed,
            served: served.passed,
        }
    }

    /// Plays scripts as `greenroom test --actions` does.
    pub(crate) async fn play(&self, scripts: &[Script]) -> Mismatches {
        let report = self.served(&scripts.iter().map(|script| script.id.clone()).collect(), "played").await;
        let told = report.outcomes.into_iter().map(|(id, outcome)| {
            let told = outcome.mismatches.into_iter().map(|mismatch| {
                let greenroom_bot::Mismatch { turn, what, expected, found, .. } = mismatch;
                customer::told(turn, &what, &expected, &found)
            });
            (id, told.collect())
        });
        told.collect()
    }

    /// Holds the scripted conversations with live, as customers do.
    pub(crate) async fn talk(&self, scripts: &[Script]) -> Mismatches {
        let mut mismatches = Mismatches::new();
        for Script { id, test } in scripts {
            let told = customer::hold(&self.runtime, self.bot.id(), &format!("live-{id}"), test).await;
            mismatches.insert(id.clone(), told);
        }
        mismatches
    }

    /// Plays tests with the actions called, each as a conversation of its own to the server.
    async fn served(&self, tests: &BTreeSet<TestId>, kind: &str) -> TestReport {
        let answer = async |test: &TestId, loaded: &Arc<greenroom_bot::Bot>, call| {
            let call = HandlerCall::of_test(self.bot.id().clone(), format!("{kind}-{test}"), loaded.clone(), call);
            self.actions.call(&call).await.map_err(|error| error.to_string())
        };
        self.bot.test_live(&PlanRequest::full(""), Some(tests), answer).await.unwrap()
    }
}

fn test_of(path: &PartPath) -> Option<TestId> {
    match path {
        PartPath::Test(id) => Some(id.clone()),
        _ => None,
    }
}

/// How many stories the files of a folder hold.
fn stories(folder: &Path) -> usize {
    let files = std::fs::read_dir(folder).into_iter().flatten().map(|file| file.unwrap().path());
    let texts = files.filter(|file| file.is_file()).map(|file| std::fs::read_to_string(file).unwrap());
    texts.map(|text| text.lines().filter(|line| line.trim_start().starts_with("- story:")).count()).sum()
}

/// How many tests the import has shortened.
fn cut_short(losses: &LossReport) -> usize {
    losses.losses.iter().filter(|loss| loss.reason.contains("the turns before are kept")).count()
}
