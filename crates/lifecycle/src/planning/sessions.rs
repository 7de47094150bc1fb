//! Open conversations at nodes that a publish would take away.

use std::collections::BTreeMap;

use greenroom_bot::{OpenSession, is_idle};
use greenroom_model::{Document, PartPath, Record as _, Usage};
use greenroom_publish::{ChangeKind, Detail, PartChange};
use greenroom_store::{Key, layout};

use super::{PlanRequest, Running};
use crate::{Bot, Error};

/// How many sessions are looked at; with more the counts are of the first so many.
const MAX_LOOKED_AT: usize = 20_000;

/// How many records are read at once.
const PAGE: usize = 1_000;

impl Bot {
    /// How many open conversations wait at each node that would be gone. Sessions are read only
    /// where a node goes.
    pub(super) async fn sessions_at_gone_nodes(
        &self,
        request: &PlanRequest,
        running: Option<&Running>,
        parts: &[PartChange],
    ) -> Result<BTreeMap<Usage, u64>, Error> {
        let mut counts = BTreeMap::new();
        let Some(running) = running.filter(|_| parts.iter().any(takes_nodes)) else { return Ok(counts) };
        let (_, settings) = self.get(&running.version.content, &PartPath::Settings).await?;
        let Document::Settings(settings) = settings else { return Ok(counts) };
        let now = self.lifecycle.now();
        let prefix = layout::sessions(&self.id, request.environment.as_str())?;
        let (mut after, mut looked_at): (Option<Key>, usize) = (None, 0);
        while looked_at < MAX_LOOKED_AT {
            let page = self.lifecycle.store.records(&prefix, after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.key.clone());
            looked_at += page.len();
            for record in &page {
                let open = OpenSession::from_bytes(&record.value)?;
                if is_idle(&open.session, open.seen, &settings.sessions, now) {
                    continue;
                }
                let Some(at) = open.session.position.as_ref() else { continue };
                let path = PartPath::Flow(at.flow.clone());
                if parts.iter().any(|part| part.path == path && takes_node(part, &at.node)) {
                    *counts.entry(Usage { path, node: Some(at.node.clone()) }).or_default() += 1;
                }
            }
        }
        Ok(counts)
    }
}

fn takes_nodes(part: &PartChange) -> bool {
    matches!(part.path, PartPath::Flow(_))
        && (part.kind == ChangeKind::Removed
            || part.details.iter().any(|detail| matches!(detail, Detail::Node { after: None, .. })))
}

fn takes_node(part: &PartChange, id: &greenroom_model::NodeId) -> bool {
    part.kind == ChangeKind::Removed
        || part.details.iter().any(|detail| matches!(detail, Detail::Node { node, after: None, .. } if node == id))
}
