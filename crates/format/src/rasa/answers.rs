//! What a bot answers, where: the pieces of which a dialogue is put together.

use std::collections::BTreeMap;

use super::report::Named;
use super::scripts::{Act, Beat};
use super::source::SlotCondition;

/// Where in a conversation an answer may be given.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Hook {
    Always,
    /// Right after a case of an answer.
    After(usize, usize),
    /// Right after whatever ends with these acts.
    Following(Vec<Act>),
    /// Right after a form.
    AfterForm(String),
    /// While a form is active.
    Within(String),
}

/// What the bot does when its conditions hold.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) conditions: Vec<SlotCondition>,
    pub(super) acts: Vec<Act>,
    /// The form that it starts at its end.
    pub(super) starts: Option<Named>,
}

/// An answer to intents: a flow to be.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) name: String,
    pub(super) hook: Hook,
    pub(super) intents: Vec<Named>,
    pub(super) cases: Vec<Case>,
}

/// All answers, and what follows each form.
#[derive(Debug, Default)]
pub(super) struct Dialogue {
    pub(super) answers: Vec<Answer>,
    /// Which answers an intent has.
    pub(super) by_intent: BTreeMap<String, Vec<usize>>,
    /// The names given, and the next number behind one that is taken.
    pub(super) names: BTreeMap<String, u32>,
    pub(super) submissions: BTreeMap<String, Vec<Case>>,
}

impl Case {
    /// Whether it does what another does, under whatever conditions.
    pub(super) fn does_the_same(&self, other: &Self) -> bool {
        self.acts == other.acts && name_of(self.starts.as_ref()) == name_of(other.starts.as_ref())
    }

    /// Whether it holds under the conditions of another.
    pub(super) fn same_conditions(&self, other: &Self) -> bool {
        let key = |case: &Self| {
            let mut key: Vec<String> = case
                .conditions
                .iter()
                .map(|condition| format!("{} {:?}", condition.slot.name, condition.expected))
                .collect();
            key.sort();
            key
        };
        key(self) == key(other)
    }
}

impl Answer {
    /// The form that is all it starts: then the form's flow has its triggers.
    pub(super) fn only_starts(&self) -> Option<&Named> {
        match self.cases.as_slice() {
            [Case { conditions, acts, starts: Some(form) }] if conditions.is_empty() && acts.is_empty() => Some(form),
            _ => None,
        }
    }

    /// The flow that it becomes.
    pub(super) fn flow_name(&self) -> &str {
        self.only_starts().map_or(&self.name, |form| &form.name)
    }
}

fn name_of(named: Option<&Named>) -> Option<&str> {
    named.map(|named| named.name.as_str())
}

/// A turn's beats: acts, then perhaps a form that starts or goes on, then perhaps
/// its end and what follows.
pub(super) struct Parts {
    pub(super) acts: Vec<Act>,
    /// The form that starts.
    pub(super) starts: Option<Named>,
    /// Whether the active form goes on.
    pub(super) resumes: bool,
    /// The form that ends, and what follows it.
    pub(super) submitted: Option<(String, Case)>,
}

/// Takes a turn's beats apart.
///
/// # Errors
/// What in them no flow can say.
pub(super) fn split(beats: &[Beat]) -> Result<Parts, String> {
    let mut parts = Parts { acts: Vec::new(), starts: None, resumes: false, submitted: None };
    for beat in beats {
        match (beat, &mut parts.submitted) {
            (Beat::Act(act), Some((_, case))) if case.starts.is_none() => case.acts.push(act.clone()),
            (Beat::Start(form), Some((_, case))) if case.starts.is_none() => case.starts = Some(form.clone()),
            (Beat::Act(act), None) if parts.starts.is_none() && !parts.resumes => parts.acts.push(act.clone()),
            (Beat::Start(form), None) if parts.starts.is_none() && !parts.resumes => parts.starts = Some(form.clone()),
            (Beat::Resume, None) => parts.resumes = true,
            (Beat::Submitted(form), None) => {
                let case = Case { conditions: Vec::new(), acts: Vec::new(), starts: None };
                parts.submitted = Some((form.clone(), case));
            }
            _ => return Err("several forms begin and end in one turn".to_owned()),
        }
    }
    Ok(parts)
}
