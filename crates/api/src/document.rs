//! The routes and the OpenAPI document, from one list.
//!
//! What every operation of a kind has in common is added here and not written at
//! each handler: the parameters of its address, the header of repeatable
//! requests, and the problems that it can answer with.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use greenroom_web::{AppState, Problem};
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, Required, Response as Answer, Schema};
use utoipa::{Modify, OpenApi as _};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};
use utoipa_axum::routes;

use crate::document_schemas::document_schemas;
use crate::{
    archive, audit, bots, channels, conversations, docs_page, drift, environments, invitations, jobs, me, parts, plans,
    policy, previews, push, users, versions,
};

/// What the document says beside the operations.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Greenroom",
        description = "Takes conversational bots from draft to live. Send a token as `Authorization: Bearer grt_…`; \
            the scope of an operation is the role that the token's user has on the bot, `server:` in front: on the server."
    ),
    components(schemas(Problem)),
    modifiers(&CommonParts),
    tags(
        (name = "bots", description = "Bots"),
        (name = "parts", description = "What the draft is made of, and what it was in other places"),
        (name = "jobs", description = "What takes its time: training, evaluation, tests"),
        (name = "publishing", description = "Plans, findings, policy, publishing"),
        (name = "versions", description = "What was published or saved"),
        (name = "environments", description = "What runs where"),
        (name = "channels", description = "By which ways people reach a bot"),
        (name = "conversations", description = "What people said"),
        (name = "audit", description = "Who did what when"),
        (name = "identities", description = "Users, tokens, invitations"),
    )
)]
struct Document;

struct CommonParts;

impl Modify for CommonParts {
    fn modify(&self, document: &mut OpenApi) {
        let mut scheme = Http::new(HttpAuthScheme::Bearer);
        scheme.description = Some("A token: `POST /api/v1/me/tokens`, or the console".to_owned());
        let components = document.components.get_or_insert_default();
        components.schemas.extend(document_schemas());
        components.add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

/// The routes, with the document at `/api/v1/openapi.json` and its page at `/api/docs`.
/// They belong among the surfaces of users: whoever serves them finds out who calls.
pub fn routes() -> Router<AppState> {
    let (router, _) = described().split_for_parts();
    router.route("/api/v1/openapi.json", get(serve_document)).merge(docs_page::routes())
}

/// The OpenAPI document of the API.
#[must_use]
pub fn openapi() -> OpenApi {
    let mut document = described().into_openapi();
    let paths = std::mem::take(&mut document.paths.paths);
    for (path, mut item) in paths {
        complete(&path, &mut item);
        // OpenAPI has no word for a parameter that goes over several segments.
        document.paths.paths.insert(path.replace("{*", "{"), item);
    }
    document
}

async fn serve_document() -> Response {
    static DOCUMENT: LazyLock<String> = LazyLock::new(|| openapi().to_json().unwrap_or_default());
    let json = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, json)], DOCUMENT.as_str()).into_response()
}

fn described() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(bots::list, bots::create))
        .routes(routes!(bots::get))
        .routes(routes!(parts::list))
        .routes(routes!(parts::get, parts::put, parts::delete))
        .routes(routes!(push::push))
        .routes(archive_routes())
        .routes(routes!(jobs::train))
        .routes(routes!(jobs::evaluate))
        .routes(routes!(jobs::test))
        .routes(routes!(jobs::evidence))
        .routes(routes!(jobs::list))
        .routes(routes!(jobs::get))
        .routes(routes!(jobs::cancel))
        .routes(routes!(jobs::events))
        .routes(routes!(jobs::evaluation))
        .routes(routes!(plans::create))
        .routes(routes!(plans::get))
        .routes(routes!(plans::publish))
        .routes(routes!(plans::start_publish))
        .routes(routes!(plans::findings))
        .routes(routes!(policy::get, policy::set))
        .routes(routes!(versions::list))
        .routes(routes!(versions::get))
        .routes(routes!(versions::restore))
        .routes(routes!(versions::diff))
        .routes(routes!(environments::list))
        .routes(routes!(environments::get))
        .routes(routes!(environments::roll_back))
        .routes(routes!(drift::get))
        .routes(routes!(drift::merge))
        .routes(routes!(environments::settings, environments::set_settings))
        .routes(routes!(channels::list, channels::add))
        .routes(routes!(channels::get, channels::change, channels::remove))
        .routes(routes!(channels::renew_secret))
        .routes(routes!(previews::list, previews::create))
        .routes(routes!(previews::revoke))
        .routes(routes!(conversations::turns))
        .routes(routes!(conversations::inbox))
        .routes(routes!(conversations::settle))
        .routes(routes!(conversations::erase))
        .routes(routes!(conversations::export_person, conversations::erase_person))
        .routes(routes!(audit::of_bot))
        .routes(routes!(audit::verify))
        .routes(routes!(audit::of_identities))
        .routes(routes!(me::get))
        .routes(routes!(me::tokens, me::create_token))
        .routes(routes!(me::revoke_token))
        .routes(routes!(users::list, users::create))
        .routes(routes!(users::get))
        .routes(routes!(users::set_grants))
        .routes(routes!(users::disable))
        .routes(routes!(users::enable))
        .routes(routes!(users::end_sessions))
        .routes(routes!(users::tokens))
        .routes(routes!(users::revoke_token))
        .routes(routes!(invitations::list, invitations::create))
        .routes(routes!(invitations::withdraw))
}

