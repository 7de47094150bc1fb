//! The fast path against a short, slow, obvious one: random bots are put into
//! trees and indexes and judged by [`plan()`], then judged again by looking at
//! every document.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::document::{Examples, Intent, NlpRuntime, Training};
use greenroom_model::index::{self, FactChange};
use greenroom_model::{
    Digest, Document, Facts, IntentId, Language, MemoryObjects, PartPath, Scope, Severity, Subject, Symbol, SymbolKind,
    TrainingData, Usage, Written, tree,
};
use proptest::prelude::*;

use crate::scenario::path;
use crate::{
    Candidate, CandidateModel, Change, Decision, Diff, Evidence, Indexes, Live, Plan, Policy, RemovedIntent,
    diff_documents, plan,
};

type Bot = BTreeMap<PartPath, Document>;

const MINIMUM: usize = 2;

/// How a language of the draft is trained.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Trained {
    Never,
    OnTheDraft,
    OnLive,
    Unloadable,
}

/// All that is drawn at random.
#[derive(Debug, Clone)]
struct Drawn {
    live: Option<Bot>,
    draft: Bot,
    trained: BTreeMap<Language, Trained>,
    scope: Scope,
    only_used: bool,
    /// Passed, failed, and whether they were run on the candidate.
    tests: Vec<(u32, u32, bool)>,
    channels: usize,
    notes: &'static str,
}

fn languages() -> [Language; 2] {
    ["en", "nl"].map(|text| text.parse().unwrap())
}

