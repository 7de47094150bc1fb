//! The progress of a job, told as it happens (server-sent events).

use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use greenroom_lifecycle::{Job, JobId};
use greenroom_model::BotId;

use crate::{AppState, Problem};

/// How often a job is looked at.
const EVERY: Duration = Duration::from_millis(200);

/// Where a telling stands.
enum Told {
    Until(Option<Box<Job>>),
    End,
}

/// Events `progress`, each with the job as JSON, whenever it has changed; the
/// last event is `end`, with the job as it ended. Pages close the stream then.
///
/// # Errors
/// 404 where there is no such job.
pub async fn job_events(app: AppState, bot: BotId, id: JobId) -> Result<Response, Problem> {
    app.jobs().get(&bot, &id).await?;
    let events = stream::unfold(Told::Until(None), move |told| {
        let (app, bot, id) = (app.clone(), bot.clone(), id.clone());
        async move {
            let Told::Until(last) = told else { return None };
            let mut pause = last.is_some();
            loop {
                if pause {
                    tokio::time::sleep(EVERY).await;
                }
                pause = true;
                let job = app.jobs().get(&bot, &id).await.ok()?;
                if job.state.has_ended() {
                    return Some((event("end", &job), Told::End));
                }
                if last.as_deref() != Some(&job) {
                    return Some((event("progress", &job), Told::Until(Some(Box::new(job)))));
                }
            }
        }
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()).into_response())
}

fn event(name: &str, job: &Job) -> Result<Event, Infallible> {
    Ok(Event::default().event(name).json_data(job).unwrap_or_default())
}
