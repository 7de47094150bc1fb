//! What is wrong with a drawing, measured: the texts as its SVG places them, boxes, lines.

use crate::drawing::Drawing;
use crate::drawing::text::width;

/// A rectangle: left, top, right, bottom.
type Area = (f64, f64, f64, f64);

/// The first thing that is covered, or out of place; none where all is well.
pub(super) fn fault(drawing: &Drawing) -> Option<String> {
    boxes_fault(drawing).or_else(|| texts_fault(drawing)).or_else(|| ways_fault(drawing))
}

/// The areas of the boxes, in the picture's own coordinates.
fn boxes(drawing: &Drawing) -> Vec<Area> {
    let corners = drawing.placed.boxes.iter().zip(&drawing.boxes);
    corners
        .map(|((left, top), drawn)| (*left, top + drawing.top, left + drawn.width, top + drawing.top + drawn.height))
        .collect()
}

fn overlap(one: &Area, other: &Area) -> bool {
    let slack = 0.01;
    one.0 + slack < other.2 && other.0 + slack < one.2 && one.1 + slack < other.3 && other.1 + slack < one.3
}

fn within(inner: &Area, outer: &Area) -> bool {
    inner.0 >= outer.0 && inner.1 >= outer.1 && inner.2 <= outer.2 && inner.3 <= outer.3
}

fn boxes_fault(drawing: &Drawing) -> Option<String> {
    let boxes = boxes(drawing);
    let picture = (0.0, drawing.top, drawing.width, drawing.height);
    for (place, one) in boxes.iter().enumerate() {
        if !within(one, &picture) {
            return Some(format!("box {place} leaves the picture: {one:?}"));
        }
        if let Some(other) = boxes.iter().skip(place + 1).position(|other| overlap(one, other)) {
            return Some(format!("boxes {place} and {} overlap", place + 1 + other));
        }
    }
    None
}

/// Each text of the SVG, and where it stands.
fn texts(drawing: &Drawing) -> Vec<(String, Area)> {
    let svg = drawing.to_svg();
    let mut down = 0.0;
    let mut texts = Vec::new();
    for piece in svg.split('<') {
        if let Some((_, moved)) = piece.split_once("translate(0 ") {
            down = moved.split(')').next().unwrap().parse().unwrap();
        }
        let Some(piece) = piece.strip_prefix("text ") else { continue };
        let (tag, text) = piece.split_once('>').unwrap();
        let number = |name: &str| -> f64 {
            let (_, value) = tag
                .split_once(&format!(" {name}=\""))
                .unwrap_or_else(|| tag.split_once(&format!("{name}=\"")).unwrap());
            value.split('"').next().unwrap().parse().unwrap()
        };
        let (x, y, size) = (number("x"), number("y") + down, number("font-size"));
        let bold = if tag.contains("bold") { 1.08 } else { 1.0 };
        let text = ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"]
            .iter()
            .zip(["&", "<", ">", "\"", "'"])
            .rev()
            .fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain));
        // Letters reach about 0.95 em up and 0.25 em down.
        texts.push((text.clone(), (x, y - 0.95 * size, x + bold * width(&text, size), y + 0.25 * size)));
    }
    texts
}

fn texts_fault(drawing: &Drawing) -> Option<String> {
    let (boxes, texts) = (boxes(drawing), texts(drawing));
    let picture = (0.0, 0.0, drawing.width, drawing.height);
    for (place, (text, area)) in texts.iter().enumerate() {
        if !within(area, &picture) {
            return Some(format!("`{text}` leaves the picture: {area:?}"));
        }
        let touched: Vec<&Area> = boxes.iter().filter(|drawn| overlap(drawn, area)).collect();
        // What stands above or below the picture touches no box; all else stands within its own.
        if touched.len() > 1 || touched.iter().any(|drawn| !within(area, drawn)) {
            return Some(format!("`{text}` is not within one box: {area:?} {touched:?}"));
        }
        if let Some((other, _)) = texts.iter().skip(place + 1).find(|(_, other)| overlap(area, other)) {
            return Some(format!("`{text}` and `{other}` overlap"));
        }
    }
    None
}

/// The stretches of a way, as areas without breadth.
fn stretches(drawing: &Drawing, way: usize) -> Vec<Area> {
    let corners = &drawing.placed.ways[way];
    let down = drawing.top;
    let area = |pair: &[(f64, f64)]| {
        let ((x, y), (to_x, to_y)) = (pair[0], pair[1]);
        (x.min(to_x), y.min(to_y) + down, x.max(to_x), y.max(to_y) + down)
    };
    corners.windows(2).map(area).collect()
}

fn ways_fault(drawing: &Drawing) -> Option<String> {
    let boxes = boxes(drawing);
    for (place, edge) in drawing.edges.iter().enumerate() {
        let corners = &drawing.placed.ways[place];
        let (from, to) = (&boxes[edge.from], &boxes[edge.to]);
        let (first, last) = (corners[0], corners[corners.len() - 1]);
        let leaves = first.0 == from.2 && (from.1..=from.3).contains(&(first.1 + drawing.top));
        let arrives = last.0 == to.0 && (to.1..=to.3).contains(&(last.1 + drawing.top));
        if !leaves || !arrives {
            return Some(format!("way {place} does not lead from its box to its box: {corners:?}"));
        }
        for stretch in stretches(drawing, place) {
            if stretch.0 != stretch.2 && (stretch.3 - stretch.1).abs() > 0.01 {
                return Some(format!("way {place} is not right-angled: {stretch:?}"));
            }
            let thick = (stretch.0 + 0.5, stretch.1 - 2.0, stretch.2 - 0.5, stretch.3 + 2.0);
            let thick =
                if stretch.0 == stretch.2 { (stretch.0 - 2.0, stretch.1, stretch.2 + 2.0, stretch.3) } else { thick };
            if let Some(covered) = boxes.iter().position(|drawn| overlap(drawn, &thick)) {
                return Some(format!("way {place} runs through box {covered}: {stretch:?}"));
            }
        }
    }
    None
}

/// How long the stretches are on which lines of different nets lie on each other.
pub(super) fn shared_length(drawing: &Drawing) -> f64 {
    let mut lines: Vec<(usize, Area)> = Vec::new();
    for (net, placed) in drawing.placed.nets.iter().enumerate() {
        for way in &placed.ways {
            lines.extend(stretches(drawing, *way).into_iter().map(|area| (net, area)));
        }
    }
    lines.sort_by(|one, other| one.partial_cmp(other).unwrap());
    lines.dedup();
    let mut shared = 0.0;
    for (place, (net, one)) in lines.iter().enumerate() {
        for (_, other) in lines.iter().skip(place + 1).filter(|(other, _)| other != net) {
            let both = (one.0.max(other.0), one.1.max(other.1), one.2.min(other.2), one.3.min(other.3));
            let level =
                (one.1 - one.3).abs() < 0.01 && (other.1 - other.3).abs() < 0.01 && (one.1 - other.1).abs() < 2.0;
            let upright =
                (one.0 - one.2).abs() < 0.01 && (other.0 - other.2).abs() < 0.01 && (one.0 - other.0).abs() < 2.0;
            if level && both.2 > both.0 {
                shared += both.2 - both.0;
            } else if upright && both.3 > both.1 {
                shared += both.3 - both.1;
            }
        }
    }
    shared
}
