//! `replay`: conversations through another state of the bot, and where they part ways.

use clap::Args;
use greenroom_bot::{Parting, Seen};
use greenroom_lifecycle::{Reference, ReplayReport};
use greenroom_model::{BotId, TestId};
use serde_json::json;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::findings::counted;
use crate::output::{Output, on_one_line};
use crate::store_access::StoreAccess;

/// The arguments of `replay`.
#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// The bot
    bot: BotId,

    /// The older side: draft, live or another environment, or a version's number
    #[arg(long, value_name = "STATE", default_value = "live")]
    from: Reference,

    /// The newer side
    #[arg(long, value_name = "STATE", default_value = "draft")]
    to: Reference,

    /// Replay this conversation; may be given several times
    #[arg(long, value_name = "ID")]
    conversation: Vec<String>,

    /// Replay so many of the latest conversations
    #[arg(long, value_name = "N", default_value_t = 100, conflicts_with = "conversation")]
    last: usize,

    /// Whose transcripts: of the draft, live or another environment
    #[arg(long, value_name = "STATE", default_value = "live")]
    transcripts: Reference,

    /// Replay the draft's tests in place of conversations
    #[arg(long, conflicts_with_all = ["conversation", "last", "transcripts"])]
    tests: bool,

    /// Replay this test of the draft; may be given several times
    #[arg(long, value_name = "TEST", conflicts_with_all = ["conversation", "last", "transcripts"])]
    test: Vec<TestId>,

    /// Show so many conversations that part ways; JSON has them all
    #[arg(long, value_name = "N", default_value_t = 20)]
    most: usize,

    /// Exit with code 1 where one parts ways
    #[arg(long)]
    check: bool,
}

impl Replay {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let bot = access.bot(&self.bot).await?;
        let report = if self.tests || !self.test.is_empty() {
            bot.replay_tests(&self.from, &self.to, &self.test).await?
        } else {
            let mut recordings = Vec::new();
            for conversation in &self.conversation {
                recordings.push(bot.recording(&self.transcripts, conversation).await?);
            }
            if self.conversation.is_empty() {
                recordings = bot.recordings(&self.transcripts, self.last).await?;
            }
            bot.replay(&self.from, &self.to, &recordings).await?
        };
        let document = json!({
            "bot": self.bot,
            "from": self.from.to_string(),
            "to": self.to.to_string(),
            "summary": report.summary,
            "conversations": report.conversations,
        });
        output.give(&document, |output| self.tell(&report, output))?;
        Ok(Exit::refused_unless(!self.check || report.summary.parted == 0))
    }

    fn tell(&self, report: &ReplayReport, output: &Output) -> Result<(), Failure> {
        let parted = report.conversations.iter().filter_map(|found| Some((found, found.replayed.parting.as_ref()?)));
        for (found, parting) in parted.take(self.most) {
            let (id, turn, user) = (&found.conversation, parting.turn, on_one_line(&parting.user));
            output.line(format_args!("{id}, turn {turn}: {user}"))?;
            for line in sides(parting) {
                output.line(format_args!("     {}", on_one_line(&line)))?;
            }
        }
        let summary = report.summary;
        let more = summary.parted.saturating_sub(self.most);
        if more > 0 {
            output.line(format_args!("{more} more part ways; `--most N` shows more"))?;
        }
        let (conversations, turns) = (counted(summary.conversations, "conversation"), counted(summary.turns, "turn"));
        output.line(format_args!("{conversations}, {turns} from {} to {}", self.from, self.to))?;
        output.line(format_args!("{:>7} the same to the end", summary.same))?;
        output.line(format_args!("{:>7} part ways", summary.parted))?;
        if summary.not_reproduced > 0 {
            let count = summary.not_reproduced;
            output.line(format_args!(
                "{count:>7} are not what {} says now: another version answered then, something that was called, \
                 or the transcript leaves words out",
                self.from
            ))?;
        }
        Ok(())
    }
}

/// What both sides do, a line each.
fn sides(parting: &Parting) -> [String; 2] {
    let after = parting.after.as_ref().map_or_else(|| "the user can no longer do that".to_owned(), seen);
    [format!("before: {}", seen(&parting.before)), format!("after:  {after}")]
}

fn seen(seen: &Seen) -> String {
    let mut words: Vec<String> = seen
        .replies
        .iter()
        .map(|reply| {
            let buttons: Vec<String> = reply.buttons.iter().map(|button| format!("[{button}]")).collect();
            let text = if reply.text.is_empty() { String::new() } else { format!("{:?}", reply.text) };
            [text, buttons.join(" ")].into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
        })
        .collect();
    if words.is_empty() {
        words.push("says nothing".to_owned());
    }
    words.extend(seen.calls.iter().map(|call| format!("(calls {call})")));
    words.extend(seen.raised.iter().map(|event| format!("(tells of {event})")));
    if seen.handed_over {
        words.push("(a person has taken over)".to_owned());
    }
    let intent = seen.intent.as_deref().unwrap_or("none");
    format!("{}  · intent {intent}, waits at {}", words.join(" "), seen.node.as_deref().unwrap_or("none"))
}
