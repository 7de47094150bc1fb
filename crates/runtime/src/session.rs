//! A stored session, and what a publish means for it.

use std::collections::BTreeMap;

use greenroom_bot::{Bot, is_idle};
use greenroom_flow::{Reply, Session};
use greenroom_model::document::{OpenSessions, SessionSettings};
use greenroom_model::{Digest, Environment, Language, VariableId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::TurnId;
use crate::answered::AnsweredMessages;

/// A conversation's state as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct StoredSession {
    /// The state of the walk.
    pub(crate) session: Session,
    /// The version that it runs on; none on the draft.
    pub(crate) version: Option<Digest>,
    /// When it began on that version.
    pub(crate) pinned: Timestamp,
    /// When its last turn was.
    pub(crate) seen: Timestamp,
    /// How many turns its transcript has had: it names them, whatever the clock says.
    #[serde(default)]
    pub(crate) turns: u64,
    /// The messages that were answered last.
    #[serde(default, skip_serializing_if = "AnsweredMessages::is_empty")]
    pub(crate) answered: AnsweredMessages,
    /// The effect that is being performed, or was when a process ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) begun: Option<BegunEffect>,
    /// Replies of earlier turns that nobody has got.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) unsaid: Vec<UnsaidReplies>,
    /// Whose conversation it is, where the channel knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) person: Option<String>,
}

/// An effect that is being performed: recorded by the commit of the turn that
/// asks for it, so that nobody ever begins it again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct BegunEffect {
    /// What is called.
    pub(crate) target: String,
    /// The turn that it belongs to.
    pub(crate) turn: TurnId,
    /// The process that performs it.
    pub(crate) runner: u64,
    /// By when it has ended, one way or the other, as long as that process lives.
    pub(crate) until: Timestamp,
}

/// Replies that came when nobody waited for them any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct UnsaidReplies {
    /// The turn that they belong to.
    pub(crate) turn: TurnId,
    pub(crate) replies: Vec<Reply>,
}

impl greenroom_model::Record for StoredSession {
    const WHAT: &'static str = "a session";
    const FORMAT: u32 = 1;
}

/// How a conversation goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Continuation {
    /// On the version that it is on.
    Stay,
    /// In the environment's version, with its state.
    Migrate,
    /// In the environment's version, from the beginning.
    Begin,
}

impl StoredSession {
    /// Decides by the settings of the version that the environment runs.
    pub(crate) fn continuation(
        &self,
        environment: &Environment,
        settings: &SessionSettings,
        now: Timestamp,
    ) -> Continuation {
        if self.is_idle(settings, now) {
            return Continuation::Begin;
        }
        let Some(version) = self.version.filter(|version| *version != environment.stable) else {
            return Continuation::Stay;
        };
        if environment.withdrawn.contains(&version) {
            return Continuation::Migrate;
        }
        match settings.on_publish {
            OpenSessions::Migrate => Continuation::Migrate,
            OpenSessions::Reset => Continuation::Begin,
            OpenSessions::Pin => {
                let held = SignedDuration::from_hours(i64::from(settings.pin_hours));
                if now.duration_since(self.pinned) > held { Continuation::Migrate } else { Continuation::Stay }
            }
        }
    }

    /// Whether the conversation ended for want of messages.
    pub(crate) fn is_idle(&self, settings: &SessionSettings, now: Timestamp) -> bool {
        is_idle(&self.session, self.seen, settings, now)
    }

    /// A conversation that begins on a version, of a person of whom these values were kept.
    pub(crate) fn begin(
        bot: &Bot,
        language: Option<Language>,
        kept: &BTreeMap<VariableId, Value>,
        version: Option<Digest>,
        now: Timestamp,
    ) -> Self {
        Self {
            session: bot.session_of_user(language, kept),
            version,
            pinned: now,
            seen: now,
            turns: 0,
            answered: AnsweredMessages::default(),
            begun: None,
            unsaid: Vec::new(),
            person: None,
        }
    }

