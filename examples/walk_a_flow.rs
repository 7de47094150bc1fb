//! Build a flow in Rust and walk it: `step` is a pure function of graph, session and input.

use greenroom::flow::{FlowBuilder, Graph, Input, Session, step};
use greenroom::model::{Document, PartPath};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let flow = FlowBuilder::new("Order").on_intent("order").message("start", "en", "What size?").build()?;
    let path: PartPath = "flows/order".parse()?;
    let graph = Graph::compile([(path, Document::Flow(flow))]);

    let session = Session::new(&graph, None);
    let stepped = step(&graph, &session, &Input::of_intent("I want a pizza", "order".parse()?));
    assert_eq!(stepped.replies[0].text, "What size?");
    for line in &stepped.trace {
        println!("{line:?}");
    }
    Ok(())
}
