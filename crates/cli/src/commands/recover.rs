//! `recover`: makes the store what a backup holds.

use std::path::PathBuf;

use clap::Args;
use greenroom_store_sqlite::SqliteStore;
use serde_json::json;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::store_access::StoreAccess;

/// The arguments of `recover`.
#[derive(Debug, Args)]
pub(crate) struct Recover {
    /// The backup; it is verified first, and stays as it is
    backup: PathBuf,

    /// Move a store that stands there already aside
    #[arg(long)]
    replace: bool,
}

impl Recover {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        if !self.backup.exists() {
            return Err(Failure::not_found(format!("there is no file `{}`; name a backup", self.backup.display())));
        }
        if access.exists() && !self.replace {
            let path = access.path().display();
            return Err(Failure::conflict(format!(
                "there is a store `{path}` already; with `--replace` it is moved aside, or name another with `--store FILE`"
            )));
        }
        let done =
            SqliteStore::recover(&self.backup, access.path(), self.replace).await.map_err(|error| match error {
                greenroom_store::Error::Busy { place } => {
                    Failure::conflict(format!("somebody has the store {place} open; end `greenroom serve` first"))
                }
                error => error.into(),
            })?;
        let document = json!({ "store": access.path(), "backup": done.backup, "replaced": done.replaced });
        output.give(&document, |output| {
            let path = access.path().display();
            output.line(format_args!("recovered `{path}` from `{}`", self.backup.display()))?;
            match &done.replaced {
                Some(replaced) => {
                    output.line(format_args!("the store that stood there is kept as `{}`", replaced.display()))
                }
                None => Ok(()),
            }
        })?;
        Ok(Exit::Done)
    }
}
