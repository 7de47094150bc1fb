//! A hotfix: a part of what live runs is changed past the draft, with a reason, looked at and published.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use greenroom_lifecycle::{Error, ExpectedPart, JobKind, JobWork, PartEdit, PlanRequest};
use greenroom_model::{Digest, Document, PartPath, Severity};
use greenroom_publish::{Decision, Plan};
use greenroom_web::{Problem, Query};
use serde::Deserialize;

use crate::edit::{expected, shown};
use crate::fields::Fields;
use crate::flash;
use crate::form::Fault;
use crate::frame::Frame;
use crate::page::Page;
use crate::publishing_diff::{ShownChange, part_kind, shown_changes};
use crate::publishing_groups::{FindingGroup, grouped};
use crate::publishing_moved::move_around;
use crate::publishing_words::shown_findings;
use crate::test_runs::TestResult;
use crate::training_progress::{ShownJob, newest_on};
use crate::viewed::{Publishing, Viewed};

#[derive(Template)]
#[template(path = "publishing_hotfix.html")]
struct HotfixPage {
    frame: Frame,
    /// The paths of live's parts, to choose from.
    known: Vec<String>,
    /// What the part is that is being changed; none: it is to be chosen.
    what: Option<String>,
    part: String,
    /// What the form was made from: the digest that live's part has.
    expected: String,
    is_new: bool,
    document: String,
    is_deleted: bool,
    reason: String,
    fault: Option<Fault>,
    /// What happened since the page was loaded, where something did.
    moved: Option<String>,
    planned: Option<Planned>,
    /// The newest run of the tests on this very hotfix, once somebody asked for one here.
    run: Option<ShownJob>,
    /// What it showed.
    tests: Option<TestResult>,
}

/// What the hotfix would do.
struct Planned {
    /// What the button names.
    plan: String,
    is_allowed: bool,
    denied: Vec<FindingGroup>,
    warned: Vec<FindingGroup>,
    changes: Vec<ShownChange>,
}

/// What the page's address asks for.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Wish {
    part: Option<String>,
}

/// `GET …/live/hotfix`
pub(crate) async fn page(Publishing(viewed): Publishing, Query(wish): Query<Wish>) -> Result<Response, Problem> {
    let mut page = hotfix_page(&viewed).await?;
    if let Some(part) = wish.part.map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()) {
        part.clone_into(&mut page.part);
        match part.parse::<PartPath>() {
            Ok(PartPath::Test(_)) => page.fault = Some(refusal("Tests are never published; change them in the draft.")),
            Ok(path) => begin(&viewed, &path, &mut page).await?,
            Err(error) => page.fault = Some(refusal(error)),
        }
    }
    let status = if page.fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, Page(page)).into_response())
}

/// Shows a part as live has it, to be changed.
async fn begin(viewed: &Viewed, path: &PartPath, page: &mut HotfixPage) -> Result<(), Problem> {
    page.what = Some(part_kind(path));
    page.is_new = true;
    if let Some((digest, document)) = viewed.part_if_any(path).await? {
        page.is_new = false;
        page.expected = digest.to_string();
        page.document = shown(path, &document)?;
    }
    Ok(())
}

/// `POST …/live/hotfix`: shows what the hotfix would do, plays the tests on it, or publishes it.
///
/// What is published is what was looked at: where live or the form is another one by now, the
/// page shows the new plan instead.
pub(crate) async fn act(Publishing(viewed): Publishing, fields: Fields) -> Result<Response, Problem> {
    let path: PartPath = fields.get("part").parse()?;
    let mut page = HotfixPage {
        part: path.to_string(),
        what: Some(part_kind(&path)),
        is_new: fields.given("expected").is_none(),
        expected: fields.get("expected"),
        document: fields.get("document"),
        is_deleted: fields.has("delete"),
        reason: fields.trimmed("reason"),
        ..hotfix_page(&viewed).await?
    };
    let request = match request(&path, &fields)? {
        Ok(request) => request,
        Err(fault) => {
            page.fault = Some(fault);
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response());
        }
    };
    let plan = match viewed.bot.plan(&request).await {
        Ok(plan) => plan,
        Err(Error::PartConflict(conflicts)) => {
            let found = conflicts.first().and_then(|conflict| conflict.found);
            let theirs = match viewed.part_if_any(&path).await? {
                Some((_, document)) => shown(&path, &document)?,
                None => "It is gone.".to_owned(),
            };
            let text = "Somebody changed this part of live since you loaded it.".to_owned();
            page.expected = found.map(|digest| digest.to_string()).unwrap_or_default();
            page.is_new = found.is_none();
            page.fault = Some(Fault { text, theirs: Some(theirs) });
            return Ok((StatusCode::CONFLICT, Page(page)).into_response());
        }
        // A document that breaks a rule of its form, settings that would be deleted, a part that never goes out.
        Err(error @ (Error::Model(_) | Error::InvalidSettings(_) | Error::NotSelectable(_))) => {
            page.fault = Some(refusal(error));
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response());
        }
        Err(error) => return Err(error.into()),
    };
    let wants = fields.get("act");
    if wants == "publish" && plan.decision() == Decision::Allow {
        match publish(&viewed, &plan, &fields).await? {
            Ok(done) => return Ok(done),
            Err(moved) => page.moved = Some(moved),
        }
    }
    let job = newest_on(&viewed, JobKind::Test, &request).await?;
    if wants == "test" && job.as_ref().is_none_or(|job| job.state.has_ended()) {
        viewed.app.start_job(&viewed.bot, JobWork::Test(request.clone())).await?;
    }
    if wants == "test" || fields.has("tested") {
        let job = newest_on(&viewed, JobKind::Test, &request).await?;
        page.tests = job.as_ref().and_then(TestResult::of);
        page.run = job.map(|job| ShownJob::new(&viewed, &job));
    }
    let status = if wants == "publish" { StatusCode::CONFLICT } else { StatusCode::OK };
    page.planned = Some(planned(&viewed, &plan).await?);
    Ok((status, Page(page)).into_response())
}

