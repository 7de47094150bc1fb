//! What is thrown away when its time is over.

use greenroom_lifecycle::live;
use greenroom_model::Record as _;
use greenroom_runtime::Place;
use greenroom_store::{Commit, Key};
use jiff::{SignedDuration, Timestamp};

use crate::idempotency::{self, KeptAnswer};
use crate::{AppState, Problem};

/// What authors said to a draft is kept for so many days.
const DRAFT_DAYS: i64 = 30;

/// What a sweep threw away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    /// Turns of conversations.
    pub turns: usize,
    /// States of conversations.
    pub conversations: usize,
    /// Sign-in sessions.
    pub sessions: usize,
    /// Answers that were kept for their idempotency keys.
    pub answers: usize,
}

/// Throws away transcripts and states of conversations older than their environment keeps them, sign-in
/// sessions that ended, and answers kept for idempotency keys. Run it now and then.
///
/// # Errors
/// What the store says; what was swept by then is swept.
pub async fn sweep(app: &AppState) -> Result<Swept, Problem> {
    let now = Timestamp::now();
    let before = |days: i64| now.checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::UNIX_EPOCH);
    let mut swept = Swept::default();
    for id in app.lifecycle().bots().await? {
        let bot = app.lifecycle().bot(&id).await?;
        let mut environments: Vec<_> =
            bot.environments().await?.into_iter().map(|(environment, _)| environment).collect();
        if !environments.contains(&live()) {
            environments.push(live());
        }
        for environment in environments {
            let settings = bot.environment_settings(&environment).await?;
            let place = Place::Environment(environment);
            let before = before(i64::from(settings.retention_days));
            swept.turns += app.runtime().sweep(&id, &place, before).await?;
            swept.conversations += app.runtime().sweep_sessions(&id, &place, before).await?;
        }
        swept.turns += app.runtime().sweep(&id, &Place::Draft, before(DRAFT_DAYS)).await?;
        swept.conversations += app.runtime().sweep_sessions(&id, &Place::Draft, before(DRAFT_DAYS)).await?;
    }
    swept.sessions = app.identities().remove_ended_sessions().await?;
    swept.answers = sweep_answers(app, now).await?;
    Ok(swept)
}

async fn sweep_answers(app: &AppState, now: Timestamp) -> Result<usize, Problem> {
    let prefix = idempotency::prefix()?;
    let mut after: Option<Key> = None;
    let mut swept = 0;
    loop {
        let page = app.store().records(&prefix, after.as_ref(), 200).await?;
        let Some(last) = page.last() else { return Ok(swept) };
        after = Some(last.key.clone());
        for record in &page {
            let kept = KeptAnswer::from_bytes(&record.value)?;
            if now.duration_since(kept.time) < idempotency::KEPT {
                continue;
            }
            match app.store().commit(Commit::new().delete(record)).await {
                Ok(_) => swept += 1,
                Err(greenroom_store::Error::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}
