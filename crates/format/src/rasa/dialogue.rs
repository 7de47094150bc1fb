//! All scripts together, as states: who answers which intent, where. Scripts are
//! followed side by side, so that stories with one beginning share it, and part where
//! the user, a slot or a form makes the difference.

use std::collections::{BTreeMap, BTreeSet};

use super::import::{FALLBACK_INTENT, Import};
use super::report::Named;
use super::scripts::{Act, Guard, Line, Script};
use super::states::{Active, ActiveId, Answer, Dialogue, Spot, State, StateId, Tree};
use super::turns::{At, Item, MAX_WORK, Next};

/// How many states stories may lead to.
const MAX_STATES: usize = 2_000;

/// How often forms may turn out to lead further than was thought.
const MAX_ROUNDS: usize = 20;

/// A form and where scripts stand when it starts.
type Started = (String, BTreeSet<Spot>);

/// Scripts being put together.
pub(super) struct Machine<'s, 'a> {
    pub(super) scripts: &'s [Script<'a>],
    dialogue: Dialogue,
    state_ids: BTreeMap<(BTreeSet<Spot>, Option<ActiveId>), StateId>,
    active_ids: BTreeMap<Started, ActiveId>,
    /// Where scripts stand behind what interrupts a form, as found so far.
    grown: BTreeMap<Started, BTreeSet<Spot>>,
    has_grown: bool,
    pub(super) checkpoints: BTreeMap<String, Vec<Spot>>,
    /// What scripts begin with that nobody says, and the line behind it.
    pub(super) leads: Vec<(Vec<Act>, Spot)>,
    within: BTreeMap<String, Vec<Spot>>,
    /// Why a script does not hold from some place on.
    pub(super) failed: BTreeMap<usize, (String, bool)>,
    /// Scripts that were the first to say something.
    pub(super) owned: Vec<usize>,
    /// Scripts that say what others say.
    pub(super) accompanied: BTreeMap<usize, BTreeSet<usize>>,
    pub(super) reached: BTreeSet<usize>,
    /// Lines without effect.
    pub(super) idle: BTreeSet<Spot>,
    /// What is answered where nothing special is going on, by intent.
    anyway: BTreeMap<String, Tree>,
    work: usize,
}

/// Puts all scripts together. Rules come first.
pub(super) fn build(import: &mut Import<'_>, scripts: &[Script<'_>]) -> Dialogue {
    let (mut grown, mut work) = (BTreeMap::new(), 0);
    for round in 0.. {
        let mut machine = Machine::new(scripts, grown);
        machine.work = work;
        machine.explore();
        if !machine.has_grown || round >= MAX_ROUNDS {
            machine.tell(import);
            return machine.dialogue;
        }
        (grown, work) = (machine.grown, machine.work);
    }
    Dialogue::default()
}

