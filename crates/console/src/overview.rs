//! The first page of a bot: what it holds, how it stands, what to do next.

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use greenroom_identity::Role;
use greenroom_lifecycle::PlanRequest;
use greenroom_model::{Code, Document, Severity};
use greenroom_web::Problem;

use crate::frame::{Frame, Side};
use crate::page::Page;
use crate::publishing_words::{ShownFinding, shown_findings};
use crate::viewed::Viewed;

#[derive(Template)]
#[template(path = "overview.html")]
struct OverviewPage {
    frame: Frame,
    id: String,
    description: String,
    figures: Vec<Figure>,
    steps: Vec<NextStep>,
    findings: Vec<(bool, ShownFinding)>,
    more_findings: usize,
}

struct Figure {
    href: String,
    number: String,
    label: &'static str,
    detail: String,
}

struct NextStep {
    text: String,
    href: String,
    link: &'static str,
}

/// How many findings the overview shows.
const SHOWN: usize = 5;

/// `GET /bots/{bot}`
pub(crate) async fn to_draft(viewed: Viewed) -> Response {
    Redirect::to(&viewed.href("")).into_response()
}

/// `GET /bots/{bot}/{place}`
pub(crate) async fn overview(viewed: Viewed) -> Result<Response, Problem> {
    if viewed.side.is_none() {
        return Err(Problem::not_found("there is nothing at this address"));
    }
    let documents = viewed.documents().await?;
    let count = |kind: &str| documents.values().filter(|(_, document)| document.kind() == kind).count();
    let examples: usize = documents
        .values()
        .map(|(_, document)| match document {
            Document::Examples(examples) => examples.examples.len(),
            _ => 0,
        })
        .sum();
    let nodes: usize = documents
        .values()
        .map(|(_, document)| match document {
            Document::Flow(flow) => flow.nodes.len(),
            _ => 0,
        })
        .sum();
    let languages: Vec<String> = viewed.languages().iter().map(ToString::to_string).collect();
    let figure = |page: &str, number: usize, label, detail: String| Figure {
        href: viewed.href(page),
        number: number.to_string(),
        label,
        detail,
    };
    let figures = vec![
        figure("flows", count("flow"), "flows", format!("{nodes} nodes")),
        figure("intents", count("intent"), "intents", format!("{examples} examples")),
        figure("entities", count("entity"), "entities", String::new()),
        figure("translations", languages.len(), "languages", languages.join(", ")),
        figure("tests", count("test"), "tests", String::new()),
    ];
    let (mut steps, mut findings) = (Vec::new(), Vec::new());
    if viewed.side != Some(Side::Live) {
        let plan = viewed.bot.plan(&PlanRequest::full("")).await?;
        let has = |code: &str| plan.findings().iter().any(|finding| finding.code.as_str() == code);
        if viewed.may(Role::Editor) {
            steps = next_steps(&viewed, count("intent"), count("flow"), has);
        }
        // What stands in the way comes first.
        for severity in [Severity::Deny, Severity::Warn] {
            let shown = shown_findings(&viewed, plan.findings(), severity).into_iter();
            let shown = shown.filter(|finding| finding.code != Code::NothingToPublish.as_str());
            findings.extend(shown.map(|finding| (severity == Severity::Deny, finding)));
        }
    }
    let more_findings = findings.len().saturating_sub(SHOWN);
    findings.truncate(SHOWN);
    let page = OverviewPage {
        frame: viewed.frame("Overview"),
        id: viewed.bot.id().to_string(),
        description: viewed.settings.description.clone().unwrap_or_default(),
        figures,
        steps,
        findings,
        more_findings,
    };
    Ok(Page(page).into_response())
}

fn next_steps(viewed: &Viewed, intents: usize, flows: usize, has: impl Fn(&str) -> bool) -> Vec<NextStep> {
    let step = |text: &str, page: &str, link| NextStep { text: text.to_owned(), href: viewed.href(page), link };
    let mut steps = Vec::new();
    if intents == 0 {
        steps.push(step(
            "Say what people may want: each intent has examples of how they say it.",
            "intents",
            "Add an intent",
        ));
    }
    if flows == 0 {
        steps.push(step("Say what the bot answers: a flow is what happens after an intent.", "flows", "Add a flow"));
    }
    if has("model_missing") {
        steps.push(step(
            "The bot has to learn from its examples before it can understand anybody.",
            "training",
            "Train",
        ));
    } else if has("model_stale") {
        steps.push(step("The examples changed since the last training.", "training", "Train"));
    }
    if has("evidence_missing") {
        steps.push(step("The tests have not passed on this draft yet.", "tests", "Run the tests"));
    }
    if viewed.live.is_none() {
        steps.push(step("Nobody can talk to this bot yet: it was never published.", "publish", "Publish"));
    } else if !has("nothing_to_publish") {
        steps.push(step("The draft differs from what is live.", "publish", "See what would change"));
    }
    steps
}
