//! What a lifecycle does before it asks for a plan: trees, indexes, digests.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::index::{self, FactChange};
use greenroom_model::{
    Digest, Facts, IntentId, Language, MemoryObjects, PartPath, Symbol, SymbolKind, TrainingData, Written, tree,
};

use super::drawn::{Bot, Drawn, MINIMUM, Trained, candidate_of, carries_model, labels, languages};
use crate::{
    Acknowledged, Candidate, CandidateModel, Change, Diff, Evidence, Indexes, Live, Policy, RemovedIntent,
    diff_documents,
};

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
    store_in(MemoryObjects::new(), bot)
}

fn store_in(mut objects: MemoryObjects, bot: &Bot) -> Stored {
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
    CandidateModel { digest: Digest::of(data.digest().as_bytes()), data, unsupported: None, outdated: None }
}

/// How two bots differ, by their trees.
fn differences(before: &Bot, after: &Bot) -> Vec<tree::Difference> {
    let before = store(before);
    let after = store_in(before.objects, after);
    tree::diff(&after.objects, &before.tree, &after.tree).unwrap()
}

pub(super) fn gather(drawn: &Drawn) -> (Change, Indexes, Vec<Evidence>, Policy) {
    let bot = candidate_of(drawn);
    let stored = store(&bot);
    let candidate_stored = &stored;
    let live_stored = drawn.live.as_ref().map(store);
    let nlp = |stored: &Stored| tree::directory_digest(&stored.objects, &stored.tree, &["nlp"]).unwrap();
    let live = drawn.live.as_ref().zip(live_stored.as_ref()).map(|(live, stored)| {
        let data = data_of(live, stored);
        let models = data.iter().map(|(language, data)| (language.clone(), model_of(*data))).collect();
        let content = Candidate { tree: stored.tree, index: stored.index, nlp: nlp(stored), data, models };
        Live { version: stored.tree, number: 1, content, position: stored.tree }
    });
    let data = data_of(&bot, &stored);
    let models_of_live = live.as_ref().map(|live| live.content.models.clone()).unwrap_or_default();
    let mut models = BTreeMap::new();
    for (language, trained) in &drawn.trained {
        let on_draft = data.get(language).map(|data| model_of(*data));
        let unloadable = |model| CandidateModel { unsupported: Some("it is newer".to_owned()), ..model };
        let trained = if carries_model(drawn, language) { trained } else { &Trained::OnLive };
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
    if let Some(live) = &drawn.live {
        for language in models_of_live.keys() {
            let kept: BTreeSet<&IntentId> = labels(&bot, language).collect();
            for intent in labels(live, language).filter(|intent| !kept.contains(intent)) {
                let symbol = Symbol::new(SymbolKind::Intent, intent.as_str());
                let users = index::usages(&candidate_stored.objects, &candidate_stored.index, &symbol).unwrap();
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
        languages_in_use: languages().into_iter().filter(|_| drawn.in_use).map(|named| (named, vec![])).collect(),
        hotfixed: drawn
            .live
            .iter()
            .flat_map(|live| {
                let from_base = differences(&drawn.base, live);
                Indexes::hotfixed(&drawn.scope, &from_base, &differences(live, &bot))
            })
            .collect(),
        brought_back: drawn
            .taken
            .iter()
            .filter(|_| drawn.live.is_some())
            .flat_map(|taken| {
                Indexes::brought_back(
                    &differences(before, &bot),
                    &differences(taken, &drawn.base),
                    &differences(taken, &bot),
                )
            })
            .collect(),
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
    let discard = drawn.discard.then(|| "flows/f0".parse().unwrap()).into_iter().collect();
    let acknowledged = Acknowledged { discard, reintroduce: drawn.reintroduce };
    let [bot, environment] = ["pizza", "live"];
    let change = Change {
        bot: bot.parse().unwrap(),
        environment: environment.parse().unwrap(),
        scope: drawn.scope.clone(),
        acknowledged,
        candidate,
        live,
        diff,
        agreed_elsewhere: BTreeMap::new(),
        own_policy: None,
    };
    (change, indexes, evidence, policy)
}
