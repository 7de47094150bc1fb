//! A bot from draft to live and talking, without a file or a server.

use std::ops::ControlFlow;
use std::sync::Arc;

use greenroom::lifecycle::{Lifecycle, PlanRequest};
use greenroom::model::Document;
use greenroom::model::document::{Examples, Intent, Settings};
use greenroom::runtime::{Message, Place, Runtime};
use greenroom::store::MemoryStore;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let store = Arc::new(MemoryStore::new());
    let lifecycle = Lifecycle::new(store.clone()).acting_as("ann");
    let bot = lifecycle.create(&"bakery".parse()?, Settings::new("Bakery", "en".parse()?)).await?;

    let texts = ["when do you open", "opening hours please", "are you open on sunday"];
    bot.put(&"nlp/intents/hours".parse()?, Document::Intent(Intent::new("Opening hours"))).await?;
    bot.put(&"nlp/examples/en/hours".parse()?, Document::Examples(Examples::of(texts))).await?;
    let flow = r#"{ "name": "Opening hours", "start": "say", "triggers": [{ "intent": "hours" }],
        "nodes": { "say": { "message": { "text": { "en": "We open at seven." } } } } }"#;
    let path = "flows/hours".parse()?;
    bot.put(&path, Document::from_json(&path, flow.as_bytes())?).await?;

    bot.train(&Default::default(), &mut |_| ControlFlow::Continue(())).await?;
    let plan = bot.plan(&PlanRequest::full("the first version")).await?;
    plan.findings().iter().for_each(|finding| println!("{finding}"));
    println!("live is now version {}", bot.publish(&plan).await?.number);

    let message = Message::text("when do you open?");
    let answer = Runtime::new(store).reply(bot.id(), &Place::live(), "customer-7", &message).await?;
    assert_eq!(answer.replies[0].text, "We open at seven.");
    Ok(())
}
