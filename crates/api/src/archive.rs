//! A whole bot as one zip file: pulled from any place, pushed into the draft.

use std::io::Cursor;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use greenroom_format::{Bundle, read_archive, write_archive};
use greenroom_lifecycle::{ImportMode, Imported};
use greenroom_web::{AsEditor, AsViewer, Json, OnBot, Problem, Query as InQuery};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::parts::{PlaceQuery, content_at, whole_body};
use crate::schemas::ImportedSchema;

/// The longest archive that is taken: 64 MiB.
pub(crate) const MAX_ARCHIVE_BYTES: usize = 64 << 20;

/// What becomes of parts that the archive does not have.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    /// They stay.
    #[default]
    Merge,
    /// They go.
    Replace,
    /// They stay, and of those that it has only examples are added.
    AddExamples,
}

/// How to take an archive into the draft.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModeQuery {
    /// What becomes of parts that the archive does not have.
    #[serde(default)]
    #[param(inline)]
    mode: Mode,
}

/// Pulls a whole bot as a zip file of its folder form.
#[utoipa::path(get, path = "/api/v1/bots/{bot}/archive", operation_id = "pullArchive", tag = "parts",
    security(("token" = ["viewer"])), params(PlaceQuery),
    responses((status = 200, description = "The bot", content_type = "application/zip", body = Vec<u8>)))]
pub(crate) async fn pull(on: OnBot<AsViewer>, InQuery(query): InQuery<PlaceQuery>) -> Result<Response, Problem> {
    let content = content_at(&on.bot, query.place.as_deref()).await?;
    let parts = on.bot.documents(&content).await?.into_iter().map(|(path, _, document)| (path, document)).collect();
    let bytes = on_a_thread(move || {
        let mut bytes = Vec::new();
        write_archive(&mut bytes, &Bundle { parts })?;
        Ok(bytes)
    })
    .await?;
    let name = format!("attachment; filename=\"{}.zip\"", on.bot.id());
    let zip = HeaderValue::from_static("application/zip");
    Ok(([(header::CONTENT_TYPE, zip)], [(header::CONTENT_DISPOSITION, name)], bytes).into_response())
}

/// Pushes a whole bot into the draft. Where a part would change or go, the draft is saved as a version first.
#[utoipa::path(post, path = "/api/v1/bots/{bot}/archive", operation_id = "pushArchive", tag = "parts",
    security(("token" = ["editor"])), params(ModeQuery),
    request_body(content = Vec<u8>, content_type = "application/zip"),
    responses((status = 200, description = "What was changed", body = ImportedSchema)))]
pub(crate) async fn push(
    on: OnBot<AsEditor>,
    InQuery(query): InQuery<ModeQuery>,
    headers: HeaderMap,
    body: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Result<Json<Imported>, Problem> {
    let content_type = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    if content_type != Some(b"application/zip") {
        let detail = "send the archive as `application/zip`";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "zip_expected", detail));
    }
    let body = whole_body(body)?;
    let bundle = on_a_thread(move || read_archive(Cursor::new(body))).await?;
    let mode = match query.mode {
        Mode::Merge => ImportMode::Merge,
        Mode::Replace => ImportMode::Replace,
        Mode::AddExamples => ImportMode::AddExamples,
    };
    Ok(Json(on.bot.import(bundle.parts, mode).await?))
}

/// Packing and unpacking compute for a while: not on the threads that serve others.
async fn on_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, greenroom_format::Error> + Send + 'static,
) -> Result<T, Problem> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => {
            done.map_err(|error| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_archive", error.to_string()))
        }
        Err(error) => Err(Problem::internal(&error)),
    }
}
