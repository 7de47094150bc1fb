//! `behaviour`: compares what two states of a bot answer to the same utterances.

use std::path::PathBuf;

use clap::Args;
use greenroom_lifecycle::Reference;
use greenroom_model::document::Settings;
use greenroom_model::{BotId, Document, Language, PartPath};
use greenroom_nlp::{Answer, BehaviourChange};
use serde_json::json;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, on_one_line};
use crate::store_access::StoreAccess;
use crate::utterances_file::read_utterances;

/// The arguments of `behaviour`.
#[derive(Debug, Args)]
pub(crate) struct Behaviour {
    /// The bot
    bot: BotId,

    /// The one side: draft, live or another environment, or a version's number
    before: Reference,

    /// The other side
    after: Reference,

    /// What people say: one a line, or a table with the columns text and count [default: the examples of both sides]
    #[arg(long, value_name = "FILE")]
    utterances: Option<PathBuf>,

    /// The language of the utterances [default: the bot's]
    #[arg(long)]
    language: Option<Language>,

    /// Show so many changes; JSON has them all
    #[arg(long, value_name = "N", default_value_t = 20)]
    most: usize,
}

impl Behaviour {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let bot = access.bot(&self.bot).await?;
        let language = match self.language {
            Some(language) => language,
            None => match bot.get(&bot.draft().await?, &PartPath::Settings).await? {
                (_, Document::Settings(Settings { default_language, .. })) => default_language,
                _ => return Err(Failure::failed("the bot has no settings; name the language with `--language`")),
            },
        };
        let utterances = self.utterances.as_deref().map(read_utterances).transpose()?;
        let diff = bot.compare_behaviour(&self.before, &self.after, &language, utterances.as_deref()).await?;
        let document = json!({
            "bot": self.bot,
            "before": self.before.to_string(),
            "after": self.after.to_string(),
            "language": language,
            "summary": diff.summary,
            "changes": diff.changes,
        });
        output.give(&document, |output| {
            let summary = diff.summary;
            output.line(format_args!("{} utterances from {} to {}", summary.utterances, self.before, self.after))?;
            for (count, what) in [
                (summary.same, "have the same answer"),
                (summary.other_intent, "are taken for another intent"),
                (summary.no_longer_understood, "are no longer understood"),
                (summary.newly_understood, "are newly understood"),
            ] {
                output.line(format_args!("{count:>7} {what}"))?;
            }
            if diff.changes.is_empty() {
                return Ok(());
            }
            output.line("")?;
            let rows = diff.changes.iter().take(self.most).map(row);
            output.table(["times", "text", "before", "after"], rows.collect())?;
            let more = diff.changes.len().saturating_sub(self.most);
            if more > 0 {
                output.line(format_args!("{more} more; `--most N` shows more"))?;
            }
            Ok(())
        })?;
        Ok(Exit::Done)
    }
}

fn row(change: &BehaviourChange) -> [String; 4] {
    [change.count.to_string(), on_one_line(&change.text), told(&change.before), told(&change.after)]
}

/// An answer in words: what is not understood shows what it came nearest to.
fn told(answer: &Answer) -> String {
    match (&answer.intent, &answer.first) {
        (Some(intent), _) => format!("{intent} ({:.2})", answer.confidence),
        (None, Some(first)) => format!("not understood ({first} {:.2})", answer.confidence),
        (None, None) => "not understood".to_owned(),
    }
}
