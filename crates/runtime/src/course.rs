//! A turn on its way: each of its steps is stored before what it asks for is done.

use std::collections::BTreeMap;
use std::time::Duration;

use greenroom_bot::{StoredCall, StoredTurn, Turn, TurnId, UserInput};
use greenroom_flow::{Effect, Reply, Secrets, TraceStep};
use greenroom_model::{Record as _, VariableId};
use greenroom_store::{Commit, Record};
use jiff::Timestamp;
use serde_json::Value;

use crate::effects::host_of;
use crate::persons::keep_person;
use crate::session::{BegunEffect, StoredSession, UnsaidReplies};
use crate::stage::{Scene, Stage};
use crate::timers::keep_timers;
use crate::transcript::keep;
use crate::{Answer, Error, Runtime};

/// How much longer than its timeout an effect of another process is waited for.
pub(crate) const GRACE: Duration = Duration::from_secs(2);

/// How many replies wait for somebody to hear them; the oldest make room.
const MAX_UNSAID: usize = 100;

/// What a course is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// It answers somebody: under this id, where the message has one.
    Answers(Option<String>),
    /// It mends what a crash left of a turn.
    Mends,
    /// It happens by itself, under this id; nobody waits for what is said.
    Happens(String),
}

/// What a step goes on from: something that was called has answered.
pub(crate) struct Answered {
    /// What was called, as logs name it.
    pub(crate) target: String,
    /// The same as the transcript keeps it.
    pub(crate) call: Option<StoredCall>,
}

/// A turn on its way through commits and effects.
pub(crate) struct Course {
    pub(crate) stage: Stage,
    /// The turn as the transcript keeps it, with the replies of all its steps.
    pub(crate) kept: StoredTurn,
    /// What the channel gets: the same, and what an earlier turn could not say.
    pub(crate) answer: Answer,
    pub(crate) purpose: Purpose,
    /// What the customer did, for handlers.
    pub(crate) input: UserInput,
    /// The variables before the turn, for handlers.
    pub(crate) before: BTreeMap<VariableId, Value>,
    /// What its steps have met that must not be written down.
    secrets: Secrets,
}

impl Course {
    pub(crate) fn new(stage: Stage, kept: StoredTurn, purpose: Purpose, input: UserInput) -> Self {
        let mut answer = Answer::of(&stage, kept.id.clone());
        if let Purpose::Answers(_) = purpose {
            answer.replies = stage.stored.unsaid.iter().flat_map(|unsaid| unsaid.replies.iter().cloned()).collect();
        }
        let before = stage.stored.session.variables.clone();
        Self { stage, kept, answer, purpose, input, before, secrets: Secrets::default() }
    }

    /// Whether nobody waits for what is said.
    fn to_nobody(&self) -> bool {
        !matches!(self.purpose, Purpose::Answers(_))
    }

