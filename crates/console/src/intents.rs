//! The intents: their list, the page of each, its name and description.

use std::collections::BTreeMap;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use greenroom_lifecycle::{ExpectedPart, PartEdit};
use greenroom_model::document::{Example, Examples, Intent};
use greenroom_model::{Document, IntentId, Language, PartPath, Symbol, SymbolKind};
use greenroom_web::{Path, Problem};
use serde::Deserialize;

use crate::edit::{Refusal, save, save_all};
use crate::fields::Fields;
use crate::form::{Choice, Control, Form, Group};
use crate::frame::Frame;
use crate::page::Page;
use crate::usages::{self, UsageLink};
use crate::viewed::{Documents, Editing, Viewed};

#[derive(Template)]
#[template(path = "intents.html")]
struct IntentsPage {
    frame: Frame,
    can_edit: bool,
    languages: Vec<Language>,
    intents: Vec<ListedIntent>,
    form: Form,
}

struct ListedIntent {
    href: String,
    id: String,
    name: String,
    description: String,
    counts: Vec<usize>,
    uses: usize,
}

#[derive(Template)]
#[template(path = "intent.html")]
struct IntentPage {
    frame: Frame,
    can_edit: bool,
    id: IntentId,
    name: String,
    here: String,
    form: Form,
    languages: Vec<LanguageExamples>,
    others: Vec<Choice>,
    usages: Vec<UsageLink>,
}

struct LanguageExamples {
    language: Language,
    examples: Vec<ShownExample>,
}

struct ShownExample {
    text: String,
    /// Entities marked in it, in words.
    marks: String,
    /// Other intents that have the same text.
    twins: Vec<Choice>,
}

/// The part of the address that names an intent.
#[derive(Debug, Deserialize)]
pub(crate) struct IntentAt {
    pub(crate) intent: IntentId,
}

/// `GET …/intents`
pub(crate) async fn list(viewed: Viewed) -> Result<Response, Problem> {
    let form = new_form(&viewed, &Fields::default());
    list_page(&viewed, form).await
}

/// `POST …/intents`: a new intent, perhaps with first examples.
pub(crate) async fn create(Editing(viewed): Editing, fields: Fields) -> Result<Response, Problem> {
    let name = fields.trimmed("name");
    let id = IntentId::from_name(&name);
    let description = fields.given("description");
    let absent = |path, document| PartEdit { path, expected: ExpectedPart::Absent, document: Some(document) };
    let mut edits = vec![absent(PartPath::Intent(id.clone()), Document::Intent(Intent { name, description }))];
    let lines = fields.lines("examples");
    if !lines.is_empty() {
        let language: Language = fields.get("language").parse()?;
        edits.push(absent(PartPath::Examples(language, id.clone()), Document::Examples(Examples::of(lines))));
    }
    match save_all(&viewed, &edits, &fields).await? {
        Ok(()) => Ok(viewed.done(&format!("intents/{id}"), "created")),
        Err(refusal) => {
            let form = refusal.on(new_form(&viewed, &fields));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, list_page(&viewed, form).await?).into_response())
        }
    }
}

/// `GET …/intents/{intent}`
pub(crate) async fn page(viewed: Viewed, Path(at): Path<IntentAt>) -> Result<Response, Problem> {
    let path = PartPath::Intent(at.intent.clone());
    let (digest, document) = viewed.part(&path).await?;
    let Document::Intent(intent) = document else { return Err(Problem::not_found("there is no such intent")) };
    let form = intent_form(&viewed, &at.intent, &intent).expecting(digest);
    intent_page(&viewed, &at.intent, &intent.name, form).await
}

/// `POST …/intents/{intent}`: name and description.
pub(crate) async fn change(
    Editing(viewed): Editing,
    Path(at): Path<IntentAt>,
    fields: Fields,
) -> Result<Response, Problem> {
    let intent = Intent { name: fields.trimmed("name"), description: fields.given("description") };
    let path = PartPath::Intent(at.intent.clone());
    match save(&viewed, &path, Some(Document::Intent(intent.clone())), &fields).await? {
        Ok(()) => Ok(viewed.done(&format!("intents/{}", at.intent), "saved")),
        Err(refusal) => refused_change(&viewed, &at.intent, &intent, refusal).await,
    }
}

async fn refused_change(
    viewed: &Viewed,
    id: &IntentId,
    intent: &Intent,
    refusal: Refusal,
) -> Result<Response, Problem> {
    let form = refusal.on(intent_form(viewed, id, intent));
    let page = intent_page(viewed, id, &intent.name, form).await?;
    Ok((StatusCode::CONFLICT, page).into_response())
}

/// `POST …/intents/{intent}/delete`: the intent and its examples in every language.
pub(crate) async fn delete(Editing(viewed): Editing, Path(at): Path<IntentAt>) -> Result<Response, Problem> {
    let parts = viewed.bot.parts(&viewed.content).await?;
    let own: Vec<PartEdit> = parts
        .into_iter()
        .filter(|(path, _)| matches!(path, PartPath::Intent(id) | PartPath::Examples(_, id) if *id == at.intent))
        .map(|(path, digest)| PartEdit::delete(path).expecting(ExpectedPart::Digest(digest)))
        .collect();
    if own.is_empty() {
        return Err(Problem::not_found("there is no such intent"));
    }
    viewed.bot.edit(&own).await?;
    Ok(viewed.done("intents", "deleted"))
}

