//! The steps of rules and stories as lines of scripts. What no flow can say ends the reading.

use greenroom_model::VariableId;
use serde_json::Value;

use super::import::{Import, REQUESTED_SLOT};
use super::report::{NOTHING_TO_DO, Named};
use super::scripts::{Act, Guard, Line, SESSION_START, Script, Test};
use super::source::{Expected, SlotCondition, Step, Story, UserStep};

/// Actions of Rasa's own that no node does.
const UNSAYABLE: &[&str] = &[
    "action_back",
    "action_default_ask_affirmation",
    "action_revert_fallback_events",
    "action_two_stage_fallback",
    "action_unlikely_intent",
];

/// Reads a rule or story.
///
/// # Errors
/// What in it no flow can say.
pub(super) fn read<'a>(import: &mut Import<'_>, story: &'a Story) -> Result<Script<'a>, String> {
    let mut script = Script { story, lines: Vec::new(), held: Vec::new(), within: None, outside: false, from: None };
    for condition in &story.conditions {
        read_condition(import, condition, &mut script)?;
    }
    for step in &story.steps {
        match step {
            Step::User(users) => script.lines.push(Line::User(read_users(users)?)),
            Step::Action(action) => read_action(import, action, &mut script.lines)?,
            Step::Loop(Some(form)) => script.lines.push(Line::Active(form.clone())),
            Step::Loop(None) => script.lines.push(Line::Done),
            Step::Slots(alternatives) => read_slots(import, alternatives, story, &mut script.lines),
            Step::Checkpoint(name, slots) => {
                if script.lines.is_empty() && script.from.is_none() {
                    script.from = Some(name.clone());
                    read_slots(import, std::slice::from_ref(slots), story, &mut script.lines);
                } else {
                    script.lines.push(Line::Checkpoint(name.clone()));
                }
            }
            Step::Other(what) => return Err(format!("it has {what}")),
        }
    }
    if story.goes_on {
        script.lines.push(Line::GoOn);
    }
    if !matches!(script.first(), Some(Line::User(_))) && script.begins() {
        script
            .lines
            .insert(0, Line::User(vec![Named { name: SESSION_START.to_owned(), place: story.name.place.clone() }]));
    }
    script.held = held(&script.lines);
    tell_start(import, &script);
    Ok(script)
}

/// What earlier lines say of slots, before each line and behind the last.
fn held(lines: &[Line]) -> Vec<Guard> {
    let mut known = Guard::new();
    let mut all = vec![known.clone()];
    for line in lines {
        if let Line::Check(any) = line {
            match any.as_slice() {
                [guard] => known.extend(guard.clone()),
                several => {
                    for slot in several.iter().flat_map(Guard::keys) {
                        known.remove(slot);
                    }
                }
            }
        }
        all.push(known.clone());
    }
    all
}

/// A rule that holds at the beginning only does so where it answers that beginning.
fn tell_start(import: &mut Import<'_>, script: &Script<'_>) {
    let Some(place) = &script.story.at_start else { return };
    let Some(Line::User(intents)) = script.first() else { return };
    match intents.as_slice() {
        [intent] if intent.name == SESSION_START => {
            let reason = "its intent says that already";
            import.report.gather(place, "`conversation_start: true`", &script.story.name.name, reason, NOTHING_TO_DO);
        }
        _ => {
            let construct = format!("`conversation_start` of {}", script.construct());
            let reason = "a flow does not know whether the conversation has just begun, so it holds at any time";
            import.report.lose(place, construct, reason, "answer it in the introduction, if it belongs there");
        }
    }
}

fn read_condition(import: &mut Import<'_>, condition: &Step, script: &mut Script<'_>) -> Result<(), String> {
    match condition {
        Step::Loop(Some(form)) => script.within = Some(form.name.clone()),
        Step::Loop(None) => script.outside = true,
        Step::Slots(alternatives) => read_slots(import, alternatives, script.story, &mut script.lines),
        Step::User(..) | Step::Action(_) | Step::Checkpoint(..) => {
            return Err("its condition has a step of a conversation".to_owned());
        }
        Step::Other(what) => return Err(format!("its condition has {what}")),
    }
    Ok(())
}

fn read_users(users: &[UserStep]) -> Result<Vec<Named>, String> {
    let mut intents: Vec<Named> = Vec::new();
    for user in users {
        let Some(intent) = &user.intent else {
            return Err("the user says a text of no intent".to_owned());
        };
        if intents.iter().all(|other| other.name != intent.name) {
            intents.push(intent.clone());
        }
    }
    Ok(intents)
}

