//! What acts make of draft, environments and versions: each a whole bot, copied at each act.

use std::collections::{BTreeMap, BTreeSet};

use greenroom::lifecycle::Side;
use greenroom::model::{EnvironmentId, PartPath, Scope};

use crate::parts::{Part, Parts, carried, difference};

/// A version, by its number from 1.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) parts: Parts,
    /// What the draft agreed on with the environment that it was published to.
    agreed: Parts,
    /// What it had agreed on with the other environments when it was carried there.
    elsewhere: BTreeMap<EnvironmentId, Parts>,
    /// Where it was published to, and how; none for a saved draft.
    of: Option<Publish>,
}

#[derive(Debug, Clone)]
struct Publish {
    environment: EnvironmentId,
    scope: Scope,
    /// The version that the environment ran before.
    before: Option<usize>,
}

/// What an environment runs, and what the draft agreed on with it.
#[derive(Debug, Clone)]
pub(crate) struct Running {
    pub(crate) number: usize,
    base: Parts,
    /// For each rollback that nothing has settled: what ran before it, and what after.
    taken_back: Vec<(Parts, Parts)>,
}

#[derive(Debug, Clone)]
pub(crate) struct Reference {
    pub(crate) draft: Parts,
    pub(crate) versions: Vec<Version>,
    pub(crate) environments: BTreeMap<EnvironmentId, Running>,
}

impl Reference {
    pub(crate) fn new(draft: Parts) -> Self {
        Self { draft, versions: Vec::new(), environments: BTreeMap::new() }
    }

    /// What an environment runs.
    pub(crate) fn runs(&self, environment: &EnvironmentId) -> Option<&Parts> {
        self.environments.get(environment).map(|running| &self.versions[running.number - 1].parts)
    }

    pub(crate) fn edit(&mut self, edits: Vec<(PartPath, Option<Part>)>) {
        edit(&mut self.draft, edits);
    }

    /// What a publish would make live; the scope is the plan's, with all that goes along. None where
    /// there is nothing that could.
    pub(crate) fn candidate(
        &self,
        environment: &EnvironmentId,
        scope: &Scope,
        edits: Vec<(PartPath, Option<Part>)>,
    ) -> Option<Parts> {
        let live = self.runs(environment);
        match scope {
            Scope::Promotion(from) => self.runs(from).cloned(),
            Scope::Hotfix => {
                let mut parts = live?.clone();
                edit(&mut parts, edits);
                Some(parts)
            }
            // Without a live version the draft stands for what was meant, and is refused.
            scope => Some(live.map_or_else(|| self.draft.clone(), |live| carried(scope, &self.draft, live))),
        }
    }

    /// The parts that a hotfix changed, which a candidate would change again.
    pub(crate) fn undone(&self, environment: &EnvironmentId, scope: &Scope, candidate: &Parts) -> BTreeSet<PartPath> {
        let (Some(running), Some(live)) = (self.environments.get(environment), self.runs(environment)) else {
            return BTreeSet::new();
        };
        // Whoever hotfixes changes what live has, and knows it; nor is the draft asked.
        if matches!(scope, Scope::Hotfix) {
            return BTreeSet::new();
        }
        if let Scope::Promotion(from) = scope {
            return self.overtaken(environment, from).0;
        }
        let hotfixed = difference(&running.base, live);
        difference(candidate, live).intersection(&hotfixed).map(|path| (*path).clone()).collect()
    }

