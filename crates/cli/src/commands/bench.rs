//! `bench`: measures how fast a bot answers: the latency of a turn over its own
//! examples, how long it takes to load, how large its models are.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use clap::Args;
use greenroom_bot::UserInput;
use greenroom_model::{BotId, Content, Document, Language, PartPath, Record as _, TrainedModel};
use greenroom_store::Store;
use hdrhistogram::Histogram;
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::options::StateOptions;
use crate::output::Output;
use crate::store_access::StoreAccess;

/// Turns are taken until there were so many of them, and so much time went by.
const MIN_TURNS: u64 = 1_000;
const MIN_TIME: Duration = Duration::from_millis(500);

/// A turn that takes longer counts as this long: a minute, in nanoseconds.
const LONGEST: u64 = 60_000_000_000;

/// How often the bot is loaded; the median counts.
const LOADS: usize = 5;

/// The arguments of `bench`.
#[derive(Debug, Args)]
pub(crate) struct Bench {
    /// The bot
    bot: BotId,

    #[command(flatten)]
    state: StateOptions,
}

/// The turns of one language, in nanoseconds.
struct Latency {
    texts: usize,
    turns: Histogram<u64>,
}

impl Bench {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let bot = access.bot(&self.bot).await?;
        let content = self.state.content(&bot).await?;
        let texts = texts(bot.documents(&content).await?.into_iter().map(|(path, _, document)| (path, document)));
        if texts.is_empty() {
            return Err(Failure::not_found(format!("the bot `{}` has no examples to say to it; add some", self.bot)));
        }
        let mut loads = Vec::with_capacity(LOADS);
        for _ in 0..LOADS {
            let begun = Instant::now();
            bot.load(&content).await?;
            loads.push(begun.elapsed());
        }
        loads.sort();
        let load = loads.get(LOADS / 2).copied().unwrap_or_default();
        let loaded = bot.load(&content).await?;
        let models = models(&*access.store().await?, &content).await?;
        let mut latencies = BTreeMap::new();
        for (language, texts) in &texts {
            if !content.models.contains_key(language) {
                output.note(format_args!(
                    "note: there is no model for language `{language}`; `greenroom train {}` makes one",
                    self.bot
                ));
            }
            latencies.insert(language, latency(&loaded, language, texts)?);
        }
        let document = json!({
            "bot": self.bot,
            "state": self.state.state.to_string(),
            "build": if cfg!(debug_assertions) { "debug" } else { "release" },
            "load_ms": load.as_secs_f64() * 1e3,
            "models": models,
            "languages": latencies.iter().map(|(language, own)| (language.as_str(), own.document())).collect::<BTreeMap<_, _>>(),
        });
        output.give(&document, |output| {
            if cfg!(debug_assertions) {
                output.note("note: this is a debug build; a release build answers several times faster");
            }
            let rows = latencies.iter().map(|(language, own)| {
                let [p50, p99, p999] = [50.0, 99.0, 99.9].map(|quantile| format!("{:.1} µs", own.micros(quantile)));
                [language.to_string(), own.texts.to_string(), own.turns.len().to_string(), p50, p99, p999]
            });
            output.table(["language", "texts", "turns", "p50", "p99", "p99.9"], rows.collect())?;
            output.line(format_args!("load    {:.1} ms", load.as_secs_f64() * 1e3))?;
            for (language, model) in &models {
                output
                    .line(format_args!("model   {language}: {} bytes, {} intents", model["bytes"], model["labels"]))?;
            }
            Ok(())
        })?;
        Ok(Exit::Done)
    }
}

impl Latency {
    fn micros(&self, quantile: f64) -> f64 {
        self.turns.value_at_quantile(quantile / 100.0) as f64 / 1e3
    }

    fn document(&self) -> Value {
        json!({
            "texts": self.texts,
            "turns": self.turns.len(),
            "p50_us": self.micros(50.0),
            "p99_us": self.micros(99.0),
            "p99_9_us": self.micros(99.9),
            "max_us": self.turns.max() as f64 / 1e3,
        })
    }
}

/// The examples of a bot, by language.
fn texts(parts: impl Iterator<Item = (PartPath, Document)>) -> BTreeMap<Language, Vec<String>> {
    let mut texts: BTreeMap<Language, Vec<String>> = BTreeMap::new();
    for (path, document) in parts {
        if let (PartPath::Examples(language, _), Document::Examples(own)) = (path, document) {
            let own = own.examples.into_iter().map(|example| example.text);
            texts.entry(language).or_default().extend(own);
        }
    }
    texts.retain(|_, texts| !texts.is_empty());
    texts
}

/// Says every text in a conversation of its own, again and again: what is measured
/// is understanding and walking together, without the store.
fn latency(bot: &greenroom_bot::Bot, language: &Language, texts: &[String]) -> Result<Latency, Failure> {
    let mut turns = Histogram::new_with_bounds(1, LONGEST, 3).map_err(|error| Failure::failed(error.to_string()))?;
    let inputs: Vec<UserInput> = texts.iter().cloned().map(UserInput::Text).collect();
    let session = bot.session(Some(language.clone()));
    for input in &inputs {
        std::hint::black_box(bot.turn(&session, input));
    }
    let begun = Instant::now();
    while turns.len() < MIN_TURNS || begun.elapsed() < MIN_TIME {
        for input in &inputs {
            let begun = Instant::now();
            std::hint::black_box(bot.turn(&session, input));
            turns.saturating_record(u64::try_from(begun.elapsed().as_nanos()).unwrap_or(LONGEST));
        }
    }
    Ok(Latency { texts: texts.len(), turns })
}

/// The size of each model as it is stored.
async fn models(store: &dyn Store, content: &Content) -> Result<BTreeMap<String, Value>, Failure> {
    let mut models = BTreeMap::new();
    for (language, digest) in &content.models {
        let object = |digest| async move {
            let found = store.objects(&[digest]).await?.pop().flatten();
            found.ok_or(greenroom_store::Error::Missing(digest))
        };
        let record = TrainedModel::from_bytes(&object(*digest).await?)?;
        let bytes = object(record.artifact).await?.len();
        models.insert(
            language.to_string(),
            json!({ "bytes": bytes, "labels": record.labels, "examples": record.examples }),
        );
    }
    Ok(models)
}
