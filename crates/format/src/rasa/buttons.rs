//! Buttons of responses, and what pressing them means.

use std::collections::BTreeMap;

use greenroom_model::EntityId;
use greenroom_model::document::{Button, ButtonAction};
use serde_json::Value;

use super::import::Import;
use super::markup::plain;
use super::report::{NOTHING_TO_DO, Named};
use super::responses::MOST;
use super::source::{SourceButton, Variant};
use super::template;

/// The buttons of variants, which all show those of the first that has some.
pub(super) fn same_buttons(
    import: &mut Import<'_>,
    construct: &str,
    variants: &[&Variant],
    of: fn(&Variant) -> &Vec<SourceButton>,
) -> Vec<Button> {
    let mut buttons: Option<Vec<Button>> = None;
    for variant in variants.iter().filter(|variant| !of(variant).is_empty()) {
        let mut translated: Vec<Button> =
            of(variant).iter().filter_map(|button| translate_button(import, button, construct)).collect();
        if translated.len() > MOST {
            let reason = format!("it has {} buttons; the first {MOST} are kept", translated.len());
            import.report.lose(&variant.place, construct.to_owned(), reason, "ask in two steps");
            translated.truncate(MOST);
        }
        match &buttons {
            None => buttons = Some(translated),
            Some(first) if *first == translated => {}
            Some(_) => {
                let titles: Vec<&str> = of(variant).iter().map(|button| button.title.as_str()).collect();
                let reason = format!("its variants have different buttons; `{}` are left out", titles.join("`, `"));
                import.report.lose(&variant.place, construct.to_owned(), reason, "make a message of its own of it");
            }
        }
    }
    let without = variants.iter().find(|variant| of(variant).is_empty());
    if let (Some(_), Some(without)) = (&buttons, without) {
        let reason = "some of its variants have buttons; all show them";
        import.report.lose(&without.place, construct.to_owned(), reason, "make a message of its own of those without");
    }
    buttons.unwrap_or_default()
}

fn translate_button(import: &mut Import<'_>, button: &SourceButton, construct: &str) -> Option<Button> {
    let payload = &button.payload.name;
    let action = if button.is_url {
        ButtonAction::Url(template::write(&template::pieces(payload), |slot| {
            import.variable(slot, &button.payload.place).to_string()
        }))
    } else if let Some(intent) = payload.strip_prefix('/') {
        intent_action(import, &button.payload, intent, construct)?
    } else {
        let reason = format!("pressing `{}` counts as saying `{payload}`; here it sends that payload", button.title);
        import.report.lose(&button.payload.place, construct, reason, "let it stand for an intent");
        ButtonAction::Payload(payload.clone())
    };
    let title = template::write(&template::pieces(&button.title), |slot| {
        import.variable(slot, &button.payload.place).to_string()
    });
    Some(Button { title: BTreeMap::from([(import.language.clone(), title)]), action })
}

/// `/intent{"entity": "value"}`.
fn intent_action(import: &mut Import<'_>, payload: &Named, text: &str, construct: &str) -> Option<ButtonAction> {
    let (name, rest) = text.split_at(text.find('{').unwrap_or(text.len()));
    let name = name.trim();
    if name.is_empty() || name.contains('(') {
        let reason = format!("the payload `{}` names no intent; its button is left out", payload.name);
        import.report.lose(&payload.place, construct, reason, "add a button that does what it should");
        return None;
    }
    let named = Named { name: name.to_owned(), place: payload.place.clone() };
    let intent = import.needed_intents(&named).into_iter().next()?;
    let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
    let first = values.next();
    let after = rest.get(values.byte_offset()..).unwrap_or_default().trim();
    let mut entities: BTreeMap<EntityId, String> = BTreeMap::new();
    match first {
        Some(Ok(Value::Object(object))) => {
            for (entity, value) in object {
                let entity = Named { name: entity, place: payload.place.clone() };
                entities.insert(import.entity(&entity), plain(value));
            }
            if !after.is_empty() {
                let reason = format!("`{after}` behind the payload is left out, as Rasa does");
                import.report.lose(&payload.place, construct, reason, NOTHING_TO_DO);
            }
        }
        None => {}
        Some(_) => {
            let reason = format!("the entities of the payload `{}` do not read; they are left out", payload.name);
            import.report.lose(&payload.place, construct, reason, "write them as a JSON object");
        }
    }
    Some(ButtonAction::Intent { intent, entities })
}
