//! One turn: from the lines at which scripts stand to what the bot does. Scripts that
//! say the same go on together; where they part, slots tell them apart, or the first
//! of them holds and the others are told.

use std::collections::BTreeSet;

use super::dialogue::Machine;
use super::scripts::{Act, Guard, Line, contradictions};
use super::states::{ActiveId, Spot, Then, Tree};

/// How much a bot may do in one turn.
const MAX_ACTS: usize = 100;

/// How many lines are looked at in all: stories with many `or` and checkpoints can
/// mean more ways than anybody could read.
pub(super) const MAX_WORK: usize = 500_000;

/// How many ways one script may part into between two words of the user: `or` upon `or`.
const MAX_WIDTH: usize = 200;

/// How many ways a turn may part into at one place.
const MAX_WAYS: usize = 100;

/// A place in a script on the way, and what must hold for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) spot: Spot,
    pub(super) guard: Guard,
    /// Whether it only comes along with others that do the same.
    pub(super) soft: bool,
}

/// What comes next for an item.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Next {
    Wait,
    Act(Act),
    Start(String),
    Resume,
}

/// What is answered, for messages.
#[derive(Debug, Clone, Copy)]
pub(super) enum At<'n> {
    Intents(&'n str),
    After(&'n str),
}

impl Item {
    pub(super) fn at(spot: Spot) -> Self {
        Self { spot, guard: Guard::new(), soft: false }
    }

    /// The same behind its line.
    pub(super) fn next(&self) -> Self {
        Self { spot: Spot { line: self.spot.line + 1, ..self.spot }, ..self.clone() }
    }
}

impl Machine<'_, '_> {
    /// Follows lines that are no deeds: conditions, checkpoints, forms that are active.
    pub(super) fn settle(&mut self, item: Item, path: &[Act], active: Option<ActiveId>) -> Vec<(Item, Next)> {
        let mut settled = Vec::new();
        let mut seen: BTreeSet<(Spot, Vec<String>)> = BTreeSet::new();
        let mut open = vec![item];
        while let Some(item) = open.pop() {
            if !self.has_work_left(item.spot.script) {
                break;
            }
            if open.len() + settled.len() > MAX_WIDTH {
                self.fail(item.spot.script, format!("its alternatives mean more than {MAX_WIDTH} ways at one place"));
                break;
            }
            let Some(line) = self.line(item.spot) else {
                settled.push((item, Next::Wait));
                continue;
            };
            match line {
                Line::User(_) => settled.push((item, Next::Wait)),
                Line::Act(act) => settled.push((item, Next::Act(act.clone()))),
                Line::Form(form) => {
                    let next = match self.form_of(active) == Some(&form.name) {
                        true => Next::Resume,
                        false => Next::Start(form.name.clone()),
                    };
                    settled.push((item, next));
                }
                Line::Active(form) if self.form_of(active) == Some(&form.name) => open.push(item.next()),
                Line::Active(form) => {
                    let reason = format!("`{}` becomes active without its action before", form.name);
                    self.fail(item.spot.script, reason);
                }
                Line::Done if active.is_some() => settled.push((item, Next::Resume)),
                Line::Done => {
                    self.idle.insert(item.spot);
                    open.push(item.next());
                }
                Line::Check(any) => {
                    for guard in any.iter().rev() {
                        let mut item = item.next();
                        item.guard.extend(guard.clone());
                        open.push(item);
                    }
                }
                Line::Checkpoint(name) => {
                    let entries = self.checkpoints.get(&name.name).cloned().unwrap_or_default();
                    if entries.is_empty() {
                        settled.push((item, Next::Wait));
                        continue;
                    }
                    self.follow_on(&item, entries, &mut seen, &mut open);
                }
                Line::GoOn if active.is_some() => settled.push((item, Next::Resume)),
                Line::GoOn => {
                    let entries = self.going_on(path);
                    if entries.is_empty() {
                        self.idle.insert(item.spot);
                        settled.push((item, Next::Wait));
                        continue;
                    }
                    self.follow_on(&item, entries, &mut seen, &mut open);
                }
            }
        }
        settled
    }

    /// Goes on in other scripts, at each place once.
    fn follow_on(
        &mut self,
        item: &Item,
        entries: Vec<Spot>,
        seen: &mut BTreeSet<(Spot, Vec<String>)>,
        open: &mut Vec<Item>,
    ) {
        self.owned.push(item.spot.script);
        for spot in entries.into_iter().rev() {
            let guard: Vec<String> = item.guard.iter().map(|(slot, test)| format!("{slot} {test:?}")).collect();
            if seen.insert((spot, guard)) {
                self.reached.insert(spot.script);
                open.push(Item { spot, ..item.clone() });
            }
        }
    }

    /// Where rules and stories go on by themselves that begin with what was just done.
    fn going_on(&self, path: &[Act]) -> Vec<Spot> {
        let mut found: Vec<Spot> = Vec::new();
        for (lead, behind) in &self.leads {
            let is_deed =
                |line: usize| matches!(self.deed(Spot { line, ..*behind }), Some(Line::Act(_) | Line::Form(_)));
            let longest = (1..=lead.len())
                .rev()
                .find(|done| lead.get(..*done).is_some_and(|done| path.ends_with(done)) && is_deed(*done));
            found.extend(longest.map(|line| Spot { line, ..*behind }));
        }
        found
    }

    /// The line at a place or, where that only asks for slots, behind it.
    fn deed(&self, mut spot: Spot) -> Option<&Line> {
        while let Some(Line::Check(_)) = self.line(spot) {
            spot.line += 1;
        }
        self.line(spot)
    }

    /// What the bot does from these places on.
    pub(super) fn run(&mut self, items: Vec<Item>, path: &[Act], active: Option<ActiveId>, at: At<'_>) -> Tree {
        let mut settled = Vec::new();
        for item in items {
            settled.extend(self.settle(item, path, active));
        }
        let mut guards: Vec<Guard> = Vec::new();
        for (item, _) in &settled {
            if item.guard.is_empty() || item.soft || guards.contains(&item.guard) {
                continue;
            }
            if guards.len() < MAX_WAYS {
                guards.push(item.guard.clone());
            } else {
                self.fail(item.spot.script, format!("more than {MAX_WAYS} conditions tell its turn apart from others"));
            }
        }
        if guards.is_empty() {
            return self.decide(settled, path, active, at);
        }
        guards.sort_by_key(|guard| std::cmp::Reverse(guard.len()));
        let mut cases = Vec::new();
        for guard in guards {
            let members = settled.iter().filter(|(item, _)| {
                item.guard == guard
                    || (item.guard.iter().all(|(slot, test)| guard.get(slot) == Some(test))
                        && self.held(item.spot).is_some_and(|held| contradictions(held, &guard).is_empty()))
            });
            // Who says less of slots only comes along: for them there is the way without conditions.
            let members = members.map(|(item, next)| {
                let soft = item.soft || item.guard != guard;
                (Item { guard: Guard::new(), soft, ..item.clone() }, next.clone())
            });
            let members = members.collect();
            let tree = self.decide(members, path, active, at);
            cases.push((guard, tree));
        }
        let rest: Vec<_> = settled.into_iter().filter(|(item, _)| item.guard.is_empty()).collect();
        let otherwise = match rest.iter().all(|(item, _)| item.soft) {
            true if active.is_none() => self.follow(Next::Wait, Vec::new(), path, active, at),
            true => Tree::nothing(active),
            false => self.decide(rest, path, active, at),
        };
        if cases.iter().all(|(_, tree)| *tree == otherwise) {
            return otherwise;
        }
        Tree { acts: Vec::new(), then: Then::Branch(cases, Box::new(otherwise)) }
    }

    /// What the first of these items does; the others by what they know of slots.
    fn decide(&mut self, settled: Vec<(Item, Next)>, path: &[Act], active: Option<ActiveId>, at: At<'_>) -> Tree {
        let Some((first, next)) = settled.iter().min_by_key(|(item, _)| (item.soft, item.spot)).cloned() else {
            return Tree::nothing(active);
        };
        let (same, others): (Vec<_>, Vec<_>) = settled.into_iter().partition(|(_, other)| *other == next);
        let mut cases: Vec<(Guard, Vec<(Item, Next)>)> = Vec::new();
        for (item, other) in others.into_iter().filter(|(item, _)| !item.soft) {
            let guard = match (self.held(first.spot), self.held(item.spot)) {
                (Some(first), Some(held)) => contradictions(first, held),
                _ => Guard::new(),
            };
            if guard.is_empty() || cases.len() >= MAX_WAYS {
                let reason = self.otherwise_answered(first.spot.script, at);
                self.fail(item.spot.script, reason);
                continue;
            }
            match cases.iter_mut().find(|(known, _)| *known == guard) {
                Some((_, members)) => members.push((item, other)),
                None => cases.push((guard, vec![(item, other)])),
            }
        }
        let owner = first.spot.script;
        for (item, _) in &same {
            if item.spot.script != owner && !item.soft {
                self.accompanied.entry(item.spot.script).or_default().insert(owner);
            }
        }
        self.owned.push(owner);
        let tree = self.follow(next, same, path, active, at);
        if cases.is_empty() {
            return tree;
        }
        let mut ways = Vec::new();
        for (guard, members) in cases {
            let way = self.decide(members, path, active, at);
            ways.push((guard, way));
        }
        Tree { acts: Vec::new(), then: Then::Branch(ways, Box::new(tree)) }
    }

    /// Does what all of these items do next.
    fn follow(
        &mut self,
        next: Next,
        items: Vec<(Item, Next)>,
        path: &[Act],
        active: Option<ActiveId>,
        at: At<'_>,
    ) -> Tree {
        let items = items.into_iter().map(|(item, _)| item);
        match next {
            Next::Act(act) => {
                if path.len() >= MAX_ACTS {
                    for item in items {
                        let reason = format!("the bot does more than {MAX_ACTS} things without a word of the user");
                        self.fail(item.spot.script, reason);
                    }
                    return Tree::nothing(active);
                }
                let path = [path, std::slice::from_ref(&act)].concat();
                let left = act == Act::Leave;
                let items = items.map(|item| item.next()).collect();
                let mut tree = self.run(items, &path, active.filter(|_| !left), at);
                if !left || active.is_some() {
                    tree.acts.insert(0, act);
                }
                tree
            }
            Next::Wait => {
                let has_word = |spot: &Spot| matches!(self.deed(*spot), Some(Line::User(_)));
                let mut spots: BTreeSet<Spot> = items.map(|item| item.spot).filter(has_word).collect();
                for (lead, behind) in &self.leads {
                    if !lead.is_empty() && path.ends_with(lead) && has_word(behind) {
                        spots.insert(*behind);
                    }
                }
                let state = self.state(spots, active);
                Tree { acts: Vec::new(), then: Then::Wait(state, active) }
            }
            Next::Start(form) => {
                let spots = items.map(|item| item.next().spot).collect();
                match self.activate(&form, spots) {
                    Some(active) => Tree { acts: Vec::new(), then: Then::Start(active) },
                    None => Tree::nothing(active),
                }
            }
            Next::Resume => {
                let Some(active) = active else { return Tree::nothing(None) };
                let spots: Vec<Spot> = items
                    .filter_map(|item| match self.line(item.spot) {
                        Some(Line::Form(_)) => Some(item.next().spot),
                        Some(Line::Done) => Some(item.spot),
                        _ => None,
                    })
                    .collect();
                self.grow(active, spots);
                Tree { acts: Vec::new(), then: Then::Resume(active) }
            }
        }
    }
}
