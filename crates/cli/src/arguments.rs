//! The command line as clap reads it: common options and the list of verbs.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::commands;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::store_access::StoreAccess;

const EXIT_CODES: &str = "\
Exit codes: 0 done, 1 refused by findings, 2 usage, 3 not found, 4 conflict, 5 anything else.
With --json, stdout holds one JSON document, and an error is one JSON document on stderr.";

/// Takes a conversational bot from draft to live.
#[derive(Debug, Parser)]
#[command(name = "greenroom", version, about = "Takes a conversational bot from draft to live", after_help = EXIT_CODES, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) common: CommonOptions,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every verb takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct CommonOptions {
    /// The store's file [default: ./greenroom.db]
    #[arg(long, global = true, value_name = "FILE", env = "GREENROOM_STORE", hide_env_values = true)]
    pub(crate) store: Option<PathBuf>,

    /// Print one JSON document instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Who acts, for the audit log and the versions [default: the user's name]
    #[arg(long = "as", global = true, value_name = "NAME", env = "GREENROOM_USER", hide_env_values = true)]
    pub(crate) actor: Option<String>,

    /// Whether `--store` stands on the command line itself, not in the environment.
    #[arg(skip)]
    pub(crate) store_is_named: bool,
}

/// Declares the verbs: each variant, its arguments, and how it runs.
macro_rules! verbs {
    ($($(#[$doc:meta])* $verb:ident,)*) => {
        /// The verbs.
        #[derive(Debug, Subcommand)]
        pub(crate) enum Command {
            $($(#[$doc])* $verb(commands::$verb),)*
        }

        impl Command {
            /// Runs the verb.
            pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
                match self {
                    $(Self::$verb(arguments) => arguments.run(access, output).await,)*
                }
            }
        }
    };
}

verbs! {
    /// Make a bot with nothing in it
    New,
    /// List the bots of the store
    Bots,
    /// Take a folder, archive, Rasa project or table of examples into the draft
    Import,
    /// Write a bot as a folder or an archive
    Export,
    /// Get the draft as a folder to edit
    Pull,
    /// Send back what was edited in a folder that `pull` made
    Push,
    /// Write one part of the draft
    Set,
    /// Print one part
    Get,
    /// Delete one part of the draft
    Delete,
    /// List parts
    Ls,
    /// Find what is wrong with a draft, a folder, an archive or a Rasa project
    Validate,
    /// Run the bot's conversation tests
    Test,
    /// Make a conversation a test
    SaveTest,
    /// Play conversations with two of: draft, an environment, a version; say where they part ways
    Replay,
    /// Train the languages whose model is missing or stale
    Train,
    /// Say what the bot makes of a text
    Parse,
    /// Talk to the bot
    Talk,
    /// Say what publishing would do
    Plan,
    /// Measure what a publish would do: tests, scores, what people said lately through both bots
    Evidence,
    /// Publish the draft or a part of it, or what another environment runs
    Publish,
    /// Change what an environment runs, past the draft
    Hotfix,
    /// Take hotfixes of an environment into the draft
    Merge,
    /// List the versions
    Versions,
    /// Show, search, verify or export what was done to a bot by whom
    Audit,
    /// Compare two of: draft, an environment, a version
    Diff,
    /// Draw a flow, or what differs between two states of it
    Draw,
    /// Compare what two of these answer to the same utterances
    Behaviour,
    /// Put an environment back to an older version
    Rollback,
    /// Make the draft what a version was
    Restore,
    /// Show or set the publishing policy
    Policy,
    /// Show or change by which ways people reach an environment
    Channels,
    /// Measure how well intents are told apart, and say what to do about it
    Evaluate,
    /// Measure how fast the bot answers
    Bench,
    /// Print the JSON Schema of the parts
    Schema,
    /// Serve bots: API, console and channels on one address
    Serve,
    /// Make a one-time link for a user
    Invite,
    /// Make a token with which a program uses the API
    Token,
    /// Write the store to a file, verified
    Backup,
    /// Make the store what a backup holds
    Recover,
    /// Delete what nothing refers to any more
    CollectGarbage,
    /// Show all of it on the sample bot: import, train, test, publish, talk, serve
    Demo,
}

impl Arguments {
    /// Reads the command line; what is wrong with it is told, and so are help and version.
    pub(crate) fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, Exit> {
        let arguments: Vec<OsString> = arguments.into_iter().collect();
        Self::parse_line(&arguments).map_err(|error| {
            let is_asked_for = error.exit_code() == 0;
            let wants_json = arguments.iter().any(|argument| argument == "--json");
            if is_asked_for || !wants_json {
                let _ = error.print();
            } else {
                Output::new(true).failure(&Failure::usage(error.to_string().trim_end()));
            }
            if is_asked_for { Exit::Done } else { Exit::Usage }
        })
    }

    fn parse_line(arguments: &[OsString]) -> Result<Self, clap::Error> {
        let matches = Self::command().try_get_matches_from(arguments)?;
        let mut read = Self::from_arg_matches(&matches)?;
        read.common.store_is_named = matches.value_source("store") == Some(ValueSource::CommandLine);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn parse(line: &str) -> Result<Arguments, clap::Error> {
        Arguments::parse_line(&line.split(' ').map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn the_declaration_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_documentation_has_a_section_for_exactly_the_verbs_that_there_are() {
        let documentation = include_str!("../../../docs/cli.md");
        let documented: BTreeSet<&str> =
            documentation.lines().filter_map(|line| line.strip_prefix("### `greenroom ")).filter_map(verb_of).collect();
        let command = Arguments::command();
        let declared: BTreeSet<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
        assert_eq!(documented, declared);
        for verb in command.get_subcommands() {
            let section = section_of(documentation, verb.get_name());
            for option in verb.get_arguments().filter_map(clap::Arg::get_long) {
                assert!(section.contains(&format!("--{option}")), "`{}` says nothing of --{option}", verb.get_name());
            }
            assert!(section.contains("```"), "`{}` has no example", verb.get_name());
        }
    }

    fn verb_of(heading: &str) -> Option<&str> {
        heading.split([' ', '`']).next()
    }

    fn section_of<'a>(documentation: &'a str, verb: &str) -> &'a str {
        let mut sections = documentation.split("\n### `greenroom ").skip(1);
        sections.find(|section| verb_of(section) == Some(verb)).unwrap()
    }

    #[test]
    fn a_store_named_on_the_command_line_is_told_from_one_of_the_environment() {
        for line in ["greenroom --store a.db bots", "greenroom bots --store a.db"] {
            let read = parse(line).unwrap();
            assert!(read.common.store_is_named, "{line}");
            assert_eq!(read.common.store, Some("a.db".into()));
        }
        assert!(!parse("greenroom bots").unwrap().common.store_is_named);
    }

    #[test]
    fn what_is_no_command_line_is_usage() {
        for line in ["greenroom", "greenroom brew", "greenroom plan", "greenroom train Bot!", "greenroom bots --nope"] {
            assert_eq!(parse(line).unwrap_err().exit_code(), Exit::Usage as i32, "{line}");
        }
        assert_eq!(parse("greenroom --help").unwrap_err().exit_code(), Exit::Done as i32);
    }
}
