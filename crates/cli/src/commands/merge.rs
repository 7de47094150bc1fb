//! `merge`: takes hotfixes of an environment into the draft, or shows them.

use std::collections::BTreeMap;

use clap::Args;
use greenroom_lifecycle::{DriftState, Side};
use greenroom_model::{BotId, EnvironmentId, PartPath};
use serde_json::json;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::options::environment;
use crate::output::Output;
use crate::store_access::StoreAccess;

/// The arguments of `merge`.
#[derive(Debug, Args)]
pub(crate) struct Merge {
    /// The bot
    bot: BotId,

    /// The environment
    #[arg(long = "env", value_name = "ENVIRONMENT", default_value = "live", value_parser = environment)]
    environment: EnvironmentId,

    /// Show what hotfixes changed, and change nothing
    #[arg(long)]
    show: bool,

    /// Where both changed this part, take the environment's; may be given several times
    #[arg(long, value_name = "PATH")]
    take_live: Vec<PartPath>,

    /// Where both changed this part, keep the draft's; may be given several times
    #[arg(long, value_name = "PATH")]
    take_draft: Vec<PartPath>,
}

impl Merge {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let bot = access.bot(&self.bot).await?;
        if self.show {
            let drift = bot.drift(&self.environment).await?;
            output.give(&json!({ "environment": self.environment, "drift": drift }), |output| {
                if drift.is_empty() {
                    return output.line(format_args!("no hotfix in `{}` is missing of the draft", self.environment));
                }
                let rows = drift.iter().map(|part| [part.path.to_string(), said(part.state).to_owned()]);
                output.table(["part", "the draft"], rows.collect())
            })?;
            return Ok(Exit::Done);
        }
        let live = self.take_live.iter().map(|path| (path.clone(), Side::Environment));
        let draft = self.take_draft.iter().map(|path| (path.clone(), Side::Draft));
        let choices: BTreeMap<PartPath, Side> = live.chain(draft).collect();
        if choices.len() < self.take_live.len() + self.take_draft.len() {
            return Err(Failure::usage("a part is named twice; take one side of it".to_owned()));
        }
        let merged = bot.merge(&self.environment, &choices).await?;
        output.give(&merged, |output| {
            for path in &merged.changed {
                output.line(format_args!("took `{path}`"))?;
            }
            for path in &merged.kept {
                output.line(format_args!("kept the draft's `{path}`"))?;
            }
            if merged.changed.is_empty() && merged.kept.is_empty() {
                output.line(format_args!("no hotfix in `{}` is missing of the draft", merged.environment))?;
            }
            Ok(())
        })?;
        Ok(Exit::Done)
    }
}

fn said(state: DriftState) -> &'static str {
    match state {
        DriftState::Behind => "has it as it was before; a merge takes it over",
        DriftState::Same => "has the same",
        DriftState::Mergeable => "changed it elsewhere; a merge puts both together",
        DriftState::Conflict => "changed the same place; choose with --take-live or --take-draft",
    }
}
