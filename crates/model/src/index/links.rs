//! The part of the index that tells what parts give to each other and take from
//! each other. What nobody gives stands apart, so that reading it costs what is
//! wrong, whatever the size of the bot.
//!
//! | directory | leaf |
//! |---|---|
//! | `given/KIND/NAME/PART` | a part gives it |
//! | `taken/KIND/NAME/USAGE` | a part or node takes it |
//! | `wanting/KIND/NAME/USAGE` | the same, where no part gives it |
//! | `said/LANGUAGES/USAGE` | a node says all that it says in these languages |
//! | `spoken/LANGUAGE` | the bot speaks it |
//! | `triggers/HASH/PART@N` | a trigger |
//! | `contested/HASH/PART@N` | the same, where several are equal (object) |
//! | `dynamic/USAGE` | a node jumps to where a variable says |
//! | `called/FLOW/FROM` | flow `FROM` jumps to a flow and comes back |
//! | `jumps/FLOW` | where a flow jumps (object) |
//! | `unreached/FLOW` | the nodes that nothing in the flow leads to (object) |

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;

use super::{FactChange, Update, gathered, misplaced, object, present, sides, stored, usage_from_name, usage_name};
use crate::canonical::to_canonical_bytes;
use crate::links::{FlowJumps, Link, LinkKind, TriggerLink};
use crate::{Digest, Error, FlowId, Interrupt, Language, Objects, PartPath, SymbolKind, Usage, tree};

use super::crossing;

/// What the index knows to be wrong between parts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LinkProblems {
    /// What is asked for though nothing gives it, and where. What is not there
    /// at all is left to [`Problems::unknown`](super::Problems::unknown), and the
    /// values of variables to the handlers and events of a bot that has some.
    pub wanting: BTreeMap<Link, BTreeSet<Usage>>,
    /// The nodes that do not say all in every language of the bot, and the languages that lack.
    pub untranslated: BTreeMap<Usage, BTreeSet<Language>>,
    /// Triggers that are equal: only the first of each list ever wins.
    pub contested: Vec<Contested>,
    /// Where the flows jump that a jump with return leads to, at once or by further jumps.
    pub jumps: BTreeMap<FlowId, FlowJumps>,
}

/// Triggers that are equal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Contested {
    /// When they fit.
    pub trigger: TriggerLink,
    /// The flows that have it and its place among the flow's triggers (from 0), in the order in which they win.
    pub places: Vec<(FlowId, usize)>,
}

/// The name of a link as one name of the index.
fn link_name(link: &Link) -> String {
    match link.kind {
        LinkKind::Payload => short_hash(link.name.as_bytes()),
        LinkKind::Context
        | LinkKind::Variable
        | LinkKind::Intent
        | LinkKind::WayOut
        | LinkKind::Values
        | LinkKind::Pressed
        | LinkKind::Derivable => link.name.clone(),
    }
}

fn short_hash(bytes: &[u8]) -> String {
    Digest::of(bytes).to_string()[..24].to_owned()
}

/// No language at all.
const NONE: &str = "none";