/// Publishes what was looked at; else says what moved.
async fn publish(viewed: &Viewed, plan: &Plan, fields: &Fields) -> Result<Result<Response, String>, Problem> {
    let seen: Digest =
        fields.get("plan").parse().map_err(|_| Problem::invalid("the form names no plan; load the page again"))?;
    let seen = viewed.bot.kept_plan(&seen).await?;
    if let Some(moved) = move_around(viewed, &seen, plan) {
        return Ok(Err(moved));
    }
    if plan.candidate().digest() != seen.candidate().digest() {
        let text = "You changed the part since you looked at what it would do. This is what it would do now.";
        return Ok(Err(text.to_owned()));
    }
    match viewed.bot.publish(plan).await {
        Ok(_) => {
            let page = format!("/bots/{}/draft/merge", viewed.bot.id());
            Ok(Ok(Redirect::to(&flash::with(&page, "hotfixed")).into_response()))
        }
        Err(Error::EnvironmentMoved { by, number, .. }) => {
            Ok(Err(format!("{by} published version {number} while you were at it.")))
        }
        Err(error) => Err(error.into()),
    }
}

/// What the form asks for; a fault where its document cannot be read.
fn request(path: &PartPath, fields: &Fields) -> Result<Result<PlanRequest, Fault>, Problem> {
    let expected: ExpectedPart = expected(fields)?;
    let edit = if fields.has("delete") {
        PartEdit::delete(path.clone())
    } else {
        match Document::from_json(path, fields.get("document").as_bytes()) {
            Ok(document) => PartEdit::put(path.clone(), document),
            Err(error) => return Ok(Err(refusal(error))),
        }
    };
    Ok(Ok(PlanRequest::hotfix(vec![edit.expecting(expected)], fields.trimmed("reason"))))
}

async fn planned(viewed: &Viewed, plan: &Plan) -> Result<Planned, Problem> {
    // What is looked at is what the button names.
    viewed.bot.keep_plan(plan).await?;
    let findings = plan.findings();
    let live = format!("/bots/{}/live", viewed.bot.id());
    Ok(Planned {
        plan: plan.digest().to_string(),
        is_allowed: plan.decision() == Decision::Allow,
        denied: grouped(shown_findings(viewed, findings, Severity::Deny)),
        warned: grouped(shown_findings(viewed, findings, Severity::Warn)),
        changes: shown_changes(plan.diff(), &live),
    })
}

async fn hotfix_page(viewed: &Viewed) -> Result<HotfixPage, Problem> {
    let parts = viewed.bot.parts(&viewed.content).await?.into_iter();
    let known = parts.filter(|(path, _)| !matches!(path, PartPath::Test(_))).map(|(path, _)| path.to_string());
    Ok(HotfixPage {
        frame: viewed.frame("Hotfix"),
        known: known.collect(),
        what: None,
        part: String::new(),
        expected: String::new(),
        is_new: false,
        document: String::new(),
        is_deleted: false,
        reason: String::new(),
        fault: None,
        moved: None,
        planned: None,
        run: None,
        tests: None,
    })
}

fn refusal(reason: impl ToString) -> Fault {
    Fault { text: reason.to_string(), theirs: None }
}
