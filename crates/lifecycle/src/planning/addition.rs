//! The smallest legal addition: what must go out with selected flows for nothing to be missing.
//!
//! What is missing has one mend at most. A part that comes from the draft uses what live lacks: the
//! draft's part that defines it goes along, or NLP as a whole where that is an intent. A part that
//! stays uses what the selection takes away: it goes along as the draft has it. Each step is forced,
//! so repeating them until nothing is missing gives the smallest set, and it ends since each step
//! adds a part.

use greenroom_model::{Content, PartPath, Scope, Selection, Symbol, SymbolKind, Usage, index, tree};

use crate::objects::ObjectReader;
use crate::{Bot, Error};

impl Bot {
    /// What a selection needs beside itself; none where it needs nothing, or where nothing in the
    /// draft would help.
    pub(super) async fn needed(
        &self,
        reader: &mut ObjectReader<'_>,
        draft: &Content,
        live: &Content,
        selection: &Selection,
    ) -> Result<Option<Selection>, Error> {
        let mut all = selection.clone();
        loop {
            let (content, _) = self.onto(reader, &Scope::Flows(all.clone()), draft, live).await?;
            let problems = reader.run(|objects| index::problems(objects, &content.index, 0)).await?;
            if problems.unknown.is_empty() {
                let more = all.beyond(selection);
                return Ok((!more.is_empty()).then_some(more));
            }
            let before = all.clone();
            for (symbol, usages) in &problems.unknown {
                for usage in usages {
                    self.add_mend(reader, draft, &mut all, symbol, usage).await?;
                }
            }
            if all == before {
                return Ok(None);
            }
        }
    }

    async fn add_mend(
        &self,
        reader: &mut ObjectReader<'_>,
        draft: &Content,
        all: &mut Selection,
        symbol: &Symbol,
        usage: &Usage,
    ) -> Result<(), Error> {
        let defining = defining_part(symbol);
        let is_in_draft = match &defining {
            Some(path) => reader.run(|objects| tree::get(objects, &draft.tree, &path.segments())).await?.is_some(),
            None => false,
        };
        match defining {
            // The draft has it, so it goes along: a flow that a node is missing of, too.
            Some(PartPath::Intent(_)) if is_in_draft => all.nlp = true,
            Some(path) if is_in_draft && !all.carries(&path) => {
                all.parts.insert(path);
            }
            // The draft lacks it too, or what it has of it goes along already: what uses it goes along as it is there.
            _ if Selection::may_hold(&usage.path) => {
                all.parts.insert(usage.path.clone());
            }
            _ => all.nlp = true,
        }
        Ok(())
    }
}

/// The part that defines a symbol.
fn defining_part(symbol: &Symbol) -> Option<PartPath> {
    let name = symbol.name.as_str();
    let path = match symbol.kind {
        SymbolKind::Intent => format!("nlp/intents/{name}"),
        SymbolKind::Entity => format!("nlp/entities/{name}"),
        SymbolKind::Context => format!("flows/contexts/{name}"),
        SymbolKind::Variable => format!("flows/variables/{name}"),
        SymbolKind::Handler => format!("flows/handlers/{name}"),
        SymbolKind::Flow => format!("flows/{name}"),
        SymbolKind::Node => format!("flows/{}", name.split('#').next().unwrap_or(name)),
    };
    path.parse().ok()
}
