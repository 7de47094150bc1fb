//! What parts give and take, kept edit by edit, is the same put together anew, and
//! what is wrong is what looking at every part finds.

use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;

use super::super::{FactChange, empty, problems, update};
use super::*;
use crate::{Code, ContextId, Facts, Finding, FlowJump, MemoryObjects, NodeId, Severity, Subject, Symbol, Written};

type Parts = BTreeMap<PartPath, Facts>;

struct Indexed {
    objects: MemoryObjects,
    root: Digest,
    parts: Parts,
}

impl Indexed {
    fn new() -> Self {
        let (root, written) = empty(1);
        let mut indexed = Self { objects: MemoryObjects::new(), root, parts: Parts::new() };
        indexed.keep(written);
        indexed
    }

    fn of(parts: Parts) -> Self {
        let mut indexed = Self::new();
        indexed.edit(parts.into_iter().map(|(path, facts)| (path, Some(facts))).collect());
        indexed
    }

    fn keep(&mut self, written: Written) {
        for (_, bytes) in written.0 {
            self.objects.insert(bytes);
        }
    }

    fn edit(&mut self, edits: BTreeMap<PartPath, Option<Facts>>) {
        let changes: Vec<FactChange> = edits
            .iter()
            .map(|(path, facts)| FactChange {
                path: path.clone(),
                before: self.parts.get(path).cloned(),
                after: facts.clone(),
            })
            .collect();
        let (root, written) = update(&self.objects, &self.root, &changes).unwrap();
        self.keep(written);
        self.root = root;
        for (path, facts) in edits {
            match facts {
                Some(facts) => self.parts.insert(path, facts),
                None => self.parts.remove(&path),
            };
        }
    }

    fn problems(&self) -> super::super::Problems {
        problems(&self.objects, &self.root, 1).unwrap()
    }

    fn link_problems(&self) -> LinkProblems {
        self.problems().links
    }
}

fn path(text: &str) -> PartPath {
    text.parse().unwrap()
}

fn node(number: u8) -> NodeId {
    NodeId::new(&format!("n{number}")).unwrap()
}

fn flow(number: u8) -> FlowId {
    FlowId::new(&format!("f{number}")).unwrap()
}

/// Few names, so that parts meet; a payload may be any text.
fn link() -> impl Strategy<Value = Link> {
    (prop::sample::select(LinkKind::ALL.to_vec()), prop::sample::select(vec!["a", "b"])).prop_map(|(kind, name)| {
        let name = if kind == LinkKind::Payload { format!("{name} / ü: #@") } else { name.to_owned() };
        Link::new(kind, name)
    })
}

fn languages() -> impl Strategy<Value = BTreeSet<Language>> {
    let tags: Vec<Language> = ["de", "en", "nl"].map(|tag| tag.parse().unwrap()).into();
    prop::sample::subsequence(tags, 0..=3).prop_map(|languages| languages.into_iter().collect())
}

fn trigger() -> impl Strategy<Value = TriggerLink> {
    let contexts: Vec<ContextId> = ["c", "d"].map(|context| context.parse().unwrap()).into();
    (prop::sample::select(vec!["intent `a`", "link `a`"]), prop::sample::subsequence(contexts, 0..=2))
        .prop_map(|(on, contexts)| TriggerLink { on: on.to_owned(), contexts: contexts.into_iter().collect() })
}

fn jumps() -> impl Strategy<Value = FlowJumps> {
    let to = option::weighted(0.9, (0..4_u8, option::of(0..3_u8)));
    let jump = (to, prop::bool::weighted(0.2)).prop_map(|(to, returns)| FlowJump {
        to: to.map(|(to, at)| (flow(to), at.map(node))),
        returns,
        next: None,
    });
    btree_map(0..3_u8, jump, 1..3).prop_map(|jumps| FlowJumps {
        start: node(0),
        ways: BTreeMap::new(),
        ends: BTreeSet::new(),
        jumps: jumps.into_iter().map(|(at, jump)| (node(at), jump)).collect(),
    })
}

