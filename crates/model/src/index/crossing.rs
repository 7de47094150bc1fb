//! What the index knows of ways from flow to flow: which nodes another flow leads
//! to, and which flows come back to another when they end.

use std::collections::{BTreeMap, BTreeSet};

use super::links::{jump_anywhere, read_json};
use super::{gathered, object, stored, tree, usage_name};
use crate::links::FlowJumps;
use crate::{Digest, FlowId, Interrupt, NodeId, Objects, PartPath, Symbol};

/// The nodes that other flows lead to, though nothing in their own flow does; read as they are asked for.
#[derive(Default)]
pub(super) struct FromElsewhere(BTreeMap<FlowId, BTreeSet<NodeId>>);

impl FromElsewhere {
    /// Whether another flow jumps to this node, or to one that leads to it.
    pub(super) fn reaches(
        &mut self,
        objects: &dyn Objects,
        index: &Digest,
        flow: &FlowId,
        node: &NodeId,
        need: &mut BTreeSet<Digest>,
    ) -> Result<bool, Interrupt> {
        if !self.0.contains_key(flow) {
            let reached = reached_from_elsewhere(objects, index, flow, need)?;
            self.0.insert(flow.clone(), reached);
        }
        Ok(self.0.get(flow).is_some_and(|reached| reached.contains(node)))
    }
}

fn reached_from_elsewhere(
    objects: &dyn Objects,
    index: &Digest,
    flow: &FlowId,
    need: &mut BTreeSet<Digest>,
) -> Result<BTreeSet<NodeId>, Interrupt> {
    let Some(digest) = gathered(need, tree::get(objects, index, &["unreached", flow.as_str()]))? else {
        return Ok(BTreeSet::new());
    };
    let Some(bytes) = object(objects, need, &digest) else { return Ok(BTreeSet::new()) };
    let unreached: BTreeMap<NodeId, BTreeSet<NodeId>> = read_json(&digest, &bytes)?;
    // A jump inside the flow itself its own lint has seen.
    let own = usage_name(&PartPath::Flow(flow.clone()), None);
    let is_own = |user: &String| user.split('#').next() == Some(own.as_str());
    let mut ahead = Vec::new();
    for node in unreached.keys() {
        let symbol = Symbol::node(flow, node);
        let users = tree::names(objects, index, &["used", symbol.kind.as_str(), &symbol.name]);
        if !gathered(need, users)?.iter().all(is_own) {
            ahead.push(node);
        }
    }
    let mut reached = BTreeSet::new();
    while let Some(node) = ahead.pop() {
        if reached.insert(node.clone()) {
            ahead.extend(unreached.get(node).into_iter().flatten());
        }
    }
    Ok(reached)
}

/// The flows that jumps with return lead to, at once or by further jumps.
#[derive(Default)]
pub(super) struct Called {
    /// All of them, also those that are not there.
    flows: BTreeSet<FlowId>,
    /// Where they jump.
    pub(super) jumps: BTreeMap<FlowId, FlowJumps>,
}

/// How many steps jumps are followed one by one. A way that is longer takes fewer rounds where the
/// jumps of all flows are read at once.
const STEPS: usize = 32;

/// What jumps with return lead to, and where that jumps on to. Which flows call is not looked at,
/// so this costs what is called, whatever the size of the bot.
pub(super) fn called(objects: &dyn Objects, index: &Digest, need: &mut BTreeSet<Digest>) -> Result<Called, Interrupt> {
    let mut called = Called::default();
    let mut ahead: BTreeSet<FlowId> = BTreeSet::new();
    for flow in gathered(need, tree::names(objects, index, &["called"]))? {
        ahead.insert(stored(index, flow.parse())?);
    }
    let mut all = None;
    for step in 0.. {
        if ahead.is_empty() {
            break;
        }
        if step == STEPS {
            all = Some(all_jumps(objects, index, need)?);
        }
        let mut next = BTreeSet::new();
        for flow in ahead {
            let found = match &mut all {
                Some(all) => all.remove(&flow),
                None => jumps_of(objects, index, &flow, need)?,
            };
            called.flows.insert(flow.clone());
            if let Some(found) = found {
                next.extend(found.jumps.values().filter_map(|jump| Some(jump.to.as_ref()?.0.clone())));
                called.jumps.insert(flow, found);
            }
        }
        next.retain(|flow| !called.flows.contains(flow));
        ahead = next;
    }
    Ok(called)
}

/// Where a flow jumps.
fn jumps_of(
    objects: &dyn Objects,
    index: &Digest,
    flow: &FlowId,
    need: &mut BTreeSet<Digest>,
) -> Result<Option<FlowJumps>, Interrupt> {
    let leaf = gathered(need, tree::get(objects, index, &["jumps", flow.as_str()]))?;
    let Some(digest) = leaf else { return Ok(None) };
    Ok(object(objects, need, &digest).map(|bytes| read_json(&digest, &bytes)).transpose()?)
}

/// Where all flows jump, whether they come back or not.
fn all_jumps(
    objects: &dyn Objects,
    index: &Digest,
    need: &mut BTreeSet<Digest>,
) -> Result<BTreeMap<FlowId, FlowJumps>, Interrupt> {
    let mut jumps = BTreeMap::new();
    for (path, digest) in gathered(need, tree::list(objects, index, &["jumps"]))? {
        let flow = path.rsplit('/').next().unwrap_or_default();
        if let Some(bytes) = object(objects, need, &digest) {
            jumps.insert(stored(index, flow.parse())?, read_json(&digest, &bytes)?);
        }
    }
    Ok(jumps)
}

/// The flows that may come back to another one when they end.
pub(super) enum MayComeBack {
    /// These.
    Flows(BTreeSet<FlowId>),
    /// Perhaps any: a variable says where a jump leads.
    Any,
}

impl MayComeBack {
    pub(super) fn has(&self, part: &PartPath) -> bool {
        match (self, part) {
            (Self::Any, _) => true,
            (Self::Flows(flows), PartPath::Flow(flow)) => flows.contains(flow),
            (Self::Flows(_), _) => false,
        }
    }
}

pub(super) fn may_come_back(
    objects: &dyn Objects,
    index: &Digest,
    need: &mut BTreeSet<Digest>,
) -> Result<MayComeBack, Interrupt> {
    if jump_anywhere(objects, index, need)?.is_some() {
        return Ok(MayComeBack::Any);
    }
    Ok(MayComeBack::Flows(called(objects, index, need)?.flows))
}
