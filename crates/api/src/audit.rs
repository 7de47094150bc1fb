//! The audit logs: what was done to a bot, and to users.

use axum::extract::State;
use greenroom_lifecycle::AuditLine;
use greenroom_store::Key;
use greenroom_web::{AppState, AsAdmin, AsViewer, Json, OnBot, OnServer, Problem, Query as InQuery};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::page::{Page, limit};
use crate::problems::refused;

/// Which entries to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuditQuery {
    /// Only entries after this one: the `next` of the page before.
    #[serde(default)]
    after: Option<String>,
    /// How many at most; 100 where nobody says.
    #[serde(default)]
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// One line of an audit log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditView {
    id: String,
    #[schema(value_type = String, format = DateTime)]
    time: Timestamp,
    /// Who.
    actor: String,
    /// What: a word, or an object with one key.
    act: Value,
}

/// Lists what was done to a bot, oldest first.
#[utoipa::path(get, path = "/api/v1/bots/{bot}/audit", operation_id = "listAudit", tag = "audit",
    security(("token" = ["viewer"])), params(AuditQuery),
    responses((status = 200, description = "The entries", body = Page<AuditView>)))]
pub(crate) async fn of_bot(
    on: OnBot<AsViewer>,
    InQuery(query): InQuery<AuditQuery>,
) -> Result<Json<Page<AuditView>>, Problem> {
    let limit = limit(query.limit)?;
    let after = query.after.as_deref().map(str::parse).transpose();
    let after = after.map_err(|_| refused("cursor_invalid", "`after` is not the `next` of a page"))?;
    let lines = on.bot.audit(after, limit + 1).await?;
    let items = lines.into_iter().map(|AuditLine { entry, .. }| {
        let id = entry.number.to_string();
        AuditView { id, time: entry.time, actor: entry.actor, act: shown(&entry.act) }
    });
    Ok(Json(Page::cut(items.collect(), limit, |entry| entry.id.clone())))
}

/// Lists what was done to users, tokens and invitations, oldest first.
#[utoipa::path(get, path = "/api/v1/audit", operation_id = "listIdentityAudit", tag = "audit",
    security(("token" = ["server:admin"])), params(AuditQuery),
    responses((status = 200, description = "The entries", body = Page<AuditView>)))]
pub(crate) async fn of_identities(
    State(app): State<AppState>,
    _server: OnServer<AsAdmin>,
    InQuery(query): InQuery<AuditQuery>,
) -> Result<Json<Page<AuditView>>, Problem> {
    let limit = limit(query.limit)?;
    let after = cursor(Key::of(&["identity", "audit"])?, query.after.as_deref())?;
    let entries = app.identities().audit(after.as_ref(), limit + 1).await?;
    let items = entries.into_iter().map(|(key, entry)| {
        let id = key.name().to_owned();
        AuditView { id, time: entry.time, actor: entry.actor, act: shown(&entry.act) }
    });
    Ok(Json(Page::cut(items.collect(), limit, |entry| entry.id.clone())))
}

fn cursor(prefix: Key, after: Option<&str>) -> Result<Option<Key>, Problem> {
    let key = after.map(|after| prefix.child(after)).transpose();
    key.map_err(|_| refused("cursor_invalid", "`after` is not the `next` of a page"))
}

fn shown(act: &impl Serialize) -> Value {
    serde_json::to_value(act).unwrap_or_default()
}
