//! `demo`: all of it on the sample bot, which the binary carries: imported, trained,
//! tested, published, asked on live, then served.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Instant;

use clap::Args;
use greenroom_lifecycle::{Bot, ChannelId, ChannelSettings, ImportMode, PlanRequest, TrainingRequest, WebChat, live};
use greenroom_model::document::{ConversationTest, ExpectedReply, ExpectedText, UserAct};
use greenroom_model::{BotId, Code, Document, PartPath, Severity};
use greenroom_publish::Decision;
use greenroom_runtime::{Place, Runtime};
use greenroom_server::{Configuration, SAMPLE_ID, Server, sample_bot, termination};
use serde_json::{Value, json};

use crate::conversation::{Conversation, reply_line};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::findings::counted;
use crate::interruption::Interruption;
use crate::output::Output;
use crate::store_access::StoreAccess;
use crate::training_display::TrainingDisplay;

/// The test whose conversation the demo plays with live.
const EXCHANGE: &str = "tests/rent_step_by_step_en";

/// The arguments of `demo`.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// End after the last answer; do not serve (so does `--json`)
    #[arg(long)]
    no_server: bool,

    /// The address to serve at [default: 127.0.0.1:8080, or any free port where that is taken]
    #[arg(long, value_name = "ADDRESS", conflicts_with = "no_server")]
    listen: Option<SocketAddr>,
}

/// What the demo tells: a line a step, with its seconds.
struct Telling<'a> {
    output: &'a Output,
    begun: Instant,
    steps: Vec<Value>,
}

impl Telling<'_> {
    fn step(&mut self, step: &str, text: impl std::fmt::Display) -> Result<(), Failure> {
        let seconds = self.begun.elapsed().as_secs_f64();
        self.begun = Instant::now();
        self.steps.push(json!({ "step": step, "seconds": seconds }));
        if self.output.is_json() {
            return Ok(());
        }
        self.output.line(format_args!("{seconds:6.1} s  {text}"))
    }
}

impl Demo {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        // A store that the environment names may hold real bots: only one that is named here is written to.
        let folder = tempfile::tempdir()?;
        let own = access.at(folder.path().join("demo.db"));
        let access = if access.is_named() { access } else { &own };
        let done = self.demonstrate(access, output).await;
        own.close().await;
        done
    }

    async fn demonstrate(&self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let done = demonstrate(access, output).await?;
        if done == Exit::Done && !self.no_server && !output.is_json() {
            self.serve(access, output).await?;
        }
        Ok(done)
    }

    /// Serves the sample bot until the process is asked to end.
    async fn serve(&self, access: &StoreAccess, output: &Output) -> Result<(), Failure> {
        let store = access.store().await?;
        let at = |listen| Configuration { listen, log: "warn".to_owned(), ..Configuration::default() };
        let server = match self.listen {
            Some(listen) => Server::on(store, &at(listen)).await?,
            None => {
                match Server::on(store.clone(), &Configuration { log: "warn".to_owned(), ..Default::default() }).await {
                    Err(greenroom_server::Error::Listen { .. }) => {
                        Server::on(store, &at((Ipv4Addr::LOCALHOST, 0).into())).await?
                    }
                    started => started?,
                }
            }
        };
        let address = server.address();
        output.line(format_args!("\nthe console, the API and the web chat: {address}"))?;
        if let Some(link) = server.first_admin_link().await? {
            output.line(format_args!("this link makes you the administrator, once: {link}"))?;
        }
        output.line(format_args!("talk to live: {address}/chat/{SAMPLE_ID}   Ctrl-C ends"))?;
        Ok(server.run(termination()).await?)
    }
}

