//! What a part gives other parts and takes from them: who sets, who asks, who
//! listens, which languages, where to jump. The index puts it together.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::document::{
    Accept, ButtonAction, Content, Flow, InputNode, IntentFilter, Interruptions, JumpTo, LocalizedText, Node,
    SystemEvent, Trigger, TriggerOn, ValueType,
};
use greenroom_model::{
    Document, FlowId, FlowJump, FlowJumps, IntentId, Language, Link, LinkKind, Links, NodeId, PartPath, TriggerLink,
};

use crate::lints::{reached, ways_inside};
use crate::shape::Shape;
use crate::walk::keyword;
use crate::walk::payload::{self, Payload};
use crate::{Condition, Pattern, sources, templates};

/// What an input that has no limit takes, and a flow gives that an intent or a keyword starts.
const ANY_START: &str = "any";

/// What an input without a limit takes that nothing may interrupt; nothing gives it.
const NO_START: &str = "none";

/// Events may bring values of variables.
const EVENT: &str = "event";

/// What a part gives and takes.
pub(crate) fn of(path: &PartPath, document: &Document) -> Links {
    let mut links = Links::default();
    match (path, document) {
        (PartPath::Variable(id), Document::Variable(variable)) => {
            if !variable.default.is_null() || !variable.from_entities.is_empty() {
                links.gives.insert(Link::new(LinkKind::Variable, id.as_str()));
            }
            // Of a list redaction knows each value by itself, and a boolean tells nothing.
            let is_known_in_part = matches!(variable.value_type, ValueType::List | ValueType::Boolean);
            if !variable.sensitive || is_known_in_part {
                links.gives.insert(Link::new(LinkKind::Derivable, id.as_str()));
            }
        }
        (PartPath::Settings, Document::Settings(settings)) => {
            links.speaks = settings.all_languages().cloned().collect();
        }
        (PartPath::Flow(id), Document::Flow(flow)) => {
            flow.triggers.iter().for_each(|trigger| add_trigger(&mut links, trigger));
            flow.nodes.iter().for_each(|(id, node)| add_node(&mut links, flow, id, node));
            links.jumps = jumps_of(flow);
            links.unreached = unreached(id, flow);
        }
        _ => {}
    }
    links
}

/// What a trigger waits for, in words.
pub(crate) fn trigger_words(on: &TriggerOn) -> String {
    match on {
        TriggerOn::Intent(intent) => format!("intent `{intent}`"),
        TriggerOn::Event(event) => format!("event `{event}`"),
        TriggerOn::Button(payload) => format!("button `{payload}`"),
        TriggerOn::Keyword(words) => format!("keyword `{words}`"),
        TriggerOn::Link(link) => format!("link `{link}`"),
        TriggerOn::System(SystemEvent::Introduction) => "begin of a conversation".to_owned(),
        TriggerOn::System(SystemEvent::NotUnderstood) => "text that is not understood".to_owned(),
        TriggerOn::System(SystemEvent::Error) => "failure".to_owned(),
        TriggerOn::System(SystemEvent::BotDisabled) => "text while the bot is switched off".to_owned(),
    }
}

fn add_trigger(links: &mut Links, trigger: &Trigger) {
    match &trigger.on {
        TriggerOn::Intent(intent) => {
            links.gives.insert(Link::new(LinkKind::Intent, intent.as_str()));
            if trigger.contexts.is_empty() {
                links.gives.insert(Link::new(LinkKind::WayOut, ANY_START));
            }
        }
        TriggerOn::Keyword(words) => {
            links.gives.insert(pressed(words));
            if trigger.contexts.is_empty() {
                links.gives.insert(Link::new(LinkKind::WayOut, ANY_START));
            }
        }
        TriggerOn::Button(payload) => {
            links.gives.insert(pressed(payload));
        }
        TriggerOn::Event(_) => {
            links.gives.insert(Link::new(LinkKind::Values, EVENT));
        }
        TriggerOn::Link(_) | TriggerOn::System(_) => {}
    }
    for context in &trigger.contexts {
        links.takes.insert((Link::new(LinkKind::Context, context.as_str()), trigger.node.clone()));
    }
    let mut on = match &trigger.on {
        // Case and signs do not tell keywords apart.
        TriggerOn::Keyword(words) => trigger_words(&TriggerOn::Keyword(keyword(words))),
        on => trigger_words(on),
    };
    if trigger.times > 1 {
        on.push_str(&format!(", {} times in a row", trigger.times));
    }
    links.triggers.push(TriggerLink { on, contexts: trigger.contexts.clone() });
}

