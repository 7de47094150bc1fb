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

/// One flow in so many asks for help and comes back.
const CALLING: usize = 10;

/// A published bot of so many parts that a plan finds nothing wrong with between its parts: intents
/// with examples, each with a flow that it starts, and flows that these lead on to, some of which
/// jump to a flow of help and come back.
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
    edits.push(put(
        "flows/help",
        r#"{"name":"Help","start":"a","nodes":{"a":{"message":{"text":{"en":"Ask me."},"next":"b"}},"b":{"end":{}}}}"#,
    ));
    let flows = parts.saturating_sub(edits.len() + 1);
    edits.extend((0..flows).map(|number| flow(number, flows, "Hello")));
    bot.edit(&edits).await.unwrap();
    bot.train(&Default::default(), &mut |_| ControlFlow::Continue(())).await.unwrap();
    let plan = bot.plan(&PlanRequest::full("first")).await.unwrap();
    bot.publish(&plan).await.unwrap();
    bot
}

fn put(at: &str, json: &str) -> PartEdit {
    let at = path(at);
    PartEdit::put(at.clone(), Document::from_json(&at, json.as_bytes()).unwrap())
}

/// The flow of this number among so many; what it says begins with `says`.
fn flow(number: usize, flows: usize, says: &str) -> PartEdit {
    let triggers = if number < LABELLED { format!(r#"[{{"intent":"intent-{number}"}}]"#) } else { "[]".to_owned() };
    let next = number + LABELLED;
    let on = match next < flows {
        true => format!(r#"{{"jump":{{"to":{{"flow":"flow-{next}"}}}}}}"#),
        false => r#"{"end":{}}"#.to_owned(),
    };
    let call = match number % CALLING {
        0 => r#"{"jump":{"to":{"flow":"help"},"return":true,"next":"c"}}"#.to_owned(),
        _ => r#"{"message":{"text":{"en":"Then on."},"next":"c"}}"#.to_owned(),
    };
    put(
        &format!("flows/flow-{number}"),
        &format!(
            r#"{{"name":"Flow {number}","start":"a","triggers":{triggers},
            "nodes":{{"a":{{"message":{{"text":{{"en":"{says} {number}"}},"next":"b"}}}},"b":{call},"c":{on}}}}}"#
        ),
    )
}

/// An edit of the flow of this number, which leads on to another; `variant` makes it differ from the last.
pub(crate) fn edit_of(number: usize, variant: usize) -> PartEdit {
    flow(number, usize::MAX, &format!("Variant {variant}"))
}
