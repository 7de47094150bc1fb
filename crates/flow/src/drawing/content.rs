//! What boxes and ways say, before anything has a place.

mod triggers;

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::NodeId;
use greenroom_model::document::Flow;

use super::DrawingOptions;
use super::compared::{Change, Versions};
use super::text::{cut, one_line, wrap};
use super::ways::{self, Merged};
use super::words::{says, takes};

pub(super) const HEAD_SIZE: f64 = 11.0;
pub(super) const TEXT_SIZE: f64 = 13.0;
pub(super) const ROW_SIZE: f64 = 12.0;
pub(super) const LINE: f64 = 17.0;
/// The part of a box above its lines.
pub(super) const HEAD: f64 = 24.0;
pub(super) const ROW: f64 = 21.0;
/// Between a box's border and its text, left and right.
pub(super) const INSET: f64 = 14.0;
/// How far below its top ways arrive at a box, and leave it where they have no row.
pub(super) const ENTER: f64 = 14.0;
const BOX_WIDTH: f64 = 252.0;
const MAX_LINES: usize = 3;
/// More ways than this share a last row.
const MAX_ROWS: usize = 30;
/// More ways than this are not drawn at all: the drawing says how many.
const MAX_EDGES: usize = 20_000;

/// The whole drawing's content.
#[derive(Default)]
pub(super) struct Content {
    pub(super) label: String,
    pub(super) boxes: Vec<BoxContent>,
    pub(super) edges: Vec<EdgeContent>,
    /// How many ways are not drawn.
    pub(super) left_out: usize,
    pub(super) triggers_added: usize,
    pub(super) triggers_removed: usize,
}

/// What a box is and says.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct BoxContent {
    /// `message`, …, `trigger`, or `missing`.
    pub(super) kind: &'static str,
    /// The first, small line: kind and id.
    pub(super) head: String,
    pub(super) lines: Vec<String>,
    /// A line in the small print of the head: what an input takes.
    pub(super) small: Option<String>,
    pub(super) rows: Vec<Row>,
    /// All of it: for screen readers and as a tooltip.
    pub(super) title: String,
    pub(super) href: Option<String>,
    pub(super) is_start: bool,
    pub(super) is_selected: bool,
    pub(super) is_marked: bool,
    pub(super) change: Change,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// A way out, as a row of its box.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(super) kind: &'static str,
    pub(super) text: String,
    pub(super) title: String,
    pub(super) change: Change,
}

/// What an arrow is, and what it connects: positions in the list of boxes.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct EdgeContent {
    pub(super) from: usize,
    /// The row of `from` that it leaves; none: it leaves the box itself.
    pub(super) row: Option<usize>,
    pub(super) to: usize,
    /// `next`, `button`, `goto`, `else`, …
    pub(super) kind: &'static str,
    pub(super) is_failure: bool,
    pub(super) change: Change,
    pub(super) title: String,
}

impl BoxContent {
    /// How far below the top a row begins.
    pub(super) fn row_top(&self, row: usize) -> f64 {
        let small = if self.small.is_some() { LINE } else { 0.0 };
        let words = self.lines.len() as f64 * LINE + small;
        HEAD + words + if words > 0.0 { 6.0 } else { 0.0 } + row as f64 * ROW
    }

    /// How far below the top a way leaves.
    pub(super) fn leave(&self, row: Option<usize>) -> f64 {
        row.map_or(ENTER, |row| (self.row_top(row) + ROW / 2.0).round())
    }

    fn measured(mut self) -> Self {
        self.height = (self.row_top(self.rows.len()) + if self.rows.is_empty() { 0.0 } else { 4.0 }).ceil();
        self
    }
}

/// Reads what is to be drawn.
pub(super) fn of(versions: Versions<'_>, options: &DrawingOptions<'_>) -> Content {
    let shown = versions.shown();
    let label = match shown {
        Some(flow) if versions.is_comparison() => format!("Flow {}: what differs", one_line(&flow.name)),
        Some(flow) => format!("Flow {}: {} nodes", one_line(&flow.name), flow.nodes.len()),
        None => "No flow".to_owned(),
    };
    let mut reader =
        Reader { versions, options, places: BTreeMap::new(), content: Content { label, ..Content::default() } };
    let ids = versions.ids();
    for id in &ids {
        reader.add_node(id);
    }
    for id in &ids {
        reader.add_ways(id);
    }
    reader.add_triggers();
    reader.content
}

struct Reader<'r> {
    versions: Versions<'r>,
    options: &'r DrawingOptions<'r>,
    places: BTreeMap<&'r NodeId, usize>,
    content: Content,
}