/// What a button sends, or a trigger hears. A keyword hears it as a text, in whatever
/// case, so all payloads are compared as keywords are.
fn pressed(payload: &str) -> Link {
    Link::new(LinkKind::Payload, keyword(payload))
}

/// The intent that a button stands for.
fn pressed_intent(action: &ButtonAction) -> Option<IntentId> {
    match action {
        ButtonAction::Intent { intent, .. } => Some(intent.clone()),
        ButtonAction::Payload(sent) => match payload::read(sent) {
            Payload::Intent(intent, _) => Some(intent),
            Payload::Goto(_) | Payload::Other => None,
        },
        ButtonAction::Goto(_) | ButtonAction::Url(_) => None,
    }
}

fn add_node(links: &mut Links, flow: &Flow, id: &NodeId, node: &Node) {
    let mut take = |kind, name: &str| links.takes.insert((Link::new(kind, name), Some(id.clone())));
    for (_, source) in sources::conditions(node) {
        for variable in source.parse::<Condition>().iter().flat_map(Condition::variables) {
            take(LinkKind::Variable, variable.as_str());
        }
    }
    for (place, source) in sources::templates(node) {
        for variable in templates::variables(source).into_iter().flatten() {
            take(LinkKind::Variable, variable.as_str());
        }
        if is_written_down(&place) {
            for variable in templates::derived(source) {
                take(LinkKind::Derivable, variable.as_str());
            }
        }
    }
    for button in node.buttons() {
        if let Some(intent) = pressed_intent(&button.action) {
            links.gives.insert(Link::new(LinkKind::Pressed, intent.as_str()));
        }
        match &button.action {
            ButtonAction::Intent { intent, entities } if entities.is_empty() => {
                take(LinkKind::Intent, intent.as_str());
            }
            ButtonAction::Payload(sent) => match payload::read(sent) {
                Payload::Intent(intent, entities) if entities.is_empty() => {
                    take(LinkKind::Intent, intent.as_str());
                }
                Payload::Other if !sent.trim().is_empty() && !is_answer(flow, id, node, sent) => {
                    take(LinkKind::Payload, &keyword(sent));
                }
                Payload::Intent(..) | Payload::Goto(_) | Payload::Other => {}
            },
            ButtonAction::Intent { .. } | ButtonAction::Goto(_) | ButtonAction::Url(_) => {}
        }
    }
    match node {
        Node::Input(input) => {
            if is_stuck(input, node) {
                let way_out = if input.interruptions == Interruptions::None { NO_START } else { ANY_START };
                take(LinkKind::WayOut, way_out);
            }
            links.gives.insert(Link::new(LinkKind::Variable, input.variable.as_str()));
            for rule in &input.accept {
                if let Accept::Intent { intent, .. } = rule {
                    links.gives.insert(Link::new(LinkKind::Intent, intent.as_str()));
                }
            }
        }
        Node::Action(action) => {
            let set = action.set.iter().filter(|(_, value)| !value.is_null()).map(|(variable, _)| variable);
            let answered = action.http.iter().flat_map(|http| http.into.keys().chain(&http.status));
            for variable in set.chain(action.increment.keys()).chain(answered) {
                links.gives.insert(Link::new(LinkKind::Variable, variable.as_str()));
            }
            for (context, _) in action.contexts.iter().filter(|(_, turns)| **turns > 0) {
                links.gives.insert(Link::new(LinkKind::Context, context.as_str()));
            }
        }
        Node::Jump(jump) => {
            if let JumpTo::Variable(variable) = &jump.to {
                take(LinkKind::Variable, variable.as_str());
                links.dynamic_jumps.insert(id.clone());
            }
        }
        Node::Wait(wait) if !wait.events.is_empty() => {
            links.gives.insert(Link::new(LinkKind::Values, EVENT));
        }
        Node::Message(_) | Node::Branch(_) | Node::Handover(_) | Node::Wait(_) | Node::Event(_) | Node::End(_) => {}
    }
    if let Some(languages) = said_in(node) {
        links.said_in.insert(id.clone(), languages);
    }
}

