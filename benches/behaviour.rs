//! What a publish would do, measured: the last 100 conversations of live, 1,000 different texts
//! together, through live and the draft. English word vectors, 150 intents with 20 examples each, a
//! flow for each; between the two some examples and flows were edited.
//!
//! `effect` is the whole of it, as the job does: transcripts are read from SQLite, both bots loaded,
//! the texts asked of both models, the conversations replayed, the draft's ten tests played, what that
//! showed kept as evidence. `effect, nothing read before` begins without what earlier acts had read.

#![allow(missing_docs, clippy::unwrap_used, reason = "a bench")]

use std::ops::ControlFlow;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use greenroom::lifecycle::{Bot, EvidenceOptions, Lifecycle, PartEdit, PlanRequest, Reference};
use greenroom::model::document::{Examples, Intent, Settings};
use greenroom::model::{Document, PartPath};
use greenroom::runtime::{Message, Place, Runtime};
use greenroom::store::Store;
use greenroom::store_sqlite::SqliteStore;
use nlp_peers::generated_examples;
use serde_json::{Value, json};

#[allow(dead_code, reason = "other benches use the rest of it")]
mod nlp_peers;

const INTENTS: usize = 150;
const CONVERSATIONS: usize = 100;
const TEXTS: usize = 1_000;

fn put(path: &str, value: Value) -> PartEdit {
    let path: PartPath = path.parse().unwrap();
    let document = Document::from_value(&path, value).unwrap();
    PartEdit::put(path, document)
}

/// An answer, then a question whose answer is kept.
fn flow(intent: usize, says: &str) -> PartEdit {
    let value = json!({ "name": "flow", "start": "hello",
        "triggers": [{ "intent": format!("label-{intent:03}") }], "nodes": {
        "hello": { "message": { "text": { "en": format!("{says} {intent}.") }, "next": "ask" } },
        "ask": { "input": { "variable": "size", "ask": { "text": { "en": "What size?" } }, "next": "choose",
            "accept": [{ "options": { "values": { "small": ["little"], "large": ["big"] } } }],
            "retry": { "en": "Small or large?" }, "attempts": 2 } },
        "choose": { "branch": { "cases": [{ "when": "size == \"large\"", "goto": "large" }], "else": "small" } },
        "large": { "message": { "text": { "en": "A large one." }, "next": "end" } },
        "small": { "message": { "text": { "en": "A small one." }, "next": "end" } },
        "end": { "end": {} } } });
    put(&format!("flows/flow-{intent:03}"), value)
}

fn examples(intent: usize, texts: &[String]) -> PartEdit {
    let path: PartPath = format!("nlp/examples/en/label-{intent:03}").parse().unwrap();
    PartEdit::put(path, Document::Examples(Examples::of(texts)))
}

/// The texts of each intent, and as many that nobody was trained with.
fn texts() -> (Vec<Vec<String>>, Vec<String>) {
    let mut of_intents: Vec<Vec<String>> = vec![Vec::new(); INTENTS];
    let mut words: Vec<Vec<String>> = Vec::new();
    for (text, label) in generated_examples(INTENTS) {
        words.push(text.split(' ').map(str::to_owned).collect());
        of_intents[label["label-".len()..].parse::<usize>().unwrap()].push(text);
    }
    // Half of one example, half of the next: close to an intent, and new.
    let half = |number: usize| {
        let (one, other) = (&words[number], &words[number + 1]);
        [&one[..one.len() / 2], &other[other.len() / 2..]].concat().join(" ")
    };
    let mut said: Vec<String> = (0..words.len() - 1).map(half).collect();
    said.sort();
    said.dedup();
    let step = said.len() / TEXTS;
    (of_intents, said.into_iter().step_by(step).take(TEXTS).collect())
}

