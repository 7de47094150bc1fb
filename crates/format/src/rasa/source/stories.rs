//! `rules:`, `stories:`, and the stories of conversation tests: their steps.

use std::fmt;

use serde_json::Value;

use super::super::cursor::{Cursor, Section};
use super::super::report::{NOTHING_TO_DO, Named, Place, Report};
use super::super::yaml::Content;
use crate::Error;

/// What a story is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum StoryKind {
    Rule,
    Story,
    Test,
}

/// A rule, a story, or a conversation test.
#[derive(Debug)]
pub(in super::super) struct Story {
    pub(in super::super) kind: StoryKind,
    pub(in super::super) name: Named,
    /// What must hold before the steps (rules only).
    pub(in super::super) conditions: Vec<Step>,
    pub(in super::super) steps: Vec<Step>,
    /// Where it says that it holds at the beginning of a conversation only.
    pub(in super::super) at_start: Option<Place>,
    /// Whether the bot goes on by itself behind the last step.
    pub(in super::super) goes_on: bool,
}

#[derive(Debug)]
pub(in super::super) enum Step {
    /// The user says something: of one of these intents.
    User(Vec<UserStep>),
    Action(Named),
    /// A form becomes active, or none is any more.
    Loop(Option<Named>),
    /// One of these lists holds, each slot of it.
    Slots(Vec<Vec<SlotCondition>>),
    /// Where stories are joined, and what slots must be there.
    Checkpoint(Named, Vec<SlotCondition>),
    /// A step that no flow can say, such as a sentence of the bot.
    Other(&'static str),
}

#[derive(Debug)]
pub(in super::super) struct UserStep {
    /// The intent; a step with a text alone has none.
    pub(in super::super) intent: Option<Named>,
    pub(in super::super) text: Option<String>,
}

/// What a slot must be.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct SlotCondition {
    pub(in super::super) slot: Named,
    pub(in super::super) expected: Expected,
}

#[derive(Debug, Clone, PartialEq)]
pub(in super::super) enum Expected {
    /// Any value.
    Set,
    NotSet,
    Value(Value),
}

impl Story {
    /// What the report calls it: `rule `greet``.
    pub(in super::super) fn construct(&self) -> String {
        let kind = match self.kind {
            StoryKind::Rule => "rule",
            StoryKind::Story => "story",
            StoryKind::Test => "conversation test",
        };
        format!("{kind} `{}`", self.name.name)
    }

    /// Its steps on one line, for the report.
    pub(in super::super) fn outline(&self) -> String {
        const MOST: usize = 200;
        let at_start = self.at_start.iter().map(|_| "(a conversation begins)".to_owned());
        let steps = self.conditions.iter().chain(&self.steps).map(Step::to_string);
        let text = at_start.chain(steps).collect::<Vec<_>>().join(" → ");
        if text.chars().count() <= MOST {
            return text;
        }
        // The count tells apart two stories that differ behind what is shown.
        let details = self.conditions.iter().chain(&self.steps).map(Step::details).sum::<usize>();
        format!("{}… ({details} steps in all)", text.chars().take(MOST).collect::<String>())
    }
}

impl Step {
    /// How much it says: several intents or slots count each.
    fn details(&self) -> usize {
        match self {
            Self::User(users) => users.len(),
            Self::Slots(any) => any.iter().map(Vec::len).sum(),
            Self::Checkpoint(_, slots) => 1 + slots.len(),
            Self::Action(_) | Self::Loop(..) | Self::Other(_) => 1,
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(users) => {
                let said = |user: &UserStep| match (&user.intent, &user.text) {
                    (Some(intent), _) => intent.name.clone(),
                    (None, text) => text.clone().unwrap_or_default(),
                };
                f.write_str(&users.iter().map(said).collect::<Vec<_>>().join(" or "))
            }
            Self::Action(action) => f.write_str(&action.name),
            Self::Loop(Some(form)) => write!(f, "({} is active)", form.name),
            Self::Loop(None) => f.write_str("(no form is active)"),
            Self::Slots(any) => {
                let all = |slots: &Vec<SlotCondition>| slots.iter().map(SlotCondition::to_string).collect::<Vec<_>>();
                f.write_str(&any.iter().map(|slots| all(slots).join(" ")).collect::<Vec<_>>().join(" or "))
            }
            Self::Checkpoint(name, slots) => {
                write!(f, "(checkpoint {})", name.name)?;
                slots.iter().try_for_each(|slot| write!(f, " {slot}"))
            }
            Self::Other(what) => write!(f, "({what})"),
        }
    }
}

