//! A bot and its reference, side by side: each act is done to both.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;

use greenroom::lifecycle::{
    Bot, CollectionOptions, Error, Lifecycle, PartEdit, PlanRequest, Side, TrainingRequest, live,
};
use greenroom::model::document::Settings;
use greenroom::model::{Code, Content, EnvironmentId, PartPath, Scope, Severity, Subject};
use greenroom::publish::{Acknowledged, Decision};
use greenroom::store::Store;
use jiff::SignedDuration;

use crate::acts::{Act, Carried, Place, Publish};
use crate::parts::{Part, Parts, difference, path};
use crate::promises;
use crate::reference::Reference;

/// How often acts came to something: a test whose publishes are all refused shows little.
#[derive(Debug, Default, Clone)]
pub(crate) struct Reached(BTreeMap<&'static str, usize>);

impl Reached {
    fn note(&mut self, what: &'static str) {
        *self.0.entry(what).or_default() += 1;
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (what, times) in &other.0 {
            *self.0.entry(what).or_default() += times;
        }
    }
}

impl fmt::Display for Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told: Vec<String> = self.0.iter().map(|(what, times)| format!("{what} {times}")).collect();
        f.write_str(&told.join(", "))
    }
}

pub(crate) struct Played {
    bot: Bot,
    reference: Reference,
    /// What each version was when it was made.
    versions: Vec<Content>,
    pub(crate) reached: Reached,
}

fn staging() -> EnvironmentId {
    "staging".parse().unwrap()
}

fn environment(place: Place) -> EnvironmentId {
    match place {
        Place::Live => live(),
        Place::Staging => staging(),
    }
}

fn part_edits(edits: &[(PartPath, Option<Part>)]) -> Vec<PartEdit> {
    let edit = |(at, part): &(PartPath, Option<Part>)| match part {
        Some(part) => PartEdit::put(at.clone(), part.document(at)),
        None => PartEdit::delete(at.clone()),
    };
    edits.iter().map(edit).collect()
}

impl Played {
    pub(crate) async fn create(store: Arc<dyn Store>) -> Self {
        let lifecycle = Lifecycle::new(store).acting_as("ann");
        let settings = Settings::new("bot 0", "de".parse().unwrap());
        let bot = lifecycle.create(&"random".parse().unwrap(), settings).await.unwrap();
        let draft = Parts::from([(path("settings"), Part::Settings("bot 0".to_owned()))]);
        Self { bot, reference: Reference::new(draft), versions: Vec::new(), reached: Reached::default() }
    }

    /// Does it to both, and compares them.
    pub(crate) async fn perform(&mut self, act: &Act) {
        match act {
            Act::Train => match self.bot.train(&TrainingRequest::default(), &mut |_| ControlFlow::Continue(())).await {
                Ok(_) => self.reached.note("trained"),
                Err(Error::Training { .. }) => {}
                Err(error) => panic!("{error}"),
            },
            Act::Publish(publish) => self.publish(publish).await,
            Act::Hotfix(place, ..) => {
                let edits = act.edits().unwrap();
                let request = PlanRequest::hotfix(part_edits(&edits), "at night").to(environment(*place));
                self.carry_out(request, edits, false).await;
            }
            Act::Merge(place, is_draft) => {
                let side = if *is_draft { Side::Draft } else { Side::Environment };
                self.merge(&environment(*place), side).await;
            }
            Act::Rollback(number) => self.roll_back(usize::from(*number)).await,
            Act::Restore(number) => self.restore(usize::from(*number)).await,
            Act::Collect => self.collect().await,
            edit => {
                let edits = edit.edits().unwrap();
                self.bot.edit(&part_edits(&edits)).await.unwrap();
                self.reference.edit(edits);
            }
        }
        self.compare().await;
        if let Ok(running) = self.bot.live_content(&live()).await {
            promises::hold(&self.bot, &running).await;
        }
    }

    pub(crate) async fn end(&self) {
        self.bot.verify_audit(None).await.unwrap();
    }

