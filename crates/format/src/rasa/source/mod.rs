//! A Rasa project as typed values with their places: what its files say, before
//! anything is translated. Whatever has no field here is reported as it is read.

mod domain;
mod nlu;
mod responses;
mod slots;
mod stories;

use super::cursor::{Cursor, Section};
use super::files::{Role, SourceFile};
use super::report::{Named, Place, Report};
use crate::Error;

pub(super) use domain::{Form, SessionConfig};
pub(super) use nlu::{List, NluIntent};
pub(super) use responses::{Response, SourceButton, Variant};
pub(super) use slots::{Condition, Mapping, MappingKind, Slot};
pub(super) use stories::{Expected, SlotCondition, Step, Story, StoryKind, UserStep};

/// Everything that a project's files say and the import reads.
#[derive(Debug, Default)]
pub(super) struct Project {
    /// `language` of the configuration.
    pub(super) language: Option<Named>,
    pub(super) session: SessionConfig,
    /// The domain's intents.
    pub(super) intents: Vec<Named>,
    /// The domain's entities.
    pub(super) entities: Vec<Named>,
    pub(super) slots: Vec<Slot>,
    pub(super) responses: Vec<Response>,
    /// The domain's actions.
    pub(super) actions: Vec<Named>,
    pub(super) forms: Vec<Form>,
    pub(super) nlu: Vec<NluIntent>,
    pub(super) synonyms: Vec<List>,
    pub(super) regexes: Vec<List>,
    pub(super) lookups: Vec<List>,
    /// Rules and stories, in the order of the files.
    pub(super) stories: Vec<Story>,
    pub(super) tests: Vec<Story>,
    /// Where the domain stands, for what it lacks.
    pub(super) domain: Option<Place>,
}

/// Reads all files of a project.
///
/// # Errors
/// [`Error::Content`] where a known key has a value of another shape.
pub(super) fn read(files: &[SourceFile], report: &mut Report) -> Result<Project, Error> {
    let mut project = Project::default();
    for file in files {
        let cursor = Cursor { file: &file.name, yaml: &file.yaml };
        match file.role {
            Role::Bot => read_bot(cursor, &mut project, report)?,
            Role::Tests => read_tests(cursor, &mut project, report)?,
            Role::Config => read_config(cursor, &mut project, report)?,
            Role::Deployment => read_deployment(cursor, report)?,
        }
    }
    Ok(project)
}

fn read_bot(cursor: Cursor<'_>, project: &mut Project, report: &mut Report) -> Result<(), Error> {
    let mut file = cursor.section("the file")?;
    read_version(&mut file, cursor, report)?;
    if let Some(items) = file.take_filled("nlu", report) {
        nlu::read(items, project, report)?;
    }
    for (key, kind) in [("rules", StoryKind::Rule), ("stories", StoryKind::Story)] {
        if let Some(items) = file.take_filled(key, report) {
            let stories = stories::read(items, kind, report)?;
            project.stories.extend(stories);
        }
    }
    let is_domain = project.domain.is_none();
    domain::read(&mut file, project, report)?;
    if is_domain && project.domain.is_none() && cursor.file.starts_with("domain") {
        project.domain = Some(Place::file(cursor.file));
    }
    file.finish(report);
    Ok(())
}

fn read_tests(cursor: Cursor<'_>, project: &mut Project, report: &mut Report) -> Result<(), Error> {
    let mut file = cursor.section("the file")?;
    read_version(&mut file, cursor, report)?;
    if let Some(items) = file.take_filled("stories", report) {
        project.tests.extend(stories::read(items, StoryKind::Test, report)?);
    }
    file.finish(report);
    Ok(())
}

/// The version of Rasa's training data format: 3.x, or the 2.0 that has the same form.
fn read_version(file: &mut Section<'_>, cursor: Cursor<'_>, report: &mut Report) -> Result<(), Error> {
    let Some(version) = file.take("version") else {
        let reason = "the file names no version of its format";
        report.lose(&Place::file(cursor.file), "`version`", reason, "it was read as 3.1; nothing to do if it is");
        return Ok(());
    };
    let text = version.text("`version`")?;
    let advice = "check the file's content in the imported bot";
    match text.split('.').next() {
        Some("3") => {}
        Some("2") => report.lose(
            &version.place(),
            "`version`",
            format!("the file is of format `{text}`; it was read as 3.1, which has the same form"),
            advice,
        ),
        _ => report.lose(&version.place(), "`version`", format!("the import does not know format `{text}`"), advice),
    }
    Ok(())
}

fn read_config(cursor: Cursor<'_>, project: &mut Project, report: &mut Report) -> Result<(), Error> {
    let mut file = cursor.section("the configuration")?;
    project.language = file.take("language").map(|language| language.name("`language`")).transpose()?;
    for (key, construct, advice) in [
        ("pipeline", "pipeline component", "set what answering reads under `nlp/runtime`"),
        ("policies", "policy", "flows decide what is said next"),
    ] {
        let Some(items) = file.take_filled(key, report) else { continue };
        for item in items.list(&format!("`{key}`"))? {
            let name = item.section(construct).ok().and_then(|mut component| component.take("name"));
            let name = name.map_or_else(|| item.outline(), Cursor::outline);
            let reason = format!("Greenroom brings its own (`{}`)", item.outline());
            report.lose(&item.place(), format!("{construct} `{name}`"), reason, advice);
        }
    }
    for key in ["recipe", "assistant_id"] {
        file.lose(key, report, "it belongs to Rasa's own training", "nothing to do");
    }
    file.finish(report);
    Ok(())
}

/// Where a Rasa server runs and what it may use. Values are secrets: none is repeated.
fn read_deployment(cursor: Cursor<'_>, report: &mut Report) -> Result<(), Error> {
    for (key, value) in cursor.entries("the file")? {
        report.lose(
            &key.place,
            format!("`{}`", key.name),
            format!("channels and services are not part of a bot ({} keys in all)", value.yaml.keys()),
            "set up the channel or handler where the bot runs",
        );
    }
    Ok(())
}
