//! Writes a drawing as SVG: escaped, with classes and presentation attributes only.

use std::fmt::Write;

use super::compared::Change;
use super::content::{BoxContent, EdgeContent, HEAD, HEAD_SIZE, INSET, LINE, ROW, ROW_SIZE, Row, TEXT_SIZE};
use super::layout::{HUES, PlacedNet};
use super::{Drawing, legend, traces};

const FONT: &str = "system-ui, 'Segoe UI', 'Liberation Sans', Arial, sans-serif";
/// Of lines that are no more than a step from box to box.
const NEAR: &str = "#5b6675";
/// Of lines that go far, so that neighbours are told apart.
const FAR: [&str; HUES] = ["#2f6db3", "#8a5a00", "#6a4fb3", "#1f7a7a", "#a33a6a", "#4d6b1f"];
const FAILURE: &str = "#b3473e";
const BEND: f64 = 5.0;

/// How a change looks.
pub(super) struct Colours {
    pub(super) fill: &'static str,
    pub(super) border: &'static str,
    pub(super) dashes: &'static str,
}

/// How a change looks; with signs and dashes for who does not tell the colours apart.
pub(super) fn change_colours(change: Change) -> Colours {
    let (fill, border, dashes) = match change {
        Change::Added => ("#dcf5e0", "#1a7f37", ""),
        Change::Removed => ("#fde3e1", "#b3261e", " stroke-dasharray=\"6 4\""),
        Change::Changed => ("#fff1c9", "#9a6700", ""),
        Change::Same => ("#f7f8fa", "#9aa4b1", ""),
    };
    Colours { fill, border, dashes }
}

/// Writes the whole.
pub(super) fn write(drawing: &Drawing) -> String {
    let mut svg = String::new();
    let (width, height) = (drawing.width.ceil(), drawing.height.ceil());
    // A reader must be able to reach the links: what has the role of an image hides its parts.
    let role = if drawing.linked { "group" } else { "img" };
    _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"flow-drawing\" role=\"{role}\" aria-label=\"{}\" \
         width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" font-family=\"{FONT}\">\
         <rect class=\"flow-ground\" width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>",
        escape(&drawing.label)
    );
    legend::write(&mut svg, drawing);
    if drawing.top > 0.0 {
        _ = write!(svg, "<g transform=\"translate(0 {})\">", drawing.top);
    }
    for net in &drawing.placed.nets {
        write_net(&mut svg, drawing, net);
    }
    for (drawn, (left, top)) in drawing.boxes.iter().zip(&drawing.placed.boxes) {
        write_box(&mut svg, drawn, *left, *top, drawing.changes.is_some());
    }
    if drawing.top > 0.0 {
        svg.push_str("</g>");
    }
    svg.push_str("</svg>");
    svg
}

fn write_net(svg: &mut String, drawing: &Drawing, net: &PlacedNet) {
    let Some(first) = net.ways.first().and_then(|way| drawing.edges.get(*way)) else { return };
    let is_comparison = drawing.changes.is_some();
    let colour = match first.change {
        Change::Added | Change::Removed => change_colours(first.change).border,
        _ if is_comparison => change_colours(Change::Same).border,
        _ if first.is_failure => FAILURE,
        _ => net.hue.and_then(|hue| FAR.get(hue)).copied().unwrap_or(NEAR),
    };
    let to = drawing.boxes.get(first.to).map_or("", |drawn| drawn.head.as_str());
    _ = write!(svg, "<g class=\"flow-net\"><title>→ {}</title>", escape(to));
    for (place, trace) in traces::of(net, &drawing.placed.ways).into_iter().enumerate() {
        let Some(edge) = drawing.edges.get(trace.way) else { continue };
        // The longest way draws what all share, and that has no name of its own.
        let is_named = place > 0 || net.ways.len() == 1;
        write_way(svg, drawing, edge, &trace.corners, colour, is_named);
        if let Some((x, y)) = trace.corners.last().filter(|_| trace.is_joined) {
            _ = write!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.6\" fill=\"{colour}\"/>");
        }
    }
    let (x, y) = net.arrow;
    _ = write!(
        svg,
        "<path class=\"flow-arrow\" d=\"M{:.1} {:.1}L{x:.1} {y:.1}L{:.1} {:.1}z\" fill=\"{colour}\"/>",
        x - 8.0,
        y - 4.0,
        x - 8.0,
        y + 4.0
    );
    // What runs from right to left says so on its way.
    for (x, y) in &net.backward {
        _ = write!(
            svg,
            "<path class=\"flow-arrow\" d=\"M{:.1} {:.1}L{:.1} {y:.1}L{:.1} {:.1}z\" fill=\"{colour}\"/>",
            x + 4.0,
            y - 4.0,
            x - 4.0,
            x + 4.0,
            y + 4.0
        );
    }
    svg.push_str("</g>");
}

