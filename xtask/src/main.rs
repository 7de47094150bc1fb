//! The workspace's own chores, as `cargo xtask …`: `test` runs all that must
//! hold before a change goes in, `soak` runs one of the long searches for faults,
//! `peers` measures our classifier beside others, `screenshots` makes the pictures of
//! the README, `distill` makes the word vectors.

mod api;
mod browser;
mod counts;
mod debian;
mod distill;
mod failure;
mod front_end;
mod fuzz;
mod mutants;
mod peers;
mod process;
mod python;
mod rasa_bots;
mod report;
mod service;
mod soak;
mod steps;
mod workspace;

use std::process::ExitCode;

use failure::Failure;
use workspace::Workspace;

/// What `cargo xtask` exits with when the arguments make no sense.
const EXIT_USAGE: u8 = 2;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = Workspace::find().and_then(|workspace| match arguments.as_slice() {
        ["test", names @ ..] => steps::run(&workspace, names),
        ["soak", rest @ ..] => soak::run(&workspace, rest),
        ["distill", rest @ ..] => distill::run(&workspace, rest),
        ["peers", rest @ ..] => peers::run(&workspace, rest),
        ["screenshots"] => browser::screenshots(&workspace),
        ["help" | "--help" | "-h"] => {
            println!("{}", help());
            Ok(())
        }
        [] => Err(Failure::usage("say what to do")),
        [other, ..] => Err(Failure::usage(format!("there is no command `{other}`"))),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Usage(message)) => {
            eprintln!("xtask: {message}\n\n{}", help());
            ExitCode::from(EXIT_USAGE)
        }
        Err(Failure::Failed(message)) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

/// The text of `cargo xtask help`.
fn help() -> String {
    let mut text = String::from(
        "cargo xtask test [STEP…]                          every step, or those named\n\
         cargo xtask soak NAME… [--seconds N] [--cases N] [--file FILE] [--bots FOLDER]\n\
         \x20                                                 long runs\n\
         cargo xtask peers FILE.tsv… [--rounds N]          our classifier beside others on the same files\n\
         cargo xtask distill [--check | --out FILE]        the English word vectors, from their sources\n\
         cargo xtask screenshots                           docs/screenshots, from the real console\n\
         cargo xtask help                                  this\n\
         \nsteps:\n",
    );
    text.extend(steps::STEPS.iter().map(|step| format!("  {:<14} {}\n", step.name, step.what)));
    text.push_str("\nsoaks:\n");
    text.extend(soak::SOAKS.iter().map(|soak| format!("  {:<14} {}\n", soak.name, soak.what)));
    text
}
