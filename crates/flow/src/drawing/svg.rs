//! Writes a drawing as SVG: escaped, with classes and presentation attributes only.

use std::fmt::Write;

use super::content::{HEAD_SIZE, INSET, LABEL_SIZE, LINE, TEXT_SIZE};
use super::{Drawing, DrawnBox, DrawnEdge};

const FONT: &str = "system-ui, 'Segoe UI', 'Liberation Sans', Arial, sans-serif";

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
         <defs><marker id=\"flow-arrow\" viewBox=\"0 0 8 8\" refX=\"7.5\" refY=\"4\" markerWidth=\"8\" \
         markerHeight=\"8\" orient=\"auto\" markerUnits=\"userSpaceOnUse\">\
         <path d=\"M0 0.5L8 4L0 7.5z\" fill=\"#5b6675\"/></marker></defs>",
        escape(&drawing.label)
    );
    drawing.edges.iter().for_each(|edge| write_path(&mut svg, edge));
    drawing.edges.iter().for_each(|edge| write_label(&mut svg, edge));
    drawing.boxes.iter().for_each(|drawn| write_box(&mut svg, drawn));
    svg.push_str("</svg>");
    svg
}

fn write_path(svg: &mut String, edge: &DrawnEdge) {
    let dashes = match edge.content.kind {
        "otherwise" | "on_error" => " stroke-dasharray=\"5 4\"",
        _ => "",
    };
    _ = write!(
        svg,
        "<path class=\"flow-edge edge-{}\" d=\"{}\" fill=\"none\" stroke=\"#5b6675\" stroke-width=\"1.3\"{dashes} \
         marker-end=\"url(#flow-arrow)\"/>",
        edge.content.kind, edge.path
    );
}

fn write_label(svg: &mut String, edge: &DrawnEdge) {
    let Some((x, y)) = edge.label_at else { return };
    let (width, height) = (edge.content.label_width(), edge.content.label_height());
    _ = write!(
        svg,
        "<g class=\"flow-label\"><title>{}</title>\
         <rect x=\"{:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"4\" fill=\"#ffffff\" \
         stroke=\"#cfd6df\"/>\
         <text x=\"{x:.1}\" y=\"{:.1}\" font-size=\"{LABEL_SIZE}\" text-anchor=\"middle\" fill=\"#3b4654\">{}</text></g>",
        escape(&edge.content.title),
        x - width / 2.0,
        y - height / 2.0,
        y + LABEL_SIZE * 0.35,
        escape(&edge.content.label)
    );
}

fn write_box(svg: &mut String, drawn: &DrawnBox) {
    let content = &drawn.content;
    let (left, top) = (drawn.x - content.width / 2.0, drawn.y - content.height / 2.0);
    if let Some(href) = &content.href {
        let current = if content.is_selected { " aria-current=\"true\"" } else { "" };
        // What stands in the box is the link's name: speech control finds it by what is seen.
        _ = write!(svg, "<a href=\"{}\"{current}>", escape(href));
    }
    let mut classes = format!("flow-node kind-{}", content.kind);
    for (is_so, class) in
        [(content.is_start, " start"), (content.is_selected, " selected"), (content.is_marked, " marked")]
    {
        if is_so {
            classes.push_str(class);
        }
    }
    let (fill, accent) = colours(content.kind);
    let (border, border_width) = match (content.is_selected, content.is_marked) {
        (true, _) => ("#0b5cad", 3.0),
        (false, true) => ("#b3261e", 2.0),
        (false, false) => (accent, 1.2),
    };
    let corner = if content.kind == "trigger" { content.height / 2.0 } else { 7.0 };
    let dashes = if content.kind == "missing" { " stroke-dasharray=\"6 4\"" } else { "" };
    _ = write!(
        svg,
        "<g class=\"{classes}\"><title>{}</title>\
         <rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"{corner:.1}\" fill=\"{fill}\" \
         stroke=\"{border}\" stroke-width=\"{border_width}\"{dashes}/>",
        escape(&content.title),
        content.width,
        content.height
    );
    let is_trigger = content.kind == "trigger";
    if !is_trigger {
        _ = write!(
            svg,
            "<rect x=\"{left:.1}\" y=\"{:.1}\" width=\"5\" height=\"{:.1}\" rx=\"2.5\" fill=\"{accent}\"/>",
            top + 7.0,
            content.height - 14.0
        );
    }
    let (x, anchor) = if is_trigger { (drawn.x, "middle") } else { (left + INSET, "start") };
    let mut y = top + 10.0 + HEAD_SIZE * 0.8;
    let weight = if content.is_start { " font-weight=\"bold\"" } else { "" };
    _ = write!(
        svg,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{HEAD_SIZE}\" text-anchor=\"{anchor}\" fill=\"#4a5563\"{weight}>{}</text>",
        escape(&content.head)
    );
    y += 2.0;
    for line in &content.lines {
        y += LINE;
        _ = write!(
            svg,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{TEXT_SIZE}\" text-anchor=\"{anchor}\" fill=\"#14202e\">{}</text>",
            escape(line)
        );
    }
    svg.push_str("</g>");
    if content.href.is_some() {
        svg.push_str("</a>");
    }
}

/// The fill of a box, and the colour of its border and bar.
fn colours(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "message" => ("#f2f8ff", "#3a78b8"),
        "input" => ("#f3fbf4", "#3d8b4c"),
        "branch" => ("#fff9ec", "#b07a12"),
        "action" => ("#f8f4ff", "#7a56b8"),
        "jump" => ("#eefafa", "#2b8585"),
        "handover" => ("#fff2f5", "#b8466a"),
        "trigger" => ("#eef1f5", "#5b6675"),
        "missing" => ("#fff0ef", "#b3261e"),
        _ => ("#f4f5f7", "#5b6675"),
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
