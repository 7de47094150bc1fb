//! Publishing: a plan is made, looked at, and carried out by its digest.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use greenroom_lifecycle::{Error, IdempotencyKey, JobWork, PlanRequest, Published, live};
use greenroom_model::{Digest, EnvironmentId, Finding, PartPath, Scope, Severity};
use greenroom_publish::{Acknowledged, Decision, Plan};
use greenroom_web::{
    AppState, AsEditor, AsPublisher, AsViewer, IDEMPOTENCY_KEY, Json, OnBot, Path as InPath, Problem, Query as InQuery,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::jobs::{Accepted, accept};
use crate::part_edits::{PushedEdit, plan_request};
use crate::schemas::{DecisionSchema, FindingSchema, JobSchema, PlanSchema, PublishedSchema, ScopeSchema};
use crate::strict_json::StrictJson;

/// What to plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPlan {
    /// What to carry over; the whole draft where nobody says.
    #[serde(default)]
    #[schema(value_type = Option<ScopeSchema>)]
    scope: Option<Scope>,
    /// Where to; `live` where nobody says.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9][a-z0-9_-]*$", max_length = 64, example = "live")]
    environment: Option<EnvironmentId>,
    /// What to say about it.
    #[serde(default)]
    #[schema(max_length = 10000)]
    notes: String,
    /// Parts of which a hotfix in the environment may be lost.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    discard: BTreeSet<PartPath>,
    /// Whether what a rollback took away may come back.
    #[serde(default)]
    reintroduce: bool,
    /// For scope `flows`: whether what they need goes along, instead of being asked for.
    #[serde(default)]
    with_needed: bool,
    /// For scope `hotfix`: what to change in what the environment runs, past the draft; no part twice. The digest
    /// that an edit expects is that of the environment's part. The notes say why.
    #[serde(default)]
    edits: Vec<PushedEdit>,
}

/// A plan and the digest that carries it out.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeptPlan {
    /// What `publish` takes.
    #[schema(value_type = String)]
    digest: Digest,
    #[schema(value_type = PlanSchema)]
    plan: Plan,
    /// Release notes that the difference gives: what is added, changed and removed, by name. Empty for hotfixes,
    /// which say why, and for rollbacks, which have notes.
    proposed_notes: String,
}

impl KeptPlan {
    fn new(digest: Digest, plan: Plan) -> Self {
        let proposed_notes = plan.proposed_notes();
        Self { digest, plan, proposed_notes }
    }
}

/// Which plan to carry out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Publish {
    /// The digest of a plan that was made.
    #[schema(value_type = String, pattern = "^[0-9a-f]{64}$")]
    plan: Digest,
}

/// A plan in an address.
#[derive(Debug, Deserialize)]
pub(crate) struct PlanPath {
    digest: Digest,
}

/// What the findings are to be about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct FindingsQuery {
    /// What would be carried over; the whole draft where nobody says.
    #[serde(default)]
    #[param(inline)]
    scope: Option<ScopeWord>,
    /// Where to; `live` where nobody says.
    #[serde(default)]
    #[param(value_type = Option<String>, pattern = "^[a-z0-9][a-z0-9_-]*$", max_length = 64)]
    environment: Option<EnvironmentId>,
}

/// A scope that is one word.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ScopeWord {
    /// The whole draft.
    #[default]
    Full,
    /// The draft's intents, entities and models, with all else as it is live.
    NlpOnly,
}

/// What there is to say about publishing the draft as it stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Findings {
    #[schema(value_type = DecisionSchema)]
    decision: Decision,
    #[schema(value_type = Vec<FindingSchema>)]
    findings: Vec<Finding>,
}

/// Plans a publish: what would change, every finding, the decision. Changes nothing; the plan is kept.
#[utoipa::path(post, path = "/api/v1/bots/{bot}/plans", operation_id = "createPlan", tag = "publishing",
    security(("token" = ["editor"])), request_body = NewPlan,
    responses((status = 201, description = "The plan", body = KeptPlan, headers(("Location" = String)))))]
