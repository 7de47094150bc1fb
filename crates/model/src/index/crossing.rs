//! What the index knows of ways from flow to flow: which nodes another flow leads
//! to, and which flows come back to another when they end.

use std::collections::{BTreeMap, BTreeSet};

use super::links::{all_jumps, jump_anywhere, read_json};
use super::{gathered, object, tree, usage_name};
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

/// The flows that may come back to another one when they end.
pub(super) enum Called {
    /// These.
    Flows(BTreeSet<FlowId>),
    /// Perhaps any: a variable says where a jump leads.
    Any,
}

impl Called {
    pub(super) fn has(&self, part: &PartPath) -> bool {
        match (self, part) {
            (Self::Any, _) => true,
            (Self::Flows(flows), PartPath::Flow(flow)) => flows.contains(flow),
            (Self::Flows(_), _) => false,
        }
    }
}

/// What jumps with return lead to, and where that jumps on to.
pub(super) fn called(objects: &dyn Objects, index: &Digest, need: &mut BTreeSet<Digest>) -> Result<Called, Interrupt> {
    if jump_anywhere(objects, index, need)?.is_some() {
        return Ok(Called::Any);
    }
    let mut flows = BTreeSet::new();
    if gathered(need, tree::names(objects, index, &["returning"]))?.is_empty() {
        return Ok(Called::Flows(flows));
    }
    let jumps = all_jumps(objects, index, need)?;
    let targets = |flow: &FlowId, returning: bool| -> Vec<FlowId> {
        let jumps = jumps.get(flow).into_iter().flat_map(|flow| flow.jumps.values());
        let wanted = jumps.filter(|jump| jump.returns || !returning);
        wanted.filter_map(|jump| Some(jump.to.as_ref()?.0.clone())).collect()
    };
    let mut ahead: Vec<FlowId> = jumps.keys().flat_map(|flow| targets(flow, true)).collect();
    while let Some(flow) = ahead.pop() {
        if flows.insert(flow.clone()) {
            ahead.extend(targets(&flow, false));
        }
    }
    Ok(Called::Flows(flows))
}
