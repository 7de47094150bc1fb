//! The index of a bot: the facts of all parts put together, kept as a tree of
//! its own. An edit changes as much of the index as of the bot, so what a plan
//! asks (what is used but not there, which findings stand, which examples occur
//! twice) costs what it answers, whatever the size of the bot.
//!
//! | directory | leaf |
//! |---|---|
//! | `defined/KIND/NAME` | a part defines it |
//! | `used/KIND/NAME/USAGE` | a part or node uses it |
//! | `unknown/KIND/NAME/USAGE` | the same, where nothing defines it |
//! | `findings/PART/N` | a local finding (object) |
//! | `texts/LANGUAGE/HASH/INTENT` | an example's normalised text (object) |
//! | `duplicates/LANGUAGE/HASH/INTENT` | the same, where several intents have it |
//! | `counts/LANGUAGE/N/INTENT` | an intent has N examples |
//! | `labelled/INTENT/LANGUAGE` | an intent has examples |
//! | `empty/INTENT` | a defined intent has none |
//! | `given/…`, `wanting/…` and more | what parts give and take: `index/links.rs` |
//! | `facts/N` | the version of the facts that it was put together from |

mod crossing;
mod links;

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;

use crate::canonical::to_canonical_bytes;
use crate::tree::{self, Edits};
use crate::{
    Code, Digest, Error, ExampleFacts, Facts, Finding, IntentId, Interrupt, Language, Objects, PartPath, Severity,
    Subject, Symbol, SymbolKind, Usage, Written,
};

pub use links::{Contested, LinkProblems};

/// How the facts of one part change.
#[derive(Debug, Clone)]
pub struct FactChange {
    /// The part.
    pub path: PartPath,
    /// Its facts so far; `None` where it did not exist.
    pub before: Option<Facts>,
    /// Its facts now; `None` where it is deleted.
    pub after: Option<Facts>,
}

/// The index of a bot without parts.
#[must_use]
pub fn empty(facts_version: u32) -> (Digest, Written) {
    let (root, mut written) = tree::empty();
    let mut objects = crate::MemoryObjects::new();
    for (_, bytes) in &written.0 {
        objects.insert(bytes.clone());
    }
    let mut edits = Edits::new();
    edits.set(&["facts", &facts_version.to_string()], Some(present()));
    match tree::apply(&objects, &root, &edits) {
        Ok((root, more)) => {
            written.0.extend(more.0);
            (root, written)
        }
        Err(_) => (root, written),
    }
}

/// Whether an index was put together from facts of this version.
///
/// # Errors
/// [`Interrupt`]: objects that are needed, or damage.
pub fn is_of_version(objects: &dyn Objects, index: &Digest, facts_version: u32) -> Result<bool, Interrupt> {
    Ok(tree::get(objects, index, &["facts", &facts_version.to_string()])?.is_some())
}

/// The index after parts changed. Each part may be named once.
///
/// # Errors
/// [`Interrupt`]: objects that are needed, or damage.
pub fn update(objects: &dyn Objects, index: &Digest, changes: &[FactChange]) -> Result<(Digest, Written), Interrupt> {
    let mut update = Update { objects, index, need: BTreeSet::new(), edits: Edits::new(), written: Written::default() };
    update.symbols(changes)?;
    update.findings(changes);
    update.examples(changes)?;
    update.links(changes)?;
    let Update { need, edits, mut written, .. } = update;
    match tree::apply(objects, index, &edits) {
        Ok((root, more)) if need.is_empty() => {
            written.0.extend(more.0);
            Ok((root, written))
        }
        Ok(_) => Err(Interrupt::Need(need)),
        Err(Interrupt::Need(more)) => Err(Interrupt::Need(need.into_iter().chain(more).collect())),
        Err(failed @ Interrupt::Failed(_)) => Err(failed),
    }
}

struct Update<'a> {
    objects: &'a dyn Objects,
    index: &'a Digest,
    need: BTreeSet<Digest>,
    edits: Edits,
    written: Written,
}

/// A normalised text, and the intents that gain or lose it as an example.
struct ChangedText<'a> {
    text: &'a str,
    intents: BTreeMap<&'a IntentId, bool>,
}

/// The leaf where only the name matters.
fn present() -> Digest {
    Digest::from_bytes([0; 32])
}

/// A usage as one name of the index: `/` as `:`.
fn usage_name(path: &PartPath, node: Option<&str>) -> String {
    let path = path.to_string().replace('/', ":");
    match node {
        Some(node) => format!("{path}#{node}"),
        None => path,
    }
}

