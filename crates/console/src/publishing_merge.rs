//! What hotfixes changed in an environment, part by part, and taking it into the draft.

use std::collections::BTreeMap;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use greenroom_lifecycle::{Drift, DriftState, DriftedPart, Error, LIVE, Side, live};
use greenroom_model::{Digest, Document, EnvironmentId, PartPath};
use greenroom_publish::diff_documents;
use greenroom_web::{Problem, Query};
use serde::Deserialize;

use crate::edit::shown;
use crate::fields::Fields;
use crate::flash;
use crate::frame::Frame;
use crate::page::Page;
use crate::publishing_diff::{ShownDetail, part_kind, shown_part};
use crate::viewed::{Editing, Viewed};

#[derive(Template)]
#[template(path = "publishing_merge.html")]
struct MergePage {
    frame: Frame,
    can_edit: bool,
    environment: String,
    /// All that there are, by name.
    environments: Vec<String>,
    is_published: bool,
    parts: Vec<ShownDrift>,
    /// Names the drift that is shown.
    seen: String,
    /// Why the merge that was asked for did not happen.
    fault: Option<String>,
}

/// A part that drifted, as the page shows it.
struct ShownDrift {
    path: String,
    what: String,
    name: String,
    /// How the draft stands to it, in a word and a sentence.
    state: &'static str,
    tone: &'static str,
    sentence: &'static str,
    is_conflict: bool,
    hotfix: ShownSide,
    draft: ShownSide,
    choices: Vec<ShownChoice>,
    /// Its documents, by who has them.
    states: [ShownState; 3],
}

/// What one side did to the part.
struct ShownSide {
    /// `changed it`, `deleted it`, `made it`, or that it did nothing.
    did: &'static str,
    details: Vec<ShownDetail>,
}

struct ShownState {
    whose: String,
    /// None: there is no such part.
    document: Option<String>,
}

struct ShownChoice {
    value: &'static str,
    label: &'static str,
    is_checked: bool,
}

/// Which environment the page shows; live where none is named.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Wish {
    environment: Option<EnvironmentId>,
}

/// `GET …/draft/merge`
pub(crate) async fn page(viewed: Viewed, Query(wish): Query<Wish>) -> Result<Response, Problem> {
    let page = merge_page(&viewed, &wish.environment.unwrap_or_else(live), &Fields::default()).await?;
    Ok(Page(page).into_response())
}

/// `POST …/draft/merge`: takes what was shown into the draft, by the choices.
///
/// Where a colleague changed a part of it since, nothing happens but that the page says so and
/// shows what stands there now, with the choices as they were made.
pub(crate) async fn merge(Editing(viewed): Editing, fields: Fields) -> Result<Response, Problem> {
    let environment: EnvironmentId = fields.get("environment").parse()?;
    let seen: Digest =
        fields.get("seen").parse().map_err(|_| Problem::invalid("the form names no drift; load the page again"))?;
    let mut choices: BTreeMap<PartPath, Side> = BTreeMap::new();
    for (path, choice) in fields.under("choice") {
        let side = match choice.as_str() {
            "draft" => Side::Draft,
            "environment" => Side::Environment,
            _ => continue,
        };
        choices.insert(path.parse()?, side);
    }
    let fault = match viewed.bot.merge_seen(&environment, &choices, &seen).await {
        Ok(_) => {
            let page = viewed.href(&format!("merge?environment={environment}"));
            return Ok(Redirect::to(&flash::with(&page, "merged")).into_response());
        }
        Err(Error::MergeConflict { parts, .. }) => {
            let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
            format!(
                "Nothing was merged: the hotfix and the draft both changed {}. Choose whose is taken.",
                parts.join(", ")
            )
        }
        Err(Error::DriftMoved { .. } | Error::NoDrift { .. }) => {
            "Nothing was merged: somebody changed one of these parts since you loaded this page, in the draft or in \
             the environment. Look at it again."
                .to_owned()
        }
        Err(error) => return Err(error.into()),
    };
    let page = MergePage { fault: Some(fault), ..merge_page(&viewed, &environment, &fields).await? };
    Ok((StatusCode::CONFLICT, Page(page)).into_response())
}

