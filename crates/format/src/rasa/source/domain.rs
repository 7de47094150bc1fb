//! The domain but for its slots: intents, entities, responses, actions, forms, sessions.

use super::super::cursor::{Cursor, Section};
use super::super::report::{NOTHING_TO_DO, Named, Place, Report};
use super::super::yaml::Content;
use super::{Project, responses, slots};
use crate::Error;

/// A form: slots that are asked for one after the other.
#[derive(Debug)]
pub(in super::super) struct Form {
    pub(in super::super) name: Named,
    pub(in super::super) slots: Vec<Named>,
    /// Intents whose messages never fill the form's slots.
    pub(in super::super) ignored: Vec<Named>,
}

/// `session_config`.
#[derive(Debug, Default)]
pub(in super::super) struct SessionConfig {
    /// Minutes; 0 is never.
    pub(in super::super) expiration: Option<(f64, Place)>,
    pub(in super::super) carry_over: Option<(bool, Place)>,
}

pub(super) fn read(file: &mut Section<'_>, project: &mut Project, report: &mut Report) -> Result<(), Error> {
    let mut is_domain = false;
    let mut take = |key: &str, report: &mut Report| {
        let taken = file.take_filled(key, report);
        is_domain |= taken.is_some() && key != "responses";
        taken
    };
    if let Some(items) = take("intents", report) {
        read_named_maps(items, "intent", &mut project.intents, report)?;
    }
    if let Some(items) = take("entities", report) {
        read_named_maps(items, "entity", &mut project.entities, report)?;
    }
    if let Some(items) = take("actions", report) {
        read_named_maps(items, "action", &mut project.actions, report)?;
    }
    if let Some(map) = take("slots", report) {
        project.slots.extend(slots::read(map, report)?);
    }
    if let Some(map) = take("responses", report) {
        responses::read(map, project, report)?;
    }
    if let Some(map) = take("forms", report) {
        read_forms(map, project, report)?;
    }
    if let Some(map) = take("session_config", report) {
        read_session(map, project, report)?;
    }
    if let Some(items) = take("e2e_actions", report) {
        let reason = format!("whole sentences as actions have no twin (`{}`)", items.outline());
        report.lose(&items.place(), "`e2e_actions`", reason, "write them as message nodes");
    }
    if is_domain && project.domain.is_none() {
        project.domain = Some(Place { line: None, ..file.place() });
    }
    Ok(())
}

/// A list of names, each alone or as the one key of a map with what Rasa does with it.
fn read_named_maps(items: Cursor<'_>, kind: &str, into: &mut Vec<Named>, report: &mut Report) -> Result<(), Error> {
    for item in items.list(&format!("the list of {kind} names"))? {
        if !matches!(item.yaml.content, Content::Map(_)) {
            into.push(item.name(kind)?);
            continue;
        }
        if item.yaml.is_empty() {
            report.lose(&item.place(), kind, "the entry is empty", "name it and import again");
        }
        for (name, details) in item.entries(kind)? {
            let what = format!("{kind} `{}`", name.name);
            into.push(name);
            let mut details = details.section(what)?;
            for key in ["use_entities", "ignore_entities"] {
                let reason = "entities count wherever they are found";
                details.lose(key, report, reason, "limit an input to intents where it matters");
            }
            for key in ["roles", "groups"] {
                let reason = "entities have neither roles nor groups";
                details.lose(key, report, reason, "make an entity of its own of each role");
            }
            let reason = "what Rasa does with it has no twin";
            for key in ["is_retrieval_intent", "influence_conversation", "send_domain"] {
                details.lose(key, report, reason, NOTHING_TO_DO);
            }
            details.finish(report);
        }
    }
    Ok(())
}

fn read_forms(map: Cursor<'_>, project: &mut Project, report: &mut Report) -> Result<(), Error> {
    for (name, value) in map.entries("`forms`")? {
        let mut form = value.section(format!("form `{}`", name.name))?;
        let slots = match form.take_filled("required_slots", report) {
            Some(slots) => slots.names("`required_slots`")?,
            None => {
                let reason = "it requires no slots, so it asks for nothing";
                report.lose(&name.place, format!("form `{}`", name.name), reason, "add inputs where it should ask");
                Vec::new()
            }
        };
        let ignored = match form.take_filled("ignored_intents", report) {
            Some(ignored) => ignored.names("`ignored_intents`")?,
            None => Vec::new(),
        };
        form.finish(report);
        if project.forms.iter().any(|other| other.name.name == name.name) {
            let reason = format!("it is given twice; this one is left out (`{}`)", value.outline());
            report.lose(&name.place, format!("form `{}`", name.name), reason, "keep one of the two");
            continue;
        }
        project.forms.push(Form { name, slots, ignored });
    }
    Ok(())
}

fn read_session(map: Cursor<'_>, project: &mut Project, report: &mut Report) -> Result<(), Error> {
    let mut session = map.section("`session_config`")?;
    if let Some(minutes) = session.take("session_expiration_time") {
        let Content::Number(number) = &minutes.yaml.content else {
            return Err(minutes.fail("`session_expiration_time` takes minutes, 0 for never"));
        };
        project.session.expiration = number.as_f64().map(|number| (number, minutes.place()));
    }
    if let Some(carry_over) = session.take("carry_over_slots_to_new_session") {
        let value = carry_over.boolean("`carry_over_slots_to_new_session`")?;
        project.session.carry_over = Some((value, carry_over.place()));
    }
    session.finish(report);
    Ok(())
}
