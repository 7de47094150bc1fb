//! Which nodes, edges and triggers a conversation passed, read from its traces.
//!
//! A trace names the nodes that are entered, what was decided at each, and the
//! trigger that won by where it leads. The edge between two nodes follows from that:
//! what was last decided says by which edge its node is left, and the next node that
//! is entered says that the edge was taken.

use std::collections::BTreeSet;

use greenroom_flow::{Position, TraceStep};
use greenroom_model::document::{SystemEvent, Trigger, TriggerOn};
use greenroom_model::{ContextId, FlowId};

use super::EdgeKind;
use super::outline::Outline;
use crate::{PlayedStep, UserInput};

/// What a conversation passed.
#[derive(Debug, Default)]
pub(super) struct Trail {
    pub(super) nodes: Vec<Position>,
    pub(super) edges: Vec<(Position, EdgeKind)>,
    pub(super) triggers: Vec<(FlowId, usize)>,
}

/// A walk through the traces.
struct Follower<'o> {
    outline: &'o Outline,
    trail: Trail,
    /// The edge that was taken if a node is entered next.
    leaving: Option<(Position, EdgeKind)>,
    /// How many conditions of the current branch were looked at.
    cases_seen: usize,
    /// How many nodes were entered in this step.
    entered_in_step: usize,
    /// In this step: how often in a row the user was not understood.
    not_understood: Option<u32>,
}

pub(super) fn follow(outline: &Outline, conversation: &[PlayedStep]) -> Trail {
    let mut follower = Follower {
        outline,
        trail: Trail::default(),
        leaving: None,
        cases_seen: 0,
        entered_in_step: 0,
        not_understood: None,
    };
    for step in conversation {
        follower.begin(step);
        for event in &step.trace {
            follower.take(step, event);
        }
    }
    follower.trail
}

