//! A step of a conversation, by `docs/flows.md` and straight over the documents.
//!
//! Slow and obvious: everything is looked up anew, nothing is compiled or counted ahead. Read
//! beside the page: inputs in `inputs`, nodes in `nodes`, values and how long they last in `memory`.

use greenroom_flow::{Awaiting, Effect, Input, Position, Reply, Session};
use greenroom_model::document::{Node, SystemEvent, Trigger, TriggerOn};
use greenroom_model::{FlowId, IntentId, NodeId, VariableId};

use crate::bot::Bot;

/// What a step comes to.
#[derive(Debug, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) session: Session,
    pub(crate) replies: Vec<Reply>,
    pub(crate) effects: Vec<Effect>,
}

/// Takes a conversation one input further.
pub(crate) fn step(bot: &Bot, session: &Session, input: &Input) -> Outcome {
    let mut talk = Conversation {
        bot,
        session: session.clone(),
        replies: Vec::new(),
        effects: Vec::new(),
        flow: None,
        without_flow: Vec::new(),
        asleep: Vec::new(),
        nodes_left: 1_000,
        is_error_flow: false,
    };
    talk.find_its_place();
    talk.take(input);
    talk.session.started = true;
    talk.tidy_up();
    Outcome { session: talk.session, replies: talk.replies, effects: talk.effects }
}

pub(crate) struct Conversation<'b> {
    pub(crate) bot: &'b Bot,
    pub(crate) session: Session,
    pub(crate) replies: Vec<Reply>,
    pub(crate) effects: Vec<Effect>,
    /// The flow under way.
    pub(crate) flow: Option<FlowId>,
    /// Variables that last as long as a flow and were set outside of any: the next flow has them.
    pub(crate) without_flow: Vec<VariableId>,
    /// What waits while the bot is switched off.
    pub(crate) asleep: Vec<Position>,
    nodes_left: u32,
    is_error_flow: bool,
}

/// Where it goes on.
pub(crate) enum Next {
    Node(Position),
    FlowEnds,
    Waits,
}

impl<'b> Conversation<'b> {
    /// A session of another version goes on where its node still exists.
    fn find_its_place(&mut self) {
        if self.session.position.as_ref().is_some_and(|at| self.bot.node(at).is_none()) {
            self.session.position = None;
            self.session.attempts = 0;
        }
        let bot = self.bot;
        self.session.returns.retain(|at| bot.node(at).is_some());
        let is_called = match (self.waiting(), &self.session.awaiting) {
            (Some((_, Node::Action(action))), Some(Awaiting::Handler(handler))) => {
                action.call.as_ref() == Some(handler)
            }
            (Some((_, Node::Action(action))), Some(Awaiting::Http {})) => action.http.is_some(),
            (Some((_, Node::Input(input))), Some(Awaiting::Answer(pending))) => {
                matches!(input.accept.get(pending.rule),
                    Some(greenroom_model::document::Accept::Handler { handler, .. }) if *handler == pending.handler)
            }
            _ => false,
        };
        if !is_called {
            self.session.awaiting = None;
        }
        self.flow = self.session.position.as_ref().map(|at| at.flow.clone());
        self.end_variables_of_left_flows();
    }

    pub(crate) fn intent(&self, intent: &IntentId) -> Option<Position> {
        self.triggered(|on| matches!(on, TriggerOn::Intent(name) if name == intent))
    }

    pub(crate) fn system(&self, event: SystemEvent) -> Option<Position> {
        self.triggered(|on| *on == TriggerOn::System(event))
    }

    /// Among the triggers whose contexts are all active: the highest `times` that fits; then the
    /// one whose longest context lasts longest; then more contexts; then the first.
    pub(crate) fn triggered(&self, waits_for: impl Fn(&TriggerOn) -> bool) -> Option<Position> {
        let active = &self.session.contexts;
        let longest = |trigger: &Trigger| trigger.contexts.iter().map(|context| active[context]).max();
        let mut best: Option<(&Trigger, Position)> = None;
        for (flow, trigger) in self.bot.triggers(waits_for) {
            let Some(to) = self.bot.place(flow, trigger.node.as_ref()) else { continue };
            let fits = trigger.contexts.iter().all(|context| active.contains_key(context))
                && (trigger.times == 1 || trigger.times <= self.session.not_understood);
            let rank = |trigger: &Trigger| (trigger.times, longest(trigger), trigger.contexts.len());
            if fits && best.as_ref().is_none_or(|(other, _)| rank(trigger) > rank(other)) {
                best = Some((trigger, to));
            }
        }
        best.map(|(_, to)| to)
    }

    /// Goes from node to node until the conversation waits.
    pub(crate) fn go_on(&mut self, start: Next) {
        self.session.position = None;
        self.session.awaiting = None;
        self.session.attempts = 0;
        let mut next = start;
        loop {
            next = match next {
                Next::Node(_) if self.nodes_left == 0 || self.replies.len() >= 100 => self.cut_off(),
                Next::Node(at) => {
                    self.nodes_left -= 1;
                    self.enter(&at)
                }
                Next::FlowEnds => {
                    self.leave_flow();
                    self.back()
                }
                Next::Waits => return,
            };
        }
    }

    /// A flow without end is given up, and so is all that waits for it.
    fn cut_off(&mut self) -> Next {
        self.session.returns.clear();
        self.leave_flow();
        if self.is_error_flow {
            return Next::FlowEnds;
        }
        self.nodes_left = 100;
        self.error_flow().unwrap_or(Next::FlowEnds)
    }

    /// The way into the error flow, once in a step and while there is room to speak.
    pub(crate) fn error_flow(&mut self) -> Option<Next> {
        if self.is_error_flow || self.replies.len() >= 100 {
            return None;
        }
        self.is_error_flow = true;
        self.system(SystemEvent::Error).map(Next::Node)
    }

    /// A flow has ended: back to the flow that jumped, or to what a digression left open.
    fn back(&mut self) -> Next {
        while let Some(at) = self.session.returns.pop() {
            match self.bot.node(&at) {
                Some(Node::Jump(jump)) => {
                    self.flow = Some(at.flow.clone());
                    return self.edge(&at.flow, jump.next.as_ref());
                }
                Some(Node::Input(_)) => return Next::Node(at),
                Some(Node::Message(_)) => return self.wait(&at),
                Some(Node::Wait(wait)) => {
                    if wait.seconds.is_none() || self.session.timers.values().any(|place| *place == at) {
                        return self.wait(&at);
                    }
                    self.flow = Some(at.flow.clone());
                    return self.edge(&at.flow, wait.on_timeout.as_ref());
                }
                _ => {}
            }
        }
        Next::Waits
    }

    /// A node waits, and no longer behind a digression.
    pub(crate) fn wait(&mut self, at: &Position) -> Next {
        self.session.returns.retain(|other| other != at);
        self.session.position = Some(at.clone());
        Next::Waits
    }

    /// Where an edge leads; where it leads nowhere, the flow ends.
    pub(crate) fn edge(&self, flow: &FlowId, node: Option<&NodeId>) -> Next {
        let to = node.and_then(|node| self.bot.place(flow, Some(node)));
        to.map_or(Next::FlowEnds, Next::Node)
    }

    /// The node that waits.
    pub(crate) fn waiting(&self) -> Option<(Position, &'b Node)> {
        let at = self.session.position.as_ref()?;
        Some((at.clone(), self.bot.node(at)?))
    }
}
