//! `greenroom-server`: the service without the other verbs of `greenroom`.

use std::process::ExitCode;

use clap::Parser;
use greenroom_server::{ConfigurationArguments, serve};

/// A message is many small allocations on many threads, SQLite's among them, and the
/// system's own allocator is slow at that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Serves bots: API, console and channels on one address.
#[derive(Debug, Parser)]
#[command(name = "greenroom-server", version, max_term_width = 100)]
struct Arguments {
    #[command(flatten)]
    configuration: ConfigurationArguments,

    /// The store's file [default: ./greenroom.db]
    #[arg(long, value_name = "FILE")]
    store: Option<std::path::PathBuf>,
}

fn main() -> ExitCode {
    let Arguments { mut configuration, store } = Arguments::parse();
    configuration.store = store;
    let done = tokio::runtime::Runtime::new().map_err(Into::into).and_then(|tokio| {
        let done = tokio.block_on(serve(&configuration));
        tokio.shutdown_background();
        done
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            error.exit_code().into()
        }
    }
}