fn flow_part() -> impl Strategy<Value = (PartPath, Facts)> {
    let links = (
        btree_set(link(), 0..3),
        btree_set((link(), option::of((0..3_u8).prop_map(node))), 0..3),
        btree_map((0..3_u8).prop_map(node), languages(), 0..3),
        vec(trigger(), 0..3),
        prop::bool::weighted(0.05),
        option::weighted(0.4, jumps()),
        btree_map((0..3_u8).prop_map(node), btree_set((0..3_u8).prop_map(node), 0..2), 0..3),
    );
    let uses = (prop::bool::weighted(0.1), vec((0..4_u8, 0..3_u8), 0..3));
    (0..4_u8, links, uses).prop_map(|(id, (gives, takes, said_in, triggers, dynamic, jumps, unreached), uses)| {
        let path = PartPath::Flow(flow(id));
        let mut facts = Facts::default();
        let dynamic_jumps = dynamic.then(|| node(0)).into_iter().collect();
        let among =
            |targets: &BTreeSet<NodeId>| targets.iter().filter(|to| unreached.contains_key(*to)).cloned().collect();
        let unreached: BTreeMap<NodeId, BTreeSet<NodeId>> =
            unreached.iter().map(|(from, targets)| (from.clone(), among(targets))).collect();
        for at in unreached.keys() {
            let subject = Subject::Node(path.clone(), at.clone());
            facts.findings.push(Finding::new(Code::UnreachableNode, Severity::Warn, subject, "no path"));
        }
        let (calls, targets) = uses;
        if calls {
            facts.refer(SymbolKind::Handler, "h", Some(&node(0)));
        }
        for (to, at) in targets {
            facts.references.insert((Symbol::node(&flow(to), &node(at)), Some(node(0))));
        }
        facts.links =
            crate::Links { gives, takes, said_in, triggers, dynamic_jumps, jumps, unreached, ..Default::default() };
        (path, facts)
    })
}

/// A part that defines what links name, or the settings.
fn other_part() -> impl Strategy<Value = (PartPath, Facts)> {
    let kinds = [
        (SymbolKind::Context, "flows/contexts"),
        (SymbolKind::Variable, "flows/variables"),
        (SymbolKind::Intent, "nlp/intents"),
    ];
    prop_oneof![
        4 => (prop::sample::select(kinds.to_vec()), prop::sample::select(vec!["a", "b"]), prop::bool::weighted(0.3))
            .prop_map(|((kind, directory), name, has_default)| {
                let mut facts = Facts::default();
                facts.define(kind, name);
                if has_default && kind == SymbolKind::Variable {
                    facts.links.gives.insert(Link::new(LinkKind::Variable, name));
                }
                (path(&format!("{directory}/{name}")), facts)
            }),
        1 => languages().prop_map(|speaks| {
            let mut facts = Facts::default();
            facts.links.speaks = speaks;
            (PartPath::Settings, facts)
        }),
    ]
}

fn edits() -> impl Strategy<Value = Vec<BTreeMap<PartPath, Option<Facts>>>> {
    let part = prop_oneof![2 => flow_part().boxed(), 1 => other_part().boxed()];
    let edit = (part, prop::bool::weighted(0.8)).prop_map(|((path, facts), there)| (path, there.then_some(facts)));
    vec(vec(edit, 1..5).prop_map(|edits| edits.into_iter().collect()), 1..10)
}

proptest! {
    #[test]
    fn links_kept_edit_by_edit_are_the_links_made_anew(edits in edits()) {
        let mut kept = Indexed::new();
        for edit in edits {
            kept.edit(edit);
        }
        prop_assert_eq!(kept.root, Indexed::of(kept.parts.clone()).root);
        let problems = kept.problems();
        prop_assert_eq!(&problems.links, &slow(&kept.parts));
        let unreachable: BTreeSet<Subject> = problems.findings.iter().map(|finding| finding.subject.clone()).collect();
        prop_assert_eq!(unreachable, slow_unreachable(&kept.parts));
        let anywhere = kept.parts.values().any(|facts| !facts.links.dynamic_jumps.is_empty());
        let severity = if anywhere { Severity::Warn } else { Severity::Deny };
        prop_assert!(problems.findings.iter().all(|finding| finding.severity == severity));
        let names_the_jump = |finding: &Finding| finding.message.contains("the variable that the jump `flows/f");
        prop_assert!(problems.findings.iter().all(|finding| names_the_jump(finding) == anywhere));
        prop_assert_eq!(problems.empty, slow_empty(&kept.parts));
    }
}

