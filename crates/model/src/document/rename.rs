//! Giving parts other ids, in their paths and in everything that refers to them.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Accept, Button, ButtonAction, ConversationTest, Document, Flow, IntentFilter, Interruptions, JumpTo, Node,
    TriggerOn,
};
use crate::{ContextId, EntityId, FlowId, HandlerId, IntentId, PartPath, TestId};

/// New ids for parts. Variables keep theirs: conditions and templates spell them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Renames {
    flows: BTreeMap<FlowId, FlowId>,
    contexts: BTreeMap<ContextId, ContextId>,
    handlers: BTreeMap<HandlerId, HandlerId>,
    intents: BTreeMap<IntentId, IntentId>,
    entities: BTreeMap<EntityId, EntityId>,
    tests: BTreeMap<TestId, TestId>,
}

fn renamed<Id: Ord + Clone>(ids: &BTreeMap<Id, Id>, id: &Id) -> Id {
    ids.get(id).unwrap_or(id).clone()
}

fn rename<Id: Ord + Clone>(ids: &BTreeMap<Id, Id>, id: &mut Id) {
    if let Some(new) = ids.get(id) {
        *id = new.clone();
    }
}

impl Renames {
    /// Gives the part at `from` the id of the path `to`. Paths of two kinds, and
    /// kinds that are not renamed, change nothing.
    pub fn add(&mut self, from: &PartPath, to: &PartPath) {
        match (from, to) {
            (PartPath::Flow(from), PartPath::Flow(to)) => drop(self.flows.insert(from.clone(), to.clone())),
            (PartPath::Context(from), PartPath::Context(to)) => drop(self.contexts.insert(from.clone(), to.clone())),
            (PartPath::Handler(from), PartPath::Handler(to)) => drop(self.handlers.insert(from.clone(), to.clone())),
            (PartPath::Intent(from), PartPath::Intent(to)) => drop(self.intents.insert(from.clone(), to.clone())),
            (PartPath::Entity(from), PartPath::Entity(to)) => drop(self.entities.insert(from.clone(), to.clone())),
            (PartPath::Test(from), PartPath::Test(to)) => drop(self.tests.insert(from.clone(), to.clone())),
            _ => {}
        }
    }

    /// The path under the new ids.
    #[must_use]
    pub fn path(&self, path: &PartPath) -> PartPath {
        match path {
            PartPath::Flow(id) => PartPath::Flow(renamed(&self.flows, id)),
            PartPath::Context(id) => PartPath::Context(renamed(&self.contexts, id)),
            PartPath::Handler(id) => PartPath::Handler(renamed(&self.handlers, id)),
            PartPath::Intent(id) => PartPath::Intent(renamed(&self.intents, id)),
            PartPath::Examples(language, id) => PartPath::Examples(language.clone(), renamed(&self.intents, id)),
            PartPath::Entity(id) => PartPath::Entity(renamed(&self.entities, id)),
            PartPath::Test(id) => PartPath::Test(renamed(&self.tests, id)),
            PartPath::Settings | PartPath::Variable(_) | PartPath::Training | PartPath::Runtime => path.clone(),
        }
    }

    /// The document with every reference under the new ids.
    #[must_use]
    pub fn document(&self, mut document: Document) -> Document {
        match &mut document {
            Document::Flow(flow) => self.flow(flow),
            Document::Variable(variable) => {
                variable.from_entities = variable.from_entities.iter().map(|id| renamed(&self.entities, id)).collect();
            }
            Document::Examples(examples) => {
                for annotation in examples.examples.iter_mut().flat_map(|example| &mut example.entities) {
                    rename(&self.entities, &mut annotation.entity);
                }
            }
            Document::Entity(entity) => entity.rename_parts(|id| renamed(&self.entities, id)),
            Document::Test(test) => self.test(test),
            Document::Settings(_)
            | Document::Context(_)
            | Document::Handler(_)
            | Document::Intent(_)
            | Document::Training(_)
            | Document::Runtime(_) => {}
        }
        document
    }

    fn flow(&self, flow: &mut Flow) {
        for trigger in &mut flow.triggers {
            if let TriggerOn::Intent(intent) = &mut trigger.on {
                rename(&self.intents, intent);
            }
            trigger.contexts = trigger.contexts.iter().map(|id| renamed(&self.contexts, id)).collect();
        }
        for node in flow.nodes.values_mut() {
            self.node(node);
        }
    }

