//! Jumps with return that pile up: where they lead no flow ever ends, and the way
//! leads round to the jump again.
//!
//! First it is found out from which nodes a flow may come to an end (the least
//! fixed point over nodes, jumps and returns); what is not known may. Then, for
//! each jump whose target may not, whether it is reached from its own target.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::{FlowId, FlowJump, FlowJumps, NodeId};

/// A node of a flow.
type Place<'f> = (&'f FlowId, &'f NodeId);

/// The jumps with return that make ever more flows wait, in the order of flows and nodes.
///
/// Flows that are not given may end. What a variable names may end too.
///
/// # Examples
/// ```
/// use greenroom_flow::{derive, growing_jumps};
/// use greenroom_model::{Document, PartPath};
///
/// let jumps = |help_ends: &str| -> Result<usize, Box<dyn std::error::Error>> {
///     let mut flows = std::collections::BTreeMap::new();
///     for (id, nodes) in [
///         ("main", r#""a": { "jump": { "to": { "flow": "help" }, "return": true } }"#),
///         ("help", help_ends),
///     ] {
///         let path: PartPath = format!("flows/{id}").parse()?;
///         let flow = format!(r#"{{ "name": "f", "start": "a", "nodes": {{ {nodes} }} }}"#);
///         if let Some(jumps) = derive(&path, &Document::from_json(&path, flow.as_bytes())?).links.jumps {
///             flows.insert(id.parse()?, jumps);
///         }
///     }
///     Ok(growing_jumps(&flows).len())
/// };
/// assert_eq!(jumps(r#""a": { "jump": { "to": { "flow": "main" } } }"#)?, 1);
/// assert_eq!(jumps(r#""a": { "end": {} }"#)?, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn growing_jumps(flows: &BTreeMap<FlowId, FlowJumps>) -> Vec<(FlowId, NodeId)> {
    let ending = ending(flows);
    let may_end = |place: Option<Place<'_>>| place.is_none_or(|place| ending.contains(&place));
    let mut growing = Vec::new();
    for (flow, shape) in flows {
        for (node, jump) in shape.jumps.iter().filter(|(_, jump)| jump.returns) {
            let target = target(flows, jump);
            if !may_end(target) && leads_to(flows, &ending, target, (flow, node)) {
                growing.push((flow.clone(), node.clone()));
            }
        }
    }
    growing
}

/// Where a jump leads; nothing where that is not known.
fn target<'f>(flows: &'f BTreeMap<FlowId, FlowJumps>, jump: &'f FlowJump) -> Option<Place<'f>> {
    let (flow, node) = jump.to.as_ref()?;
    let (flow, shape) = flows.get_key_value(flow)?;
    let node = node.as_ref().unwrap_or(&shape.start);
    (shape.ways.contains_key(node) || shape.jumps.contains_key(node)).then_some((flow, node))
}

/// The nodes from which the flow may come to an end, or wait for anything.
fn ending(flows: &BTreeMap<FlowId, FlowJumps>) -> BTreeSet<Place<'_>> {
    let mut ending: BTreeSet<Place<'_>> = BTreeSet::new();
    for (flow, shape) in flows {
        ending.extend(shape.ends.iter().map(|node| (flow, node)));
    }
    loop {
        let before = ending.len();
        for (flow, shape) in flows {
            for (node, ways) in &shape.ways {
                if ways.iter().any(|way| ending.contains(&(flow, way))) {
                    ending.insert((flow, node));
                }
            }
            for (node, jump) in &shape.jumps {
                let after = |next: &NodeId| {
                    let known = shape.ways.contains_key(next) || shape.jumps.contains_key(next);
                    !known || ending.contains(&(flow, next))
                };
                let ends = target(flows, jump).is_none_or(|target| ending.contains(&target));
                if ends && (!jump.returns || jump.next.as_ref().is_none_or(after)) {
                    ending.insert((flow, node));
                }
            }
        }
        if ending.len() == before {
            return ending;
        }
    }
}

/// Whether a way leads from a place to another: by edges, into jumps, and past
/// jumps with return whose target may end.
fn leads_to(
    flows: &BTreeMap<FlowId, FlowJumps>,
    ending: &BTreeSet<Place<'_>>,
    from: Option<Place<'_>>,
    to: Place<'_>,
) -> bool {
    let mut seen = BTreeSet::new();
    let mut ahead: Vec<Place<'_>> = from.into_iter().collect();
    while let Some(place) = ahead.pop() {
        if place == to {
            return true;
        }
        if !seen.insert(place) {
            continue;
        }
        let (flow, node) = place;
        let Some(shape) = flows.get(flow) else { continue };
        ahead.extend(shape.ways.get(node).into_iter().flatten().map(|way| (flow, way)));
        if let Some(jump) = shape.jumps.get(node) {
            let target = target(flows, jump);
            ahead.extend(target);
            if jump.returns && target.is_none_or(|target| ending.contains(&target)) {
                ahead.extend(jump.next.as_ref().map(|next| (flow, next)));
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use greenroom_model::{Document, PartPath};

    use super::*;

    fn growing(flows: &[(&str, &str)]) -> Vec<String> {
        let mut shapes = BTreeMap::new();
        for (id, nodes) in flows {
            let path: PartPath = format!("flows/{id}").parse().unwrap();
            let flow = format!(r#"{{ "name": "f", "start": "a", "nodes": {{ {nodes} }} }}"#);
            let document = Document::from_json(&path, flow.as_bytes()).unwrap();
            shapes.extend(crate::derive(&path, &document).links.jumps.map(|jumps| (id.parse().unwrap(), jumps)));
        }
        growing_jumps(&shapes).into_iter().map(|(flow, node)| format!("{flow}/{node}")).collect()
    }

    const MAIN: (&str, &str) = (
        "main",
        r#""a": { "input": { "variable": "x", "next": "b" } },
           "b": { "jump": { "to": { "flow": "help" }, "return": true, "next": "a" } }"#,
    );

    #[test]
    fn finds_jumps_round_that_never_end() {
        assert_eq!(growing(&[MAIN, ("help", r#""a": { "jump": { "to": { "flow": "main" } } }"#)]), ["main/b"]);
        let both = ("help", r#""a": { "jump": { "to": { "flow": "main" }, "return": true } }"#);
        assert_eq!(growing(&[MAIN, both]), ["help/a", "main/b"]);
        assert_eq!(
            growing(&[("main", r#""a": { "jump": { "to": { "flow": "main" }, "return": true } }"#)]),
            ["main/a"]
        );
    }

    #[test]
    fn flows_that_may_end_are_fine() {
        for help in [
            r#""a": { "end": {} }"#,
            r#""a": { "jump": { "to": { "variable": "v" } } }"#,
            r#""a": { "jump": { "to": { "flow": "elsewhere" } } }"#,
            r#""a": { "branch": { "cases": [{ "when": "x", "goto": "b" }] } }, "b": { "jump": { "to": { "flow": "main" } } }"#,
        ] {
            assert_eq!(growing(&[MAIN, ("help", help)]), [""; 0], "{help}");
        }
    }

    #[test]
    fn a_loop_without_return_grows_nothing() {
        let main = ("main", r#""a": { "jump": { "to": { "flow": "help" } } }"#);
        assert_eq!(growing(&[main, ("help", r#""a": { "jump": { "to": { "flow": "main" } } }"#)]), [""; 0]);
    }
}
