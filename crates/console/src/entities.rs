//! The entities: values with their synonyms, patterns.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use greenroom_model::document::{Entity, Fuzziness};
use greenroom_model::{Document, EntityId, PartPath, Symbol, SymbolKind};
use greenroom_web::{Path, Problem};
use serde::Deserialize;

use crate::edit::{Refusal, save};
use crate::fields::Fields;
use crate::form::{Control, Form, Group};
use crate::frame::Frame;
use crate::page::Page;
use crate::usages::{self, UsageLink};
use crate::viewed::{Editing, Viewed};

#[derive(Template)]
#[template(path = "entities.html")]
struct EntitiesPage {
    frame: Frame,
    can_edit: bool,
    entities: Vec<ListedEntity>,
    form: Form,
}

struct ListedEntity {
    href: String,
    id: String,
    name: String,
    values: String,
    patterns: usize,
}

#[derive(Template)]
#[template(path = "entity.html")]
struct EntityPage {
    frame: Frame,
    can_edit: bool,
    id: EntityId,
    name: String,
    here: String,
    form: Form,
    findings: Vec<String>,
    usages: Vec<UsageLink>,
}

/// The part of the address that names an entity.
#[derive(Debug, Deserialize)]
pub(crate) struct EntityAt {
    entity: EntityId,
}

/// How many values a list shows.
const SHOWN: usize = 8;

/// `GET …/entities`
pub(crate) async fn list(viewed: Viewed) -> Result<Response, Problem> {
    list_page(&viewed, None, &Fields::default()).await
}

