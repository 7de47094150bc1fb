//! What a conversation may be in the middle of: the pieces that scripts are put
//! together to. A state is a set of places in scripts, all of which what was said and
//! done so far leads to.

use std::collections::{BTreeMap, BTreeSet};

use super::report::Named;
use super::scripts::{Act, Guard};

/// A line of a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    pub(super) script: usize,
    pub(super) line: usize,
}

/// A state in which the user has the word, by its place among all.
pub(super) type StateId = usize;

/// An active form, by its place among all: one form may be started from several
/// places, and go on otherwise after each.
pub(super) type ActiveId = usize;

/// What the bot does in one turn.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tree {
    pub(super) acts: Vec<Act>,
    pub(super) then: Then,
}

/// What follows what the bot does.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Then {
    /// The user has the word; perhaps in a state of its own, perhaps with a form active.
    Wait(Option<StateId>, Option<ActiveId>),
    /// A form becomes active.
    Start(ActiveId),
    /// The active form goes on.
    Resume(ActiveId),
    /// The first way whose condition holds, else the last.
    Branch(Vec<(Guard, Tree)>, Box<Tree>),
}

/// What the bot does when the user says something of these intents.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) intents: Vec<Named>,
    pub(super) tree: Tree,
    /// The script that it is named after.
    pub(super) owner: usize,
}

/// A state in which the user has the word.
#[derive(Debug)]
pub(super) struct State {
    pub(super) spots: BTreeSet<Spot>,
    pub(super) active: Option<ActiveId>,
    pub(super) answers: Vec<Answer>,
}

/// A form that asks.
#[derive(Debug)]
pub(super) struct Active {
    pub(super) form: String,
    /// Where the scripts stand when it starts.
    pub(super) spots: BTreeSet<Spot>,
    /// What users may say instead of an answer.
    pub(super) answers: Vec<Answer>,
    /// What follows when it has all it needs, and the script that says so.
    pub(super) completion: Option<(Tree, usize)>,
}

/// All states. The first is the one that holds always.
#[derive(Debug, Default)]
pub(super) struct Dialogue {
    pub(super) states: Vec<State>,
    pub(super) active: Vec<Active>,
    /// Intents that nothing but rules outside of forms answers.
    pub(super) outside: BTreeMap<String, Named>,
}

impl Tree {
    /// Nothing is done: the user has the word, or the form goes on.
    pub(super) fn nothing(active: Option<ActiveId>) -> Self {
        let then = match active {
            Some(active) => Then::Resume(active),
            None => Then::Wait(None, None),
        };
        Self { acts: Vec::new(), then }
    }

    /// Whether it does nothing at all.
    pub(super) fn is_nothing(&self) -> bool {
        self.acts.is_empty() && matches!(self.then, Then::Wait(None, _) | Then::Resume(_))
    }

    /// The acts, where there is one way only and nothing follows.
    pub(super) fn only_acts(&self) -> Option<&[Act]> {
        matches!(self.then, Then::Wait(..) | Then::Resume(_)).then_some(self.acts.as_slice())
    }

    /// The form that is all it starts.
    pub(super) fn only_starts(&self) -> Option<ActiveId> {
        match self.then {
            Then::Start(active) if self.acts.is_empty() => Some(active),
            _ => None,
        }
    }

    /// The first form that it starts.
    pub(super) fn starts(&self) -> Option<ActiveId> {
        match &self.then {
            Then::Start(active) => Some(*active),
            Then::Wait(..) | Then::Resume(_) => None,
            Then::Branch(cases, otherwise) => {
                cases.iter().map(|(_, tree)| tree).chain([otherwise.as_ref()]).find_map(Self::starts)
            }
        }
    }

    /// Whether any way satisfies `test`.
    pub(super) fn any(&self, test: &impl Fn(&Self) -> bool) -> bool {
        test(self)
            || match &self.then {
                Then::Branch(cases, otherwise) => {
                    cases.iter().map(|(_, tree)| tree).chain([otherwise.as_ref()]).any(|tree| tree.any(test))
                }
                Then::Wait(..) | Then::Start(_) | Then::Resume(_) => false,
            }
    }

    /// The same with another form active.
    pub(super) fn within(&self, from: ActiveId, to: ActiveId) -> Self {
        let change = |active: ActiveId| if active == from { to } else { active };
        let then = match &self.then {
            Then::Wait(state, active) => Then::Wait(*state, active.map(change)),
            Then::Start(active) => Then::Start(*active),
            Then::Resume(active) => Then::Resume(change(*active)),
            Then::Branch(cases, otherwise) => {
                let cases = cases.iter().map(|(guard, tree)| (guard.clone(), tree.within(from, to)));
                Then::Branch(cases.collect(), Box::new(otherwise.within(from, to)))
            }
        };
        Self { acts: self.acts.clone(), then }
    }

    /// Whether the form that asks does not ask on by itself afterwards.
    pub(super) fn leaves(&self) -> bool {
        self.any(&|tree: &Self| {
            matches!(tree.then, Then::Start(_) | Then::Wait(Some(_), _)) || tree.acts.contains(&Act::Leave)
        })
    }
}
