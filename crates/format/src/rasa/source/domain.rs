//! The domain but for its slots: intents, entities, responses, actions, forms, sessions.

use super::super::cursor::{Cursor, Section};
use super::super::report::{NOTHING_TO_DO, Named, Place, Report};
use super::super::yaml::Content;
use super::{Project, slots};
use crate::Error;

/// A response: what the bot says under a name, in variants.
#[derive(Debug)]
pub(in super::super) struct Response {
    pub(in super::super) name: Named,
    pub(in super::super) variants: Vec<Variant>,
}

/// One way to say a response.
#[derive(Debug)]
pub(in super::super) struct Variant {
    pub(in super::super) text: Named,
    pub(in super::super) buttons: Vec<SourceButton>,
}

/// A button under a response.
#[derive(Debug)]
pub(in super::super) struct SourceButton {
    pub(in super::super) title: String,
    /// `/intent{"entity": "value"}`, or a text that counts as the user's.
    pub(in super::super) payload: Named,
    /// Whether the payload is an address to open.
    pub(in super::super) is_url: bool,
}

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
        read_responses(map, project, report)?;
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

fn read_responses(map: Cursor<'_>, project: &mut Project, report: &mut Report) -> Result<(), Error> {
    for (name, variants) in map.entries("`responses`")? {
        let what = format!("response `{}`", name.name);
        let mut found = Vec::new();
        for variant in variants.list(&what)? {
            if let Some(variant) = read_variant(variant, &what, report)? {
                found.push(variant);
            }
        }
        if found.is_empty() {
            report.lose(&name.place, what, "nothing is left of it that can be said", "write a text where it is needed");
        }
        match project.responses.iter_mut().find(|response| response.name.name == name.name) {
            Some(response) => {
                let reason = "it is given twice; all texts of both are kept";
                report.lose(&name.place, format!("response `{}`", name.name), reason, "keep what should be said");
                response.variants.extend(found);
            }
            None => project.responses.push(Response { name, variants: found }),
        }
    }
    Ok(())
}

fn read_variant(item: Cursor<'_>, what: &str, report: &mut Report) -> Result<Option<Variant>, Error> {
    let mut variant = item.section(what)?;
    let Some(text) = variant.take("text") else {
        let reason = format!("a variant has no text (`{}`)", item.outline());
        report.lose(&item.place(), what, reason, "say it in words, or let a handler say it");
        return Ok(None);
    };
    for (key, advice) in
        [("channel", "say it in words that serve every channel"), ("condition", "put a branch before the message")]
    {
        if let Some(reason) = variant.take(key) {
            let reason =
                format!("a variant has a `{key}` of `{}` and is left out (`{}`)", reason.outline(), item.outline());
            report.lose(&item.place(), what, reason, advice);
            return Ok(None);
        }
    }
    let text = Named { name: text.text("`text`")?, place: text.place() };
    let mut buttons = Vec::new();
    if let Some(list) = variant.take_filled("buttons", report) {
        for button in list.list("`buttons`")? {
            buttons.extend(read_button(button, what, report)?);
        }
    }
    for key in ["image", "attachment", "custom", "elements", "quick_replies", "id", "button_type", "metadata"] {
        variant.lose(key, report, "messages are texts with buttons", "say it in words, or let a handler say it");
    }
    variant.finish(report);
    Ok(Some(Variant { text, buttons }))
}

fn read_button(item: Cursor<'_>, what: &str, report: &mut Report) -> Result<Option<SourceButton>, Error> {
    let mut button = item.section(format!("a button of {what}"))?;
    let title = button.take("title").map(|title| title.text("`title`")).transpose()?;
    let (payload, is_url) = match (button.take("payload"), button.take("url")) {
        (None, Some(url)) => (Some(url), true),
        (payload, url) => {
            if let Some(url) = url {
                let reason = format!("a button has both `payload` and `url`; `{}` is left out", url.outline());
                report.lose(&url.place(), what, reason, "make two buttons of it");
            }
            (payload, false)
        }
    };
    let (Some(title), Some(payload)) = (title.filter(|title| !title.trim().is_empty()), payload) else {
        let reason = format!("a button needs `title` and `payload` (`{}`)", item.outline());
        report.lose(&item.place(), what, reason, "give it both and import again");
        return Ok(None);
    };
    button.lose("type", report, "the kind of a button follows from what it does", NOTHING_TO_DO);
    button.finish(report);
    let payload = Named { name: payload.text("`payload`")?, place: payload.place() };
    Ok(Some(SourceButton { title, payload, is_url }))
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
