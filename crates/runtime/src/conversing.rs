//! One message, one turn: what a crash left is mended, what was answered is
//! told again, else: walk, store, then act.
//!
//! Whatever a turn needs to be done once is in the commit that stores its
//! session: the id of the message, the transcript, and the effect that is begun.
//! So after a crash each of them was, or was not, together.

use std::time::Duration;

use greenroom_bot::{Turn, UserInput};
use greenroom_flow::{Awaiting, Effect, HandlerReply, Reply, TraceStep};
use greenroom_model::Record as _;
use greenroom_store::{Commit, Record, layout};
use jiff::Timestamp;
use tokio::time::{Instant, sleep};

use crate::answered::AnsweredMessage;
use crate::handlers::HandlerCall;
use crate::session::{BegunEffect, StoredSession, UnsaidReplies};
use crate::stage::{Scene, Stage};
use crate::transcript::{StoredInput, StoredTurn, TurnId};
use crate::{Answer, Error, Message, Runtime};

/// How often a turn is repeated when another process answered the conversation first.
const MAX_REPEATS: usize = 100;

/// How many handler calls one message may lead to.
const MAX_CALLS: usize = 50;

/// How much longer than its timeout an effect of another process is waited for.
const GRACE: Duration = Duration::from_secs(2);

/// How often is looked whether an effect of another process has ended.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// What a flow is told of an effect that was under way when its process ended.
const CUT_OFF: &str = "the server ended while this was being done; it may have been done, so it is not begun again";

/// A turn on its way through commits and effects.
struct Course {
    stage: Stage,
    /// The turn as the transcript keeps it, with the replies of all its steps.
    kept: StoredTurn,
    /// What the channel gets: the same, and what an earlier turn could not say.
    answer: Answer,
    /// The id of the message; none where the course mends what a crash left.
    message: Option<String>,
    /// Whether nobody waits for what is said.
    mends: bool,
    /// What the customer did, for handlers.
    input: UserInput,
}

impl Runtime {
    /// Takes a message to its answer. The caller holds the conversation's turn in this process.
    pub(crate) async fn take_turn(&self, scene: &Scene, message: &Message) -> Result<Answer, Error> {
        let mut patience: Option<Instant> = None;
        for _ in 0..MAX_REPEATS {
            let stage = self.stage(scene, message.language.as_ref()).await?;
            if let Some(begun) = stage.stored.begun.clone() {
                if let Some(wait) = self.others_need(&begun, &mut patience) {
                    self.wait_for_others(scene, &stage, wait).await?;
                } else {
                    self.mend(scene, stage, begun).await?;
                }
                continue;
            }
            if let Some(answered) = message.id.as_deref().and_then(|id| stage.stored.answered.find(id)).cloned() {
                return self.tell_again(scene, stage, answered).await;
            }
            if let Some(answer) = self.answer(scene, stage, message).await? {
                return Ok(answer);
            }
        }
        Err(Error::Contended(scene.conversation.clone()))
    }

    /// Until when another process may still perform this; `None` where nobody does.
    fn others_need(&self, begun: &BegunEffect, patience: &mut Option<Instant>) -> Option<Instant> {
        if begun.runner == self.runner {
            // Whoever performs holds the conversation's turn, and that is ours.
            return None;
        }
        let left = begun.until.duration_since((self.clock)());
        // The clocks of two machines may differ by much; nobody waits longer than an effect may take.
        let most = self.effects.limits.message_timeout + GRACE;
        let left = Duration::try_from(left).unwrap_or_default().min(most);
        let until = *patience.get_or_insert_with(|| Instant::now() + left);
        (Instant::now() < until).then_some(until)
    }

    /// Waits until another process has stored what its effect led to, or its time is over.
    async fn wait_for_others(&self, scene: &Scene, stage: &Stage, until: Instant) -> Result<(), Error> {
        while Instant::now() < until {
            sleep(LOOK_EVERY).await;
            let record = self.store.record(&scene.key).await?;
            if record.map(|record| record.revision) != stage.record.as_ref().map(|record| record.revision) {
                break;
            }
        }
        Ok(())
    }

    /// Takes the way that a flow has for an effect that failed, where a process
    /// ended amid it. What is said then stands in the transcript of its turn, and
    /// is said with the next answer.
    async fn mend(&self, scene: &Scene, stage: Stage, begun: BegunEffect) -> Result<(), Error> {
        tracing::warn!(
            bot = %scene.bot, target = begun.target,
            "a call was cut off by the end of a process; its flow goes on as if it had failed"
        );
        let key = layout::turns(&scene.bot, scene.place.key())?.child(begun.turn.as_str())?;
        let kept = match self.store.record(&key).await? {
            Some(record) => StoredTurn::from_bytes(&record.value)?,
            // Erased meanwhile; what follows has a turn of its own.
            None => self.kept_turn(scene, &stage, StoredInput::Other, None, Vec::new(), None),
        };
        let input = UserInput::from(&kept.input);
        let turn = stage.bot.turn_at(&stage.stored.session, &failed(&stage, CUT_OFF), Some(stage.now));
        let mut course = Course::new(stage, kept, None, true, input);
        if course.store_step(self, scene, &turn, None).await? {
            self.carry_through(scene, course, turn).await?;
        }
        Ok(())
    }

