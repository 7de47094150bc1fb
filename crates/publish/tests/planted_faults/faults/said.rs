//! Faults of what the bot says and shows.

use greenroom_model::{Code, Severity};
use serde_json::json;

use super::at;
use crate::bot::Bot;
use crate::chance::Chance;
use crate::checked::Found;

/// A message of the bot, or a new one.
fn any_message(bot: &mut Bot, chance: &mut Chance) -> (String, String) {
    let messages = bot.nodes("message");
    if messages.is_empty() || chance.one_in(4) {
        let flow = bot.any_flow(chance);
        let node = bot.attach(&flow, json!({ "message": { "text": bot.text("New") } }), chance);
        return (flow, node);
    }
    chance.pick(&messages).clone()
}

pub(super) fn translation_missing(bot: &mut Bot, chance: &mut Chance) -> Vec<Found> {
    let language = *chance.pick(&bot.languages.clone());
    let inputs: Vec<(String, String)> =
        bot.nodes("input").into_iter().filter(|(_, node)| node.starts_with("node_")).collect();
    let (flow, node) = match chance.below(4) {
        0 if !inputs.is_empty() => {
            let (flow, node) = chance.pick(&inputs).clone();
            let place = *chance.pick(&["/ask/text", "/retry"]);
            let text = bot.content(&flow, &node).pointer_mut(place).unwrap();
            text.as_object_mut().unwrap().remove(language);
            (flow, node)
        }
        1 => {
            let (flow, node) = any_message(bot, chance);
            bot.add_button(&flow, &node, json!({ "url": "https://example.org" }));
            let buttons = bot.content(&flow, &node)["buttons"].as_array_mut().unwrap();
            buttons.last_mut().unwrap()["title"].as_object_mut().unwrap().remove(language);
            (flow, node)
        }
        2 => {
            let (flow, node) = any_message(bot, chance);
            let mut title = bot.text("Shown");
            title.as_object_mut().unwrap().remove(language);
            bot.content(&flow, &node)["content"] = json!([{ "card": { "title": title } }]);
            (flow, node)
        }
        _ => {
            let (flow, node) = any_message(bot, chance);
            bot.content(&flow, &node)["text"].as_object_mut().unwrap().remove(language);
            (flow, node)
        }
    };
    vec![at(Code::TranslationMissing, Severity::Warn, &flow, &node)]
}

pub(super) fn button_without_target(bot: &mut Bot, chance: &mut Chance) -> Vec<Found> {
    let (flow, node) = match chance.below(5) {
        0 => {
            let (flow, node) = any_message(bot, chance);
            bot.add_button(&flow, &node, json!({ "url": " " }));
            (flow, node)
        }
        1 => {
            let (flow, node) = any_message(bot, chance);
            bot.add_button(&flow, &node, json!({ "payload": "" }));
            (flow, node)
        }
        2 => {
            let (flow, node) = any_message(bot, chance);
            let intent = bot.intent();
            bot.add_button(&flow, &node, json!({ "intent": { "intent": intent } }));
            (flow, node)
        }
        // Where a flow comes back to another, that one may take what is sent.
        3 => {
            let flow = bot.any_main_flow(chance);
            let node = bot.attach(&flow, json!({ "message": { "text": bot.text("Press") } }), chance);
            bot.add_button(&flow, &node, json!({ "payload": "nobody hears this" }));
            (flow, node)
        }
        _ => {
            let flow = bot.any_main_flow(chance);
            let asking = json!({ "variable": "one", "attempts": 2, "accept": [{ "email": {} }] });
            let input = bot.attach(&flow, json!({ "input": asking }), chance);
            let node = bot.attach(&flow, json!({ "message": { "text": bot.text("Press"), "next": input } }), chance);
            bot.add_button(&flow, &node, json!({ "payload": "no address" }));
            (flow, node)
        }
    };
    vec![at(Code::ButtonWithoutTarget, Severity::Warn, &flow, &node)]
}

pub(super) fn template_invalid(bot: &mut Bot, chance: &mut Chance) -> Vec<Found> {
    let broken = *chance.pick(&["Hello {{ one", "{% if one %}", "{{ one | shout }}", "{{ One }}", "{% endif %}"]);
    let (flow, node) = match chance.below(3) {
        0 => {
            let (flow, node) = any_message(bot, chance);
            let language = *chance.pick(&bot.languages.clone());
            bot.content(&flow, &node)["text"][language] = json!(["fine", broken]);
            (flow, node)
        }
        1 => {
            let flow = bot.any_flow(chance);
            let node = bot.attach(&flow, json!({ "action": { "set": { "one": broken } } }), chance);
            (flow, node)
        }
        _ => {
            let (flow, node) = any_message(bot, chance);
            bot.add_button(&flow, &node, json!({ "url": "https://example.org" }));
            let language = bot.languages[0];
            let buttons = bot.content(&flow, &node)["buttons"].as_array_mut().unwrap();
            buttons.last_mut().unwrap()["title"][language] = json!(broken);
            (flow, node)
        }
    };
    vec![at(Code::TemplateInvalid, Severity::Deny, &flow, &node)]
}

/// A text that says a part of a sensitive value; beside it, what is well.
pub(super) fn sensitive_derived(bot: &mut Bot, chance: &mut Chance) -> Vec<Found> {
    let sensitive = json!({ "name": "Secret", "sensitive": true, "default": "4711" });
    bot.parts.insert("flows/variables/secret".to_owned(), sensitive.clone());
    bot.parts.insert("flows/variables/ending".to_owned(), sensitive);
    let part = *chance.pick(&[
        "{{ secret | last }}",
        "{{ secret[2:] }}",
        "{% for letter in secret %}{{ letter }}-{% endfor %}",
        "{{ one if one else secret | first }}",
    ]);
    let flow = bot.any_flow(chance);
    bot.attach(&flow, json!({ "action": { "set": { "ending": part } } }), chance);
    let as_it_is = json!({ "text": bot.text("{{ ending }} of {{ secret | default('none') | upper }}") });
    bot.attach(&flow, json!({ "message": as_it_is }), chance);
    let node = match chance.below(3) {
        0 => {
            let node = bot.attach(&flow, json!({ "message": { "text": bot.text("Press") } }), chance);
            bot.add_button(&flow, &node, json!({ "url": "https://example.org" }));
            let language = bot.languages[0];
            let buttons = bot.content(&flow, &node)["buttons"].as_array_mut().unwrap();
            buttons.last_mut().unwrap()["title"][language] = json!(part);
            node
        }
        1 => bot.attach(&flow, json!({ "handover": { "note": part } }), chance),
        _ => bot.attach(&flow, json!({ "message": { "text": bot.text(part) } }), chance),
    };
    vec![at(Code::SensitiveDerived, Severity::Warn, &flow, &node)]
}
