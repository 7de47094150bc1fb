//! What the random dialogues come to: whether they are worth comparing.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_flow::{Input, Session, Step, TraceStep};

#[derive(Default)]
pub(crate) struct Measure {
    pub(crate) pairs: u64,
    pub(crate) steps: u64,
    /// Dialogues that ended where a limit was reached which the reference does not have.
    pub(crate) cut: u64,
    /// Steps that say something; that say, do or change anything but to count a turn.
    pub(crate) speaking: u64,
    pub(crate) telling: u64,
    /// Steps that a flow without end takes.
    pub(crate) endless: u64,
    /// Steps in which a node is entered.
    pub(crate) walking: u64,
    pub(crate) trace: BTreeMap<&'static str, u64>,
    pub(crate) inputs: BTreeMap<&'static str, u64>,
}

impl Measure {
    pub(crate) fn step(&mut self, before: &Session, input: &Input, step: &Step) {
        self.steps += 1;
        self.speaking += u64::from(!step.replies.is_empty());
        let counted = Session { turn: step.session.turn, texts: step.session.texts, started: true, ..before.clone() };
        let is_telling = !step.replies.is_empty() || !step.effects.is_empty() || counted != step.session;
        self.telling += u64::from(is_telling);
        let kinds: BTreeSet<&'static str> = step.trace.iter().map(kind_of_trace).collect();
        self.walking += u64::from(kinds.contains("entered"));
        self.endless += u64::from(step.trace.len() > 500);
        for kind in kinds {
            *self.trace.entry(kind).or_default() += 1;
        }
        *self.inputs.entry(kind_of_input(input)).or_default() += 1;
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.pairs += other.pairs;
        self.steps += other.steps;
        self.cut += other.cut;
        self.endless += other.endless;
        self.speaking += other.speaking;
        self.telling += other.telling;
        self.walking += other.walking;
        for (counts, others) in [(&mut self.trace, &other.trace), (&mut self.inputs, &other.inputs)] {
            for (kind, count) in others {
                *counts.entry(kind).or_default() += count;
            }
        }
    }

    /// Each kind with its share of the steps, in percent.
    pub(crate) fn shares(&self, counts: &BTreeMap<&'static str, u64>) -> String {
        let share = |(kind, count): (&&str, &u64)| format!("{kind} {:.2}", 100.0 * *count as f64 / self.steps as f64);
        counts.iter().map(share).collect::<Vec<_>>().join(", ")
    }

    pub(crate) fn percent(&self, count: u64) -> f64 {
        100.0 * count as f64 / self.steps as f64
    }
}

/// All kinds of steps in a trace.
pub(crate) const TRACE_KINDS: usize = 30;

fn kind_of_trace(step: &TraceStep) -> &'static str {
    match step {
        TraceStep::Candidate { .. } => "candidate",
        TraceStep::Inactive { .. } => "inactive",
        TraceStep::NoTrigger => "no_trigger",
        TraceStep::Entered { .. } => "entered",
        TraceStep::Condition { .. } => "condition",
        TraceStep::Accepted { .. } => "accepted",
        TraceStep::Refused { .. } => "refused",
        TraceStep::Skipped { .. } => "skipped",
        TraceStep::Set { .. } => "set",
        TraceStep::Cleared { .. } => "cleared",
        TraceStep::Context { .. } => "context",
        TraceStep::Digressed { .. } => "digressed",
        TraceStep::Jumped { .. } => "jumped",
        TraceStep::Returned { .. } => "returned",
        TraceStep::Waiting { .. } => "waiting",
        TraceStep::Language { .. } => "language",
        TraceStep::NotUnderstood { .. } => "not_understood",
        TraceStep::Requested { .. } => "requested",
        TraceStep::Answered { .. } => "answered",
        TraceStep::RequestFailed { .. } => "request_failed",
        TraceStep::Raised { .. } => "raised",
        TraceStep::Timer { .. } => "timer",
        TraceStep::Woken { .. } => "woken",
        TraceStep::Checked { .. } => "checked",
        TraceStep::Called { .. } => "called",
        TraceStep::HandlerFailed { .. } => "handler_failed",
        TraceStep::HandedOver => "handed_over",
        TraceStep::Resumed => "resumed",
        TraceStep::Ignored { .. } => "ignored",
        TraceStep::Fault { .. } => "fault",
        other => panic!("a new kind: {other:?}"),
    }
}

fn kind_of_input(input: &Input) -> &'static str {
    match input {
        Input::Start => "start",
        Input::Link { .. } => "link",
        Input::Text { .. } => "text",
        Input::Button { .. } => "button",
        Input::Event { .. } => "event",
        Input::HandlerResult(_) => "handler_result",
        Input::HttpResult(_) => "http_result",
        Input::Timeout { .. } => "timeout",
        Input::Resume => "resume",
        Input::Disabled => "disabled",
    }
}
