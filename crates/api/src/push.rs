//! Many parts in one step: all of them, or none.

use std::collections::BTreeSet;

use axum::http::HeaderMap;
use bytes::Bytes;
use greenroom_lifecycle::{ExpectedPart, PartEdit};
use greenroom_model::{Digest, Document, PartPath, from_json_strictly};
use greenroom_web::{AsEditor, Json, OnBot, Problem};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::parts::json_body;
use crate::problems::refused;
use crate::schemas::DocumentSchema;

/// Edits of many parts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Push {
    /// The edits; no part twice.
    #[schema(min_items = 1)]
    edits: Vec<PushedEdit>,
}

/// The edit of one part.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PushedEdit {
    /// The part.
    #[schema(value_type = String, pattern = "^[a-z]+(/[a-z0-9_-]+)*$", max_length = 200)]
    path: PartPath,
    /// The digest that the part has; `null`: it does not exist. Left out: however it stands.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, pattern = "^[0-9a-f]{64}$")]
    expected: Option<Option<Digest>>,
    /// The new document; `null` deletes the part.
    #[schema(value_type = Option<DocumentSchema>)]
    document: Option<Value>,
}

/// What a push did.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Pushed {
    /// The parts that it changed.
    changed: Vec<ChangedPart>,
    /// The digest of the draft's parts after it.
    #[schema(value_type = String)]
    draft: Digest,
}

/// A part that was changed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChangedPart {
    #[schema(value_type = String)]
    path: PartPath,
    /// What it is now; none: it is gone.
    #[schema(value_type = Option<String>)]
    digest: Option<Digest>,
}

/// Edits many parts of the draft: all of them, or none where one does not stand as expected.
#[utoipa::path(post, path = "/api/v1/bots/{bot}/push", operation_id = "pushParts", tag = "parts",
    security(("token" = ["editor"])), request_body = Push,
    responses((status = 200, description = "What was changed", body = Pushed)))]
pub(crate) async fn push(
    on: OnBot<AsEditor>,
    headers: HeaderMap,
    body: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Result<Json<Pushed>, Problem> {
    let body = json_body(&headers, body)?;
    let push: Push = from_json_strictly(&body).map_err(|reason| refused("body_invalid", reason))?;
    let mut paths = BTreeSet::new();
    let mut edits = Vec::with_capacity(push.edits.len());
    for edit in push.edits {
        if !paths.insert(edit.path.clone()) {
            return Err(refused("body_invalid", format!("part `{}` is edited twice; edit it once", edit.path)));
        }
        let expected = match edit.expected {
            None => ExpectedPart::Any,
            Some(None) => ExpectedPart::Absent,
            Some(Some(digest)) => ExpectedPart::Digest(digest),
        };
        let edit = match edit.document {
            Some(document) => {
                let document = Document::from_json(&edit.path, document.to_string().as_bytes())?;
                PartEdit::put(edit.path, document)
            }
            None => PartEdit::delete(edit.path),
        };
        edits.push(edit.expecting(expected));
    }
    let edited = on.bot.edit(&edits).await?;
    let changed = edited.changed.into_iter().map(|(path, digest)| ChangedPart { path, digest }).collect();
    Ok(Json(Pushed { changed, draft: edited.content.tree }))
}

/// A value that is given, be it `null`: only what is left out is `None`.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Digest>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