    /// The answer that a message got before.
    async fn tell_again(&self, scene: &Scene, stage: Stage, answered: AnsweredMessage) -> Result<Answer, Error> {
        let key = layout::turns(&scene.bot, scene.place.key())?.child(answered.turn.as_str())?;
        let kept = self.store.record(&key).await?.map(|record| StoredTurn::from_bytes(&record.value)).transpose()?;
        let replies = match (answered.replies, &kept) {
            (Some(replies), _) => replies,
            (None, Some(kept)) => kept.replies.clone(),
            // Retention has thrown away what was said; it is not said anew.
            (None, None) => Vec::new(),
        };
        if stage.stored.unsaid.as_ref().is_some_and(|unsaid| unsaid.turn == answered.turn)
            && let Some(record) = &stage.record
        {
            // It is said now. Where this is not noted, it is said once more: better than never.
            let stored = StoredSession { unsaid: None, ..stage.stored.clone() };
            let noted = self.store.commit(Commit::new().swap(record, stored.to_plain_bytes())).await;
            if let Err(error) = noted
                && !matches!(error, greenroom_store::Error::Conflict { .. })
            {
                return Err(error.into());
            }
        }
        let mut answer = Answer::of(&stage, answered.turn);
        answer.replies = replies;
        answer.version = kept.as_ref().map_or(stage.version, |kept| kept.version);
        answer.repeated = true;
        Ok(answer)
    }

    /// A turn of its own; `None` where another process was faster.
    async fn answer(&self, scene: &Scene, stage: Stage, message: &Message) -> Result<Option<Answer>, Error> {
        let turn = stage.bot.turn_at(&stage.stored.session, &message.input, Some(stage.now));
        let understanding = turn.understanding.as_ref().map(Into::into);
        let channel = message.channel.clone();
        let kept = self.kept_turn(scene, &stage, (&message.input).into(), channel, Vec::new(), understanding);
        let mut course = Course::new(stage, kept, message.id.clone(), false, message.input.clone());
        course.answer.understanding.clone_from(&turn.understanding);
        if !course.store_step(self, scene, &turn, None).await? {
            return Ok(None);
        }
        self.carry_through(scene, course, turn).await.map(Some)
    }

    /// The turn as the transcript keeps it.
    fn kept_turn(
        &self,
        scene: &Scene,
        stage: &Stage,
        input: StoredInput,
        channel: Option<String>,
        replies: Vec<Reply>,
        understanding: Option<crate::StoredUnderstanding>,
    ) -> StoredTurn {
        let time = (self.clock)();
        StoredTurn {
            id: TurnId::new(time, &scene.conversation, stage.stored.turns + 1),
            conversation: scene.conversation.clone(),
            time,
            channel,
            input,
            open: understanding.is_some(),
            understanding,
            replies,
            version: stage.version,
            position: None,
        }
    }

    /// Performs the effects of a turn that is stored, and the steps that their results lead to.
    async fn carry_through(&self, scene: &Scene, mut course: Course, turn: Turn) -> Result<Answer, Error> {
        let ends = Instant::now() + self.effects.limits.message_timeout;
        let mut turn = turn;
        let mut calls = 0;
        while let Some(effect) = next_call(turn.effects) {
            calls += 1;
            let target = target_of(&effect).to_owned();
            let result = if calls <= MAX_CALLS {
                self.perform(scene, &course, effect, calls, ends).await
            } else {
                let reason = format!("one message led to more than {MAX_CALLS} calls; end the loop in the flow");
                failed(&course.stage, reason)
            };
            let stage = &course.stage;
            turn = stage.bot.turn_at(&stage.stored.session, &result, Some(stage.now));
            if !course.store_step(self, scene, &turn, Some(&target)).await? {
                break;
            }
        }
        Ok(course.answer)
    }