fn new_form(viewed: &Viewed, fields: &Fields) -> Form {
    let languages =
        viewed.languages().iter().map(|language| Choice::new(language.as_str(), language.as_str())).collect();
    let language = fields.given("language").unwrap_or_else(|| viewed.settings.default_language.to_string());
    Form::new(
        viewed.href("intents"),
        "Add the intent",
        vec![Group::loose(vec![
            Control::text("name", "Name", fields.get("name"))
                .hint("What people want, such as “Opening hours”.")
                .required(),
            Control::text("description", "Description (may be left out)", fields.get("description")),
            Control::select("language", "Language of the examples", language, languages),
            Control::area("examples", "Examples, one a line", fields.get("examples"))
                .hint("What people would say; five are a start, twenty are good."),
        ])],
    )
}

async fn list_page(viewed: &Viewed, form: Form) -> Result<Response, Problem> {
    let documents = viewed.documents().await?;
    let languages = viewed.languages();
    let mut uses: BTreeMap<Symbol, usize> = BTreeMap::new();
    for (path, (_, document)) in &documents {
        if path.is_flow() {
            for (symbol, _) in greenroom_flow::derive(path, document).references {
                *uses.entry(symbol).or_default() += 1;
            }
        }
    }
    let mut intents: Vec<ListedIntent> = documents
        .iter()
        .filter_map(|(path, (_, document))| match (path, document) {
            (PartPath::Intent(id), Document::Intent(intent)) => Some(ListedIntent {
                href: viewed.href(&format!("intents/{id}")),
                id: id.to_string(),
                name: intent.name.clone(),
                description: intent.description.clone().unwrap_or_default(),
                counts: languages.iter().map(|language| examples_of(&documents, language, id).len()).collect(),
                uses: uses.get(&Symbol::new(SymbolKind::Intent, id.as_str())).copied().unwrap_or_default(),
            }),
            _ => None,
        })
        .collect();
    intents.sort_by_key(|intent| intent.name.to_lowercase());
    let page = IntentsPage { frame: viewed.frame("Intents"), can_edit: viewed.can_edit(), languages, intents, form };
    Ok(Page(page).into_response())
}

fn examples_of<'d>(documents: &'d Documents, language: &Language, intent: &IntentId) -> &'d [Example] {
    match documents.get(&PartPath::Examples(language.clone(), intent.clone())) {
        Some((_, Document::Examples(examples))) => &examples.examples,
        _ => &[],
    }
}

fn intent_form(viewed: &Viewed, id: &IntentId, intent: &Intent) -> Form {
    Form::new(
        viewed.href(&format!("intents/{id}")),
        "Save",
        vec![Group::loose(vec![
            Control::text("name", "Name", &intent.name).hint("Renaming needs no training.").required(),
            Control::text("description", "Description", intent.description.clone().unwrap_or_default()),
        ])],
    )
}

async fn intent_page(viewed: &Viewed, id: &IntentId, name: &str, form: Form) -> Result<Response, Problem> {
    let documents = viewed.documents().await?;
    let mut languages = viewed.languages();
    // Examples in a language that the settings no longer name must not be lost to sight.
    for path in documents.keys() {
        if let PartPath::Examples(language, own) = path
            && own == id
            && !languages.contains(language)
        {
            languages.push(language.clone());
        }
    }
    let languages = languages
        .into_iter()
        .map(|language| {
            let twins = twins_of(&documents, &language, id);
            let examples = examples_of(&documents, &language, id).iter().map(|example| ShownExample {
                text: example.text.clone(),
                marks: marks_of(example),
                twins: twins.get(&example.normalized()).cloned().unwrap_or_default(),
            });
            LanguageExamples { examples: examples.collect(), language }
        })
        .collect();
    let others = documents
        .iter()
        .filter_map(|(path, (_, document))| match (path, document) {
            (PartPath::Intent(other), Document::Intent(intent)) if other != id => {
                Some(Choice::new(other.as_str(), &intent.name))
            }
            _ => None,
        })
        .collect();
    let page = IntentPage {
        frame: viewed.frame(name),
        can_edit: viewed.can_edit(),
        id: id.clone(),
        name: name.to_owned(),
        here: viewed.href(&format!("intents/{id}")),
        form,
        languages,
        others,
        usages: usages::of(viewed, &Symbol::new(SymbolKind::Intent, id.as_str())).await?,
    };
    Ok(Page(page).into_response())
}

/// The other intents that have an example, by its normalised text.
fn twins_of(documents: &Documents, language: &Language, own: &IntentId) -> BTreeMap<String, Vec<Choice>> {
    let mut twins: BTreeMap<String, Vec<Choice>> =
        examples_of(documents, language, own).iter().map(|example| (example.normalized(), Vec::new())).collect();
    for (path, (_, document)) in documents {
        if let (PartPath::Examples(other_language, other), Document::Examples(examples)) = (path, document)
            && other_language == language
            && other != own
        {
            let name = match documents.get(&PartPath::Intent(other.clone())) {
                Some((_, Document::Intent(intent))) => intent.name.clone(),
                _ => other.to_string(),
            };
            for example in &examples.examples {
                if let Some(found) = twins.get_mut(&example.normalized()) {
                    found.push(Choice::new(other.as_str(), &name));
                }
            }
        }
    }
    twins
}

fn marks_of(example: &Example) -> String {
    let characters: Vec<char> = example.text.chars().collect();
    let marks = example.entities.iter().map(|mark| {
        let text: String = characters.get(mark.start as usize..mark.end as usize).unwrap_or_default().iter().collect();
        format!("{text} = {}", mark.entity)
    });
    marks.collect::<Vec<_>>().join(", ")
}
