//! Where lines run up and down: each net has at most one upright line between two ranks, its
//! *lane*, and lanes are put such that few lines cross and none lies on another.

use std::collections::{BTreeMap, BTreeSet};

use super::Sheet;
use super::nets::Layers;

/// Nearer than this two level lines would seem one.
const TOO_NEAR: f64 = 4.0;
/// What it costs when two level lines lie on each other, in crossings.
const OVERLAP: f64 = 50.0;
/// With more nets than this in one gap they are not compared with each other.
const MAX_COMPARED: usize = 250;

/// What lies between two ranks. Gap 0 is left of rank 0, gap `n` right of rank `n - 1`.
#[derive(Debug, Default)]
pub(super) struct Gap {
    /// Which lane, counted from the left, a net has; none where it goes straight.
    pub(super) lanes: BTreeMap<usize, usize>,
    pub(super) count: usize,
    /// A cell on the left and one on the right whose level lines lie on each other.
    pub(super) overlaps: Vec<(usize, usize)>,
}

/// The height at which a net comes out of a gap, and at which cell.
type End = (f64, usize);

/// A net in one gap, and where it comes out on the left and on the right.
#[derive(Debug, Default)]
struct Crossing {
    net: usize,
    left: Vec<End>,
    right: Vec<End>,
    top: f64,
    bottom: f64,
}

/// The lanes of all gaps.
pub(super) fn assign(sheet: &Sheet, layers: &Layers) -> Vec<Gap> {
    crossings(sheet, layers).into_iter().map(gap_of).collect()
}

/// Assigns the lanes anew beside the ranks in which something has moved.
pub(super) fn reassign(sheet: &Sheet, layers: &Layers, gaps: &mut [Gap], moved: &BTreeSet<usize>) {
    for (place, (gap, crossings)) in gaps.iter_mut().zip(crossings(sheet, layers)).enumerate() {
        if moved.contains(&place) || place.checked_sub(1).is_some_and(|before| moved.contains(&before)) {
            *gap = gap_of(crossings);
        }
    }
}

fn crossings(sheet: &Sheet, layers: &Layers) -> Vec<BTreeMap<usize, Crossing>> {
    let mut crossings: Vec<BTreeMap<usize, Crossing>> = Vec::new();
    crossings.resize_with(layers.ranks.len() + 1, BTreeMap::new);
    for (place, net) in layers.nets.iter().enumerate() {
        let to_rank = layers.cells[net.to].rank;
        let mut meet = |gap: usize, on_left: bool, cell: usize, below: f64| {
            let crossing = crossings[gap].entry(place).or_default();
            let end = (layers.cells[cell].y + below, cell);
            if on_left { &mut crossing.left } else { &mut crossing.right }.push(end);
        };
        for way in &net.ways {
            let way = &sheet.ways[*way];
            meet(layers.cells[way.from].rank + 1, true, way.from, way.leave);
        }
        for (rank, line) in net.forward.iter().chain(&net.backward) {
            meet(*rank, false, *line, 0.0);
            meet(rank + 1, true, *line, 0.0);
        }
        meet(to_rank, false, net.to, layers.entry(sheet, place));
    }
    crossings
}

fn gap_of(crossings: BTreeMap<usize, Crossing>) -> Gap {
    let mut bent: Vec<Crossing> = Vec::new();
    let mut straight: Vec<Crossing> = Vec::new();
    for (net, mut crossing) in crossings {
        crossing.net = net;
        let all = || crossing.left.iter().chain(&crossing.right).map(|end| end.0);
        (crossing.top, crossing.bottom) =
            (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
        if crossing.bottom - crossing.top < 0.5 { &mut straight } else { &mut bent }.push(crossing);
    }
    let ordered = ordered(bent);
    // From the left: beyond every lane before it that it would touch.
    let mut gap = Gap::default();
    let mut taken: Vec<(f64, f64, usize)> = Vec::new();
    for crossing in &ordered {
        let touches = |taken: &&(f64, f64, usize)| taken.0 < crossing.bottom + 6.0 && crossing.top - 6.0 < taken.1;
        let lane = taken.iter().filter(touches).map(|taken| taken.2 + 1).max().unwrap_or_default();
        taken.push((crossing.top, crossing.bottom, lane));
        gap.lanes.insert(crossing.net, lane);
        gap.count = gap.count.max(lane + 1);
    }
    if ordered.len() <= MAX_COMPARED {
        for (place, left) in ordered.iter().enumerate() {
            let rights = ordered.iter().skip(place + 1).filter(|right| gap.lanes[&left.net] < gap.lanes[&right.net]);
            gap.overlaps.extend(rights.flat_map(|right| overlaps(left, right)));
        }
    }
    gap
}

/// The nets from left to right.
fn ordered(mut bent: Vec<Crossing>) -> Vec<Crossing> {
    // Lines that lead down are best put from the right, lines that lead up from the left.
    let slope = |crossing: &Crossing| {
        let mean = |ends: &[End]| ends.iter().map(|end| end.0).sum::<f64>() / ends.len().max(1) as f64;
        let (left, right) = (mean(&crossing.left), mean(&crossing.right));
        if right >= left { (0, -left) } else { (1, left) }
    };
    bent.sort_by(|one, other| {
        let (one, other) = (slope(one), slope(other));
        one.0.cmp(&other.0).then(one.1.total_cmp(&other.1))
    });
    if bent.len() > MAX_COMPARED {
        return bent;
    }
    let costs: Vec<Vec<f64>> = bent.iter().map(|left| bent.iter().map(|right| cost(left, right)).collect()).collect();
    // Insertion: each where it costs least among those that stand.
    let mut places: Vec<usize> = Vec::with_capacity(bent.len());
    for place in 0..bent.len() {
        insert(&mut places, place, &costs);
    }
    for _ in 0..3 {
        for at in 0..places.len() {
            let taken = places.remove(at);
            insert(&mut places, taken, &costs);
        }
    }
    let mut bent: Vec<Option<Crossing>> = bent.into_iter().map(Some).collect();
    places.into_iter().filter_map(|place| bent[place].take()).collect()
}

fn insert(places: &mut Vec<usize>, place: usize, costs: &[Vec<f64>]) {
    // The cost of standing left of all; then it steps right over one after the other.
    let mut now: f64 = places.iter().map(|other| costs[place][*other]).sum();
    let mut best = (now, 0);
    for (at, other) in places.iter().enumerate() {
        now += costs[*other][place] - costs[place][*other];
        if now < best.0 - 1e-9 {
            best = (now, at + 1);
        }
    }
    places.insert(best.1, place);
}

/// What it costs that one lane is left of another: crossings, and lines that lie on each other.
fn cost(left: &Crossing, right: &Crossing) -> f64 {
    let within = |y: f64, crossing: &Crossing| crossing.top < y && y < crossing.bottom;
    let crossings = left.right.iter().filter(|end| within(end.0, right)).count()
        + right.left.iter().filter(|end| within(end.0, left)).count();
    crossings as f64 + OVERLAP * overlaps(left, right).count() as f64
}

/// The ends that lie on each other when one lane is left of another: a level line runs from the
/// left border to the right lane, and one from the left lane to the right border.
fn overlaps<'c>(left: &'c Crossing, right: &'c Crossing) -> impl Iterator<Item = (usize, usize)> + 'c {
    right.left.iter().flat_map(|(y, cell)| {
        let near = left.right.iter().filter(move |(other, _)| (y - other).abs() < TOO_NEAR);
        near.map(move |(_, other)| (*cell, *other))
    })
}
