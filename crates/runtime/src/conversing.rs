//! One message, one turn: what a crash left is mended, what was answered is
//! told again, else: walk, store, then act.
//!
//! Whatever a turn needs to be done once is in the commit that stores its
//! session: the id of the message, the transcript, and the effect that is begun.
//! So after a crash each of them was, or was not, together.

use std::time::Duration;

use greenroom_bot::{StoredInput, StoredTurn, StoredUnderstanding, Turn, TurnId, UserInput};
use greenroom_flow::{Awaiting, Effect, HandlerReply, Reply, TraceStep};
use greenroom_model::Record as _;
use greenroom_store::{Commit, layout};
use tokio::time::{Instant, sleep};

use crate::answered::AnsweredMessage;
use crate::course::{Answered, Course, GRACE, Purpose, is_call, target_of};
use crate::handlers::HandlerCall;
use crate::session::BegunEffect;
use crate::stage::{Scene, Stage};
use crate::{Answer, Error, Message, Runtime};

/// How often a turn is repeated when another process answered the conversation first.
const MAX_REPEATS: usize = 100;

/// How many handler calls one message may lead to.
const MAX_CALLS: usize = 50;

/// How often is looked whether an effect of another process has ended.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// What a flow is told of an effect that was under way when its process ended.
const CUT_OFF: &str = "the server ended while this was being done; it may have been done, so it is not begun again";

impl Runtime {
    /// Takes a message to its answer. The caller holds the conversation's turn in
    /// this process. What `happens` by itself is answered to nobody.
    pub(crate) async fn take_turn(&self, scene: &Scene, message: &Message, happens: bool) -> Result<Answer, Error> {
        let purpose = match &message.id {
            Some(id) if happens => Purpose::Happens(id.clone()),
            id => Purpose::Answers(id.clone()),
        };
        let mut patience: Option<Instant> = None;
        for _ in 0..MAX_REPEATS {
            let stage = self.stage(scene, message).await?;
            if let Some(begun) = stage.stored.begun.clone() {
                if let Some(wait) = self.others_need(&begun, &mut patience) {
                    self.wait_for_others(scene, &stage, wait).await?;
                } else {
                    self.mend(scene, stage, begun).await?;
                }
                continue;
            }
            if let Some(answered) = message.id.as_deref().and_then(|id| stage.stored.answered.find(id)).cloned() {
                if happens {
                    // It has happened, and what was said then waits for somebody to hear it.
                    return Ok(Answer::of(&stage, answered.turn));
                }
                return self.tell_again(scene, stage, answered).await;
            }
            if is_over(&message.input, &stage) {
                let last = TurnId::new(stage.stored.seen, &scene.conversation, stage.stored.turns);
                return Ok(Answer::of(&stage, last));
            }
            if let Some(answer) = self.answer(scene, stage, message, purpose.clone()).await? {
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
        let failure = failed(&stage, CUT_OFF);
        let answered = Answered { target: begun.target, call: stage.bot.call_of(&stage.stored.session, &failure) };
        let turn = stage.bot.turn_at(&stage.stored.session, &failure, Some(stage.now));
        let mut course = Course::new(stage, kept, Purpose::Mends, input);
        if course.store_step(self, scene, &turn, Some(&answered)).await? {
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
        if let Some(record) = &stage.record
            && stage.stored.unsaid.iter().any(|unsaid| unsaid.turn == answered.turn)
        {
            // It is said now. Where this is not noted, it is said once more: better than never.
            let mut stored = stage.stored.clone();
            stored.unsaid.retain(|unsaid| unsaid.turn != answered.turn);
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
    async fn answer(
        &self,
        scene: &Scene,
        stage: Stage,
        message: &Message,
        purpose: Purpose,
    ) -> Result<Option<Answer>, Error> {
        let turn = stage.bot.turn_at(&stage.stored.session, &message.input, Some(stage.now));
        let understanding = turn.understanding.as_ref().map(Into::into);
        let channel = message.channel.clone();
        let kept = self.kept_turn(scene, &stage, (&message.input).into(), channel, Vec::new(), understanding);
        let mut course = Course::new(stage, kept, purpose, message.input.clone());
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
        understanding: Option<StoredUnderstanding>,
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
            calls: Vec::new(),
            replies,
            version: stage.version,
            position: None,
            person: stage.stored.person.clone(),
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
            let answered = Answered { target, call: stage.bot.call_of(&stage.stored.session, &result) };
            turn = stage.bot.turn_at(&stage.stored.session, &result, Some(stage.now));
            if calls > MAX_CALLS {
                // What asks on and on is given up: the customer's next words go elsewhere.
                turn.effects.retain(|effect| !is_call(effect));
                turn.trace.push(TraceStep::Ignored { reason: format!("more than {MAX_CALLS} calls are not made") });
            }
            if !course.store_step(self, scene, &turn, Some(&answered)).await? {
                break;
            }
        }
        Ok(course.answer)
    }

    async fn perform(&self, scene: &Scene, course: &Course, effect: Effect, number: usize, ends: Instant) -> UserInput {
        match effect {
            Effect::Call { name, answer, .. } => {
                let call = HandlerCall {
                    handler: name,
                    bot: scene.bot.clone(),
                    conversation: scene.conversation.clone(),
                    id: format!("{}-{number}", course.kept.id),
                    input: course.input.clone(),
                    understanding: course.answer.understanding.clone(),
                    channel: course.kept.channel.clone(),
                    answer,
                    session: course.stage.stored.session.clone(),
                    before: course.before.clone(),
                    loaded: course.stage.bot.clone(),
                    now: (self.clock)().to_zoned(self.time_zone.clone()),
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

/// What a flow is told when what it awaits has failed.
fn failed(stage: &Stage, reason: impl Into<String>) -> UserInput {
    match stage.stored.session.awaiting {
        Some(Awaiting::Http {}) => UserInput::HttpResult(Err(reason.into())),
        Some(Awaiting::Handler(_) | Awaiting::Answer(_)) | None => UserInput::HandlerResult(Err(reason.into())),
    }
}

/// Whether a time has come to its end that nobody waits for.
fn is_over(input: &UserInput, stage: &Stage) -> bool {
    matches!(input, UserInput::Timeout(number) if !stage.stored.session.timers.contains_key(number))
}

fn next_call(effects: Vec<Effect>) -> Option<Effect> {
    effects.into_iter().find(is_call)
}