impl<'s, 'a> Machine<'s, 'a> {
    fn new(scripts: &'s [Script<'a>], grown: BTreeMap<Started, BTreeSet<Spot>>) -> Self {
        let mut machine = Self {
            scripts,
            dialogue: Dialogue::default(),
            state_ids: BTreeMap::new(),
            active_ids: BTreeMap::new(),
            grown,
            has_grown: false,
            checkpoints: BTreeMap::new(),
            leads: Vec::new(),
            within: BTreeMap::new(),
            failed: BTreeMap::new(),
            owned: Vec::new(),
            accompanied: BTreeMap::new(),
            reached: BTreeSet::new(),
            idle: BTreeSet::new(),
            anyway: BTreeMap::new(),
            work: 0,
        };
        let mut always = BTreeSet::new();
        for (position, script) in scripts.iter().enumerate() {
            let spot = Spot { script: position, line: 0 };
            if let Some(checkpoint) = &script.from {
                machine.checkpoints.entry(checkpoint.name.clone()).or_default().push(spot);
            } else if let Some(form) = &script.within {
                machine.within.entry(form.clone()).or_default().push(spot);
            } else {
                match script.lead() {
                    (lead, _) if lead.is_empty() => drop(always.insert(spot)),
                    (lead, line) => machine.leads.push((lead, Spot { line, ..spot })),
                }
            }
        }
        machine.dialogue.states.push(State { spots: always, active: None, answers: Vec::new() });
        machine
    }

    /// Finds all states and what is answered in each.
    fn explore(&mut self) {
        let always = self.dialogue.states.first().map(|state| state.spots.clone()).unwrap_or_default();
        let (heard, _) = self.hear(&always, None);
        for (intent, items) in &heard {
            let scripts = || items.iter().filter_map(|item| self.scripts.get(item.spot.script));
            // Rules hold in forms unless they say otherwise; stories begin where no form is active.
            if scripts().any(|script| script.outside) && !scripts().any(|script| script.is_rule() && !script.outside) {
                self.dialogue.outside.insert(intent.name.clone(), intent.clone());
            }
        }
        let (mut next_state, mut next_active) = (0, 0);
        loop {
            if let Some((spots, active)) =
                self.dialogue.states.get(next_state).map(|state| (state.spots.clone(), state.active))
            {
                let answers = self.answers(&spots, active, next_state > 0, false, &heard);
                if let Some(state) = self.dialogue.states.get_mut(next_state) {
                    state.answers = answers;
                }
                next_state += 1;
            } else if let Some((form, spots)) =
                self.dialogue.active.get(next_active).map(|active| (active.form.clone(), active.spots.clone()))
            {
                let answers = self.answers(&spots, Some(next_active), true, true, &heard);
                let completion = self.completion(&form, &spots, next_active);
                if let Some(active) = self.dialogue.active.get_mut(next_active) {
                    active.answers = answers;
                    active.completion = completion;
                }
                next_active += 1;
            } else {
                break;
            }
        }
    }

    /// What the user may say at these places, and which of them wait for a form's end.
    fn hear(&mut self, spots: &BTreeSet<Spot>, active: Option<ActiveId>) -> (Vec<(Named, Vec<Item>)>, Vec<Item>) {
        let mut heard: Vec<(Named, Vec<Item>)> = Vec::new();
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        let mut done = Vec::new();
        let mut open: Vec<Item> = spots.iter().rev().map(|spot| Item::at(*spot)).collect();
        while let Some(item) = open.pop() {
            self.reached.insert(item.spot.script);
            for (item, next) in self.settle(item, &[], active) {
                match (next, self.line(item.spot)) {
                    (Next::Wait, Some(Line::User(intents))) => {
                        for intent in intents.clone() {
                            let place = *known.entry(intent.name.clone()).or_insert(heard.len());
                            match heard.get_mut(place) {
                                Some((_, items)) => items.push(item.next()),
                                None => heard.push((intent, vec![item.next()])),
                            }
                        }
                    }
                    (Next::Wait, _) => {}
                    (Next::Resume, Some(Line::Form(_))) => open.push(item.next()),
                    (Next::Resume, _) => done.push(item.next()),
                    (Next::Start(form), _) => {
                        self.fail(item.spot.script, format!("nothing that a user says starts `{form}`"));
                    }
                    (Next::Act(_), _) => {
                        self.fail(item.spot.script, "the bot acts while a form asks, without a word of the user");
                    }
                }
            }
        }
        (heard, done)
    }

    /// The answers at these places, without those that are given alike anyway.
    fn answers(
        &mut self,
        spots: &BTreeSet<Spot>,
        active: Option<ActiveId>,
        is_special: bool,
        asks: bool,
        always: &[(Named, Vec<Item>)],
    ) -> Vec<Answer> {
        let (heard, _) = self.hear(spots, active);
        let mut groups: Vec<(Vec<Item>, Vec<Named>)> = Vec::new();
        let mut places: BTreeMap<Vec<(Spot, bool)>, usize> = BTreeMap::new();
        for (intent, mut items) in heard {
            if asks && intent.name == FALLBACK_INTENT {
                for item in items {
                    self.fail(item.spot.script, "a form asks again by itself where it does not understand");
                }
                continue;
            }
            let anyway = always.iter().find(|(other, _)| other.name == intent.name).map(|(_, items)| items.as_slice());
            if is_special && let Some(anyway) = anyway {
                let at = At::Intents(&intent.name);
                let marks = (self.owned.len(), self.accompanied.clone());
                let tree = self.run(items.clone(), &[], active, at);
                let same = match self.anyway.get(&intent.name) {
                    Some(tree) => tree.clone(),
                    None => {
                        let tree = self.run(anyway.to_vec(), &[], None, at);
                        self.anyway.insert(intent.name.clone(), tree.clone());
                        tree
                    }
                };
                let outside = active.is_some() && self.dialogue.outside.contains_key(&intent.name);
                let is_same = match asks {
                    true => tree
                        .only_acts()
                        .is_some_and(|acts| !outside && !tree.leaves() && same.only_acts() == Some(acts)),
                    false => tree == same,
                };
                self.owned.truncate(marks.0);
                self.accompanied = marks.1;
                if is_same {
                    for item in &items {
                        let others =
                            anyway.iter().map(|item| item.spot.script).filter(|other| *other != item.spot.script);
                        self.accompanied.entry(item.spot.script).or_default().extend(others);
                    }
                    continue;
                }
                if !asks {
                    let soft = anyway.iter().filter(|_| !outside);
                    let known: Vec<Spot> = items.iter().map(|item| item.spot).collect();
                    let soft =
                        soft.filter(|item| !known.contains(&item.spot)).map(|item| Item { soft: true, ..item.clone() });
                    items.extend(soft.collect::<Vec<_>>());
                }
            }
            // Guards differ only between places of one script's beginning, which are told apart by place.
            let key: Vec<(Spot, bool)> = items.iter().map(|item| (item.spot, item.soft)).collect();
            let place = *places.entry(key).or_insert(groups.len());
            match groups.get_mut(place) {
                Some((_, intents)) => intents.push(intent),
                None => groups.push((items, vec![intent])),
            }
        }
        let mut answers = Vec::new();
        for (items, intents) in groups {
            let names = list(&intents);
            let scripts: Vec<usize> = items.iter().filter(|item| !item.soft).map(|item| item.spot.script).collect();
            let tree = self.run(items, &[], active, At::Intents(&names));
            if tree.is_nothing() {
                if !asks {
                    for script in &scripts {
                        self.fail(*script, format!("the bot does nothing about `{names}`"));
                    }
                }
                continue;
            }
            let owner = scripts.iter().copied().filter(|script| !self.failed.contains_key(script)).min();
            let owner = owner.or_else(|| scripts.into_iter().min()).unwrap_or_default();
            answers.push(Answer { intents, tree, owner });
        }
        answers
    }

    /// What follows a form when it has all it needs.
    fn completion(&mut self, form: &str, spots: &BTreeSet<Spot>, active: ActiveId) -> Option<(Tree, usize)> {
        let (_, done) = self.hear(spots, Some(active));
        let owner = done.iter().map(|item| item.spot.script).min()?;
        Some((self.run(done, &[], None, At::After(form)), owner))
    }

    /// The state of these places; none where nothing follows.
    pub(super) fn state(&mut self, spots: BTreeSet<Spot>, active: Option<ActiveId>) -> Option<StateId> {
        if spots.is_empty() {
            return None;
        }
        let key = (spots, active);
        if let Some(id) = self.state_ids.get(&key) {
            return Some(*id);
        }
        if self.dialogue.states.len() >= MAX_STATES {
            for spot in &key.0 {
                self.fail(spot.script, format!("with others it leads to more than {MAX_STATES} states"));
            }
            return None;
        }
        let id = self.dialogue.states.len();
        self.dialogue.states.push(State { spots: key.0.clone(), active, answers: Vec::new() });
        self.state_ids.insert(key, id);
        Some(id)
    }

    /// The form, active with scripts at these places and at the rules about it.
    pub(super) fn activate(&mut self, form: &str, spots: BTreeSet<Spot>) -> Option<ActiveId> {
        let mut spots: BTreeSet<Spot> = spots.into_iter().filter(|spot| self.line(*spot).is_some()).collect();
        spots.extend(self.within.get(form).into_iter().flatten());
        let key = (form.to_owned(), spots);
        if let Some(id) = self.active_ids.get(&key) {
            return Some(*id);
        }
        if self.dialogue.active.len() >= MAX_STATES {
            for spot in &key.1 {
                self.fail(spot.script, format!("with others it starts forms in more than {MAX_STATES} ways"));
            }
            return None;
        }
        let mut all = key.1.clone();
        all.extend(self.grown.get(&key).into_iter().flatten());
        let id = self.dialogue.active.len();
        self.dialogue.active.push(Active { form: key.0.clone(), spots: all, answers: Vec::new(), completion: None });
        self.active_ids.insert(key, id);
        Some(id)
    }

    /// Scripts go on with a form that was interrupted.
    pub(super) fn grow(&mut self, active: ActiveId, spots: Vec<Spot>) {
        let Some(state) = self.dialogue.active.get(active) else { return };
        let new: Vec<Spot> =
            spots.into_iter().filter(|spot| !state.spots.contains(spot) && self.line(*spot).is_some()).collect();
        if new.is_empty() {
            return;
        }
        if let Some((key, _)) = self.active_ids.iter().find(|(_, id)| **id == active) {
            self.has_grown = true;
            self.grown.entry(key.clone()).or_default().extend(new);
        }
    }

    pub(super) fn line(&self, spot: Spot) -> Option<&'s Line> {
        self.scripts.get(spot.script)?.lines.get(spot.line)
    }

    pub(super) fn held(&self, spot: Spot) -> Option<&'s Guard> {
        self.scripts.get(spot.script)?.held.get(spot.line)
    }

    /// The name of an active form.
    pub(super) fn form_of(&self, active: Option<ActiveId>) -> Option<&String> {
        Some(&self.dialogue.active.get(active?)?.form)
    }

    /// Whether there is work left to be done; if not, the script is cut short.
    pub(super) fn has_work_left(&mut self, script: usize) -> bool {
        self.work += 1;
        if self.work > MAX_WORK {
            self.fail(script, "with others it means more ways than the import follows");
            return false;
        }
        true
    }

    /// A script does not hold from here on.
    pub(super) fn fail(&mut self, script: usize, reason: impl Into<String>) {
        let said = self.owned.contains(&script);
        self.failed.entry(script).or_insert_with(|| (reason.into(), said));
    }
}

fn list(intents: &[Named]) -> String {
    intents.iter().map(|intent| intent.name.as_str()).collect::<Vec<_>>().join(", ")
}