/// Whether what a template at this place comes to may stand in a transcript or trace: a value
/// that a variable gets is as sensitive as that variable, and bodies and headers only leave.
fn is_written_down(place: &str) -> bool {
    !["set.", "http.body", "http.headers."].iter().any(|kept| place.starts_with(kept))
}

/// Whether these rules may refuse an answer.
pub(crate) fn refuses(rules: &[Accept]) -> bool {
    !rules.is_empty() && !rules.iter().any(|rule| matches!(rule, Accept::Text(filter) if filter.is_open()))
}

/// Whether an input may ask for ever: it refuses answers, without a limit, and shows no button out.
fn is_stuck(input: &InputNode, node: &Node) -> bool {
    refuses(&input.accept) && input.attempts.is_none() && node.buttons().iter().all(|button| button.goto().is_none())
}

/// Whether an input that waits may take the payload as an answer: the input
/// itself, or one that a message goes on to. Where the way leaves the flow, one may.
fn is_answer(flow: &Flow, id: &NodeId, node: &Node, payload: &str) -> bool {
    let shape = Shape::new(flow, |node| node.targets().into_iter().map(|(_, target)| target).collect());
    let takes = |node: &Node| match node {
        Node::Input(input) => takes_payload(&input.accept, payload),
        Node::Jump(_) => true,
        _ => false,
    };
    match node {
        Node::Message(message) if message.next.is_some() => {
            shape.reached_from(std::iter::once(id)).into_iter().any(|node| flow.nodes.get(node).is_some_and(takes))
        }
        Node::Message(_) => false,
        node => takes(node),
    }
}

/// Whether one of the rules may take a payload. A number or an address in it is
/// taken for granted: a message to the contrary could be false.
fn takes_payload(rules: &[Accept], payload: &str) -> bool {
    let lets = |filter: &IntentFilter| filter.lets(None);
    rules.is_empty()
        || rules.iter().any(|rule| match rule {
            Accept::Text(filter) => lets(filter),
            Accept::Number { .. } | Accept::Phone {} => payload.contains(|character: char| character.is_ascii_digit()),
            Accept::Email {} => payload.contains('@'),
            Accept::Regex { pattern } => Pattern::new(pattern).is_ok_and(|pattern| pattern.matches(payload)),
            Accept::Options { values } => {
                let said = crate::walk::words(payload);
                let spoken = values.iter().flat_map(|(value, others)| std::iter::once(value).chain(others));
                spoken.into_iter().any(|spoken| {
                    let spoken = crate::walk::words(spoken);
                    !spoken.is_empty() && said.contains(&spoken)
                }) || values.contains_key(payload.trim())
            }
            Accept::Date { .. } | Accept::Handler { .. } => true,
            Accept::Entity { .. } | Accept::Intent { .. } => false,
        })
}

/// The languages in which a node says all that it says; nothing where it says nothing.
fn said_in(node: &Node) -> Option<BTreeSet<Language>> {
    let mut said: Option<BTreeSet<Language>> = None;
    let mut add = |languages: BTreeSet<Language>| {
        if !languages.is_empty() {
            said = Some(match said.take() {
                Some(others) => others.intersection(&languages).cloned().collect(),
                None => languages,
            });
        }
    };
    let languages = |text: &LocalizedText| text.keys().cloned().collect();
    match node {
        Node::Message(message) => {
            add(languages(&message.text));
            let texts = message.content.iter().flat_map(Content::texts);
            texts.for_each(|(_, text)| add(languages(text)));
        }
        Node::Input(input) => {
            input.ask.iter().for_each(|ask| add(languages(&ask.text)));
            input.retry.texts().iter().for_each(|text| add(languages(text)));
        }
        Node::Handover(handover) => add(languages(&handover.text)),
        Node::Branch(_) | Node::Action(_) | Node::Jump(_) | Node::Wait(_) | Node::Event(_) | Node::End(_) => {}
    }
    node.buttons().iter().for_each(|button| add(button.title.keys().cloned().collect()));
    said
}