    async fn publish(&mut self, publish: &Publish) {
        let request = match publish.carried {
            Carried::All => PlanRequest::full("act"),
            Carried::Nlp => PlanRequest::nlp_only("act"),
            Carried::Language(language) => PlanRequest::nlp_of_languages([language.code().parse().unwrap()], "act"),
            Carried::Flow(flow, with_needed) => {
                let flow = format!("f{flow}").parse().unwrap();
                PlanRequest { with_needed, ..PlanRequest::flows([flow], "act") }
            }
            Carried::Staging => PlanRequest::full("act").to(staging()),
            Carried::StagingFlow(flow) => {
                PlanRequest::flows([format!("f{flow}").parse().unwrap()], "act").to(staging())
            }
            Carried::Promotion => PlanRequest { notes: "act".into(), ..PlanRequest::promotion(staging()) },
        };
        let acknowledged = Acknowledged { reintroduce: publish.reintroduces, ..Acknowledged::default() };
        self.carry_out(PlanRequest { acknowledged, ..request }, Vec::new(), publish.discards).await;
    }

    /// Plans and publishes, and holds the plan and what it came to against the reference.
    async fn carry_out(&mut self, mut request: PlanRequest, edits: Vec<(PartPath, Option<Part>)>, discards: bool) {
        let environment = request.environment.clone();
        let mut plan = match self.bot.plan(&request).await {
            Ok(plan) => plan,
            Err(Error::NoExamples(language)) => {
                let with_examples = |parts: &Parts| {
                    parts.iter().any(|(at, part)| {
                        matches!((at, part), (PartPath::Examples(of, _), Part::Examples(count)) if *of == language && *count > 0)
                    })
                };
                let live = self.reference.runs(&environment);
                return assert!(!with_examples(&self.reference.draft) && !live.is_some_and(with_examples));
            }
            Err(Error::PartNotFound { path, .. }) => {
                let live = self.reference.runs(&environment).unwrap();
                return assert!(!self.reference.draft.contains_key(&path) && !live.contains_key(&path));
            }
            Err(Error::NeverPublished { .. }) => {
                return assert_eq!(self.reference.candidate(&environment, &request.scope, edits), None);
            }
            Err(error) => panic!("{error}"),
        };
        let candidate = self.reference.candidate(&environment, plan.scope(), edits).unwrap();
        let undone = self.reference.undone(&environment, plan.scope(), &candidate);
        assert_eq!(drift_of(plan.findings()), undone, "hotfixes that would be undone");
        if let Scope::Promotion(from) = plan.scope() {
            let (_, published) = self.reference.overtaken(&environment, from);
            let told = plan.findings().iter().any(|finding| finding.code == Code::PromotionOutdated);
            assert_eq!(told, !published.is_empty(), "what would change back: {published:?}");
            self.reached.note(if told { "outdated" } else { "not outdated" });
        }
        if discards && !undone.is_empty() {
            request.acknowledged.discard = undone;
            plan = self.bot.plan(&request).await.unwrap();
            assert_eq!(drift_of(plan.findings()), BTreeSet::new());
            self.reached.note("discarded");
        }
        let nothing = Parts::new();
        let live = self.reference.runs(&environment).unwrap_or(&nothing);
        let changed: BTreeSet<&PartPath> = plan.diff().parts.iter().map(|part| &part.path).collect();
        assert_eq!(changed, difference(live, &candidate), "what the plan says that it changes");
        let draft = self.bot.draft().await.unwrap();
        match self.bot.publish(&plan).await {
            Ok(published) => {
                assert_eq!(plan.decision(), Decision::Allow);
                self.reference.publish(&environment, plan.scope(), candidate);
                assert_eq!(published.number as usize, self.reference.versions.len());
                self.reached.note(match plan.scope() {
                    Scope::Full => "full",
                    Scope::NlpOnly => "nlp",
                    Scope::NlpOfLanguages(_) => "language",
                    Scope::Flows(selection) if selection.nlp => "flows with nlp",
                    Scope::Flows(_) => "flows",
                    Scope::Hotfix => "hotfix",
                    Scope::Promotion(_) => "promotion",
                    _ => "other",
                });
            }
            Err(Error::Refused(_)) => {
                assert_eq!(plan.decision(), Decision::Deny);
                self.reached.note("refused");
            }
            Err(error) => panic!("{error}"),
        }
        assert_eq!(self.bot.draft().await.unwrap(), draft, "a publish leaves the draft alone, models too");
    }

