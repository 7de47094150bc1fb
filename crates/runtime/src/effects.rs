//! Performs what a turn asks for: with a time, attempts, a limit on the answer,
//! and a breaker before what fails again and again.

mod breakers;
mod limits;
mod requests;

use std::sync::Arc;
use std::time::Duration;

use greenroom_flow::HandlerReply;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout, timeout_at};

pub(crate) use breakers::Breakers;
pub use limits::EffectLimits;
pub(crate) use requests::host_of;

use crate::HttpClient;
use crate::handlers::{Handler, HandlerCall, HandlerError, Handlers};

/// A number from 0 to 1 by chance; tests bring their own.
pub type Chance = Arc<dyn Fn() -> f64 + Send + Sync>;

/// Chance as the system has it; where it has none, the middle will do.
pub(crate) fn system_chance() -> Chance {
    Arc::new(|| getrandom::u32().map_or(0.5, |number| f64::from(number) / f64::from(u32::MAX)))
}

/// All that performing an effect takes.
#[derive(Clone)]
pub(crate) struct Effects {
    pub(crate) handlers: Handlers,
    pub(crate) http: Option<Arc<dyn HttpClient>>,
    pub(crate) limits: EffectLimits,
    pub(crate) chance: Chance,
    pub(crate) breakers: Arc<Breakers>,
}

impl Effects {
    pub(crate) fn new() -> Self {
        Self {
            handlers: Handlers::new(),
            http: None,
            limits: EffectLimits::default(),
            chance: system_chance(),
            breakers: Arc::default(),
        }
    }

    /// Calls a handler, at most until `ends`.
    pub(crate) async fn call(&self, call: HandlerCall, ends: Instant) -> Result<HandlerReply, String> {
        let name = call.handler.clone();
        let Some(handler) = self.handlers.find(&name) else {
            return Err(format!("no handler `{name}` is registered; register one under this name"));
        };
        let limits = &self.limits;
        let begun = Instant::now();
        let deadline = ends.min(begun + limits.timeout);
        if deadline <= begun {
            return Err(format!("no time is left for the handler `{name}`: others of this turn took it"));
        }
        let call = Arc::new(call);
        let mut attempts = 0;
        loop {
            self.breakers.admit(&name, limits).map_err(|pause| {
                let seconds = pause.as_secs_f64().ceil();
                format!("the handler `{name}` failed too often of late; it is not called for another {seconds} s")
            })?;
            attempts += 1;
            let reason = match attempt(handler, &call, deadline, limits).await {
                Ok(reply) => {
                    self.breakers.succeeded(&name);
                    return within_limit(&name, reply, limits);
                }
                Err(HandlerError::Refused(reason)) => {
                    self.breakers.succeeded(&name);
                    return Err(reason);
                }
                Err(HandlerError::Broken(reason)) => {
                    self.breakers.failed(&name, limits);
                    return Err(reason);
                }
                Err(HandlerError::Unavailable(reason)) => {
                    self.breakers.failed(&name, limits);
                    reason
                }
            };
            let wait = limits.wait(attempts, (self.chance)());
            if attempts >= limits.attempts || Instant::now() + wait >= deadline {
                return Err(reason);
            }
            sleep(wait).await;
        }
    }
}

/// One attempt, as a task of its own: what panics or goes on too long is its own.
async fn attempt(
    handler: &Arc<dyn Handler>,
    call: &Arc<HandlerCall>,
    deadline: Instant,
    limits: &EffectLimits,
) -> Result<HandlerReply, HandlerError> {
    let waits = deadline.saturating_duration_since(Instant::now());
    let mut task = {
        let (handler, call) = (handler.clone(), call.clone());
        tokio::spawn(async move { handler.call(&call).await })
    };
    match timeout_at(deadline, &mut task).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(HandlerError::Broken(format!("the handler `{}` panicked; its log says why", call.handler))),
        Err(_) => {
            tokio::spawn(tell_of_late_answer(task, call.handler.clone(), limits.late));
            let name = &call.handler;
            let seconds = waits.as_secs_f64();
            Err(HandlerError::Broken(format!(
                "the handler `{name}` did not answer within {seconds:.1} s; should it still answer, that is ignored"
            )))
        }
    }
}

/// Lets a handler go on that nobody waits for, for a while.
async fn tell_of_late_answer(
    mut task: JoinHandle<Result<HandlerReply, HandlerError>>,
    handler: String,
    patience: Duration,
) {
    let begun = Instant::now();
    if timeout(patience, &mut task).await.is_ok() {
        let late = begun.elapsed().as_secs_f64();
        tracing::warn!(handler, late_seconds = late, "a handler answered too late; its answer is ignored");
    } else {
        task.abort();
        tracing::warn!(handler, "a handler did not answer at all; it was cut off");
    }
}

/// Refuses an answer that is too long: it would stand in the session from now on.
fn within_limit(name: &str, reply: HandlerReply, limits: &EffectLimits) -> Result<HandlerReply, String> {
    let mut counter = Counter { left: limits.max_answer_bytes };
    match serde_json::to_writer(&mut counter, &reply) {
        Ok(()) => Ok(reply),
        Err(_) => {
            let most = limits.max_answer_bytes;
            Err(format!("the handler `{name}` answered more than {most} bytes; nothing of it is taken"))
        }
    }
}

/// Counts what is written, and fails where it is too much.
struct Counter {
    left: usize,
}

impl std::io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self.left.checked_sub(bytes.len()) {
            Some(left) => {
                self.left = left;
                Ok(bytes.len())
            }
            None => Err(std::io::Error::other("too long")),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