/// `POST …/entities`
pub(crate) async fn create(Editing(viewed): Editing, fields: Fields) -> Result<Response, Problem> {
    let entity = read(&fields, Entity::default());
    let id = EntityId::from_name(&entity.name);
    match save(&viewed, &PartPath::Entity(id.clone()), Some(Document::Entity(entity)), &fields).await? {
        Ok(()) => Ok(viewed.done(&format!("entities/{id}"), "created")),
        Err(mut refusal) => {
            // The name can be another's: saving again must not take its place.
            refusal.expected = String::new();
            let page = list_page(&viewed, Some(refusal), &fields).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// `GET …/entities/{entity}`
pub(crate) async fn page(viewed: Viewed, Path(at): Path<EntityAt>) -> Result<Response, Problem> {
    let (digest, document) = viewed.part(&PartPath::Entity(at.entity.clone())).await?;
    let Document::Entity(entity) = document else { return Err(Problem::not_found("there is no such entity")) };
    let form = entity_form(&viewed.href(&format!("entities/{}", at.entity)), "Save", &entity).expecting(digest);
    entity_page(&viewed, &at.entity, &entity, form).await
}

/// `POST …/entities/{entity}`
pub(crate) async fn change(
    Editing(viewed): Editing,
    Path(at): Path<EntityAt>,
    fields: Fields,
) -> Result<Response, Problem> {
    let path = PartPath::Entity(at.entity.clone());
    let before = match viewed.part(&path).await {
        Ok((_, Document::Entity(entity))) => entity,
        // Somebody deleted it meanwhile, which saving tells.
        _ => Entity::default(),
    };
    let entity = read(&fields, before);
    match save(&viewed, &path, Some(Document::Entity(entity.clone())), &fields).await? {
        Ok(()) => Ok(viewed.done(&format!("entities/{}", at.entity), "saved")),
        Err(refusal) => {
            let here = viewed.href(&format!("entities/{}", at.entity));
            let form = refusal.on(entity_form(&here, "Save", &entity).filled(&fields));
            let page = entity_page(&viewed, &at.entity, &entity, form).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// `POST …/entities/{entity}/delete`
pub(crate) async fn delete(Editing(viewed): Editing, Path(at): Path<EntityAt>) -> Result<Response, Problem> {
    viewed.bot.delete(&PartPath::Entity(at.entity)).await?;
    Ok(viewed.done("entities", "deleted"))
}

/// The entity of a form; what the form does not show stays as it was.
fn read(fields: &Fields, before: Entity) -> Entity {
    let mut values: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in fields.lines("values") {
        let (value, synonyms) = line.split_once('=').unwrap_or((&line, ""));
        let synonyms = synonyms.split(',').map(str::trim).filter(|synonym| !synonym.is_empty()).map(str::to_owned);
        values.entry(value.trim().to_owned()).or_default().extend(synonyms);
    }
    Entity {
        name: fields.trimmed("name"),
        description: fields.given("description"),
        values,
        patterns: fields.lines("patterns"),
        composites: fields.lines("composites"),
        learned: fields.has("learned"),
        fuzziness: match (fields.has("fuzzy"), before.fuzziness) {
            (true, none) if none == Fuzziness::default() => Fuzziness::BY_LENGTH,
            (true, own) => own,
            (false, _) => Fuzziness::default(),
        },
        ..before
    }
}

fn entity_form(action: &str, submit: &str, entity: &Entity) -> Form {
    let values = entity.values.iter().map(|(value, synonyms)| {
        let synonyms: Vec<&str> = synonyms.iter().map(String::as_str).collect();
        if synonyms.is_empty() { value.clone() } else { format!("{value} = {}", synonyms.join(", ")) }
    });
    Form::new(
        action,
        submit,
        vec![Group::loose(vec![
            Control::text("name", "Name", &entity.name).required(),
            Control::text("description", "Description", entity.description.clone().unwrap_or_default()),
            Control::area("values", "Values, one a line", values.collect::<Vec<_>>().join("\n"))
                .hint("Each with the other ways to say it: e-bike = electric bike, ebike. Changes need no training."),
            Control::check("fuzzy", "Forgive typing errors in values", entity.fuzziness != Fuzziness::default())
                .hint("One in 4 to 7 characters, two in more."),
            Control::area("patterns", "Patterns, one a line", entity.patterns.join("\n"))
                .hint("Regular expressions; what matches is the value."),
            Control::area("composites", "Made of other entities, one template a line", entity.composites.join("\n"))
                .hint("Words and entities in braces, with a role where it helps: {amount} from {origin:city} to {target:city}."),
            Control::check("learned", "Learned from marked examples", entity.learned)
                .hint("A model finds it after training; the values above then say what the found words stand for."),
        ])],
    )
}

async fn list_page(viewed: &Viewed, refusal: Option<Refusal>, fields: &Fields) -> Result<Response, Problem> {
    let documents = viewed.documents().await?;
    let mut entities: Vec<ListedEntity> = documents
        .iter()
        .filter_map(|(path, (_, document))| match (path, document) {
            (PartPath::Entity(id), Document::Entity(entity)) => {
                let shown: Vec<&str> = entity.values.keys().take(SHOWN).map(String::as_str).collect();
                let more = if entity.values.len() > SHOWN { ", …" } else { "" };
                Some(ListedEntity {
                    href: viewed.href(&format!("entities/{id}")),
                    id: id.to_string(),
                    name: entity.name.clone(),
                    values: format!("{}{more}", shown.join(", ")),
                    patterns: entity.patterns.len(),
                })
            }
            _ => None,
        })
        .collect();
    entities.sort_by_key(|entity| entity.name.to_lowercase());
    let mut form = entity_form(&viewed.href("entities"), "Add the entity", &Entity::default());
    if let Some(refusal) = refusal {
        form = refusal.on(form.filled(fields));
    }
    let page = EntitiesPage { frame: viewed.frame("Entities"), can_edit: viewed.can_edit(), entities, form };
    Ok(Page(page).into_response())
}

async fn entity_page(viewed: &Viewed, id: &EntityId, entity: &Entity, form: Form) -> Result<Response, Problem> {
    let path = PartPath::Entity(id.clone());
    let facts = greenroom_flow::derive(&path, &Document::Entity(entity.clone()));
    let page = EntityPage {
        frame: viewed.frame(&entity.name),
        can_edit: viewed.can_edit(),
        id: id.clone(),
        name: entity.name.clone(),
        here: viewed.href(&format!("entities/{id}")),
        form,
        findings: facts.findings.iter().map(|finding| finding.message.clone()).collect(),
        usages: usages::of(viewed, &Symbol::new(SymbolKind::Entity, id.as_str())).await?,
    };
    Ok(Page(page).into_response())
}