fn write_way(
    svg: &mut String,
    drawing: &Drawing,
    edge: &EdgeContent,
    corners: &[(f64, f64)],
    colour: &str,
    is_named: bool,
) {
    let dashes = match (edge.change, edge.is_failure) {
        (Change::Removed, _) | (_, true) => " stroke-dasharray=\"5 4\"",
        _ => "",
    };
    let (change, wide) = match edge.change {
        Change::Added => (" added", "2.2"),
        Change::Removed => (" removed", "2.2"),
        _ => ("", "1.4"),
    };
    _ = write!(
        svg,
        "<path class=\"flow-edge edge-{}{change}\" d=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{wide}\"{dashes}",
        edge.kind,
        path_through(corners)
    );
    if !is_named {
        svg.push_str("/>");
        return;
    }
    let name = |place: usize| drawing.boxes.get(place).map_or("", |drawn| drawn.head.as_str());
    let colon = if edge.title.is_empty() { "" } else { ": " };
    let (from, to, title) = (escape(name(edge.from)), escape(name(edge.to)), escape(&edge.title));
    _ = write!(svg, "><title>{from} → {to}{colon}{title}</title></path>");
}

/// A path with rounded corners.
fn path_through(corners: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (place, (x, y)) in corners.iter().enumerate() {
        let before = place.checked_sub(1).and_then(|before| corners.get(before));
        match (before, corners.get(place + 1)) {
            (None, _) => _ = write!(path, "M{x:.1} {y:.1}"),
            (Some(_), None) => _ = write!(path, "L{x:.1} {y:.1}"),
            (Some(before), Some(after)) => {
                let ahead = |(to_x, to_y): &(f64, f64)| {
                    let length = ((to_x - x).powi(2) + (to_y - y).powi(2)).sqrt().max(0.01);
                    let share = BEND.min(length / 2.0) / length;
                    (x + (to_x - x) * share, y + (to_y - y) * share)
                };
                let (start, end) = (ahead(before), ahead(after));
                _ = write!(path, "L{:.1} {:.1}Q{x:.1} {y:.1} {:.1} {:.1}", start.0, start.1, end.0, end.1);
            }
        }
    }
    path
}

fn write_box(svg: &mut String, drawn: &BoxContent, left: f64, top: f64, is_comparison: bool) {
    if let Some(href) = &drawn.href {
        let current = if drawn.is_selected { " aria-current=\"true\"" } else { "" };
        // What stands in the box is the link's name: speech control finds it by what is seen.
        _ = write!(svg, "<a href=\"{}\"{current}>", escape(href));
    }
    let mut classes = format!("flow-node kind-{}", drawn.kind);
    for (is_so, class) in [
        (drawn.is_start, " start"),
        (drawn.is_selected, " selected"),
        (drawn.is_marked, " marked"),
        (drawn.change == Change::Added, " added"),
        (drawn.change == Change::Removed, " removed"),
        (drawn.change == Change::Changed, " changed"),
    ] {
        if is_so {
            classes.push_str(class);
        }
    }
    let (mut fill, accent) = kind_colours(drawn.kind);
    let mut dashes = if drawn.kind == "missing" { " stroke-dasharray=\"6 4\"" } else { "" };
    let (mut border, mut border_width) = (accent, 1.2);
    if is_comparison {
        let colours = change_colours(drawn.change);
        (fill, border) = (colours.fill, colours.border);
        (border_width, dashes) = (if drawn.change == Change::Same { 1.2 } else { 2.2 }, colours.dashes);
    }
    if drawn.is_marked {
        (border, border_width) = ("#b3261e", 2.0);
    }
    if drawn.is_selected {
        (border, border_width) = ("#0b5cad", 3.0);
    }
    let corner = if matches!(drawn.kind, "trigger" | "end") { 14.0 } else { 6.0 };
    _ = write!(
        svg,
        "<g class=\"{classes}\"><title>{}</title>\
         <rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"{corner}\" fill=\"{fill}\" \
         stroke=\"{border}\" stroke-width=\"{border_width}\"{dashes}/>\
         <rect x=\"{:.1}\" y=\"{:.1}\" width=\"5\" height=\"{:.1}\" rx=\"2.5\" fill=\"{accent}\"/>",
        escape(&drawn.title),
        drawn.width,
        drawn.height,
        left + 3.0,
        top + corner,
        (drawn.height - 2.0 * corner).max(1.0)
    );
    write_words(svg, drawn, left, top, accent);
    svg.push_str("</g>");
    if drawn.href.is_some() {
        svg.push_str("</a>");
    }
}

