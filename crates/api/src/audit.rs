//! The audit logs: what was done to a bot, searched and verified, and to users.

use axum::extract::State;
use greenroom_lifecycle::{Act, AuditFilter, AuditFound, AuditLine, Error};
use greenroom_model::Digest;
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

/// Which entries of a bot to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct BotAuditQuery {
    /// Only entries after this one in the order asked for: the `next` of the page before.
    #[serde(default)]
    after: Option<u64>,
    /// How many at most; 100 where nobody says.
    #[serde(default)]
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
    /// Whether the newest come first.
    #[serde(default)]
    newest_first: bool,
    /// Only what this actor did.
    #[serde(default)]
    actor: Option<String>,
    /// Only acts of this kind, such as `published`.
    #[serde(default)]
    act: Option<String>,
    /// Only at this time or later.
    #[serde(default)]
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// Only before this time.
    #[serde(default)]
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// Only entries that hold this text, in any case.
    #[serde(default)]
    search: Option<String>,
}

/// What an audit log must hold.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct VerifyQuery {
    /// A digest that was noted elsewhere: some entry must have it.
    #[serde(default)]
    #[param(value_type = Option<String>, pattern = "^[0-9a-f]{64}$")]
    head: Option<Digest>,
}

/// One entry of a bot's audit log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BotAuditView {
    /// Its number, as a text: what `after` takes.
    id: String,
    number: u64,
    /// The digest of its stored bytes.
    #[schema(value_type = String)]
    digest: Digest,
    /// The digest of the entry before it.
    #[schema(value_type = Option<String>)]
    previous: Option<Digest>,
    #[schema(value_type = String, format = DateTime)]
    time: Timestamp,
    /// Who.
    actor: String,
    /// What: a word, or an object with one key.
    act: Value,
    /// The same as a sentence without its subject.
    words: String,
}

/// A page of a bot's audit log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BotAuditPage {
    /// The entries.
    items: Vec<BotAuditView>,
    /// What to send as `after` for the next page; none: this is the last one.
    next: Option<String>,
    /// What was met on the way of entries that are missing or cannot be read, in words. The entries around them are
    /// there; `…/audit/verify` checks all.
    faults: Vec<String>,
}

/// Whether an audit log is what was written.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditVerdict {
    verified: bool,
    /// The number of the last entry, where all is verified.
    number: Option<u64>,
    /// The digest of the last entry, where all is verified; note it elsewhere.
    #[schema(value_type = Option<String>)]
    digest: Option<Digest>,
    /// The number of the entry at fault; none where it is the head or the whole log.
    entry: Option<u64>,
    /// What is wrong.
    fault: Option<String>,
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
    security(("token" = ["viewer"])), params(BotAuditQuery),
    responses((status = 200, description = "The entries", body = BotAuditPage)))]
pub(crate) async fn of_bot(
    on: OnBot<AsViewer>,
    InQuery(query): InQuery<BotAuditQuery>,
) -> Result<Json<BotAuditPage>, Problem> {
    let limit = limit(query.limit)?;
    let BotAuditQuery { after, newest_first, actor, act, since, until, search, .. } = query;
    if let Some(act) = act.as_deref().filter(|act| !Act::WORDS.contains(act)) {
        let known = Act::WORDS.join("`, `");
        return Err(refused("act_unknown", format!("no act is called `{act}`; they are `{known}`")));
    }
    let filter = AuditFilter { actor, act, since, until, text: search };
    let AuditFound { lines, faults } = if newest_first {
        on.bot.search_audit(&filter, after, limit + 1).await?
    } else {
        on.bot.search_audit_onwards(&filter, after, limit + 1).await?
    };
    let items = lines.into_iter().map(|AuditLine { digest, entry }| BotAuditView {
        id: entry.number.to_string(),
        number: entry.number,
        digest,
        previous: entry.previous,
        time: entry.time,
        act: shown(&entry.act),
        words: entry.act.to_string(),
        actor: entry.actor,
    });
    let Page { items, next } = Page::cut(items.collect(), limit, |entry: &BotAuditView| entry.id.clone());
    let faults = faults.iter().map(ToString::to_string).collect();
    Ok(Json(BotAuditPage { items, next, faults }))
}

/// Checks that the audit log of a bot is what was written: every link of the chain and its head.
#[utoipa::path(get, path = "/api/v1/bots/{bot}/audit/verify", operation_id = "verifyAudit", tag = "audit",
    security(("token" = ["viewer"])), params(VerifyQuery),
    responses((status = 200, description = "The verdict", body = AuditVerdict)))]
pub(crate) async fn verify(
    on: OnBot<AsViewer>,
    InQuery(query): InQuery<VerifyQuery>,
) -> Result<Json<AuditVerdict>, Problem> {
    let verdict = match on.bot.verify_audit(query.head).await {
        Ok(head) => {
            let (number, digest) = (Some(head.number), Some(head.digest));
            AuditVerdict { verified: true, number, digest, entry: None, fault: None }
        }
        Err(Error::Audit(fault)) => {
            let (entry, fault) = (fault.number(), Some(fault.to_string()));
            AuditVerdict { verified: false, number: None, digest: None, entry, fault }
        }
        Err(error) => return Err(error.into()),
    };
    Ok(Json(verdict))
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
