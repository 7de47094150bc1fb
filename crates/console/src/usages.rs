//! Where something is used: what authors look at before they rename, empty or delete it.

use greenroom_model::{Document, PartPath, Symbol};

use crate::viewed::{Documents, Viewed};

/// A place that uses something.
#[derive(Debug, Clone)]
pub(crate) struct UsageLink {
    pub(crate) label: String,
    pub(crate) href: String,
}

/// Every place that uses this, in the order of the parts.
pub(crate) fn of(viewed: &Viewed, documents: &Documents, symbol: &Symbol) -> Vec<UsageLink> {
    let mut links = Vec::new();
    for (path, (_, document)) in documents {
        if matches!(document, Document::Examples(_)) && symbol.kind != greenroom_model::SymbolKind::Entity {
            continue;
        }
        for (used, node) in &greenroom_flow::derive(path, document).references {
            // An intent's examples belong to it; they do not use it.
            if used == symbol {
                let name = document.name().map_or_else(|| path.to_string(), str::to_owned);
                let page = page_of(path);
                let (label, page) = match node {
                    Some(node) => (format!("{name}: {node}"), format!("{page}?node={node}")),
                    None => (name, page),
                };
                links.push(UsageLink { label, href: viewed.href(&page) });
            }
        }
    }
    links.dedup_by(|one, other| one.href == other.href);
    links
}

/// The page that shows a part.
pub(crate) fn page_of(path: &PartPath) -> String {
    match path {
        PartPath::Settings | PartPath::Training | PartPath::Runtime => "settings".to_owned(),
        PartPath::Flow(id) => format!("flows/{id}"),
        PartPath::Context(id) => format!("variables/context/{id}"),
        PartPath::Variable(id) => format!("variables/variable/{id}"),
        PartPath::Handler(id) => format!("variables/handler/{id}"),
        PartPath::Intent(id) | PartPath::Examples(_, id) => format!("intents/{id}"),
        PartPath::Entity(id) => format!("entities/{id}"),
        PartPath::Test(id) => format!("tests/{id}"),
    }
}