/// The conditions that a flow can check: one of several, each of several slots.
fn read_slots(import: &mut Import<'_>, alternatives: &[Vec<SlotCondition>], story: &Story, lines: &mut Vec<Line>) {
    let mut any: Vec<Guard> = Vec::new();
    for slots in alternatives {
        let mut guard = Guard::new();
        for condition in slots {
            guard.extend(read_slot(import, condition, story));
        }
        if !any.contains(&guard) {
            any.push(guard);
        }
    }
    if any.iter().any(|guard| !guard.is_empty()) {
        lines.push(Line::Check(any));
    }
}

/// A condition that a flow can check; those that Rasa itself does not look at are told.
fn read_slot(import: &mut Import<'_>, condition: &SlotCondition, story: &Story) -> Option<(VariableId, Test)> {
    let name = condition.slot.name.as_str();
    if name == REQUESTED_SLOT {
        let expected = match &condition.expected {
            Expected::NotSet => "`requested_slot: null`".to_owned(),
            Expected::Set => "`requested_slot`".to_owned(),
            Expected::Value(value) => format!("`requested_slot: {value}`"),
        };
        let reason = "a form's flow knows by itself which slot it asks for";
        import.report.gather(&condition.slot.place, &expected, &story.name.name, reason, NOTHING_TO_DO);
        return None;
    }
    if import.slot(name).is_some_and(|slot| !slot.influences) {
        let construct = format!("`slot_was_set` of `{name}`");
        let reason = "the slot does not influence the conversation, so Rasa does not look at it either";
        let advice = "add a branch where its value should matter";
        import.report.gather(&condition.slot.place, &construct, &story.name.name, reason, advice);
        return None;
    }
    let kind = import.slot(name).map(|slot| slot.kind.as_str());
    let test = match (&condition.expected, kind) {
        (Expected::NotSet, _) => Test::NotKnown,
        (Expected::Value(value @ (Value::Bool(_) | Value::String(_))), Some("bool" | "categorical")) => {
            Test::Is(value.to_string())
        }
        // Of any other slot Rasa's policies see only whether it is set.
        (Expected::Set | Expected::Value(_), _) => Test::Known,
    };
    Some((import.variable(name, &condition.slot.place), test))
}

fn read_action(import: &mut Import<'_>, action: &Named, lines: &mut Vec<Line>) -> Result<(), String> {
    let name = action.name.as_str();
    let say = |response: &str| Line::Act(Act::Say(Named { name: response.to_owned(), place: action.place.clone() }));
    if import.form_flows.contains_key(name) {
        lines.push(Line::Form(action.clone()));
        return Ok(());
    }
    if UNSAYABLE.contains(&name) {
        return Err(format!("`{name}` is an action of Rasa's own that no node does"));
    }
    let stand_in = match name {
        "action_listen" | "action_session_start" => {
            let reason = "a conversation does this by itself";
            import.report.gather(&action.place, &format!("`{name}`"), "steps", reason, NOTHING_TO_DO);
            return Ok(());
        }
        "action_deactivate_loop" => {
            lines.push(Line::Act(Act::Leave));
            return Ok(());
        }
        "action_restart" => {
            let reason = "variables lose their values; what was said before stays in the transcript";
            import.report.gather(&action.place, "`action_restart`", "steps", reason, NOTHING_TO_DO);
            lines.push(Line::Act(Act::Restart));
            lines.extend(import.messages.contains_key("utter_restart").then(|| say("utter_restart")));
            return Ok(());
        }
        "action_default_fallback" => Some("utter_default"),
        "action_default_ask_rephrase" => Some("utter_ask_rephrase"),
        _ => None,
    };
    if let Some(response) = stand_in {
        if !import.messages.contains_key(response) {
            return Err(format!("`{name}` is an action of Rasa's own, and there is no response `{response}`"));
        }
        let reason = format!("it says `{response}`; Rasa also forgets the last message");
        import.report.gather(&action.place, &format!("`{name}`"), "steps", &reason, NOTHING_TO_DO);
        lines.push(say(response));
        return Ok(());
    }
    if let Some(response) = name.strip_prefix("utter_") {
        if import.messages.contains_key(name) {
            lines.push(say(name));
        } else if import.group(response).is_some() {
            lines.push(Line::Act(Act::SayOfGroup(action.clone())));
        } else {
            let reason = "no response has this name; the step is left out";
            import.report.lose(&action.place, format!("action `{name}`"), reason, "add the message to the flow");
        }
        return Ok(());
    }
    lines.push(Line::Act(Act::Call(action.clone())));
    Ok(())
}
