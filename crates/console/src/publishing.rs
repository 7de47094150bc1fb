//! Publishing the draft: what would travel, what stands in the way, the notes, the button.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use greenroom_identity::Role;
use greenroom_lifecycle::{Error, EvidenceOptions, JobKind, JobWork, PlanRequest, Reference};
use greenroom_model::{Code, Digest, Scope, Severity, Subject};
use greenroom_publish::{Acknowledged, Decision, Plan};
use greenroom_web::{Problem, Query};

use crate::fields::Fields;
use crate::frame::Frame;
use crate::page::Page;
use crate::publishing_diff::{ShownChange, drawn_changes, shown_changes};
use crate::publishing_groups::{FindingGroup, grouped};
use crate::publishing_moved::{draft_moves, move_around};
use crate::publishing_words::shown_findings;
use crate::test_runs::TestResult;
use crate::training_progress::{ShownJob, newest_job, newest_on};
use crate::viewed::{Editing, Publishing, Viewed};

#[derive(Template)]
#[template(path = "publishing.html")]
struct PublishingPage {
    frame: Frame,
    can_edit: bool,
    can_publish: bool,
    is_first: bool,
    /// The version that has just gone live.
    published: Option<u64>,
    /// `full` or `nlp`.
    scope: &'static str,
    /// What happened since the page was loaded, where something did.
    moved: Vec<String>,
    is_allowed: bool,
    is_nothing: bool,
    denied: Vec<FindingGroup>,
    warned: Vec<FindingGroup>,
    changes: Vec<ShownChange>,
    needs_notes: bool,
    notes: String,
    notes_fault: bool,
    plan: String,
    job: Option<ShownJob>,
    tests: Option<TestResult>,
    /// The newest measuring of what a publish would do.
    effect: Option<ShownJob>,
    /// A publish that a program has begun and that has not ended.
    publishing: Option<ShownJob>,
    acknowledgement: Acknowledgement,
}

/// What the author may give up or bring back, and has said so.
#[derive(Default)]
struct Acknowledgement {
    /// The parts of which a hotfix would be lost, and whether that may be.
    discard: Vec<(String, bool)>,
    /// Whether what a rollback took away may come back; none where nothing would.
    reintroduce: Option<bool>,
}

impl Acknowledgement {
    fn of(plan: &Plan) -> Self {
        let Acknowledged { discard, reintroduce } = plan.acknowledged();
        let drifted = plan.findings().iter().filter_map(|finding| match (&finding.code, &finding.subject) {
            (Code::LiveDrift, Subject::Part(path)) => Some((path.to_string(), false)),
            _ => None,
        });
        let given_up = discard.iter().map(|path| (path.to_string(), true));
        let is_asked = plan.findings().iter().any(|finding| finding.code == Code::RolledBack);
        Self {
            discard: given_up.chain(drifted).collect(),
            reintroduce: (*reintroduce || is_asked).then_some(*reintroduce),
        }
    }

    fn is_asked(&self) -> bool {
        !self.discard.is_empty() || self.reintroduce.is_some()
    }

    /// What has been said, for forms to say it again.
    fn said(&self) -> impl Iterator<Item = &String> {
        self.discard.iter().filter(|(_, is_given_up)| *is_given_up).map(|(path, _)| path)
    }

    fn is_reintroduced(&self) -> bool {
        self.reintroduce == Some(true)
    }
}

/// `GET …/draft/publish`
pub(crate) async fn page(viewed: Viewed, Query(wish): Query<Vec<(String, String)>>) -> Result<Response, Problem> {
    let wish = Fields::from(wish);
    let request = request(scope_of(&wish), "");
    let acknowledged = acknowledged(&wish)?;
    let plan = match viewed.bot.plan(&PlanRequest { acknowledged, ..request.clone() }).await {
        // It was merged or given up since the address was made: nothing is left to say about it.
        Err(Error::NoDrift { .. }) => viewed.bot.plan(&request).await?,
        plan => plan?,
    };
    let mut page = publishing_page(&viewed, &plan, Vec::new()).await?;
    page.published = wish.get("published").parse().ok();
    page.notes = plan.proposed_notes();
    Ok(Page(page).into_response())
}

/// What an address or a form gives up or brings back.
fn acknowledged(fields: &Fields) -> Result<Acknowledged, Problem> {
    let discard = fields.all("discard").iter().map(|path| path.parse()).collect::<Result<_, _>>()?;
    Ok(Acknowledged { discard, reintroduce: fields.has("reintroduce") })
}

/// The address of the page with what a form says of scope and acknowledgement.
fn address(viewed: &Viewed, fields: &Fields) -> Result<String, Problem> {
    let Acknowledged { discard, reintroduce } = acknowledged(fields)?;
    let mut address = viewed.href(&format!("publish?scope={}", scope_word(&scope_of(fields))));
    for path in discard {
        address.push_str(&format!("&discard={path}"));
    }
    if reintroduce {
        address.push_str("&reintroduce=yes");
    }
    Ok(address)
}

fn scope_of(fields: &Fields) -> Scope {
    if fields.get("scope") == "nlp" { Scope::NlpOnly } else { Scope::Full }
}

fn scope_word(scope: &Scope) -> &'static str {
    if scope.is_nlp_alone() { "nlp" } else { "full" }
}

fn request(scope: Scope, notes: &str) -> PlanRequest {
    PlanRequest { scope, ..PlanRequest::full(notes) }
}

