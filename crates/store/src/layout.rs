//! Under which keys the records of a bot stand: one place, for all who write or read them.
//!
//! | key | record |
//! |---|---|
//! | `catalog/BOT` | the bot exists |
//! | `bots/BOT/draft` | [`Draft`](greenroom_model::Draft) |
//! | `bots/BOT/environments/ENVIRONMENT` | [`Environment`](greenroom_model::Environment) |
//! | `bots/BOT/versions/NUMBER` | the digest of a [`Version`](greenroom_model::Version) object |
//! | `bots/BOT/models/LANGUAGE/DATA` | the digest of the [`TrainedModel`](greenroom_model::TrainedModel) of that training data |
//! | `bots/BOT/evidence/CONTENT` | what was found out about exactly that content |
//! | `bots/BOT/policy` | the publishing policy |
//! | `bots/BOT/channels/ENVIRONMENT` | the channels of an environment |
//! | `bots/BOT/sessions/ENVIRONMENT/CONVERSATION` | a customer's session |
//! | `bots/BOT/last-version` | the highest version number so far |
//! | `bots/BOT/environment-settings/ENVIRONMENT` | what an environment keeps to itself |
//! | `bots/BOT/turns/ENVIRONMENT/TURN` | one turn of a conversation, the newest first |
//! | `bots/BOT/conversations/ENVIRONMENT/CONVERSATION/TURN` | that the turn belongs to the conversation |
//! | `bots/BOT/persons/ENVIRONMENT/PERSON/CONVERSATION` | that the conversation is the person's |
//! | `bots/BOT/persons-kept/ENVIRONMENT/PERSON` | what flows keep of a person |
//! | `bots/BOT/jobs/UUID` | a training, an evaluation, a test run, a publish |
//! | `bots/BOT/publishes/KEY` | what a publish with an idempotency key did |
//! | `bots/BOT/plans/PLAN` | that a plan is kept, and since when |
//! | `bots/BOT/audit/NUMBER` | one entry of the audit log, from 1 |
//! | `bots/BOT/audit-head` | the number and the digest of its last entry |
//! | `unfinished-jobs/UUID/BOT` | that the job of the bot has not ended, the oldest first |
//! | `garbage/unreferenced` | since when nothing refers to which objects |
//! | `timers/DUE/BOT/ENVIRONMENT/CONVERSATION/NUMBER` | a time that a flow waits for, the next first |

use greenroom_model::{BotId, Digest, EnvironmentId, Language};

use crate::{Error, Key};

/// Below it, one record a bot.
///
/// # Errors
/// None that a caller can cause; as [`Key::of`].
pub fn catalog() -> Result<Key, Error> {
    Key::of(&["catalog"])
}

/// That the bot exists.
///
/// # Errors
/// As [`Key::of`].
pub fn catalog_entry(bot: &BotId) -> Result<Key, Error> {
    Key::of(&["catalog", bot.as_str()])
}

/// The draft.
///
/// # Errors
/// As [`Key::of`].
pub fn draft(bot: &BotId) -> Result<Key, Error> {
    Key::of(&["bots", bot.as_str(), "draft"])
}

/// Below it, one record an environment.
///
/// # Errors
/// As [`Key::of`].
pub fn environments(bot: &BotId) -> Result<Key, Error> {
    Key::of(&["bots", bot.as_str(), "environments"])
}

/// The pointer of an environment.
///
/// # Errors
/// As [`Key::of`].
pub fn environment(bot: &BotId, environment: &EnvironmentId) -> Result<Key, Error> {
    environments(bot)?.child(environment.as_str())
}

/// Below it, one record a version, in the order of their numbers.
///
/// # Errors
/// As [`Key::of`].
pub fn versions(bot: &BotId) -> Result<Key, Error> {
    Key::of(&["bots", bot.as_str(), "versions"])
}