    /// The same after another conversation of this name has ended. What was
    /// answered stays answered; what was begun is over.
    pub(crate) fn after(self, ended: Option<Self>) -> Self {
        match ended {
            Some(Self { turns, answered, person, .. }) => Self { turns, answered, person, ..self },
            None => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use greenroom_model::document::Settings;

    use super::*;

    fn stored(version: &[u8], minute: i64) -> StoredSession {
        let bot = Bot::new(
            [(
                greenroom_model::PartPath::Settings,
                greenroom_model::Document::Settings(Settings::new("a", "en".parse().unwrap())),
            )],
            Default::default(),
        )
        .unwrap();
        let at = Timestamp::from_second(minute * 60).unwrap();
        StoredSession::begin(&bot, None, &BTreeMap::new(), Some(Digest::of(version)), at)
    }

    fn environment(stable: &[u8], withdrawn: &[&[u8]]) -> Environment {
        Environment {
            stable: Digest::of(stable),
            number: 1,
            by: "ann".into(),
            time: Timestamp::UNIX_EPOCH,
            base: Digest::of(b"base"),
            withdrawn: withdrawn.iter().map(|version| Digest::of(version)).collect(),
            taken_back: Vec::new(),
            previous: None,
        }
    }

    fn check(
        session: &StoredSession,
        environment: &Environment,
        on_publish: OpenSessions,
        minute: i64,
    ) -> Continuation {
        let settings = SessionSettings { on_publish, ..SessionSettings::default() };
        session.continuation(environment, &settings, Timestamp::from_second(minute * 60).unwrap())
    }

    #[test]
    fn a_publish_leaves_migrates_or_resets_by_the_settings() {
        let session = stored(b"one", 0);
        let moved = environment(b"two", &[]);
        assert_eq!(check(&session, &moved, OpenSessions::Pin, 1), Continuation::Stay);
        assert_eq!(check(&session, &moved, OpenSessions::Migrate, 1), Continuation::Migrate);
        assert_eq!(check(&session, &moved, OpenSessions::Reset, 1), Continuation::Begin);
        assert_eq!(check(&session, &environment(b"one", &[]), OpenSessions::Reset, 1), Continuation::Stay);
    }

    #[test]
    fn a_rollback_migrates_even_pinned_conversations() {
        let session = stored(b"two", 0);
        assert_eq!(check(&session, &environment(b"one", &[b"two"]), OpenSessions::Pin, 1), Continuation::Migrate);
    }

    #[test]
    fn idle_conversations_begin_anew_after_30_minutes_and_pins_hold_24_hours() {
        let mut session = stored(b"one", 0);
        let same = environment(b"one", &[]);
        assert_eq!(check(&session, &same, OpenSessions::Pin, 30), Continuation::Stay);
        assert_eq!(check(&session, &same, OpenSessions::Pin, 31), Continuation::Begin);
        let day = 24 * 60;
        session.seen = Timestamp::from_second(day * 60).unwrap();
        assert_eq!(check(&session, &environment(b"two", &[]), OpenSessions::Pin, day), Continuation::Stay);
        assert_eq!(check(&session, &environment(b"two", &[]), OpenSessions::Pin, day + 1), Continuation::Migrate);
    }

    #[test]
    fn a_conversation_with_a_person_does_not_run_out() {
        let mut session = stored(b"one", 0);
        session.session.handed_over = true;
        assert_eq!(check(&session, &environment(b"one", &[]), OpenSessions::Pin, 600), Continuation::Stay);
    }

    #[test]
    fn a_conversation_in_which_a_flow_waits_for_a_time_does_not_run_out() {
        let mut session = stored(b"one", 0);
        let at = greenroom_flow::Position { flow: "a".parse().unwrap(), node: "b".parse().unwrap() };
        session.session.timers.insert(1, at);
        assert_eq!(check(&session, &environment(b"one", &[]), OpenSessions::Pin, 600), Continuation::Stay);
    }
}