impl Update<'_> {
    pub(super) fn links(&mut self, changes: &[FactChange]) -> Result<(), Interrupt> {
        let mut given: BTreeMap<&Link, BTreeMap<String, bool>> = BTreeMap::new();
        let mut taken: BTreeMap<&Link, BTreeMap<String, bool>> = BTreeMap::new();
        let mut triggers: BTreeMap<&TriggerLink, BTreeMap<String, bool>> = BTreeMap::new();
        for (facts, now) in sides(changes) {
            for (path, facts) in facts {
                let links = &facts.links;
                let part = usage_name(path, None);
                for link in &links.gives {
                    given.entry(link).or_default().insert(part.clone(), now);
                }
                for (link, node) in &links.takes {
                    let usage = usage_name(path, node.as_ref().map(AsRef::as_ref));
                    taken.entry(link).or_default().insert(usage, now);
                }
                for (place, trigger) in links.triggers.iter().enumerate() {
                    triggers.entry(trigger).or_default().insert(format!("{part}@{place}"), now);
                }
                for (node, languages) in &links.said_in {
                    let languages: Vec<&str> = languages.iter().map(Language::as_str).collect();
                    let languages = if languages.is_empty() { NONE.to_owned() } else { languages.join("+") };
                    self.set(&["said", &languages, &usage_name(path, Some(node.as_str()))], now);
                }
                for language in &links.speaks {
                    self.set(&["spoken", language.as_str()], now);
                }
                for node in &links.dynamic_jumps {
                    self.set(&["dynamic", &usage_name(path, Some(node.as_str()))], now);
                }
                if let (PartPath::Flow(flow), Some(jumps)) = (path, &links.jumps) {
                    let shape = now.then(|| self.write(jumps));
                    self.edits.set(&["jumps", flow.as_str()], shape);
                }
                if let (PartPath::Flow(flow), false) = (path, links.unreached.is_empty()) {
                    let unreached = now.then(|| self.write(&links.unreached));
                    self.edits.set(&["unreached", flow.as_str()], unreached);
                }
                let jumps = links.jumps.iter().flat_map(|flow| flow.jumps.values());
                for jump in jumps.filter(|jump| jump.returns) {
                    if let (PartPath::Flow(flow), Some((to, _))) = (path, &jump.to) {
                        self.set(&["called", to.as_str(), flow.as_str()], now);
                    }
                }
            }
        }
        let touched: BTreeSet<&Link> = given.keys().chain(taken.keys()).copied().collect();
        for link in touched {
            self.link(link, given.get(link), taken.get(link))?;
        }
        for (trigger, places) in triggers {
            self.trigger(trigger, &places)?;
        }
        Ok(())
    }

    fn link(
        &mut self,
        link: &Link,
        given: Option<&BTreeMap<String, bool>>,
        taken: Option<&BTreeMap<String, bool>>,
    ) -> Result<(), Interrupt> {
        let (kind, name) = (link.kind.as_str(), link_name(link));
        // Counted, not listed: a large bot may have as many givers as flows.
        let before = tree::count(self.objects, self.index, &["given", kind, &name]);
        let mut givers = self.gather(before)?;
        let was = givers > 0;
        for (part, there) in given.into_iter().flatten() {
            let before = tree::get(self.objects, self.index, &["given", kind, &name, part]);
            match (self.gather(before)?.is_some(), *there) {
                (true, false) => givers = givers.saturating_sub(1),
                (false, true) => givers += 1,
                _ => {}
            }
            self.set(&["given", kind, &name, part], *there);
        }
        let is = givers > 0;
        let leaf = match link.kind {
            LinkKind::Payload => self.written.add(Bytes::copy_from_slice(link.name.as_bytes())),
            _ => present(),
        };
        if was != is {
            let takers = tree::names(self.objects, self.index, &["taken", kind, &name]);
            for usage in self.gather(takers)? {
                self.edits.set(&["wanting", kind, &name, &usage], (!is).then_some(leaf));
            }
        }
        for (usage, there) in taken.into_iter().flatten() {
            self.set(&["taken", kind, &name, usage], *there);
            self.edits.set(&["wanting", kind, &name, usage], (*there && !is).then_some(leaf));
        }
        Ok(())
    }

    fn trigger(&mut self, trigger: &TriggerLink, places: &BTreeMap<String, bool>) -> Result<(), Interrupt> {
        let bytes = Bytes::from(to_canonical_bytes(trigger).unwrap_or_default());
        let hash = short_hash(&bytes);
        let before = tree::count(self.objects, self.index, &["triggers", &hash]);
        let before = self.gather(before)?;
        let mut after = before;
        for (place, now) in places {
            let stood = tree::get(self.objects, self.index, &["triggers", &hash, place]);
            match (self.gather(stood)?.is_some(), *now) {
                (true, false) => after = after.saturating_sub(1),
                (false, true) => after += 1,
                _ => {}
            }
            self.set(&["triggers", &hash, place], *now);
        }
        let text = Digest::of(&bytes);
        if after > 1 {
            self.written.add(bytes);
        }
        // Those that stay are concerned too where one becomes several, or the other way round.
        if (before > 1) != (after > 1) {
            let names = tree::names(self.objects, self.index, &["triggers", &hash]);
            for place in self.gather(names)? {
                self.edits.set(&["contested", &hash, &place], (after > 1).then_some(text));
            }
        }
        if before > 1 || after > 1 {
            for (place, now) in places {
                self.edits.set(&["contested", &hash, place], (*now && after > 1).then_some(text));
            }
        }
        Ok(())
    }

    fn write(&mut self, object: &impl serde::Serialize) -> Digest {
        self.written.add(Bytes::from(to_canonical_bytes(object).unwrap_or_default()))
    }
}

/// A jump to where a variable says, which may be any node; the first of them.
pub(super) fn jump_anywhere(
    objects: &dyn Objects,
    index: &Digest,
    need: &mut BTreeSet<Digest>,
) -> Result<Option<Usage>, Interrupt> {
    let jumps = gathered(need, tree::names(objects, index, &["dynamic"]))?;
    Ok(jumps.first().map(|name| stored(index, usage_from_name(name))).transpose()?)
}

/// Whether something hears this intent, and a button stands for it or one of a handler's may.
pub(super) fn may_be_pressed(
    objects: &dyn Objects,
    index: &Digest,
    intent: &str,
    need: &mut BTreeSet<Digest>,
) -> Result<bool, Interrupt> {
    let mut has = |place: &[&str]| Ok::<_, Interrupt>(!gathered(need, tree::names(objects, index, place))?.is_empty());
    let is_heard = has(&["given", LinkKind::Intent.as_str(), intent])?;
    Ok(is_heard
        && (has(&["given", LinkKind::Pressed.as_str(), intent])? || has(&["used", SymbolKind::Handler.as_str()])?))
}

