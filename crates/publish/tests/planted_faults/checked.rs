//! What publishing finds in a bot: its parts' facts, the index, and every rule.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_flow::derive;
use greenroom_model::index::{self, FactChange};
use greenroom_model::{Code, Digest, Document, Facts, MemoryObjects, PartPath, Scope, Severity, Written};
use greenroom_publish::{Acknowledged, Candidate, Change, Diff, Evidence, Indexes, Policy, diff_documents, plan};
use serde_json::Value;

/// A finding: its code, its weight, and where it stands.
pub(crate) type Found = (Code, Severity, String);

/// A bot and its index.
pub(crate) struct Indexed {
    objects: MemoryObjects,
    root: Digest,
    parts: BTreeMap<String, Value>,
    facts: BTreeMap<PartPath, Facts>,
}

impl Indexed {
    /// The index made from nothing.
    pub(crate) fn of(parts: &BTreeMap<String, Value>) -> Self {
        let (root, written) = index::empty(1);
        let mut indexed = Self { objects: MemoryObjects::new(), root, parts: BTreeMap::new(), facts: BTreeMap::new() };
        keep(&mut indexed.objects, written);
        indexed.root = indexed.edited(parts);
        indexed.parts.clone_from(parts);
        indexed.facts = parts
            .iter()
            .map(|(path, document)| {
                let path: PartPath = path.parse().unwrap();
                (path.clone(), facts(&path, document))
            })
            .collect();
        indexed
    }

    /// What publishing finds in it.
    pub(crate) fn findings(&self) -> BTreeSet<Found> {
        findings(&self.objects, &self.root).0
    }

    /// What publishing finds in it, for people.
    pub(crate) fn lines(&self) -> String {
        findings(&self.objects, &self.root).1
    }

    /// What publishing finds when the parts are edited to be these, with the index that is
    /// kept, and for people.
    pub(crate) fn findings_after(&mut self, parts: &BTreeMap<String, Value>) -> (BTreeSet<Found>, String) {
        let root = self.edited(parts);
        findings(&self.objects, &root)
    }

    /// Whether the index that is kept when the parts are edited to be these is the one made anew.
    pub(crate) fn is_kept_as_made_anew(&mut self, parts: &BTreeMap<String, Value>) -> bool {
        self.edited(parts) == Self::of(parts).root
    }

    /// The index after an edit.
    fn edited(&mut self, parts: &BTreeMap<String, Value>) -> Digest {
        let mut changes = Vec::new();
        let paths: BTreeSet<&String> = parts.keys().chain(self.parts.keys()).collect();
        for path in paths.into_iter().filter(|path| parts.get(*path) != self.parts.get(*path)) {
            let at: PartPath = path.parse().unwrap();
            let after = parts.get(path).map(|document| facts(&at, document));
            changes.push(FactChange { before: self.facts.get(&at).cloned(), after, path: at });
        }
        let (root, written) = index::update(&self.objects, &self.root, &changes).unwrap();
        keep(&mut self.objects, written);
        root
    }
}

fn keep(objects: &mut MemoryObjects, written: Written) {
    for (_, bytes) in written.0 {
        objects.insert(bytes);
    }
}

fn facts(path: &PartPath, document: &Value) -> Facts {
    let bytes = serde_json::to_vec(document).unwrap();
    derive(path, &Document::from_json(path, &bytes).unwrap_or_else(|error| panic!("{path}: {error}\n{document:#}")))
}

fn findings(objects: &MemoryObjects, root: &Digest) -> (BTreeSet<Found>, String) {
    let policy = Policy::default();
    let problems = index::problems(objects, root, policy.few_examples_minimum()).unwrap();
    let candidate = Candidate { tree: *root, index: *root, nlp: None, data: BTreeMap::new(), models: BTreeMap::new() };
    let evidence = [Evidence::Tests { candidate: candidate.digest(), passed: 1, failed: 0 }];
    let change = Change {
        bot: "planted".parse().unwrap(),
        environment: "live".parse().unwrap(),
        scope: Scope::Full,
        acknowledged: Acknowledged::default(),
        agreed_elsewhere: BTreeMap::new(),
        own_policy: None,
        candidate,
        live: None,
        diff: Diff { parts: vec![diff_documents(&PartPath::Settings, None, None)] },
    };
    let indexes = Indexes { problems, channels: 1, tests: 1, ..Indexes::default() };
    let plan = plan(&change, &indexes, &evidence, &policy, "planted");
    let found = plan.findings().iter();
    let lines: Vec<String> = plan.findings().iter().map(ToString::to_string).collect();
    let found = found.map(|finding| (finding.code.clone(), finding.severity, finding.subject.to_string()));
    (found.collect(), lines.join("\n"))
}
