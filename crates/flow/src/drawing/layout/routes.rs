//! The last stage: ranks and lanes get their places from left to right, ways their corners.

use super::lanes::Gap;
use super::nets::Layers;
use super::{Placed, PlacedNet, Sheet, hues};

const MARGIN: f64 = 20.0;
/// Between a rank and the first lane beside it, the arrow's head included.
const BESIDE_RANK: f64 = 20.0;
const BETWEEN_LANES: f64 = 9.0;

/// Where ranks and gaps begin, from left to right.
struct Columns {
    /// The left end of each rank.
    ranks: Vec<f64>,
    widths: Vec<f64>,
    /// The first lane of each gap.
    gaps: Vec<f64>,
    width: f64,
}

impl Columns {
    fn of(sheet: &Sheet, layers: &Layers, gaps: &[Gap]) -> Self {
        let mut columns = Self { ranks: Vec::new(), widths: Vec::new(), gaps: Vec::new(), width: MARGIN };
        for (place, gap) in gaps.iter().enumerate() {
            let is_outer = place == 0 || place + 1 == gaps.len();
            let lanes = gap.count.saturating_sub(1) as f64 * BETWEEN_LANES;
            let is_empty = gap.count == 0 && is_outer;
            columns.gaps.push(columns.width + if place == 0 { 0.0 } else { BESIDE_RANK });
            columns.width += match (is_empty, is_outer) {
                (true, _) => 0.0,
                (false, true) => BESIDE_RANK + lanes,
                (false, false) => 2.0 * BESIDE_RANK + lanes,
            };
            let Some(rank) = layers.ranks.get(place) else { continue };
            let width = rank.iter().filter_map(|cell| sheet.shapes.get(*cell)).map(|shape| shape.width);
            let width = width.fold(0.0, f64::max);
            columns.ranks.push(columns.width);
            columns.widths.push(width);
            columns.width += width;
        }
        columns.width += MARGIN;
        columns
    }
}

/// Puts everything where it stands.
pub(super) fn placed(sheet: &Sheet, layers: &Layers, gaps: &[Gap]) -> Placed {
    let hues = hues::assign(sheet, layers, gaps);
    let columns = Columns::of(sheet, layers, gaps);
    let bottom = layers.cells.iter().map(|cell| cell.y + cell.height).fold(0.0, f64::max);
    let boxes: Vec<(f64, f64)> = sheet
        .shapes
        .iter()
        .zip(&layers.cells)
        .map(|(shape, cell)| {
            // Narrow boxes stand at the right end of their rank: nearer to what they lead to.
            let left = columns.ranks[cell.rank] + columns.widths[cell.rank] - shape.width;
            (left, cell.y + MARGIN)
        })
        .collect();
    let router = Router { sheet, layers, gaps, columns: &columns, boxes: &boxes };
    let ways = (0..sheet.ways.len()).map(|way| router.corners(way)).collect();
    let nets = layers.nets.iter().enumerate().map(|(place, net)| {
        let backward = net
            .backward
            .iter()
            .map(|(rank, line)| (columns.ranks[*rank] + columns.widths[*rank] / 2.0, layers.cells[*line].y + MARGIN));
        PlacedNet {
            ways: net.ways.clone(),
            hue: hues[place],
            arrow: router.arrival(place),
            backward: backward.collect(),
        }
    });
    Placed { width: columns.width, height: bottom + 2.0 * MARGIN, nets: nets.collect(), ways, boxes: boxes.clone() }
}

struct Router<'l> {
    sheet: &'l Sheet,
    layers: &'l Layers,
    gaps: &'l [Gap],
    columns: &'l Columns,
    boxes: &'l [(f64, f64)],
}

impl Router<'_> {
    fn arrival(&self, net: usize) -> (f64, f64) {
        let (left, top) = self.boxes[self.layers.nets[net].to];
        (left, top + self.layers.entry(self.sheet, net))
    }

    /// The corners of a way, from its box to the one that it leads to.
    fn corners(&self, way: usize) -> Vec<(f64, f64)> {
        let place = self.layers.net_of[way];
        let net = &self.layers.nets[place];
        let way = &self.sheet.ways[way];
        let (left, top) = self.boxes[way.from];
        let mut corners = vec![(left + self.sheet.shapes[way.from].width, top + way.leave)];
        let rank = self.layers.cells[way.from].rank;
        let to_rank = self.layers.cells[net.to].rank;
        let y_of = |line: Option<&usize>| line.map(|line| self.layers.cells[*line].y + MARGIN);
        if rank < to_rank {
            for next in rank + 1..to_rank {
                self.turn(&mut corners, next, place, y_of(net.forward.get(&next)));
            }
        } else {
            // The gap right of a rank has the number of the next rank.
            for next in (to_rank..=rank).rev() {
                self.turn(&mut corners, next + 1, place, y_of(net.backward.get(&next)));
            }
        }
        let arrival = self.arrival(place);
        self.turn(&mut corners, to_rank, place, Some(arrival.1));
        corners.push(arrival);
        corners
    }

    /// Goes on at another height, by the net's lane in a gap.
    fn turn(&self, corners: &mut Vec<(f64, f64)>, gap: usize, net: usize, y: Option<f64>) {
        let (Some(y), Some((_, now))) = (y, corners.last().copied()) else { return };
        let Some(lane) = self.gaps[gap].lanes.get(&net) else { return };
        if (now - y).abs() >= 0.5 {
            let x = self.columns.gaps[gap] + *lane as f64 * BETWEEN_LANES;
            corners.extend([(x, now), (x, y)]);
        }
    }
}
