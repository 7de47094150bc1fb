//! Flows as pictures: boxes for nodes, lines for the ways between them, as SVG; and what
//! differs between two versions of a flow, in colours.
//!
//! What a node may lead to stands in its box, a row each, and the line leaves at the row: so
//! no label lies on a line or beside one. The layout is ours, since none that we found knows
//! rows and lets lines to one box run together. Nothing here reads a clock or chance: the same
//! flow gives the same bytes.

mod compared;
mod content;
mod grid;
mod layout;
mod legend;
mod options;
mod svg;
mod text;
mod traces;
mod ways;
mod words;

#[cfg(test)]
mod tests;

pub use compared::ChangeCounts;
pub use options::DrawingOptions;

use greenroom_model::document::Flow;

use compared::{Change, Versions};
use content::{BoxContent, Content, ENTER, EdgeContent};
use layout::{Placed, Shape, Sheet, Way};

/// Above so many boxes the layout is a plain grid: ranks would take seconds.
const MAX_RANKED_BOXES: usize = 2_500;

/// A flow, laid out.
///
/// Lengths are in SVG user units; one is a CSS pixel at natural size.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    /// How wide the whole is.
    pub width: f64,
    /// How high the whole is.
    pub height: f64,
    label: String,
    linked: bool,
    left_out: usize,
    changes: Option<ChangeCounts>,
    /// How far below the top the picture begins: the legend stands above it.
    top: f64,
    boxes: Vec<BoxContent>,
    edges: Vec<EdgeContent>,
    placed: Placed,
}

/// Lays a flow out.
///
/// Boxes stand in ranks from left to right. Lines that run together lead to the same node.
/// Whatever is wrong with the flow shows: a way to a node that does not exist ends in a dashed
/// box. Flows of more than 2,500 nodes stand in a plain grid; of more than 20,000 ways the
/// rest is left out, and the drawing says so.
///
/// # Examples
/// ```
/// use greenroom_flow::{DrawingOptions, FlowBuilder, draw};
///
/// let flow = FlowBuilder::new("Hello").on_intent("greet").message("hi", "en", "Hello <you>!").build()?;
/// let options = DrawingOptions::new().linking(|node| Some(format!("/flows/hello?node={node}")));
/// let svg = draw(&flow, &options).to_svg();
/// assert!(svg.starts_with("<svg "));
/// assert!(svg.contains("Hello &lt;you&gt;!"));
/// assert!(svg.contains("href=\"/flows/hello?node=hi\""));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn draw(flow: &Flow, options: &DrawingOptions<'_>) -> Drawing {
    drawn(Versions::One(flow), options)
}

/// Lays two versions of a flow out in one picture: what came is green, what went red and dashed,
/// what says or does something else yellow, with a legend above.
///
/// A version is `None` where the flow does not exist in it: then all of the other came or went.
///
/// # Examples
/// ```
/// use greenroom_flow::{DrawingOptions, FlowBuilder, draw_changes};
///
/// let before = FlowBuilder::new("Hello").message("hi", "en", "Hello!").build()?;
/// let after = FlowBuilder::new("Hello").message("hi", "en", "Hi!").message("how", "en", "How are you?").build()?;
/// let drawing = draw_changes(Some(&before), Some(&after), &DrawingOptions::new());
/// let counts = drawing.changes().unwrap_or_default();
/// assert_eq!((counts.nodes_added, counts.nodes_changed, counts.ways_added), (1, 1, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn draw_changes(before: Option<&Flow>, after: Option<&Flow>, options: &DrawingOptions<'_>) -> Drawing {
    drawn(Versions::Two(before, after), options)
}

fn drawn(versions: Versions<'_>, options: &DrawingOptions<'_>) -> Drawing {
    let mut content = content::of(versions, options);
    let sheet = sheet_of(&mut content);
    let ranked = if content.boxes.len() <= MAX_RANKED_BOXES { sheet.placed() } else { None };
    let placed = ranked.unwrap_or_else(|| grid::placed(&sheet));
    let changes = versions.is_comparison().then(|| counted(&content));
    let top = if changes.is_some() { legend::HEIGHT } else { 0.0 };
    let bottom = if content.left_out > 0 { legend::HEIGHT } else { 0.0 };
    let least = legend::least_width(changes.as_ref(), content.left_out);
    Drawing {
        width: placed.width.max(least),
        height: placed.height + top + bottom,
        label: content.label,
        linked: content.boxes.iter().any(|drawn| drawn.href.is_some()),
        left_out: content.left_out,
        changes,
        top,
        boxes: content.boxes,
        edges: content.edges,
        placed,
    }
}

/// The content as the layout sees it. Boxes at which several nets arrive grow to hold them.
fn sheet_of(content: &mut Content) -> Sheet {
    let mut styles: Vec<Vec<u8>> = vec![Vec::new(); content.boxes.len()];
    let mut ways = Vec::with_capacity(content.edges.len());
    for edge in &content.edges {
        let style = style_of(edge);
        if let Some(styles) = styles.get_mut(edge.to).filter(|styles| !styles.contains(&style)) {
            styles.push(style);
        }
        let leave = content.boxes.get(edge.from).map_or(ENTER, |drawn| drawn.leave(edge.row));
        ways.push(Way { from: edge.from, leave, to: edge.to, style, has_hue: style == 0 });
    }
    let shapes = content.boxes.iter_mut().zip(styles).map(|(drawn, styles)| {
        drawn.height = drawn.height.max(2.0 * ENTER + styles.len().saturating_sub(1) as f64 * 9.0);
        let precedence = match drawn.kind {
            "trigger" => 0,
            _ if drawn.is_start => 1,
            _ => 2,
        };
        Shape { width: drawn.width, height: drawn.height, enter: ENTER, precedence }
    });
    Sheet { shapes: shapes.collect(), ways }
}

/// Ways of one style may run together.
fn style_of(edge: &EdgeContent) -> u8 {
    let change = match edge.change {
        Change::Same | Change::Changed => 0,
        Change::Added => 1,
        Change::Removed => 2,
    };
    let kind = if edge.kind == "trigger" { 2 } else { u8::from(edge.is_failure) };
    3 * change + kind
}

fn counted(content: &Content) -> ChangeCounts {
    let boxes = |change| {
        let nodes = content.boxes.iter().filter(|drawn| drawn.kind != "trigger");
        nodes.filter(|drawn| drawn.change == change).count()
    };
    let ways = |change| {
        let ways = content.edges.iter().filter(|edge| edge.kind != "trigger");
        ways.filter(|edge| edge.change == change).count()
    };
    ChangeCounts {
        nodes_added: boxes(Change::Added),
        nodes_removed: boxes(Change::Removed),
        nodes_changed: boxes(Change::Changed),
        ways_added: ways(Change::Added) + content.triggers_added,
        ways_removed: ways(Change::Removed) + content.triggers_removed,
    }
}

impl Drawing {
    /// The drawing as an `<svg>` element, to be put into a page or a file.
    ///
    /// It holds no script and no inline style; classes (`flow-node`, `kind-message`,
    /// `selected`, `added`, …) are for a style sheet, presentation attributes look well without one.
    #[must_use]
    pub fn to_svg(&self) -> String {
        svg::write(self)
    }

    /// How many things differ; none where the drawing is of one version.
    #[must_use]
    pub fn changes(&self) -> Option<ChangeCounts> {
        self.changes
    }
}
