//! What stands beside the picture: the legend of a comparison, and what is left out.

use std::fmt::Write;

use super::compared::Change;
use super::svg::{Colours, change_colours};
use super::text::width;
use super::{ChangeCounts, Drawing};

/// How high the strip is, above or below the picture.
pub(super) const HEIGHT: f64 = 40.0;
const SIZE: f64 = 12.0;
const MARGIN: f64 = 20.0;
/// The patch of colour before an entry, and what is free behind it.
const PATCH: f64 = 20.0;
const BESIDE_PATCH: f64 = 8.0;
const BETWEEN: f64 = 28.0;

/// An entry: where it begins, what it explains, its text.
struct Entry {
    left: f64,
    change: Change,
    text: String,
}

fn entries(counts: &ChangeCounts) -> Vec<Entry> {
    let nodes = |count| counted(count, "node");
    let both = |count, ways| format!("{}, {}", nodes(count), counted(ways, "way"));
    let texts = [
        (Change::Added, format!("+ added ({})", both(counts.nodes_added, counts.ways_added))),
        (Change::Removed, format!("− removed ({})", both(counts.nodes_removed, counts.ways_removed))),
        (Change::Changed, format!("≠ changed ({})", nodes(counts.nodes_changed))),
    ];
    let mut left = MARGIN;
    let mut entries = Vec::new();
    for (change, text) in texts {
        let next = left + PATCH + BESIDE_PATCH + width(&text, SIZE) + BETWEEN;
        entries.push(Entry { left: std::mem::replace(&mut left, next), change, text });
    }
    entries
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn note(left_out: usize) -> String {
    format!("{} {} not drawn", counted(left_out, "further way"), if left_out == 1 { "is" } else { "are" })
}

/// How wide legend and note are; 0 where there are none.
pub(super) fn least_width(counts: Option<&ChangeCounts>, left_out: usize) -> f64 {
    let entries = counts.map(entries).unwrap_or_default();
    let legend = entries.last().map_or(0.0, |last| last.left + PATCH + BESIDE_PATCH + width(&last.text, SIZE) + MARGIN);
    let note = if left_out > 0 { width(&note(left_out), SIZE) + 2.0 * MARGIN } else { 0.0 };
    legend.max(note)
}

/// Writes legend and note.
pub(super) fn write(svg: &mut String, drawing: &Drawing) {
    if let Some(counts) = &drawing.changes {
        svg.push_str("<g class=\"flow-legend\">");
        for Entry { left, change, text } in entries(counts) {
            let Colours { fill, border, dashes } = change_colours(change);
            _ = write!(
                svg,
                "<rect x=\"{left:.1}\" y=\"14\" width=\"{PATCH}\" height=\"14\" rx=\"3\" fill=\"{fill}\" \
                 stroke=\"{border}\" stroke-width=\"2\"{dashes}/>\
                 <text x=\"{:.1}\" y=\"25\" font-size=\"{SIZE}\" fill=\"#14202e\">{text}</text>",
                left + PATCH + BESIDE_PATCH
            );
        }
        svg.push_str("</g>");
    }
    if drawing.left_out > 0 {
        _ = write!(
            svg,
            "<text class=\"flow-note\" x=\"{MARGIN}\" y=\"{:.1}\" font-size=\"{SIZE}\" fill=\"#b3261e\">{}</text>",
            drawing.height - 15.0,
            note(drawing.left_out)
        );
    }
}