    /// What a promotion would change back unknowingly: what a hotfix changed last, and what a publish did.
    pub(crate) fn overtaken(
        &self,
        environment: &EnvironmentId,
        from: &EnvironmentId,
    ) -> (BTreeSet<PartPath>, BTreeSet<PartPath>) {
        let (mut hotfixes, mut publishes) = (BTreeSet::new(), BTreeSet::new());
        let Some(running) = self.environments.get(environment) else { return (hotfixes, publishes) };
        let promoted = &self.versions[self.environments[from].number - 1].parts;
        let live = &self.versions[running.number - 1].parts;
        let known = self.known(self.environments[from].number, environment);
        for path in difference(promoted, live) {
            let knows = known.as_ref().map(|known| known.get(path));
            let is_decided = self.draft.get(path) == promoted.get(path) && running.base.get(path) == live.get(path);
            if is_decided || knows == Some(live.get(path)) {
                continue;
            }
            // From the first state of the environment to the present one.
            let states = self.states(running.number, path);
            let changed = states.iter().rposition(|(_, before, now)| before != now);
            let was_taken_back = running.taken_back.iter().any(|(taken, to)| taken.get(path) != to.get(path));
            if let (Some(knows), true) = (knows, was_taken_back) {
                let before = changed.map_or(&[][..], |last| &states[..=last]);
                if before.iter().all(|(_, before, now)| before == now || *before != knows) {
                    continue;
                }
            }
            match changed {
                Some(last) if states[last].0 => drop(hotfixes.insert(path.clone())),
                Some(_) => drop(publishes.insert(path.clone())),
                None if knows.is_none() => {}
                None => {
                    let is_hotfix = self.versions[running.number - 1].agreed.get(path) != live.get(path);
                    if is_hotfix { &mut hotfixes } else { &mut publishes }.insert(path.clone());
                }
            }
        }
        (hotfixes, publishes)
    }

    /// What a version knows of another environment: what it is itself, if that ran there since; else
    /// what the draft had agreed on.
    fn known(&self, number: usize, environment: &EnvironmentId) -> Option<Parts> {
        let version = &self.versions[number - 1];
        let mut at = self.environments.get(environment).map(|running| running.number);
        while let Some(there) = at.filter(|there| *there > number) {
            if self.versions[there - 1].parts == version.parts {
                return Some(version.parts.clone());
            }
            at = self.versions[there - 1].of.as_ref().and_then(|of| of.before);
        }
        version.elsewhere.get(environment).cloned()
    }

    /// The states of a part on the way to a version, the oldest first: whether a hotfix made it, how it was
    /// before and after.
    fn states(&self, number: usize, path: &PartPath) -> Vec<(bool, Option<&Part>, Option<&Part>)> {
        let (mut states, mut at) = (Vec::new(), Some(number));
        while let Some(number) = at {
            let version = &self.versions[number - 1];
            let of = version.of.as_ref();
            at = of.and_then(|of| of.before);
            let before = at.and_then(|before| self.versions[before - 1].parts.get(path));
            let now = version.parts.get(path);
            let is_hotfix = of.is_some_and(|of| of.scope == Scope::Hotfix) || version.agreed.get(path) != now;
            states.insert(0, (is_hotfix, before, now));
        }
        states
    }

    pub(crate) fn publish(&mut self, environment: &EnvironmentId, scope: &Scope, candidate: Parts) {
        let base = match (scope, self.environments.get(environment)) {
            (_, None) | (Scope::Full, _) => candidate.clone(),
            (Scope::Hotfix, Some(running)) => running.base.clone(),
            (Scope::Promotion(_), _) => {
                let same = self.versions.iter().rev().find(|version| version.parts == candidate);
                same.unwrap().agreed.clone()
            }
            (scope, Some(running)) => carried(scope, &candidate, &running.base),
        };
        let before = self.environments.get(environment).map(|running| running.number);
        let known = |number: Option<usize>, id: &EnvironmentId| number.and_then(|number| self.known(number, id));
        let others = self.environments.iter().filter(|(id, _)| *id != environment);
        let elsewhere = others.filter_map(|(id, other)| {
            let known = match scope {
                Scope::Hotfix => known(before, id)?,
                Scope::Promotion(from) if from == id => candidate.clone(),
                Scope::Promotion(from) => known(Some(self.environments[from].number), id)?,
                Scope::Full => other.base.clone(),
                scope => carried(scope, &other.base, &known(before, id)?),
            };
            Some((id.clone(), known))
        });
        let elsewhere = elsewhere.collect();
        let taken_back = match (scope, self.environments.get(environment)) {
            (Scope::Full | Scope::Promotion(_), _) | (_, None) => Vec::new(),
            (Scope::Hotfix, Some(running)) => running.taken_back.clone(),
            (scope, Some(running)) => {
                let settled =
                    |(taken, to): &(Parts, Parts)| (carried(scope, &candidate, taken), carried(scope, &candidate, to));
                running.taken_back.iter().map(settled).collect()
            }
        };
        let of = Publish { environment: environment.clone(), scope: scope.clone(), before };
        self.versions.push(Version { parts: candidate, agreed: base.clone(), elsewhere, of: Some(of) });
        self.environments.insert(environment.clone(), Running { number: self.versions.len(), base, taken_back });
    }

