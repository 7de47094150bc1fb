//! The ranked layout: dugong places boxes and labels, the routes of arrows are ours.
//!
//! An arrow leaves a box at a side, crosses each rank as a straight line at the height
//! that dugong kept free for it, and bends only between ranks: so it never crosses a box.

use std::collections::BTreeMap;
use std::fmt::Write;

use dugong::graphlib::{Graph, GraphOptions};
use dugong::{EdgeLabel, GraphLabel, NodeLabel, Point, RankDir};

use super::Placed;
use super::content::Content;

const MARGIN: f64 = 16.0;
/// Between the ends of arrows that meet on one side of a box.
const PORT_GAP: f64 = 11.0;

type LayoutGraph = Graph<NodeLabel, EdgeLabel, GraphLabel>;

/// Places boxes in ranks from left to right; nothing where dugong finds no layout.
pub(super) fn ranked(content: &Content) -> Option<Placed> {
    let backward = backward_edges(content);
    let mut graph = graph_of(content, &backward);
    dugong::layout(&mut graph).ok()?;
    let mut boxes = Vec::with_capacity(content.boxes.len());
    for place in 0..content.boxes.len() {
        let node = graph.node(&key(place))?;
        boxes.push((node.x?, node.y?));
    }
    let mut routes = Vec::with_capacity(content.edges.len());
    for (place, (edge, is_backward)) in content.edges.iter().zip(&backward).enumerate() {
        let (left, right) = if *is_backward { (edge.to, edge.from) } else { (edge.from, edge.to) };
        let label = graph.edge(&key(left), &key(right), Some(&place.to_string()))?;
        // The first and the last point are where the arrow meets the boxes: we choose our own.
        let mut inner = label.points.get(1..label.points.len().saturating_sub(1)).unwrap_or_default().to_vec();
        if *is_backward {
            inner.reverse();
        }
        routes.push(Route { label_at: if edge.label.is_empty() { None } else { Some((label.x?, label.y?)) }, inner });
    }
    let ranks = Ranks::of(content, &boxes, &routes);
    let ports = Ports::of(content, &boxes, &routes);
    let edges = content.edges.iter().enumerate().zip(&routes).map(|((place, edge), route)| {
        let path = if edge.from == edge.to {
            own_loop(content, &boxes, edge.from, route)
        } else {
            let from = ports.start(place)?;
            let to = ports.end(place)?;
            path_between(from, to, route, &ranks)
        };
        Some((path, route.label_at))
    });
    let edges = edges.collect::<Option<Vec<_>>>()?;
    let size = graph.graph();
    let (width, height) = (size.width, size.height);
    Some(Placed { width: width.max(2.0 * MARGIN), height: height.max(2.0 * MARGIN), boxes, edges })
}

/// dugong's word for an arrow's way: the points between its ends.
struct Route {
    inner: Vec<Point>,
    label_at: Option<(f64, f64)>,
}

fn key(place: usize) -> String {
    format!("n{place}")
}

