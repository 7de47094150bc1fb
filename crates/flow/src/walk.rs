//! The walk: one input through the graph. Pure and total: no clock, no chance,
//! and whatever is wrong with the bot is traced, not fatal.

mod act;
mod answer;
mod calls;
mod contents;
mod dates;
mod enter;
mod hide;
mod inputs;
mod lifetimes;
pub(crate) mod payload;
mod recite;
mod say;
mod trigger;
mod values;
mod waits;

use greenroom_model::document::SystemEvent;
use greenroom_model::{FlowId, VariableId};

use crate::graph::{Kind, Node, NodeIndex, Target};
use crate::{Effect, Graph, Input, Position, Reply, Secrets, Session, Step, TraceStep};

pub(crate) use answer::{keyword, words};

/// How many nodes one input may pass; a flow that goes on is cut off.
pub const MAX_NODES_PER_STEP: u32 = 1_000;

/// How many replies one input may bring.
const MAX_REPLIES_PER_STEP: usize = 100;

/// How many bytes of templates one input may bring, in texts and values.
const MAX_BYTES_PER_STEP: usize = 1 << 20;

/// How many instructions the templates of one step may take together.
const MAX_FUEL_PER_STEP: u64 = 1_000_000;

/// How many effects one input may bring; events that are more are not told.
const MAX_EFFECTS_PER_STEP: usize = 100;

/// How much the conditions of one step may cost: about so many bytes are looked at.
const MAX_WORK_PER_STEP: u64 = 16 << 20;

/// How many nodes the error flow may pass after a flow was cut off.
const NODES_TO_RECOVER: u32 = 100;

/// How many flows may wait for others; the one that has waited longest is given up.
pub const MAX_RETURNS: usize = 32;

/// How many bytes all variables of a conversation may take, about.
const MAX_VARIABLES_BYTES: usize = 1 << 20;

/// Takes a conversation one input further: pure and total.
///
/// The same graph, session and input give the same step. At most
/// [`MAX_NODES_PER_STEP`] nodes are passed; effects are data, for the runtime
/// to perform. A session of another version of the bot goes on where its node
/// still exists.
///
/// # Examples
/// ```
/// use greenroom_flow::{FlowBuilder, Graph, Input, Session, step};
/// use greenroom_model::{Document, PartPath};
///
/// let flow = FlowBuilder::new("Table")
///     .on_intent("book")
///     .input("people", "people", "en", "For how many?", |input| input.number(1, 12).retry("en", "1 to 12, please."))
///     .message("done", "en", "A table for {{ people }}.")
///     .build()?;
/// let graph = Graph::compile([("flows/table".parse()?, Document::Flow(flow))]);
///
/// let mut session = Session::new(&graph, None);
/// let mut say = |input: Input| {
///     let step = step(&graph, &session, &input);
///     session = step.session;
///     step.replies.into_iter().map(|reply| reply.text).collect::<Vec<_>>()
/// };
/// assert_eq!(say(Input::of_intent("a table please", "book".parse()?)), ["For how many?"]);
/// assert_eq!(say(Input::not_understood("thirty")), ["1 to 12, please.", "For how many?"]);
/// assert_eq!(say(Input::not_understood("we are 4")), ["A table for 4."]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn step(graph: &Graph, session: &Session, input: &Input) -> Step {
    let mut walk = Walk::begin(graph, session.clone());
    walk.learn_secrets(input);
    walk.find_its_place();
    walk.take(input);
    walk.settle();
    walk.hide_secrets();
    let Walk { session, replies, effects, trace, secrets, .. } = walk;
    Step { session, replies, effects, trace, secrets }
}

/// A step under way.
struct Walk<'g> {
    graph: &'g Graph,
    session: Session,
    replies: Vec<Reply>,
    effects: Vec<Effect>,
    trace: Vec<TraceStep>,
    secrets: Secrets,
    /// The flow under way.
    flow: Option<FlowId>,
    /// Variables of the lifetime `flow` that were set outside of any.
    unowned: Vec<VariableId>,
    /// What waits while the bot is switched off, to go on when it is on again.
    asleep: Vec<Position>,
    nodes_left: u32,
    bytes_left: usize,
    fuel_left: u64,
    work_left: u64,
    is_recovering: bool,
}

/// The way on.
enum Way {
    /// Into a node.
    To(NodeIndex),
    /// The flow is at its end.
    End,
    /// The conversation waits.
    Wait,
}