/// Archives may be longer than what else is sent.
fn archive_routes() -> UtoipaMethodRouter<AppState> {
    let (schemas, paths, routes) = routes!(archive::pull, archive::push);
    (schemas, paths, routes.layer(DefaultBodyLimit::max(archive::MAX_ARCHIVE_BYTES)))
}

/// Adds what all operations of a kind have in common.
fn complete(path: &str, item: &mut PathItem) {
    let in_address: Vec<Parameter> = path
        .split('/')
        .filter_map(|segment| segment.strip_prefix('{').and_then(|segment| segment.strip_suffix('}')))
        .map(|name| path_parameter(name.trim_start_matches('*')))
        .collect();
    let operations = [
        (item.get.as_mut(), false, false),
        (item.put.as_mut(), true, false),
        (item.post.as_mut(), true, true),
        (item.delete.as_mut(), true, false),
    ];
    for (operation, changes, repeatable) in operations {
        let Some(operation) = operation else { continue };
        let parameters = operation.parameters.get_or_insert_default();
        let conditional = parameters
            .iter()
            .any(|parameter| matches!(parameter, RefOr::T(Parameter { name, .. }) if name == "If-Match"));
        parameters.splice(0..0, in_address.iter().cloned().map(RefOr::T));
        if repeatable {
            parameters.push(RefOr::T(idempotency_key()));
        }
        let mut problems = vec![("400", BAD_REQUEST), ("401", UNAUTHORIZED), ("403", FORBIDDEN)];
        if !in_address.is_empty() {
            problems.push(("404", "There is no such thing, or the caller has no role on the bot"));
        }
        if changes || path.contains("{bot}") {
            problems.push(("409", "Things do not stand as this takes; `code` says how"));
        }
        if changes || !in_address.is_empty() || !parameters.is_empty() {
            problems.push(("422", "The request is understood, and breaks a rule"));
        }
        if operation.request_body.is_some() {
            problems.push(("413", "The body is larger than the server takes"));
            problems.push(("415", "The body is of another kind than this takes"));
        }
        if conditional || ["/push", "/archive", "/plans"].iter().any(|end| path.ends_with(end)) {
            problems
                .push(("412", "What is to be changed does not stand as expected; of parts `conflicts` tells each with its `current` digest"));
        }
        if conditional {
            problems.push((
                "428",
                "Nothing says from what the change starts: `If-Match` was not sent, nor `If-None-Match` of a part",
            ));
        }
        problems.push(("429", "Too many requests; `Retry-After` says how long to wait"));
        problems.push(("503", "The server is busy; `Retry-After` says how long to wait"));
        add_problems(operation, problems);
    }
}

const BAD_REQUEST: &str = "The request is not understood";
const UNAUTHORIZED: &str = "Nobody is signed in, or the token is not valid";
const FORBIDDEN: &str = "The caller's role is too low";

fn add_problems(operation: &mut Operation, problems: Vec<(&str, &str)>) {
    for (status, description) in problems {
        let content = Content::new(Some(Ref::from_schema_name("Problem")));
        let mut answer = Answer::new(description);
        answer.content.insert("application/problem+json".to_owned(), RefOr::T(content));
        operation.responses.responses.entry(status.to_owned()).or_insert(RefOr::T(answer));
    }
}

fn idempotency_key() -> Parameter {
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("The same key and request again get the first answer again, for 24 hours"))
        .schema(Some(Schema::from(
            ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(255)),
        )))
        .build()
}

fn path_parameter(name: &str) -> Parameter {
    const SLUG: &str = "^[a-z0-9][a-z0-9_-]*$";
    let text = |pattern: &str, longest| {
        ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).max_length(Some(longest))
    };
    let (schema, description) = match name {
        "bot" => (text(SLUG, 64), "The bot"),
        "environment" => (text(SLUG, 64), "The environment, such as `live`"),
        "channel" => (text(SLUG, 64), "The channel"),
        "preview" => (text(SLUG, 64), "The link to the draft"),
        "user" => (text("^[a-z0-9][a-z0-9._-]*$", 64), "The user"),
        "token" => (text("^[0-9a-f]{16}$", 16), "The token's id"),
        "digest" => (text("^[0-9a-f]{64}$", 64), "The plan's digest"),
        "turn" => (text("^[0-9]{20}-[0-9a-f]{16}$", 37), "The turn"),
        "conversation" => (text("^[^/]+$", 256), "The conversation, as its channel names it"),
        // No pattern: tools that make up addresses leave slashes out, and few paths have none.
        "path" => (
            ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(200)),
            "The part, such as `nlp/intents/greet` or `flows/order`; its slashes may be escaped",
        ),
        "number" => (
            ObjectBuilder::new()
                .schema_type(Type::Integer)
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
                .minimum(Some(1)),
            "The version's number",
        ),
        "job" => (text("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", 36), "The job"),
        _ => (ObjectBuilder::new().schema_type(Type::String), "A name"),
    };
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some(description))
        .schema(Some(Schema::from(schema)))
        .build()
}