/// The same by looking at every part: short, slow, obvious.
fn slow(parts: &Parts) -> LinkProblems {
    let mut slow = LinkProblems::default();
    let gives = |link: &Link| parts.values().any(|facts| facts.links.gives.contains(link));
    let defines = |kind, name: &str| parts.values().any(|facts| facts.defines.contains(&Symbol::new(kind, name)));
    let has_values = calls_handlers(parts)
        || parts.values().flat_map(|facts| &facts.links.gives).any(|link| link.kind == LinkKind::Values);
    for (path, facts) in parts {
        for (link, node) in &facts.links.takes {
            let matters = match link.kind {
                LinkKind::Context => defines(SymbolKind::Context, &link.name),
                LinkKind::Variable => defines(SymbolKind::Variable, &link.name) && !has_values,
                LinkKind::Intent => defines(SymbolKind::Intent, &link.name),
                LinkKind::Derivable => defines(SymbolKind::Variable, &link.name),
                LinkKind::Payload => !may_come_back(parts, path),
                LinkKind::WayOut | LinkKind::Values | LinkKind::Pressed => true,
            };
            if matters && !gives(link) {
                let usage = Usage { path: path.clone(), node: node.clone() };
                slow.wanting.entry(link.clone()).or_default().insert(usage);
            }
        }
        for (node, said) in &facts.links.said_in {
            let spoken = parts.values().flat_map(|facts| &facts.links.speaks);
            let missing: BTreeSet<Language> = spoken.filter(|language| !said.contains(*language)).cloned().collect();
            if !missing.is_empty() {
                slow.untranslated.insert(Usage { path: path.clone(), node: Some(node.clone()) }, missing);
            }
        }
    }
    let mut triggers: BTreeMap<&TriggerLink, Vec<(FlowId, usize)>> = BTreeMap::new();
    for (path, facts) in parts {
        for (place, trigger) in facts.links.triggers.iter().enumerate() {
            let PartPath::Flow(flow) = path else { continue };
            triggers.entry(trigger).or_default().push((flow.clone(), place));
        }
    }
    let several = triggers.into_iter().filter(|(_, places)| places.len() > 1);
    slow.contested = several.map(|(trigger, places)| Contested { trigger: trigger.clone(), places }).collect();
    let called = called(parts);
    slow.jumps = all_flow_jumps(parts).into_iter().filter(|(flow, _)| called.contains(flow)).collect();
    slow
}

fn all_flow_jumps(parts: &Parts) -> BTreeMap<FlowId, FlowJumps> {
    let flows = parts.iter().filter_map(|(path, facts)| match path {
        PartPath::Flow(flow) => Some((flow.clone(), facts.links.jumps.clone()?)),
        _ => None,
    });
    flows.collect()
}

fn calls_handlers(parts: &Parts) -> bool {
    parts.values().flat_map(|facts| &facts.references).any(|(symbol, _)| symbol.kind == SymbolKind::Handler)
}

/// Whether a jump with return leads to the flow, at once or by further jumps.
fn may_come_back(parts: &Parts, path: &PartPath) -> bool {
    let anywhere = parts.values().any(|facts| !facts.links.dynamic_jumps.is_empty());
    anywhere || matches!(path, PartPath::Flow(flow) if called(parts).contains(flow))
}

