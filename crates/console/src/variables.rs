//! What flows keep and name: variables, contexts, handlers.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use greenroom_lifecycle::ExpectedPart;
use greenroom_model::document::{Context, Handler, Lifetime, ValueType, Variable};
use greenroom_model::{ContextId, Document, HandlerId, PartPath, Symbol, SymbolKind, VariableId};
use greenroom_web::{Path, Problem};
use serde::Deserialize;
use serde_json::Value;

use crate::edit::{Refusal, save};
use crate::fields::Fields;
use crate::form::{Choice, Control, Form, Group};
use crate::frame::Frame;
use crate::node_form::value_text;
use crate::page::Page;
use crate::usages::{self, UsageLink};
use crate::viewed::{Editing, Viewed};

#[derive(Template)]
#[template(path = "variables.html")]
struct VariablesPage {
    frame: Frame,
    can_edit: bool,
    lists: Vec<(&'static str, Vec<Listed>)>,
    form: Form,
}

struct Listed {
    href: String,
    id: String,
    name: String,
    detail: String,
}

#[derive(Template)]
#[template(path = "variable.html")]
struct VariablePage {
    frame: Frame,
    can_edit: bool,
    name: String,
    id: String,
    list: String,
    here: String,
    form: Form,
    usages: Vec<UsageLink>,
}

/// The part of the address that names one of them.
#[derive(Debug, Deserialize)]
pub(crate) struct NamedAt {
    kind: String,
    id: String,
}

impl NamedAt {
    fn path(&self) -> Result<PartPath, Problem> {
        Ok(match self.kind.as_str() {
            "variable" => PartPath::Variable(self.id.parse()?),
            "context" => PartPath::Context(self.id.parse()?),
            "handler" => PartPath::Handler(self.id.parse()?),
            _ => return Err(Problem::not_found("there is nothing at this address")),
        })
    }