/// One version by its number.
///
/// # Errors
/// As [`Key::of`].
pub fn version(bot: &BotId, number: u64) -> Result<Key, Error> {
    versions(bot)?.child(&format!("{number:020}"))
}

/// The highest version number so far.
///
/// # Errors
/// As [`Key::of`].
pub fn last_version(bot: &BotId) -> Result<Key, Error> {
    Key::of(&["bots", bot.as_str(), "last-version"])
}

/// The model of some training data.
///
/// # Errors
/// As [`Key::of`].
pub fn model(bot: &BotId, language: &Language, data: &Digest) -> Result<Key, Error> {
    Key::of(&["bots", bot.as_str(), "models", language.as_str(), &data.to_string()])
}

/// Evidence about a content.
///
/// # Errors
/// As [`Key::of`].
pub fn evidence(bot: &BotId, content: &Digest) -> Result<Key, Error> {
    Key::of(&["bots", bot.as_str(), "evidence", &content.to_string()])
}

/// The publishing policy.
///
/// # Errors
/// As [`Key::of`].
pub fn policy(bot: &BotId) -> Result<Key, Error> {
    Key::of(&["bots", bot.as_str(), "policy"])
}

/// Below it, one record a job, in the order in which they were put down.
///
/// # Errors
/// As [`Key::of`].
pub fn jobs(bot: &BotId) -> Result<Key, Error> {
    Key::of(&["bots", bot.as_str(), "jobs"])
}

/// One job.
///
/// # Errors
/// As [`Key::of`].
pub fn job(bot: &BotId, job: &str) -> Result<Key, Error> {
    jobs(bot)?.child(job)
}

/// Below it, one record a plan that is kept.
///
/// # Errors
/// As [`Key::of`].
pub fn plans(bot: &BotId) -> Result<Key, Error> {
    Key::of(&["bots", bot.as_str(), "plans"])
}

/// Below it, one record a job of any bot that has not ended, in the order in which they were put down.
///
/// # Errors
/// As [`Key::of`].
pub fn unfinished_jobs() -> Result<Key, Error> {
    Key::of(&["unfinished-jobs"])
}

/// That a job of a bot has not ended.
///
/// # Errors
/// As [`Key::of`].
pub fn unfinished_job(job: &str, bot: &BotId) -> Result<Key, Error> {
    Key::of(&["unfinished-jobs", job, bot.as_str()])
}

/// Which job of which bot such a key names; none where it names none.
#[must_use]
pub fn unfinished_job_of(key: &Key) -> Option<(&str, BotId)> {
    let mut segments = key.segments().skip(1);
    Some((segments.next()?, segments.next()?.parse().ok()?))
}

/// What a publish under an idempotency key did; the key may be any text.
///
/// # Errors
/// As [`Key::of`].
pub fn publish(bot: &BotId, key: &str) -> Result<Key, Error> {
    Key::of(&["bots", bot.as_str(), "publishes", &Digest::of(key.as_bytes()).to_string()])
}

/// That a plan of the bot is kept.
///
/// # Errors
/// As [`Key::of`].
pub fn plan(bot: &BotId, plan: &Digest) -> Result<Key, Error> {
    plans(bot)?.child(&plan.to_string())
}

/// The settings of an environment.
///
/// # Errors
/// As [`Key::of`].
pub fn environment_settings(bot: &BotId, environment: &EnvironmentId) -> Result<Key, Error> {
    Key::of(&["bots", bot.as_str(), "environment-settings", environment.as_str()])
}

/// Below it, one record a turn of a place, the newest first.
///
/// # Errors
/// As [`Key::of`].
pub fn turns(bot: &BotId, environment: &str) -> Result<Key, Error> {
    Key::of(&["bots", bot.as_str(), "turns", environment])
}

/// Below it, one record a turn of a conversation, under the name of the turn, the newest first.
///
/// # Errors
/// As [`Key::of`].
pub fn conversation(bot: &BotId, environment: &str, conversation: &str) -> Result<Key, Error> {
    let name = Digest::of(conversation.as_bytes()).to_string();
    Key::of(&["bots", bot.as_str(), "conversations", environment, &name])
}

