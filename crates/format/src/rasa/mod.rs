//! Import from Rasa 3: a compiler. The project's YAML is read into typed values
//! with their lines (`source`), then translated: NLU data, entities, slots,
//! responses, and rules, stories and forms as flows. Whatever is read either
//! changes the bot or stands in the report.

mod accepting;
mod buttons;
mod conversations;
mod cursor;
mod dialogue;
mod draft;
mod entities;
mod files;
mod flows;
mod forms;
mod import;
mod intents;
mod markup;
mod names;
mod questions;
mod report;
mod responses;
mod scripts;
mod settings;
mod source;
mod states;
mod steps;
mod telling;
mod template;
mod tracking;
mod turns;
mod variables;
mod ways;
mod weave;
mod yaml;

use std::path::Path;

use greenroom_model::Language;

use self::import::Import;
use self::report::Report;
use crate::{Bundle, Error, Imported};

/// How a Rasa project is read.
#[derive(Debug, Clone, Default)]
pub struct RasaOptions {
    /// The language of the bot; as the project's `config.yml` says where none is
    /// given, and English where that says nothing either.
    pub language: Option<Language>,
}

/// Reads a Rasa 3 project: a folder with `domain.yml` or `domain/`, `data/`, and
/// perhaps `config.yml`, `endpoints.yml`, `credentials.yml` and `tests/`.
///
/// Ids follow from names, so that a second import of the same project names the
/// same parts. The report names each construct that did not carry over, with its
/// file and line.
///
/// # Errors
/// [`Error::NotABot`] when the folder holds neither a domain nor data;
/// [`Error::Content`] names the file and line of broken YAML, of a byte that is not
/// UTF-8 and of a known key with a value of another shape, but for those in a story
/// or a rule, which is left out and told of; [`Error::Io`] and [`Error::TooLarge`]
/// name the file.
///
/// # Examples
/// ```
/// use greenroom_format::{RasaOptions, read_rasa};
///
/// let project = tempfile::tempdir()?;
/// std::fs::write(project.path().join("domain.yml"), r#"
/// version: "3.1"
/// intents: [greet]
/// responses:
///   utter_greet:
///   - text: Hello
/// rules:
/// - rule: answer a greeting
///   steps:
///   - intent: greet
///   - action: utter_greet
/// "#)?;
/// let imported = read_rasa(project.path(), &RasaOptions::default())?;
/// assert!(imported.bundle.parts.contains_key(&"flows/answer_a_greeting".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_rasa(dir: &Path, options: &RasaOptions) -> Result<Imported, Error> {
    let mut report = Report::default();
    let files = files::read(dir, &mut report)?;
    let project = source::read(&files, &mut report)?;
    let language = settings::language(&project, options.language.as_ref(), &mut report);
    let mut import = Import::new(&project, language, report);
    settings::define(&mut import, &name_of(dir));
    intents::define(&mut import);
    let examples = intents::read_examples(&mut import);
    let vocabulary = entities::define(&mut import, &examples);
    intents::add_examples(&mut import, examples, &vocabulary);
    variables::define(&mut import);
    responses::translate(&mut import);
    flows::define(&mut import);
    settings::declare_handlers(&mut import);
    responses::keep_unsaid(&mut import);
    conversations::define(&mut import);
    let bundle = Bundle { parts: import.parts }.canonical()?;
    Ok(Imported { bundle, losses: import.report.into_losses() })
}

/// The folder's name, as the bot's.
fn name_of(dir: &Path) -> String {
    let absolute = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
    let name = absolute.file_name().map(|name| name.to_string_lossy().trim().to_owned());
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| "Rasa bot".to_owned())
}
