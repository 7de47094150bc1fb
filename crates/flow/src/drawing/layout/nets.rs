//! Nets, and what stands in each rank: boxes, and the places where a net crosses the rank.

use std::collections::BTreeMap;

use super::Sheet;

/// The least distance between a box and the next below it.
const BETWEEN_BOXES: f64 = 26.0;
/// The least distance between a box and a line.
const BESIDE_BOX: f64 = 13.0;
/// The least distance between two lines.
pub(super) const BETWEEN_LINES: f64 = 9.0;

/// Ways of one style to one box.
#[derive(Debug)]
pub(super) struct Net {
    pub(super) to: usize,
    /// Which of the nets of its box it is.
    pub(super) entry: usize,
    pub(super) ways: Vec<usize>,
    /// The cells in which it crosses ranks forward, by rank.
    pub(super) forward: BTreeMap<usize, usize>,
    /// The same for lines from right to left; they turn round before the rank of `to`.
    pub(super) backward: BTreeMap<usize, usize>,
}

impl Net {
    /// Whether it is more than one line between neighbouring ranks.
    pub(super) fn is_far(&self) -> bool {
        self.ways.len() > 1 || !self.forward.is_empty() || !self.backward.is_empty()
    }
}

/// What stands in a rank: a box (the cell's number is the box's), or a net that crosses.
#[derive(Debug)]
pub(super) struct Cell {
    pub(super) rank: usize,
    pub(super) height: f64,
    pub(super) is_line: bool,
    /// The top; of a line its height.
    pub(super) y: f64,
    pub(super) left: Vec<Link>,
    pub(super) right: Vec<Link>,
    /// Cells of the same rank to which a line turns round.
    pub(super) beside: Vec<Link>,
}

/// A line from a cell to another one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    pub(super) cell: usize,
    /// How far below its own top it begins.
    pub(super) own: f64,
    /// How far below the other's top it ends.
    pub(super) other: f64,
    pub(super) weight: f64,
}

/// All cells, and their order in each rank.
#[derive(Debug)]
pub(super) struct Layers {
    pub(super) nets: Vec<Net>,
    /// The net of each way.
    pub(super) net_of: Vec<usize>,
    pub(super) cells: Vec<Cell>,
    pub(super) ranks: Vec<Vec<usize>>,
}

impl Layers {
    /// Makes the cells; nothing where there are more than `most`.
    pub(super) fn of(sheet: &Sheet, ranks: &[usize], most: usize) -> Option<Self> {
        let (nets, net_of) = nets_of(sheet);
        let cells = sheet.shapes.iter().zip(ranks).map(|(shape, rank)| Cell {
            rank: *rank,
            height: shape.height,
            is_line: false,
            y: 0.0,
            left: Vec::new(),
            right: Vec::new(),
            beside: Vec::new(),
        });
        let last = ranks.iter().copied().max().unwrap_or_default();
        let mut layers = Self { nets, net_of, cells: cells.collect(), ranks: vec![Vec::new(); last + 1] };
        for net in 0..layers.nets.len() {
            layers.add_crossings(sheet, net);
            if layers.cells.len() > most {
                return None;
            }
        }
        for net in 0..layers.nets.len() {
            layers.add_links(sheet, net);
        }
        layers.enter_ranks(sheet);
        Some(layers)
    }

    /// How far below the top of its box a net arrives.
    pub(super) fn entry(&self, sheet: &Sheet, net: usize) -> f64 {
        let net = &self.nets[net];
        sheet.shapes[net.to].enter + net.entry as f64 * BETWEEN_LINES
    }

    /// The least distance between two cells of which one is the next below the other.
    pub(super) fn between(&self, upper: usize, lower: usize) -> f64 {
        match (self.cells[upper].is_line, self.cells[lower].is_line) {
            (true, true) => BETWEEN_LINES,
            (false, false) => BETWEEN_BOXES,
            _ => BESIDE_BOX,
        }
    }