fn usage_from_name(name: &str) -> Result<Usage, Error> {
    name.replace(':', "/").parse()
}

impl Update<'_> {
    /// A reading whose needs join those of the whole update.
    fn gather<T: Default>(&mut self, result: Result<T, Interrupt>) -> Result<T, Interrupt> {
        match result {
            Err(Interrupt::Need(need)) => {
                self.need.extend(need);
                Ok(T::default())
            }
            other => other,
        }
    }

    fn set(&mut self, path: &[&str], there: bool) {
        self.edits.set(path, there.then(present));
    }

    /// `defined`, `used`, `unknown`.
    fn symbols(&mut self, changes: &[FactChange]) -> Result<(), Interrupt> {
        // For each symbol: whether it is defined now, and which usages come and go.
        let mut defined: BTreeMap<&Symbol, bool> = BTreeMap::new();
        let mut used: BTreeMap<&Symbol, BTreeMap<String, bool>> = BTreeMap::new();
        for (facts, now) in sides(changes) {
            for change in facts {
                let (path, facts) = change;
                for symbol in &facts.defines {
                    defined.insert(symbol, now);
                }
                for (symbol, node) in &facts.references {
                    let usage = usage_name(path, node.as_ref().map(AsRef::as_ref));
                    used.entry(symbol).or_default().insert(usage, now);
                }
            }
        }
        let touched: BTreeSet<&Symbol> = defined.keys().chain(used.keys()).copied().collect();
        for symbol in touched {
            let kind = symbol.kind.as_str();
            let before = tree::get(self.objects, self.index, &["defined", kind, &symbol.name]);
            let was = self.gather(before)?.is_some();
            let is = defined.get(symbol).copied().unwrap_or(was);
            if was != is {
                self.set(&["defined", kind, &symbol.name], is);
                let users = tree::names(self.objects, self.index, &["used", kind, &symbol.name]);
                for usage in self.gather(users)? {
                    self.set(&["unknown", kind, &symbol.name, &usage], !is);
                }
            }
            for (usage, there) in used.get(symbol).into_iter().flatten() {
                self.set(&["used", kind, &symbol.name, usage], *there);
                self.set(&["unknown", kind, &symbol.name, usage], *there && !is);
            }
        }
        Ok(())
    }

    fn findings(&mut self, changes: &[FactChange]) {
        for change in changes {
            let part = usage_name(&change.path, None);
            let (before, after) = (findings_of(change.before.as_ref()), findings_of(change.after.as_ref()));
            for position in 0..before.len().max(after.len()) {
                let name = position.to_string();
                let finding = after
                    .get(position)
                    .map(|finding| self.written.add(Bytes::from(to_canonical_bytes(finding).unwrap_or_default())));
                self.edits.set(&["findings", &part, &name], finding);
            }
        }
    }

    /// `texts`, `duplicates`, `counts`, `labelled`, `empty`.
    fn examples(&mut self, changes: &[FactChange]) -> Result<(), Interrupt> {
        let mut texts: BTreeMap<(&Language, &str), ChangedText<'_>> = BTreeMap::new();
        let mut labelled: BTreeMap<&str, BTreeMap<&Language, bool>> = BTreeMap::new();
        let mut intents: BTreeMap<&str, bool> = BTreeMap::new();
        for (facts, now) in sides(changes) {
            for (_, facts) in facts {
                for symbol in facts.defines.iter().filter(|symbol| symbol.kind == SymbolKind::Intent) {
                    intents.insert(&symbol.name, now);
                }
                let Some(ExampleFacts { language, intent, count, texts: own }) = &facts.examples else { continue };
                for (hash, text) in own {
                    let at =
                        texts.entry((language, hash)).or_insert_with(|| ChangedText { text, intents: BTreeMap::new() });
                    at.intents.insert(intent, now);
                }
                if *count > 0 {
                    self.set(&["counts", language.as_str(), &count.to_string(), intent.as_str()], now);
                    self.set(&["labelled", intent.as_str(), language.as_str()], now);
                }
                labelled.entry(intent.as_str()).or_default().insert(language, now && *count > 0);
            }
        }
        for ((language, hash), changed) in texts {
            self.text(language, hash, &changed)?;
        }
        let touched: BTreeSet<&str> = labelled.keys().chain(intents.keys()).copied().collect();
        for intent in touched {
            let before = tree::get(self.objects, self.index, &["defined", "intent", intent]);
            let was_defined = self.gather(before)?.is_some();
            let names = tree::names(self.objects, self.index, &["labelled", intent]);
            let mut languages: BTreeSet<String> = self.gather(names)?.into_iter().collect();
            for (language, now) in labelled.get(intent).into_iter().flatten() {
                if *now {
                    languages.insert(language.to_string());
                } else {
                    languages.remove(language.as_str());
                }
            }
            let is_defined = intents.get(intent).copied().unwrap_or(was_defined);
            self.set(&["empty", intent], is_defined && languages.is_empty());
        }
        Ok(())
    }

    fn text(&mut self, language: &Language, hash: &str, changed: &ChangedText<'_>) -> Result<(), Interrupt> {
        let names = tree::names(self.objects, self.index, &["texts", language.as_str(), hash]);
        let before: BTreeSet<String> = self.gather(names)?.into_iter().collect();
        let mut after = before.clone();
        for (intent, now) in &changed.intents {
            if *now {
                after.insert(intent.to_string());
            } else {
                after.remove(intent.as_str());
            }
        }
        let object = Digest::of(changed.text.as_bytes());
        if after.len() > 1 {
            self.written.add(Bytes::copy_from_slice(changed.text.as_bytes()));
        }
        for intent in before.union(&after) {
            let there = after.contains(intent);
            if there != before.contains(intent) {
                self.edits.set(&["texts", language.as_str(), hash, intent], there.then_some(object));
            }
            if before.len() > 1 || after.len() > 1 {
                let twice = there && after.len() > 1;
                self.edits.set(&["duplicates", language.as_str(), hash, intent], twice.then_some(object));
            }
        }
        Ok(())
    }
}