pub(crate) async fn create(
    on: OnBot<AsEditor>,
    StrictJson(new): StrictJson<NewPlan>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<KeptPlan>), Problem> {
    // No policy of the request's own: it would judge in the place of the bot's.
    let request = PlanRequest {
        acknowledged: Acknowledged { discard: new.discard, reintroduce: new.reintroduce },
        with_needed: new.with_needed,
        ..plan_request(new.scope, new.environment, new.notes, new.edits)?
    };
    let plan = on.bot.plan(&request).await?;
    let digest = on.bot.keep_plan(&plan).await?;
    let location = format!("/api/v1/bots/{}/plans/{digest}", on.bot.id());
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(KeptPlan::new(digest, plan))))
}

/// Gets a plan that was made.
#[utoipa::path(get, path = "/api/v1/bots/{bot}/plans/{digest}", operation_id = "getPlan", tag = "publishing",
    security(("token" = ["viewer"])), responses((status = 200, description = "The plan", body = KeptPlan)))]
pub(crate) async fn get(on: OnBot<AsViewer>, InPath(path): InPath<PlanPath>) -> Result<Json<KeptPlan>, Problem> {
    let plan = on.bot.kept_plan(&path.digest).await?;
    Ok(Json(KeptPlan::new(path.digest, plan)))
}

/// Carries out a plan: what it froze goes live, in one step. 409 where the environment moved since, or where findings
/// forbid it. With an `Idempotency-Key` it happens once: the same key and plan again get what the first request did,
/// whatever happened to the server in between.
#[utoipa::path(post, path = "/api/v1/bots/{bot}/publish", operation_id = "publish", tag = "publishing",
    security(("token" = ["publisher"])), request_body = Publish,
    responses((status = 200, description = "What was published", body = PublishedSchema)))]
pub(crate) async fn publish(
    on: OnBot<AsPublisher>,
    headers: HeaderMap,
    Json(publish): Json<Publish>,
) -> Result<Json<Published>, Problem> {
    let plan = on.bot.kept_plan(&publish.plan).await?;
    let published = match key_of(&headers)? {
        Some(key) => on.bot.publish_once(&plan, &key).await?,
        None => on.bot.publish(&plan).await?,
    };
    Ok(Json(published))
}

/// Starts carrying out a plan as a job: it outlives this server, and happens once. What findings forbid is refused
/// at once, with 409; that the environment moved since is the job's failure. The same request again with its
/// `Idempotency-Key` gets the first answer: how the job stands tells its `Location`.
#[utoipa::path(post, path = "/api/v1/bots/{bot}/publish/job", operation_id = "startPublish", tag = "publishing",
    security(("token" = ["publisher"])), request_body = Publish,
    responses((status = 202, description = "The job", body = JobSchema, headers(("Location" = String)))))]
pub(crate) async fn start_publish(
    State(app): State<AppState>,
    on: OnBot<AsPublisher>,
    headers: HeaderMap,
    Json(publish): Json<Publish>,
) -> Result<Accepted, Problem> {
    let plan = on.bot.kept_plan(&publish.plan).await?;
    if plan.decision() == Decision::Deny {
        let denied = plan.findings().iter().filter(|finding| finding.severity == Severity::Deny);
        return Err(Error::Refused(denied.cloned().collect()).into());
    }
    accept(&app, &on.bot, JobWork::Publish { plan: publish.plan, key: key_of(&headers)? }).await
}

fn key_of(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, Problem> {
    let key = headers.get(IDEMPOTENCY_KEY).map(|key| String::from_utf8_lossy(key.as_bytes()).parse());
    Ok(key.transpose()?)
}

/// Says what stands in the way of publishing the draft as it stands, and what its author should know.
#[utoipa::path(get, path = "/api/v1/bots/{bot}/findings", operation_id = "getFindings", tag = "publishing",
    security(("token" = ["viewer"])), params(FindingsQuery),
    responses((status = 200, description = "The findings", body = Findings)))]
pub(crate) async fn findings(
    on: OnBot<AsViewer>,
    InQuery(query): InQuery<FindingsQuery>,
) -> Result<Json<Findings>, Problem> {
    let scope = match query.scope.unwrap_or_default() {
        ScopeWord::Full => Scope::Full,
        ScopeWord::NlpOnly => Scope::NlpOnly,
    };
    let request = PlanRequest::new(scope, "").to(query.environment.unwrap_or_else(live));
    let plan = on.bot.plan(&request).await?;
    Ok(Json(Findings { decision: plan.decision(), findings: plan.findings().to_vec() }))
}
