//! How a step came to its replies: what was considered, entered, decided, set,
//! and what was at fault.

use std::collections::BTreeSet;
use std::sync::Arc;

use greenroom_model::document::HttpMethod;
use greenroom_model::{ContextId, EventId, HandlerId, Language, VariableId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Position;

/// One thing that happened in a step, in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
#[non_exhaustive]
pub enum TraceStep {
    /// A trigger fits; the one that is chosen starts its flow.
    Candidate {
        /// Where it leads.
        to: Position,
        /// The contexts that it requires, all active.
        contexts: BTreeSet<ContextId>,
        /// The longest that one of them lasts, in further user turns.
        lifespan: Option<u32>,
        /// Whether it won.
        chosen: bool,
    },
    /// A trigger would fit, but contexts that it requires are not active.
    Inactive {
        /// Where it leads.
        to: Position,
        /// The contexts that are missing.
        missing: BTreeSet<ContextId>,
    },
    /// No trigger fits what happened.
    NoTrigger,
    /// A node is entered.
    Entered {
        /// The node.
        at: Position,
    },
    /// A condition was looked at.
    Condition {
        /// The branch.
        at: Position,
        /// The condition as its author wrote it.
        when: Arc<str>,
        /// Whether it holds.
        holds: bool,
    },
    /// An input took an answer.
    Accepted {
        /// The input.
        at: Position,
        /// The rule that matched, from 0; `None` where the input takes any text.
        rule: Option<usize>,
        /// The value.
        value: Value,
    },
    /// An input refused an answer.
    Refused {
        /// The input.
        at: Position,
        /// How many answers it has now refused.
        attempts: u32,
    },
    /// An input was skipped, since its variable has a value.
    Skipped {
        /// The input.
        at: Position,
    },
    /// A variable got a value.
    Set {
        /// The variable.
        variable: VariableId,
        /// The value.
        value: Value,
    },
    /// A variable lost its value.
    Cleared {
        /// The variable.
        variable: VariableId,
    },
    /// A context begins, is prolonged or ends.
    Context {
        /// The context.
        context: ContextId,
        /// For how many user turns after this one; 0: it ends.
        turns: u32,
    },
    /// Something else goes first; the conversation comes back here after it.
    Digressed {
        /// The node that waits meanwhile.
        from: Position,
    },
    /// A flow jumps.
    Jumped {
        /// The node that it jumps to.
        to: Position,
        /// Whether it comes back.
        returns: bool,
    },
    /// A flow ended, and the conversation goes back to where it left off.
    Returned {
        /// The node that waited, or jumped.
        to: Position,
    },
    /// The conversation waits.
    Waiting {
        /// Where; `None`: for whatever comes.
        at: Option<Position>,
    },
    /// The conversation takes a language.
    Language {
        /// The language.
        language: Language,
    },
    /// Nothing took what the user said.
    NotUnderstood {
        /// How many turns in a row.
        times: u32,
    },
    /// A request is sent.
    Requested {
        /// The method.
        method: HttpMethod,
        /// The address as its author wrote it, without values.
        url: Arc<str>,
    },
    /// A request was answered.
    Answered {
        /// The status.
        status: u16,
    },
    /// A request was not answered.
    RequestFailed {
        /// Why.
        reason: String,
    },
    /// The host is told of an event.
    Raised {
        /// The event.
        event: EventId,
    },
    /// A timer begins to run.
    Timer {
        /// How long it runs, in seconds.
        seconds: u32,
    },
    /// What a node waits for has come: an event, or the end of its time.
    Woken {
        /// The node.
        at: Position,
        /// The event; `None`: its time is over.
        event: Option<EventId>,
    },
    /// A handler has checked an answer.
    Checked {
        /// The handler.
        handler: HandlerId,
        /// Whether the answer is valid.
        valid: bool,
    },
    /// A handler is called.
    Called {
        /// The handler.
        handler: HandlerId,
    },
    /// A handler failed.
    HandlerFailed {
        /// The handler.
        handler: HandlerId,
        /// Why, in its words.
        reason: String,
    },
    /// A person takes over.
    HandedOver,
    /// The bot takes the conversation back.
    Resumed,
    /// The input has no effect.
    Ignored {
        /// Why.
        reason: String,
    },
    /// Something is wrong with the bot; the conversation goes on as well as it can.
    Fault {
        /// Where.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Position>,
        /// What is wrong.
        reason: String,
    },
}
