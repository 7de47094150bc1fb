//! A bot as its author wrote it: the documents, found by their ids and nothing else.

use std::collections::BTreeMap;

use greenroom_flow::Position;
use greenroom_model::document::{Entity, Flow, Node, Settings, SystemEntity, Trigger, TriggerOn, Variable};
use greenroom_model::{Document, EntityId, FlowId, HandlerId, Language, NodeId, PartPath, VariableId};
use serde_json::Value;

/// The documents of a bot.
#[derive(Default)]
pub(crate) struct Bot {
    pub(crate) flows: BTreeMap<FlowId, Flow>,
    pub(crate) variables: BTreeMap<VariableId, Variable>,
    handlers: BTreeMap<HandlerId, String>,
    entities: BTreeMap<EntityId, Entity>,
    settings: Option<Settings>,
}

impl Bot {
    pub(crate) fn new(parts: &[(PartPath, Document)]) -> Self {
        let mut bot = Self::default();
        for part in parts.iter().cloned() {
            match part {
                (PartPath::Flow(id), Document::Flow(flow)) => drop(bot.flows.insert(id, flow)),
                (PartPath::Variable(id), Document::Variable(variable)) => drop(bot.variables.insert(id, variable)),
                (PartPath::Handler(id), Document::Handler(handler)) => drop(bot.handlers.insert(id, handler.name)),
                (PartPath::Entity(id), Document::Entity(entity)) => drop(bot.entities.insert(id, entity)),
                (PartPath::Settings, Document::Settings(settings)) => bot.settings = Some(settings),
                other => panic!("{other:?}"),
            }
        }
        bot
    }

    pub(crate) fn node(&self, at: &Position) -> Option<&Node> {
        self.flows.get(&at.flow)?.nodes.get(&at.node)
    }

    /// A node of a flow, or its start; only where it is there.
    pub(crate) fn place(&self, flow: &FlowId, node: Option<&NodeId>) -> Option<Position> {
        let node = node.unwrap_or(&self.flows.get(flow)?.start).clone();
        let place = Position { flow: flow.clone(), node };
        self.node(&place).is_some().then_some(place)
    }

    /// What a variable names that a jump goes to: `flow` or `flow/node`.
    pub(crate) fn named(&self, name: &str) -> Option<Position> {
        let (flow, node) = match name.trim().split_once('/') {
            Some((flow, node)) => (flow, Some(node.parse::<NodeId>().ok()?)),
            None => (name.trim(), None),
        };
        self.place(&flow.parse().ok()?, node.as_ref())
    }

    /// The triggers that wait for this, by flow and place in it.
    pub(crate) fn triggers(&self, waits_for: impl Fn(&TriggerOn) -> bool) -> Vec<(&FlowId, &Trigger)> {
        let all = self.flows.iter().flat_map(|(id, flow)| flow.triggers.iter().map(move |trigger| (id, trigger)));
        all.filter(|(_, trigger)| waits_for(&trigger.on)).collect()
    }

    /// Whether some button goes to this node.
    pub(crate) fn has_button_to(&self, place: &Position) -> bool {
        let Some(flow) = self.flows.get(&place.flow) else { return false };
        let mut buttons = flow.nodes.values().flat_map(Node::buttons);
        buttons.any(|button| button.goto() == Some(&place.node))
    }

    pub(crate) fn is_sensitive(&self, variable: &VariableId) -> bool {
        self.variables.get(variable).is_some_and(|variable| variable.sensitive)
    }

    /// What a variable has at the beginning.
    pub(crate) fn default_value(&self, variable: &VariableId) -> Option<Value> {
        self.variables.get(variable).map(|variable| variable.default.clone()).filter(|value| !value.is_null())
    }

    pub(crate) fn is_date(&self, entity: &EntityId) -> bool {
        let is_date = |kind: &SystemEntity| matches!(kind, SystemEntity::Date | SystemEntity::DateTime);
        self.entities.get(entity).is_some_and(|entity| entity.system.iter().any(is_date))
    }

    pub(crate) fn handler_name(&self, handler: &HandlerId) -> String {
        self.handlers.get(handler).cloned().unwrap_or_else(|| handler.to_string())
    }

    pub(crate) fn settings(&self) -> Option<&Settings> {
        self.settings.as_ref()
    }

    pub(crate) fn default_language(&self) -> Language {
        self.settings.as_ref().map_or_else(|| "en".parse().unwrap(), |settings| settings.default_language.clone())
    }

    /// The language in which the bot answers who asks for this one.
    pub(crate) fn spoken(&self, wanted: &Language) -> Option<Language> {
        let Some(settings) = &self.settings else { return Some(wanted.clone()) };
        let is_wider = |wide: &Language, narrow: &Language| {
            wide == narrow || narrow.as_str().starts_with(&format!("{}-", wide.as_str()))
        };
        let mut spoken: Vec<&Language> = settings.all_languages().collect();
        spoken.sort();
        if spoken.iter().any(|language| is_wider(language, wanted)) {
            return Some(wanted.clone());
        }
        spoken.into_iter().find(|language| is_wider(wanted, language)).cloned()
    }
}
