//! Answers as nodes and triggers of flows: what waits for the next message becomes a
//! context, and a form that goes on otherwise after each way into it remembers its way.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use greenroom_model::document::{ActionNode, EndNode, Node, SystemEvent, TriggerOn, ValueType, Variable};
use greenroom_model::{ContextId, NodeId, VariableId};
use serde_json::Value;

use super::draft::{ContextTurns, FlowDraft, condition, literal};
use super::import::Import;
use super::names::display_name;
use super::report::{NOTHING_TO_DO, Named};
use super::scripts::{Act, Script};
use super::states::{ActiveId, Answer, Dialogue, Spot, State, StateId, Then, Tree};
use super::ways::{About, Way, gives_while_asking, members, set_by};

/// A context that the next message alone may answer to.
const NEXT_TURN: u32 = 1;

/// As long as a form may ask; its end ends the context.
pub(super) const WHILE_ASKING: u32 = 1_000;

/// Where an answer is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    /// No form asks.
    Outside,
    /// A form asks, and will ask again when the answer's flow has ended.
    Digression(ActiveId),
    /// A form asks, and does not any more.
    Leaving(ActiveId),
    /// The form has been left for a question of the story's.
    Left,
}

/// Flows under way.
pub(super) struct Weave<'d> {
    pub(super) dialogue: &'d Dialogue,
    /// The names of the scripts.
    stories: Vec<Named>,
    contexts: BTreeMap<StateId, ContextId>,
    within: BTreeMap<ActiveId, ContextId>,
    /// Ways into a form that come to the same, each with the first of them.
    same_ways: BTreeMap<ActiveId, ActiveId>,
    /// Places behind what scripts begin with, and what that is.
    leads: BTreeMap<Spot, String>,
    /// Of forms that go on otherwise after each way into them: what remembers the way.
    pub(super) routes: BTreeMap<String, VariableId>,
    /// The ways into each form.
    pub(super) ways: BTreeMap<String, Vec<Way<'d>>>,
    route_names: BTreeMap<ActiveId, String>,
    /// States whose answers belong into the flow at hand.
    waiting: VecDeque<StateId>,
    met: BTreeSet<StateId>,
    /// The names given to flows, and the next number behind one that is taken.
    names: BTreeMap<String, u32>,
    context_names: BTreeMap<String, u32>,
}