fn write_words(svg: &mut String, drawn: &BoxContent, left: f64, top: f64, accent: &str) {
    let x = left + INSET;
    let weight = if drawn.is_start { " font-weight=\"bold\"" } else { "" };
    let mut say = |y: f64, size: f64, more: &str, text: &str| {
        _ = write!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\"{more}>{}</text>", escape(text));
    };
    say(top + 18.0, HEAD_SIZE, &format!(" fill=\"{accent}\"{weight}"), &drawn.head);
    let mut y = top + HEAD + 12.0;
    for line in &drawn.lines {
        say(y, TEXT_SIZE, " fill=\"#14202e\"", line);
        y += LINE;
    }
    if let Some(small) = &drawn.small {
        say(y, HEAD_SIZE, " fill=\"#4a5563\"", small);
    }
    for (place, row) in drawn.rows.iter().enumerate() {
        write_row(svg, drawn, row, left, top + drawn.row_top(place), accent);
    }
}

fn write_row(svg: &mut String, drawn: &BoxContent, row: &Row, left: f64, top: f64, accent: &str) {
    let (ink, ground) = match row.change {
        Change::Added => ("#0f5a26", Some("#dcf5e0")),
        Change::Removed => ("#8c1d17", Some("#fde3e1")),
        Change::Changed => ("#6b4700", Some("#fff1c9")),
        Change::Same => ("#2c3847", (row.kind == "button").then_some("#ffffff")),
    };
    _ = write!(svg, "<g class=\"flow-row row-{}\"><title>{}</title>", row.kind, escape(&row.title));
    if let Some(ground) = ground {
        let corner = if row.kind == "button" { 9.0 } else { 2.0 };
        _ = write!(
            svg,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"{corner}\" fill=\"{ground}\" \
             stroke=\"{accent}\" stroke-opacity=\"0.5\"/>",
            left + INSET - 5.0,
            top + 1.5,
            drawn.width - 2.0 * INSET + 10.0,
            ROW - 3.0
        );
    }
    _ = write!(
        svg,
        "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"{ROW_SIZE}\" fill=\"{ink}\">{}</text></g>",
        left + INSET,
        top + ROW / 2.0 + 4.2,
        escape(&row.text)
    );
}

/// The fill of a box, and the colour of its border and bar.
fn kind_colours(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "message" => ("#f0f7ff", "#2566a8"),
        "input" => ("#f0faf1", "#2b7a3b"),
        "branch" => ("#fff8e6", "#8a5d00"),
        "action" => ("#f6f1ff", "#6440a8"),
        "jump" => ("#e9f8f8", "#1d7070"),
        "handover" => ("#fff0f4", "#a8375c"),
        "wait" => ("#fdf1e7", "#a04f12"),
        "event" => ("#eef0ff", "#3f4db0"),
        "end" => ("#e6e9ee", "#3b4654"),
        "missing" => ("#fff0ef", "#b3261e"),
        _ => ("#ffffff", "#4a5563"),
    }
}

/// Text for XML and HTML alike; what XML cannot hold becomes a replacement character.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' => escaped.push(' '),
            character if character.is_control() || matches!(character, '\u{fffe}' | '\u{ffff}') => {
                escaped.push('\u{fffd}');
            }
            character => escaped.push(character),
        }
    }
    escaped
}