impl<'g> Walk<'g> {
    fn begin(graph: &'g Graph, session: Session) -> Self {
        Self {
            graph,
            session,
            replies: Vec::new(),
            effects: Vec::new(),
            trace: Vec::new(),
            secrets: Secrets::default(),
            flow: None,
            unowned: Vec::new(),
            asleep: Vec::new(),
            nodes_left: MAX_NODES_PER_STEP,
            bytes_left: MAX_BYTES_PER_STEP,
            fuel_left: MAX_FUEL_PER_STEP,
            work_left: MAX_WORK_PER_STEP,
            is_recovering: false,
        }
    }

    /// Goes on until the conversation waits.
    fn run(&mut self, start: Way) {
        self.session.position = None;
        self.session.awaiting = None;
        self.session.attempts = 0;
        let mut way = start;
        loop {
            way = match way {
                Way::To(_) if self.nodes_left == 0 => {
                    self.cut_off(format!("the flow passes more than {MAX_NODES_PER_STEP} nodes without waiting"))
                }
                Way::To(_) if self.replies.len() >= MAX_REPLIES_PER_STEP => {
                    self.cut_off(format!("the flow says more than {MAX_REPLIES_PER_STEP} things without waiting"))
                }
                Way::To(node) => {
                    self.nodes_left = self.nodes_left.saturating_sub(1);
                    self.enter(node)
                }
                Way::End => {
                    self.leave_flow();
                    self.back()
                }
                Way::Wait => return,
            };
        }
    }

    /// Gives up a flow that does not come to an end; the error flow may still speak.
    fn cut_off(&mut self, reason: String) -> Way {
        self.fault(None, reason);
        self.session.returns.clear();
        self.leave_flow();
        if self.is_recovering {
            return Way::End;
        }
        self.nodes_left = NODES_TO_RECOVER;
        self.recover().unwrap_or(Way::End)
    }

    /// The way into the error flow; `None` where there is none, or it is what failed.
    fn recover(&mut self) -> Option<Way> {
        if self.is_recovering || self.replies.len() >= MAX_REPLIES_PER_STEP {
            return None;
        }
        self.is_recovering = true;
        self.choose(self.graph.triggers().system(SystemEvent::Error)).map(Way::To)
    }

    /// The end of a flow: back to what waits, else nothing waits.
    fn back(&mut self) -> Way {
        while let Some(position) = self.session.returns.pop() {
            let Some(index) = self.graph.find(&position) else { continue };
            let node = self.graph.node(index);
            match &node.kind {
                Kind::Jump(jump) => {
                    self.resume_flow(&position.flow);
                    self.trace.push(TraceStep::Returned { to: position });
                    return self.way(node, &jump.next);
                }
                Kind::Input(_) => {
                    self.trace.push(TraceStep::Returned { to: position });
                    return Way::To(index);
                }
                Kind::Message(_) => {
                    self.trace.push(TraceStep::Returned { to: position });
                    return self.wait(node);
                }
                Kind::Wait(wait) => {
                    let runs = self.session.timers.values().any(|place| *place == position);
                    self.trace.push(TraceStep::Returned { to: position });
                    if wait.seconds.is_none() || runs {
                        return self.wait(node);
                    }
                    self.trace.push(TraceStep::Woken { at: node.position.clone(), event: None });
                    self.resume_flow(&node.position.flow);
                    return self.way(node, &wait.on_timeout);
                }
                Kind::Branch(_) | Kind::Action(_) | Kind::Handover(_) | Kind::Event(_) | Kind::End => {}
            }
        }
        self.trace.push(TraceStep::Waiting { at: None });
        Way::Wait
    }

    /// Where an edge of a node leads.
    fn way(&mut self, from: &Node, target: &Target) -> Way {
        match target {
            Target::Node(node) => Way::To(*node),
            Target::Nothing => Way::End,
            Target::Missing(node) => {
                self.fault(Some(&from.position), format!("the flow has no node `{node}`; it ends here"));
                Way::End
            }
        }
    }

    /// A node waits now; where it waited already behind a digression, that is no more.
    fn wait(&mut self, at: &Node) -> Way {
        self.session.returns.retain(|other| *other != at.position);
        self.session.position = Some(at.position.clone());
        self.trace.push(TraceStep::Waiting { at: Some(at.position.clone()) });
        Way::Wait
    }

    /// The node that waits, where there is one.
    fn waiting(&self) -> Option<(NodeIndex, &'g Node)> {
        let index = self.graph.find(self.session.position.as_ref()?)?;
        Some((index, self.graph.node(index)))
    }

    fn fault(&mut self, at: Option<&Position>, reason: impl Into<String>) {
        self.trace.push(TraceStep::Fault { at: at.cloned(), reason: reason.into() });
    }

    fn ignore(&mut self, reason: impl Into<String>) {
        self.trace.push(TraceStep::Ignored { reason: reason.into() });
    }
}

#[cfg(test)]
mod tests;
