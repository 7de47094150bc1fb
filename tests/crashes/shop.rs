//! A small bot whose every edition says another text, and may understand other words. In
//! Dutch, since for English all word vectors would be read at each start of a process.

use std::ops::ControlFlow;
use std::sync::Arc;

use greenroom::lifecycle::{Bot, Error, Lifecycle, PartEdit, PlanRequest, Published, TrainingRequest};
use greenroom::model::document::{Examples, Intent, Settings};
use greenroom::model::{BotId, Document, PartPath};
use greenroom::store::Store;

pub(crate) fn shop() -> BotId {
    "shop".parse().unwrap()
}

fn path(text: &str) -> PartPath {
    text.parse().unwrap()
}

/// What an edition says to whoever greets it.
pub(crate) fn text_of(edition: usize) -> String {
    format!("welkom bij uitgave {edition}")
}

/// Its flow.
pub(crate) fn flow(edition: usize) -> PartEdit {
    let text = text_of(edition);
    let json = format!(
        r#"{{"name":"Hallo","start":"a","triggers":[{{"intent":"hallo"}},{{"system":"not_understood"}}],
        "nodes":{{"a":{{"message":{{"text":{{"nl":"{text}"}}}}}}}}}}"#
    );
    let at = path("flows/hallo");
    PartEdit::put(at.clone(), Document::from_json(&at, json.as_bytes()).unwrap())
}

/// Its examples: they need a training.
pub(crate) fn examples(edition: usize) -> PartEdit {
    let texts = [format!("hallo daar {edition}"), "goedemorgen".to_owned(), "dag allemaal".to_owned()];
    PartEdit::put(path("nlp/examples/nl/hallo"), Document::Examples(Examples::of(texts)))
}

pub(crate) fn open(store: Arc<dyn Store>) -> Lifecycle {
    Lifecycle::new(store).acting_as("ann")
}

/// The bot with its first edition in the draft, trained.
pub(crate) async fn create(store: Arc<dyn Store>) -> Bot {
    let bot = open(store).create(&shop(), Settings::new("Shop", "nl".parse().unwrap())).await.unwrap();
    let intent = |id: &str| PartEdit::put(path(&format!("nlp/intents/{id}")), Document::Intent(Intent::new(id)));
    let ends = Examples::of(["tot ziens", "vaarwel dan", "tot de volgende keer"]);
    let ends = PartEdit::put(path("nlp/examples/nl/einde"), Document::Examples(ends));
    bot.edit(&[intent("hallo"), intent("einde"), flow(1), examples(1), ends]).await.unwrap();
    train(&bot).await.unwrap();
    bot
}

pub(crate) async fn train(bot: &Bot) -> Result<(), Error> {
    bot.train(&TrainingRequest::default(), &mut |_| ControlFlow::Continue(())).await.map(drop)
}

pub(crate) async fn publish(bot: &Bot) -> Published {
    bot.publish(&bot.plan(&PlanRequest::full("notes")).await.unwrap()).await.unwrap()
}

/// The bot with two editions published, the second of which has a model of its own.
pub(crate) async fn create_with_two_versions(store: Arc<dyn Store>) -> Bot {
    let bot = create(store).await;
    publish(&bot).await;
    bot.edit(&[flow(2), examples(2)]).await.unwrap();
    train(&bot).await.unwrap();
    publish(&bot).await;
    bot
}