/// The place behind what a script begins with.
fn lead((script, read): (usize, &Script<'_>)) -> Option<(Spot, String)> {
    let (acts, line) = read.lead();
    let names: Vec<&str> = acts.iter().map(Act::name).collect();
    (!acts.is_empty()).then(|| (Spot { script, line }, names.join(", ")))
}

impl<'d> Weave<'d> {
    pub(super) fn of(import: &mut Import<'_>, dialogue: &'d Dialogue, scripts: &[Script<'_>]) -> Self {
        let mut weave = Self {
            dialogue,
            stories: scripts.iter().map(|script| script.story.name.clone()).collect(),
            contexts: BTreeMap::new(),
            within: BTreeMap::new(),
            same_ways: BTreeMap::new(),
            leads: scripts.iter().enumerate().filter_map(lead).collect(),
            routes: BTreeMap::new(),
            ways: BTreeMap::new(),
            route_names: BTreeMap::new(),
            waiting: VecDeque::new(),
            met: BTreeSet::new(),
            names: BTreeMap::new(),
            context_names: BTreeMap::new(),
        };
        let mut ways: BTreeMap<&str, Vec<Way<'d>>> = BTreeMap::new();
        for (id, active) in dialogue.active.iter().enumerate() {
            let ways = ways.entry(&active.form).or_default();
            match ways.iter_mut().find(|way| way.goes_with(id, active)) {
                Some(way) => way.join(id, active),
                None => ways.push(Way::of(id, active)),
            }
        }
        for (form, ways) in ways {
            weave.name_ways(import, form, &ways);
            weave.ways.insert(form.to_owned(), ways);
        }
        weave
    }

    /// Names the ways into a form, and gives each a context where users may say there what
    /// they may not elsewhere.
    fn name_ways(&mut self, import: &mut Import<'_>, form: &str, ways: &[Way<'d>]) {
        let several = ways.len() > 1;
        if several {
            let name = format!("way into {form}");
            let variable = Variable {
                name: display_name(&name),
                description: Some("What the form's flow goes on with at its end.".to_owned()),
                value_type: ValueType::Text,
                ..Variable::default()
            };
            self.routes.insert(form.to_owned(), import.define_variable(&name, variable));
        }
        for (number, way) in ways.iter().enumerate() {
            let name = match number {
                0 => form.to_owned(),
                number => format!("{form}, way {}", number + 1),
            };
            if several {
                self.route_names.insert(way.id, name.clone());
            }
            if !way.answers.is_empty() || !self.asks_on(import, form, ways, way).is_empty() {
                let context = import.context(&format!("in {name}"), "the form is asking");
                self.within.insert(way.id, context);
            }
            self.same_ways.extend(way.all.iter().map(|id| (*id, way.id)));
        }
    }

    /// Intents that another way into the form answers, or that only give the form a value: the form
    /// asks on, though outside of forms a rule answers them.
    pub(super) fn asks_on(&self, import: &Import<'_>, form: &str, ways: &[Way<'d>], way: &Way<'d>) -> Vec<&'d Named> {
        let form = import.project.forms.iter().find(|other| other.name.name == form);
        let gives = |intent: &str| form.is_some_and(|form| gives_while_asking(import, form, intent));
        let outside = self.dialogue.outside.iter().filter(|(intent, _)| !way.answers_to(intent));
        let heard = outside.filter(|(intent, _)| gives(intent) || ways.iter().any(|other| other.answers_to(intent)));
        heard.map(|(_, intent)| intent).collect()
    }

    /// The first of the ways into a form that come to the same.
    fn same_way(&self, active: ActiveId) -> ActiveId {
        self.same_ways.get(&active).copied().unwrap_or(active)
    }

    /// A name for an answer's flow that no flow has yet.
    pub(super) fn name_of(&mut self, answer: &Answer) -> String {
        let story = self.stories.get(answer.owner).map_or("story", |story| story.name.as_str());
        let mut name = story.to_owned();
        if self.names.contains_key(&name) {
            let intents: Vec<&str> = answer.intents.iter().map(|intent| intent.name.as_str()).collect();
            name = format!("{story}: {}", intents.join(", "));
        }
        let base = name.clone();
        while self.names.contains_key(&name) {
            let number = self.names.entry(base.clone()).or_insert(2);
            name = format!("{base} ({number})");
            *number += 1;
        }
        self.names.insert(name.clone(), 2);
        name
    }

    /// The answers of the states that the flow at hand leads to; what does not fit into it
    /// goes into flows of its own.
    pub(super) fn pending(&mut self, import: &mut Import<'_>, draft: &mut FlowDraft, flow: &str) {
        self.fill(import, draft, flow);
        let mut number = 2;
        while !self.waiting.is_empty() {
            let name = format!("{flow}, part {number}");
            let mut part = FlowDraft::default();
            let start = self.fill(import, &mut part, flow);
            let id = import.flows.fresh(&name);
            part.finish(import, id, &name, None, start);
            number += 1;
        }
    }

    /// Adds answers of states while there is room; the first node of the first.
    fn fill(&mut self, import: &mut Import<'_>, draft: &mut FlowDraft, flow: &str) -> Option<NodeId> {
        let mut first = None;
        while draft.has_room() {
            let Some(id) = self.waiting.pop_front() else { break };
            let Some(State { active, answers, .. }) = self.dialogue.states.get(id) else { continue };
            let required: Vec<ContextId> = self.contexts.get(&id).cloned().into_iter().collect();
            let from = if active.is_some() { From::Left } else { From::Outside };
            for answer in answers {
                let start = self.answer(import, draft, flow, answer, &required, from);
                first = first.or(start);
            }
            if let Some(active) = active {
                self.go_back(import, draft, *active, &required);
            }
        }
        first
    }

    /// Whatever else is said to a question of a story in the midst of a form: the form asks on.
    fn go_back(&mut self, import: &mut Import<'_>, draft: &mut FlowDraft, active: ActiveId, required: &[ContextId]) {
        let node = self.enter(import, draft, active, &BTreeSet::new());
        draft.trigger(TriggerOn::System(SystemEvent::NotUnderstood), required.iter().cloned().collect(), Some(node));
        let Some(form) = self.dialogue.active.get(active) else { return };
        let place = import.project.forms.iter().find(|other| other.name.name == form.form).map(|form| &form.name.place);
        if let Some(place) = place {
            let reason = "the form goes on when the answer to that question is not understood; what other flows answer \
                          ends it, which in Rasa stays active";
            let construct = "question of a story while a form is active";
            import.report.gather(&place.clone(), construct, &form.form, reason, "check that this is welcome");
        }
    }

    /// Adds the triggers and nodes of an answer; the first of the nodes.
    pub(super) fn answer(
        &mut self,
        import: &mut Import<'_>,
        draft: &mut FlowDraft,
        flow: &str,
        answer: &Answer,
        required: &[ContextId],
        from: From,
    ) -> Option<NodeId> {
        self.answer_to(import, draft, flow, &answer.intents, answer, required, from)
    }

    /// The same, for some of the answer's intents.
    #[expect(clippy::too_many_arguments, reason = "where, what, of which intents and under which conditions")]
    pub(super) fn answer_to(
        &mut self,
        import: &mut Import<'_>,
        draft: &mut FlowDraft,
        flow: &str,
        intents: &[Named],
        answer: &Answer,
        required: &[ContextId],
        from: From,
    ) -> Option<NodeId> {
        let by_member = answer.tree.any(&|tree: &Tree| tree.acts.iter().any(|act| matches!(act, Act::SayOfGroup(_))));
        let form_of = |active: Option<ActiveId>| Some(self.dialogue.active.get(active?)?.form.as_str());
        let about = About {
            starts: form_of(answer.tree.starts()),
            asking: match from {
                From::Digression(active) | From::Leaving(active) => form_of(Some(active)),
                From::Outside | From::Left => None,
            },
        };
        let mut start: Option<NodeId> = None;
        let mut shared: Option<Option<NodeId>> = None;
        for intent in intents {
            for (member, on) in members(import, intent) {
                let nodes = match &shared {
                    Some(nodes) if !by_member => nodes.clone(),
                    _ => self.tree(import, draft, flow, &answer.tree, Some(&member), from),
                };
                // A trigger without a node begins where the flow does.
                let nodes = nodes.or_else(|| Some(draft.add("end", Node::End(EndNode {}))));
                shared = Some(nodes.clone());
                start = start.clone().or(nodes.clone());
                let node = set_by(import, draft, about, &intent.name, &member, nodes);
                draft.trigger(on, required.iter().cloned().collect(), node);
            }
        }
        start
    }

    /// What the bot does in a turn.
    pub(super) fn tree(
        &mut self,
        import: &mut Import<'_>,
        draft: &mut FlowDraft,
        flow: &str,
        tree: &Tree,
        member: Option<&str>,
        from: From,
    ) -> Option<NodeId> {
        let mut clear: BTreeSet<ContextId> = BTreeSet::new();
        if let From::Leaving(active) = from {
            clear.extend(self.within.get(&self.same_way(active)).cloned());
        }
        let mut next = match &tree.then {
            Then::Branch(cases, otherwise) => {
                let mut ways = Vec::new();
                for (guard, way) in cases {
                    ways.push((condition(guard), self.tree(import, draft, flow, way, member, from)));
                }
                let otherwise = self.tree(import, draft, flow, otherwise, member, from);
                Some(draft.branch("choose", ways, otherwise))
            }
            Then::Wait(Some(state), _) => {
                let mut contexts = ContextTurns::from([(self.context(import, *state, flow), NEXT_TURN)]);
                contexts.extend(clear.into_iter().map(|context| (context, 0)));
                draft.remember("remember", ActionNode { contexts, ..ActionNode::default() }, None)
            }
            Then::Wait(None, Some(active)) | Then::Resume(active) => match from {
                From::Digression(_) | From::Outside => None,
                From::Leaving(_) | From::Left => Some(self.enter(import, draft, *active, &BTreeSet::new())),
            },
            Then::Wait(None, None) => {
                let contexts = clear.into_iter().map(|context| (context, 0)).collect();
                draft.remember("forget", ActionNode { contexts, ..ActionNode::default() }, None)
            }
            Then::Start(active) => Some(self.enter(import, draft, *active, &clear)),
        };
        for act in tree.acts.iter().rev() {
            next = match act {
                Act::Leave => {
                    let clear = import.form_variables.iter().cloned().collect();
                    draft.remember("leave", ActionNode { clear, ..ActionNode::default() }, next)
                }
                act => draft.act(import, act, member, next),
            };
        }
        next
    }

    /// The context of a state; its answers will be triggers of this flow if they are not of another.
    fn context(&mut self, import: &mut Import<'_>, state: StateId, flow: &str) -> ContextId {
        if self.met.insert(state) {
            self.waiting.push_back(state);
            let spots = self.dialogue.states.get(state).map(|state| &state.spots);
            let leads: Option<BTreeSet<&str>> =
                spots.into_iter().flatten().map(|spot| self.leads.get(spot).map(String::as_str)).collect();
            let base = match leads.map(Vec::from_iter).as_deref() {
                Some([lead]) => format!("after {lead}"),
                _ => format!("after {flow}"),
            };
            let number = self.context_names.entry(base.clone()).or_insert(0);
            *number += 1;
            let name = match number {
                1 => base,
                number => format!("{base}, {number}"),
            };
            let context = import.context(&name, "the bot has just said what comes before");
            self.contexts.insert(state, context);
        }
        self.contexts.get(&state).cloned().unwrap_or_else(|| ContextId::from_name(flow))
    }

    /// The way into a form.
    pub(super) fn enter(
        &mut self,
        import: &mut Import<'_>,
        draft: &mut FlowDraft,
        active: ActiveId,
        clear: &BTreeSet<ContextId>,
    ) -> NodeId {
        let key = (self.same_way(active), clear.clone());
        if let Some(node) = draft.entered.get(&key) {
            return node.clone();
        }
        let form = self.dialogue.active.get(active).map_or("", |active| active.form.as_str());
        let flow = super::forms::form_flow(import, form);
        let jump = draft.jump(form, flow);
        let mut way = self.way(active);
        for context in clear {
            way.contexts.entry(context.clone()).or_insert(0);
        }
        let node = draft.remember("way", way, Some(jump.clone())).unwrap_or(jump);
        draft.entered.insert(key, node.clone());
        node
    }

    /// What is remembered where there are several ways into a form.
    pub(super) fn way(&self, active: ActiveId) -> ActionNode {
        let mut node = ActionNode::default();
        let form = self.dialogue.active.get(active).map(|active| active.form.as_str());
        let route = form.and_then(|form| self.routes.get(form));
        if let (Some(route), Some(name)) = (route, self.route_names.get(&self.same_way(active))) {
            node.set.insert(route.clone(), literal(Value::from(name.clone())));
            node.contexts = self.asking(form.unwrap_or_default(), Some(active));
        }
        node
    }

    /// The contexts of a form: of the way at hand as long as it asks, of others no more.
    pub(super) fn asking(&self, form: &str, way: Option<ActiveId>) -> ContextTurns {
        let way = way.map(|way| self.same_way(way));
        let of_form = |id: &ActiveId| self.dialogue.active.get(*id).is_some_and(|active| active.form == form);
        let contexts = self.within.iter().filter(|(id, _)| of_form(id));
        contexts.map(|(id, context)| (context.clone(), if way == Some(*id) { WHILE_ASKING } else { 0 })).collect()
    }

    /// The context of one way into a form.
    pub(super) fn within(&self, active: ActiveId) -> Vec<ContextId> {
        self.within.get(&self.same_way(active)).cloned().into_iter().collect()
    }

    /// The name of one way into a form, of several.
    pub(super) fn route_name(&self, active: ActiveId) -> Option<&str> {
        self.route_names.get(&self.same_way(active)).map(String::as_str)
    }

    /// Tells of an interruption to which a form's question would listen first.
    pub(super) fn tell_takers(&self, import: &mut Import<'_>, intents: &[Named], answer: &Answer, form: &str) {
        let Some(story) = self.stories.get(answer.owner) else { return };
        for intent in intents {
            let takers = super::variables::text_takes(import, form, &intent.name);
            if !takers.is_empty() {
                let reason =
                    format!("where `{form}` asks for `{}`, the text counts as the answer", takers.join("`, `"));
                let construct = format!("intent `{}` within `{form}`", intent.name);
                import.report.gather(&story.place, &construct, &story.name, &reason, NOTHING_TO_DO);
            }
        }
    }
}
