//! Versions: what was published or saved, compared and restored.

use greenroom_lifecycle::{Reference, VersionEntry, VersionFilter};
use greenroom_model::{Digest, EnvironmentId, Origin, Scope, Version};
use greenroom_publish::Diff;
use greenroom_web::{AsEditor, AsViewer, Json, OnBot, Path as InPath, Problem, Query as InQuery};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::page::{Page, limit};
use crate::schemas::{DiffSchema, ScopeSchema};

/// Which versions to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct VersionsQuery {
    /// Only versions before this number: the `next` of the page before.
    #[serde(default)]
    after: Option<u64>,
    /// How many at most; 100 where nobody says.
    #[serde(default)]
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
    /// Only versions whose notes or author hold this text, in any case.
    #[serde(default)]
    search: Option<String>,
    /// Only versions of this author.
    #[serde(default)]
    author: Option<String>,
}

/// What to compare.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct DiffQuery {
    /// `draft`, `live` or another environment, or a version such as `v3`; `live` where nobody says.
    #[serde(default)]
    #[param(pattern = "^[a-z0-9][a-z0-9_-]*$", max_length = 64)]
    before: Option<String>,
    /// The same; `draft` where nobody says.
    #[serde(default)]
    #[param(pattern = "^[a-z0-9][a-z0-9_-]*$", max_length = 64)]
    after: Option<String>,
}

/// A version in an address.
#[derive(Debug, Deserialize)]
pub(crate) struct VersionPath {
    number: u64,
}

/// Why a version exists.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum VersionOrigin {
    /// It was published.
    Publish,
    /// It keeps a draft that was replaced.
    Save,
}

/// An immutable state of a bot.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VersionView {
    number: u64,
    #[schema(value_type = String)]
    digest: Digest,
    origin: VersionOrigin,
    /// What it carried over from the draft; none for a save.
    #[schema(value_type = Option<ScopeSchema>)]
    scope: Option<Scope>,
    /// What the author says about it.
    notes: String,
    author: String,
    #[schema(value_type = String, format = DateTime)]
    time: Timestamp,
    /// The digest of the version that ran before it.
    #[schema(value_type = Option<String>)]
    parent: Option<Digest>,
    /// The digest of the plan that was carried out.
    #[schema(value_type = Option<String>)]
    plan: Option<Digest>,
    /// The environments that run it.
    #[schema(value_type = Vec<String>)]
    environments: Vec<EnvironmentId>,
}

/// What a restore did.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RestoredView {
    /// The number of the version that keeps what the draft was.
    saved: u64,
    /// The digest of the draft's parts now.
    #[schema(value_type = String)]
    draft: Digest,
}

/// Lists the versions of a bot, the newest first.
#[utoipa::path(get, path = "/api/v1/bots/{bot}/versions", operation_id = "listVersions", tag = "versions",
    security(("token" = ["viewer"])), params(VersionsQuery),
    responses((status = 200, description = "The versions", body = Page<VersionView>)))]
pub(crate) async fn list(
    on: OnBot<AsViewer>,
    InQuery(query): InQuery<VersionsQuery>,
) -> Result<Json<Page<VersionView>>, Problem> {
    let limit = limit(query.limit)?;
    let filter = VersionFilter { author: query.author, text: query.search };
    let entries = on.bot.versions().await?.into_iter().rev().filter(|entry| filter.matches(&entry.version));
    let asked = entries.filter(|entry| query.after.is_none_or(|after| entry.version.number < after));
    let items: Vec<VersionView> = asked.take(limit + 1).map(view).collect();
    Ok(Json(Page::cut(items, limit, |version| version.number.to_string())))
}

/// Gets one version.
#[utoipa::path(get, path = "/api/v1/bots/{bot}/versions/{number}", operation_id = "getVersion", tag = "versions",
    security(("token" = ["viewer"])), responses((status = 200, description = "The version", body = VersionView)))]
pub(crate) async fn get(on: OnBot<AsViewer>, InPath(path): InPath<VersionPath>) -> Result<Json<VersionView>, Problem> {
    let (digest, version) = on.bot.version(path.number).await?;
    let running = on.bot.environments().await?.into_iter().filter(|(_, running)| running.stable == digest);
    let environments = running.map(|(environment, _)| environment).collect();
    Ok(Json(view(VersionEntry { digest, version, environments })))
}

/// Makes the draft what a version was. What the draft was is saved as a version first.
#[utoipa::path(post, path = "/api/v1/bots/{bot}/versions/{number}/restore", operation_id = "restoreVersion",
    tag = "versions", security(("token" = ["editor"])),
    responses((status = 200, description = "What was done", body = RestoredView)))]
pub(crate) async fn restore(
    on: OnBot<AsEditor>,
    InPath(path): InPath<VersionPath>,
) -> Result<Json<RestoredView>, Problem> {
    let restored = on.bot.restore(path.number).await?;
    Ok(Json(RestoredView { saved: restored.saved, draft: restored.content.tree }))
}

/// Compares two states of a bot, part by part.
#[utoipa::path(get, path = "/api/v1/bots/{bot}/diff", operation_id = "diff", tag = "versions",
    security(("token" = ["viewer"])), params(DiffQuery),
    responses((status = 200, description = "What differs", body = DiffSchema)))]
pub(crate) async fn diff(on: OnBot<AsViewer>, InQuery(query): InQuery<DiffQuery>) -> Result<Json<Diff>, Problem> {
    let before = query.before.map_or_else(|| Ok(Reference::live()), |text| text.parse())?;
    let after = query.after.map_or_else(|| Ok(Reference::Draft), |text| text.parse::<Reference>())?;
    Ok(Json(on.bot.diff(&before, &after).await?))
}

fn view(entry: VersionEntry) -> VersionView {
    let VersionEntry { digest, version, environments } = entry;
    let Version { number, origin, notes, author, time, parent, plan, .. } = version;
    let (origin, scope) = match origin {
        Origin::Publish(scope) => (VersionOrigin::Publish, Some(scope)),
        _ => (VersionOrigin::Save, None),
    };
    VersionView { number, digest, origin, scope, notes, author, time, parent, plan, environments }
}