/// Reads from the index what is wrong between parts.
pub(super) fn read(
    objects: &dyn Objects,
    index: &Digest,
    need: &mut BTreeSet<Digest>,
) -> Result<LinkProblems, Interrupt> {
    Ok(LinkProblems {
        wanting: wanting(objects, index, need)?,
        untranslated: untranslated(objects, index, need)?,
        contested: contested(objects, index, need)?,
        jumps: crossing::called(objects, index, need)?.jumps,
    })
}

fn wanting(
    objects: &dyn Objects,
    index: &Digest,
    need: &mut BTreeSet<Digest>,
) -> Result<BTreeMap<Link, BTreeSet<Usage>>, Interrupt> {
    let mut has = |place: &[&str]| Ok::<_, Interrupt>(!gathered(need, tree::names(objects, index, place))?.is_empty());
    let has_values = has(&["used", SymbolKind::Handler.as_str()])? || has(&["given", LinkKind::Values.as_str()])?;
    let mut wanting: BTreeMap<Link, BTreeSet<Usage>> = BTreeMap::new();
    let mut called = None;
    for (path, leaf) in gathered(need, tree::list(objects, index, &["wanting"]))? {
        let [_, kind, name, usage] = path.split('/').collect::<Vec<_>>()[..] else {
            return Err(misplaced(index, &path).into());
        };
        let kind = LinkKind::ALL.into_iter().find(|known| known.as_str() == kind);
        let kind = kind.ok_or_else(|| misplaced(index, &path))?;
        let symbol = match kind {
            LinkKind::Context => Some(SymbolKind::Context),
            LinkKind::Variable | LinkKind::Derivable => Some(SymbolKind::Variable),
            LinkKind::Intent => Some(SymbolKind::Intent),
            LinkKind::Payload | LinkKind::WayOut | LinkKind::Values | LinkKind::Pressed => None,
        };
        if let Some(symbol) = symbol {
            // What is not there at all is said by the rules on what is unknown.
            let defined = gathered(need, tree::get(objects, index, &["defined", symbol.as_str(), name]))?;
            if defined.is_none() || (kind == LinkKind::Variable && has_values) {
                continue;
            }
        }
        let usage: Usage = stored(index, usage_from_name(usage))?;
        let name = match kind {
            LinkKind::Payload => {
                // Where a flow comes back to another, an input of that one may take the payload.
                let may_come_back = match &mut called {
                    Some(called) => called,
                    none => none.insert(crossing::may_come_back(objects, index, need)?),
                };
                if may_come_back.has(&usage.path) {
                    continue;
                }
                match object(objects, need, &leaf) {
                    Some(text) => String::from_utf8_lossy(&text).into_owned(),
                    None => continue,
                }
            }
            _ => name.to_owned(),
        };
        wanting.entry(Link::new(kind, name)).or_default().insert(usage);
    }
    Ok(wanting)
}

fn untranslated(
    objects: &dyn Objects,
    index: &Digest,
    need: &mut BTreeSet<Digest>,
) -> Result<BTreeMap<Usage, BTreeSet<Language>>, Interrupt> {
    let mut spoken: BTreeSet<Language> = BTreeSet::new();
    for language in gathered(need, tree::names(objects, index, &["spoken"]))? {
        spoken.insert(stored(index, language.parse())?);
    }
    let mut untranslated = BTreeMap::new();
    for languages in gathered(need, tree::names(objects, index, &["said"]))? {
        let said: BTreeSet<&str> = languages.split('+').collect();
        let missing: BTreeSet<Language> =
            spoken.iter().filter(|language| !said.contains(language.as_str())).cloned().collect();
        if missing.is_empty() {
            continue;
        }
        for usage in gathered(need, tree::names(objects, index, &["said", &languages]))? {
            untranslated.insert(stored(index, usage_from_name(&usage))?, missing.clone());
        }
    }
    Ok(untranslated)
}

fn contested(objects: &dyn Objects, index: &Digest, need: &mut BTreeSet<Digest>) -> Result<Vec<Contested>, Interrupt> {
    let mut found: BTreeMap<Digest, Vec<(FlowId, usize)>> = BTreeMap::new();
    for (path, text) in gathered(need, tree::list(objects, index, &["contested"]))? {
        let place = path.rsplit('/').next().and_then(|name| name.split_once('@'));
        let (part, place) = place.ok_or_else(|| misplaced(index, &path))?;
        let place: usize = place.parse().map_err(|_| misplaced(index, &path))?;
        let PartPath::Flow(flow) = stored(index, usage_from_name(part))?.path else {
            return Err(misplaced(index, &path).into());
        };
        found.entry(text).or_default().push((flow, place));
    }
    let mut contested = Vec::new();
    for (digest, mut places) in found {
        if let Some(bytes) = object(objects, need, &digest) {
            places.sort();
            contested.push(Contested { trigger: read_json(&digest, &bytes)?, places });
        }
    }
    contested.sort();
    Ok(contested)
}

pub(super) fn read_json<T: serde::de::DeserializeOwned>(digest: &Digest, bytes: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(bytes).map_err(|error| Error::Damaged { digest: *digest, reason: error.to_string() })
}

#[cfg(test)]
mod tests;
