//! A bot as its documents' JSON: what generator and planters write in.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::chance::Chance;

/// A bot without a fault, until one is planted.
#[derive(Clone)]
pub(crate) struct Bot {
    /// The documents by path.
    pub(crate) parts: BTreeMap<String, Value>,
    /// The languages that it speaks, the default first.
    pub(crate) languages: Vec<&'static str>,
    /// The flows that others jump to and that come back.
    pub(crate) called: Vec<String>,
    /// How many fresh names there are already.
    pub(crate) names: usize,
}

impl Bot {
    /// A name that nothing has yet.
    pub(crate) fn fresh(&mut self, of: &str) -> String {
        self.names += 1;
        format!("{of}{}", self.names)
    }

    /// A text in every language.
    pub(crate) fn text(&self, text: &str) -> Value {
        let texts =
            self.languages.iter().map(|language| ((*language).to_owned(), json!(format!("{text} ({language})"))));
        Value::Object(texts.collect())
    }

    /// An intent with enough examples in every language; nothing hears it yet.
    pub(crate) fn intent(&mut self) -> String {
        let id = self.fresh("intent_");
        self.parts.insert(format!("nlp/intents/{id}"), json!({ "name": id }));
        for language in self.languages.clone() {
            let texts: Vec<String> = (0..10).map(|number| format!("{id} in way {number} ({language})")).collect();
            self.parts.insert(format!("nlp/examples/{language}/{id}"), json!({ "examples": texts }));
        }
        id
    }

    /// The ids of the flows.
    pub(crate) fn flows(&self) -> Vec<String> {
        let ids = self.parts.keys().filter_map(|path| path.strip_prefix("flows/"));
        ids.filter(|id| !id.contains('/')).map(str::to_owned).collect()
    }

    /// How many nodes it has.
    pub(crate) fn size(&self) -> usize {
        let flows = self.flows().into_iter();
        flows.map(|flow| self.parts[&format!("flows/{flow}")]["nodes"].as_object().unwrap().len()).sum()
    }

    /// One of the flows.
    pub(crate) fn any_flow(&self, chance: &mut Chance) -> String {
        chance.pick(&self.flows()).clone()
    }

    /// One of the flows to which nothing comes back when they end.
    pub(crate) fn any_main_flow(&self, chance: &mut Chance) -> String {
        let flows: Vec<String> = self.flows().into_iter().filter(|flow| !self.called.contains(flow)).collect();
        chance.pick(&flows).clone()
    }

    pub(crate) fn flow(&mut self, flow: &str) -> &mut Value {
        self.parts.get_mut(&format!("flows/{flow}")).unwrap()
    }

    /// The nodes of all flows of this kind, as flow and node.
    pub(crate) fn nodes(&self, kind: &str) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for flow in self.flows() {
            let nodes = self.parts[&format!("flows/{flow}")]["nodes"].as_object().unwrap();
            let of_kind = nodes.iter().filter(|(_, node)| !node[kind].is_null());
            found.extend(of_kind.map(|(id, _)| (flow.clone(), id.clone())));
        }
        found
    }

    /// The content of a node, whatever its kind.
    pub(crate) fn content(&mut self, flow: &str, node: &str) -> &mut Value {
        self.flow(flow)["nodes"][node].as_object_mut().unwrap().values_mut().next().unwrap()
    }

    /// Adds a node to which nothing leads.
    pub(crate) fn add(&mut self, flow: &str, node: &str, content: Value) {
        self.flow(flow)["nodes"][node] = content;
    }

    pub(crate) fn add_trigger(&mut self, flow: &str, trigger: Value) {
        let flow = self.flow(flow);
        if flow["triggers"].is_null() {
            flow["triggers"] = json!([]);
        }
        flow["triggers"].as_array_mut().unwrap().push(trigger);
    }

    /// Adds a button to a message.
    pub(crate) fn add_button(&mut self, flow: &str, node: &str, action: Value) {
        let button = json!({ "title": self.text("Press"), "action": action });
        let content = self.content(flow, node);
        if content["buttons"].is_null() {
            content["buttons"] = json!([]);
        }
        content["buttons"].as_array_mut().unwrap().push(button);
    }

    /// Leads some way to a node: a link, or a button of another message of its flow.
    pub(crate) fn lead_to(&mut self, flow: &str, node: &str, chance: &mut Chance) {
        let in_flow = |(own, other): &(String, String)| own == flow && other != node && other.starts_with("node_");
        let messages: Vec<(String, String)> = self.nodes("message").into_iter().filter(in_flow).collect();
        if messages.is_empty() || chance.one_in(2) {
            let link = self.fresh("link_");
            self.add_trigger(flow, json!({ "link": link, "node": node }));
        } else {
            let (_, message) = chance.pick(&messages).clone();
            self.add_button(flow, &message, json!({ "goto": node }));
        }
    }

    /// Adds a node and leads some way to it; gives its id.
    pub(crate) fn attach(&mut self, flow: &str, content: Value, chance: &mut Chance) -> String {
        let node = self.fresh("added_");
        self.add(flow, &node, content);
        self.lead_to(flow, &node, chance);
        node
    }

    /// Adds an end to which some way leads.
    pub(crate) fn attach_end(&mut self, flow: &str, chance: &mut Chance) -> String {
        self.attach(flow, json!({ "end": {} }), chance)
    }
}
