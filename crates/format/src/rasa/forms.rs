//! Forms as flows: an input for each required slot, in order, then what the rules say
//! follows. Where code of the bot's own checks the slots, it is called after each answer,
//! and what it leaves open is asked next.

use std::collections::BTreeSet;

use greenroom_model::document::{ActionNode, IntentFilter, Interruptions};
use greenroom_model::{FlowId, IntentId, NodeId};

use super::draft::FlowDraft;
use super::import::Import;
use super::questions::{Questions, quoted};
use super::source::Form;
use super::states::{ActiveId, Answer, Tree};
use super::tracking::Tracking;
use super::ways::{Way, ask_on, gives_while_asking, start_by};
use super::weave::{From, Weave};

const DESCRIPTION: &str = "A form. As in Rasa, what is known already is not asked again, on a later run either: clear \
                           the variables where it should ask anew.";

/// The flow of a form, with the answers that start it and those that are given while it asks.
pub(super) fn define(
    import: &mut Import<'_>,
    weave: &mut Weave<'_>,
    form: &Form,
    triggers: &[(&Answer, ActiveId)],
    tracking: Option<&Tracking>,
) {
    let name = form.name.name.as_str();
    let mut draft = FlowDraft::default();
    let ways = weave.ways.remove(name).unwrap_or_default();
    if ways.is_empty() {
        let reason = "no rule or story starts it";
        import.report.lose(&form.name.place, format!("form `{name}`"), reason, "jump to its flow where it should ask");
    }
    let done = after(import, weave, &mut draft, name, &ways, tracking);
    let heard = heard(import, weave, name, &ways);
    let giving = heard.iter().filter(|intent| gives_while_asking(import, form, intent));
    let giving = giving.flat_map(|intent| import.known_intents(intent)).collect();
    let questions = Questions::of(import, form, tracking, interruptions(import, weave, &ways, &heard), giving);
    let (first, checked) = questions.nodes(import, &mut draft, done);
    let again = checked.or_else(|| first.clone());
    let mut opening = ActionNode::default();
    opening.set.extend(tracking.map(|tracking| tracking.active(name)).unwrap_or_default());
    if let [only] = ways.as_slice() {
        opening.contexts = weave.asking(name, Some(only.id));
    }
    let start = questions.open(&mut draft, opening, first);
    for (answer, id) in triggers {
        let way = weave.way(*id);
        let node = draft.remember("way", way, start.clone());
        for intent in &answer.intents {
            start_by(import, &mut draft, intent, name, node.clone());
        }
    }
    for way in &ways {
        let within = weave.within(way.id);
        for (intents, answer) in &way.answers {
            weave.tell_takers(import, intents, answer, name);
            if answer.tree.leaves() {
                weave.answer_to(import, &mut draft, name, intents, answer, &within, From::Leaving(way.id));
            } else {
                let flow = weave.name_of(answer);
                let mut digression = FlowDraft::default();
                let from = From::Digression(way.id);
                let start = weave.answer_to(import, &mut digression, &flow, intents, answer, &within, from);
                let id = import.flows.fresh(&flow);
                digression.finish(import, id, &flow, None, start);
            }
        }
    }
    for way in &ways {
        let within = weave.within(way.id);
        for intent in weave.asks_on(import, name, &ways, way) {
            ask_on(import, &mut draft, intent, name, &within, &again);
        }
    }
    weave.pending(import, &mut draft, name);
    draft.finish(import, form_flow(import, name), name, Some(DESCRIPTION), start);
}

/// What follows the form: it is active no more, and each way into it has its way on.
fn after(
    import: &mut Import<'_>,
    weave: &mut Weave<'_>,
    draft: &mut FlowDraft,
    name: &str,
    ways: &[Way<'_>],
    tracking: Option<&Tracking>,
) -> Option<NodeId> {
    let mut trees: Vec<(Vec<ActiveId>, &Tree)> = Vec::new();
    let nothing = Tree::nothing(None);
    for way in ways {
        let tree = way.completion.unwrap_or(&nothing);
        match trees.iter_mut().find(|(_, other)| *other == tree) {
            Some((ids, _)) => ids.push(way.id),
            None => trees.push((vec![way.id], tree)),
        }
    }
    let mut nodes = Vec::new();
    for (ids, tree) in trees {
        nodes.push((ids, weave.tree(import, draft, name, tree, None, From::Outside)));
    }
    let next = match (nodes.as_slice(), weave.routes.get(name).cloned()) {
        ([(_, only)], _) => only.clone(),
        (_, Some(route)) => {
            // The first way is the one without a name of its own, so it is the last here.
            let mut nodes = nodes.into_iter();
            let otherwise = nodes.next().and_then(|(_, node)| node);
            let cases = nodes.map(|(ids, node)| {
                let names: Vec<String> = ids.iter().filter_map(|id| weave.route_name(*id)).map(quoted).collect();
                (format!("{route} in [{}]", names.join(", ")), node)
            });
            let cases = cases.collect();
            Some(draft.branch("way_on", cases, otherwise))
        }
        _ => None,
    };
    let mut closing = ActionNode { contexts: weave.asking(name, None), ..ActionNode::default() };
    closing
        .clear
        .extend(tracking.iter().flat_map(|tracking| [&tracking.active_loop, &tracking.requested_slot]).cloned());
    draft.remember("asked", closing, next)
}

/// Intents that the form takes in while it asks, and then asks on.
fn heard<'d>(import: &Import<'_>, weave: &Weave<'d>, form: &str, ways: &[Way<'d>]) -> BTreeSet<&'d str> {
    let heard = ways.iter().flat_map(|way| weave.asks_on(import, form, ways, way));
    heard.map(|intent| intent.name.as_str()).collect()
}

/// All intents may interrupt but those that nothing answers while the form asks.
fn interruptions(import: &Import<'_>, weave: &Weave<'_>, ways: &[Way<'_>], heard: &BTreeSet<&str>) -> Interruptions {
    let outside = weave.dialogue.outside.keys().map(String::as_str);
    let nobody = outside.filter(|intent| !heard.contains(intent) && !ways.iter().any(|way| way.answers_to(intent)));
    let except: BTreeSet<IntentId> = nobody.flat_map(|intent| import.known_intents(intent)).collect();
    match except.is_empty() {
        true => Interruptions::All,
        false => Interruptions::Intents(IntentFilter { only: BTreeSet::new(), except }),
    }
}

/// The flow of a form.
pub(super) fn form_flow(import: &Import<'_>, form: &str) -> FlowId {
    import.form_flows.get(form).cloned().unwrap_or_else(|| FlowId::from_name(form))
}
