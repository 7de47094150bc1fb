//! `draw`: a flow as a picture, or two states of it in one.

use std::path::PathBuf;

use clap::Args;
use greenroom_flow::{DrawingOptions, draw, draw_changes};
use greenroom_lifecycle::{Bot, Error, Reference};
use greenroom_model::document::Flow;
use greenroom_model::{BotId, Document, FlowId, Language, PartPath};
use serde_json::json;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::options::StateOptions;
use crate::output::Output;
use crate::store_access::StoreAccess;

/// The arguments of `draw`.
#[derive(Debug, Args)]
pub(crate) struct Draw {
    /// The bot
    bot: BotId,

    /// The flow
    flow: FlowId,

    #[command(flatten)]
    state: StateOptions,

    /// Show in colours what differs from this state: draft, an environment, or a version's number
    #[arg(long, value_name = "STATE")]
    against: Option<Reference>,

    /// The language of the texts [default: the first that each has]
    #[arg(long)]
    language: Option<Language>,

    /// The file to write [default: stdout]
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Draw {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let bot = access.bot(&self.bot).await?;
        let shown = flow_of(&bot, &self.flow, &self.state.state).await;
        let options = match self.language.clone() {
            Some(language) => DrawingOptions::new().in_language(language),
            None => DrawingOptions::new(),
        };
        let drawing = match &self.against {
            None => draw(&shown?, &options),
            Some(against) => {
                // A flow that came or went has one side only.
                let before = if_any(flow_of(&bot, &self.flow, against).await)?;
                let after = if before.is_some() { if_any(shown)? } else { Some(shown?) };
                draw_changes(before.as_ref(), after.as_ref(), &options)
            }
        };
        let svg = drawing.to_svg();
        if let Some(path) = &self.out {
            std::fs::write(path, &svg).map_err(|error| Failure::file("write", path, &error))?;
        }
        let changes = drawing.changes().map(|counts| {
            json!({
                "nodes_added": counts.nodes_added,
                "nodes_removed": counts.nodes_removed,
                "nodes_changed": counts.nodes_changed,
                "ways_added": counts.ways_added,
                "ways_removed": counts.ways_removed,
            })
        });
        let document = json!({
            "bot": self.bot,
            "flow": self.flow,
            "state": self.state.state.to_string(),
            "against": self.against.as_ref().map(ToString::to_string),
            "path": self.out,
            "width": drawing.width,
            "height": drawing.height,
            "changes": changes,
            "svg": self.out.is_none().then_some(&svg),
        });
        output.give(&document, |output| match &self.out {
            None => output.line(&svg),
            Some(path) => output.line(format_args!("wrote flow `{}` to `{}`", self.flow, path.display())),
        })?;
        Ok(Exit::Done)
    }
}

async fn flow_of(bot: &Bot, flow: &FlowId, state: &Reference) -> Result<Flow, Error> {
    let content = bot.resolve(state).await?;
    let path = PartPath::Flow(flow.clone());
    match bot.get(&content, &path).await? {
        (_, Document::Flow(flow)) => Ok(flow),
        _ => Err(Error::PartNotFound { bot: bot.id().clone(), path }),
    }
}

/// None for a flow that a state does not have; the state itself must exist.
fn if_any(found: Result<Flow, Error>) -> Result<Option<Flow>, Error> {
    match found {
        Ok(flow) => Ok(Some(flow)),
        Err(Error::PartNotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
