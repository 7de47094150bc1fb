//! Asserts of a bot's flows that every way to a node asks for consent first.

use greenroom::flow::{FlowBuilder, Position, Ways};
use greenroom::model::{FlowId, document::Flow};

/// An order that begins by asking in another flow; `hurried` ones know a shorter way.
fn order(hurried: bool) -> Result<Flow, Box<dyn std::error::Error>> {
    let flow = FlowBuilder::new("Order").on_intent("order").jump_and_return("consent_first", "consent");
    let flow = flow.message("pay", "en", "Here you pay.").end("bye");
    Ok(if hurried { flow.on_keyword("quick").at("pay").build()? } else { flow.build()? })
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let consent = FlowBuilder::new("Consent")
        .input("ask", "agreed", "en", "May we keep your address?", |input| input.option("yes", ["sure"]))
        .build()?;
    let (consent_id, order_id) = (FlowId::new("consent")?, FlowId::new("order")?);
    let ask = Position { flow: consent_id.clone(), node: "ask".parse()? };
    let pay = Position { flow: order_id.clone(), node: "pay".parse()? };

    let flow = order(false)?;
    assert!(Ways::of_bot([(&consent_id, &consent), (&order_id, &flow)]).every_way_passes(&pay, &ask));

    let flow = order(true)?;
    let ways = Ways::of_bot([(&consent_id, &consent), (&order_id, &flow)]);
    assert!(!ways.every_way_passes(&pay, &ask));
    for way in ways.paths_to(&pay, 10).iter().filter(|way| !way.contains(&&ask)) {
        let nodes: Vec<String> = way.iter().map(ToString::to_string).collect();
        println!("nobody is asked on the way {}", nodes.join(" > "));
    }
    Ok(())
}