/// A bot that is live and was talked to, with a draft that differs, trained.
async fn talked_to(store: Arc<dyn Store>) -> Bot {
    let lifecycle = Lifecycle::new(store.clone()).acting_as("ann");
    let settings = Settings::new("Bench", "en".parse().unwrap());
    let bot = lifecycle.create(&"bench".parse().unwrap(), settings).await.unwrap();
    let (of_intents, said) = texts();
    let mut edits = vec![
        put("flows/variables/size", json!({ "name": "size" })),
        put(
            "flows/lost",
            json!({ "name": "lost", "start": "say", "triggers": [{ "system": "not_understood" }],
            "nodes": { "say": { "message": { "text": { "en": "What was that?" } } } } }),
        ),
    ];
    for (intent, texts) in of_intents.iter().enumerate() {
        let path: PartPath = format!("nlp/intents/label-{intent:03}").parse().unwrap();
        edits.push(PartEdit::put(path, Document::Intent(Intent::new(format!("Intent {intent}")))));
        edits.extend([examples(intent, texts), flow(intent, "This is about")]);
    }
    for (test, texts) in of_intents.iter().enumerate().take(10) {
        let turns = json!([{ "say": texts[0] }, { "say": "big" }]);
        edits.push(put(&format!("tests/test-{test}"), json!({ "name": format!("Test {test}"), "turns": turns })));
    }
    bot.edit(&edits).await.unwrap();
    let train = || async {
        bot.train(&Default::default(), &mut |_| ControlFlow::Continue(())).await.unwrap();
    };
    train().await;
    let plan = bot.plan(&PlanRequest::full("first")).await.unwrap();
    bot.publish(&plan).await.unwrap();

    let runtime = Runtime::new(store);
    for (number, text) in said.iter().enumerate() {
        let who = format!("customer-{}", number % CONVERSATIONS);
        runtime.reply(bot.id(), &Place::live(), &who, &Message::text(text)).await.unwrap();
    }

    let mut edits: Vec<PartEdit> = (0..10).map(|intent| flow(intent * 7, "Now about")).collect();
    edits.extend((0..10).map(|intent| examples(intent * 11, &of_intents[intent * 11][..15])));
    bot.edit(&edits).await.unwrap();
    train().await;
    bot
}

fn behaviour(criterion: &mut Criterion) {
    let executor = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let bot = executor.block_on(async {
        let store = SqliteStore::open(folder.path().join("greenroom.store")).await.unwrap();
        talked_to(Arc::new(store)).await
    });
    let request = PlanRequest::full("what it would do");
    let options = EvidenceOptions { conversations: CONVERSATIONS, folds: 0 };
    let effect = |bot: &Bot| {
        let mut go_on = |_| ControlFlow::Continue(());
        executor.block_on(bot.gather_evidence(&request, &options, &mut go_on)).unwrap()
    };
    let found = effect(&bot);
    let replayed = found.conversations.unwrap().summary;
    assert_eq!(found.behaviour[0].utterances, TEXTS as u64);
    assert_eq!(replayed.conversations, CONVERSATIONS);
    println!(
        "of {TEXTS} texts {} are understood otherwise; of {} turns in {CONVERSATIONS} conversations, {} part ways",
        found.behaviour[0].other_intent + found.behaviour[0].lost + found.behaviour[0].gained,
        replayed.turns,
        replayed.parted
    );

    let mut group = criterion.benchmark_group("behaviour, 150 intents");
    group.sample_size(20);
    group.bench_function("effect", |bencher| bencher.iter(|| effect(&bot)));
    group.bench_function("effect, nothing read before", |bencher| {
        bencher.iter(|| {
            let lifecycle = Lifecycle::new(bot.lifecycle().store().clone()).acting_as("ann");
            effect(&executor.block_on(lifecycle.bot(bot.id())).unwrap())
        });
    });
    let live = Reference::live();
    let recordings = executor.block_on(bot.recordings(&live, CONVERSATIONS)).unwrap();
    group.bench_function("conversations alone, read and loaded", |bencher| {
        bencher.iter(|| executor.block_on(bot.replay(&live, &Reference::Draft, &recordings)).unwrap());
    });
    group.finish();
}

criterion_group!(benches, behaviour);
criterion_main!(benches);
