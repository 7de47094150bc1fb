//! What a form asks: an input for each slot, or the code that asks in its stead, and
//! the code that checks the answers.

use std::collections::BTreeSet;

use greenroom_model::document::{ActionNode, InputNode, Interruptions, Node, Prompt, Retries};
use greenroom_model::{HandlerId, IntentId, NodeId};
use serde_json::Value;

use super::accepting::accepts;
use super::draft::FlowDraft;
use super::import::Import;
use super::report::Named;
use super::source::Form;
use super::tracking::Tracking;

/// A form's questions.
pub(super) struct Questions<'f> {
    form: &'f Form,
    tracking: Option<&'f Tracking>,
    interruptions: Interruptions,
    /// Intents that give a slot of the form its value while it asks.
    giving: BTreeSet<IntentId>,
    /// The code that checks the slots.
    check: Option<HandlerId>,
}

impl<'f> Questions<'f> {
    pub(super) fn of(
        import: &mut Import<'_>,
        form: &'f Form,
        tracking: Option<&'f Tracking>,
        interruptions: Interruptions,
        giving: BTreeSet<IntentId>,
    ) -> Self {
        let check = format!("validate_{}", form.name.name);
        let check = import.project.actions.iter().find(|action| action.name == check).cloned();
        if let Some(action) = &check {
            let reason = format!(
                "its handler is called after each answer in `{}`, fitting or not; what it leaves without a value is asked \
                 again",
                form.name.name
            );
            let advice = "serve it with the action server, or delete its nodes and say what each input accepts";
            import.report.lose(&action.place, format!("action `{}`", action.name), reason, advice);
        }
        let check = check.map(|action| import.declare_handler(&action.name));
        Self { form, tracking, interruptions, giving, check }
    }

    /// The questions: the first of their nodes, or what follows; and what checks an answer.
    pub(super) fn nodes(
        &self,
        import: &mut Import<'_>,
        draft: &mut FlowDraft,
        done: Option<NodeId>,
    ) -> (Option<NodeId>, Option<NodeId>) {
        let Some(check) = &self.check else {
            let mut next = done;
            for slot in self.form.slots.iter().rev() {
                let asks = self.question(import, draft, slot, next.clone());
                let variable = import.variable(&slot.name, &slot.place);
                next = Some(match asks.is_input {
                    true => asks.first,
                    false => draft.branch("if_not_known", vec![(format!("known({variable})"), next)], Some(asks.first)),
                });
            }
            return (next, None);
        };
        let asked = draft.add("check", Node::Action(ActionNode::default()));
        let mut ways = Vec::new();
        for slot in extra(import, self.form) {
            let variable = import.variable(&slot.name, &slot.place);
            let asks = self.question(import, draft, &slot, Some(asked.clone()));
            if let Some(tracking) = self.tracking {
                let when = format!("{} == {} and not known({variable})", tracking.requested_slot, quoted(&slot.name));
                ways.push((when, Some(asks.first)));
            }
        }
        for slot in &self.form.slots {
            let variable = import.variable(&slot.name, &slot.place);
            let asks = self.question(import, draft, slot, Some(asked.clone()));
            ways.push((format!("not known({variable})"), Some(asks.first)));
        }
        let next = draft.branch("ask_next", ways, done.clone());
        let checked = match self.tracking {
            Some(tracking) => {
                let when = format!("not known({})", tracking.requested_slot);
                draft.branch("still_asking", vec![(when, done)], Some(next.clone()))
            }
            None => next.clone(),
        };
        let call = ActionNode {
            call: Some(check.clone()),
            next: Some(checked),
            on_error: Some(next.clone()),
            ..ActionNode::default()
        };
        draft.replace(asked.clone(), Node::Action(call));
        (Some(next), Some(asked))
    }

    /// The form's first node: what is known already is checked before anything is asked.
    pub(super) fn open(&self, draft: &mut FlowDraft, mut opening: ActionNode, first: Option<NodeId>) -> Option<NodeId> {
        if let Some(check) = &self.check {
            opening.call = Some(check.clone());
        }
        draft.remember("begin", opening, first)
    }

