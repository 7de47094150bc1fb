//! The explanation under an answer: what was considered and done, in sentences with links.

use greenroom_flow::{Position, TraceStep};
use serde::Serialize;

use crate::chat::shown_value;
use crate::viewed::Viewed;

/// One line of an explanation.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct TraceLine {
    text: String,
    /// The node that it is about.
    node: Option<String>,
    href: Option<String>,
    /// What else there is to say, after the node.
    more: String,
    /// One of many that were looked at: shown folded.
    is_condition: bool,
}

impl TraceLine {
    /// A line about a node.
    fn at(text: &str, position: &Position, viewed: &Viewed) -> Self {
        let page = format!("flows/{}?node={}", position.flow, position.node);
        Self {
            text: text.to_owned(),
            node: Some(position.to_string()),
            href: Some(viewed.href(&page)),
            more: String::new(),
            is_condition: false,
        }
    }

    fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), node: None, href: None, more: String::new(), is_condition: false }
    }

    fn and(mut self, more: impl Into<String>) -> Self {
        self.more = more.into();
        self
    }
}

/// What happened, a line a step.
pub(crate) fn trace_lines(viewed: &Viewed, trace: &[TraceStep]) -> Vec<TraceLine> {
    trace.iter().map(|step| trace_line(viewed, step)).collect()
}

fn trace_line(viewed: &Viewed, step: &TraceStep) -> TraceLine {
    let at = |text: &str, position: &Position| TraceLine::at(text, position, viewed);
    match step {
        TraceStep::Candidate { to, contexts, chosen, .. } => {
            let line = at(if *chosen { "Trigger chosen:" } else { "Trigger fits, another won:" }, to);
            if contexts.is_empty() { line } else { line.and(format!("with contexts {}", joined(contexts))) }
        }
        TraceStep::Inactive { to, missing } => {
            at("Trigger not possible:", to).and(format!("contexts missing: {}", joined(missing)))
        }
        TraceStep::NoTrigger => TraceLine::plain("No trigger fits."),
        TraceStep::Entered { at: position } => at("Node", position),
        TraceStep::Condition { at: position, when, holds } => {
            let line = at("In", position).and(format!("{when} → {}", if *holds { "true" } else { "false" }));
            TraceLine { is_condition: true, ..line }
        }
        TraceStep::Accepted { at: position, value, .. } => {
            at("Answer taken by", position).and(format!("value {}", shown_value(value)))
        }
        TraceStep::Refused { at: position, attempts } => {
            at("Answer refused by", position).and(format!("refused so far: {attempts}"))
        }
        TraceStep::Skipped { at: position } => at("Question skipped:", position).and("its variable has a value"),
        TraceStep::Set { variable, value } => TraceLine::plain(format!("Variable {variable} = {}", shown_value(value))),
        TraceStep::Cleared { variable } => TraceLine::plain(format!("Variable {variable} cleared")),
        TraceStep::Context { context, turns: 0 } => TraceLine::plain(format!("Context {context} ends")),
        TraceStep::Context { context, turns } => {
            TraceLine::plain(format!("Context {context} active for {turns} more turns"))
        }
        TraceStep::Digressed { from } => at("Something else goes first; comes back to", from),
        TraceStep::Jumped { to, returns } => at("Jumps to", to).and(if *returns { "and comes back" } else { "" }),
        TraceStep::Returned { to } => at("Returns to", to),
        TraceStep::Waiting { at: Some(position) } => at("Waits at", position),
        TraceStep::Waiting { at: None } => TraceLine::plain("Waits for whatever comes."),
        TraceStep::Called { handler } => TraceLine::plain(format!("Calls the handler {handler}")),
        TraceStep::HandlerFailed { handler, reason } => {
            TraceLine::plain(format!("The handler {handler} failed: {reason}"))
        }
        TraceStep::Language { language } => TraceLine::plain(format!("Speaks {language} from here on.")),
        TraceStep::NotUnderstood { times: 1 } => TraceLine::plain("Not understood."),
        TraceStep::NotUnderstood { times } => TraceLine::plain(format!("Not understood {times} times in a row.")),
        TraceStep::Requested { method, url } => TraceLine::plain(format!("Sends {} {url}", method.as_str())),
        TraceStep::Answered { status } => TraceLine::plain(format!("The request was answered with status {status}")),
        TraceStep::RequestFailed { reason } => TraceLine::plain(format!("The request failed: {reason}")),
        TraceStep::Raised { event } => TraceLine::plain(format!("Tells of the event {event}")),
        TraceStep::Timer { seconds } => TraceLine::plain(format!("Waits for {seconds} seconds at most")),
        TraceStep::Woken { at: position, event: Some(event) } => {
            at("Waited for", position).and(format!("event {event}"))
        }
        TraceStep::Woken { at: position, event: None } => at("The time is over at", position),
        TraceStep::Checked { handler, valid } => TraceLine::plain(format!(
            "The handler {handler} finds the answer {}",
            if *valid { "valid" } else { "not valid" }
        )),
        TraceStep::HandedOver => TraceLine::plain("A person takes over."),
        TraceStep::Resumed => TraceLine::plain("The bot takes the conversation back."),
        TraceStep::Ignored { reason } => TraceLine::plain(format!("No effect: {reason}")),
        TraceStep::Fault { at: Some(position), reason } => at("Fault in", position).and(reason.clone()),
        TraceStep::Fault { at: None, reason } => TraceLine::plain(format!("Fault: {reason}")),
        // A newer walk may say more; its own words will do.
        other => TraceLine::plain(format!("{other:?}")),
    }
}

fn joined<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}
