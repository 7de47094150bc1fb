//! `backup`: the store as it stands at this moment, in one verified file.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::findings::counted;
use crate::output::Output;
use crate::store_access::StoreAccess;

/// The arguments of `backup`.
#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The file to write; it must not exist yet
    out: PathBuf,
}

impl Backup {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let done = access.sqlite_store().await?.backup(&self.out).await?;
        let document = json!({ "store": access.path(), "path": self.out, "backup": done });
        output.give(&document, |output| {
            output.line(format_args!(
                "backed up `{}` to `{}`: {} and {}, all verified, {} bytes",
                access.path().display(),
                self.out.display(),
                counted(usize::try_from(done.objects).unwrap_or(usize::MAX), "object"),
                counted(usize::try_from(done.records).unwrap_or(usize::MAX), "record"),
                done.bytes
            ))
        })?;
        Ok(Exit::Done)
    }
}