    /// What asks for a slot, before `next`.
    fn question(&self, import: &mut Import<'_>, draft: &mut FlowDraft, slot: &Named, next: Option<NodeId>) -> Asks {
        let variable = import.variable(&slot.name, &slot.place);
        let accept = accepts(import, self.form, slot, &self.giving);
        let (ask, action) = question(import, self.form, slot);
        if let Some((value, place)) = import.slot(&slot.name).and_then(|declared| declared.initial.as_ref()) {
            let reason =
                format!("it begins as `{value}`, so `{}` never asks for it, in Rasa neither", self.form.name.name);
            let advice = "clear the variable before the form, or delete its default";
            import.report.lose(place, format!("`initial_value` of slot `{}`", slot.name), reason, advice);
        }
        // As in Rasa, code that checks is called for what does not fit too: it may fill other slots.
        let refused = next.clone().filter(|_| self.check.is_some());
        let node = InputNode {
            variable,
            ask: None,
            accept,
            retry: Retries::default(),
            attempts: refused.as_ref().map(|_| 1),
            otherwise: refused,
            skip_when_known: true,
            interruptions: self.interruptions.clone(),
            next,
        };
        let mut request = ActionNode::default();
        if self.check.is_some() || action.is_some() {
            request.set.extend(self.tracking.map(|tracking| tracking.requested(&slot.name)).unwrap_or_default());
        }
        let name = format!("ask_{}", slot.name);
        let Some(action) = action else {
            let asks = draft.add(&name, Node::Input(InputNode { ask, ..node }));
            let is_input = request == ActionNode::default();
            let first = draft.remember(&format!("request_{}", slot.name), request, Some(asks.clone()));
            return Asks { first: first.unwrap_or(asks), is_input };
        };
        // The handler asks, and asks again where an answer does not fit; the response, where it fails.
        let first = draft.add(&action.name, Node::Action(ActionNode::default()));
        let again = node.otherwise.clone().or_else(|| Some(first.clone()));
        let silent = InputNode { attempts: Some(1), otherwise: again, ..node.clone() };
        let silent = draft.add(&name, Node::Input(silent));
        request.on_error = ask.map(|ask| draft.add(&name, Node::Input(InputNode { ask: Some(ask), ..node })));
        request.call = Some(import.handler(&action));
        request.next = Some(silent);
        draft.replace(first.clone(), Node::Action(request));
        Asks { first, is_input: false }
    }
}

/// What asks for a slot.
struct Asks {
    first: NodeId,
    /// Whether it is an input alone, which passes by what is known.
    is_input: bool,
}

/// Slots that are asked for in a form though it does not require them: code may request them.
fn extra(import: &Import<'_>, form: &Form) -> Vec<Named> {
    let required = |name: &str| form.slots.iter().any(|slot| slot.name == name);
    let prefix = format!("utter_ask_{}_", form.name.name);
    let asked = import.project.responses.iter().filter_map(|response| {
        let name = response.name.name.strip_prefix(&prefix)?;
        Some(Named { name: name.to_owned(), place: response.name.place.clone() })
    });
    asked.filter(|slot| !required(&slot.name) && import.slot(&slot.name).is_some()).collect()
}

/// What asks for a slot, in Rasa's order: for the form before for any, an action before
/// a response; and the response that stands in where the action fails.
fn question(import: &mut Import<'_>, form: &Form, slot: &Named) -> (Option<Prompt>, Option<Named>) {
    let (name, slot_name) = (form.name.name.as_str(), slot.name.as_str());
    let mut custom: Option<Named> = None;
    let mut said: Option<(String, Prompt)> = None;
    for middle in [format!("{name}_"), String::new()] {
        let action = format!("action_ask_{middle}{slot_name}");
        if custom.is_none() && said.is_none() {
            custom = import.project.actions.iter().find(|listed| listed.name == action).cloned();
        }
        let response = format!("utter_ask_{middle}{slot_name}");
        if said.is_none()
            && let Some(message) = import.messages.get(&response).cloned()
        {
            import.said.insert(response.clone());
            let prompt = message.prompt(import, &slot.place, &response);
            said = Some((response, prompt));
        }
    }
    match (&custom, &said) {
        (Some(action), _) => {
            let otherwise = match &said {
                Some((response, _)) => format!("`{response}` asks where the handler fails"),
                None => "the input waits in silence where the handler fails".to_owned(),
            };
            let reason = format!(
                "its handler asks for `{slot_name}` in `{name}`, and again where the answer does not fit; not after \
                 another flow has answered something else; {otherwise}"
            );
            let advice = "serve it with the action server, or write the question";
            import.report.lose(&action.place, format!("action `{}`", action.name), reason, advice);
        }
        (None, Some(_)) => {}
        (None, None) => {
            let construct = format!("slot `{slot_name}` of form `{name}`");
            let reason = "no response and no action asks for it; the input waits in silence";
            import.report.lose(&slot.place, construct, reason, "write the question");
        }
    }
    (said.map(|(_, prompt)| prompt), custom)
}

pub(super) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}
