//! Rules and stories as scripts: lines of what users say, what the bot does and what
//! must hold, one after the other.

use std::collections::BTreeMap;

use greenroom_model::VariableId;

use super::report::Named;
use super::source::{Step, Story, StoryKind};

/// Something that the bot does.
#[derive(Debug, Clone)]
pub(super) enum Act {
    /// Says a response.
    Say(Named),
    /// Says the response of the intent that was said: of `faq/hours` `utter_faq/hours`.
    SayOfGroup(Named),
    /// Calls a custom action.
    Call(Named),
    /// Forgets all slots.
    Restart,
    /// The active form is given up.
    Leave,
}

/// What a slot must be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Test {
    Known,
    NotKnown,
    /// This value, as JSON.
    Is(String),
}

/// What several slots must be, all of them.
pub(super) type Guard = BTreeMap<VariableId, Test>;

/// A line of a script.
#[derive(Debug, Clone)]
pub(super) enum Line {
    /// The user says something of one of these intents.
    User(Vec<Named>),
    Act(Act),
    /// The form runs: it becomes active, or goes on.
    Form(Named),
    /// The form is active.
    Active(Named),
    /// The form that was active has all it needs.
    Done,
    /// One of these holds.
    Check(Vec<Guard>),
    /// Goes on wherever a script begins with the checkpoint.
    Checkpoint(Named),
    /// Whatever follows by itself does so at once.
    GoOn,
}

/// A rule or story that flows may say.
#[derive(Debug)]
pub(super) struct Script<'a> {
    pub(super) story: &'a Story,
    pub(super) lines: Vec<Line>,
    /// What earlier lines say of slots, before each line.
    pub(super) held: Vec<Guard>,
    /// The form that must be active before.
    pub(super) within: Option<String>,
    /// Whether no form may be active before.
    pub(super) outside: bool,
    /// The checkpoint at which it begins.
    pub(super) from: Option<Named>,
}

/// Acts are the same when they do the same, wherever they are written.
impl PartialEq for Act {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Say(a), Self::Say(b))
            | (Self::SayOfGroup(a), Self::SayOfGroup(b))
            | (Self::Call(a), Self::Call(b)) => a.name == b.name,
            (Self::Restart, Self::Restart) | (Self::Leave, Self::Leave) => true,
            _ => false,
        }
    }
}

impl Act {
    /// The action as Rasa names it.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Say(name) | Self::SayOfGroup(name) | Self::Call(name) => &name.name,
            Self::Restart => "action_restart",
            Self::Leave => "action_deactivate_loop",
        }
    }
}

impl Test {
    /// Whether both may hold at once.
    fn agrees(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::NotKnown, Self::NotKnown) => true,
            (Self::NotKnown, _) | (_, Self::NotKnown) => false,
            (Self::Is(a), Self::Is(b)) => a == b,
            _ => true,
        }
    }
}

/// What of `guard` cannot hold where `held` does.
pub(super) fn contradictions(held: &Guard, guard: &Guard) -> Guard {
    let against = guard.iter().filter(|(slot, test)| held.get(*slot).is_some_and(|held| !held.agrees(test)));
    against.map(|(slot, test)| (slot.clone(), test.clone())).collect()
}

/// The intent with which Rasa begins a conversation.
pub(super) const SESSION_START: &str = "session_start";

impl Script<'_> {
    /// What the report calls it.
    pub(super) fn construct(&self) -> String {
        self.story.construct()
    }

    /// The first line that is no condition.
    pub(super) fn first(&self) -> Option<&Line> {
        self.lines.iter().find(|line| !matches!(line, Line::Check(_)))
    }

    /// What the bot does before the user says something, and the line behind.
    pub(super) fn lead(&self) -> (Vec<Act>, usize) {
        let mut acts = Vec::new();
        for (position, line) in self.lines.iter().enumerate() {
            match line {
                Line::Act(act) => acts.push(act.clone()),
                _ => return (acts, position),
            }
        }
        (acts, self.lines.len())
    }

    /// Whether it says what happens when a conversation begins, without a user's word.
    pub(super) fn begins(&self) -> bool {
        let is_session_start =
            |step: &Step| matches!(step, Step::Action(action) if action.name == "action_session_start");
        self.story.at_start.is_some() || self.story.steps.iter().any(is_session_start)
    }

    /// Whether it is a rule: rules come before stories.
    pub(super) fn is_rule(&self) -> bool {
        self.story.kind == StoryKind::Rule
    }
}