/// Which arrows close a circle when the flow is walked from its beginnings: they are
/// drawn from right to left, so that the beginnings stand left.
fn backward_edges(content: &Content) -> Vec<bool> {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        No,
        OnTheWay,
        Done,
    }
    let mut out = vec![Vec::new(); content.boxes.len()];
    for (place, edge) in content.edges.iter().enumerate() {
        if let Some(out) = out.get_mut(edge.from) {
            out.push((place, edge.to));
        }
    }
    let mut roots: Vec<usize> = (0..content.boxes.len()).collect();
    let rank_of = |place: usize| match content.boxes.get(place) {
        Some(drawn) if drawn.kind == "trigger" => 0,
        Some(drawn) if drawn.is_start => 1,
        _ => 2,
    };
    roots.sort_by_key(|place| (rank_of(*place), *place));
    let mut backward = vec![false; content.edges.len()];
    let mut seen = vec![Seen::No; content.boxes.len()];
    for root in roots {
        let mut way: Vec<(usize, usize)> = vec![(root, 0)];
        if seen.get(root).is_none_or(|seen| *seen != Seen::No) {
            continue;
        }
        while let Some((at, next)) = way.last_mut() {
            let at = *at;
            let edge = out.get(at).and_then(|out| out.get(*next)).copied();
            *next += 1;
            let Some(state) = seen.get_mut(at) else { break };
            match edge {
                None => {
                    *state = Seen::Done;
                    way.pop();
                }
                Some((place, to)) => {
                    *state = Seen::OnTheWay;
                    match seen.get(to) {
                        Some(Seen::No) => way.push((to, 0)),
                        Some(Seen::OnTheWay) if to != at => {
                            if let Some(slot) = backward.get_mut(place) {
                                *slot = true;
                            }
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    backward
}

fn graph_of(content: &Content, backward: &[bool]) -> LayoutGraph {
    let mut graph = LayoutGraph::new(GraphOptions { multigraph: true, compound: false, ..GraphOptions::default() });
    graph.set_graph(GraphLabel {
        rankdir: RankDir::LR,
        nodesep: 26.0,
        edgesep: 16.0,
        ranksep: 56.0,
        marginx: MARGIN,
        marginy: MARGIN,
        acyclicer: Some("greedy".to_owned()),
        ..GraphLabel::default()
    });
    graph.set_default_edge_label(EdgeLabel::default);
    for (place, drawn) in content.boxes.iter().enumerate() {
        graph.set_node(key(place), NodeLabel { width: drawn.width, height: drawn.height, ..NodeLabel::default() });
    }
    for (place, (edge, is_backward)) in content.edges.iter().zip(backward).enumerate() {
        let (left, right) = if *is_backward { (edge.to, edge.from) } else { (edge.from, edge.to) };
        let label = EdgeLabel {
            width: edge.label_width(),
            height: edge.label_height(),
            minlen: 1,
            weight: 1.0,
            ..EdgeLabel::default()
        };
        graph.set_edge_named(key(left), key(right), Some(place.to_string()), Some(label));
    }
    graph
}

/// How far each rank reaches to the left and right of its centre.
struct Ranks(BTreeMap<i64, f64>);

impl Ranks {
    fn of(content: &Content, boxes: &[(f64, f64)], routes: &[Route]) -> Self {
        let mut halves = BTreeMap::new();
        let mut widen = |x: f64, width: f64| {
            let half: &mut f64 = halves.entry(Self::rank_at(x)).or_default();
            *half = half.max(width / 2.0);
        };
        boxes.iter().zip(&content.boxes).for_each(|((x, _), drawn)| widen(*x, drawn.width));
        for (route, edge) in routes.iter().zip(&content.edges) {
            if let Some((x, _)) = route.label_at {
                widen(x, edge.label_width());
            }
        }
        Self(halves)
    }

    /// What lies in one rank has one centre.
    fn rank_at(x: f64) -> i64 {
        (x * 4.0).round() as i64
    }

    fn half_at(&self, x: f64) -> f64 {
        self.0.get(&Self::rank_at(x)).copied().unwrap_or_default()
    }
}

/// A box, and whether it is its right side.
type Side = (usize, bool);

/// The height that an arrow comes from, the arrow, and whether it starts there.
type Meeting = (f64, usize, bool);

/// Where arrows meet their boxes: spread over the side, in the order in which they come.
struct Ports {
    starts: Vec<Option<(f64, f64)>>,
    ends: Vec<Option<(f64, f64)>>,
}

impl Ports {
    fn of(content: &Content, boxes: &[(f64, f64)], routes: &[Route]) -> Self {
        let mut sides: BTreeMap<Side, Vec<Meeting>> = BTreeMap::new();
        for (place, (edge, route)) in content.edges.iter().zip(routes).enumerate() {
            if edge.from == edge.to {
                continue;
            }
            let (Some(from), Some(to)) = (boxes.get(edge.from), boxes.get(edge.to)) else { continue };
            let after = route.inner.first().map_or(*to, |point| (point.x, point.y));
            let before = route.inner.last().map_or(*from, |point| (point.x, point.y));
            sides.entry((edge.from, after.0 >= from.0)).or_default().push((after.1, place, true));
            sides.entry((edge.to, before.0 >= to.0)).or_default().push((before.1, place, false));
        }
        let mut ports = Self { starts: vec![None; content.edges.len()], ends: vec![None; content.edges.len()] };
        for ((place, is_right), mut meets) in sides {
            let (Some((x, y)), Some(drawn)) = (boxes.get(place), content.boxes.get(place)) else { continue };
            meets.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
            let gaps = meets.len().saturating_sub(1) as f64;
            let gap = if gaps > 0.0 { PORT_GAP.min((drawn.height - 20.0) / gaps) } else { 0.0 };
            let side = if is_right { x + drawn.width / 2.0 } else { x - drawn.width / 2.0 };
            for (position, (_, edge, is_start)) in meets.into_iter().enumerate() {
                let port = Some((side, y + (position as f64 - gaps / 2.0) * gap));
                let list = if is_start { &mut ports.starts } else { &mut ports.ends };
                if let Some(slot) = list.get_mut(edge) {
                    *slot = port;
                }
            }
        }
        ports
    }

    fn start(&self, edge: usize) -> Option<(f64, f64)> {
        self.starts.get(edge).copied().flatten()
    }

    fn end(&self, edge: usize) -> Option<(f64, f64)> {
        self.ends.get(edge).copied().flatten()
    }
}

/// Bends between ranks, goes straight across each.
fn path_between(from: (f64, f64), to: (f64, f64), route: &Route, ranks: &Ranks) -> String {
    let mut path = String::new();
    let mut at = from;
    _ = write!(path, "M{:.1} {:.1}", at.0, at.1);
    for point in &route.inner {
        let ahead = if point.x >= at.0 { 1.0 } else { -1.0 };
        let half = ranks.half_at(point.x);
        bend(&mut path, at, (point.x - ahead * half, point.y));
        at = (point.x + ahead * half, point.y);
        _ = write!(path, "H{:.1}", at.0);
    }
    bend(&mut path, at, to);
    path
}

/// A curve that leaves and arrives level.
fn bend(path: &mut String, from: (f64, f64), to: (f64, f64)) {
    if (from.1 - to.1).abs() < 0.5 {
        _ = write!(path, "L{:.1} {:.1}", to.0, to.1);
    } else {
        let middle = (from.0 + to.0) / 2.0;
        _ = write!(path, "C{middle:.1} {:.1} {middle:.1} {:.1} {:.1} {:.1}", from.1, to.1, to.0, to.1);
    }
}

/// An arrow from a box to itself: a loop under the box.
fn own_loop(content: &Content, boxes: &[(f64, f64)], place: usize, route: &Route) -> String {
    let (Some((x, y)), Some(drawn)) = (boxes.get(place), content.boxes.get(place)) else { return String::new() };
    let bottom = y + drawn.height / 2.0;
    let low = route.label_at.map_or(bottom + 22.0, |(_, y)| y + 8.0);
    format!(
        "M{:.1} {bottom:.1}C{:.1} {low:.1} {:.1} {low:.1} {:.1} {bottom:.1}",
        x + 30.0,
        x + 30.0,
        x - 30.0,
        x - 30.0
    )
}
