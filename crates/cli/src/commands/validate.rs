//! `validate`: finds what is wrong with a bot itself, in the store or on disk.

use std::path::Path;
use std::sync::Arc;

use clap::Args;
use greenroom_lifecycle::{Bot, ImportMode, Lifecycle, PlanRequest};
use greenroom_model::{BotId, Code, Finding, Language};
use greenroom_store::MemoryStore;
use serde_json::json;

use crate::bot_source::{self, FormatOption};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::findings;
use crate::input_file;
use crate::output::Output;
use crate::store_access::StoreAccess;

/// The arguments of `validate`.
#[derive(Debug, Args)]
pub(crate) struct Validate {
    /// A bot of the store, or a folder, archive, Rasa project or table (write `./NAME` where a bot has that name too)
    #[arg(value_name = "BOT|PATH")]
    target: String,

    /// The form of what is read, for a path
    #[arg(long, value_enum, default_value_t = FormatOption::Auto)]
    format: FormatOption,

    /// The language of what says none, for a path [default: en]
    #[arg(long)]
    language: Option<Language>,

    /// A policy file (YAML or JSON) that judges instead of the bot's own; `-` is stdin
    #[arg(long, value_name = "FILE")]
    policy: Option<std::path::PathBuf>,
}

impl Validate {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let policy = self.policy.as_deref().map(input_file::read_policy).transpose()?;
        let (bot, losses) = match self.stored_bot(access).await? {
            Some(bot) => (bot, None),
            None => {
                let (bot, losses) = self.bot_on_disk(access).await?;
                (bot, Some(losses))
            }
        };
        let plan = bot.plan(&PlanRequest { policy, ..PlanRequest::full("") }).await?;
        let found: Vec<Finding> = plan.findings().iter().filter(|finding| is_of_the_bot(finding)).cloned().collect();
        let denied = findings::deny(&found);
        let document = json!({ "target": self.target, "valid": !denied, "findings": found, "losses": losses.map(|losses| losses.losses) });
        output.give(&document, |output| findings::print(output, &found))?;
        Ok(Exit::refused_unless(!denied))
    }

    /// The bot of the store that the target names, where it names one.
    async fn stored_bot(&self, access: &StoreAccess) -> Result<Option<Bot>, Failure> {
        let id: BotId = match self.target.parse() {
            Ok(id) if access.exists() => id,
            Ok(_) | Err(_) => return Ok(None),
        };
        match access.lifecycle().await?.bot(&id).await {
            Err(greenroom_lifecycle::Error::BotNotFound(_)) => Ok(None),
            found => Ok(Some(found?)),
        }
    }

    /// The bot that stands at a path, in a store of its own that is gone afterwards.
    async fn bot_on_disk(&self, access: &StoreAccess) -> Result<(Bot, greenroom_format::LossReport), Failure> {
        let path = Path::new(&self.target);
        if !path.exists() {
            let (target, store) = (&self.target, access.path().display());
            return Err(Failure::not_found(format!(
                "`{target}` is neither a bot of the store `{store}` nor a path; `greenroom bots` lists the bots"
            )));
        }
        let source = bot_source::read(path, self.format, self.language.as_ref())?;
        let lifecycle = Lifecycle::new(Arc::new(MemoryStore::new()));
        let id: BotId = "validated".parse()?;
        let bot = lifecycle.create(&id, source.settings(&id, self.language.as_ref())?).await?;
        bot.import(source.bundle.parts, ImportMode::Merge).await?;
        Ok((bot, source.losses))
    }
}

/// Whether a finding is about the bot itself; the others are about its publishing.
fn is_of_the_bot(finding: &Finding) -> bool {
    !matches!(
        finding.code,
        Code::NeverPublished
            | Code::ModelMissing
            | Code::ModelStale
            | Code::ModelUnsupported
            | Code::NlpUnchanged
            | Code::IntentRemoved
            | Code::NothingToPublish
            | Code::Untested
            | Code::ChannelMissing
            | Code::ReleaseNotesMissing
    )
}
