//! The walk and the reference side by side, and the smallest case in which they differ.

use std::cell::LazyCell;

use greenroom_flow::{Graph, Input, Session, Step, TraceStep, step};
use greenroom_model::Document;
use greenroom_model::document::Node;

use crate::bot::Bot;
use crate::chance::Chance;
use crate::interpreter::{self, Outcome};
use crate::measure::Measure;
use crate::random_bots::{self, Parts};
use crate::random_dialogues::{self, Seen};

/// How many dialogues each bot holds.
const DIALOGUES: u64 = 4;

/// Versions of a bot, and inputs with the version that takes each.
#[derive(Clone)]
struct Case {
    versions: Vec<Parts>,
    inputs: Vec<(usize, Input)>,
}

/// A bot both ways.
struct Version {
    graph: Graph,
    bot: Bot,
}

impl Version {
    fn new(parts: &Parts) -> Self {
        Self { graph: Graph::compile(parts.clone()), bot: Bot::new(parts) }
    }

    /// Both steps, and in what they differ.
    fn step(&self, session: &Session, input: &Input) -> (Step, Option<String>) {
        let walked = step(&self.graph, session, input);
        let expected = interpreter::step(&self.bot, session, input);
        let Outcome { session, replies, effects } = &expected;
        let differs = if *replies != walked.replies {
            Some(format!("replies: the walk says\n  {:?}\nthe reference\n  {replies:?}", walked.replies))
        } else if *effects != walked.effects {
            Some(format!("effects: of the walk\n  {:?}\nof the reference\n  {effects:?}", walked.effects))
        } else if *session != walked.session {
            let json = |session| serde_json::to_string(session).unwrap();
            Some(format!("session: of the walk\n  {}\nof the reference\n  {}", json(&walked.session), json(session)))
        } else {
            None
        };
        (walked, differs)
    }
}

/// Takes the pairs of one bot: so many dialogues with it.
///
/// # Errors
/// The smallest case found in which walk and reference differ, told in words.
pub(crate) fn compare_bot(seed: u64, measure: &mut Measure) -> Result<(), String> {
    let mut chance = Chance::new(seed);
    let versions = [random_bots::bot(&mut chance), random_bots::bot(&mut chance)];
    let compiled = versions.each_ref().map(|parts| LazyCell::new(|| Version::new(parts)));
    for _ in 0..DIALOGUES {
        let mut session = Session::new(&compiled[0].graph, None);
        let mut seen = Seen::default();
        let mut inputs = Vec::new();
        let length = 8 + chance.below(13);
        // Now and then a publish swaps the version in the midst of a conversation.
        let swapped_at = if chance.percent(10) { chance.below(length) } else { length };
        for turn in 0..length {
            let version = usize::from(turn >= swapped_at);
            let input = random_dialogues::input(&mut chance, &compiled[version].bot, &session, &seen);
            inputs.push((version, input.clone()));
            let (walked, differs) = compiled[version].step(&session, &input);
            if takes_too_long(&walked) {
                measure.cut += 1;
                break;
            }
            if differs.is_some() {
                return Err(told(seed, &smallest(Case { versions: versions.to_vec(), inputs })));
            }
            measure.step(&session, &input, &walked);
            seen.remember(&walked.replies);
            session = walked.session;
        }
        measure.pairs += 1;
    }
    Ok(())
}

/// Whether a loop used up what templates may take in a step, which the reference does not count.
fn takes_too_long(step: &Step) -> bool {
    let is_limit = |step: &TraceStep| {
        matches!(step, TraceStep::Fault { reason, .. } | TraceStep::RequestFailed { reason }
            if reason.starts_with("the templates of this step take too long"))
    };
    step.trace.iter().any(is_limit)
}

/// In what walk and reference differ, if they do.
fn difference(case: &Case) -> Option<String> {
    let compiled: Vec<Version> = case.versions.iter().map(Version::new).collect();
    let mut session = Session::new(&compiled.first()?.graph, None);
    for (place, (version, input)) in case.inputs.iter().enumerate() {
        let (walked, differs) = compiled[*version].step(&session, input);
        if takes_too_long(&walked) {
            return None;
        }
        if let Some(differs) = differs {
            let before = serde_json::to_string(&session).unwrap();
            let trace: Vec<String> = walked.trace.iter().take(60).map(|step| format!("  {step:?}")).collect();
            return Some(format!("input {place}, before it {before}\n{differs}\ntrace:\n{}", trace.join("\n")));
        }
        session = walked.session;
    }
    None
}

/// Leaves out what is not needed for the difference: inputs, documents, triggers, nodes.
fn smallest(mut case: Case) -> Case {
    loop {
        let before = size(&case);
        for place in (0..case.inputs.len()).rev() {
            try_without(&mut case, |case| drop(case.inputs.remove(place)));
        }
        for version in 0..case.versions.len() {
            for part in (0..case.versions[version].len()).rev() {
                // Templates with `if`, `for` and sums are written for bots that have their variables.
                let path = case.versions[version][part].0.to_string();
                if ["flows/variables/list", "flows/variables/n", "flows/variables/ok"].contains(&path.as_str()) {
                    continue;
                }
                try_without(&mut case, |case| drop(case.versions[version].remove(part)));
            }
            for part in 0..case.versions[version].len() {
                let Document::Flow(flow) = &case.versions[version][part].1 else { continue };
                let (triggers, nodes) = (flow.triggers.len(), flow.nodes.keys().cloned().collect::<Vec<_>>());
                let flow = |case: &mut Case, change: &dyn Fn(&mut greenroom_model::document::Flow)| {
                    if let Document::Flow(flow) = &mut case.versions[version][part].1 {
                        change(flow);
                    }
                };
                for trigger in (0..triggers).rev() {
                    try_without(&mut case, |case| flow(case, &|flow| drop(flow.triggers.remove(trigger))));
                }
                for node in &nodes {
                    try_without(&mut case, |case| flow(case, &|flow| drop(flow.nodes.remove(node))));
                    try_without(&mut case, |case| {
                        flow(case, &|flow| {
                            if let Some(Node::Message(message)) = flow.nodes.get_mut(node) {
                                message.content.clear();
                                message.buttons.clear();
                                message.quick_replies.clear();
                            }
                        });
                    });
                }
            }
        }
        if size(&case) == before {
            return case;
        }
    }
}

fn try_without(case: &mut Case, change: impl FnOnce(&mut Case)) {
    let mut smaller = case.clone();
    change(&mut smaller);
    if difference(&smaller).is_some() {
        *case = smaller;
    }
}

fn size(case: &Case) -> usize {
    let versions: usize = case
        .versions
        .iter()
        .flatten()
        .map(|(path, document)| document.to_bytes(path).map_or(0, |bytes| bytes.len()))
        .sum();
    versions + case.inputs.len()
}

fn told(seed: u64, case: &Case) -> String {
    let mut told = format!("the bot of seed {seed}\n");
    for (number, version) in case.versions.iter().enumerate() {
        for (path, document) in version {
            let json = String::from_utf8(document.to_bytes(path).unwrap().to_vec()).unwrap();
            told.push_str(&format!("version {number}, {path}: {json}\n"));
        }
    }
    for (version, input) in &case.inputs {
        told.push_str(&format!("version {version}: {}\n", serde_json::to_string(input).unwrap()));
    }
    told + &difference(case).unwrap()
}
