//! `hotfix`: changes what an environment runs, past the draft.

use std::path::PathBuf;

use clap::Args;
use greenroom_lifecycle::{EvidenceOptions, ExpectedPart, PartEdit, PlanRequest};
use greenroom_model::{BotId, EnvironmentId, PartPath};

use super::publish::carry_out;
use super::set::expected_part;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::input_file;
use crate::interruption::Interruption;
use crate::options::environment;
use crate::output::Output;
use crate::store_access::StoreAccess;

/// The arguments of `hotfix`.
#[derive(Debug, Args)]
pub(crate) struct Hotfix {
    /// The bot
    bot: BotId,

    /// The part, such as `flows/order`
    path: PartPath,

    /// Its new document, JSON or YAML; `-` is stdin
    #[arg(required_unless_present = "delete", conflicts_with = "delete")]
    file: Option<PathBuf>,

    /// Delete the part
    #[arg(long)]
    delete: bool,

    /// Only where live's part stands as you looked at it: with this digest, which `get --env live --json` shows, or `absent`
    #[arg(long, value_name = "DIGEST", value_parser = expected_part)]
    expect: Option<ExpectedPart>,

    /// Why
    #[arg(long, default_value = "")]
    notes: String,

    /// The environment
    #[arg(long = "env", value_name = "ENVIRONMENT", default_value = "live", value_parser = environment)]
    environment: EnvironmentId,
}

impl Hotfix {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let bot = access.bot(&self.bot).await?;
        let edit = match &self.file {
            Some(file) => {
                let bytes = input_file::read_bytes(file)?;
                PartEdit::put(
                    self.path.clone(),
                    greenroom_format::read_part(&self.path, &input_file::name(file), &bytes)?,
                )
            }
            None => PartEdit::delete(self.path.clone()),
        };
        let edit = edit.expecting(self.expect.unwrap_or(ExpectedPart::Any));
        let request = PlanRequest::hotfix(vec![edit], self.notes).to(self.environment);
        // Nobody else can measure what only this command knows.
        let wanted = bot.policy().await?.wanted_evidence();
        if wanted.behaviour || wanted.scores {
            let folds = if wanted.scores { EvidenceOptions::default().folds } else { 0 };
            let options = EvidenceOptions { folds, ..EvidenceOptions::default() };
            let interruption = Interruption::watch();
            bot.gather_evidence(&request, &options, &mut |_| interruption.flow()).await?;
        } else {
            bot.test(&request).await?;
        }
        carry_out(&bot, &request, false, None, output).await
    }
}
