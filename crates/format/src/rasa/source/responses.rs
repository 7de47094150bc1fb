//! `responses:`: what the bot says, in variants.

use serde_json::Value;

use super::super::cursor::{Cursor, Section};
use super::super::report::{NOTHING_TO_DO, Named, Place, Report};
use super::{Expected, Project, SlotCondition};
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
    pub(in super::super) place: Place,
    pub(in super::super) text: Option<Named>,
    pub(in super::super) buttons: Vec<SourceButton>,
    pub(in super::super) quick_replies: Vec<SourceButton>,
    /// The address of a picture.
    pub(in super::super) image: Option<Named>,
    /// What one kind of channel gets.
    pub(in super::super) custom: Option<Value>,
    /// What slots must be, all of them.
    pub(in super::super) conditions: Vec<SlotCondition>,
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

pub(super) fn read(map: Cursor<'_>, project: &mut Project, report: &mut Report) -> Result<(), Error> {
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
    let lost = |report: &mut Report, reason: &str, advice: &str| {
        report.lose(&item.place(), what, format!("{reason} (`{}`)", item.outline()), advice);
    };
    if let Some(channel) = variant.take("channel") {
        // A payload for the REST channel is said there alone; a text of another is none of a message's.
        let is_rest = channel.yaml.to_json() == "rest" && variant.has("custom") && !variant.has("text");
        if !is_rest {
            let reason = format!("a variant for the `channel` `{}` is left out", channel.outline());
            lost(report, &reason, "say it in words that serve every channel");
            return Ok(None);
        }
    }
    let conditions = match variant.take_filled("condition", report) {
        Some(conditions) => match read_conditions(conditions)? {
            Some(conditions) => conditions,
            None => {
                lost(
                    report,
                    "a variant has a condition that no branch can check; it is left out",
                    "put a branch before the message",
                );
                return Ok(None);
            }
        },
        None => Vec::new(),
    };
    let text = match variant.take("text") {
        Some(text) => Some(Named { name: text.text("`text`")?, place: text.place() }),
        None => None,
    };
    let image = variant.take_filled("image", report).map(|image| image.name("`image`")).transpose()?;
    let custom = variant.take_filled("custom", report).map(|custom| custom.yaml.to_json());
    let mut buttons = Vec::new();
    let mut quick_replies = Vec::new();
    for (key, into) in [("buttons", &mut buttons), ("quick_replies", &mut quick_replies)] {
        if let Some(list) = variant.take_filled(key, report) {
            for button in list.list(&format!("`{key}`"))? {
                into.extend(read_button(button, what, report)?);
            }
        }
    }
    for key in ["attachment", "elements"] {
        variant.lose(
            key,
            report,
            "each of Rasa's channels has its own form of it",
            "add the file or the cards to the message",
        );
    }
    for key in ["id", "button_type", "metadata"] {
        variant.lose(key, report, "what Rasa does with it has no twin", NOTHING_TO_DO);
    }
    variant.finish(report);
    if text.is_none() && image.is_none() && custom.is_none() {
        lost(report, "a variant has neither text nor picture nor payload", "say it in words, or let a handler say it");
        return Ok(None);
    }
    Ok(Some(Variant { place: item.place(), text, buttons, quick_replies, image, custom, conditions }))
}

/// `- {type: slot, name: …, value: …}`, all of which must hold; `None` where one is of another kind.
fn read_conditions(conditions: Cursor<'_>) -> Result<Option<Vec<SlotCondition>>, Error> {
    let mut found = Vec::new();
    for item in conditions.list("`condition`")? {
        let mut condition = item.section("a condition")?;
        let is_slot = condition.take("type").is_some_and(|kind| kind.yaml.to_json() == "slot");
        let (Some(name), Some(value)) = (condition.take("name"), condition.take("value")) else { return Ok(None) };
        let expected = match value.yaml.to_json() {
            Value::Null => Expected::NotSet,
            value @ (Value::Bool(_) | Value::Number(_) | Value::String(_)) => Expected::Value(value),
            _ => return Ok(None),
        };
        if !is_slot || condition.is_not_empty() {
            return Ok(None);
        }
        found.push(SlotCondition { slot: name.name("`name`")?, expected });
    }
    Ok(Some(found))
}

fn read_button(item: Cursor<'_>, what: &str, report: &mut Report) -> Result<Option<SourceButton>, Error> {
    let mut button: Section<'_> = item.section(format!("a button of {what}"))?;
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
    for key in ["type", "content_type"] {
        button.lose(key, report, "the kind of a button follows from what it does", NOTHING_TO_DO);
    }
    button.finish(report);
    let payload = Named { name: payload.text("`payload`")?, place: payload.place() };
    Ok(Some(SourceButton { title, payload, is_url }))
}