impl fmt::Display for SlotCondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.expected {
            Expected::Set => write!(f, "({} is set)", self.slot.name),
            Expected::NotSet => write!(f, "({} is not set)", self.slot.name),
            Expected::Value(value) => write!(f, "({} is {value})", self.slot.name),
        }
    }
}

/// Reads a list of stories. One that is broken is left out and told of, so that the rest is imported.
pub(super) fn read(items: Cursor<'_>, kind: StoryKind, report: &mut Report) -> Result<Vec<Story>, Error> {
    let key = if kind == StoryKind::Rule { "rule" } else { "story" };
    let mut found = Vec::new();
    for item in items.list(&format!("the list of each {key}"))? {
        match read_story(item, kind, key, report) {
            Ok(story) => found.push(story),
            Err(Error::Content { line, reason, .. }) => {
                let mut place = item.place();
                place.line = line.or(place.line);
                let advice = "mend it and import again; the rest was imported without it";
                report.lose(&place, construct_of(item, key), reason, advice);
            }
            Err(other) => return Err(other),
        }
    }
    Ok(found)
}

/// What the report calls a story that is broken: by its name, where that at least can be read.
fn construct_of(item: Cursor<'_>, key: &str) -> String {
    let name = item.section(key).ok().and_then(|mut section| section.take(key));
    match name.and_then(|name| name.name(key).ok()) {
        Some(name) => format!("{key} `{}`", name.name),
        None => format!("{key} without a name"),
    }
}

fn read_story(item: Cursor<'_>, kind: StoryKind, key: &str, report: &mut Report) -> Result<Story, Error> {
    let mut section = item.section(format!("a {key}"))?;
    let name = match section.take(key) {
        Some(name) => name.name(&format!("`{key}`"))?,
        None => {
            report.lose(&item.place(), key, "it has no name", "name it and import again");
            Named { name: format!("{key} without a name"), place: item.place() }
        }
    };
    let mut steps = |key: &str, report: &mut Report| -> Result<Vec<Step>, Error> {
        let mut steps = Vec::new();
        if let Some(list) = section.take_filled(key, report) {
            for step in list.list(&format!("`{key}`"))? {
                read_step(step, &mut steps, report)?;
            }
        }
        Ok(steps)
    };
    let conditions = steps("condition", report)?;
    let steps = steps("steps", report)?;
    if kind != StoryKind::Test {
        tell_words(&steps, report);
    }
    if steps.is_empty() {
        report.lose(&name.place, format!("{key} `{}`", name.name), "it has no steps", "add steps, or delete it");
    }
    let at_start = match section.take("conversation_start") {
        Some(value) if value.boolean("`conversation_start`")? => Some(value.place()),
        Some(value) => {
            let reason = "a rule without it says the same";
            report.gather(&value.place(), "`conversation_start: false`", &name.name, reason, NOTHING_TO_DO);
            None
        }
        None => None,
    };
    let goes_on = match section.take("wait_for_user_input") {
        Some(value) if !value.boolean("`wait_for_user_input`")? => true,
        Some(value) => {
            let reason = "a rule without it says the same";
            report.gather(&value.place(), "`wait_for_user_input: true`", &name.name, reason, NOTHING_TO_DO);
            false
        }
        None => false,
    };
    section.lose("metadata", report, "what Rasa's components read of it has no twin", NOTHING_TO_DO);
    section.finish(report);
    Ok(Story { kind, name, conditions, steps, at_start, goes_on })
}

/// Tells of words that stand beside an intent: an intent starts a flow whatever its words.
fn tell_words(steps: &[Step], report: &mut Report) {
    for step in steps {
        let Step::User(users) = step else { continue };
        for user in users {
            if let (Some(intent), Some(text)) = (&user.intent, &user.text) {
                let reason = "an intent starts a flow whatever its words";
                report.gather(&intent.place, "`user` of a step", text, reason, "make an example of it");
            }
        }
    }
}

