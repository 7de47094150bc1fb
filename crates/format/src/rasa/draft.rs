//! A flow as it is put together, from its last node to its first.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::document::{
    ActionNode, BranchNode, Case as BranchCase, EndNode, Flow, JumpNode, JumpTo, MessageNode, Node, Trigger, TriggerOn,
};
use greenroom_model::{ContextId, Document, FlowId, NodeId, PartPath, VariableId};
use serde_json::Value;

use super::answers::Case;
use super::import::Import;
use super::names::{Ids, display_name};
use super::report::Named;
use super::scripts::Act;
use super::source::{Expected, SlotCondition};
use super::template;

/// A flow's nodes so far.
#[derive(Default)]
pub(super) struct FlowDraft {
    ids: Ids<NodeId>,
    nodes: BTreeMap<NodeId, Node>,
    triggers: Vec<Trigger>,
}

/// Contexts that a flow sets, and for how many turns; 0 ends one.
pub(super) type ContextTurns = BTreeMap<ContextId, u32>;

impl FlowDraft {
    pub(super) fn add(&mut self, name: &str, node: Node) -> NodeId {
        let id = self.ids.fresh(name);
        self.nodes.insert(id.clone(), node);
        id
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

    /// A node that sets contexts, before `next`; `next` itself where there are none.
    pub(super) fn contexts(&mut self, contexts: &ContextTurns, next: Option<NodeId>) -> Option<NodeId> {
        if contexts.is_empty() {
            return next;
        }
        let action = ActionNode { contexts: contexts.clone(), next, ..ActionNode::default() };
        Some(self.add("remember", Node::Action(action)))
    }

    /// A node that sets variables to values, before `next`.
    pub(super) fn set(&mut self, name: &str, values: BTreeMap<VariableId, Value>, next: Option<NodeId>) -> NodeId {
        let set = values.into_iter().map(|(variable, value)| (variable, literal(value))).collect();
        self.add(name, Node::Action(ActionNode { set, next, ..ActionNode::default() }))
    }

    /// A case's acts, then its form; between them `contexts` are set. With neither
    /// acts nor a form: `last`.
    pub(super) fn case(
        &mut self,
        import: &mut Import<'_>,
        case: &Case,
        member: Option<&str>,
        contexts: &ContextTurns,
        last: Option<NodeId>,
    ) -> Option<NodeId> {
        let mut next = match &case.starts {
            Some(form) => self.jump_to_form(import, form).or(last),
            None => last,
        };
        next = self.contexts(contexts, next);
        for act in case.acts.iter().rev() {
            next = self.act(import, act, member, next);
        }
        next
    }

    fn jump_to_form(&mut self, import: &Import<'_>, form: &Named) -> Option<NodeId> {
        let flow = import.form_flows.get(&form.name)?.clone();
        let jump = JumpNode { to: JumpTo::Flow(flow, None), returns: false, next: None };
        Some(self.add(&form.name, Node::Jump(jump)))
    }

    /// An act before `next`. `member` is the intent of a retrieval intent that was said.
    fn act(
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
        }
    }

    fn say(&mut self, import: &mut Import<'_>, response: &str, next: Option<NodeId>) -> NodeId {
        import.said.insert(response.to_owned());
        let message = import.messages.get(response).cloned().unwrap_or_default();
        self.add(
            response,
            Node::Message(MessageNode { text: message.text, buttons: message.buttons, next, ..MessageNode::default() }),
        )
    }

    /// The first of several ways by their conditions: those with more come first.
    pub(super) fn choose(
        &mut self,
        import: &mut Import<'_>,
        mut ways: Vec<(Vec<SlotCondition>, Option<NodeId>)>,
        otherwise: Option<NodeId>,
    ) -> Option<NodeId> {
        if ways.iter().all(|(conditions, _)| conditions.is_empty()) {
            return ways.into_iter().next().map_or(otherwise, |(_, way)| way);
        }
        ways.sort_by_key(|(conditions, _)| std::cmp::Reverse(conditions.len()));
        let mut branch = BranchNode { cases: Vec::new(), otherwise };
        for (conditions, way) in ways {
            if conditions.is_empty() {
                branch.otherwise = way;
                continue;
            }
            let when: Vec<String> = conditions.iter().map(|condition| condition_text(import, condition)).collect();
            let goto = way.unwrap_or_else(|| self.add("end", Node::End(EndNode {})));
            branch.cases.push(BranchCase { when: when.join(" and "), goto });
        }
        Some(self.add("choose", Node::Branch(branch)))
    }
}

/// A slot's condition in the words of branches.
fn condition_text(import: &mut Import<'_>, condition: &SlotCondition) -> String {
    let variable = import.variable(&condition.slot.name, &condition.slot.place);
    let kind = import.slot(&condition.slot.name).map(|slot| slot.kind.as_str());
    match (&condition.expected, kind) {
        (Expected::NotSet, _) => format!("not known({variable})"),
        (Expected::Value(value @ (Value::Bool(_) | Value::String(_))), Some("bool" | "categorical")) => {
            format!("{variable} == {value}")
        }
        // Of any other slot Rasa's policies see only whether it is set.
        (Expected::Set | Expected::Value(_), _) => format!("known({variable})"),
    }
}

/// A value that `set` takes as it stands, though texts are templates there.
fn literal(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(template::literal(&text, false)),
        other => other,
    }
}
