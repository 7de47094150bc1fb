//! `talk`: a chat with the bot, or scripted turns.

use std::io::{BufRead, IsTerminal};
use std::sync::Arc;

use clap::Args;
use greenroom_channels::{FlowRequests, OutgoingPolicy};
use greenroom_lifecycle::{Bot, Reference};
use greenroom_model::{BotId, Language};
use greenroom_runtime::{Answer, Handlers, Place, Runtime};
use greenroom_store::Store;
use serde_json::{Value, json};

use super::save_test;
use crate::action_server::action_server;
use crate::conversation::{Conversation, reply_line, trace_line};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::store_access::StoreAccess;

/// The arguments of `talk`.
#[derive(Debug, Args)]
pub(crate) struct Talk {
    /// The bot
    bot: BotId,

    /// draft, live or another environment [default: live where something is published, else draft]
    #[arg(long = "env", value_name = "STATE")]
    state: Option<Reference>,

    /// The address of a Rasa action server: handlers that flows call are its actions
    #[arg(long, value_name = "URL")]
    actions: Option<String>,

    /// Say this, in a conversation of its own; may be given several times. `[Title]` presses a button
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    say: Vec<String>,

    /// The language of the conversation [default: the bot's]
    #[arg(long)]
    language: Option<Language>,

    /// Go on with the conversation of this id, or begin it [default: a new one]
    #[arg(long, value_name = "ID")]
    conversation: Option<String>,

    /// Open with the bot's introduction; a chat on a terminal always does
    #[arg(long)]
    start: bool,

    /// Print how the bot came to its replies
    #[arg(long)]
    trace: bool,

    /// Make the conversation a test of the draft in the end, which shows this
    #[arg(long, value_name = "NAME")]
    save_test: Option<String>,
}

impl Talk {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let bot = access.bot(&self.bot).await?;
        let state = self.state(&bot, output).await?;
        let place = match &state {
            Reference::Environment(environment) => Place::Environment(environment.clone()),
            _ => Place::Draft,
        };
        let runtime = self.runtime(access.store().await?)?;
        let id = self.conversation.clone().unwrap_or_else(|| uuid::Uuid::now_v7().to_string());
        let mut conversation = Conversation::new(runtime, self.bot.clone(), place, id, self.language.clone());
        let is_chat = self.say.is_empty() && std::io::stdin().is_terminal() && !output.is_json();
        let mut turns = Vec::new();
        if is_chat {
            output
                .line(format_args!("{state} of `{}`; a button's title or number presses it, /quit ends", self.bot))?;
            chat(&mut conversation, output, self.trace).await?;
        } else {
            turns = self.scripted(&mut conversation, output).await?;
        }
        let saved = match &self.save_test {
            None => None,
            Some(name) => {
                let recording = bot.recording(&state, conversation.id()).await?;
                Some(bot.save_as_test(name, &recording).await?)
            }
        };
        if output.is_json() {
            let (bot, id) = (&self.bot, conversation.id());
            let mut document = json!({ "bot": bot, "state": state.to_string(), "conversation": id, "turns": turns });
            if let Some(saved) = &saved {
                document["saved_test"] = save_test::document(saved);
            }
            output.document(&document)?;
        } else if let Some(saved) = &saved {
            save_test::print(output, saved)?;
        }
        Ok(Exit::Done)
    }

    /// What is talked with: what is named, else live, else the draft.
    async fn state(&self, bot: &Bot, output: &Output) -> Result<Reference, Failure> {
        match &self.state {
            Some(Reference::Version(_)) => {
                Err(Failure::usage("a conversation is with the draft or an environment, not with a version"))
            }
            Some(state) => Ok(state.clone()),
            None if bot.environment(&greenroom_lifecycle::live()).await?.is_some() => Ok(Reference::live()),
            None => {
                output.note("note: nothing is published to live yet, so this is the draft");
                Ok(Reference::Draft)
            }
        }
    }

    /// What answers: requests of flows go to the public internet alone, handlers are the actions
    /// of the server that was named.
    fn runtime(&self, store: Arc<dyn Store>) -> Result<Runtime, Failure> {
        let http = FlowRequests::new(OutgoingPolicy::public());
        let http = http.map_err(|error| Failure::Other(Exit::Failed, error.to_string()))?;
        let runtime = Runtime::new(store).with_http(Arc::new(http));
        Ok(match &self.actions {
            Some(address) => {
                let actions = Arc::new(action_server(address)?);
                runtime.with_handlers(Handlers::new().with_any_other(actions))
            }
            None => runtime,
        })
    }

    /// Plays the turns of the command line, or those of stdin, one a line.
    async fn scripted(&self, conversation: &mut Conversation, output: &Output) -> Result<Vec<Value>, Failure> {
        let mut turns = Vec::new();
        if self.start {
            let answer = conversation.start().await?;
            turns.push(self.tell(output, None, &answer)?);
        }
        let mut lines: Box<dyn Iterator<Item = std::io::Result<Vec<u8>>>> = if self.say.is_empty() {
            Box::new(std::io::stdin().lock().split(b'\n'))
        } else {
            Box::new(self.say.clone().into_iter().map(|said| Ok(said.into_bytes())))
        };
        let mut number = 0;
        while let Some(line) = lines.next().transpose()? {
            number += 1;
            let text = typed_text(line, number)?;
            let answer = conversation.take(&text).await?;
            turns.push(self.tell(output, Some(&text), &answer)?);
        }
        Ok(turns)
    }

    /// Prints an answer, unless all turns are told as one document in the end.
    fn tell(&self, output: &Output, said: Option<&str>, answer: &Answer) -> Result<Value, Failure> {
        if !output.is_json() {
            print(output, answer, self.trace)?;
            return Ok(Value::Null);
        }
        let mut turn = json!({
            "said": said,
            "replies": answer.replies,
            "understanding": answer.understanding,
            "handed_over": answer.handed_over,
        });
        if self.trace {
            turn["trace"] = json!(answer.trace);
        }
        Ok(turn)
    }
}

