//! All scripts together: who answers which intent, where. A turn that another
//! script answers alike is covered; one that it answers otherwise is a conflict.

use std::collections::BTreeSet;

use super::answers::{Answer, Case, Dialogue, Hook, split};
use super::import::{FALLBACK_INTENT, Import};
use super::report::{NOTHING_TO_DO, Named};
use super::scripts::{Act, SESSION_START, Script, ScriptTurn};
use super::variables::text_takes;

/// How far a script has been placed.
struct Placing<'a, 's> {
    script: &'s Script<'a>,
    /// Where its next turn belongs.
    hook: Hook,
    next_turn: usize,
    added: usize,
    /// The flows that say already what it says.
    alike: BTreeSet<String>,
    /// What is not quite as in Rasa.
    notes: Vec<String>,
    failed: Option<String>,
}

/// Puts all scripts together: rules before stories, first turns before later ones.
pub(super) fn build(import: &mut Import<'_>, scripts: &[Script<'_>]) -> Dialogue {
    let mut dialogue = Dialogue::default();
    let mut order: Vec<&Script<'_>> = scripts.iter().collect();
    order.sort_by_key(|script| !script.is_rule());
    let mut placings: Vec<Placing<'_, '_>> = order
        .into_iter()
        .map(|script| Placing {
            script,
            hook: Hook::Always,
            next_turn: 0,
            added: 0,
            alike: BTreeSet::new(),
            notes: Vec::new(),
            failed: None,
        })
        .collect();
    for placing in &mut placings {
        dialogue.begin(import, placing);
    }
    for placing in &mut placings {
        while placing.failed.is_none() && placing.next_turn < placing.script.turns.len() {
            dialogue.place_next(import, placing);
        }
        tell(import, placing);
    }
    dialogue
}

/// Reports what of a script is said elsewhere, and what is not said at all.
fn tell(import: &mut Import<'_>, placing: &Placing<'_, '_>) {
    let script = placing.script;
    let place = &script.story.name.place;
    let outline = script.story.outline();
    if let Some(failed) = &placing.failed {
        let kept = match placing.added {
            0 => "",
            _ => "; what it says before is kept",
        };
        let reason = format!("{failed}{kept} (`{outline}`)");
        import.report.lose(place, script.construct(), reason, "write the rest as a flow");
        return;
    }
    let mut reasons = placing.notes.clone();
    let advice = if reasons.is_empty() { NOTHING_TO_DO } else { "check that this is welcome" };
    if placing.added == 0 {
        let alike: Vec<String> = placing.alike.iter().map(|name| format!("`{name}`")).collect();
        reasons.insert(
            0,
            match alike.is_empty() {
                true => "it says nothing".to_owned(),
                false => format!("the flows {} say the same", alike.join(", ")),
            },
        );
    }
    if !reasons.is_empty() {
        let reason = format!("{} (`{outline}`)", reasons.join("; "));
        import.report.lose(place, script.construct(), reason, advice);
    }
}

impl Dialogue {
    /// Places what a script has before its second turn, but for a turn that needs a context.
    fn begin(&mut self, import: &mut Import<'_>, placing: &mut Placing<'_, '_>) {
        let script = placing.script;
        if let Some(form) = &script.within {
            placing.hook = Hook::Within(form.clone());
        }
        let acts = match split(&script.lead) {
            Ok(lead) => lead,
            Err(reason) => {
                placing.failed = Some(reason);
                return;
            }
        };
        if let Some(form) = acts.starts {
            placing.failed = Some(format!("nothing that a user says starts `{}`", form.name));
        } else if let Some((form, case)) = acts.submitted {
            let case = Case { conditions: script.conditions.clone(), ..case };
            self.submit(placing, &form, case);
            placing.hook = Hook::AfterForm(form);
        } else if !acts.acts.is_empty() {
            if script.turns.is_empty() {
                self.introduce(placing, acts.acts);
            } else {
                placing.hook = Hook::Following(acts.acts);
            }
        } else if placing.hook == Hook::Always && !script.turns.is_empty() {
            self.place_next(import, placing);
        }
    }

    /// A rule that no user starts greets at the beginning of a conversation.
    fn introduce(&mut self, placing: &mut Placing<'_, '_>, acts: Vec<Act>) {
        let script = placing.script;
        if !script.begins() {
            placing.failed = Some("nothing that a user says starts it".to_owned());
            return;
        }
        let intent = Named { name: SESSION_START.to_owned(), place: script.story.name.place.clone() };
        let case = Case { conditions: script.conditions.clone(), acts, starts: None };
        self.answer(placing, vec![intent], case);
    }

    /// Places a script's next turn.
    fn place_next(&mut self, import: &mut Import<'_>, placing: &mut Placing<'_, '_>) {
        let script = placing.script;
        let Some(turn) = script.turns.get(placing.next_turn) else { return };
        let first = placing.next_turn == 0;
        placing.next_turn += 1;
        let parts = match split(&turn.beats) {
            Ok(parts) => parts,
            Err(reason) => {
                placing.failed = Some(reason);
                return;
            }
        };
        if placing.hook != Hook::Always && turn.intents.iter().any(|intent| intent.name == FALLBACK_INTENT) {
            placing.failed = Some("not to understand is answered alike everywhere".to_owned());
            return;
        }
        let conditions = if first { script.conditions.clone() } else { Vec::new() };
        let within = match &placing.hook {
            Hook::Within(form) => Some(form.clone()),
            _ => None,
        };
        let has_acts = !parts.acts.is_empty() || parts.starts.is_some();
        if has_acts {
            let case = Case { conditions, acts: parts.acts, starts: parts.starts.clone() };
            match (&within, &parts.starts) {
                (Some(form), Some(started)) => self.switch(placing, turn, case, form, &started.name),
                (Some(form), None) => self.interrupt(import, placing, turn, case, form),
                (None, _) => self.answer(placing, turn.intents.clone(), case),
            }
        } else if within.is_none() {
            placing.failed = Some(format!("the bot does nothing about `{}`", names(turn)));
        }
        if placing.failed.is_some() {
            return;
        }
        if let Some((form, case)) = parts.submitted {
            self.submit(placing, &form, case);
            placing.hook = Hook::AfterForm(form);
        } else if let Some(form) = parts.starts {
            placing.hook = Hook::Within(form.name);
        } else if let Some(form) = within.filter(|_| parts.resumes || !has_acts) {
            placing.hook = Hook::Within(form);
        }
    }

