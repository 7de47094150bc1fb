//! `versions`: lists the versions.

use clap::Args;
use greenroom_lifecycle::VersionFilter;
use greenroom_model::{BotId, EnvironmentId, Origin, Scope};
use serde_json::json;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::output::on_one_line;
use crate::store_access::StoreAccess;

/// The arguments of `versions`.
#[derive(Debug, Args)]
pub(crate) struct Versions {
    /// The bot
    bot: BotId,

    /// Only those whose notes or author hold this text
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,

    /// Only those of this author
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
}

impl Versions {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let filter = VersionFilter { author: self.author, text: self.search };
        let mut versions = access.bot(&self.bot).await?.versions().await?;
        versions.retain(|entry| filter.matches(&entry.version));
        output.give(&json!({ "bot": self.bot, "versions": versions }), |output| {
            let rows = versions.iter().map(|entry| {
                let version = &entry.version;
                let environments: Vec<&str> = entry.environments.iter().map(EnvironmentId::as_str).collect();
                [
                    version.number.to_string(),
                    origin(&version.origin).to_owned(),
                    environments.join(", "),
                    version.author.clone(),
                    version.time.strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
                    on_one_line(&version.notes),
                ]
            });
            output.table(["version", "made by", "runs in", "author", "time", "notes"], rows.collect())
        })?;
        Ok(Exit::Done)
    }
}

fn origin(origin: &Origin) -> &'static str {
    match origin {
        Origin::Publish(Scope::Full) => "publish",
        Origin::Publish(Scope::NlpOnly | Scope::NlpOfLanguages(_)) => "publish of NLP",
        Origin::Publish(Scope::Flows(_)) => "publish of flows",
        Origin::Publish(Scope::Hotfix) => "hotfix",
        Origin::Publish(Scope::Promotion(_)) => "promotion",
        Origin::Save => "save",
        _ => "other",
    }
}
