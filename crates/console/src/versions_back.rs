//! Going back: live to a version, or the draft to a version. Each is asked before it is done.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use greenroom_lifecycle::{Error, Reference, live};
use greenroom_model::Severity;
use greenroom_web::{Path, Problem};

use crate::flash;
use crate::frame::Frame;
use crate::page::Page;
use crate::publishing_diff::{ShownChange, drawn_changes};
use crate::publishing_groups::{FindingGroup, grouped};
use crate::publishing_words::shown_findings;
use crate::versions::{ShownVersion, VersionAt, shown_version};
use crate::viewed::{Editing, Publishing, Viewed};

#[derive(Template)]
#[template(path = "versions_rollback.html")]
struct RollbackPage {
    frame: Frame,
    version: ShownVersion,
    /// The version that live runs now.
    running: u64,
    refused: Vec<FindingGroup>,
    changes: Vec<ShownChange>,
}

#[derive(Template)]
#[template(path = "versions_restore.html")]
struct RestorePage {
    frame: Frame,
    version: ShownVersion,
    changes: Vec<ShownChange>,
}

/// `GET /bots/{bot}/versions/{number}/rollback`
pub(crate) async fn rollback_page(
    Publishing(viewed): Publishing,
    Path(at): Path<VersionAt>,
) -> Result<Response, Problem> {
    rollback_question(&viewed, at.number, Vec::new()).await
}

async fn rollback_question(viewed: &Viewed, number: u64, refused: Vec<FindingGroup>) -> Result<Response, Problem> {
    let (_, version) = shown_version(viewed, number).await?;
    let states = [&Reference::live(), &Reference::Version(number)];
    let diff = viewed.bot.diff(states[0], states[1]).await?;
    let draft = format!("/bots/{}/draft", viewed.bot.id());
    let page = RollbackPage {
        frame: viewed.frame("Roll back"),
        version,
        running: viewed.live.as_ref().map_or(0, |live| live.number),
        refused,
        changes: drawn_changes(&diff, &draft, viewed.bot.id(), states),
    };
    Ok(Page(page).into_response())
}

/// `POST /bots/{bot}/versions/{number}/rollback`
pub(crate) async fn roll_back(Publishing(viewed): Publishing, Path(at): Path<VersionAt>) -> Result<Response, Problem> {
    match viewed.bot.rollback(&live(), at.number).await {
        Ok(done) => {
            let page = format!("/bots/{}/live", viewed.bot.id());
            let word = if done.log_fault.is_some() { "rolled_back_unlogged" } else { "rolled_back" };
            Ok(Redirect::to(&flash::with(&page, word)).into_response())
        }
        Err(Error::Refused(findings)) => {
            let refused = grouped(shown_findings(&viewed, &findings, Severity::Deny));
            let page = rollback_question(&viewed, at.number, refused).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /bots/{bot}/versions/{number}/restore`
pub(crate) async fn restore_page(Editing(viewed): Editing, Path(at): Path<VersionAt>) -> Result<Response, Problem> {
    let (_, version) = shown_version(&viewed, at.number).await?;
    let states = [&Reference::Draft, &Reference::Version(at.number)];
    let diff = viewed.bot.diff(states[0], states[1]).await?;
    let draft = format!("/bots/{}/draft", viewed.bot.id());
    let changes = drawn_changes(&diff, &draft, viewed.bot.id(), states);
    Ok(Page(RestorePage { frame: viewed.frame("Restore into the draft"), version, changes }).into_response())
}

/// `POST /bots/{bot}/versions/{number}/restore`
pub(crate) async fn restore(Editing(viewed): Editing, Path(at): Path<VersionAt>) -> Result<Response, Problem> {
    viewed.bot.restore(at.number).await?;
    let page = format!("/bots/{}/draft", viewed.bot.id());
    Ok(Redirect::to(&flash::with(&page, "restored")).into_response())
}
