//! One turn through flows of 10, 100 and 1,000 nodes: an answer is taken, a
//! branch decided, a variable set, two texts filled in, the next question asked. Then percentiles
//! of single steps all through the largest flow.

#![allow(missing_docs, clippy::unwrap_used, reason = "a bench")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use greenroom::flow::{FlowBuilder, Graph, Input, Session, step};
use greenroom::model::{Document, PartPath};
use percentiles::Percentiles;

mod percentiles;

/// A flow of rounds of five nodes, each of which asks, decides, counts and tells.
fn graph(nodes: usize) -> Graph {
    let rounds = nodes / 5;
    let mut builder = FlowBuilder::new("long").on_intent("go");
    for round in 0..rounds {
        builder = builder
            .input(&format!("ask{round}"), "size", "en", "What size, {{ name }}?", |input| {
                input.option("small", ["little"]).option("large", ["big"])
            })
            .branch(&format!("choose{round}"), |branch| branch.case("size == \"large\"", &format!("tell{round}")))
            .message(&format!("small{round}"), "en", "Small it is.")
            .action(&format!("tell{round}"), |action| action.set("count", "{{ count + 1 }}"))
            .message(&format!("done{round}"), "en", "That is {{ count }} of size {{ size }}.");
    }
    let variable = |name: &str, default: serde_json::Value| {
        let path: PartPath = format!("flows/variables/{name}").parse().unwrap();
        let document = Document::from_value(&path, serde_json::json!({ "name": name, "default": default })).unwrap();
        (path, document)
    };
    Graph::compile([
        ("flows/long".parse().unwrap(), Document::Flow(builder.build().unwrap())),
        variable("name", "Ann".into()),
        variable("count", 0.into()),
        variable("size", serde_json::Value::Null),
    ])
}

fn flow_step(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("flow_step");
    for nodes in [10, 100, 1_000] {
        let graph = graph(nodes);
        let begin = Input::of_intent("go", "go".parse().unwrap());
        let answer = Input::not_understood("the big one, please");
        let asked = step(&graph, &Session::new(&graph, None), &begin).session;
        assert_eq!(step(&graph, &asked, &answer).replies.len(), 2);
        group.bench_function(BenchmarkId::new("start", nodes), |bencher| {
            let session = Session::new(&graph, None);
            bencher.iter(|| step(&graph, black_box(&session), &begin));
        });
        group.bench_function(BenchmarkId::new("answer", nodes), |bencher| {
            bencher.iter(|| step(&graph, black_box(&asked), &answer));
        });
    }
    group.finish();
}

/// The sessions and inputs of a conversation from one end of the flow to the other: answers that
/// are taken and that are not, now and then the flow from its beginning.
fn conversation(graph: &Graph) -> Vec<(Session, Input)> {
    let begin = Input::of_intent("go", "go".parse().unwrap());
    let texts = ["the big one, please", "small", "what do you have?", "little", "LARGE!", "no idea"];
    let inputs = texts.iter().cycle().map(|text| Input::not_understood(*text));
    let mut session = Session::new(graph, None);
    let mut steps = Vec::new();
    for (place, input) in std::iter::once(begin.clone()).chain(inputs).take(300).enumerate() {
        let input = if place == 290 { begin.clone() } else { input };
        let next = step(graph, &session, &input).session;
        steps.push((session, input));
        session = next;
    }
    steps
}

fn percentiles_of_steps(_: &mut Criterion) {
    let graph = graph(1_000);
    let steps = conversation(&graph);
    Percentiles::of(|number| {
        let (session, input) = &steps[number % steps.len()];
        step(&graph, session, input)
    })
    .print(&format!("flow_step/{} steps through 1,000 nodes", steps.len()));
}

criterion_group!(benches, flow_step, percentiles_of_steps);
criterion_main!(benches);
