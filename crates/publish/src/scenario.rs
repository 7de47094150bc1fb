//! A publish in which every rule is content, for tests to disturb.

use std::collections::BTreeMap;

use greenroom_model::{Digest, Language, Link, LinkKind, PartPath, Scope, Symbol, SymbolKind, TrainingData};

use crate::{
    Acknowledged, Behaviour, Candidate, CandidateModel, Change, Diff, Evidence, Indexes, Live, Plan, Policy,
    RemovedIntent, Rule, Scores, Submission, diff_documents, plan,
};

/// The arguments of [`plan()`].
#[derive(Debug, Clone)]
pub(crate) struct Scenario {
    pub(crate) change: Change,
    pub(crate) indexes: Indexes,
    pub(crate) evidence: Vec<Evidence>,
    pub(crate) policy: Policy,
    pub(crate) notes: String,
}

pub(crate) fn digest(what: &str) -> Digest {
    Digest::of(what.as_bytes())
}

pub(crate) fn language(text: &str) -> Language {
    text.parse().unwrap()
}

pub(crate) fn path(text: &str) -> PartPath {
    text.parse().unwrap()
}

/// A trained state of the bot in two languages.
fn content(state: &str) -> Candidate {
    let data = |language: &str| TrainingData { examples: digest(&format!("{state} {language}")), training: None };
    let languages = ["en", "nl"];
    let model = |text: &str| CandidateModel {
        digest: digest(&format!("{state} model {text}")),
        data: data(text),
        unsupported: None,
        outdated: None,
    };
    Candidate {
        tree: digest(&format!("{state} tree")),
        index: digest(&format!("{state} index")),
        nlp: Some(digest(&format!("{state} nlp"))),
        data: languages.iter().map(|text| (language(text), data(text))).collect(),
        models: languages.iter().map(|text| (language(text), model(text))).collect::<BTreeMap<_, _>>(),
    }
}

/// Cross-validation of a candidate's examples that came to this, as did its intent `order`.
pub(crate) fn scores_of(candidate: &Candidate, text: &str, score: f64) -> Scores {
    let language = language(text);
    let data = candidate.data[&language].digest();
    let intents = [("order".parse().unwrap(), score)].into();
    Scores { language, data, folds: 5, accuracy: score, macro_f1: score, intents }
}

/// A thousand utterances that both understand alike.
pub(crate) fn behaviour_of(change: &Change, text: &str) -> Behaviour {
    Behaviour {
        candidate: change.candidate.digest(),
        live: change.live.as_ref().unwrap().content.digest(),
        language: language(text),
        utterances: 1_000,
        other_intent: 0,
        lost: 0,
        gained: 0,
        examples: Vec::new(),
    }
}

impl Scenario {
    /// All is trained, tested, and another than version 3, which is live.
    pub(crate) fn clean(scope: Scope) -> Self {
        let candidate = content("draft");
        let evidence = vec![Evidence::Tests { candidate: candidate.digest(), passed: 2, failed: 0 }];
        let change = Change {
            bot: "pizza".parse().unwrap(),
            environment: "live".parse().unwrap(),
            scope,
            candidate,
            live: Some(Live {
                version: digest("version 3"),
                number: 3,
                content: content("live"),
                position: digest("position"),
            }),
            diff: Diff { parts: vec![diff_documents(&path("nlp/examples/en/order"), None, None)] },
            acknowledged: Acknowledged::default(),
            agreed_elsewhere: BTreeMap::new(),
            own_policy: None,
        };
        let indexes = Indexes { channels: 1, tests: 2, ..Indexes::default() };
        Self { change, indexes, evidence, policy: Policy::default(), notes: "More ways to order.".to_owned() }
    }

    /// The candidate's model of a language.
    pub(crate) fn model(&mut self, text: &str) -> &mut CandidateModel {
        self.change.candidate.models.get_mut(&language(text)).unwrap()
    }

    /// Nothing differs between the candidate and what is live.
    pub(crate) fn make_live_the_candidate(&mut self) {
        self.change.live.as_mut().unwrap().content = self.change.candidate.clone();
        self.change.diff = Diff::default();
    }

    /// Live's model has an intent that the candidate lacks.
    pub(crate) fn remove_intent(&mut self, of: &str, intent: &str, emptied: bool, users: &[&str]) {
        let users = users.iter().map(|usage| usage.parse().unwrap()).collect();
        let removed = RemovedIntent { name: "Refund".to_owned(), emptied, users };
        self.indexes.removed_intents.entry(language(of)).or_default().insert(intent.parse().unwrap(), removed);
    }

    /// Something uses what the candidate lacks.
    pub(crate) fn use_unknown(&mut self, kind: SymbolKind, name: &str, usages: &[&str]) {
        let unknown = self.indexes.problems.unknown.entry(Symbol::new(kind, name)).or_default();
        unknown.extend(usages.iter().map(|usage| usage.parse::<greenroom_model::Usage>().unwrap()));
    }

    /// Something takes what no part gives.
    pub(crate) fn want(&mut self, kind: LinkKind, name: &str, usage: &str) {
        let wanting = self.indexes.problems.links.wanting.entry(Link::new(kind, name)).or_default();
        wanting.insert(usage.parse().unwrap());
    }

    pub(crate) fn plan(&self) -> Plan {
        plan(&self.change, &self.indexes, &self.evidence, &self.policy, &self.notes)
    }

    /// What one rule finds, as text.
    pub(crate) fn found(&self, rule: &dyn Rule) -> Vec<String> {
        let submission = Submission::new(&self.change, &self.indexes, &self.evidence, &self.policy, &self.notes);
        let findings = rule.check(&submission);
        for finding in &findings {
            let declared =
                rule.codes().contains(&finding.code) || matches!(finding.code, greenroom_model::Code::Custom(_));
            assert!(declared, "the rule does not name its code {}", finding.code);
        }
        findings.iter().map(ToString::to_string).collect()
    }

    /// Asserts what one rule finds, in any order.
    #[track_caller]
    pub(crate) fn finds(&self, rule: &dyn Rule, expected: &[&str]) {
        let mut found = self.found(rule);
        let mut expected = expected.to_vec();
        found.sort();
        expected.sort_unstable();
        assert_eq!(found, expected);
    }
}
