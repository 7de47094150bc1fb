//! Rules and stories as scripts: turns of what users say and the bot does, with
//! forms that begin, go on and end. What no flow can say ends the reading.

use super::import::{Import, REQUESTED_SLOT};
use super::report::{NOTHING_TO_DO, Named};
use super::source::{Expected, SlotCondition, Step, Story, StoryKind, UserStep};

/// Something that the bot does.
#[derive(Debug, Clone)]
pub(super) enum Act {
    /// Says a response.
    Say(Named),
    /// Says the response of the intent that was said: of `faq/hours` `utter_faq/hours`.
    SayOfGroup(Named),
    /// Calls a custom action.
    Call(Named),
    /// Forgets all slots.
    Restart,
}

/// A step of the bot.
#[derive(Debug, Clone)]
pub(super) enum Beat {
    Act(Act),
    /// A form becomes active.
    Start(Named),
    /// The active form goes on.
    Resume,
    /// The active form has all it needs.
    Submitted(String),
}

/// What a user says, and the bot's answer.
#[derive(Debug)]
pub(super) struct ScriptTurn {
    pub(super) intents: Vec<Named>,
    pub(super) beats: Vec<Beat>,
}

/// A rule or story that flows may say.
#[derive(Debug)]
pub(super) struct Script<'a> {
    pub(super) story: &'a Story,
    pub(super) conditions: Vec<SlotCondition>,
    /// The form that must be active before.
    pub(super) within: Option<String>,
    /// What the bot does before the user says something.
    pub(super) lead: Vec<Beat>,
    pub(super) turns: Vec<ScriptTurn>,
}

/// Acts are the same when they do the same, wherever they are written.
impl PartialEq for Act {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Say(a), Self::Say(b))
            | (Self::SayOfGroup(a), Self::SayOfGroup(b))
            | (Self::Call(a), Self::Call(b)) => a.name == b.name,
            (Self::Restart, Self::Restart) => true,
            _ => false,
        }
    }
}

impl Act {
    /// The action as Rasa names it.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Say(name) | Self::SayOfGroup(name) | Self::Call(name) => &name.name,
            Self::Restart => "action_restart",
        }
    }
}

/// The intent with which Rasa begins a conversation.
pub(super) const SESSION_START: &str = "session_start";

/// Actions of Rasa's own that no node does.
const UNSAYABLE: &[&str] = &[
    "action_back",
    "action_deactivate_loop",
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
    let mut script = Script { story, conditions: Vec::new(), within: None, lead: Vec::new(), turns: Vec::new() };
    for condition in &story.conditions {
        read_condition(import, condition, &mut script)?;
    }
    let mut active = script.within.clone();
    for step in &story.steps {
        match step {
            Step::User(users) => script.turns.push(ScriptTurn { intents: read_users(users)?, beats: Vec::new() }),
            Step::Action(action) => {
                for beat in read_action(import, action, &mut active)? {
                    beats(&mut script).push(beat);
                }
            }
            Step::Loop(Some(form), _) if active.as_deref() == Some(&form.name) => {}
            Step::Loop(Some(form), _) => {
                return Err(format!("`{}` becomes active without its action before", form.name));
            }
            Step::Loop(None, place) => match active.take() {
                Some(form) => beats(&mut script).push(Beat::Submitted(form)),
                None => {
                    let reason = "no form is active there anyway";
                    import.report.gather(place, "`active_loop: null`", &story.name.name, reason, NOTHING_TO_DO);
                }
            },
            Step::Slots(slots) => {
                let at_start = script.turns.is_empty() && script.lead.is_empty();
                for slot in slots {
                    match read_slot(import, slot, story) {
                        Some(condition) if at_start => script.conditions.push(condition),
                        Some(condition) => {
                            return Err(format!("it goes on by the value of slot `{}`", condition.slot.name));
                        }
                        None => {}
                    }
                }
            }
            Step::Other(what) => return Err(format!("it has {what}")),
        }
    }
    tell_start(import, &script);
    Ok(script)
}

/// A rule that holds at the beginning only does so where it answers that beginning.
fn tell_start(import: &mut Import<'_>, script: &Script<'_>) {
    let Some(place) = &script.story.at_start else { return };
    match script.turns.first().map(|turn| turn.intents.as_slice()) {
        None => {}
        Some([intent]) if intent.name == SESSION_START => {
            let reason = "its intent says that already";
            import.report.gather(place, "`conversation_start: true`", &script.story.name.name, reason, NOTHING_TO_DO);
        }
        Some(_) => {
            let construct = format!("`conversation_start` of {}", script.construct());
            let reason = "a flow does not know whether the conversation has just begun, so it holds at any time";
            import.report.lose(place, construct, reason, "answer it in the introduction, if it belongs there");
        }
    }
}

