//! Many parts in one step: all of them, or none.

use greenroom_model::{Digest, PartPath};
use greenroom_web::{AsEditor, Json, OnBot, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::part_edits::{PushedEdit, part_edits};
use crate::strict_json::StrictJson;

/// Edits of many parts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Push {
    /// The edits; no part twice.
    #[schema(min_items = 1)]
    edits: Vec<PushedEdit>,
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
pub(crate) async fn push(on: OnBot<AsEditor>, StrictJson(push): StrictJson<Push>) -> Result<Json<Pushed>, Problem> {
    let edited = on.bot.edit(&part_edits(push.edits)?).await?;
    let changed = edited.changed.into_iter().map(|(path, digest)| ChangedPart { path, digest }).collect();
    Ok(Json(Pushed { changed, draft: edited.content.tree }))
}