/// The shape of a flow that jumps to a flow; nothing where it does not.
fn jumps_of(flow: &Flow) -> Option<FlowJumps> {
    let jumps: BTreeMap<NodeId, FlowJump> = flow
        .nodes
        .iter()
        .filter_map(|(id, node)| {
            let Node::Jump(jump) = node else { return None };
            let to = match &jump.to {
                JumpTo::Flow(flow, node) => Some((flow.clone(), node.clone())),
                JumpTo::Variable(_) => None,
            };
            Some((id.clone(), FlowJump { to, returns: jump.returns, next: jump.next.clone() }))
        })
        .collect();
    if jumps.values().all(|jump| jump.to.is_none()) {
        return None;
    }
    let others = || flow.nodes.iter().filter(|(_, node)| !matches!(node, Node::Jump(_)));
    let lacks = |target: &NodeId| !flow.nodes.contains_key(target);
    Some(FlowJumps {
        start: flow.start.clone(),
        ways: others()
            .map(|(id, node)| (id.clone(), node.targets().into_iter().map(|(_, target)| target.clone()).collect()))
            .collect(),
        ends: others()
            .filter(|(_, node)| may_end(node) || node.targets().iter().any(|(_, target)| lacks(target)))
            .map(|(id, _)| id.clone())
            .collect(),
        jumps,
    })
}

/// The nodes that nothing in the flow leads to, with those of them that each leads to.
fn unreached(id: &FlowId, flow: &Flow) -> BTreeMap<NodeId, BTreeSet<NodeId>> {
    let reached = reached(id, flow);
    let left = flow.nodes.iter().filter(|(node, _)| !reached.contains(node));
    left.map(|(node, content)| {
        let targets = ways_inside(id, flow, content).into_iter();
        let among = targets.filter(|target| flow.nodes.contains_key(*target) && !reached.contains(target));
        (node.clone(), among.cloned().collect())
    })
    .collect()
}

