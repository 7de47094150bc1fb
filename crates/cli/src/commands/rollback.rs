//! `rollback`: puts an environment back to an older version.

use clap::Args;
use greenroom_model::{BotId, EnvironmentId};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::options::{environment, version_number};
use crate::output::Output;
use crate::store_access::StoreAccess;

/// The arguments of `rollback`.
#[derive(Debug, Args)]
pub(crate) struct Rollback {
    /// The bot
    bot: BotId,

    /// The version's number
    #[arg(value_parser = version_number)]
    version: u64,

    /// The environment
    #[arg(long = "env", value_name = "ENVIRONMENT", default_value = "live", value_parser = environment)]
    environment: EnvironmentId,
}

impl Rollback {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let done = access.bot(&self.bot).await?.rollback(&self.environment, self.version).await?;
        if let Some(fault) = &done.log_fault {
            tell_broken_log(output, &self.bot, fault);
        }
        output.give(&done, |output| {
            if done.from == done.to {
                return output.line(format_args!("`{}` runs version {} already", done.environment, done.to));
            }
            output.line(format_args!("`{}` runs version {} now, not {}", done.environment, done.to, done.from))
        })?;
        Ok(Exit::Done)
    }
}

/// Says, loudly, that a rollback went through although the audit log is broken.
pub(super) fn tell_broken_log(output: &Output, bot: &BotId, fault: &str) {
    output.note(format_args!(
        "warning: the audit log of `{bot}` is broken: {fault}; the rollback went through all the same, and its entry says \
         so; no other act does until the store is restored from a backup: `greenroom audit {bot} --verify`"
    ));
}
