//! The layered layout: boxes in ranks from left to right, ways as right-angled lines between them.
//!
//! The stages are those of Sugiyama, Tagawa and Toda (1981): circles are opened and boxes ranked
//! (`ranks`), boxes and lines get an order in each rank (`order`) and heights (`heights`), then the
//! lines get their places between the ranks (`lanes`) and are drawn (`routes`). What is ours is that
//! ways which lead to one box run together as a *net* (`nets`): lines that meet lead to the same
//! place, so each can be followed, and a box with fifty ways to it costs one line, not fifty.
//!
//! INVARIANT: all positions (of boxes, ways, nets, cells, ranks) are made in here and count what
//! there is; `Sheet` checks once that its ways lead from boxes to boxes. So indexing cannot fail.

mod heights;
mod hues;
mod lanes;
mod nets;
mod order;
mod ranks;
mod routes;

pub(super) use hues::HUES;
use nets::Layers;

/// More cells than this (boxes, and the places where lines cross a rank) are not laid out.
const MAX_CELLS: usize = 15_000;

/// So often at most are lines parted that lie on each other.
const MAX_PARTINGS: usize = 10;

/// What is to be placed.
#[derive(Debug, Clone, Default)]
pub(super) struct Sheet {
    pub(super) shapes: Vec<Shape>,
    pub(super) ways: Vec<Way>,
}

/// A box, as the layout sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) width: f64,
    pub(super) height: f64,
    /// How far below its top lines arrive.
    pub(super) enter: f64,
    /// Boxes with a lower number are rather to begin on the left.
    pub(super) precedence: u8,
}

/// A line from box to box.
#[derive(Debug, Clone, Copy)]
pub(super) struct Way {
    pub(super) from: usize,
    /// How far below the top of `from` it leaves.
    pub(super) leave: f64,
    pub(super) to: usize,
    /// Lines of different styles never run together.
    pub(super) style: u8,
    /// Whether its net may have a hue.
    pub(super) has_hue: bool,
}

/// Where everything stands.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Placed {
    pub(super) width: f64,
    pub(super) height: f64,
    /// The left upper corners of the boxes.
    pub(super) boxes: Vec<(f64, f64)>,
    /// The corners of each way.
    pub(super) ways: Vec<Vec<(f64, f64)>>,
    pub(super) nets: Vec<PlacedNet>,
}

/// Ways that run together to one box.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct PlacedNet {
    pub(super) ways: Vec<usize>,
    /// Which hue tells it apart from others near it; none where it needs none.
    pub(super) hue: Option<usize>,
    /// Where it arrives.
    pub(super) arrow: (f64, f64),
    /// Where it runs from right to left.
    pub(super) backward: Vec<(f64, f64)>,
}

impl Sheet {
    /// Places everything; nothing where that is too much, or a way names a box that there is not.
    pub(super) fn placed(&self) -> Option<Placed> {
        let boxes = self.shapes.len();
        if self.ways.iter().any(|way| way.from >= boxes || way.to >= boxes) {
            return None;
        }
        let ranks = ranks::of(self);
        let mut layers = Layers::of(self, &ranks, MAX_CELLS)?;
        order::improve(&mut layers);
        heights::assign(&mut layers);
        let mut gaps = lanes::assign(self, &layers);
        for _ in 0..MAX_PARTINGS {
            let pairs: Vec<(usize, usize)> = gaps.iter().flat_map(|gap| &gap.overlaps).copied().collect();
            if pairs.is_empty() {
                break;
            }
            let moved = heights::part(&mut layers, &pairs);
            lanes::reassign(self, &layers, &mut gaps, &moved);
        }
        Some(routes::placed(self, &layers, &gaps))
    }
}
