//! A flow as it is put together, from its last node to its first.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::document::{
    ActionNode, BranchNode, Case as BranchCase, EndNode, Flow, JumpNode, JumpTo, Node, Trigger, TriggerOn,
};
use greenroom_model::{ContextId, Document, FlowId, NodeId, PartPath, VariableId};
use serde_json::Value;

use super::import::Import;
use super::names::{Ids, display_name};
use super::scripts::{Act, Guard, Test};
use super::states::ActiveId;
use super::template;

/// A flow's nodes so far.
#[derive(Default)]
pub(super) struct FlowDraft {
    ids: Ids<NodeId>,
    nodes: BTreeMap<NodeId, Node>,
    triggers: Vec<Trigger>,
    /// The nodes that lead into forms, by the way into it and the contexts that it ends.
    pub(super) entered: BTreeMap<(ActiveId, BTreeSet<ContextId>), NodeId>,
}

/// Contexts that a flow sets, and for how many turns; 0 ends one.
pub(super) type ContextTurns = BTreeMap<ContextId, u32>;

impl FlowDraft {
    pub(super) fn add(&mut self, name: &str, node: Node) -> NodeId {
        let id = self.ids.fresh(name);
        self.nodes.insert(id.clone(), node);
        id
    }

    /// Whether more answers fit in: a flow is to be read, and takes 1,000 triggers at most.
    pub(super) fn has_room(&self) -> bool {
        const MOST: usize = 300;
        self.triggers.len() < MOST && self.nodes.len() < 10 * MOST
    }

    /// Puts another node in the place of one.
    pub(super) fn replace(&mut self, id: NodeId, node: Node) {
        self.nodes.insert(id, node);
    }

    pub(super) fn trigger(&mut self, on: TriggerOn, contexts: BTreeSet<ContextId>, node: Option<NodeId>) {
        let trigger = Trigger { contexts, node, ..Trigger::on(on) };
        if !self.triggers.contains(&trigger) {
            self.triggers.push(trigger);
        }
    }

    /// The whole flow; one without nodes only ends.
    pub(super) fn finish(
        mut self,
        import: &mut Import<'_>,
        id: FlowId,
        name: &str,
        description: Option<&str>,
        start: Option<NodeId>,
    ) {
        let start = start.unwrap_or_else(|| self.add("end", Node::End(EndNode {})));
        let mut triggers = self.triggers;
        for trigger in &mut triggers {
            if trigger.node.as_ref() == Some(&start) {
                trigger.node = None;
            }
        }
        let flow = Flow {
            name: display_name(name),
            description: description.map(str::to_owned),
            triggers,
            start,
            nodes: self.nodes,
        };
        import.parts.insert(PartPath::Flow(id), Document::Flow(flow));
    }

    /// What an action does besides going on, before `next`; `next` itself where it does nothing.
    pub(super) fn remember(&mut self, name: &str, action: ActionNode, next: Option<NodeId>) -> Option<NodeId> {
        if action == ActionNode::default() {
            return next;
        }
        Some(self.add(name, Node::Action(ActionNode { next, ..action })))
    }

    /// A node that sets variables to values, before `next`.
    pub(super) fn set(&mut self, name: &str, values: BTreeMap<VariableId, Value>, next: Option<NodeId>) -> NodeId {
        let set = values.into_iter().map(|(variable, value)| (variable, literal(value))).collect();
        self.add(name, Node::Action(ActionNode { set, next, ..ActionNode::default() }))
    }

    /// A jump to another flow, for good.
    pub(super) fn jump(&mut self, name: &str, flow: FlowId) -> NodeId {
        self.add(name, Node::Jump(JumpNode { to: JumpTo::Flow(flow, None), returns: false, next: None }))
    }

    /// An act before `next`. `member` is the intent of a retrieval intent that was said.
    pub(super) fn act(
        &mut self,
        import: &mut Import<'_>,
        act: &Act,
        member: Option<&str>,
        next: Option<NodeId>,
    ) -> Option<NodeId> {
        match act {
            Act::Say(response) => Some(self.say(import, &response.name, next)),
            Act::SayOfGroup(action) => {
                let Some(member) = member else { return next };
                let response = format!("utter_{member}");
                if import.messages.contains_key(&response) {
                    return Some(self.say(import, &response, next));
                }
                let reason = format!("there is no response `{response}` for intent `{member}`");
                let construct = format!("action `{}`", action.name);
                import.report.lose(&action.place, construct, reason, "add the message to the flow");
                next
            }
            Act::Call(action) => {
                let call = Some(import.handler(action));
                Some(self.add(&action.name, Node::Action(ActionNode { call, next, ..ActionNode::default() })))
            }
            Act::Restart => {
                let mut node = ActionNode { next, ..ActionNode::default() };
                for (id, variable) in import.all_variables() {
                    if variable.default.is_null() {
                        node.clear.insert(id.clone());
                    } else {
                        node.set.insert(id.clone(), literal(variable.default.clone()));
                    }
                }
                Some(self.add("forget", Node::Action(node)))
            }
            Act::Leave => next,
        }
    }

    fn say(&mut self, import: &mut Import<'_>, response: &str, next: Option<NodeId>) -> NodeId {
        import.said.insert(response.to_owned());
        let said = import.messages.get(response).cloned().unwrap_or_default();
        said.nodes(self, response, next)
    }

    /// The first of several ways whose condition holds, else the last.
    pub(super) fn branch(
        &mut self,
        name: &str,
        ways: Vec<(String, Option<NodeId>)>,
        otherwise: Option<NodeId>,
    ) -> NodeId {
        let mut branch = BranchNode { cases: Vec::new(), otherwise };
        for (when, way) in ways {
            let goto = way.unwrap_or_else(|| self.add("end", Node::End(EndNode {})));
            branch.cases.push(BranchCase { when, goto });
        }
        self.add(name, Node::Branch(branch))
    }
}

/// A guard in the words of branches.
pub(super) fn condition(guard: &Guard) -> String {
    let tests = guard.iter().map(|(variable, test)| match test {
        Test::Known => format!("known({variable})"),
        Test::NotKnown => format!("not known({variable})"),
        Test::Is(value) => format!("{variable} == {value}"),
    });
    tests.collect::<Vec<_>>().join(" and ")
}

/// A value that `set` takes as it stands, though texts are templates there.
pub(super) fn literal(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(template::literal(&text, false)),
        other => other,
    }
}