/// A line of stdin as a text.
fn typed_text(mut line: Vec<u8>, number: usize) -> Result<String, Failure> {
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    String::from_utf8(line).map_err(|error| {
        let at = error.utf8_error().valid_up_to() + 1;
        Failure::failed(format!("stdin, line {number}: byte {at} is not UTF-8; save what is read as UTF-8"))
    })
}

/// A chat on a terminal.
pub(super) async fn chat(conversation: &mut Conversation, output: &Output, trace: bool) -> Result<Exit, Failure> {
    let answer = conversation.start().await?;
    print(output, &answer, trace)?;
    loop {
        output.prompt("> ")?;
        let mut typed = Vec::new();
        let ended = std::io::stdin().lock().read_until(b'\n', &mut typed)? == 0;
        let Ok(text) = String::from_utf8(typed) else {
            output.note("(that was not UTF-8, so the bot has not got it; set the terminal to UTF-8)");
            continue;
        };
        let text = text.trim_end_matches(['\n', '\r']);
        if ended || text.trim() == "/quit" {
            return Ok(Exit::Done);
        }
        let answer = conversation.take_from_chat(text).await?;
        print(output, &answer, trace)?;
        if answer.replies.is_empty() && !answer.handed_over {
            output.note("(no answer)");
        }
    }
}

/// Prints an answer: a reply a line, before it the trace where it is asked for.
pub(super) fn print(output: &Output, answer: &Answer, trace: bool) -> Result<(), Failure> {
    if trace {
        if let Some(understanding) = &answer.understanding {
            match &understanding.intent {
                Some(intent) => output.line(format_args!("  . understood {} ({:.3})", intent.id, intent.confidence))?,
                None => output.line("  . not understood")?,
            }
        }
        for step in &answer.trace {
            output.line(format_args!("  . {}", trace_line(step)))?;
        }
    }
    for reply in &answer.replies {
        output.line(reply_line(reply))?;
    }
    if answer.handed_over {
        output.note("(a person has taken over; the bot is silent)");
    }
    Ok(())
}
