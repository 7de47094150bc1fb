//! What hotfixes changed in an environment, and taking it into the draft.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use greenroom_lifecycle::{Drift, DriftState, DriftedPart, Merged, Side};
use greenroom_model::{Document, PartPath};
use greenroom_web::{AsEditor, AsViewer, Json, OnBot, Path as InPath, Problem};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::environments::EnvironmentPath;
use crate::page::Page;
use crate::parts::{digest_of_tag, entity_tag};
use crate::problems::refused;
use crate::schemas::{DocumentSchema, DriftStateSchema, MergedSchema, SideSchema};
use crate::strict_json::StrictJson;

/// A part that a hotfix changed and that the draft has not agreed on, in its three states.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DriftedView {
    #[schema(value_type = String)]
    path: PartPath,
    #[schema(value_type = DriftStateSchema)]
    state: DriftState,
    /// As both had it; `null`: there was no such part.
    #[schema(value_type = Option<DocumentSchema>)]
    base: Option<Value>,
    /// As the environment runs it; `null`: the hotfix deleted it.
    #[schema(value_type = Option<DocumentSchema>)]
    environment: Option<Value>,
    /// As the draft has it; `null`: it lacks it.
    #[schema(value_type = Option<DocumentSchema>)]
    draft: Option<Value>,
}

/// Whose parts are taken.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Merging {
    /// By part: `draft` gives the hotfix up, `environment` takes it whole. What is not named is taken over, put
    /// together where the draft changed other places of the part, and refused where it changed the same.
    #[schema(value_type = BTreeMap<String, SideSchema>)]
    choices: BTreeMap<PartPath, Side>,
}

/// Shows what hotfixes changed in an environment and the draft has not agreed on, part by part. The `ETag` names
/// the drift as it stands.
#[utoipa::path(get, path = "/api/v1/bots/{bot}/environments/{environment}/drift", operation_id = "getDrift",
    tag = "environments", security(("token" = ["viewer"])),
    responses((status = 200, description = "The parts", body = Page<DriftedView>, headers(("ETag" = String)))))]
pub(crate) async fn get(
    on: OnBot<AsViewer>,
    InPath(path): InPath<EnvironmentPath>,
) -> Result<([(HeaderName, String); 1], Json<Page<DriftedView>>), Problem> {
    let parts = on.bot.drifted_parts(&path.environment).await?;
    let drift: Vec<Drift> = parts.iter().map(|part| part.drift.clone()).collect();
    let views = parts.into_iter().map(view).collect::<Result<_, Problem>>()?;
    Ok(([(header::ETAG, entity_tag(&Drift::digest(&drift)))], Json(Page::whole(views))))
}

/// Takes what hotfixes changed in an environment into the draft, three-way. `If-Match` with the `ETag` of the drift
/// makes sure that nothing newer is taken or given up; `*` merges whatever stands there. Where both changed the same
/// place of a part and nobody chose, nothing is changed: 409 with the `parts`.
#[utoipa::path(post, path = "/api/v1/bots/{bot}/environments/{environment}/merge", operation_id = "mergeDrift",
    tag = "environments", security(("token" = ["editor"])),
    params(("If-Match" = Option<String>, Header, description = "The `ETag` of the drift that was looked at, or `*`")),
    request_body = Merging,
    responses((status = 200, description = "What was done", body = MergedSchema)))]
pub(crate) async fn merge(
    on: OnBot<AsEditor>,
    InPath(path): InPath<EnvironmentPath>,
    headers: HeaderMap,
    StrictJson(merging): StrictJson<Merging>,
) -> Result<Json<Merged>, Problem> {
    let mut tags = headers.get_all(header::IF_MATCH).iter();
    let merged = match (tags.next().map(|tag| tag.to_str().unwrap_or_default().trim()), tags.next()) {
        (None, _) => {
            let detail = "send `If-Match` with the `ETag` of the drift that you looked at, or `*`";
            return Err(Problem::new(StatusCode::PRECONDITION_REQUIRED, "precondition_required", detail));
        }
        (Some("*"), None) => on.bot.merge(&path.environment, &merging.choices).await?,
        (Some(tag), None) => {
            let seen = digest_of_tag(tag)
                .ok_or_else(|| refused("precondition_invalid", "`If-Match` is not the `ETag` of a drift"))?;
            on.bot.merge_seen(&path.environment, &merging.choices, &seen).await?
        }
        (Some(_), Some(_)) => return Err(refused("precondition_invalid", "`If-Match` is given twice")),
    };
    Ok(Json(merged))
}

fn view(part: DriftedPart) -> Result<DriftedView, Problem> {
    let DriftedPart { drift, base, environment, draft, .. } = part;
    let value = |document: Option<Document>| document.map(|document| document.to_value(&drift.path)).transpose();
    let (base, environment, draft) = (value(base)?, value(environment)?, value(draft)?);
    Ok(DriftedView { path: drift.path, state: drift.state, base, environment, draft })
}