async fn merge_page(viewed: &Viewed, environment: &EnvironmentId, chosen: &Fields) -> Result<MergePage, Problem> {
    let running = viewed.bot.environments().await?;
    let mut environments: Vec<String> = running.iter().map(|(id, _)| id.to_string()).collect();
    for also in [LIVE, environment.as_str()] {
        if !environments.iter().any(|known| known == also) {
            environments.push(also.to_owned());
        }
    }
    let is_published = running.iter().any(|(id, _)| id == environment);
    let drifted = if is_published { viewed.bot.drifted_parts(environment).await? } else { Vec::new() };
    let drift: Vec<Drift> = drifted.iter().map(|part| part.drift.clone()).collect();
    let chosen = chosen.under("choice");
    let parts = drifted.iter().map(|part| {
        let chosen = chosen.get(&part.drift.path.to_string()).map(String::as_str);
        shown_drift(part, environment, chosen)
    });
    Ok(MergePage {
        frame: viewed.frame("Hotfixes"),
        can_edit: viewed.can_edit(),
        environment: environment.to_string(),
        environments,
        is_published,
        parts: parts.collect::<Result<_, Problem>>()?,
        seen: Drift::digest(&drift).to_string(),
        fault: None,
    })
}

fn shown_drift(part: &DriftedPart, environment: &EnvironmentId, chosen: Option<&str>) -> Result<ShownDrift, Problem> {
    let DriftedPart { drift, base, environment: live, draft, .. } = part;
    let (state, tone, sentence) = match drift.state {
        DriftState::Behind => ("to take over", "warn", "The draft has it as it was before the hotfix."),
        DriftState::Same => ("the same", "good", "The draft has the very same already: both only have to agree on it."),
        DriftState::Mergeable => {
            ("to put together", "warn", "The draft changed it too, in other places of it: both changes can stand.")
        }
        DriftState::Conflict => ("conflict", "bad", "The draft changed the same place of it: choose whose is taken."),
    };
    let text = |document: &Option<Document>| document.as_ref().map(|document| shown(&drift.path, document)).transpose();
    let state_of = |whose: String, document: &Option<Document>| -> Result<ShownState, Problem> {
        Ok(ShownState { whose, document: text(document)? })
    };
    let change = diff_documents(&drift.path, base.as_ref(), live.as_ref());
    Ok(ShownDrift {
        path: drift.path.to_string(),
        what: part_kind(&drift.path),
        name: change.name,
        state,
        tone,
        sentence,
        is_conflict: drift.state == DriftState::Conflict,
        hotfix: shown_side(&drift.path, base.as_ref(), live.as_ref()),
        draft: shown_side(&drift.path, base.as_ref(), draft.as_ref()),
        choices: choices(drift.state, chosen),
        states: [
            state_of("Before the hotfix".to_owned(), base)?,
            state_of("In the draft".to_owned(), draft)?,
            state_of(format!("In {environment}"), live)?,
        ],
    })
}

fn shown_side(path: &PartPath, before: Option<&Document>, after: Option<&Document>) -> ShownSide {
    let did = match (before, after) {
        _ if before == after => return ShownSide { did: "left it as it was", details: Vec::new() },
        (None, _) => "made it",
        (_, None) => "deleted it",
        _ => "changed it",
    };
    ShownSide { did, details: shown_part(&diff_documents(path, before, after)) }
}

/// What may be chosen; nothing is where both have the same.
fn choices(state: DriftState, chosen: Option<&str>) -> Vec<ShownChoice> {
    let all: &[(&'static str, &'static str)] = match state {
        DriftState::Same => &[],
        DriftState::Behind => {
            &[("merge", "Take the hotfix into the draft"), ("draft", "Give the hotfix up: the draft stays as it is")]
        }
        DriftState::Mergeable => &[
            ("merge", "Put both together"),
            ("environment", "Take the hotfix’s, and lose what the draft changed"),
            ("draft", "Give the hotfix up: the draft stays as it is"),
        ],
        DriftState::Conflict => &[
            ("environment", "Take the hotfix’s, and lose what the draft changed"),
            ("draft", "Give the hotfix up: the draft stays as it is"),
        ],
    };
    let chosen = chosen.filter(|chosen| all.iter().any(|(value, _)| value == chosen));
    let first = if state == DriftState::Conflict { None } else { Some("merge") };
    let checked = chosen.or(first);
    all.iter().map(|(value, label)| ShownChoice { value, label, is_checked: checked == Some(value) }).collect()
}