    async fn perform(
        &self,
        scene: &Scene,
        course: &Course,
        effect: Effect,
        number: usize,
        ends: Instant,
    ) -> UserInput {
        match effect {
            Effect::Call { name, variables, answer, .. } => {
                let call = HandlerCall {
                    handler: name,
                    bot: scene.bot.clone(),
                    conversation: scene.conversation.clone(),
                    id: format!("{}-{number}", course.kept.id),
                    variables,
                    language: course.stage.stored.session.language.clone(),
                    input: course.input.clone(),
                    understanding: course.answer.understanding.clone(),
                    channel: course.kept.channel.clone(),
                    answer,
                };
                UserInput::HandlerResult(self.effects.call(call, ends).await)
            }
            Effect::Http(request) => UserInput::HttpResult(self.effects.request(&request, ends).await),
            // INVARIANT: `next_call` gives nothing else.
            Effect::Event { .. } | Effect::Timer { .. } | Effect::Handover(_) => {
                UserInput::HandlerResult(Ok(HandlerReply::default()))
            }
        }
    }
}

impl Course {
    fn new(stage: Stage, kept: StoredTurn, message: Option<String>, mends: bool, input: UserInput) -> Self {
        let mut answer = Answer::of(&stage, kept.id.clone());
        if let Some(unsaid) = &stage.stored.unsaid
            && !mends
        {
            answer.replies.clone_from(&unsaid.replies);
        }
        Self { stage, kept, answer, message, mends, input }
    }

    /// Stores what a step came to: session, transcript, the message's id, and the
    /// effect that is begun with it, in one commit. `false` where another process
    /// was faster; then the step was not taken.
    async fn store_step(
        &mut self,
        runtime: &Runtime,
        scene: &Scene,
        turn: &Turn,
        after: Option<&str>,
    ) -> Result<bool, Error> {
        let now = (runtime.clock)();
        let first = after.is_none();
        let mut kept = self.kept.clone();
        kept.replies.extend(turn.replies.iter().cloned());
        kept.position.clone_from(&turn.session.position);
        let mut stored = StoredSession { session: turn.session.clone(), seen: now, ..self.stage.stored.clone() };
        stored.begun = turn.effects.iter().find(|effect| is_call(effect)).map(|effect| BegunEffect {
            target: target_of(effect).to_owned(),
            turn: kept.id.clone(),
            runner: runtime.runner,
            until: later(now, runtime.effects.limits.timeout + GRACE),
        });
        let mut said = self.answer.replies.clone();
        said.extend(turn.replies.iter().cloned());
        if self.mends {
            stored.answered.add(&kept.id, &turn.replies);
            if !turn.replies.is_empty() {
                let unsaid =
                    stored.unsaid.get_or_insert_with(|| UnsaidReplies { turn: kept.id.clone(), replies: Vec::new() });
                unsaid.replies.extend(turn.replies.iter().cloned());
            }
        } else {
            if first {
                stored.turns += 1;
                stored.unsaid = None;
            }
            if let Some(id) = &self.message {
                stored.answered.note(id, kept.id.clone(), (said != kept.replies).then(|| said.clone()));
            }
        }
        let value = stored.to_plain_bytes();
        let commit = match &self.stage.record {
            Some(record) => Commit::new().swap(record, value.clone()),
            None => Commit::new().create(scene.key.clone(), value.clone()),
        };
        let commit = kept.keep(commit, &scene.bot, &scene.place)?;
        let revision = match runtime.store.commit(commit).await {
            Ok(committed) => committed.revisions.first().copied().flatten(),
            Err(greenroom_store::Error::Conflict { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        let Some(revision) = revision else {
            if let Some(target) = after {
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
        Ok(true)
    }
}

impl Answer {
    /// An answer that says nothing yet.
    fn of(stage: &Stage, turn: TurnId) -> Self {
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

/// What a flow is told when what it awaits has failed.
fn failed(stage: &Stage, reason: impl Into<String>) -> UserInput {
    match stage.stored.session.awaiting {
        Some(Awaiting::Http {}) => UserInput::HttpResult(Err(reason.into())),
        Some(Awaiting::Handler(_) | Awaiting::Answer(_)) | None => UserInput::HandlerResult(Err(reason.into())),
    }
}

/// Whether something is called whose answer the flow waits for.
fn is_call(effect: &Effect) -> bool {
    match effect {
        Effect::Call { .. } | Effect::Http(_) => true,
        Effect::Event { .. } | Effect::Timer { .. } | Effect::Handover(_) => false,
    }
}

fn next_call(effects: Vec<Effect>) -> Option<Effect> {
    effects.into_iter().find(is_call)
}

fn target_of(effect: &Effect) -> &str {
    match effect {
        Effect::Call { name, .. } => name,
        Effect::Http(request) => &request.url,
        Effect::Event { .. } => "event",
        Effect::Timer { .. } => "timer",
        Effect::Handover(_) => "handover",
    }
}

fn later(time: Timestamp, by: Duration) -> Timestamp {
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}