/// The facts that go, then those that come: what comes has the last word.
fn sides(changes: &[FactChange]) -> [(Vec<(&PartPath, &Facts)>, bool); 2] {
    let before = changes.iter().filter_map(|change| Some((&change.path, change.before.as_ref()?))).collect();
    let after = changes.iter().filter_map(|change| Some((&change.path, change.after.as_ref()?))).collect();
    [(before, false), (after, true)]
}

fn findings_of(facts: Option<&Facts>) -> &[Finding] {
    facts.map_or(&[], |facts| &facts.findings)
}

/// What the index knows to be wrong with a bot.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Problems {
    /// What is used but not there, and where.
    pub unknown: BTreeMap<Symbol, BTreeSet<Usage>>,
    /// The local findings of all parts.
    pub findings: Vec<Finding>,
    /// Texts that are examples of several intents.
    pub duplicates: Vec<Duplicate>,
    /// Intents with few examples in a language, and how many.
    pub few: BTreeMap<(Language, IntentId), usize>,
    /// Intents without an example in any language, but for those that something hears and a
    /// button stands for, or may: what handlers reply has buttons of its own.
    pub empty: BTreeSet<IntentId>,
    /// What is wrong between parts that are each in order.
    pub links: LinkProblems,
}

/// A text that is an example of several intents.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duplicate {
    /// The language.
    pub language: Language,
    /// The text, in lower case.
    pub text: String,
    /// The intents.
    pub intents: BTreeSet<IntentId>,
}

