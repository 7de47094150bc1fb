//! `collect-garbage`: deletes what nothing refers to any more.

use clap::Args;
use greenroom_lifecycle::{Amount, CollectionOptions};
use jiff::SignedDuration;
use serde_json::json;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::store_access::StoreAccess;

/// The arguments of `collect-garbage`.
#[derive(Debug, Args)]
pub(crate) struct CollectGarbage {
    /// Only tell what would be deleted
    #[arg(long)]
    dry_run: bool,

    /// For how many hours nothing must have referred to what is deleted
    #[arg(long, value_name = "HOURS", default_value_t = 24, value_parser = clap::value_parser!(i64).range(0..=87_600))]
    grace: i64,

    /// For how many days plans are kept that nobody published
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(i64).range(1..=3_650))]
    plans: i64,
}

impl CollectGarbage {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let options = CollectionOptions {
            dry_run: self.dry_run,
            grace: SignedDuration::from_hours(self.grace),
            plans: SignedDuration::from_hours(self.plans * 24),
        };
        let collected = access.lifecycle().await?.collect_garbage(&options).await?;
        let document = json!({ "store": access.path(), "dry_run": self.dry_run, "collected": collected });
        output.give(&document, |output| {
            let done = if self.dry_run { "would be deleted" } else { "deleted" };
            output.line(format_args!("{} {done}", amount(collected.deleted)))?;
            if collected.plans > 0 {
                output.line(format_args!("{} plans that nobody published {done}", collected.plans))?;
            }
            output.line(format_args!(
                "{} wait: nothing refers to them, but not yet for long",
                amount(collected.waiting)
            ))?;
            output.line(format_args!("{} kept", amount(collected.kept)))
        })?;
        Ok(Exit::Done)
    }
}

fn amount(amount: Amount) -> String {
    format!("{} objects of {} bytes", amount.objects, amount.bytes)
}
