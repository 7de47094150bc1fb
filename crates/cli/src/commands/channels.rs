//! `channels`: shows or changes by which ways people reach an environment.

use clap::Args;
use greenroom_lifecycle::{Channel, ChannelId, ChannelSettings, ChannelView, Origin, Origins, Secret, WebChat};
use greenroom_model::{BotId, EnvironmentId};
use serde_json::{Map, json};

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

    /// Add a channel, such as `web_chat:NAME=https://PAGE`, `rest:NAME`, `webhook:NAME=URL`; may be given several times
    #[arg(long, value_name = "KIND:NAME", value_parser = channel)]
    add: Vec<Added>,

    /// Remove the channel of this name or id; may be given several times
    #[arg(long, value_name = "NAME")]
    remove: Vec<String>,
}

/// A channel that shall be added.
#[derive(Debug, Clone)]
struct Added {
    name: String,
    settings: ChannelSettings,
}

impl Channels {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let bot = access.bot(&self.bot).await?;
        let mut secrets = Map::new();
        let channels = if self.add.is_empty() && self.remove.is_empty() {
            bot.channels(&self.environment).await?
        } else {
            let mut made = Vec::new();
            for Added { name, settings } in &self.add {
                let new = Channel::with_new_secret(ChannelId::from_name(name), name, settings.clone())?;
                if let Some(secret) = new.secret.as_ref().map(Secret::expose) {
                    secrets.insert(new.channel.id.to_string(), secret.into());
                }
                made.push(new.channel);
            }
            bot.edit_channels(&self.environment, |channels| self.edit(&made, channels)).await?
        };
        let views: Vec<ChannelView> = channels.iter().map(Channel::view).collect();
        let mut document = json!({ "bot": self.bot, "environment": self.environment, "channels": views });
        if !secrets.is_empty() {
            document["secrets"] = secrets.clone().into();
        }
        output.give(&document, |output| {
            let rows = views.iter().map(|view| [view.settings.kind().to_owned(), view.name.clone()]);
            output.table(["kind", "name"], rows.collect())?;
            for (channel, secret) in &secrets {
                let secret = secret.as_str().unwrap_or_default();
                output.line(format!("the secret of `{channel}`, which is not shown again: {secret}"))?;
            }
            Ok(())
        })?;
        Ok(Exit::Done)
    }
}

impl Channels {
    fn edit(&self, made: &[Channel], channels: &mut Vec<Channel>) -> Result<(), Failure> {
        let environment = &self.environment;
        for name in &self.remove {
            let before = channels.len();
            channels.retain(|channel| channel.name != *name && channel.id.as_str() != name);
            if channels.len() == before {
                return Err(Failure::not_found(format!(
                    "`{environment}` has no channel `{name}`; nothing was changed"
                )));
            }
        }
        for added in made {
            if channels.iter().any(|channel| channel.id == added.id) {
                let id = &added.id;
                return Err(Failure::conflict(format!(
                    "`{environment}` has a channel `{id}` already; nothing was changed: choose another name"
                )));
            }
            channels.push(added.clone());
        }
        Ok(())
    }
}

fn channel(text: &str) -> Result<Added, String> {
    let usage = || "it takes a kind and a name, such as `rest:website` or `webhook:crm=https://crm.example/in`";
    let (kind, rest) = text.split_once(':').ok_or_else(usage)?;
    let (name, value) = match rest.split_once('=') {
        Some((name, value)) => (name.trim(), Some(value.trim())),
        None => (rest.trim(), None),
    };
    let settings = match (kind.trim(), value) {
        ("terminal", None) => ChannelSettings::Terminal {},
        ("web_chat", value) => ChannelSettings::WebChat(WebChat { origins: origins(value)?, ..WebChat::default() }),
        ("rest", Some("any")) => ChannelSettings::Rest { origins: Origins::Any, token: false },
        ("rest", value) => ChannelSettings::Rest { origins: Origins::Only(origins(value)?), token: false },
        ("webhook", Some(url)) => match url.parse() {
            Ok(url) => ChannelSettings::Webhook { url },
            Err(_) => return Err(format!("`{url}` is not the address of a webhook")),
        },
        ("webhook", None) => return Err("a webhook needs an address: `webhook:crm=https://crm.example/in`".to_owned()),
        _ => return Err(format!("{}; the kinds are `terminal`, `web_chat`, `rest` and `webhook`", usage())),
    };
    if name.is_empty() {
        return Err(usage().to_owned());
    }
    Ok(Added { name: name.to_owned(), settings })
}

/// The origins of pages, with commas between them.
fn origins(list: Option<&str>) -> Result<Vec<Origin>, String> {
    let list = list.unwrap_or_default().split(',').map(str::trim).filter(|text| !text.is_empty());
    list.map(|text| Origin::new(text).map_err(|error| error.to_string())).collect()
}
