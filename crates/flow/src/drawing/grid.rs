//! The plain layout, for flows that are too large for ranks: rows of boxes, straight arrows.

use super::Placed;
use super::content::Content;

const GAP: f64 = 40.0;

/// Places boxes row by row.
pub(super) fn placed(content: &Content) -> Placed {
    let cell_width = content.boxes.iter().map(|drawn| drawn.width).fold(0.0, f64::max) + GAP;
    let cell_height = content.boxes.iter().map(|drawn| drawn.height).fold(0.0, f64::max) + GAP;
    let columns = (content.boxes.len() as f64).sqrt().ceil().max(1.0) as usize;
    let boxes: Vec<(f64, f64)> = (0..content.boxes.len())
        .map(|place| {
            let (column, row) = (place % columns, place / columns);
            ((column as f64 + 0.5) * cell_width, (row as f64 + 0.5) * cell_height)
        })
        .collect();
    let edges = content
        .edges
        .iter()
        .map(|edge| {
            let (from, to) = (boxes.get(edge.from), boxes.get(edge.to));
            let (Some((from_x, from_y)), Some((to_x, to_y))) = (from, to) else { return (String::new(), None) };
            let label_at = ((from_x + to_x) / 2.0, (from_y + to_y) / 2.0);
            (format!("M{from_x:.1} {from_y:.1}L{to_x:.1} {to_y:.1}"), (!edge.label.is_empty()).then_some(label_at))
        })
        .collect();
    let rows = content.boxes.len().div_ceil(columns);
    Placed { width: columns as f64 * cell_width, height: rows as f64 * cell_height, boxes, edges }
}
