//! What a handler answers in a test, where no handler is called.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::VariableId;

/// What a handler answers, or that it fails.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "AnswerForm"))]
#[serde(try_from = "AnswerForm", into = "AnswerForm")]
pub enum StubbedAnswer {
    /// It answers.
    Answers {
        /// Variables and their new values; `null` takes a value away.
        variables: BTreeMap<VariableId, Value>,
        /// What the bot says for the handler.
        replies: Vec<String>,
    },
    /// It fails, for this reason.
    Fails(String),
}

/// What a handler answers to its calls, in order; the last answer is given to all further calls.
/// Written as one answer, or as a list of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "AnswersForm"))]
#[serde(try_from = "AnswersForm", into = "AnswersForm")]
pub struct StubbedAnswers(Vec<StubbedAnswer>);

impl StubbedAnswers {
    /// The same answer to every call.
    #[must_use]
    pub fn always(answer: StubbedAnswer) -> Self {
        Self(vec![answer])
    }

    /// One answer after the other; none for an empty list.
    #[must_use]
    pub fn in_turn(answers: Vec<StubbedAnswer>) -> Option<Self> {
        if answers.is_empty() { None } else { Some(Self(answers)) }
    }

    /// All of them, in order; at least one.
    #[must_use]
    pub fn all(&self) -> &[StubbedAnswer] {
        &self.0
    }

    /// The answer to the `call`th call, from 0.
    #[must_use]
    pub fn to_call(&self, call: usize) -> Option<&StubbedAnswer> {
        self.0.get(call).or_else(|| self.0.last())
    }
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
struct AnswerForm {
    /// Variables and their new values.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    variables: BTreeMap<VariableId, Value>,
    /// What the bot says for the handler.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    replies: Vec<String>,
    /// Why the handler fails, where it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    fails: Option<String>,
}

impl TryFrom<AnswerForm> for StubbedAnswer {
    type Error = &'static str;

    fn try_from(form: AnswerForm) -> Result<Self, Self::Error> {
        match form.fails {
            None => Ok(Self::Answers { variables: form.variables, replies: form.replies }),
            Some(reason) if form.variables.is_empty() && form.replies.is_empty() => Ok(Self::Fails(reason)),
            Some(_) => Err("an answer has `fails`, or `variables` and `replies`, not both"),
        }
    }
}

impl From<StubbedAnswer> for AnswerForm {
    fn from(answer: StubbedAnswer) -> Self {
        match answer {
            StubbedAnswer::Answers { variables, replies } => Self { variables, replies, fails: None },
            StubbedAnswer::Fails(reason) => Self { fails: Some(reason), ..Self::default() },
        }
    }
}

#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged, expecting = "an answer of `variables`, `replies` or `fails`, or a list of such answers")]
enum AnswersForm {
    // First, since a list could also be read as the fields of one answer in their order.
    Several(Vec<StubbedAnswer>),
    One(StubbedAnswer),
}

impl TryFrom<AnswersForm> for StubbedAnswers {
    type Error = &'static str;

    fn try_from(form: AnswersForm) -> Result<Self, Self::Error> {
        match form {
            AnswersForm::One(answer) => Ok(Self::always(answer)),
            AnswersForm::Several(answers) => Self::in_turn(answers).ok_or("the list has no answer; give one"),
        }
    }
}

impl From<StubbedAnswers> for AnswersForm {
    fn from(answers: StubbedAnswers) -> Self {
        match <[StubbedAnswer; 1]>::try_from(answers.0) {
            Ok([one]) => Self::One(one),
            Err(several) => Self::Several(several),
        }
    }
}
