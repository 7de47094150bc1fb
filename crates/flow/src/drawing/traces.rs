//! What of each way is drawn: where it meets a line of its net it ends, since from there on that
//! line is its own. So nothing is drawn twice, and dashes stay dashes.

use super::layout::PlacedNet;

type Point = (f64, f64);

/// A net of more ways than this is drawn way by way, each whole: comparing costs their square.
const MAX_COMPARED: usize = 200;

/// A way, as it is drawn.
pub(super) struct Trace {
    pub(super) way: usize,
    pub(super) corners: Vec<Point>,
    /// Whether it ends where it meets another one.
    pub(super) is_joined: bool,
}

/// The ways of a net, the longest first.
pub(super) fn of(net: &PlacedNet, ways: &[Vec<Point>]) -> Vec<Trace> {
    let trace = |way: &usize| Some(Trace { way: *way, corners: ways.get(*way)?.clone(), is_joined: false });
    let mut traces: Vec<Trace> = net.ways.iter().filter_map(trace).collect();
    traces.sort_by(|one, other| length(&other.corners).total_cmp(&length(&one.corners)).then(one.way.cmp(&other.way)));
    if traces.len() > MAX_COMPARED {
        return traces;
    }
    let mut drawn: Vec<(Point, Point)> = Vec::new();
    for trace in &mut traces {
        let mut kept: Vec<Point> = trace.corners.first().copied().into_iter().collect();
        for pair in trace.corners.windows(2) {
            let [from, to] = pair else { continue };
            let met = drawn.iter().filter_map(|line| meeting(*from, *to, *line));
            let met = met.min_by(|one, other| distance(*from, *one).total_cmp(&distance(*from, *other)));
            kept.push(met.unwrap_or(*to));
            if met.is_some() {
                trace.is_joined = true;
                break;
            }
        }
        drawn.extend(kept.windows(2).filter_map(|pair| Some((*pair.first()?, *pair.last()?))));
        trace.corners = kept;
    }
    traces
}

fn distance(one: Point, other: Point) -> f64 {
    (one.0 - other.0).abs() + (one.1 - other.1).abs()
}

fn length(corners: &[Point]) -> f64 {
    corners.windows(2).filter_map(|pair| Some(distance(*pair.first()?, *pair.last()?))).sum()
}

/// The first point on the way from one point to another that lies on a line; all are level or upright.
fn meeting(from: Point, to: Point, line: (Point, Point)) -> Option<Point> {
    const NEAR: f64 = 0.01;
    let within = |value: f64, one: f64, other: f64| one.min(other) - NEAR <= value && value <= one.max(other) + NEAR;
    let toward = |value: f64, one: f64, other: f64| value.max(one.min(other)).min(one.max(other));
    let (start, end) = line;
    // The point of the line that is nearest to where the way comes from.
    let point = (toward(from.0, start.0, end.0), toward(from.1, start.1, end.1));
    let on_way = within(point.0, from.0, to.0) && within(point.1, from.1, to.1);
    let is_straight = (from.0 - to.0).abs() < NEAR || (from.1 - to.1).abs() < NEAR;
    let line_is_straight = (start.0 - end.0).abs() < NEAR || (start.1 - end.1).abs() < NEAR;
    (on_way && is_straight && line_is_straight).then_some(point)
}
