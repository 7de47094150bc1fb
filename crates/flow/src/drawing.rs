//! Flows as pictures: boxes for nodes, arrows for the edges between them, as SVG.
//!
//! The layout is dugong's (ranks from left to right); sizes, routes and the SVG are
//! ours. Nothing here reads a clock or chance: the same flow gives the same bytes.

mod content;
mod grid;
mod layout;
mod options;
mod svg;
mod text;

#[cfg(test)]
mod tests;

pub use options::DrawingOptions;

use greenroom_model::document::Flow;

/// Above so many boxes the layout is a plain grid: ranks would take seconds.
const MAX_RANKED_BOXES: usize = 1_500;

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
    boxes: Vec<DrawnBox>,
    edges: Vec<DrawnEdge>,
}

/// A box of the drawing: a node, what triggers the flow, or a node that does not exist.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DrawnBox {
    content: content::BoxContent,
    /// The centre.
    x: f64,
    y: f64,
}

/// An arrow of the drawing.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DrawnEdge {
    content: content::EdgeContent,
    /// The data of an SVG path.
    path: String,
    /// The centre of the label, where there is one.
    label_at: Option<(f64, f64)>,
}

/// Lays a flow out.
///
/// Whatever is wrong with the flow shows: an edge to a node that does not exist ends in
/// a dashed box. Flows of more than 1,500 nodes and triggers stand in a plain grid.
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
    let content = content::of(flow, options);
    let ranked = if content.boxes.len() <= MAX_RANKED_BOXES { layout::ranked(&content) } else { None };
    let placed = ranked.unwrap_or_else(|| grid::placed(&content));
    Drawing {
        width: placed.width,
        height: placed.height,
        label: content.label,
        linked: content.boxes.iter().any(|drawn| drawn.href.is_some()),
        boxes: content
            .boxes
            .into_iter()
            .zip(placed.boxes)
            .map(|(content, (x, y))| DrawnBox { content, x, y })
            .collect(),
        edges: content
            .edges
            .into_iter()
            .zip(placed.edges)
            .map(|(content, (path, label_at))| DrawnEdge { content, path, label_at })
            .collect(),
    }
}

/// Where everything stands: boxes' centres, edges' paths and labels, in the content's order.
struct Placed {
    width: f64,
    height: f64,
    boxes: Vec<(f64, f64)>,
    edges: Vec<(String, Option<(f64, f64)>)>,
}

impl Drawing {
    /// The drawing as an `<svg>` element, to be put into a page or a file.
    ///
    /// It holds no script and no inline style; classes (`flow-node`, `kind-message`,
    /// `selected`, …) are for a style sheet, presentation attributes look well without one.
    #[must_use]
    pub fn to_svg(&self) -> String {
        svg::write(self)
    }
}
