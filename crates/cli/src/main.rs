//! The `greenroom` command line: a conversational bot from draft to live, from a
//! terminal.
//!
//! Thin: the arguments are read here, a verb's file under `commands/` calls what
//! `lifecycle`, `runtime` and `format` do, and an outcome becomes an exit code.
//! `docs/cli.md` is the contract.

mod action_server;
mod arguments;
mod bot_source;
mod commands;
mod conversation;
mod coverage_text;
mod evaluation_files;
mod evaluation_text;
mod examples_file;
mod exit;
mod failure;
mod findings;
mod folder_state;
mod input_file;
mod interruption;
mod junit;
mod options;
mod output;
mod store_access;
mod training_display;
mod utterances_file;

use std::process::ExitCode;

use arguments::Arguments;
use exit::Exit;
use failure::Failure;
use output::Output;
use store_access::StoreAccess;

/// A message is many small allocations on many threads, SQLite's among them, and the
/// system's own allocator is slow at that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = match Arguments::read(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(exit) => return exit.into(),
    };
    let output = Output::new(arguments.common.json);
    match run(arguments, &output) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            output.failure(&failure);
            failure.exit().into()
        }
    }
}

/// Runs the verb. Trainings block the thread that they run on, so the others have theirs.
fn run(arguments: Arguments, output: &Output) -> Result<Exit, Failure> {
    let tokio = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let access = StoreAccess::new(&arguments.common);
    let done = tokio.block_on(async {
        let done = arguments.command.run(&access, output).await;
        access.close().await;
        done
    });
    tokio.shutdown_background();
    done
}