fn read_step(item: Cursor<'_>, into: &mut Vec<Step>, report: &mut Report) -> Result<(), Error> {
    if let Content::Text(_) = item.yaml.content {
        // `- checkpoint` and the like without a colon.
        return Err(item.fail("a step takes `key: value`, such as `intent: greet`"));
    }
    let mut step = item.section("a step")?;
    let before = into.len();
    if let Some(user) = read_user(&mut step, report)? {
        into.push(Step::User(vec![user]));
    }
    if let Some(alternatives) = step.take("or") {
        into.push(read_or(alternatives, report)?);
    }
    if let Some(action) = step.take("action") {
        into.push(Step::Action(action.name("`action`")?));
    }
    if let Some(form) = step.take("active_loop") {
        let name = match form.yaml.content {
            Content::Null => None,
            _ => Some(form.name("`active_loop`")?),
        };
        into.push(Step::Loop(name));
    }
    if let Some(slots) = step.take("slot_was_set") {
        into.push(Step::Slots(vec![read_slots(slots, report)?]));
    }
    if let Some(checkpoint) = step.take("checkpoint") {
        let slots = match step.take("slots") {
            Some(slots) => read_slots(slots, report)?,
            None => Vec::new(),
        };
        into.push(Step::Checkpoint(checkpoint.name("`checkpoint`")?, slots));
    }
    if step.take("bot").is_some() {
        into.push(Step::Other("a sentence of the bot as a step"));
    }
    step.lose("metadata", report, "what Rasa's components read of it has no twin", NOTHING_TO_DO);
    if into.len() == before {
        let reason = format!("it says nothing that the import knows (`{}`)", item.outline());
        report.lose(&item.place(), "step", reason, "mend it and import again");
    }
    step.finish(report);
    Ok(())
}

/// The user's half of a step: `intent`, `user`, `entities`.
fn read_user(step: &mut Section<'_>, report: &mut Report) -> Result<Option<UserStep>, Error> {
    let intent = step.take("intent").map(|intent| intent.name("`intent`")).transpose()?;
    let text = step.take("user").map(|text| text.text("`user`")).transpose()?;
    if let Some(entities) = step.take_filled("entities", report) {
        let reason = format!("a flow starts by its intent alone, whatever its entities (`{}`)", entities.outline());
        report.lose(
            &entities.place(),
            "`entities` of a step",
            reason,
            "add a branch on a variable that takes the entity",
        );
    }
    if intent.is_none() && text.is_none() {
        return Ok(None);
    }
    // `/greet` as a user's text stands for the intent.
    let intent = intent.map(|mut intent| {
        if let Some(name) = intent.name.strip_prefix('/') {
            intent.name = name.to_owned();
        }
        intent
    });
    Ok(Some(UserStep { intent, text: text.map(|text| text.trim().to_owned()) }))
}

fn read_or(alternatives: Cursor<'_>, report: &mut Report) -> Result<Step, Error> {
    let mut users = Vec::new();
    let mut slots = Vec::new();
    let mut others = false;
    for item in alternatives.list("`or`")? {
        let mut step = item.section("an alternative of `or`")?;
        match (read_user(&mut step, report)?, step.take("slot_was_set")) {
            (Some(user), None) => users.push(user),
            (None, Some(conditions)) => slots.push(read_slots(conditions, report)?),
            _ => others = true,
        }
        step.finish(report);
    }
    match (users.is_empty(), slots.is_empty()) {
        (false, true) if !others => Ok(Step::User(users)),
        (true, false) if !others => Ok(Step::Slots(slots)),
        _ => Ok(Step::Other("an `or` of other things than intents or slots alone")),
    }
}

/// `- slot: value`, `- slot: null` (not set), `- slot` (set).
fn read_slots(slots: Cursor<'_>, report: &mut Report) -> Result<Vec<SlotCondition>, Error> {
    let mut found = Vec::new();
    let items = match slots.yaml.content {
        Content::List(_) | Content::Null => slots.list("`slot_was_set`")?,
        _ => vec![slots],
    };
    for item in items {
        match item.yaml.content {
            _ if item.yaml.is_empty() => {
                let reason = "an entry names no slot";
                report.lose(&item.place(), "`slot_was_set`", reason, "name the slot, or delete the entry");
            }
            Content::Map(_) => {
                for (slot, value) in item.entries("`slot_was_set`")? {
                    let expected = match value.yaml.to_json() {
                        Value::Null => Expected::NotSet,
                        value => Expected::Value(value),
                    };
                    found.push(SlotCondition { slot, expected });
                }
            }
            _ => found.push(SlotCondition { slot: item.name("`slot_was_set`")?, expected: Expected::Set }),
        }
    }
    Ok(found)
}
