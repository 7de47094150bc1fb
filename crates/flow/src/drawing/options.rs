//! What whoever draws may choose.

use std::collections::BTreeSet;
use std::fmt;

use greenroom_model::{Language, NodeId};

/// Maps a node to the address that its box leads to.
type Link<'o> = Box<dyn Fn(&NodeId) -> Option<String> + 'o>;

/// How a flow is drawn.
#[derive(Default)]
pub struct DrawingOptions<'o> {
    language: Option<Language>,
    link: Option<Link<'o>>,
    selected: Option<NodeId>,
    marked: BTreeSet<NodeId>,
}

impl<'o> DrawingOptions<'o> {
    /// The first language of each text, no links, nothing selected.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Shows texts in this language; those that lack it in their first one.
    #[must_use]
    pub fn in_language(mut self, language: Language) -> Self {
        self.language = Some(language);
        self
    }

    /// Makes boxes links, to the address that `link` gives for a node.
    #[must_use]
    pub fn linking(mut self, link: impl Fn(&NodeId) -> Option<String> + 'o) -> Self {
        self.link = Some(Box::new(link));
        self
    }

    /// Shows this node as the selected one.
    #[must_use]
    pub fn selecting(mut self, node: NodeId) -> Self {
        self.selected = Some(node);
        self
    }

    /// Shows these nodes as ones that have findings.
    #[must_use]
    pub fn marking(mut self, nodes: impl IntoIterator<Item = NodeId>) -> Self {
        self.marked.extend(nodes);
        self
    }

    pub(super) fn language(&self) -> Option<&Language> {
        self.language.as_ref()
    }

    pub(super) fn link(&self, node: &NodeId) -> Option<String> {
        self.link.as_ref().and_then(|link| link(node))
    }

    pub(super) fn selects(&self, node: &NodeId) -> bool {
        self.selected.as_ref() == Some(node)
    }

    pub(super) fn marks(&self, node: &NodeId) -> bool {
        self.marked.contains(node)
    }
}

impl fmt::Debug for DrawingOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DrawingOptions")
            .field("language", &self.language)
            .field("links", &self.link.is_some())
            .field("selected", &self.selected)
            .field("marked", &self.marked)
            .finish()
    }
}
