//! `bots`: lists the bots of the store.

use clap::Args;
use greenroom_model::{Document, PartPath};
use serde_json::json;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::store_access::StoreAccess;

/// The arguments of `bots`.
#[derive(Debug, Args)]
pub(crate) struct Bots {}

impl Bots {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let lifecycle = access.lifecycle().await?;
        let mut documents = Vec::new();
        let mut rows = Vec::new();
        for id in lifecycle.bots().await? {
            let bot = lifecycle.bot(&id).await?;
            let settings = bot.get(&bot.draft().await?, &PartPath::Settings).await.ok();
            let name = match settings {
                Some((_, Document::Settings(settings))) => settings.name,
                _ => id.to_string(),
            };
            let live = bot.environment(&greenroom_lifecycle::live()).await?.map(|live| live.number);
            documents.push(json!({ "id": id, "name": name, "live": live }));
            let live = live.map_or_else(|| "-".to_owned(), |number| format!("version {number}"));
            rows.push([id.to_string(), name, live]);
        }
        output.give(&json!({ "bots": documents }), |output| output.table(["bot", "name", "live"], rows))?;
        Ok(Exit::Done)
    }
}