fn part() -> impl Strategy<Value = (PartPath, Option<Document>)> {
    let intent = || (0..3_u8).prop_map(|number| format!("i{number}"));
    let there = || prop::bool::weighted(0.8);
    let texts = prop::option::weighted(0.8, prop::collection::btree_set(0..6_u8, 0..4));
    prop_oneof![
        3 => (intent(), there(), any::<bool>()).prop_map(|(id, there, name)| {
            let name = if name { "One" } else { "Another" };
            (path(&format!("nlp/intents/{id}")), there.then(|| Document::Intent(Intent::new(name))))
        }),
        6 => (intent(), any::<bool>(), texts).prop_map(|(id, english, texts)| {
            let at = path(&format!("nlp/examples/{}/{id}", if english { "en" } else { "nl" }));
            (at, texts.map(|texts| Document::Examples(Examples::of(texts.iter().map(|number| format!("Text {number}"))))))
        }),
        1 => (0..2_u8, there()).prop_map(|(number, there)| {
            let at = path(&format!("nlp/entities/e{number}"));
            let entity = there.then(|| Document::from_json(&at, br#"{ "name": "E" }"#).unwrap());
            (at, entity)
        }),
        1 => (0..2_u64).prop_map(|seed| (path("nlp/training"), Some(Document::Training(Training { seed })))),
        1 => any::<bool>().prop_map(|half| {
            let threshold = if half { 0.5 } else { 0.4 };
            (path("nlp/runtime"), Some(Document::Runtime(NlpRuntime { threshold })))
        }),
        3 => (0..2_u8, there(), intent(), 0..2_u8, 0..2_u8, 0..3_u8, 0..3_u8).prop_map(|(number, there, intent, entity, flow, node, other)| {
            let at = path(&format!("flows/f{number}"));
            let json = format!(r#"{{ "name": "F", "start": "a", "triggers": [{{ "intent": "{intent}", "contexts": ["c{other}"] }}],
                "nodes": {{ "a": {{ "input": {{ "variable": "v{other}", "accept": [{{ "entity": {{ "entity": "e{entity}" }} }}], "next": "n{node}" }} }},
                    "n{node}": {{ "jump": {{ "to": {{ "flow": "f{flow}", "node": "n{other}" }} }} }},
                    "call": {{ "action": {{ "call": "h{other}" }} }}, "go": {{ "jump": {{ "to": {{ "flow": "f{entity}" }} }} }} }} }}"#);
            let flow = there.then(|| Document::from_json(&at, json.as_bytes()).unwrap());
            (at, flow)
        }),
        2 => (prop::sample::select(vec!["contexts/c", "variables/v", "handlers/h"]), 0..2_u8).prop_map(|(kind, number)| {
            let at = path(&format!("flows/{kind}{number}"));
            let document = Document::from_json(&at, br#"{ "name": "N" }"#).unwrap();
            (at, Some(document))
        }),
        1 => any::<bool>().prop_map(|there| {
            let at = path("tests/t");
            let test = there.then(|| Document::from_json(&at, br#"{ "name": "T", "turns": [{ "say": "hi" }] }"#).unwrap());
            (at, test)
        }),
    ]
}

fn apply(bot: &Bot, edits: Vec<(PartPath, Option<Document>)>) -> Bot {
    let mut bot = bot.clone();
    for (path, document) in edits {
        match document {
            Some(document) => bot.insert(path, document),
            None => bot.remove(&path),
        };
    }
    bot
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let trained = || {
        prop_oneof![
            6 => Just(Trained::OnTheDraft),
            2 => Just(Trained::OnLive),
            1 => Just(Trained::Never),
            1 => Just(Trained::Unloadable),
        ]
    };
    let edits = |most: usize| prop::collection::vec(part(), 0..most);
    let tests = prop::collection::vec((0..3_u32, prop::sample::select(vec![0, 0, 0, 1]), any::<bool>()), 0..3);
    (
        (edits(25), edits(5), prop::bool::weighted(0.9)),
        (trained(), trained()),
        (any::<bool>(), any::<bool>(), tests, 0..2_usize, prop::sample::select(vec!["", " ", "notes"])),
    )
        .prop_map(|((live, edits, published), (english, dutch), (full, only_used, tests, channels, notes))| {
            let live = apply(&Bot::new(), live);
            Drawn {
                draft: apply(&live, edits),
                live: published.then_some(live),
                trained: languages().into_iter().zip([english, dutch]).collect(),
                scope: if full { Scope::Full } else { Scope::NlpOnly },
                only_used,
                tests,
                channels,
                notes,
            }
        })
}

/// What is published: the draft, or live with the draft's NLP.
fn candidate_of(drawn: &Drawn) -> Bot {
    match (&drawn.live, drawn.scope) {
        (Some(live), Scope::NlpOnly) => {
            let kept = live.iter().filter(|(path, _)| !path.is_nlp());
            let carried = drawn.draft.iter().filter(|(path, _)| path.is_nlp());
            kept.chain(carried).map(|(path, document)| (path.clone(), document.clone())).collect()
        }
        _ => drawn.draft.clone(),
    }
}

/// The intents that have an example in a language.
fn labels<'a>(bot: &'a Bot, language: &'a Language) -> impl Iterator<Item = &'a IntentId> {
    bot.iter().filter_map(move |(path, document)| match (path, document) {
        (PartPath::Examples(of, intent), Document::Examples(examples))
            if of == language && !examples.examples.is_empty() =>
        {
            Some(intent)
        }
        _ => None,
    })
}

// ---- what a lifecycle does: trees, indexes, digests -------------------------

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

fn gather(drawn: &Drawn) -> (Change, Indexes, Vec<Evidence>, Policy) {
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

// ---- the reference: every document looked at, no digest, no index ------------

type Found = BTreeSet<(&'static str, Severity, String)>;

fn expected(drawn: &Drawn) -> Found {
    let bot = candidate_of(drawn);
    let nlp_only = drawn.scope == Scope::NlpOnly;
    let mut found = Found::new();
    let mut deny = |code, subject: String| found.insert((code, Severity::Deny, subject));

    let training = |bot: &Bot| bot.get(&PartPath::Training).cloned();
    let examples = |bot: &Bot, language: &Language| -> Bot {
        let of = |path: &PartPath| matches!(path, PartPath::Examples(of, _) if of == language);
        bot.iter().filter(|(path, _)| of(path)).map(|(path, document)| (path.clone(), document.clone())).collect()
    };
    let same_data = |one: &Bot, other: &Bot, language: &Language| {
        examples(one, language) == examples(other, language) && training(one) == training(other)
    };
    let speaks = |bot: &Bot, language: &Language| labels(bot, language).next().is_some();
    // Whether the models in use are those of live, language by language.
    let mut models_are_lives = true;
    for (language, trained) in &drawn.trained {
        let live_speaks = drawn.live.as_ref().is_some_and(|live| speaks(live, language));
        if !speaks(&bot, language) {
            models_are_lives &= !live_speaks;
            continue;
        }
        let as_live = drawn.live.as_ref().is_some_and(|live| live_speaks && same_data(live, &bot, language));
        let subject = format!("language {language}");
        match trained {
            Trained::OnTheDraft => models_are_lives &= as_live,
            Trained::Unloadable => {
                models_are_lives &= as_live;
                deny("model_unsupported", subject);
            }
            Trained::OnLive if live_speaks => {
                if !as_live {
                    deny("model_stale", subject);
                }
            }
            Trained::OnLive | Trained::Never => {
                models_are_lives &= !live_speaks;
                deny("model_missing", subject);
            }
        }
    }
    match &drawn.live {
        None if nlp_only => drop(deny("never_published", "bot".to_owned())),
        None => {}
        Some(live) => {
            let only = |bot: &Bot, keep: fn(&PartPath) -> bool| -> Bot {
                bot.iter()
                    .filter(|(path, _)| keep(path))
                    .map(|(path, document)| (path.clone(), document.clone()))
                    .collect()
            };
            if nlp_only && models_are_lives && only(live, PartPath::is_nlp) == only(&bot, PartPath::is_nlp) {
                deny("nlp_unchanged", "bot".to_owned());
            }
            let no_test = |path: &PartPath| !matches!(path, PartPath::Test(_));
            if models_are_lives && only(live, no_test) == only(&bot, no_test) {
                deny("nothing_to_publish", "bot".to_owned());
            }
        }
    }

    let facts: Vec<(&PartPath, Facts)> =
        bot.iter().map(|(path, document)| (path, Facts::of_structure(path, document))).collect();
    let defined: BTreeSet<&Symbol> = facts.iter().flat_map(|(_, facts)| &facts.defines).collect();
    // What live's flows use, by intent: where NLP alone is published these are the candidate's flows too.
    let uses = |intent: &IntentId| -> BTreeSet<String> {
        let symbol = Symbol::new(SymbolKind::Intent, intent.as_str());
        let flows = facts.iter().filter(|(path, _)| path.is_flow());
        let used = flows.flat_map(|(path, facts)| facts.references.iter().map(move |reference| (*path, reference)));
        used.filter(|(_, (of, _))| *of == symbol).map(|(path, (_, node))| place(path, node.as_ref())).collect()
    };
    let mut removed = BTreeSet::new();
    if let (true, Some(live)) = (nlp_only, &drawn.live) {
        for language in languages() {
            for intent in labels(live, &language).filter(|intent| !labels(&bot, &language).any(|kept| kept == *intent))
            {
                if !drawn.only_used || !uses(intent).is_empty() {
                    removed.insert(intent.clone());
                    deny("intent_removed", format!("nlp/examples/{language}/{intent}"));
                }
            }
        }
    }
    for (path, facts) in &facts {
        for (symbol, node) in facts.references.iter().filter(|(symbol, _)| !defined.contains(symbol)) {
            let code = match symbol.kind {
                SymbolKind::Intent if path.is_flow() && removed.iter().any(|id| id.as_str() == symbol.name) => continue,
                SymbolKind::Intent => "intent_unknown",
                SymbolKind::Entity => "entity_unknown",
                SymbolKind::Context => "context_unknown",
                SymbolKind::Variable => "variable_unknown",
                SymbolKind::Handler => "handler_unknown",
                SymbolKind::Flow | SymbolKind::Node => "target_missing",
            };
            deny(code, place(path, node.as_ref()));
        }
    }

    let mut warn = |code, subject: String| found.insert((code, Severity::Warn, subject));
    let tests = bot.keys().filter(|path| matches!(path, PartPath::Test(_))).count() as u32;
    let ran: Vec<_> = drawn.tests.iter().filter(|(.., ours)| *ours).collect();
    let failed = ran.iter().any(|(_, failed, _)| *failed > 0);
    if failed || !ran.iter().any(|(passed, ..)| *passed >= tests.max(1)) {
        warn("untested", "bot".to_owned());
    }
    if drawn.channels == 0 {
        warn("channel_missing", "bot".to_owned());
    }
    if drawn.notes != "notes" {
        warn("release_notes_missing", "bot".to_owned());
    }
    for (path, document) in &bot {
        match (path, document) {
            (PartPath::Examples(language, _), Document::Examples(own)) => {
                if (1..MINIMUM).contains(&own.examples.len()) {
                    warn("few_examples", path.to_string());
                }
                // The first intent with a text speaks for all that have it.
                let others: Vec<(&PartPath, &Document)> = bot
                    .iter()
                    .filter(|(other, _)| *other != path && matches!(other, PartPath::Examples(of, _) if of == language))
                    .collect();
                let shared = own.examples.iter().any(|example| {
                    let has = |document: &Document| matches!(document, Document::Examples(all) if all.examples.contains(example));
                    let holders: Vec<&PartPath> = others.iter().filter(|(_, all)| has(all)).map(|(path, _)| *path).collect();
                    !holders.is_empty() && holders.iter().all(|other| *other > path)
                });
                if shared {
                    warn("duplicate_example", path.to_string());
                }
            }
            (PartPath::Intent(id), _) => {
                if !languages().iter().any(|language| labels(&bot, language).any(|label| label == id)) {
                    warn("empty_intent", path.to_string());
                }
            }
            _ => {}
        }
    }
    found
}

fn place(path: &PartPath, node: Option<&greenroom_model::NodeId>) -> String {
    Usage { path: path.clone(), node: node.cloned() }.to_string()
}

fn found(plan: &Plan) -> Found {
    let codes: BTreeMap<&str, &'static str> =
        greenroom_model::Code::ALL.iter().map(|code| (code.as_str(), code.as_str())).collect();
    plan.findings()
        .iter()
        .map(|finding| {
            let subject = match &finding.subject {
                Subject::Bot => "bot".to_owned(),
                other => other.to_string(),
            };
            (codes[finding.code.as_str()], finding.severity, subject)
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn a_plan_finds_what_looking_at_every_document_finds(drawn in drawn()) {
        let (change, indexes, evidence, policy) = gather(&drawn);
        let plan = plan(&change, &indexes, &evidence, &policy, drawn.notes);
        let expected = expected(&drawn);
        prop_assert_eq!(found(&plan), expected.clone());
        let denied = expected.iter().any(|(_, severity, _)| *severity == Severity::Deny);
        prop_assert_eq!(plan.decision(), if denied { Decision::Deny } else { Decision::Allow });
    }
}