    fn add_crossings(&mut self, sheet: &Sheet, net: usize) {
        let to = self.cells[self.nets[net].to].rank;
        let from = self.nets[net].ways.iter().map(|way| self.cells[sheet.ways[*way].from].rank);
        let (first, last) = from.fold((to, None), |(first, last): (usize, Option<usize>), rank| {
            (first.min(rank), if rank >= to { last.max(Some(rank)) } else { last })
        });
        for rank in first + 1..to {
            let cell = self.add_line(rank);
            self.nets[net].forward.insert(rank, cell);
        }
        for rank in last.map_or(0..0, |last| to..last + 1) {
            let cell = self.add_line(rank);
            self.nets[net].backward.insert(rank, cell);
        }
    }

    fn add_line(&mut self, rank: usize) -> usize {
        let line =
            Cell { rank, height: 0.0, is_line: true, y: 0.0, left: Vec::new(), right: Vec::new(), beside: Vec::new() };
        self.cells.push(line);
        self.cells.len() - 1
    }

    fn add_links(&mut self, sheet: &Sheet, net: usize) {
        let entry = self.entry(sheet, net);
        let Net { to, ways, forward, backward, .. } = &self.nets[net];
        let (to, to_rank) = (*to, self.cells[*to].rank);
        let mut links = Vec::new();
        for way in ways {
            let way = &sheet.ways[*way];
            let rank = self.cells[way.from].rank;
            let next = if rank >= to_rank { backward.get(&rank) } else { forward.get(&(rank + 1)) };
            match next {
                Some(line) => links.push((way.from, way.leave, *line, 0.0, 1.0)),
                None => links.push((way.from, way.leave, to, entry, 1.0)),
            }
        }
        for (rank, line) in forward {
            match forward.get(&(rank + 1)) {
                Some(next) => links.push((*line, 0.0, *next, 0.0, 6.0)),
                None => links.push((*line, 0.0, to, entry, 3.0)),
            }
        }
        for (rank, line) in backward {
            if let Some(next) = backward.get(&(rank + 1)) {
                links.push((*line, 0.0, *next, 0.0, 6.0));
            }
            if *rank == to_rank {
                links.push((*line, 0.0, to, entry, 1.0));
            }
        }
        for (one, own, cell, other, weight) in links {
            let (here, there) = (Link { cell, own, other, weight }, Link { cell: one, own: other, other: own, weight });
            if self.cells[one].rank == self.cells[cell].rank {
                self.cells[one].beside.push(here);
                self.cells[cell].beside.push(there);
            } else {
                self.cells[one].right.push(here);
                self.cells[cell].left.push(there);
            }
        }
    }

    /// The first order: as the boxes and lines are met when they are walked.
    fn enter_ranks(&mut self, sheet: &Sheet) {
        let mut met = vec![false; self.cells.len()];
        let mut begin: Vec<usize> = (0..self.cells.len()).collect();
        begin.sort_by_key(|cell| (sheet.shapes.get(*cell).map_or(u8::MAX, |shape| shape.precedence), *cell));
        for root in begin {
            let mut stack = vec![root];
            while let Some(cell) = stack.pop() {
                if std::mem::replace(&mut met[cell], true) {
                    continue;
                }
                self.ranks[self.cells[cell].rank].push(cell);
                stack.extend(self.cells[cell].right.iter().rev().map(|link| link.cell));
                stack.extend(self.cells[cell].beside.iter().rev().map(|link| link.cell));
            }
        }
    }
}

fn nets_of(sheet: &Sheet) -> (Vec<Net>, Vec<usize>) {
    let mut places: BTreeMap<(usize, u8), usize> = BTreeMap::new();
    let mut entries = vec![0_usize; sheet.shapes.len()];
    let mut nets: Vec<Net> = Vec::new();
    let mut net_of = Vec::with_capacity(sheet.ways.len());
    for (place, way) in sheet.ways.iter().enumerate() {
        let net = *places.entry((way.to, way.style)).or_insert_with(|| {
            let entry = entries[way.to];
            entries[way.to] += 1;
            let (forward, backward) = (BTreeMap::new(), BTreeMap::new());
            nets.push(Net { to: way.to, entry, ways: Vec::new(), forward, backward });
            nets.len() - 1
        });
        nets[net].ways.push(place);
        net_of.push(net);
    }
    (nets, net_of)
}