async fn demonstrate(access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
    let whole = Instant::now();
    let mut telling = Telling { output, begun: Instant::now(), steps: Vec::new() };
    let sample = sample_bot()?;
    let Some(Document::Test(exchange)) = sample.get(&EXCHANGE.parse::<PartPath>()?).cloned() else {
        return Err(Failure::failed("the sample bot lacks the conversation that the demo plays"));
    };
    let (parts, id) = (sample.len(), SAMPLE_ID.parse()?);
    let bot = import(access, &id, sample).await?;
    telling.step("import", format_args!("imported the sample bot `{id}`: {}", counted(parts, "part")))?;

    let interruption = Interruption::watch();
    let mut display = TrainingDisplay::new(output);
    let trained = bot
        .train(&TrainingRequest::default(), &mut |progress| {
            display.update(progress.language.as_str(), &progress.progress);
            interruption.flow()
        })
        .await?;
    drop(display);
    let languages: Vec<String> = trained
        .iter()
        .map(|done| format!("{} ({} intents, {} examples)", done.language, done.labels, done.examples))
        .collect();
    telling.step("train", format_args!("trained {}", languages.join(", ")))?;

    let request = PlanRequest::full("the sample bot of the demo");
    let report = bot.test(&request).await?;
    telling.step("test", format_args!("tested: {} passed, {} failed", report.passed, report.failed))?;
    if report.failed > 0 {
        return Ok(Exit::Refused);
    }

    let number = publish(&bot, &request).await?;
    telling.step("publish", format_args!("published: live runs version {number}"))?;

    let runtime = Runtime::new(access.store().await?);
    let turns = play(runtime, &id, &exchange, output).await?;
    telling.step("talk", "asked live, and every answer was the right one")?;
    let seconds = whole.elapsed().as_secs_f64();
    if output.is_json() {
        output.document(&json!({
            "bot": id,
            "store": access.path(),
            "steps": telling.steps,
            "passed": report.passed,
            "number": number,
            "turns": turns,
            "seconds": seconds,
        }))?;
    } else {
        output.line(format_args!("{seconds:6.1} s  in all"))?;
    }
    Ok(Exit::Done)
}

async fn import(access: &StoreAccess, id: &BotId, sample: BTreeMap<PartPath, Document>) -> Result<Bot, Failure> {
    let lifecycle = access.lifecycle_or_new().await?;
    match lifecycle.bot(id).await {
        Err(greenroom_lifecycle::Error::BotNotFound(_)) => Ok(lifecycle.create_from(id, sample).await?),
        found => {
            let bot = found?;
            bot.import(sample, ImportMode::Merge).await?;
            Ok(bot)
        }
    }
}

/// Publishes the draft, unless live runs it already; the number of the version that live runs then.
async fn publish(bot: &Bot, request: &PlanRequest) -> Result<u64, Failure> {
    if bot.channels(&live()).await?.is_empty() {
        let web_chat = ChannelSettings::WebChat(WebChat::default());
        bot.add_channel(&live(), ChannelId::from_name("web"), "Web chat", web_chat).await?;
    }
    let plan = bot.plan(request).await?;
    if plan.decision() == Decision::Deny {
        let mut denying = plan.findings().iter().filter(|finding| finding.severity == Severity::Deny);
        let running = bot.environment(&live()).await?;
        return match running.filter(|_| denying.all(|finding| finding.code == Code::NothingToPublish)) {
            Some(running) => Ok(running.number),
            None => Err(Failure::Refused(plan.findings().to_vec())),
        };
    }
    Ok(bot.publish(&plan).await?.number)
}

/// Plays a conversation of the sample bot with live; an answer other than the expected one is a failure.
async fn play(
    runtime: Runtime,
    id: &BotId,
    exchange: &ConversationTest,
    output: &Output,
) -> Result<Vec<Value>, Failure> {
    let language = exchange.language.clone();
    let mut conversation = Conversation::new(runtime, id.clone(), Place::live(), new_conversation(), language);
    let mut turns = Vec::new();
    for turn in &exchange.turns {
        let typed = match &turn.user {
            UserAct::Say(text) => text.clone(),
            UserAct::Press(title) => format!("[{title}]"),
            other => {
                return Err(Failure::failed(format!(
                    "the demo's conversation has a turn that nobody types: {other:?}"
                )));
            }
        };
        let answer = conversation.take(&typed).await?;
        if !output.is_json() {
            output.line(format_args!("           you: {typed}"))?;
            for reply in &answer.replies {
                output.line(format_args!("           bot: {}", reply_line(reply)))?;
            }
        }
        let found: Vec<&str> = answer.replies.iter().map(|reply| reply.text.as_str()).collect();
        let said = |expected: &ExpectedReply, found: &str| expected.text == ExpectedText::Exactly(found.to_owned());
        let expected = turn.expect.replies.as_ref();
        let fits = expected.is_none_or(|expected| {
            expected.len() == found.len() && expected.iter().zip(&found).all(|(expected, found)| said(expected, found))
        });
        if !fits {
            return Err(Failure::failed(format!("live should have answered {expected:?} to `{typed}`, not {found:?}")));
        }
        turns.push(json!({ "said": typed, "replies": answer.replies }));
    }
    Ok(turns)
}

fn new_conversation() -> String {
    uuid::Uuid::now_v7().to_string()
}