/// The channels of an environment.
///
/// # Errors
/// As [`Key::of`].
pub fn channels(bot: &BotId, environment: &EnvironmentId) -> Result<Key, Error> {
    Key::of(&["bots", bot.as_str(), "channels", environment.as_str()])
}

/// The session of a conversation; its id may be any text.
///
/// # Errors
/// As [`Key::of`].
pub fn session(bot: &BotId, environment: &str, conversation: &str) -> Result<Key, Error> {
    let name = Digest::of(conversation.as_bytes()).to_string();
    Key::of(&["bots", bot.as_str(), "sessions", environment, &name])
}

/// Below it, one record a session of a place.
///
/// # Errors
/// As [`Key::of`].
pub fn sessions(bot: &BotId, environment: &str) -> Result<Key, Error> {
    Key::of(&["bots", bot.as_str(), "sessions", environment])
}

/// Below it, one record a conversation of a person, whose id may be any text.
///
/// # Errors
/// As [`Key::of`].
pub fn person(bot: &BotId, environment: &str, person: &str) -> Result<Key, Error> {
    let name = Digest::of(person.as_bytes()).to_string();
    Key::of(&["bots", bot.as_str(), "persons", environment, &name])
}

/// That a conversation is a person's.
///
/// # Errors
/// As [`Key::of`].
pub fn conversation_of_person(bot: &BotId, environment: &str, person: &str, conversation: &str) -> Result<Key, Error> {
    self::person(bot, environment, person)?.child(&Digest::of(conversation.as_bytes()).to_string())
}

/// What flows keep of a person.
///
/// # Errors
/// As [`Key::of`].
pub fn kept_of_person(bot: &BotId, environment: &str, person: &str) -> Result<Key, Error> {
    let name = Digest::of(person.as_bytes()).to_string();
    Key::of(&["bots", bot.as_str(), "persons-kept", environment, &name])
}

/// Below it, one record a time that a flow waits for, of all bots, the next first.
///
/// # Errors
/// As [`Key::of`].
pub fn timers() -> Result<Key, Error> {
    Key::of(&["timers"])
}

/// A time that a flow waits for, due at this microsecond since 1970.
///
/// # Errors
/// As [`Key::of`].
pub fn timer(due: i64, bot: &BotId, environment: &str, conversation: &str, number: u64) -> Result<Key, Error> {
    let conversation = Digest::of(conversation.as_bytes()).to_string();
    let due = format!("{:020}", due.max(0));
    Key::of(&["timers", &due, bot.as_str(), environment, &conversation, &number.to_string()])
}

/// When a timer is due, in microseconds since 1970; none where it is no timer's key.
#[must_use]
pub fn timer_due(key: &Key) -> Option<i64> {
    key.segments().nth(1)?.parse().ok()
}

/// Below it, one record an entry of the audit log, in the order of their numbers.
///
/// # Errors
/// As [`Key::of`].
pub fn audit(bot: &BotId) -> Result<Key, Error> {
    Key::of(&["bots", bot.as_str(), "audit"])
}

/// One entry of the audit log by its number.
///
/// # Errors
/// As [`Key::of`].
pub fn audit_entry(bot: &BotId, number: u64) -> Result<Key, Error> {
    audit(bot)?.child(&format!("{number:020}"))
}

/// The number of an audit entry by the last segment of its key; none where it is no entry's.
#[must_use]
pub fn audit_number(name: &str) -> Option<u64> {
    name.parse().ok().filter(|number| format!("{number:020}") == name)
}

/// The number and the digest of the last entry of the audit log.
///
/// # Errors
/// As [`Key::of`].
pub fn audit_head(bot: &BotId) -> Result<Key, Error> {
    Key::of(&["bots", bot.as_str(), "audit-head"])
}
