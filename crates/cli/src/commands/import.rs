//! `import`: takes a whole bot, or a table of examples, into the draft.

use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use greenroom_format::{Format, LossReport};
use greenroom_lifecycle::{Bot, ImportMode, Imported};
use greenroom_model::{BotId, Document, Language, PartPath};
use serde_json::json;

use crate::bot_source::{self, BotSource, FormatOption};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::findings::counted;
use crate::output::Output;
use crate::store_access::StoreAccess;

/// How many losses are printed where not all are asked for.
const FIRST_LOSSES: usize = 20;

/// The arguments of `import`.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// A folder, an archive, a Rasa project or a table of examples
    path: PathBuf,

    /// The bot; it is made where there is none of this id
    #[arg(long)]
    bot: BotId,

    /// The form of what is read
    #[arg(long, value_enum, default_value_t = FormatOption::Auto)]
    format: FormatOption,

    /// What becomes of parts that the import does not have
    #[arg(long, value_enum, default_value_t = ModeOption::Merge)]
    mode: ModeOption,

    /// The language of what says none [default: en]
    #[arg(long)]
    language: Option<Language>,

    /// Write what did not carry over to a file: JSON where its name ends in `.json`, else text
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,

    /// Print everything that did not carry over, not the first 20 alone
    #[arg(long)]
    losses: bool,
}

/// What becomes of parts that the import does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ModeOption {
    /// They stay
    Merge,
    /// They go; what the draft was is saved as a version first
    Replace,
}

impl Import {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let source = bot_source::read(&self.path, self.format, self.language.as_ref())?;
        if let Some(report) = &self.report {
            write_report(report, &source.losses)?;
        }
        let settings = source.settings(&self.bot, self.language.as_ref())?;
        let BotSource { format, mut bundle, losses } = source;
        let parts = bundle.parts.len();
        let lifecycle = access.lifecycle_or_new().await?;
        let (bot, created, imported) = match lifecycle.bot(&self.bot).await {
            Err(greenroom_lifecycle::Error::BotNotFound(_)) => {
                bundle.parts.insert(PartPath::Settings, Document::Settings(settings));
                let written = bundle.parts.len();
                let bot = lifecycle.create_from(&self.bot, bundle.parts).await?;
                (bot, true, Imported { written, deleted: 0, saved: None })
            }
            found => {
                let bot = found?;
                let mode = match self.mode {
                    ModeOption::Merge if matches!(format, Format::Csv) => ImportMode::AddExamples,
                    ModeOption::Merge => ImportMode::Merge,
                    ModeOption::Replace => {
                        keep_settings(&bot, &mut bundle).await?;
                        ImportMode::Replace
                    }
                };
                let imported = bot.import(bundle.parts, mode).await?;
                (bot, false, imported)
            }
        };
        let written = imported.written;
        let document = json!({
            "bot": bot.id(),
            "created": created,
            "format": format.as_str(),
            "parts": parts,
            "written": written,
            "deleted": imported.deleted,
            "saved": imported.saved,
            "losses": losses.losses,
        });
        output.give(&document, |output| {
            let made = if created { "made the bot" } else { "edited the draft of" };
            output.line(format_args!(
                "{made} `{}` from {}: {}, {written} written, {} deleted",
                bot.id(),
                named(format),
                counted(parts, "part"),
                imported.deleted
            ))?;
            if let Some(saved) = imported.saved {
                output.line(format_args!("what the draft was is kept as version {saved}"))?;
            }
            self.print_losses(output, &losses)
        })?;
        Ok(Exit::Done)
    }

    fn print_losses(&self, output: &Output, losses: &LossReport) -> Result<(), Failure> {
        if losses.is_empty() {
            return output.line("everything carried over");
        }
        output.line(format_args!("{} did not carry over, or not wholly:", counted(losses.len(), "construct")))?;
        let shown = if self.losses { losses.len() } else { FIRST_LOSSES };
        for loss in losses.losses.iter().take(shown) {
            output.line(format_args!("  {loss}"))?;
        }
        if losses.len() > shown {
            let more = losses.len() - shown;
            output.line(format_args!("  and {more} more; `--losses` prints all, `--report FILE` writes them"))?;
        }
        Ok(())
    }
}

/// A bot without settings cannot answer: an import that has none keeps those of the draft.
async fn keep_settings(bot: &Bot, bundle: &mut greenroom_format::Bundle) -> Result<(), Failure> {
    if let Entry::Vacant(vacant) = bundle.parts.entry(PartPath::Settings) {
        let (_, settings) = bot.get(&bot.draft().await?, &PartPath::Settings).await?;
        vacant.insert(settings);
    }
    Ok(())
}

fn named(format: Format) -> &'static str {
    match format {
        Format::Folder => "a folder",
        Format::Archive => "an archive",
        Format::Rasa => "a Rasa project",
        Format::Csv => "a table of examples",
        _ => "a file",
    }
}

fn write_report(path: &Path, losses: &LossReport) -> Result<(), Failure> {
    let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let text = if is_json { serde_json::to_string_pretty(losses)? + "\n" } else { losses.to_string() };
    std::fs::write(path, text).map_err(|error| Failure::file("write", path, &error))
}
