//! A whole turn in memory, with a model of 150 intents: the session is looked up, the text
//! classified, entities are found, the flow goes on in a bot of 1,050 nodes, the session is kept.
//! Once with n-grams alone, once with English word vectors; then each of its parts by itself.

#![allow(missing_docs, clippy::unwrap_used, reason = "a bench")]

use std::collections::{BTreeMap, HashMap};
use std::hint::black_box;
use std::ops::ControlFlow;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use greenroom::bot::{Bot, UserInput, shipped_vectors};
use greenroom::flow::{Input, Session, step};
use greenroom::model::{Document, PartPath};
use greenroom::nlp::{Example, Model, Scratch, ValidTrainParams, Vectors, train};
use nlp_peers::generated_examples;
use percentiles::Percentiles;
use serde_json::{Value, json};

#[allow(dead_code, reason = "other benches use the rest of it")]
mod nlp_peers;
mod percentiles;

const INTENTS: usize = 150;
/// Conversations at once; their turns follow each other.
const CONVERSATIONS: usize = 1_000;

fn document(path: &str, value: Value) -> (PartPath, Document) {
    let path: PartPath = path.parse().unwrap();
    let document = Document::from_value(&path, value).unwrap();
    (path, document)
}

/// A flow of seven nodes: a greeting by name, a question with options, a choice, two answers.
fn flow(intent: usize) -> Value {
    json!({ "name": "flow", "start": "count", "triggers": [{ "intent": format!("label-{intent:03}") }], "nodes": {
        "count": { "action": { "increment": { "count": 1 }, "set": { "last": format!("topic {intent}") }, "next": "hello" } },
        "hello": { "message": { "text": { "en": "Hello {{ name }}, this is about {{ last }}." }, "next": "ask" } },
        "ask": { "input": { "variable": "size", "ask": { "text": { "en": "What size?" } }, "next": "choose",
            "accept": [{ "entity": { "entity": "size" } }, { "options": { "values": { "small": ["little"], "large": ["big"] } } }],
            "retry": { "en": "Small or large?" }, "attempts": 3 } },
        "choose": { "branch": { "cases": [{ "when": "size == \"large\" and known(name)", "goto": "large" }], "else": "small" } },
        "large": { "message": { "text": { "en": "A large one, your number {{ count }}." }, "next": "end" } },
        "small": { "message": { "text": { "en": "A small one, your number {{ count }}." }, "next": "end" } },
        "end": { "end": {} },
    } })
}

fn bot(model: Model) -> Bot {
    let mut parts = vec![
        document("settings", json!({ "name": "Bench", "default_language": "en" })),
        document(
            "nlp/entities/size",
            json!({ "name": "size", "values": { "small": ["tiny"], "large": ["huge", "giant"] } }),
        ),
        document(
            "nlp/entities/city",
            json!({ "name": "city", "fuzziness": { "one_from": 4, "two_from": 8 },
            "values": (0..100).map(|place| (format!("city number {place}"), json!([]))).collect::<serde_json::Map<_, _>>() }),
        ),
        document("nlp/entities/order", json!({ "name": "order", "patterns": ["[A-Z]{2}-[0-9]{6}"] })),
        document("flows/variables/name", json!({ "name": "name", "default": "Ann" })),
        document("flows/variables/count", json!({ "name": "count", "type": "number" })),
        document("flows/variables/last", json!({ "name": "last" })),
        document("flows/variables/size", json!({ "name": "size" })),
        document(
            "flows/lost",
            json!({ "name": "lost", "start": "say", "triggers": [{ "system": "not_understood" }],
            "nodes": { "say": { "message": { "text": { "en": "What was that?" } } } } }),
        ),
    ];
    for intent in 0..INTENTS {
        parts.push(document(&format!("nlp/intents/label-{intent:03}"), json!({ "name": "intent" })));
        parts.push(document(&format!("flows/flow-{intent:03}"), flow(intent)));
    }
    Bot::new(parts, BTreeMap::from([("en".parse().unwrap(), Arc::new(model))])).unwrap()
}

/// What users say: examples of each intent, answers between them.
fn texts(labelled: &[(String, String)]) -> Vec<UserInput> {
    let said = |text: &str| UserInput::Text(text.to_owned());
    let mut texts = Vec::new();
    for (place, (text, _)) in labelled.iter().enumerate().step_by(3) {
        texts.push(said(text));
        texts.push(said(["the big one please", "tiny", "what?", "LARGE"][place % 4]));
    }
    texts
}

fn turn(criterion: &mut Criterion) {
    let labelled = generated_examples(INTENTS);
    let examples: Vec<Example<'_>> = labelled.iter().map(|(text, label)| Example { text, label }).collect();
    let inputs = texts(&labelled);
    let packs: [(&str, Option<&Vectors>); 2] = [("n-grams", None), ("vectors", shipped_vectors().first())];
    for (name, vectors) in packs {
        let model =
            train(&examples, &ValidTrainParams::default(), vectors, &mut |_| ControlFlow::Continue(())).unwrap();
        let bot = bot(model.clone());
        let english = "en".parse().unwrap();

        let mut sessions: HashMap<usize, Session> = HashMap::new();
        let mut one_turn = |number: usize| {
            // A conversation says what follows on what it said before.
            let conversation = number % CONVERSATIONS;
            let input = &inputs[(conversation * 7 + number / CONVERSATIONS) % inputs.len()];
            let session = sessions.remove(&conversation).unwrap_or_else(|| bot.session(None));
            let turn = bot.turn(&session, input);
            sessions.insert(conversation, turn.session);
            (turn.replies, turn.effects, turn.trace, turn.understanding)
        };
        Percentiles::of(&mut one_turn).print(&format!("turn/{name}, 150 intents"));
        let mut number = 0;
        criterion.bench_function(&format!("turn/{name}, 150 intents"), |bencher| {
            bencher.iter(|| {
                number += 1;
                one_turn(number)
            });
        });

        let text = |number: usize| match &inputs[number % inputs.len()] {
            UserInput::Text(text) => text.as_str(),
            other => unreachable!("{other:?}"),
        };
        let mut scratch = Scratch::default();
        Percentiles::of(|number| model.classify(black_box(text(number)), &mut scratch).best(bot.threshold()).is_some())
            .print(&format!("turn/{name}: classify alone"));
        Percentiles::of(|number| bot.understand(text(number), &english, None))
            .print(&format!("turn/{name}: understand alone"));
        let steps: Vec<(Session, Input)> = {
            let mut session = bot.session(None);
            let steps = (0..inputs.len()).map(|number| {
                let understood = bot.understand(text(number), &english, None);
                let intent = understood.intent.map(|intent| intent.id);
                let input = Input::Text { text: text(number).to_owned(), intent, entities: Vec::new(), language: None };
                let next = step(bot.graph(), &session, &input).session;
                (std::mem::replace(&mut session, next), input)
            });
            steps.collect()
        };
        Percentiles::of(|number| {
            let (session, input) = &steps[number % steps.len()];
            step(bot.graph(), session, input)
        })
        .print(&format!("turn/{name}: step alone"));
    }
}

criterion_group!(benches, turn);
criterion_main!(benches);
