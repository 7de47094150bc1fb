//! What starts a flow, as boxes.

use std::collections::BTreeMap;

use greenroom_model::NodeId;
use greenroom_model::document::Trigger;

use super::{BOX_WIDTH, BoxContent, EdgeContent, INSET, MAX_ROWS, ROW_SIZE, Reader, Row};
use crate::drawing::compared::Change;
use crate::drawing::text::{cut, width};
use crate::drawing::words::trigger_in_words;

impl<'r> Reader<'r> {
    /// One box for all triggers that begin at a node.
    pub(super) fn add_triggers(&mut self) {
        let mut begins: BTreeMap<&'r NodeId, Vec<(&'r Trigger, bool, bool)>> = BTreeMap::new();
        for (flow, is_after) in [(self.versions.after(), true), (self.versions.before(), false)] {
            let Some(flow) = flow else { continue };
            for trigger in &flow.triggers {
                let told = begins.entry(trigger.node.as_ref().unwrap_or(&flow.start)).or_default();
                let free = told.iter_mut().find(|(other, before, _)| !is_after && !before && *other == trigger);
                match free {
                    Some((_, before, _)) => *before = true,
                    None => told.push((trigger, !is_after, is_after)),
                }
            }
        }
        for (node, triggers) in begins {
            let mut changes: Vec<Change> = Vec::new();
            let (mut rows, mut titles) = (Vec::new(), Vec::new());
            let mut told = 0;
            for (trigger, before, after) in &triggers {
                let change = self.versions.presence(*before, *after);
                changes.push(change);
                self.content.triggers_added += usize::from(change == Change::Added);
                self.content.triggers_removed += usize::from(change == Change::Removed);
                if told == MAX_ROWS {
                    continue;
                }
                told += 1;
                let (on, contexts) = trigger_in_words(trigger);
                let title = contexts.iter().fold(on.clone(), |title, contexts| format!("{title} {contexts}"));
                for text in std::iter::once(format!("{}{on}", change.sign())).chain(contexts) {
                    let text = cut(&text, ROW_SIZE, BOX_WIDTH - 2.0 * INSET);
                    rows.push(Row { kind: "trigger", text, title: title.clone(), change });
                }
                titles.push(title);
            }
            let change = match changes.as_slice() {
                [first, others @ ..] if others.iter().all(|other| other == first) => *first,
                _ => Change::Same,
            };
            if triggers.len() > told {
                let text = format!("and {} more", triggers.len() - told);
                rows.push(Row { kind: "trigger", title: text.clone(), text, change: Change::Same });
            }
            let widest = rows.iter().map(|row| width(&row.text, ROW_SIZE)).fold(60.0, f64::max);
            self.content.boxes.push(
                BoxContent {
                    kind: "trigger",
                    head: "when".to_owned(),
                    rows,
                    title: format!("when {}", titles.join("; ")),
                    change,
                    width: (widest + 2.0 * INSET).ceil(),
                    ..BoxContent::default()
                }
                .measured(),
            );
            let from = self.content.boxes.len() - 1;
            self.connect(node, EdgeContent { from, kind: "trigger", change, ..EdgeContent::default() });
        }
    }
}
