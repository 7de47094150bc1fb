//! The parts of a bot, one by one: read in any place, changed in the draft under the digest that was read.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use greenroom_lifecycle::{Bot, ExpectedPart, PartEdit, Reference};
use greenroom_model::{Content, Digest, Document, PartPath};
use greenroom_web::{AsEditor, AsViewer, Json, OnBot, Path as InPath, Problem, Query as InQuery};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::page::{Page, limit};
use crate::problems::refused;
use crate::schemas::DocumentSchema;

/// Which parts to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct PartsQuery {
    /// Where: `draft` (the default), `live` or another environment, or a version such as `v3`.
    #[serde(default)]
    #[param(pattern = "^[a-z0-9][a-z0-9_-]*$", max_length = 64)]
    place: Option<String>,
    /// Only parts whose path begins with this, such as `flows/`.
    #[serde(default)]
    prefix: Option<String>,
    /// Only parts after this one.
    #[serde(default)]
    after: Option<String>,
    /// How many at most; 100 where nobody says.
    #[serde(default)]
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// Where to read a part.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlaceQuery {
    /// Where: `draft` (the default), `live` or another environment, or a version such as `v3`.
    #[serde(default)]
    #[param(pattern = "^[a-z0-9][a-z0-9_-]*$", max_length = 64)]
    pub(crate) place: Option<String>,
}

/// A part in an address.
#[derive(Debug, Deserialize)]
pub(crate) struct PartAddress {
    path: String,
}

/// A part in a list, or one that was written.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PartEntry {
    /// Where it stands in the bot.
    #[schema(value_type = String)]
    pub(crate) path: PartPath,
    /// What it is: its `ETag`, without the quotes.
    #[schema(value_type = String)]
    pub(crate) digest: Digest,
}

/// What a place names.
pub(crate) async fn content_at(bot: &Bot, place: Option<&str>) -> Result<Content, Problem> {
    match place {
        None => Ok(bot.draft().await?),
        Some(place) => {
            let reference: Reference = place.parse()?;
            Ok(bot.resolve(&reference).await?)
        }
    }
}

/// Lists the parts of a bot with their digests, sorted by path.
#[utoipa::path(get, path = "/api/v1/bots/{bot}/parts", operation_id = "listParts", tag = "parts",
    security(("token" = ["viewer"])), params(PartsQuery),
    responses((status = 200, description = "The parts", body = Page<PartEntry>)))]
pub(crate) async fn list(
    on: OnBot<AsViewer>,
    InQuery(query): InQuery<PartsQuery>,
) -> Result<Json<Page<PartEntry>>, Problem> {
    let limit = limit(query.limit)?;
    let content = content_at(&on.bot, query.place.as_deref()).await?;
    let (prefix, after) = (query.prefix.unwrap_or_default(), query.after.unwrap_or_default());
    let parts = on.bot.parts(&content).await?.into_iter();
    let asked = parts.filter(|(path, _)| {
        let path = path.to_string();
        path.starts_with(&prefix) && path > after
    });
    // By the text of the path, as `after` compares.
    let mut items: Vec<PartEntry> = asked.map(|(path, digest)| PartEntry { path, digest }).collect();
    items.sort_by_cached_key(|part| part.path.to_string());
    items.truncate(limit + 1);
    Ok(Json(Page::cut(items, limit, |part| part.path.to_string())))
}

/// Gets one part as its canonical JSON.
#[utoipa::path(get, path = "/api/v1/bots/{bot}/parts/{*path}", operation_id = "getPart", tag = "parts",
    security(("token" = ["viewer"])),
    params(PlaceQuery, ("If-None-Match" = Option<String>, Header, description = "An `ETag` that the caller has")),
    responses(
        (status = 200, description = "The document of the part; its form depends on the kind of the part", body = DocumentSchema,
            headers(("ETag" = String, description = "The part's digest"))),
        (status = 304, description = "The part is the one that the caller has"),
    ))]
pub(crate) async fn get(
    on: OnBot<AsViewer>,
    InPath(address): InPath<PartAddress>,
    InQuery(query): InQuery<PlaceQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let path: PartPath = address.path.parse()?;
    let content = content_at(&on.bot, query.place.as_deref()).await?;
    let (digest, document) = on.bot.get(&content, &path).await?;
    let etag = entity_tag(&digest);
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    if known.flat_map(|value| value.split(',')).any(|tag| matches!(tag.trim(), "*") || tag.trim() == etag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response());
    }
    let json = HeaderValue::from_static("application/json");
    let body = document.to_bytes(&path)?;
    Ok(([(header::ETAG, etag)], [(header::CONTENT_TYPE, json)], body).into_response())
}

