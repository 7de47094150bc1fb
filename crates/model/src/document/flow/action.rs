//! Actions: variables, contexts, the language, calls of handlers and over HTTP.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{ContextId, HandlerId, NodeId, VariableId};

/// Sets variables, the language and contexts, then calls a handler or an HTTP service: in the
/// order of the fields.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ActionNode {
    /// Variables and their new values; a text is a template.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub set: BTreeMap<VariableId, Value>,
    /// Variables and what is added to their number; one without a value counts from 0.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub increment: BTreeMap<VariableId, f64>,
    /// Variables that lose their value.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub clear: BTreeSet<VariableId>,
    /// The language that the bot speaks from here on: a tag such as `nl`, or a template that
    /// comes to one, such as `{{ wanted_language }}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Contexts and for how many turns they last; 0 ends one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub contexts: BTreeMap<ContextId, u32>,
    /// A handler to call; the flow goes on when it has answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<HandlerId>,
    /// A request to send, in place of `call`; the flow goes on when it is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http: Option<HttpCall>,
    /// The way on when the call or the request fails; `next` where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_error: Option<NodeId>,
    /// The node that follows; without one the flow ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<NodeId>,
}

/// A request over HTTP, and what becomes of the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct HttpCall {
    /// The method.
    #[serde(default, skip_serializing_if = "HttpMethod::is_get")]
    pub method: HttpMethod,
    /// The address: `https://` or `http://`, with `{{ … }}` for values, which are
    /// percent-encoded. Other tags are not allowed in it.
    pub url: String,
    /// Headers; each value is a template.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The body; `null` for none. Texts in it, at whatever depth, are templates, and one that is a
    /// single expression keeps its type. A body that is one text is sent as it is, any other as JSON.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub body: Value,
    /// Where in the answer's JSON which variable finds its value: JSON pointers (RFC 6901), such
    /// as `/customer/name`; the empty one takes the whole. What is not there clears its variable.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub into: BTreeMap<VariableId, String>,
    /// The variable that keeps the answer's status, 0 where there was no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<VariableId>,
    /// How long to wait for an answer, in milliseconds (100 to 60,000; 10,000 where none is given).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u32>,
    /// How often to try again when there was no answer, or one of status 429 or from 500 on (0 to 5).
    #[serde(default, skip_serializing_if = "is_none")]
    pub retries: u32,
}

/// The method of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum HttpMethod {
    /// `GET`
    #[default]
    Get,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
}

impl HttpMethod {
    /// The method as a request spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
    fn is_get(&self) -> bool {
        *self == Self::Get
    }
}

impl HttpCall {
    /// How long to wait where the author says nothing, in milliseconds.
    pub const DEFAULT_TIMEOUT_MS: u32 = 10_000;

    /// A `GET` of an address.
    pub fn get(url: impl Into<String>) -> Self {
        Self {
            method: HttpMethod::Get,
            url: url.into(),
            headers: BTreeMap::new(),
            body: Value::Null,
            into: BTreeMap::new(),
            status: None,
            timeout_ms: None,
            retries: 0,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_none(retries: &u32) -> bool {
    *retries == 0
}