    async fn merge(&mut self, of: &EnvironmentId, side: Side) {
        if self.reference.runs(of).is_none() {
            let merged = self.bot.merge(of, &BTreeMap::new()).await;
            return assert!(matches!(merged, Err(Error::NeverPublished { .. })));
        }
        let (drift, conflicts) = self.reference.drift(of);
        let told: BTreeSet<PartPath> = self.bot.drift(of).await.unwrap().into_iter().map(|part| part.path).collect();
        assert_eq!(told, drift);
        if !conflicts.is_empty() {
            let Err(Error::MergeConflict { parts, .. }) = self.bot.merge(of, &BTreeMap::new()).await else {
                panic!("a merge that nobody chose for")
            };
            assert_eq!(parts.into_iter().collect::<BTreeSet<_>>(), conflicts);
            self.compare().await;
            self.reached.note("conflicts");
        }
        let choices = conflicts.into_iter().map(|path| (path, side)).collect();
        self.bot.merge(of, &choices).await.unwrap();
        self.reference.merge(of, side);
        assert!(self.bot.drift(of).await.unwrap().is_empty());
        if !drift.is_empty() {
            self.reached.note("merged");
        }
    }

    async fn roll_back(&mut self, number: usize) {
        match self.bot.rollback(&live(), number as u64).await {
            Ok(_) => {
                self.reference.roll_back(&live(), number);
                self.reached.note("rolled back");
            }
            Err(Error::NeverPublished { .. }) => assert!(self.reference.runs(&live()).is_none()),
            Err(Error::VersionNotFound { .. } | Error::SavedDraft { .. } | Error::NotOfEnvironment { .. }) => {
                assert!(!self.reference.was_published(&live(), number), "version {number} is refused");
            }
            Err(error) => panic!("{error}"),
        }
    }

    async fn restore(&mut self, number: usize) {
        match self.bot.restore(number as u64).await {
            Ok(restored) => {
                self.reference.restore(number);
                assert_eq!(restored.saved as usize, self.reference.versions.len());
                self.reached.note("restored");
            }
            Err(Error::VersionNotFound { .. }) => assert!(number > self.reference.versions.len()),
            Err(error) => panic!("{error}"),
        }
    }

    /// Collects the garbage; after it all versions and the draft are there to the last part and load.
    async fn collect(&mut self) {
        let options = CollectionOptions { grace: SignedDuration::ZERO, ..CollectionOptions::default() };
        self.bot.lifecycle().collect_garbage(&options).await.unwrap();
        // Another process, which has read nothing yet.
        let fresh = Lifecycle::new(self.bot.lifecycle().store().clone()).bot(self.bot.id()).await.unwrap();
        fresh.documents(&fresh.draft().await.unwrap()).await.unwrap();
        for (entry, version) in fresh.versions().await.unwrap().iter().zip(&self.reference.versions) {
            same(&fresh, &entry.version.content, &version.parts).await;
            fresh.load(&entry.version.content).await.unwrap();
        }
        assert_eq!(
            self.bot.lifecycle().collect_garbage(&options).await.unwrap().deleted.objects,
            0,
            "garbage was left"
        );
    }

    /// Draft, environments and versions are those of the reference.
    async fn compare(&mut self) {
        same(&self.bot, &self.bot.draft().await.unwrap(), &self.reference.draft).await;
        let entries = self.bot.versions().await.unwrap();
        assert_eq!(entries.len(), self.reference.versions.len());
        for (number, entry) in entries.iter().enumerate() {
            let content = &entry.version.content;
            match self.versions.get(number) {
                Some(known) => assert_eq!(known, content, "a version never changes"),
                None => {
                    same(&self.bot, content, &self.reference.versions[number].parts).await;
                    self.versions.push(content.clone());
                }
            }
        }
        let environments = self.bot.environments().await.unwrap();
        let told: BTreeMap<_, _> =
            environments.into_iter().map(|(id, at)| (id, (at.number as usize, at.stable))).collect();
        let expected = self.reference.environments.iter();
        let expected = expected.map(|(id, at)| (id.clone(), (at.number, entries[at.number - 1].digest)));
        assert_eq!(told, expected.collect());
    }
}

/// The content is this bot, to the last part.
async fn same(bot: &Bot, content: &Content, parts: &Parts) {
    let found: BTreeMap<_, _> =
        bot.documents(content).await.unwrap().into_iter().map(|(at, _, document)| (at, document)).collect();
    assert_eq!(found.keys().collect::<Vec<_>>(), parts.keys().collect::<Vec<_>>());
    for (at, document) in found {
        assert_eq!(document, parts[&at].document(&at), "{at}");
    }
}

fn drift_of(findings: &[greenroom::model::Finding]) -> BTreeSet<PartPath> {
    let drifts =
        findings.iter().filter(|finding| finding.code == Code::LiveDrift && finding.severity == Severity::Deny);
    let path = drifts.map(|finding| match &finding.subject {
        Subject::Part(path) => path.clone(),
        other => panic!("{other:?}"),
    });
    path.collect()
}