/// The flows that jumps with return lead to, at once or by further jumps.
fn called(parts: &Parts) -> BTreeSet<FlowId> {
    let jumps = all_flow_jumps(parts);
    let edges = || jumps.iter().flat_map(|(from, flow)| flow.jumps.values().map(move |jump| (from, jump)));
    let mut called: BTreeSet<FlowId> = BTreeSet::new();
    for _ in 0..=jumps.len() {
        for (from, jump) in edges() {
            if let Some((to, _)) = &jump.to
                && (jump.returns || called.contains(from))
            {
                called.insert(to.clone());
            }
        }
    }
    called
}

fn slow_unreachable(parts: &Parts) -> BTreeSet<Subject> {
    let mut unreachable = BTreeSet::new();
    for (path, facts) in parts {
        let PartPath::Flow(flow) = path else { continue };
        let mut left: BTreeSet<&NodeId> = facts.links.unreached.keys().collect();
        for _ in 0..=facts.links.unreached.len() {
            let is_led_to = |node: &NodeId, left: &BTreeSet<&NodeId>| {
                let by_another = parts.iter().any(|(other, facts)| {
                    other != path && facts.references.iter().any(|(symbol, _)| *symbol == Symbol::node(flow, node))
                });
                let mut ways = facts.links.unreached.iter();
                by_another || ways.any(|(from, targets)| !left.contains(from) && targets.contains(node))
            };
            left = left.iter().copied().filter(|node| !is_led_to(node, &left)).collect();
        }
        unreachable.extend(left.into_iter().map(|node| Subject::Node(path.clone(), node.clone())));
    }
    unreachable
}

fn slow_empty(parts: &Parts) -> BTreeSet<crate::IntentId> {
    let gives = |kind, name: &str| parts.values().any(|facts| facts.links.gives.contains(&Link::new(kind, name)));
    let intents = parts.keys().filter_map(|path| match path {
        PartPath::Intent(intent) => Some(intent.clone()),
        _ => None,
    });
    let may_be_pressed = |intent: &crate::IntentId| {
        gives(LinkKind::Intent, intent.as_str()) && (gives(LinkKind::Pressed, intent.as_str()) || calls_handlers(parts))
    };
    intents.filter(|intent| !may_be_pressed(intent)).collect()
}

/// A part with these links.
fn part(at: &str, fill: impl FnOnce(&mut Facts)) -> (PartPath, Facts) {
    let mut facts = Facts::default();
    fill(&mut facts);
    (path(at), facts)
}

fn defined(at: &str, kind: SymbolKind, name: &str) -> (PartPath, Facts) {
    part(at, |facts| facts.define(kind, name))
}

fn taking(at: &str, kind: LinkKind) -> (PartPath, Facts) {
    part(at, |facts| {
        facts.links.takes.insert((Link::new(kind, "a"), Some(node(1))));
    })
}

fn giving(at: &str, kind: LinkKind) -> (PartPath, Facts) {
    part(at, |facts| {
        facts.links.gives.insert(Link::new(kind, "a"));
    })
}

fn wanting_of(parts: impl IntoIterator<Item = (PartPath, Facts)>) -> usize {
    Indexed::of(parts.into_iter().collect()).link_problems().wanting.len()
}

#[test]
fn what_is_taken_and_not_given_is_wanting_where_it_is_defined() {
    for (kind, symbol, at) in [
        (LinkKind::Context, SymbolKind::Context, "flows/contexts/a"),
        (LinkKind::Variable, SymbolKind::Variable, "flows/variables/a"),
        (LinkKind::Intent, SymbolKind::Intent, "nlp/intents/a"),
    ] {
        assert_eq!(wanting_of([taking("flows/f0", kind), defined(at, symbol, "a")]), 1, "{kind:?}");
        assert_eq!(wanting_of([taking("flows/f0", kind)]), 0, "{kind:?}: what is not there another rule names");
        assert_eq!(wanting_of([taking("flows/f0", kind), defined(at, symbol, "a"), giving("flows/f1", kind)]), 0);
    }
    for kind in [LinkKind::Payload, LinkKind::WayOut] {
        assert_eq!(wanting_of([taking("flows/f0", kind)]), 1, "{kind:?}");
        assert_eq!(wanting_of([taking("flows/f0", kind), giving("flows/f1", kind)]), 0, "{kind:?}");
    }
}