/// Whether a flow may end at a node, or wait there for whatever comes.
pub(crate) fn may_end(node: &Node) -> bool {
    match node {
        Node::Message(message) => message.next.is_none(),
        Node::Input(input) => input.next.is_none() || (input.attempts.is_some() && input.otherwise.is_none()),
        Node::Branch(branch) => branch.otherwise.is_none(),
        Node::Action(action) => action.next.is_none(),
        Node::Handover(handover) => handover.next.is_none(),
        Node::Wait(wait) => wait.on_timeout.is_none(),
        Node::Event(event) => event.next.is_none(),
        Node::Jump(_) => false,
        Node::End(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(flow: &str) -> Links {
        let path: PartPath = "flows/f".parse().unwrap();
        of(&path, &Document::from_json(&path, flow.as_bytes()).unwrap())
    }

    fn shown(links: &Links) -> (String, String) {
        let gives: Vec<String> = links.gives.iter().map(ToString::to_string).collect();
        let takes: Vec<String> = links.takes.iter().map(|(link, _)| link.to_string()).collect();
        (gives.join(", "), takes.join(", "))
    }

    #[test]
    fn what_sets_and_what_asks_are_told_apart() {
        let found = links(
            r#"{ "name": "f", "start": "a", "triggers": [{ "intent": "i", "contexts": ["c"] }, { "button": "p" }], "nodes": {
            "a": { "action": { "set": { "one": "{{ two }}", "gone": null }, "contexts": { "d": 3, "e": 0 }, "next": "b" } },
            "b": { "branch": { "cases": [{ "when": "three == 1", "goto": "c" }], "else": "c" } },
            "c": { "input": { "variable": "four", "next": "d", "accept": [{ "intent": { "intent": "yes", "value": 1 } }] } },
            "d": { "jump": { "to": { "variable": "five" } } } } }"#,
        );
        assert_eq!(
            shown(&found),
            (
                "context `d`, variable `four`, variable `one`, intent `i`, intent `yes`, payload `p`".to_owned(),
                "context `c`, variable `five`, variable `three`, variable `two`, way_out `any`".to_owned()
            )
        );
        assert_eq!(found.dynamic_jumps.len(), 1);
        assert_eq!(found.jumps, None, "a variable alone tells no flow");
    }

    #[test]
    fn what_is_made_of_a_value_is_asked_for_where_it_is_written_down() {
        let found = links(
            r#"{ "name": "f", "start": "a", "nodes": {
            "a": { "message": { "text": { "en": "{{ card | first }} {{ name }}" }, "next": "b" } },
            "b": { "action": { "set": { "last": "{{ pin | last }}" }, "next": "c" } },
            "c": { "action": { "http": { "url": "https://x.example/{{ key | first }}", "body": "{{ pin | last }}" } } } } }"#,
        );
        let takes = found.takes.iter().filter(|(link, _)| link.kind == LinkKind::Derivable);
        let takes: Vec<String> =
            takes.map(|(link, node)| format!("{} at {}", link.name, node.as_ref().unwrap())).collect();
        assert_eq!(takes, ["card at a", "key at c"]);
    }

    #[test]
    fn what_is_made_of_a_sensitive_value_is_not_given() {
        let gives = |variable: &str| {
            let path: PartPath = "flows/variables/v".parse().unwrap();
            let links = of(&path, &Document::from_json(&path, variable.as_bytes()).unwrap());
            links.gives.contains(&Link::new(LinkKind::Derivable, "v"))
        };
        assert!(gives(r#"{ "name": "v" }"#) && gives(r#"{ "name": "v", "sensitive": true, "type": "list" }"#));
        assert!(!gives(r#"{ "name": "v", "sensitive": true }"#));
        assert!(!gives(r#"{ "name": "v", "sensitive": true, "type": "number" }"#));
    }

    #[test]
    fn a_payload_that_an_input_takes_needs_no_trigger() {
        let payloads = |buttons: &str, accept: &str| {
            let flow = r#"{ "name": "f", "start": "a", "nodes": {
                "a": { "message": { "text": {}, "next": "b", "buttons": [BUTTONS] } },
                "b": { "input": { "variable": "x", "attempts": 2, "accept": [ACCEPT] } } } }"#;
            let found = links(&flow.replace("BUTTONS", buttons).replace("ACCEPT", accept));
            found.takes.iter().filter(|(link, _)| link.kind == LinkKind::Payload).count()
        };
        let large = r#"{ "title": {}, "action": { "payload": "large" } }"#;
        assert_eq!(payloads(large, r#"{ "options": { "values": { "large": [] } } }"#), 0);
        assert_eq!(payloads(large, ""), 0);
        assert_eq!(payloads(large, r#"{ "options": { "values": { "small": [] } } }"#), 1);
        assert_eq!(payloads(large, r#"{ "email": {} }"#), 1);
    }

    #[test]
    fn a_node_is_said_in_the_languages_of_all_its_texts() {
        let found = links(
            r#"{ "name": "f", "start": "a", "nodes": {
            "a": { "message": { "text": { "en": "hi", "nl": "hoi" },
                   "buttons": [{ "title": { "en": "go", "fr": "va" }, "action": { "url": "https://example.org" } }] } },
            "b": { "message": { "text": {} } } } }"#,
        );
        let said: Vec<String> = found
            .said_in
            .iter()
            .map(|(node, languages)| format!("{node}: {}", languages.iter().map(Language::as_str).collect::<String>()))
            .collect();
        assert_eq!(said, ["a: en"]);
    }
}