    fn page(&self) -> String {
        format!("variables/{}/{}", self.kind, self.id)
    }
}

/// `GET …/variables`
pub(crate) async fn list(viewed: Viewed) -> Result<Response, Problem> {
    list_page(&viewed, None, &Fields::default()).await
}

/// `POST …/variables`
pub(crate) async fn create(Editing(viewed): Editing, fields: Fields) -> Result<Response, Problem> {
    let name = fields.trimmed("name");
    let (kind, id) = match fields.get("kind").as_str() {
        "context" => ("context", ContextId::from_name(&name).to_string()),
        "handler" => ("handler", HandlerId::from_name(&name).to_string()),
        _ => ("variable", VariableId::from_name(&name).to_string()),
    };
    let at = NamedAt { kind: kind.to_owned(), id };
    let document = match kind {
        "context" => Document::Context(Context { name, description: fields.given("description") }),
        "handler" => Document::Handler(Handler { name, description: fields.given("description") }),
        _ => Document::Variable(Variable { name, description: fields.given("description"), ..Variable::default() }),
    };
    // The form is of something new, whatever the field says.
    let edit =
        greenroom_lifecycle::PartEdit { path: at.path()?, expected: ExpectedPart::Absent, document: Some(document) };
    match crate::edit::save_all(&viewed, &[edit], &fields).await? {
        Ok(()) => Ok(viewed.done(&at.page(), "created")),
        Err(refusal) => {
            let page = list_page(&viewed, Some(refusal), &fields).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// `GET …/variables/{kind}/{id}`
pub(crate) async fn page(viewed: Viewed, Path(at): Path<NamedAt>) -> Result<Response, Problem> {
    let (digest, document) = viewed.part(&at.path()?).await?;
    let form = named_form(&viewed, &at, &document)?.expecting(digest);
    named_page(&viewed, &at, &document, form).await
}

/// `POST …/variables/{kind}/{id}`
pub(crate) async fn change(
    Editing(viewed): Editing,
    Path(at): Path<NamedAt>,
    fields: Fields,
) -> Result<Response, Problem> {
    let path = at.path()?;
    let refusal = match read(&path, &fields) {
        Ok(document) => match save(&viewed, &path, Some(document), &fields).await? {
            Ok(()) => return Ok(viewed.done(&at.page(), "saved")),
            Err(refusal) => refusal,
        },
        Err(text) => Refusal::new(text, &fields),
    };
    let (_, document) = viewed.part(&path).await?;
    let form = refusal.on(named_form(&viewed, &at, &document)?.filled(&fields));
    let page = named_page(&viewed, &at, &document, form).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// `POST …/variables/{kind}/{id}/delete`
pub(crate) async fn delete(Editing(viewed): Editing, Path(at): Path<NamedAt>) -> Result<Response, Problem> {
    viewed.bot.delete(&at.path()?).await?;
    Ok(viewed.done("variables", "deleted"))
}

fn read(path: &PartPath, fields: &Fields) -> Result<Document, String> {
    let (name, description) = (fields.trimmed("name"), fields.given("description"));
    Ok(match path {
        PartPath::Context(_) => Document::Context(Context { name, description }),
        PartPath::Handler(_) => Document::Handler(Handler { name, description }),
        _ => {
            let value_type = match fields.get("value_type").as_str() {
                "text" => ValueType::Text,
                "number" => ValueType::Number,
                "boolean" => ValueType::Boolean,
                "list" => ValueType::List,
                _ => ValueType::Any,
            };
            let default = match fields.given("default") {
                None => Value::Null,
                Some(typed) => serde_json::from_str(&typed).unwrap_or(Value::String(typed)),
            };
            let entities = fields.get("from_entities");
            let entities = entities.split([',', ' ']).filter(|id| !id.is_empty());
            let from_entities = entities
                .map(|id| id.parse().map_err(|error: greenroom_model::Error| format!("at `from_entities`: {error}")))
                .collect::<Result<_, _>>()?;
            let (lifetime, sensitive) = (read_lifetime(fields)?, fields.has("sensitive"));
            Document::Variable(Variable { name, description, value_type, default, from_entities, lifetime, sensitive })
        }
    })
}

fn read_lifetime(fields: &Fields) -> Result<Lifetime, String> {
    Ok(match fields.get("lifetime").as_str() {
        "flow" => Lifetime::Flow,
        "user" => Lifetime::User,
        "turns" => {
            let typed = fields.trimmed("turns");
            Lifetime::Turns(typed.parse().map_err(|_| format!("at `turns`: `{typed}` is not a whole number of turns"))?)
        }
        _ => Lifetime::Conversation,
    })
}

fn lifetime_controls(lifetime: Lifetime) -> [Control; 2] {
    let (chosen, turns) = match lifetime {
        Lifetime::Conversation => ("conversation", String::new()),
        Lifetime::Flow => ("flow", String::new()),
        Lifetime::Turns(turns) => ("turns", turns.to_string()),
        Lifetime::User => ("user", String::new()),
    };
    let choices = [
        ("conversation", "as long as the conversation"),
        ("flow", "until the flow ends that set it"),
        ("turns", "for some turns of the user (below)"),
        ("user", "for ever: the person's next conversation begins with it"),
    ];
    let choices = choices.iter().map(|(value, label)| Choice::new(*value, *label)).collect();
    [
        Control::select("lifetime", "Keeps its value", chosen, choices),
        Control::number("turns", "For how many turns (1 to 1000)", turns),
    ]
}

fn named_form(viewed: &Viewed, at: &NamedAt, document: &Document) -> Result<Form, Problem> {
    let name = Control::text("name", "Name", document.name().unwrap_or_default()).required();
    let description = |description: &Option<String>| {
        Control::text("description", "Description", description.clone().unwrap_or_default())
    };
    let controls = match document {
        Document::Context(context) => vec![name, description(&context.description)],
        Document::Handler(handler) => {
            vec![name.hint("The name under which the embedder registers it."), description(&handler.description)]
        }
        Document::Variable(variable) => {
            let value_type = match variable.value_type {
                ValueType::Any => "any",
                ValueType::Text => "text",
                ValueType::Number => "number",
                ValueType::Boolean => "boolean",
                ValueType::List => "list",
            };
            let types = [
                ("any", "any value"),
                ("text", "a text"),
                ("number", "a number"),
                ("boolean", "true or false"),
                ("list", "a list"),
            ];
            let types = types.iter().map(|(value, label)| Choice::new(*value, *label)).collect();
            let default = if variable.default.is_null() { String::new() } else { value_text(&variable.default) };
            let entities: Vec<&str> = variable.from_entities.iter().map(AsRef::as_ref).collect();
            let [lifetime, turns] = lifetime_controls(variable.lifetime);
            vec![
                name,
                description(&variable.description),
                Control::select("value_type", "Type", value_type, types),
                Control::text("default", "Value at the start of a conversation (empty: none)", default),
                Control::text(
                    "from_entities",
                    "Takes the value of these entities whenever one is recognised (ids)",
                    entities.join(", "),
                ),
                lifetime,
                turns,
                Control::check(
                    "sensitive",
                    "Sensitive: its values stay out of transcripts, traces and logs",
                    variable.sensitive,
                ),
            ]
        }
        _ => return Err(Problem::not_found("there is nothing at this address")),
    };
    Ok(Form::new(viewed.href(&at.page()), "Save", vec![Group::loose(controls)]))
}

async fn list_page(viewed: &Viewed, refusal: Option<Refusal>, fields: &Fields) -> Result<Response, Problem> {
    let documents = viewed.documents().await?;
    let of = |kind: &str| -> Vec<Listed> {
        documents
            .iter()
            .filter(|(_, (_, document))| document.kind() == kind)
            .filter_map(|(path, (_, document))| {
                let id = path.segments().pop()?.to_owned();
                let detail = match document {
                    Document::Variable(variable) => variable.description.clone(),
                    Document::Context(context) => context.description.clone(),
                    Document::Handler(handler) => handler.description.clone(),
                    _ => None,
                };
                Some(Listed {
                    href: viewed.href(&format!("variables/{kind}/{id}")),
                    name: document.name().unwrap_or(&id).to_owned(),
                    detail: detail.unwrap_or_default(),
                    id,
                })
            })
            .collect()
    };
    let kinds = vec![
        Choice::new("variable", "Variable: a value that the conversation keeps"),
        Choice::new("context", "Context: a mark on the conversation that lasts some turns"),
        Choice::new("handler", "Handler: code of the embedder that flows may call"),
    ];
    let mut form = Form::new(
        viewed.href("variables"),
        "Add",
        vec![Group::loose(vec![
            Control::select("kind", "What", "variable", kinds),
            Control::text("name", "Name", "").hint("Its id follows from the name.").required(),
            Control::text("description", "Description (may be left out)", ""),
        ])],
    );
    if let Some(refusal) = refusal {
        form = refusal.on(form.filled(fields));
    }
    let page = VariablesPage {
        frame: viewed.frame("Variables"),
        can_edit: viewed.can_edit(),
        lists: vec![("Variables", of("variable")), ("Contexts", of("context")), ("Handlers", of("handler"))],
        form,
    };
    Ok(Page(page).into_response())
}

async fn named_page(viewed: &Viewed, at: &NamedAt, document: &Document, form: Form) -> Result<Response, Problem> {
    let kind = match at.kind.as_str() {
        "context" => SymbolKind::Context,
        "handler" => SymbolKind::Handler,
        _ => SymbolKind::Variable,
    };
    let name = document.name().unwrap_or(&at.id).to_owned();
    let page = VariablePage {
        frame: viewed.frame(&name),
        can_edit: viewed.can_edit(),
        name,
        id: at.id.clone(),
        list: viewed.href("variables"),
        here: viewed.href(&at.page()),
        form,
        usages: usages::of(viewed, &Symbol::new(kind, &at.id)).await?,
    };
    Ok(Page(page).into_response())
}