/// Reads from the index what is wrong; `few_below`: how many examples are not few (at most 1,000).
///
/// # Errors
/// [`Interrupt`]: objects that are needed, or damage.
pub fn problems(objects: &dyn Objects, index: &Digest, few_below: usize) -> Result<Problems, Interrupt> {
    let unknown = tree::list(objects, index, &["unknown"]);
    let findings = tree::list(objects, index, &["findings"]);
    let duplicates = tree::list(objects, index, &["duplicates"]);
    let languages = tree::names(objects, index, &["counts"]);
    let empty = tree::names(objects, index, &["empty"]);
    let mut need = BTreeSet::new();
    let mut problems = Problems { links: links::read(objects, index, &mut need)?, ..Problems::default() };
    let jump_anywhere = links::jump_anywhere(objects, index, &mut need)?;
    for (path, _) in gathered(&mut need, unknown)? {
        let (symbol, usage) = symbol_usage(index, &path)?;
        problems.unknown.entry(symbol).or_default().insert(usage);
    }
    let mut from_elsewhere = crossing::FromElsewhere::default();
    for (_, digest) in gathered(&mut need, findings)? {
        if let Some(bytes) = object(objects, &mut need, &digest) {
            let mut finding: Finding =
                serde_json::from_slice(&bytes).map_err(|error| Error::Damaged { digest, reason: error.to_string() })?;
            // Alone the flow cannot know whether a variable of the bot names a node at run time.
            match (&finding.code, &jump_anywhere) {
                (Code::UnreachableNode, Some(jump)) => finding.message.push_str(&format!(
                    "; should the variable that the jump `{jump}` follows lead here, leave it as it is"
                )),
                (Code::UnreachableNode, None) => finding.severity = Severity::Deny,
                _ => {}
            }
            let is_reached = match (&finding.code, &finding.subject) {
                (Code::UnreachableNode, Subject::Node(PartPath::Flow(flow), node)) => {
                    from_elsewhere.reaches(objects, index, flow, node, &mut need)?
                }
                _ => false,
            };
            if !is_reached {
                problems.findings.push(finding);
            }
        }
    }
    problems.duplicates = read_duplicates(objects, index, gathered(&mut need, duplicates)?, &mut need)?;
    for language in gathered(&mut need, languages)? {
        for count in 1..few_below.min(1_000) {
            let names = tree::names(objects, index, &["counts", &language, &count.to_string()]);
            for intent in gathered(&mut need, names)? {
                let key = (stored(index, language.parse())?, stored(index, intent.parse())?);
                problems.few.insert(key, count);
            }
        }
    }
    for intent in gathered(&mut need, empty)? {
        if !links::may_be_pressed(objects, index, &intent, &mut need)? {
            problems.empty.insert(stored(index, intent.parse())?);
        }
    }
    problems.findings.sort();
    if need.is_empty() { Ok(problems) } else { Err(Interrupt::Need(need)) }
}

/// Where something is used.
///
/// # Errors
/// [`Interrupt`]: objects that are needed, or damage.
pub fn usages(objects: &dyn Objects, index: &Digest, symbol: &Symbol) -> Result<BTreeSet<Usage>, Interrupt> {
    let names = tree::names(objects, index, &["used", symbol.kind.as_str(), &symbol.name])?;
    names.iter().map(|name| stored(index, usage_from_name(name)).map_err(Interrupt::from)).collect()
}

fn read_duplicates(
    objects: &dyn Objects,
    index: &Digest,
    leaves: Vec<(String, Digest)>,
    need: &mut BTreeSet<Digest>,
) -> Result<Vec<Duplicate>, Interrupt> {
    let mut found: BTreeMap<(Language, Digest), BTreeSet<IntentId>> = BTreeMap::new();
    for (path, text) in leaves {
        let [_, language, _, intent] = path.split('/').collect::<Vec<_>>()[..] else {
            return Err(misplaced(index, &path).into());
        };
        let key = (stored(index, language.parse())?, text);
        found.entry(key).or_default().insert(stored(index, intent.parse())?);
    }
    let mut duplicates = Vec::new();
    for ((language, digest), intents) in found {
        if let Some(bytes) = object(objects, need, &digest) {
            duplicates.push(Duplicate { language, text: String::from_utf8_lossy(&bytes).into_owned(), intents });
        }
    }
    duplicates.sort();
    Ok(duplicates)
}

fn gathered<T: Default>(need: &mut BTreeSet<Digest>, result: Result<T, Interrupt>) -> Result<T, Interrupt> {
    match result {
        Err(Interrupt::Need(more)) => {
            need.extend(more);
            Ok(T::default())
        }
        other => other,
    }
}

fn object(objects: &dyn Objects, need: &mut BTreeSet<Digest>, digest: &Digest) -> Option<Bytes> {
    let found = objects.get(digest);
    if found.is_none() {
        need.insert(*digest);
    }
    found
}

fn misplaced(index: &Digest, path: &str) -> Error {
    Error::Damaged { digest: *index, reason: format!("`{path}` does not belong into an index") }
}

fn stored<T>(index: &Digest, read: Result<T, Error>) -> Result<T, Error> {
    read.map_err(|error| Error::Damaged { digest: *index, reason: error.to_string() })
}

fn symbol_usage(index: &Digest, path: &str) -> Result<(Symbol, Usage), Error> {
    let [_, kind, name, usage] = path.split('/').collect::<Vec<_>>()[..] else {
        return Err(misplaced(index, path));
    };
    let kind =
        SymbolKind::ALL.into_iter().find(|known| known.as_str() == kind).ok_or_else(|| misplaced(index, path))?;
    Ok((Symbol::new(kind, name), stored(index, usage_from_name(usage))?))
}

#[cfg(test)]
mod tests;