/// Writes one part of the draft: `If-None-Match: *` makes it, `If-Match` with its digest changes it.
#[utoipa::path(put, path = "/api/v1/bots/{bot}/parts/{*path}", operation_id = "putPart", tag = "parts",
    security(("token" = ["editor"])),
    params(
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the part that the change starts from"),
        ("If-None-Match" = Option<String>, Header, description = "`*`: the part does not exist yet"),
    ),
    request_body(content = DocumentSchema, description = "The document of the part; its form depends on the kind of the part"),
    responses(
        (status = 200, description = "The part was changed", body = PartEntry, headers(("ETag" = String))),
        (status = 201, description = "The part was made", body = PartEntry, headers(("ETag" = String))),
    ))]
pub(crate) async fn put(
    on: OnBot<AsEditor>,
    InPath(address): InPath<PartAddress>,
    headers: HeaderMap,
    body: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<PartEntry>), Problem> {
    let path: PartPath = address.path.parse()?;
    let body = json_body(&headers, body)?;
    let expected = precondition(&on.bot, &path, &headers).await?;
    let document = Document::from_json(&path, &body)?;
    let digest = Digest::of(&document.to_bytes(&path)?);
    let made = expected == ExpectedPart::Absent;
    on.bot.edit(&[PartEdit::put(path.clone(), document).expecting(expected)]).await?;
    let status = if made { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, [(header::ETAG, entity_tag(&digest))], Json(PartEntry { path, digest })))
}

/// Deletes one part of the draft, if it still is the one that was read.
#[utoipa::path(delete, path = "/api/v1/bots/{bot}/parts/{*path}", operation_id = "deletePart", tag = "parts",
    security(("token" = ["editor"])),
    params(("If-Match" = Option<String>, Header, description = "The `ETag` of the part that was read")),
    responses((status = 204, description = "The part is gone")))]
pub(crate) async fn delete(
    on: OnBot<AsEditor>,
    InPath(address): InPath<PartAddress>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let path: PartPath = address.path.parse()?;
    on.bot.get(&on.bot.draft().await?, &path).await?;
    let expected = precondition(&on.bot, &path, &headers).await?;
    on.bot.edit(&[PartEdit::delete(path).expecting(expected)]).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The body of a request, if it says that it is JSON. The model reads it itself: strictly, with places in its faults.
pub(crate) fn json_body(
    headers: &HeaderMap,
    body: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Result<Bytes, Problem> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        let detail = "send the document as `application/json`";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "json_expected", detail));
    }
    whole_body(body)
}

/// A body as it came, where it came as a whole.
pub(crate) fn whole_body(body: Result<Bytes, axum::extract::rejection::BytesRejection>) -> Result<Bytes, Problem> {
    body.map_err(|rejection| {
        let code = if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE { "too_large" } else { "body_unreadable" };
        Problem::new(rejection.status(), code, rejection.body_text())
    })
}

pub(crate) fn entity_tag(digest: &Digest) -> String {
    format!("\"{digest}\"")
}

/// The digest that an entity tag names.
pub(crate) fn digest_of_tag(tag: &str) -> Option<Digest> {
    tag.strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}

/// How a part must stand, by the headers of the request.
async fn precondition(bot: &Bot, path: &PartPath, headers: &HeaderMap) -> Result<ExpectedPart, Problem> {
    let text = |name: HeaderName| -> Result<Option<String>, Problem> {
        let mut values = headers.get_all(&name).iter();
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some(value), None) => {
                let value = value.to_str().map_err(|_| bad_tag("it is no text"))?;
                Ok(Some(value.trim().to_owned()))
            }
            (Some(_), Some(_)) => Err(bad_tag("it is given twice")),
        }
    };
    match (text(header::IF_MATCH)?, text(header::IF_NONE_MATCH)?) {
        (None, Some(star)) if star == "*" => Ok(ExpectedPart::Absent),
        (None, Some(_)) => Err(bad_tag("`If-None-Match` takes `*` here")),
        (Some(_), Some(_)) => Err(bad_tag("`If-Match` and `If-None-Match` contradict each other; send one")),
        (Some(star), None) if star == "*" => {
            let found = bot.get(&bot.draft().await?, path).await;
            match found {
                Ok((digest, _)) => Ok(ExpectedPart::Digest(digest)),
                Err(greenroom_lifecycle::Error::PartNotFound { .. }) => Err(Problem::new(
                    StatusCode::PRECONDITION_FAILED,
                    "part_conflict",
                    format!("part `{path}` does not exist; send `If-None-Match: *` to make it"),
                )),
                Err(error) => Err(error.into()),
            }
        }
        (Some(tag), None) => {
            digest_of_tag(&tag).map(ExpectedPart::Digest).ok_or_else(|| bad_tag("it is not the `ETag` of a part"))
        }
        (None, None) => Err(Problem::new(
            StatusCode::PRECONDITION_REQUIRED,
            "precondition_required",
            "send `If-Match` with the `ETag` of the part that you read, or `If-None-Match: *` to make a new one",
        )),
    }
}

fn bad_tag(reason: &str) -> Problem {
    refused("precondition_invalid", format!("the condition of the request is not valid: {reason}"))
}
