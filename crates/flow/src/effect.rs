//! What the runtime shall do for a conversation; a step itself does nothing outside.

use std::collections::BTreeMap;

use greenroom_model::document::HttpMethod;
use greenroom_model::{EventId, HandlerId, Language, VariableId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Position;

/// Something that the runtime shall do.
///
/// A call, a request or a timer has a number, which grows within a conversation
/// ([`Session::calls`](crate::Session::calls)). One call or request waits at most: once the
/// session counts further, its answer comes too late and is not to be given to the walk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Calls a handler of the embedder. The conversation goes on with
    /// [`Input::HandlerResult`](crate::Input::HandlerResult).
    Call {
        /// The call's number.
        number: u64,
        /// The handler.
        handler: HandlerId,
        /// The name under which the embedder registered it.
        name: String,
        /// The variables that have a value, sensitive ones among them.
        variables: BTreeMap<VariableId, Value>,
        /// The answer of the user that the handler is to check, where it is called for that:
        /// its reply then says whether it is valid.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answer: Option<String>,
    },
    /// Sends a request. The conversation goes on with
    /// [`Input::HttpResult`](crate::Input::HttpResult).
    Http(HttpRequest),
    /// Tells the host that something has happened. The conversation does not wait for it.
    Event {
        /// What has happened.
        event: EventId,
        /// What else there is to tell.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        data: BTreeMap<String, Value>,
    },
    /// After so many seconds [`Input::Timeout`](crate::Input::Timeout) with this number is
    /// to come. One that comes when nothing waits for it any more has no effect.
    Timer {
        /// The timer's number.
        number: u64,
        /// How long it runs, in seconds.
        seconds: u32,
    },
    /// Hands the conversation over to a person, until [`Input::Resume`](crate::Input::Resume).
    Handover(Handover),
}

/// A request to send. Its address is the author's up to the path: values of the conversation
/// are percent-encoded. Whether the address may be reached is for the runtime to judge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpRequest {
    /// The request's number.
    pub number: u64,
    /// The method.
    pub method: HttpMethod,
    /// The address.
    pub url: String,
    /// The headers; no value has a line break.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<HttpBody>,
    /// How long to wait for an answer, in milliseconds.
    pub timeout_ms: u32,
    /// How often to try again when there was no answer, or one of status 429 or from 500 on.
    pub retries: u32,
}

/// The body of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HttpBody {
    /// A text, as it is.
    Text(String),
    /// JSON.
    Json(Value),
}

/// What a person needs who takes a conversation over. The transcript is the runtime's to add.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handover {
    /// Where the bot hands over.
    pub at: Position,
    /// Whom to: a queue or a department.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// What the person should know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The language of the conversation.
    pub language: Language,
    /// The variables that have a value, sensitive ones left out.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<VariableId, Value>,
}
