//! What differs between two states of a flow, as a picture: of the pages that compare, and of the
//! flow's own page.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use greenroom_flow::{DrawingOptions, draw_changes};
use greenroom_lifecycle::{Bot, Error, Reference};
use greenroom_model::document::Flow;
use greenroom_model::{BotId, Document, FlowId, PartPath};
use greenroom_web::{Problem, Query};
use serde::Deserialize;

use crate::viewed::Viewed;

/// Which flow is drawn, and which two states of it.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    flow: FlowId,
    before: String,
    after: String,
}

/// `GET /bots/{bot}/versions/drawing.svg`
pub(crate) async fn picture(viewed: Viewed, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let (before, after): (Reference, Reference) = (asked.before.parse()?, asked.after.parse()?);
    let before = flow_in(&viewed.bot, &asked.flow, &before).await?;
    let after = flow_in(&viewed.bot, &asked.flow, &after).await?;
    if before.is_none() && after.is_none() {
        return Err(Problem::not_found(format!("neither state has a flow `{}`", asked.flow)));
    }
    let language = viewed.settings.default_language.clone();
    let svg = drawn(move || {
        let options = DrawingOptions::new().in_language(language);
        draw_changes(before.as_ref(), after.as_ref(), &options).to_svg()
    });
    let svg = svg.await?;
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], svg).into_response())
}

/// Draws beside the threads that answer: a tangled flow takes a second or two.
pub(crate) async fn drawn(draw: impl FnOnce() -> String + Send + 'static) -> Result<String, Problem> {
    tokio::task::spawn_blocking(draw).await.map_err(|error| Problem::internal(&error))
}

/// The address of such a picture.
pub(crate) fn address(bot: &BotId, flow: &FlowId, before: &Reference, after: &Reference) -> String {
    let (before, after) = (word(before), word(after));
    format!("/bots/{bot}/versions/drawing.svg?flow={flow}&before={before}&after={after}")
}

/// A flow as a state has it; none where it lacks it.
pub(crate) async fn flow_in(bot: &Bot, flow: &FlowId, state: &Reference) -> Result<Option<Flow>, Problem> {
    let content = bot.resolve(state).await?;
    match bot.get(&content, &PartPath::Flow(flow.clone())).await {
        Ok((_, Document::Flow(flow))) => Ok(Some(flow)),
        Ok(_) | Err(Error::PartNotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A state as addresses name it.
fn word(state: &Reference) -> String {
    match state {
        Reference::Version(number) => number.to_string(),
        other => other.to_string(),
    }
}
