//! Random bots: what is live, a draft that differs in a few parts, how it is trained.

use std::collections::BTreeMap;

use greenroom_model::document::{Examples, Intent, NlpRuntime, Training};
use greenroom_model::{Document, IntentId, Language, PartPath, Scope, Selection};
use proptest::prelude::*;

use crate::scenario::path;

pub(super) type Bot = BTreeMap<PartPath, Document>;

pub(super) const MINIMUM: usize = 2;

/// How a language of the draft is trained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Trained {
    Never,
    OnTheDraft,
    OnLive,
    Unloadable,
}

/// All that is drawn at random.
#[derive(Debug, Clone)]
pub(super) struct Drawn {
    pub(super) live: Option<Bot>,
    pub(super) draft: Bot,
    pub(super) trained: BTreeMap<Language, Trained>,
    pub(super) scope: Scope,
    /// What the draft last agreed on with live, where something is live.
    pub(super) base: Bot,
    /// What a rollback took away.
    pub(super) taken: Option<Bot>,
    /// Whether a hotfix of flow `f0` may be lost, and what was taken away come back.
    pub(super) discard: bool,
    pub(super) reintroduce: bool,
    /// Whether live's settings name both languages.
    pub(super) in_use: bool,
    pub(super) only_used: bool,
    /// Passed, failed, and whether they were run on the candidate.
    pub(super) tests: Vec<(u32, u32, bool)>,
    pub(super) channels: usize,
    pub(super) notes: &'static str,
}

pub(super) fn languages() -> [Language; 2] {
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

fn scope() -> impl Strategy<Value = Scope> {
    let part = prop::sample::select(vec![
        "flows/f0",
        "flows/f1",
        "flows/contexts/c0",
        "flows/variables/v0",
        "flows/handlers/h0",
        "nlp/entities/e0",
    ]);
    let parts = prop::collection::btree_set(part.prop_map(path), 1..4);
    prop_oneof![
        4 => Just(Scope::Full),
        4 => Just(Scope::NlpOnly),
        2 => any::<bool>().prop_map(|english| {
            let [en, nl] = languages();
            Scope::NlpOfLanguages([if english { en } else { nl }].into())
        }),
        4 => (parts, any::<bool>()).prop_map(|(parts, nlp)| Scope::Flows(Selection { parts, nlp })),
        1 => Just(Scope::Rollback(1)),
        1 => Just(Scope::Promotion("staging".parse().unwrap())),
    ]
}

pub(super) fn drawn() -> impl Strategy<Value = Drawn> {
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
        (scope(), any::<bool>(), tests, 0..2_usize, prop::sample::select(vec!["", " ", "notes"])),
        (edits(3), prop::option::weighted(0.5, edits(3)), any::<[bool; 3]>()),
    )
        .prop_map(
            |((live, edits, published), (english, dutch), (scope, only_used, tests, channels, notes), since)| {
                let live = apply(&Bot::new(), live);
                let (hotfix, taken, [discard, reintroduce, in_use]) = since;
                Drawn {
                    base: apply(&live, hotfix),
                    taken: taken.map(|more| apply(&apply(&live, edits.clone()), more)),
                    discard,
                    reintroduce,
                    in_use,
                    draft: apply(&live, edits),
                    live: published.then_some(live),
                    trained: languages().into_iter().zip([english, dutch]).collect(),
                    scope,
                    only_used,
                    tests,
                    channels,
                    notes,
                }
            },
        )
}

/// What is published: the draft, or live with what the scope carries of the draft.
pub(super) fn candidate_of(drawn: &Drawn) -> Bot {
    match &drawn.live {
        Some(live) if drawn.scope.is_partial() => {
            let kept = live.iter().filter(|(path, _)| !drawn.scope.carries(path));
            let carried = drawn.draft.iter().filter(|(path, _)| drawn.scope.carries(path));
            kept.chain(carried).map(|(path, document)| (path.clone(), document.clone())).collect()
        }
        _ => drawn.draft.clone(),
    }
}

/// Whether a language's model is the draft's; else it is live's.
pub(super) fn carries_model(drawn: &Drawn, language: &Language) -> bool {
    drawn.live.is_none() || drawn.scope.carries_model(language)
}

/// The intents that have an example in a language.
pub(super) fn labels<'a>(bot: &'a Bot, language: &'a Language) -> impl Iterator<Item = &'a IntentId> {
    bot.iter().filter_map(move |(path, document)| match (path, document) {
        (PartPath::Examples(of, intent), Document::Examples(examples))
            if of == language && !examples.examples.is_empty() =>
        {
            Some(intent)
        }
        _ => None,
    })
}
