//! What a server has seen since its start: how many messages it answered, how
//! fast, and what went wrong. Also told as metrics.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use greenroom_model::BotId;
use greenroom_runtime::{Answer, Error, Place};
use hdrhistogram::Histogram;
use jiff::Timestamp;
use serde::Serialize;

/// How many errors are remembered.
const ERRORS: usize = 50;

/// What a server has seen since its start.
#[derive(Debug, Default)]
pub struct Observations {
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    bots: BTreeMap<(BotId, String), Answers>,
    errors: Vec<SeenError>,
}

#[derive(Debug)]
struct Answers {
    answered: u64,
    not_understood: u64,
    failed: u64,
    /// In microseconds, up to a minute.
    latency: Histogram<u64>,
}

/// An error that a customer met.
#[derive(Debug, Clone, Serialize)]
pub struct SeenError {
    /// When.
    pub time: Timestamp,
    /// The bot.
    pub bot: BotId,
    /// The place: `draft`, or an environment.
    pub place: String,
    /// Its code.
    pub code: &'static str,
}

/// What was seen of one bot in one place.
#[derive(Debug, Clone, Serialize)]
pub struct BotObservations {
    /// The bot.
    pub bot: BotId,
    /// The place: `draft`, or an environment.
    pub place: String,
    /// How many messages were answered.
    pub answered: u64,
    /// Of those, texts that were not understood.
    pub not_understood: u64,
    /// How many messages failed.
    pub failed: u64,
    /// Half of the answers took at most so many microseconds.
    pub p50_microseconds: u64,
    /// 99 of 100 answers took at most so many microseconds.
    pub p99_microseconds: u64,
}

impl Observations {
    /// By bot and place.
    #[must_use]
    pub fn bots(&self) -> Vec<BotObservations> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.bots
            .iter()
            .map(|((bot, place), answers)| BotObservations {
                bot: bot.clone(),
                place: place.clone(),
                answered: answers.answered,
                not_understood: answers.not_understood,
                failed: answers.failed,
                p50_microseconds: answers.latency.value_at_quantile(0.50),
                p99_microseconds: answers.latency.value_at_quantile(0.99),
            })
            .collect()
    }

    /// The latest errors, oldest first.
    #[must_use]
    pub fn errors(&self) -> Vec<SeenError> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).errors.clone()
    }

    pub(crate) fn answered(&self, bot: &BotId, place: &Place, took: Duration, answer: Result<&Answer, &Error>) {
        let place = match place {
            Place::Draft => "draft".to_owned(),
            Place::Environment(environment) => environment.to_string(),
        };
        let outcome = match answer {
            Ok(Answer { understanding: Some(understanding), .. }) if understanding.intent.is_none() => "not_understood",
            Ok(_) => "answered",
            Err(_) => "failed",
        };
        metrics::counter!("greenroom_messages_total", "outcome" => outcome).increment(1);
        metrics::histogram!("greenroom_reply_seconds").record(took.as_secs_f64());
        if let Err(Error::BotNotFound(_)) = answer {
            // Anybody can ask for bots that do not exist; they must not fill the memory.
            return;
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let Seen { bots, errors } = &mut *seen;
        let answers = match bots.entry((bot.clone(), place.clone())) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(entry) => {
                let Ok(latency) = Histogram::new_with_bounds(1, 60_000_000, 2) else { return };
                entry.insert(Answers { answered: 0, not_understood: 0, failed: 0, latency })
            }
        };
        answers.latency.saturating_record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
        match answer {
            Ok(_) => {
                answers.answered += 1;
                answers.not_understood += u64::from(outcome == "not_understood");
            }
            Err(error) => {
                answers.failed += 1;
                if errors.len() == ERRORS {
                    errors.remove(0);
                }
                errors.push(SeenError { time: Timestamp::now(), bot: bot.clone(), place, code: error.code() });
            }
        }
    }
}
