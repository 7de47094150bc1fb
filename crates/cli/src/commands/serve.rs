//! `serve`: API, console and channels on one address, until it is asked to end.

use clap::Args;
use greenroom_server::ConfigurationArguments;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::store_access::StoreAccess;

/// The arguments of `serve`.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    configuration: ConfigurationArguments,
}

impl Serve {
    pub(crate) async fn run(mut self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        if output.is_json() {
            return Err(Failure::usage("`serve` runs until it is asked to end, and has no JSON document to print"));
        }
        // The environment's own word for the store is read by the configuration itself.
        if access.is_named() {
            self.configuration.store = Some(access.path().to_owned());
        }
        greenroom_server::serve(&self.configuration).await?;
        Ok(Exit::Done)
    }
}