fn beats<'s>(script: &'s mut Script<'_>) -> &'s mut Vec<Beat> {
    match script.turns.last_mut() {
        Some(turn) => &mut turn.beats,
        None => &mut script.lead,
    }
}

fn read_condition(import: &mut Import<'_>, condition: &Step, script: &mut Script<'_>) -> Result<(), String> {
    match condition {
        Step::Loop(Some(form), _) => script.within = Some(form.name.clone()),
        Step::Loop(None, place) => {
            let reason = "a flow starts while a form asks, too; the form goes on afterwards";
            let advice = "check that this is welcome";
            import.report.lose(place, format!("`active_loop: null` of {}", script.story.construct()), reason, advice);
        }
        Step::Slots(slots) => {
            for slot in slots {
                script.conditions.extend(read_slot(import, slot, script.story));
            }
        }
        Step::User(..) | Step::Action(_) => return Err("its condition has a step of a conversation".to_owned()),
        Step::Other(what) => return Err(format!("its condition has {what}")),
    }
    Ok(())
}

fn read_users(users: &[UserStep]) -> Result<Vec<Named>, String> {
    let mut intents = Vec::new();
    for user in users {
        let Some(intent) = &user.intent else {
            return Err("the user says a text of no intent".to_owned());
        };
        intents.push(intent.clone());
    }
    Ok(intents)
}

/// The condition that a flow can check; those that Rasa itself does not look at are told.
fn read_slot(import: &mut Import<'_>, condition: &SlotCondition, story: &Story) -> Option<SlotCondition> {
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
    Some(condition.clone())
}

fn read_action(import: &mut Import<'_>, action: &Named, active: &mut Option<String>) -> Result<Vec<Beat>, String> {
    let name = action.name.as_str();
    let say = |response: &str| Beat::Act(Act::Say(Named { name: response.to_owned(), place: action.place.clone() }));
    if import.form_flows.contains_key(name) {
        if active.as_deref() == Some(name) {
            return Ok(vec![Beat::Resume]);
        }
        *active = Some(name.to_owned());
        return Ok(vec![Beat::Start(action.clone())]);
    }
    if UNSAYABLE.contains(&name) {
        return Err(format!("`{name}` is an action of Rasa's own that no node does"));
    }
    let stand_in = match name {
        "action_listen" | "action_session_start" => {
            let reason = "a conversation does this by itself";
            import.report.gather(&action.place, &format!("`{name}`"), "steps", reason, NOTHING_TO_DO);
            return Ok(Vec::new());
        }
        "action_restart" => {
            let reason = "variables lose their values; what was said before stays in the transcript";
            import.report.gather(&action.place, "`action_restart`", "steps", reason, NOTHING_TO_DO);
            let mut beats = vec![Beat::Act(Act::Restart)];
            beats.extend(import.messages.contains_key("utter_restart").then(|| say("utter_restart")));
            return Ok(beats);
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
        return Ok(vec![say(response)]);
    }
    if let Some(response) = name.strip_prefix("utter_") {
        if import.messages.contains_key(name) {
            return Ok(vec![say(name)]);
        }
        if import.group(response).is_some() {
            return Ok(vec![Beat::Act(Act::SayOfGroup(action.clone()))]);
        }
        let reason = "no response has this name; the step is left out";
        import.report.lose(&action.place, format!("action `{name}`"), reason, "add the message to the flow");
        return Ok(Vec::new());
    }
    Ok(vec![Beat::Act(Act::Call(action.clone()))])
}

impl Script<'_> {
    /// What the report calls it.
    pub(super) fn construct(&self) -> String {
        self.story.construct()
    }

    /// Whether it says what happens when a conversation begins, without a user's word.
    pub(super) fn begins(&self) -> bool {
        let is_session_start =
            |step: &Step| matches!(step, Step::Action(action) if action.name == "action_session_start");
        self.story.at_start.is_some() || self.story.steps.iter().any(is_session_start)
    }

    /// Whether it is a rule: rules come before stories.
    pub(super) fn is_rule(&self) -> bool {
        self.story.kind == StoryKind::Rule
    }
}
