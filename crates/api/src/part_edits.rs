//! Edits of parts in a body: of the draft in a push, of what an environment runs in a hotfix.

use std::collections::BTreeSet;

use greenroom_lifecycle::{ExpectedPart, PartEdit, PlanRequest, live};
use greenroom_model::{Digest, Document, EnvironmentId, PartPath, Scope};
use greenroom_web::Problem;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use utoipa::ToSchema;

use crate::problems::refused;
use crate::schemas::DocumentSchema;

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

/// The edits as the library takes them.
pub(crate) fn part_edits(pushed: Vec<PushedEdit>) -> Result<Vec<PartEdit>, Problem> {
    let mut paths = BTreeSet::new();
    let mut edits = Vec::with_capacity(pushed.len());
    for edit in pushed {
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
    Ok(edits)
}

/// What a body asks to be planned, tested or measured.
pub(crate) fn plan_request(
    scope: Option<Scope>,
    environment: Option<EnvironmentId>,
    notes: String,
    edits: Vec<PushedEdit>,
) -> Result<PlanRequest, Problem> {
    let scope = scope.unwrap_or(Scope::Full);
    if (scope == Scope::Hotfix) == edits.is_empty() {
        return Err(refused("edits_invalid", "`edits` make a hotfix: at least one with scope `hotfix`, else none"));
    }
    let edits = part_edits(edits)?;
    Ok(PlanRequest { edits, ..PlanRequest::new(scope, notes).to(environment.unwrap_or_else(live)) })
}

/// A value that is given, be it `null`: only what is left out is `None`.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Digest>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