#[test]
fn handlers_and_events_may_set_any_variable() {
    let asked = || [taking("flows/f0", LinkKind::Variable), defined("flows/variables/a", SymbolKind::Variable, "a")];
    let handler = part("flows/f1", |facts| facts.refer(SymbolKind::Handler, "h", None));
    assert_eq!(wanting_of(asked()), 1);
    assert_eq!(wanting_of(asked().into_iter().chain([handler])), 0);
    assert_eq!(wanting_of(asked().into_iter().chain([giving("flows/f1", LinkKind::Values)])), 0);
}

fn jumping(at: &str, to: Option<u8>, returns: bool) -> (PartPath, Facts) {
    part(at, |facts| {
        let jump = FlowJump { to: to.map(|to| (flow(to), None)), returns, next: None };
        let jumps = BTreeMap::from([(node(0), jump)]);
        facts.links.jumps = Some(FlowJumps { start: node(0), ways: BTreeMap::new(), ends: BTreeSet::new(), jumps });
    })
}

#[test]
fn a_payload_of_a_flow_that_comes_back_may_be_an_answer_to_who_called_it() {
    let payload = || taking("flows/f0", LinkKind::Payload);
    assert_eq!(wanting_of([payload(), jumping("flows/f1", Some(0), false)]), 1);
    assert_eq!(wanting_of([payload(), jumping("flows/f1", Some(0), true)]), 0);
    assert_eq!(wanting_of([payload(), jumping("flows/f1", Some(2), true)]), 1);
    assert_eq!(wanting_of([payload(), jumping("flows/f1", Some(2), true), jumping("flows/f2", Some(0), false)]), 0);
    let anywhere = part("flows/f1", |facts| {
        facts.links.dynamic_jumps.insert(node(0));
    });
    assert_eq!(wanting_of([payload(), anywhere]), 0);
}

#[test]
fn a_language_that_a_node_lacks_is_named() {
    let spoken = |tags: &[&str]| {
        let speaks = tags.iter().map(|tag| tag.parse().unwrap()).collect();
        part("settings", |facts| facts.links.speaks = speaks)
    };
    let said = || {
        part("flows/f0", |facts| {
            facts.links.said_in.insert(node(0), BTreeSet::from(["en".parse().unwrap()]));
            facts.links.said_in.insert(node(1), BTreeSet::new());
        })
    };
    let untranslated = |tags: &[&str]| {
        let found = Indexed::of(Parts::from([spoken(tags), said()])).link_problems().untranslated;
        let lines: Vec<String> = found
            .iter()
            .map(|(usage, missing)| format!("{usage} {}", missing.iter().map(Language::as_str).collect::<String>()))
            .collect();
        lines.join(", ")
    };
    assert_eq!(untranslated(&["en"]), "flows/f0#n1 en");
    assert_eq!(untranslated(&["en", "nl"]), "flows/f0#n0 nl, flows/f0#n1 ennl");
    assert_eq!(untranslated(&[]), "");
}

#[test]
fn equal_triggers_are_contested_in_the_order_in_which_they_win() {
    let with = |at: &str, triggers: &[(&str, &[&str])]| {
        part(at, |facts| {
            facts.links.triggers = triggers
                .iter()
                .map(|(on, contexts)| TriggerLink {
                    on: (*on).to_owned(),
                    contexts: contexts.iter().map(|context| context.parse().unwrap()).collect(),
                })
                .collect();
        })
    };
    let contested = |parts: [(PartPath, Facts); 2]| Indexed::of(Parts::from(parts)).link_problems().contested;
    let found = contested([with("flows/f1", &[("i", &[])]), with("flows/f0", &[("j", &[]), ("i", &[]), ("i", &[])])]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].places, [(flow(0), 1), (flow(0), 2), (flow(1), 0)]);
    assert_eq!(contested([with("flows/f0", &[("i", &["c"])]), with("flows/f1", &[("i", &[])])]), []);
}