async fn publishing_page(viewed: &Viewed, plan: &Plan, moved: Vec<String>) -> Result<PublishingPage, Problem> {
    let can_publish = viewed.may(Role::Publisher);
    if can_publish {
        // What is looked at is what the button names.
        viewed.bot.keep_plan(plan).await?;
    }
    // On notes that nobody has had time to write, the page says nothing but that they are needed.
    let (about_notes, findings): (Vec<_>, Vec<_>) =
        plan.findings().iter().cloned().partition(|finding| finding.code == Code::ReleaseNotesMissing);
    let needs_notes = about_notes.iter().any(|finding| finding.severity == Severity::Deny);
    let judged = request(plan.scope().clone(), "");
    let job = newest_on(viewed, JobKind::Test, &judged).await?;
    let tests = job.as_ref().and_then(TestResult::of);
    let draft = format!("/bots/{}/draft", viewed.bot.id());
    Ok(PublishingPage {
        frame: viewed.frame("Publish"),
        can_edit: viewed.can_edit(),
        can_publish,
        is_first: viewed.live.is_none(),
        published: None,
        scope: scope_word(plan.scope()),
        moved,
        is_allowed: Decision::of(&findings) == Decision::Allow,
        is_nothing: findings.iter().any(|finding| finding.code == Code::NothingToPublish),
        denied: grouped(shown_findings(viewed, &findings, Severity::Deny)),
        warned: grouped(shown_findings(viewed, &findings, Severity::Warn)),
        changes: if viewed.live.is_some() && *plan.scope() == Scope::Full {
            drawn_changes(plan.diff(), &draft, viewed.bot.id(), [&Reference::live(), &Reference::Draft])
        } else {
            shown_changes(plan.diff(), &draft)
        },
        needs_notes,
        notes: plan.notes().to_owned(),
        notes_fault: false,
        plan: plan.digest().to_string(),
        job: job.map(|job| ShownJob::new(viewed, &job)),
        tests,
        effect: newest_on(viewed, JobKind::Evidence, &judged).await?.map(|job| ShownJob::new(viewed, &job)),
        publishing: newest_job(viewed, JobKind::Publish)
            .await?
            .filter(|job| !job.state.has_ended())
            .map(|job| ShownJob::new(viewed, &job)),
        acknowledgement: Acknowledgement::of(plan),
    })
}

/// `POST …/draft/publish`: carries out what the page showed, with the notes written since.
///
/// The form names the plan that was looked at. Where live or the draft is another one by
/// now, nothing happens but that the page says who and what, and shows the new plan.
pub(crate) async fn publish(Publishing(viewed): Publishing, fields: Fields) -> Result<Response, Problem> {
    let digest: Digest =
        fields.get("plan").parse().map_err(|_| Problem::invalid("the form names no plan; load the page again"))?;
    let seen = viewed.bot.kept_plan(&digest).await?;
    let mut moved = Vec::new();
    let request = request(seen.scope().clone(), &fields.trimmed("notes"));
    let plan =
        match viewed.bot.plan(&PlanRequest { acknowledged: seen.acknowledged().clone(), ..request.clone() }).await {
            Err(Error::NoDrift { path, .. }) => {
                moved.push(format!("The hotfix of {path} was merged or given up since you loaded this page."));
                viewed.bot.plan(&request).await?
            }
            plan => plan?,
        };
    if let Some(around) = move_around(&viewed, &seen, &plan) {
        moved.push(around);
    } else if plan.candidate().digest() != seen.candidate().digest() {
        moved.extend(draft_moves(&viewed, &seen, &plan).await?);
    }
    if moved.is_empty() && plan.decision() == Decision::Allow {
        match viewed.bot.publish(&plan).await {
            Ok(published) => {
                let scope = scope_word(plan.scope());
                let page = viewed.href(&format!("publish?scope={scope}&published={}", published.number));
                return Ok(Redirect::to(&page).into_response());
            }
            Err(Error::EnvironmentMoved { by, number, .. }) => {
                moved.push(format!("{by} published version {number} while you were at it."));
            }
            Err(error @ Error::PolicyChanged(_)) => moved.push(error.to_string()),
            Err(error) => return Err(error.into()),
        }
    }
    let mut page = publishing_page(&viewed, &plan, moved).await?;
    page.notes_fault = page.needs_notes;
    Ok((StatusCode::CONFLICT, Page(page)).into_response())
}

/// `POST …/draft/publish/tests`: plays the tests on exactly what the scope would publish.
pub(crate) async fn run_tests(Editing(viewed): Editing, fields: Fields) -> Result<Response, Problem> {
    let request = request(scope_of(&fields), "");
    let running = newest_on(&viewed, JobKind::Test, &request).await?.is_some_and(|job| !job.state.has_ended());
    if !running {
        viewed.app.start_job(&viewed.bot, JobWork::Test(request)).await?;
    }
    Ok(Redirect::to(&address(&viewed, &fields)?).into_response())
}

/// `POST …/draft/publish/effect`: measures what publishing this scope would do.
pub(crate) async fn measure_effect(Editing(viewed): Editing, fields: Fields) -> Result<Response, Problem> {
    let request = request(scope_of(&fields), "");
    let running = newest_on(&viewed, JobKind::Evidence, &request).await?.is_some_and(|job| !job.state.has_ended());
    if !running {
        let options = EvidenceOptions::default();
        viewed.app.start_job(&viewed.bot, JobWork::GatherEvidence { request, options }).await?;
    }
    Ok(Redirect::to(&address(&viewed, &fields)?).into_response())
}