    /// Stores what a step came to: session, transcript, the message's id, timers,
    /// and the effect that is begun with it, in one commit. `false` where another
    /// process was faster; then the step was not taken.
    pub(crate) async fn store_step(
        &mut self,
        runtime: &Runtime,
        scene: &Scene,
        turn: &Turn,
        after: Option<&Answered>,
    ) -> Result<bool, Error> {
        let now = (runtime.clock)();
        self.secrets.extend(&turn.secrets);
        let mut kept = self.kept.clone();
        kept.calls.extend(after.iter().filter_map(|answered| answered.call.clone()));
        kept.replies.extend(turn.replies.iter().cloned());
        kept.redact(&self.secrets);
        kept.position.clone_from(&turn.session.position);
        let mut said = self.answer.replies.clone();
        said.extend(turn.replies.iter().cloned());
        let stored = self.session_after(runtime, turn, &kept, &said, after.is_none(), now);
        let value = stored.to_plain_bytes();
        let commit = match &self.stage.record {
            Some(record) => Commit::new().swap(record, value.clone()),
            None => Commit::new().create(scene.key.clone(), value.clone()),
        };
        let commit = keep(&kept, commit, &scene.bot, &scene.place)?;
        let commit = keep_timers(commit, scene, &turn.effects, now)?;
        let commit = keep_person(commit, scene, &self.stage, &stored)?;
        let revision = match runtime.store.commit(commit).await {
            Ok(committed) => committed.revisions.first().copied().flatten(),
            Err(greenroom_store::Error::Conflict { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        let Some(revision) = revision else {
            if let Some(Answered { target, .. }) = after {
                tracing::warn!(bot = %scene.bot, target, "an answer came too late: the conversation has gone on without it");
                let reason = format!("the answer of `{target}` came too late: the conversation has gone on without it");
                self.answer.trace.push(TraceStep::Ignored { reason });
            }
            return Ok(false);
        };
        self.stage.record = Some(Record { key: scene.key.clone(), revision, value });
        self.stage.stored = stored;
        self.kept = kept;
        self.answer.replies = said;
        self.answer.trace.extend(turn.trace.iter().cloned());
        self.answer.stands_at(&self.stage);
        runtime.tell(scene, &self.kept.id, turn, self.to_nobody());
        Ok(true)
    }

    /// The session as a step leaves it.
    fn session_after(
        &self,
        runtime: &Runtime,
        turn: &Turn,
        kept: &StoredTurn,
        said: &[Reply],
        is_first: bool,
        now: Timestamp,
    ) -> StoredSession {
        let mut stored = StoredSession { session: turn.session.clone(), ..self.stage.stored.clone() };
        stored.begun = turn.effects.iter().find(|effect| is_call(effect)).map(|effect| BegunEffect {
            target: target_of(effect).to_owned(),
            turn: kept.id.clone(),
            runner: runtime.runner,
            until: later(now, longest(effect, runtime) + GRACE),
        });
        if is_first && self.purpose != Purpose::Mends {
            stored.turns += 1;
        }
        if self.to_nobody() {
            stored.answered.add(&kept.id, &turn.replies);
            if !turn.replies.is_empty() {
                stored.unsaid.push(UnsaidReplies { turn: kept.id.clone(), replies: turn.replies.clone() });
            }
            while stored.unsaid.iter().map(|unsaid| unsaid.replies.len()).sum::<usize>() > MAX_UNSAID
                && stored.unsaid.len() > 1
            {
                stored.unsaid.remove(0);
            }
        } else {
            stored.unsaid.clear();
        }
        if self.purpose != Purpose::Mends {
            // Whoever was just spoken to may answer for a while.
            stored.seen = now;
        }
        if let Purpose::Answers(Some(id)) | Purpose::Happens(id) = &self.purpose {
            stored.answered.note(id, kept.id.clone(), (said != kept.replies).then(|| said.to_vec()));
        }
        stored
    }
}

impl Answer {
    /// An answer that says nothing yet.
    pub(crate) fn of(stage: &Stage, turn: TurnId) -> Self {
        let session = &stage.stored.session;
        Self {
            turn,
            replies: Vec::new(),
            understanding: None,
            trace: Vec::new(),
            version: stage.version,
            handed_over: session.handed_over,
            position: session.position.clone(),
            variables: session.variables.clone(),
            contexts: session.contexts.clone(),
            language: session.language.clone(),
            repeated: false,
        }
    }

    /// Takes over how the conversation stands.
    fn stands_at(&mut self, stage: &Stage) {
        let session = &stage.stored.session;
        self.handed_over = session.handed_over;
        self.position.clone_from(&session.position);
        self.variables.clone_from(&session.variables);
        self.contexts.clone_from(&session.contexts);
        self.language.clone_from(&session.language);
    }
}

/// Whether something is called whose answer the flow waits for.
pub(crate) fn is_call(effect: &Effect) -> bool {
    match effect {
        Effect::Call { .. } | Effect::Http(_) => true,
        Effect::Event { .. } | Effect::Timer { .. } | Effect::Handover(_) => false,
    }
}

/// What is called. Of an address the host alone: the rest may hold what must not be written down.
pub(crate) fn target_of(effect: &Effect) -> &str {
    match effect {
        Effect::Call { name, .. } => name,
        Effect::Http(request) => host_of(&request.url),
        Effect::Event { .. } => "event",
        Effect::Timer { .. } => "timer",
        Effect::Handover(_) => "handover",
    }
}

/// How long an effect may take.
fn longest(effect: &Effect, runtime: &Runtime) -> Duration {
    let limits = &runtime.effects.limits;
    match effect {
        Effect::Http(request) => limits.message_timeout.min(Duration::from_millis(request.timeout_ms.into())),
        _ => limits.timeout,
    }
}

fn later(time: Timestamp, by: Duration) -> Timestamp {
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}