#[test]
fn jumps_are_read_of_flows_that_are_called() {
    let jumps = |parts: Vec<(PartPath, Facts)>| -> Vec<String> {
        let found = Indexed::of(parts.into_iter().collect()).link_problems().jumps;
        found.into_keys().map(|flow| flow.to_string()).collect()
    };
    let onwards = || (1..4).map(|from| jumping(&format!("flows/f{from}"), Some(from + 1), false));
    assert_eq!(jumps(onwards().collect()), [""; 0]);
    assert_eq!(jumps(onwards().chain([jumping("flows/f0", Some(2), true)]).collect()), ["f2", "f3"]);
    assert_eq!(jumps(onwards().chain([jumping("flows/f0", Some(5), true)]).collect()), [""; 0]);
}

#[test]
fn a_long_way_of_jumps_is_followed_to_its_end() {
    let parts = (0..200).map(|from| jumping(&format!("flows/f{from}"), Some(from + 1), from == 0));
    let indexed = Indexed::of(parts.collect());
    assert_eq!(indexed.link_problems().jumps.len(), 199, "all but the one that calls");
    // A store is asked a few times, not once for each step.
    let (mut at_hand, mut rounds) = (MemoryObjects::new(), 0);
    let found = loop {
        rounds += 1;
        match problems(&at_hand, &indexed.root, 1) {
            Err(crate::Interrupt::Need(need)) => need.iter().for_each(|digest| {
                at_hand.insert(crate::Objects::get(&indexed.objects, digest).unwrap());
            }),
            found => break found.unwrap(),
        }
    };
    assert_eq!(found.links.jumps.len(), 199);
    assert!(rounds < 60, "{rounds} rounds");
}

/// `n0` leads to `n1`; nothing in the flow leads to either.
fn with_an_annex() -> (PartPath, Facts) {
    part("flows/f0", |facts| {
        let ways = [(node(0), BTreeSet::from([node(1)])), (node(1), BTreeSet::new())];
        facts.links.unreached = BTreeMap::from(ways);
        for number in 0..2 {
            let subject = Subject::Node(path("flows/f0"), node(number));
            facts.findings.push(Finding::new(Code::UnreachableNode, Severity::Warn, subject, "no path"));
        }
    })
}

fn leading_to(at: &str, target: u8) -> (PartPath, Facts) {
    part(at, |facts| {
        facts.references.insert((Symbol::node(&flow(0), &node(target)), None));
    })
}

#[test]
fn what_a_jump_of_another_flow_leads_to_is_reached_and_what_follows_it() {
    let unreachable = |more: Option<(PartPath, Facts)>| {
        Indexed::of([with_an_annex()].into_iter().chain(more).collect()).problems().findings.len()
    };
    assert_eq!(unreachable(None), 2);
    assert_eq!(unreachable(Some(leading_to("flows/f1", 0))), 0);
    assert_eq!(unreachable(Some(leading_to("flows/f1", 1))), 1);
    let (at, mut facts) = with_an_annex();
    facts.references.extend(leading_to("flows/f0", 1).1.references);
    assert_eq!(Indexed::of(Parts::from([(at, facts)])).problems().findings.len(), 2, "its own lint has seen that jump");
}

#[test]
fn an_intent_that_only_buttons_say_needs_no_examples() {
    let intent = || defined("nlp/intents/a", SymbolKind::Intent, "a");
    let empty = |parts: &[(PartPath, Facts)]| {
        let parts = parts.iter().cloned().chain([intent()]).collect();
        Indexed::of(parts).problems().empty.len()
    };
    let heard = giving("flows/f0", LinkKind::Intent);
    assert_eq!(empty(&[]), 1);
    assert_eq!(empty(std::slice::from_ref(&heard)), 1);
    assert_eq!(empty(&[giving("flows/f1", LinkKind::Pressed)]), 1, "nothing hears it");
    assert_eq!(empty(&[heard.clone(), giving("flows/f1", LinkKind::Pressed)]), 0);
    let handler = part("flows/f1", |facts| facts.refer(SymbolKind::Handler, "h", None));
    assert_eq!(empty(&[heard, handler]), 0, "a handler may reply with such a button");
}