impl Follower<'_> {
    /// What the input says by itself of the way on.
    fn begin(&mut self, step: &PlayedStep) {
        self.leaving = None;
        self.entered_in_step = 0;
        self.not_understood = None;
        match (&step.input, &step.waited_at) {
            (UserInput::Button(payload), _) => {
                if let Some(edge) = self.pressed(payload) {
                    self.trail.edges.push(edge);
                }
            }
            (UserInput::HandlerResult(Ok(_)), Some(at)) if self.calls(at) => {
                self.leaving = Some((at.clone(), EdgeKind::Next));
            }
            _ => {}
        }
    }

    /// The button that sends a payload, of the node that showed it last.
    fn pressed(&self, payload: &str) -> Option<(Position, EdgeKind)> {
        self.trail.nodes.iter().rev().find_map(|at| {
            let buttons = &self.outline.node(at)?.buttons;
            let place = buttons.iter().position(|button| button.sends(payload))?;
            Some((at.clone(), EdgeKind::Button(place)))
        })
    }

    fn take(&mut self, step: &PlayedStep, event: &TraceStep) {
        match event {
            TraceStep::Candidate { to, contexts, chosen: true, .. } => {
                self.leaving = None;
                self.trail.triggers.extend(self.trigger(step, to, contexts));
            }
            TraceStep::Entered { at } => {
                let drawn =
                    |(from, kind): &(Position, EdgeKind)| self.outline.node(from).is_some_and(|node| node.has(*kind));
                let taken = self.leaving.take().filter(drawn);
                self.trail.edges.extend(taken);
                self.trail.nodes.push(at.clone());
                self.cases_seen = 0;
                self.entered_in_step += 1;
                self.leaving = self.outline.node(at).and_then(|node| node.leaves_by).map(|edge| (at.clone(), edge));
            }
            TraceStep::Condition { at, when, holds } => self.condition(at, when, *holds),
            TraceStep::Accepted { at, .. } | TraceStep::Skipped { at } => {
                self.leaving = Some((at.clone(), EdgeKind::Next));
            }
            TraceStep::Refused { at, attempts } => {
                let most = self.outline.node(at).and_then(|node| node.attempts);
                let is_given_up = most.is_some_and(|most| *attempts >= most);
                self.leaving = is_given_up.then(|| (at.clone(), EdgeKind::Otherwise));
            }
            TraceStep::Jumped { .. } => {
                if let Some((_, kind)) = &mut self.leaving {
                    *kind = EdgeKind::Jump;
                }
            }
            // A jump goes on; an input is entered again, a message waits again.
            TraceStep::Returned { to } => {
                let is_jump = self.outline.node(to).is_some_and(|node| node.has(EdgeKind::Jump));
                self.leaving = is_jump.then(|| (to.clone(), EdgeKind::Next));
            }
            TraceStep::HandlerFailed { .. } => {
                self.leaving = step.waited_at.as_ref().and_then(|at| self.on_failure(at));
            }
            TraceStep::Answered { status } => {
                let at = step.waited_at.as_ref();
                self.leaving = if (200..=299).contains(status) {
                    at.map(|at| (at.clone(), EdgeKind::Next))
                } else {
                    at.and_then(|at| self.on_failure(at))
                };
            }
            // One that lacks a value is not sent: its node was entered just now.
            TraceStep::RequestFailed { .. } => {
                let at = match &step.input {
                    UserInput::HttpResult(_) if self.entered_in_step == 0 => step.waited_at.as_ref(),
                    _ => self.trail.nodes.last(),
                };
                self.leaving = at.and_then(|at| self.on_failure(at));
            }
            TraceStep::NotUnderstood { times } => self.not_understood = Some(*times),
            TraceStep::Woken { at, event } => {
                self.leaving = self.outline.node(at).and_then(|node| match event {
                    None => Some((at.clone(), EdgeKind::OnTimeout)),
                    Some(event) => {
                        let place = node.events.iter().position(|other| other == event)?;
                        Some((at.clone(), EdgeKind::Event(place)))
                    }
                });
            }
            TraceStep::Resumed => {
                self.leaving = step.waited_at.as_ref().map(|at| (at.clone(), EdgeKind::Next));
            }
            TraceStep::Waiting { .. } => self.leaving = None,
            _ => {}
        }
    }

    fn calls(&self, at: &Position) -> bool {
        self.outline.node(at).is_some_and(|node| node.calls)
    }

    /// The edge that is taken when the call of a node fails.
    fn on_failure(&self, at: &Position) -> Option<(Position, EdgeKind)> {
        let node = self.outline.node(at).filter(|node| node.calls)?;
        Some((at.clone(), if node.has(EdgeKind::OnError) { EdgeKind::OnError } else { EdgeKind::Next }))
    }

    fn condition(&mut self, at: &Position, when: &str, holds: bool) {
        let Some(node) = self.outline.node(at) else { return };
        // A case that does not parse is passed over without a condition in the trace.
        let place = node.cases.iter().skip(self.cases_seen).position(|case| case == when);
        let Some(place) = place.map(|place| place + self.cases_seen) else { return };
        self.cases_seen = place + 1;
        if holds {
            self.leaving = Some((at.clone(), EdgeKind::Case(place)));
        }
    }

    /// The trigger that won: the trace says where it leads and which contexts it requires.
    fn trigger(&self, step: &PlayedStep, to: &Position, contexts: &BTreeSet<ContextId>) -> Option<(FlowId, usize)> {
        let flow = self.outline.flows.get(&to.flow)?;
        let leads_there = |trigger: &Trigger| {
            trigger.contexts == *contexts && trigger.node.as_ref().unwrap_or(&flow.start) == &to.node
        };
        let fitting = flow.triggers.iter().enumerate().filter(|(_, trigger)| leads_there(trigger));
        // What is nearest to the input comes first; among the same, the later time in a row.
        let ranked = fitting.filter_map(|(place, trigger)| {
            let rank = self.listens(trigger, step)?;
            Some((rank, std::cmp::Reverse(trigger.times), place))
        });
        ranked.min().map(|(_, _, place)| (to.flow.clone(), place))
    }

    /// How near a trigger is to the input, 0 the nearest; none where it does not listen to it.
    fn listens(&self, trigger: &Trigger, step: &PlayedStep) -> Option<u8> {
        if let Some(times) = self.not_understood {
            return match &trigger.on {
                TriggerOn::System(SystemEvent::NotUnderstood) if trigger.times <= times => Some(0),
                TriggerOn::System(SystemEvent::Error) => Some(1),
                _ => None,
            };
        }
        let fits = match (&trigger.on, &step.input) {
            (TriggerOn::Keyword(keyword), UserInput::Text(text) | UserInput::Button(text)) => {
                words(keyword) == words(text)
            }
            (TriggerOn::Intent(intent), UserInput::Button(payload)) => {
                payload.strip_prefix("intent:").is_some_and(|rest| rest.split('{').next() == Some(intent.as_str()))
            }
            (TriggerOn::Intent(intent), _) => step.intent.as_ref() == Some(intent),
            (TriggerOn::Event(event), UserInput::Event(own) | UserInput::EventWith(own, _)) => event == own,
            (TriggerOn::Button(payload), UserInput::Button(own)) => payload == own,
            (TriggerOn::Link(link), UserInput::Link(own)) => link == own,
            (TriggerOn::System(SystemEvent::Introduction), UserInput::Start | UserInput::Link(_)) => return Some(2),
            (TriggerOn::System(SystemEvent::BotDisabled), UserInput::Disabled) => true,
            (TriggerOn::System(SystemEvent::Error), _) => return Some(3),
            _ => false,
        };
        fits.then(|| u8::from(!matches!(trigger.on, TriggerOn::Keyword(_))))
    }
}

/// A text as keywords are compared: case and signs do not matter, unless there is nothing else.
fn words(text: &str) -> String {
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.is_empty() { lower.trim().to_owned() } else { words.join(" ") }
}