    fn node(&self, node: &mut Node) {
        self.buttons(node.buttons_mut());
        match node {
            Node::Input(input) => {
                for accept in &mut input.accept {
                    self.accept(accept);
                }
                if let Interruptions::Intents(filter) = &mut input.interruptions {
                    self.filter(filter);
                }
            }
            Node::Action(action) => {
                action.contexts =
                    action.contexts.iter().map(|(id, turns)| (renamed(&self.contexts, id), *turns)).collect();
                action.call.iter_mut().for_each(|handler| rename(&self.handlers, handler));
            }
            Node::Jump(jump) => {
                if let JumpTo::Flow(flow, _) = &mut jump.to {
                    rename(&self.flows, flow);
                }
            }
            Node::Message(_) | Node::Branch(_) | Node::Handover(_) | Node::Wait(_) | Node::Event(_) | Node::End(_) => {}
        }
    }

    fn accept(&self, accept: &mut Accept) {
        match accept {
            Accept::Text(filter) => self.filter(filter),
            Accept::Entity { entity, intents } => {
                rename(&self.entities, entity);
                self.filter(intents);
            }
            Accept::Intent { intent, .. } => rename(&self.intents, intent),
            Accept::Handler { handler, intents } => {
                rename(&self.handlers, handler);
                self.filter(intents);
            }
            Accept::Number { .. }
            | Accept::Date { .. }
            | Accept::Email {}
            | Accept::Phone {}
            | Accept::Regex { .. }
            | Accept::Options { .. } => {}
        }
    }

    fn buttons(&self, buttons: Vec<&mut Button>) {
        for button in buttons {
            if let ButtonAction::Intent { intent, entities } = &mut button.action {
                rename(&self.intents, intent);
                *entities = entities.iter().map(|(id, value)| (renamed(&self.entities, id), value.clone())).collect();
            }
        }
    }

    fn filter(&self, filter: &mut IntentFilter) {
        let under_new_ids =
            |ids: &BTreeSet<IntentId>| ids.iter().map(|id| renamed(&self.intents, id)).collect::<BTreeSet<_>>();
        filter.only = under_new_ids(&filter.only);
        filter.except = under_new_ids(&filter.except);
    }

    /// Tests name intents and nodes as texts.
    fn test(&self, test: &mut ConversationTest) {
        for turn in &mut test.turns {
            if let Some(intent) = &mut turn.expect.intent
                && let Some(new) = self.intents.get(intent.as_str())
            {
                *intent = new.to_string();
            }
            if let Some(place) = &mut turn.expect.node
                && let Some((flow, node)) = place.split_once('/')
                && let Some(new) = self.flows.get(flow)
            {
                *place = format!("{new}/{node}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_follow_a_part_to_its_new_id() {
        let path: PartPath = "flows/a".parse().unwrap();
        let flow = Document::from_json(
            &path,
            br#"{"name":"a","start":"s","triggers":[{"intent":"old","contexts":["old"]}],"nodes":{
                "s":{"input":{"variable":"v","accept":[{"text":{"except":["old"]}},{"entity":{"entity":"old"}},{"handler":{"handler":"old"}}],
                    "interruptions":{"intents":{"only":["old"]}}}},
                "r":{"message":{"content":[{"card":{"title":{},"buttons":[{"title":{},"action":{"intent":{"intent":"old"}}}]}}]}},
                "t":{"action":{"contexts":{"old":1},"call":"old"}},
                "u":{"jump":{"to":{"flow":"old"}}},
                "w":{"message":{"text":{},"buttons":[{"title":{},"action":{"intent":{"intent":"old","entities":{"old":"x"}}}}]}}}}"#,
        )
        .unwrap();
        let mut renames = Renames::default();
        for kind in ["flows", "flows/contexts", "flows/handlers", "nlp/intents", "nlp/entities", "tests"] {
            let at = |id: &str| format!("{kind}/{id}").parse::<PartPath>().unwrap();
            renames.add(&at("old"), &at("new"));
            assert_eq!(renames.path(&at("old")), at("new"));
            assert_eq!(renames.path(&at("other")), at("other"));
        }
        let json = renames.document(flow).to_value(&path).unwrap().to_string();
        assert!(!json.contains("old"), "{json}");
        assert_eq!(json.matches("new").count(), 12, "{json}");
        let examples: PartPath = "nlp/examples/en/old".parse().unwrap();
        assert_eq!(renames.path(&examples).to_string(), "nlp/examples/en/new");
    }
}
