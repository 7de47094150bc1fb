//! Another service asks Greenroom whether a draft may go live, and decides by the plan.

use std::ops::ControlFlow;
use std::sync::Arc;

use greenroom::lifecycle::{Bot, Lifecycle, PlanRequest};
use greenroom::model::document::{Examples, Intent, Settings};
use greenroom::model::{Document, Severity};
use greenroom::publish::{Decision, Policy};
use greenroom::store::MemoryStore;

/// What the deployment pipeline of the other service shows and returns.
async fn gate(bot: &Bot, notes: &str) -> Result<bool, Box<dyn std::error::Error>> {
    // The pipeline is stricter than the default: only a tested draft may pass.
    let policy = Policy::from_yaml("rules:\n  untested: deny\n")?;
    let plan = bot.plan(&PlanRequest { policy: Some(policy), ..PlanRequest::full(notes) }).await?;
    for part in &plan.diff().parts {
        println!("{:?} {}", part.kind, part.path);
    }
    for finding in plan.findings().iter().filter(|finding| finding.severity == Severity::Deny) {
        println!("{finding}\n  see {}", finding.help);
    }
    Ok(plan.decision() == Decision::Allow)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let lifecycle = Lifecycle::new(Arc::new(MemoryStore::new())).acting_as("pipeline");
    let bot = lifecycle.create(&"bakery".parse()?, Settings::new("Bakery", "en".parse()?)).await?;
    bot.put(&"nlp/intents/hours".parse()?, Document::Intent(Intent::new("Opening hours"))).await?;
    let texts = Examples::of(["when do you open", "opening hours please"]);
    bot.put(&"nlp/examples/en/hours".parse()?, Document::Examples(texts)).await?;
    assert!(!gate(&bot, "untrained and untested").await?);

    let test =
        r#"{ "name": "knows its hours", "turns": [{ "say": "when do you open", "expect": { "intent": "hours" } }] }"#;
    let path = "tests/hours".parse()?;
    bot.put(&path, Document::from_json(&path, test.as_bytes())?).await?;
    bot.train(&Default::default(), &mut |_| ControlFlow::Continue(())).await?;
    assert!(!gate(&bot, "trained, but untested").await?);

    assert_eq!(bot.test(&PlanRequest::full("")).await?.failed, 0);
    assert!(gate(&bot, "trained and tested").await?);
    Ok(())
}