    /// What hotfixes changed that the draft has not agreed on; and what of it somebody must choose.
    pub(crate) fn drift(&self, environment: &EnvironmentId) -> (BTreeSet<PartPath>, BTreeSet<PartPath>) {
        let live = self.runs(environment).unwrap();
        let base = &self.environments[environment].base;
        let drift: BTreeSet<PartPath> = difference(base, live).into_iter().cloned().collect();
        let conflicts = drift.iter().filter(|path| {
            let (before, live, own) = (base.get(*path), live.get(*path), self.draft.get(*path));
            own != live && own != before && Part::merged(before, live, own).is_none()
        });
        (drift.clone(), conflicts.cloned().collect())
    }

    /// Takes hotfixes into the draft; of conflicts one side.
    pub(crate) fn merge(&mut self, environment: &EnvironmentId, side: Side) {
        let live = self.runs(environment).unwrap().clone();
        let base = self.environments[environment].base.clone();
        for path in difference(&base, &live) {
            let (before, theirs, own) = (base.get(path), live.get(path), self.draft.get(path));
            let merged = if own == theirs || own == before {
                theirs.cloned()
            } else {
                match (Part::merged(before, theirs, own), side) {
                    (Some(merged), _) => Some(merged),
                    (None, Side::Draft) => own.cloned(),
                    (None, Side::Environment) => theirs.cloned(),
                }
            };
            edit(&mut self.draft, vec![(path.clone(), merged)]);
        }
        self.environments.get_mut(environment).unwrap().base = live;
    }

    /// Whether an environment can be put back to a version.
    pub(crate) fn was_published(&self, environment: &EnvironmentId, number: usize) -> bool {
        number > 0
            && self
                .versions
                .get(number - 1)
                .is_some_and(|version| version.of.as_ref().is_some_and(|of| of.environment == *environment))
    }

    pub(crate) fn roll_back(&mut self, environment: &EnvironmentId, number: usize) {
        let Version { parts, agreed, .. } = self.versions[number - 1].clone();
        let running = &self.environments[environment];
        if running.number == number {
            return;
        }
        let mut taken_back = running.taken_back.clone();
        if running.number > number {
            taken_back.push((self.versions[running.number - 1].parts.clone(), parts.clone()));
        }
        taken_back.retain(|(taken, _)| *taken != parts);
        self.environments.insert(environment.clone(), Running { number, base: agreed, taken_back });
    }

    /// The draft becomes what a version was, and what it was is a version.
    pub(crate) fn restore(&mut self, number: usize) {
        let restored = self.versions[number - 1].parts.clone();
        let saved = std::mem::replace(&mut self.draft, restored.clone());
        for running in self.environments.values_mut().filter(|running| running.number == number) {
            running.base = restored.clone();
        }
        self.versions.push(Version { parts: saved.clone(), agreed: saved, elsewhere: BTreeMap::new(), of: None });
    }
}

fn edit(parts: &mut Parts, edits: Vec<(PartPath, Option<Part>)>) {
    for (path, part) in edits {
        match part {
            Some(part) => parts.insert(path, part),
            None => parts.remove(&path),
        };
    }
}