    /// A turn that interrupts a form; the form goes on by itself afterwards.
    fn interrupt(
        &mut self,
        import: &Import<'_>,
        placing: &mut Placing<'_, '_>,
        turn: &ScriptTurn,
        case: Case,
        form: &str,
    ) {
        self.answer(placing, turn.intents.clone(), case);
        let takers: Vec<String> = turn
            .intents
            .iter()
            .flat_map(|intent| text_takes(import, form, &intent.name))
            .map(|slot| format!("`{slot}`"))
            .collect();
        if !takers.is_empty() {
            placing.notes.push(format!("where `{form}` asks for {}, the text counts as the answer", takers.join(", ")));
        }
    }

    /// A turn that leaves a form for another: a flow comes back, a form of Rasa does not.
    fn switch(&mut self, placing: &mut Placing<'_, '_>, turn: &ScriptTurn, case: Case, from: &str, to: &str) {
        self.answer(placing, turn.intents.clone(), case);
        placing.notes.push(format!("`{from}` goes on after `{to}`; Rasa drops it"));
    }

    fn position(&self, hook: &Hook, intent: &str) -> Option<usize> {
        let mut own = self.by_intent.get(intent)?.iter().copied();
        own.find(|position| self.answers.get(*position).is_some_and(|answer| answer.hook == *hook))
    }

    /// A name that no answer has yet.
    fn fresh_name(&mut self, story: &str, intents: &[Named]) -> String {
        let mut name = story.to_owned();
        if self.names.contains_key(&name) {
            name = format!("{story}: {}", list(intents));
        }
        let base = name.clone();
        while self.names.contains_key(&name) {
            let number = self.names.entry(base.clone()).or_insert(2);
            name = format!("{base} ({number})");
            *number += 1;
        }
        self.names.insert(name.clone(), 2);
        name
    }

    /// Adds an answer at the script's place, unless it is given alike already.
    fn answer(&mut self, placing: &mut Placing<'_, '_>, intents: Vec<Named>, case: Case) {
        let mut hooks = vec![Hook::Always];
        if placing.hook != Hook::Always {
            hooks.push(placing.hook.clone());
        }
        let mut missing = Vec::new();
        let mut next = None;
        for intent in &intents {
            let covered = hooks.iter().find_map(|hook| {
                let position = self.position(hook, &intent.name)?;
                let cases = &self.answers.get(position)?.cases;
                let found =
                    cases.iter().position(|other| other.does_the_same(&case) && other.same_conditions(&case))?;
                Some((position, found))
            });
            match covered {
                Some((position, found)) => {
                    next = next.or(Some(Hook::After(position, found)));
                    placing.alike.extend(self.answers.get(position).map(|answer| answer.flow_name().to_owned()));
                }
                None => missing.push(intent.clone()),
            }
        }
        if !missing.is_empty() {
            next = self.add(placing, missing, case);
        }
        if let Some(next) = next {
            placing.hook = next;
        }
    }

    /// Adds an answer that nobody gives yet, or a case to one.
    fn add(&mut self, placing: &mut Placing<'_, '_>, intents: Vec<Named>, case: Case) -> Option<Hook> {
        let taken: Vec<usize> =
            intents.iter().filter_map(|intent| self.position(&placing.hook, &intent.name)).collect();
        if let Some(position) = taken.first() {
            let answer = self.answers.get_mut(*position)?;
            let same_intents = taken.len() == intents.len()
                && answer.intents.len() == intents.len()
                && taken.iter().all(|other| other == position);
            if !same_intents || answer.cases.iter().any(|other| other.same_conditions(&case)) {
                placing.failed = Some(format!("flow `{}` answers `{}` otherwise", answer.flow_name(), list(&intents)));
                return None;
            }
            answer.cases.push(case);
            placing.added += 1;
            return Some(Hook::After(*position, answer.cases.len() - 1));
        }
        let name = self.fresh_name(&placing.script.story.name.name, &intents);
        for intent in &intents {
            self.by_intent.entry(intent.name.clone()).or_default().push(self.answers.len());
        }
        self.answers.push(Answer { name, hook: placing.hook.clone(), intents, cases: vec![case] });
        placing.added += 1;
        Some(Hook::After(self.answers.len() - 1, 0))
    }

    /// Adds what follows a form.
    fn submit(&mut self, placing: &mut Placing<'_, '_>, form: &str, case: Case) {
        let cases = self.submissions.entry(form.to_owned()).or_default();
        match cases.iter().find(|other| other.same_conditions(&case)) {
            Some(other) if other.does_the_same(&case) => {
                placing.alike.insert(form.to_owned());
            }
            Some(_) => placing.failed = Some(format!("another rule or story says otherwise what follows `{form}`")),
            None => {
                cases.push(case);
                placing.added += 1;
            }
        }
    }
}

fn names(turn: &ScriptTurn) -> String {
    list(&turn.intents)
}

fn list(intents: &[Named]) -> String {
    intents.iter().map(|intent| intent.name.as_str()).collect::<Vec<_>>().join(", ")
}