impl<'r> Reader<'r> {
    fn add_node(&mut self, id: &'r NodeId) {
        let node = |flow: Option<&'r Flow>| flow.and_then(|flow| flow.nodes.get(id));
        let Some(node) = node(self.versions.after()).or_else(|| node(self.versions.before())) else { return };
        let is_start = self.versions.shown().is_some_and(|flow| flow.start == *id);
        let change = self.versions.change_of(id);
        let sign = change.sign();
        let text = says(node, self.options.language());
        let head = format!("{sign}{}{} · {id}", if is_start { "start · " } else { "" }, node.kind());
        let small = takes(node);
        let mut title = format!("{} {id}", node.kind());
        for more in [Some(text.as_str()).filter(|text| !text.is_empty()), small.as_deref()].into_iter().flatten() {
            title = format!("{title}: {more}");
        }
        let room = BOX_WIDTH - 2.0 * INSET;
        self.places.insert(id, self.content.boxes.len());
        self.content.boxes.push(BoxContent {
            kind: node.kind(),
            head: cut(&head, HEAD_SIZE, room / if is_start { 1.08 } else { 1.0 }),
            lines: wrap(&text, TEXT_SIZE, room, MAX_LINES),
            small: small.map(|small| cut(&small, HEAD_SIZE, room)),
            rows: Vec::new(),
            title,
            href: self.options.link(id),
            is_start,
            is_selected: self.options.selects(id),
            is_marked: self.options.marks(id),
            change,
            width: BOX_WIDTH,
            height: 0.0,
        });
    }

    fn add_ways(&mut self, id: &'r NodeId) {
        let Some(place) = self.places.get(id).copied() else { return };
        let merged = ways::merged(self.versions, self.options.language(), id);
        let is_plain = |way: &Merged<'_>| way.kind == "next" && matches!(way.label.as_str(), "then" | "answered");
        let is_alone = merged.len() == 1 && merged.iter().all(is_plain);
        let rows = if merged.len() > MAX_ROWS { MAX_ROWS - 1 } else { merged.len() };
        let mut shared = BTreeSet::new();
        for (number, way) in merged.iter().enumerate() {
            let is_shared = number >= rows;
            let row = (!is_alone).then_some(number.min(rows));
            if row.is_some() && !is_shared {
                let sign = way.change.sign();
                let text = cut(&format!("{sign}{}", way.label), ROW_SIZE, BOX_WIDTH - 2.0 * INSET - 10.0);
                let row = Row { kind: way.kind, text, title: way.label.clone(), change: way.change };
                self.push_row(place, row);
            }
            let (before, after) = way.to;
            let to = if before == after {
                vec![(after, Change::Same)]
            } else {
                vec![(before, self.versions.presence(true, false)), (after, self.versions.presence(false, true))]
            };
            for (to, change) in to {
                let Some(to) = to else { continue };
                if is_shared && !shared.insert((to, way.is_failure, change)) {
                    continue;
                }
                let title = if is_shared { String::new() } else { way.label.clone() };
                let (kind, is_failure) = (way.kind, way.is_failure);
                self.connect(
                    to,
                    EdgeContent { from: place, row, kind, is_failure, change, title, ..EdgeContent::default() },
                );
            }
        }
        if merged.len() > rows {
            let text = format!("and {} more", merged.len() - rows);
            self.push_row(place, Row { kind: "more", title: text.clone(), text, change: Change::Same });
        }
        if let Some(drawn) = self.content.boxes.get_mut(place) {
            *drawn = std::mem::take(drawn).measured();
        }
    }

    fn push_row(&mut self, place: usize, row: Row) {
        if let Some(drawn) = self.content.boxes.get_mut(place) {
            drawn.rows.push(row);
        }
    }

    /// Adds a way to a node, to a box that says so where there is none.
    fn connect(&mut self, to: &'r NodeId, way: EdgeContent) {
        if self.content.edges.len() >= MAX_EDGES {
            self.content.left_out += 1;
            return;
        }
        let boxes = &mut self.content.boxes;
        let to = *self.places.entry(to).or_insert_with(|| {
            boxes.push(missing_box(to));
            boxes.len() - 1
        });
        self.content.edges.push(EdgeContent { to, ..way });
    }
}

fn missing_box(id: &NodeId) -> BoxContent {
    BoxContent {
        kind: "missing",
        head: "does not exist".to_owned(),
        lines: vec![cut(id.as_str(), TEXT_SIZE, BOX_WIDTH - 2.0 * INSET)],
        title: format!("node {id} does not exist"),
        is_marked: true,
        width: BOX_WIDTH,
        ..BoxContent::default()
    }
    .measured()
}
