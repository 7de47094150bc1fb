//! `channels`: shows or changes by which ways people reach an environment.

use clap::Args;
use greenroom_lifecycle::Channel;
use greenroom_model::{BotId, EnvironmentId};
use serde_json::json;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::options::environment;
use crate::output::Output;
use crate::store_access::StoreAccess;

/// The arguments of `channels`.
#[derive(Debug, Args)]
pub(crate) struct Channels {
    /// The bot
    bot: BotId,

    /// The environment
    #[arg(long = "env", value_name = "ENVIRONMENT", default_value = "live", value_parser = environment)]
    environment: EnvironmentId,

    /// Add a channel, such as `rest:website`; may be given several times
    #[arg(long, value_name = "KIND:NAME", value_parser = channel)]
    add: Vec<Channel>,

    /// Remove the channel of this name; may be given several times
    #[arg(long, value_name = "NAME")]
    remove: Vec<String>,
}

impl Channels {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let bot = access.bot(&self.bot).await?;
        let channels = if self.add.is_empty() && self.remove.is_empty() {
            bot.channels(&self.environment).await?
        } else {
            bot.edit_channels(&self.environment, |channels| self.edit(channels)).await?
        };
        let document = json!({ "bot": self.bot, "environment": self.environment, "channels": channels });
        output.give(&document, |output| {
            let rows = channels.iter().map(|channel| [channel.kind.clone(), channel.name.clone()]);
            output.table(["kind", "name"], rows.collect())
        })?;
        Ok(Exit::Done)
    }
}

impl Channels {
    fn edit(&self, channels: &mut Vec<Channel>) -> Result<(), Failure> {
        let environment = &self.environment;
        for name in &self.remove {
            let before = channels.len();
            channels.retain(|channel| channel.name != *name);
            if channels.len() == before {
                return Err(Failure::not_found(format!(
                    "`{environment}` has no channel `{name}`; nothing was changed"
                )));
            }
        }
        for added in &self.add {
            let name = &added.name;
            if channels.iter().any(|channel| channel.name == *name) {
                return Err(Failure::conflict(format!(
                    "`{environment}` has a channel `{name}` already; nothing was changed: choose another name"
                )));
            }
            channels.push(added.clone());
        }
        Ok(())
    }
}

fn channel(text: &str) -> Result<Channel, String> {
    match text.split_once(':') {
        Some((kind, name)) if !kind.trim().is_empty() && !name.trim().is_empty() => {
            Ok(Channel { kind: kind.trim().to_owned(), name: name.trim().to_owned() })
        }
        _ => Err("it takes a kind and a name, such as `rest:website`".to_owned()),
    }
}
