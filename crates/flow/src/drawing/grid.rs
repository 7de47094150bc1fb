//! The plain layout, for flows that are too large for ranks: rows of boxes, straight arrows.

use super::layout::{Placed, PlacedNet, Sheet};

const GAP: f64 = 40.0;

/// Places boxes row by row.
pub(super) fn placed(sheet: &Sheet) -> Placed {
    let cell_width = sheet.shapes.iter().map(|shape| shape.width).fold(0.0, f64::max) + GAP;
    let cell_height = sheet.shapes.iter().map(|shape| shape.height).fold(0.0, f64::max) + GAP;
    let columns = (sheet.shapes.len() as f64).sqrt().ceil().max(1.0) as usize;
    let corner = |place: usize| {
        let (column, row) = (place % columns, place / columns);
        (column as f64 * cell_width + GAP / 2.0, row as f64 * cell_height + GAP / 2.0)
    };
    let mut ways = Vec::with_capacity(sheet.ways.len());
    let mut nets = Vec::with_capacity(sheet.ways.len());
    for (place, way) in sheet.ways.iter().enumerate() {
        let (Some(from), Some(to)) = (sheet.shapes.get(way.from), sheet.shapes.get(way.to)) else { continue };
        let (left, top) = corner(way.from);
        let (to_left, to_top) = corner(way.to);
        let arrow = (to_left, to_top + to.enter);
        ways.push(vec![(left + from.width, top + way.leave), arrow]);
        nets.push(PlacedNet { ways: vec![place], hue: None, arrow, backward: Vec::new() });
    }
    let rows = sheet.shapes.len().div_ceil(columns);
    Placed {
        width: columns as f64 * cell_width,
        height: rows as f64 * cell_height,
        boxes: (0..sheet.shapes.len()).map(corner).collect(),
        ways,
        nets,
    }
}
