//! What the report says of rules and stories that others say alike, or against.

use std::collections::BTreeSet;

use super::dialogue::Machine;
use super::import::Import;
use super::report::NOTHING_TO_DO;
use super::scripts::{Act, Line, Script};
use super::turns::At;

impl Machine<'_, '_> {
    /// Why a script gives way to another.
    pub(super) fn otherwise_answered(&self, by: usize, at: At<'_>) -> String {
        let by = self.scripts.get(by).map(Script::construct).unwrap_or_default();
        match at {
            At::Intents(intents) => format!("{by} answers `{intents}` otherwise"),
            At::After(form) => format!("{by} says otherwise what follows `{form}`"),
        }
    }

    /// Reports what of the scripts is said elsewhere, or not at all.
    pub(super) fn tell(&self, import: &mut Import<'_>) {
        let owners: BTreeSet<usize> = self.owned.iter().copied().collect();
        for spot in &self.idle {
            let Some(script) = self.scripts.get(spot.script) else { continue };
            let (construct, reason) = match self.line(*spot) {
                Some(Line::GoOn) => ("`wait_for_user_input: false`", "nothing goes on by itself there"),
                _ => ("`active_loop: null`", "no form is active there anyway"),
            };
            let name = &script.story.name;
            import.report.gather(&name.place, construct, &name.name, reason, NOTHING_TO_DO);
        }
        for line in self.scripts.iter().flat_map(|script| &script.lines) {
            if let Line::Checkpoint(name) = line
                && !self.checkpoints.contains_key(&name.name)
            {
                let construct = format!("checkpoint `{}`", name.name);
                let reason = "no story begins with it, so nothing follows";
                import.report.lose(&name.place, construct, reason, NOTHING_TO_DO);
            }
        }
        for (position, script) in self.scripts.iter().enumerate() {
            self.tell_script(import, position, script, owners.contains(&position));
        }
    }

    fn tell_script(&self, import: &mut Import<'_>, position: usize, script: &Script<'_>, owns: bool) {
        let place = &script.story.name.place;
        let outline = script.story.outline();
        let (reason, advice) = if let Some((reason, said)) = self.failed.get(&position) {
            let kept = if *said { "; what it says before is kept" } else { "" };
            (format!("{reason}{kept}"), "write the rest as a flow")
        } else if !self.reached.contains(&position) {
            let (lead, _) = script.lead();
            let reason = match (&script.from, &script.within) {
                (Some(checkpoint), _) => format!("nothing leads to its checkpoint `{}`", checkpoint.name),
                (None, Some(form)) => format!("nothing starts its form `{form}`"),
                (None, None) if lead.is_empty() => "it says nothing".to_owned(),
                (None, None) if script.lines.len() == lead.len() => "nothing that a user says starts it".to_owned(),
                (None, None) => {
                    let names: Vec<&str> = lead.iter().map(Act::name).collect();
                    format!("it waits for `{}`, with which no flow ends", names.join("`, `"))
                }
            };
            (reason, "write it as a flow, and jump there where it belongs")
        } else if !owns {
            let others = self.accompanied.get(&position).into_iter().flatten();
            let others: Vec<String> =
                others.filter_map(|other| self.scripts.get(*other)).map(Script::construct).collect();
            let reason = match others.split_first() {
                None => "it says nothing".to_owned(),
                Some((first, [])) => format!("{first} says the same"),
                Some((first, [second])) => format!("{first} and {second} say the same"),
                Some((first, more)) => format!("{first} and {} others say the same", more.len()),
            };
            (reason, NOTHING_TO_DO)
        } else {
            return;
        };
        import.report.lose(place, script.construct(), format!("{reason} (`{outline}`)"), advice);
    }
}
