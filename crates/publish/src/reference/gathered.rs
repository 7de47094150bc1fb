//! What a lifecycle does before it asks for a plan: trees, indexes, digests.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::index::{self, FactChange};
use greenroom_model::{
    Digest, Facts, IntentId, Language, MemoryObjects, PartPath, Symbol, SymbolKind, TrainingData, Written, tree,
};

use super::drawn::{Bot, Drawn, MINIMUM, Trained, candidate_of, labels, languages};
use crate::{Candidate, CandidateModel, Change, Diff, Evidence, Indexes, Live, Policy, RemovedIntent, diff_documents};

struct Stored {
    objects: MemoryObjects,
    tree: Digest,
    index: Digest,
}

fn keep(objects: &mut MemoryObjects, written: Written) {
    for (_, bytes) in written.0 {
        objects.insert(bytes);
    }
}

fn store(bot: &Bot) -> Stored {
    let mut objects = MemoryObjects::new();
    let (root, written) = tree::empty();
    keep(&mut objects, written);
    let (empty_index, written) = index::empty(1);
    keep(&mut objects, written);
    let mut edits = tree::Edits::new();
    let mut facts = Vec::new();
    for (path, document) in bot {
        let part = objects.insert(document.to_bytes(path).unwrap());
        edits.set(&path.segments(), Some(part));
        let after = Some(Facts::of_structure(path, document));
        facts.push(FactChange { path: path.clone(), before: None, after });
    }
    let (tree, written) = tree::apply(&objects, &root, &edits).unwrap();
    keep(&mut objects, written);
    let (index, written) = index::update(&objects, &empty_index, &facts).unwrap();
    keep(&mut objects, written);
    Stored { objects, tree, index }
}

fn data_of(bot: &Bot, stored: &Stored) -> BTreeMap<Language, TrainingData> {
    let mut data = BTreeMap::new();
    for language in languages() {
        if labels(bot, &language).next().is_some() {
            let directory = ["nlp", "examples", language.as_str()];
            let examples = tree::directory_digest(&stored.objects, &stored.tree, &directory).unwrap().unwrap();
            let training = tree::get(&stored.objects, &stored.tree, &["nlp", "training"]).unwrap();
            data.insert(language, TrainingData { examples, training });
        }
    }
    data
}

fn model_of(data: TrainingData) -> CandidateModel {
    CandidateModel { digest: Digest::of(data.digest().as_bytes()), data, unsupported: None }
}

pub(super) fn gather(drawn: &Drawn) -> (Change, Indexes, Vec<Evidence>, Policy) {
    let bot = candidate_of(drawn);
    let stored = store(&bot);
    let live_stored = drawn.live.as_ref().map(store);
    let nlp = |stored: &Stored| tree::directory_digest(&stored.objects, &stored.tree, &["nlp"]).unwrap();
    let live = drawn.live.as_ref().zip(live_stored.as_ref()).map(|(live, stored)| {
        let data = data_of(live, stored);
        let models = data.iter().map(|(language, data)| (language.clone(), model_of(*data))).collect();
        let content = Candidate { tree: stored.tree, index: stored.index, nlp: nlp(stored), data, models };
        Live { version: stored.tree, number: 1, content }
    });
    let data = data_of(&bot, &stored);
    let models_of_live = live.as_ref().map(|live| live.content.models.clone()).unwrap_or_default();
    let mut models = BTreeMap::new();
    for (language, trained) in &drawn.trained {
        let on_draft = data.get(language).map(|data| model_of(*data));
        let unloadable = |model| CandidateModel { unsupported: Some("it is newer".to_owned()), ..model };
        let model = match trained {
            Trained::Never => None,
            Trained::OnTheDraft => on_draft,
            Trained::OnLive => models_of_live.get(language).cloned(),
            Trained::Unloadable => on_draft.map(unloadable),
        };
        models.extend(model.map(|model| (language.clone(), model)));
    }
    let candidate = Candidate { tree: stored.tree, index: stored.index, nlp: nlp(&stored), data, models };
    let empty = Bot::new();
    let before = drawn.live.as_ref().unwrap_or(&empty);
    let paths: BTreeSet<&PartPath> = before.keys().chain(bot.keys()).collect();
    let differ = paths.into_iter().filter(|path| before.get(path) != bot.get(path));
    let diff = Diff { parts: differ.map(|path| diff_documents(path, before.get(path), bot.get(path))).collect() };
    let mut removed_intents: BTreeMap<Language, BTreeMap<IntentId, RemovedIntent>> = BTreeMap::new();
    if let Some((live, stored)) = drawn.live.as_ref().zip(live_stored.as_ref()) {
        for language in models_of_live.keys() {
            let kept: BTreeSet<&IntentId> = labels(&bot, language).collect();
            for intent in labels(live, language).filter(|intent| !kept.contains(intent)) {
                let symbol = Symbol::new(SymbolKind::Intent, intent.as_str());
                let users = index::usages(&stored.objects, &stored.index, &symbol).unwrap();
                let users = users.into_iter().filter(|usage| usage.path.is_flow()).collect();
                let emptied = bot.contains_key(&PartPath::Intent(intent.clone()));
                let removed = RemovedIntent { name: "name".to_owned(), emptied, users };
                removed_intents.entry(language.clone()).or_default().insert(intent.clone(), removed);
            }
        }
    }
    let policy = format!(
        "rules: {{ few_examples: {{ minimum: {MINIMUM} }}, intent_removed: {{ only_used: {} }} }}",
        drawn.only_used
    );
    let policy = Policy::from_yaml(&policy).unwrap();
    let indexes = Indexes {
        problems: index::problems(&stored.objects, &stored.index, policy.few_examples_minimum()).unwrap(),
        removed_intents,
        channels: drawn.channels,
        tests: bot.keys().filter(|path| matches!(path, PartPath::Test(_))).count(),
        ..Indexes::default()
    };
    let digest = candidate.digest();
    let evidence = drawn.tests.iter().map(|&(passed, failed, ours)| {
        let candidate = if ours { digest } else { Digest::of(b"another") };
        Evidence::Tests { candidate, passed, failed }
    });
    let evidence = evidence.collect();
    let [bot, environment] = ["pizza", "live"];
    let change = Change {
        bot: bot.parse().unwrap(),
        environment: environment.parse().unwrap(),
        scope: drawn.scope,
        candidate,
        live,
        diff,
    };
    (change, indexes, evidence, policy)
}
