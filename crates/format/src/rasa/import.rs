//! What every translation shares: the source, the ids given so far, the parts
//! made so far, and the report.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::document::{Context, Entity, Handler, Intent, Variable};
use greenroom_model::{ContextId, Document, EntityId, FlowId, HandlerId, IntentId, Language, PartPath, VariableId};

use super::names::{Ids, display_name};
use super::report::{Named, Place, Report};
use super::responses::Message;
use super::source::{Project, Slot};

/// The intent that Rasa's fallback stands for; here, not to understand is no intent.
pub(super) const FALLBACK_INTENT: &str = "nlu_fallback";

/// The slot in which Rasa keeps which slot a form asks for.
pub(super) const REQUESTED_SLOT: &str = "requested_slot";

/// An import under way.
pub(super) struct Import<'a> {
    pub(super) project: &'a Project,
    pub(super) language: Language,
    pub(super) report: Report,
    pub(super) parts: BTreeMap<PartPath, Document>,
    pub(super) flows: Ids<FlowId>,
    /// What each response says.
    pub(super) messages: BTreeMap<String, Message>,
    /// The responses that a flow says.
    pub(super) said: BTreeSet<String>,
    /// Actions that ask for a slot, in whose stead a response asks.
    pub(super) replaced_questions: BTreeSet<String>,
    /// The slots that an intent fills as it starts a form.
    pub(super) set_by_trigger: BTreeSet<(String, String)>,
    /// The flow of each form.
    pub(super) form_flows: BTreeMap<String, FlowId>,
    intents: Ids<IntentId>,
    entities: Ids<EntityId>,
    variables: Ids<VariableId>,
    handlers: Ids<HandlerId>,
    contexts: Ids<ContextId>,
    /// The intents of each retrieval intent: `faq` has `faq/hours`.
    groups: BTreeMap<String, Vec<String>>,
}

impl<'a> Import<'a> {
    pub(super) fn new(project: &'a Project, language: Language, report: Report) -> Self {
        let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for intent in &project.nlu {
            if let Some((group, _)) = intent.name.name.split_once('/') {
                let members = groups.entry(group.to_owned()).or_default();
                if !members.contains(&intent.name.name) {
                    members.push(intent.name.name.clone());
                }
            }
        }
        Self {
            project,
            language,
            report,
            parts: BTreeMap::new(),
            flows: Ids::default(),
            messages: BTreeMap::new(),
            said: BTreeSet::new(),
            replaced_questions: BTreeSet::new(),
            set_by_trigger: BTreeSet::new(),
            form_flows: BTreeMap::new(),
            intents: Ids::default(),
            entities: Ids::default(),
            variables: Ids::default(),
            handlers: Ids::default(),
            contexts: Ids::default(),
            groups,
        }
    }

    /// The members of a retrieval intent.
    pub(super) fn group(&self, name: &str) -> Option<&[String]> {
        self.groups.get(name).map(Vec::as_slice)
    }

    /// Adds an intent.
    pub(super) fn define_intent(&mut self, name: &str) -> IntentId {
        let id = self.intents.give(name);
        let intent = Intent::new(display_name(name));
        self.parts.entry(PartPath::Intent(id.clone())).or_insert(Document::Intent(intent));
        id
    }

    /// The intents of a name that the bot has; of a retrieval intent, its members.
    pub(super) fn known_intents(&self, name: &str) -> Vec<IntentId> {
        match self.groups.get(name) {
            Some(members) => members.iter().filter_map(|member| self.intents.get(member).cloned()).collect(),
            None => self.intents.get(name).cloned().into_iter().collect(),
        }
    }

    /// The intents of a name that a flow needs; one that nothing defines is added, and told.
    pub(super) fn needed_intents(&mut self, intent: &Named) -> Vec<IntentId> {
        let known = self.known_intents(&intent.name);
        if !known.is_empty() {
            return known;
        }
        self.report.lose(
            &intent.place,
            format!("intent `{}`", intent.name),
            "neither the domain nor the NLU data has it; it was added without examples",
            "give it examples, or mend the name",
        );
        vec![self.define_intent(&intent.name)]
    }

    /// The entity of a name; one that nothing defines is added, and told.
    pub(super) fn entity(&mut self, entity: &Named) -> EntityId {
        if let Some(id) = self.entities.get(&entity.name) {
            return id.clone();
        }
        self.report.lose(
            &entity.place,
            format!("entity `{}`", entity.name),
            "neither the domain nor the NLU data has it; it was added without values",
            "give it values or a pattern, or mend the name",
        );
        self.define_entity(&entity.name, Entity { name: display_name(&entity.name), ..Entity::default() })
    }

    pub(super) fn define_entity(&mut self, name: &str, entity: Entity) -> EntityId {
        let id = self.entities.give(name);
        self.parts.insert(PartPath::Entity(id.clone()), Document::Entity(entity));
        id
    }

    pub(super) fn define_variable(&mut self, name: &str, variable: Variable) -> VariableId {
        let id = self.variables.give(name);
        self.parts.insert(PartPath::Variable(id.clone()), Document::Variable(variable));
        id
    }

    /// The variable of a slot; one that nothing defines is declared, and told.
    pub(super) fn variable(&mut self, slot: &str, place: &Place) -> VariableId {
        if let Some(id) = self.variables.get(slot) {
            return id.clone();
        }
        self.report.lose(
            place,
            format!("`{slot}`"),
            "no slot has this name; a variable without a value was declared",
            "let a handler return it",
        );
        let variable = Variable {
            name: display_name(slot),
            description: None,
            value_type: greenroom_model::document::ValueType::Any,
            default: serde_json::Value::Null,
            ..Variable::default()
        };
        self.define_variable(slot, variable)
    }

    /// The variable of a slot that has one.
    pub(super) fn known_variable(&self, slot: &str) -> Option<&VariableId> {
        self.variables.get(slot)
    }

    /// The variables of the bot with their documents.
    pub(super) fn all_variables(&self) -> impl Iterator<Item = (&VariableId, &Variable)> {
        self.parts.iter().filter_map(|(path, document)| match (path, document) {
            (PartPath::Variable(id), Document::Variable(variable)) => Some((id, variable)),
            _ => None,
        })
    }

    /// The slot of a name.
    pub(super) fn slot(&self, name: &str) -> Option<&'a Slot> {
        self.project.slots.iter().find(|slot| slot.name.name == name)
    }

    /// The handler of a custom action; one that the domain does not list is declared, and told.
    pub(super) fn handler(&mut self, action: &Named) -> HandlerId {
        if self.handlers.get(&action.name).is_none()
            && !self.project.actions.iter().any(|listed| listed.name == action.name)
        {
            self.report.lose(
                &action.place,
                format!("action `{}`", action.name),
                "the domain does not list it; a handler of its name was declared",
                "register the handler, or mend the name",
            );
        }
        self.declare_handler(&action.name)
    }

    pub(super) fn declare_handler(&mut self, name: &str) -> HandlerId {
        let id = self.handlers.give(name);
        let handler = Handler { name: display_name(name), description: None };
        self.parts.entry(PartPath::Handler(id.clone())).or_insert(Document::Handler(handler));
        id
    }

    /// The context of a name, which flows set and triggers ask for.
    pub(super) fn context(&mut self, name: &str, description: &str) -> ContextId {
        let id = self.contexts.give(name);
        let context = Context { name: display_name(name), description: Some(description.to_owned()) };
        self.parts.entry(PartPath::Context(id.clone())).or_insert(Document::Context(context));
        id
    }
}
