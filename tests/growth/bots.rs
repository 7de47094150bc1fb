//! Bots of any number of parts, for measuring what grows with them.

use std::ops::ControlFlow;
use std::sync::Arc;

use greenroom::lifecycle::{Bot, Lifecycle, PartEdit, PlanRequest};
use greenroom::model::document::{Examples, Intent, Settings};
use greenroom::model::{Document, PartPath};
use greenroom::store::Store;

fn path(text: &str) -> PartPath {
    text.parse().unwrap()
}

/// How many intents have examples: what is trained is the same for each size.
const LABELLED: usize = 12;

/// A published bot of so many parts: flows and intents, of which a dozen have examples.
pub(crate) async fn bot_of(parts: usize, store: Arc<dyn Store>) -> Bot {
    let lifecycle = Lifecycle::new(store).acting_as("ann");
    let settings = Settings::new("Large", "en".parse().unwrap());
    let bot = lifecycle.create(&"large".parse().unwrap(), settings).await.unwrap();
    let mut edits = Vec::new();
    for number in 0..LABELLED {
        let texts = (0..12).map(|n| format!("please do thing{number} in way{n}"));
        let at = path(&format!("nlp/examples/en/intent-{number}"));
        edits.push(PartEdit::put(at, Document::Examples(Examples::of(texts))));
        let at = path(&format!("nlp/intents/intent-{number}"));
        edits.push(PartEdit::put(at, Document::Intent(Intent::new(format!("Intent {number}")))));
    }
    for number in 0..parts.saturating_sub(edits.len() + 1) {
        let at = path(&format!("flows/flow-{number}"));
        let json = format!(
            r#"{{"name":"Flow {number}","start":"a","triggers":[{{"intent":"intent-{}"}}],
            "nodes":{{"a":{{"message":{{"text":{{"en":"Text {number}"}},"next":"b"}}}},"b":{{"end":{{}}}}}}}}"#,
            number % LABELLED
        );
        edits.push(PartEdit::put(at.clone(), Document::from_json(&at, json.as_bytes()).unwrap()));
    }
    bot.edit(&edits).await.unwrap();
    bot.train(&Default::default(), &mut |_| ControlFlow::Continue(())).await.unwrap();
    let plan = bot.plan(&PlanRequest::full("first")).await.unwrap();
    bot.publish(&plan).await.unwrap();
    bot
}

/// An edit of one flow; `variant` makes it differ from the last.
pub(crate) fn one_edit(variant: usize) -> PartEdit {
    edit_of(7, variant)
}

/// The same of the flow of this number.
pub(crate) fn edit_of(flow: usize, variant: usize) -> PartEdit {
    let at = path(&format!("flows/flow-{flow}"));
    let json = format!(
        r#"{{"name":"Flow {flow}","start":"a","triggers":[{{"intent":"intent-1"}}],
        "nodes":{{"a":{{"message":{{"text":{{"en":"Variant {variant}"}}}}}}}}}}"#
    );
    PartEdit::put(at.clone(), Document::from_json(&at, json.as_bytes()).unwrap())
}
