//! Where something is used: what authors look at before they rename, empty or delete it.

use greenroom_model::{PartPath, Symbol, SymbolKind, Usage};
use greenroom_web::Problem;

use crate::viewed::Viewed;

/// A place that uses something.
#[derive(Debug, Clone)]
pub(crate) struct UsageLink {
    pub(crate) label: String,
    pub(crate) href: String,
}

/// Every place that uses this, in the order of the parts.
pub(crate) async fn of(viewed: &Viewed, symbol: &Symbol) -> Result<Vec<UsageLink>, Problem> {
    let mut links: Vec<UsageLink> = Vec::new();
    for Usage { path, node } in viewed.bot.usages(&viewed.content, symbol).await? {
        // An intent's examples belong to it; they do not use it.
        if matches!(path, PartPath::Examples(..)) && symbol.kind != SymbolKind::Entity {
            continue;
        }
        let (_, document) = viewed.part(&path).await?;
        let name = document.name().map_or_else(|| path.to_string(), str::to_owned);
        let page = page_of(&path);
        let (label, page) = match node {
            Some(node) => (format!("{name}: {node}"), format!("{page}?node={node}")),
            None => (name, page),
        };
        links.push(UsageLink { label, href: viewed.href(&page) });
    }
    links.dedup_by(|one, other| one.href == other.href);
    Ok(links)
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
