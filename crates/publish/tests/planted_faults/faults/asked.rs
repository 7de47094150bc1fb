//! Faults of what is asked: of variables, and of the user.

use greenroom_model::{Code, Severity};
use serde_json::{Value, json};

use super::{at, of_part};
use crate::bot::Bot;
use crate::chance::Chance;
use crate::checked::Found;
use crate::nodes::VARIABLES;

/// A branch of the bot, or a new one; and an end for a new case of it.
fn any_branch(bot: &mut Bot, chance: &mut Chance) -> (String, String, String) {
    let mut branches = bot.nodes("branch");
    if branches.is_empty() || chance.one_in(4) {
        let flow = bot.any_flow(chance);
        let end = bot.attach_end(&flow, chance);
        let cases = json!([{ "when": "four == \"first case\"", "goto": end }]);
        let branch = bot.attach(&flow, json!({ "branch": { "cases": cases } }), chance);
        branches = vec![(flow, branch)];
    }
    let (flow, branch) = chance.pick(&branches).clone();
    let end = bot.attach_end(&flow, chance);
    (flow, branch, end)
}

fn add_case(bot: &mut Bot, flow: &str, branch: &str, when: &str, goto: &str) {
    let cases = bot.content(flow, branch)["cases"].as_array_mut().unwrap();
    cases.push(json!({ "when": when, "goto": goto }));
}

pub(super) fn condition_constant(bot: &mut Bot, chance: &mut Chance) -> Vec<Found> {
    let (flow, branch, end) = any_branch(bot, chance);
    let variable = *chance.pick(&VARIABLES);
    let cases = bot.content(&flow, &branch)["cases"].as_array().unwrap().clone();
    let earlier = chance.pick(&cases)["when"].as_str().unwrap().to_owned();
    let when = match chance.below(6) {
        0 => format!("{variable} == \"a\" and {variable} == \"b\""),
        1 => format!("known({variable}) or not known({variable})"),
        2 => format!("{variable} > 9 and {variable} < 3"),
        3 => "1 == 2".to_owned(),
        4 => format!("({earlier}) and five == \"never asked\""),
        _ => earlier,
    };
    add_case(bot, &flow, &branch, &when, &end);
    vec![at(Code::ConditionConstant, Severity::Warn, &flow, &branch)]
}

pub(super) fn condition_invalid(bot: &mut Bot, chance: &mut Chance) -> Vec<Found> {
    let (flow, branch, end) = any_branch(bot, chance);
    let when = *chance.pick(&["one = 3", "(one", "one ==", "matches(one, \"[\")", "one and", "\"text\"", ""]);
    add_case(bot, &flow, &branch, when, &end);
    vec![at(Code::ConditionInvalid, Severity::Deny, &flow, &branch)]
}

/// A node that asks for a variable in one of the ways there are.
fn ask_for(bot: &mut Bot, variable: &str, chance: &mut Chance) -> (String, String) {
    let shown = format!("{{{{ {variable} }}}}");
    match chance.below(4) {
        0 => {
            let (flow, branch, end) = any_branch(bot, chance);
            add_case(bot, &flow, &branch, &format!("{variable} == \"asked for\""), &end);
            (flow, branch)
        }
        1 => {
            let flow = bot.any_flow(chance);
            let node = bot.attach(&flow, json!({ "action": { "set": { "one": shown } } }), chance);
            (flow, node)
        }
        2 => {
            let flow = bot.any_flow(chance);
            let node = bot.attach(&flow, json!({ "handover": { "note": shown } }), chance);
            (flow, node)
        }
        _ => {
            let flow = bot.any_flow(chance);
            let node = bot.attach(&flow, json!({ "message": { "text": bot.text(&shown) } }), chance);
            (flow, node)
        }
    }
}

pub(super) fn variable_unknown(bot: &mut Bot, chance: &mut Chance) -> Vec<Found> {
    let (flow, node) = match chance.below(4) {
        0 => {
            let flow = bot.any_flow(chance);
            let content = match chance.below(4) {
                0 => json!({ "set": { "ghost": 1 } }),
                1 => json!({ "increment": { "ghost": 1 } }),
                2 => json!({ "clear": ["ghost"] }),
                _ => json!({ "http": { "url": "https://example.org", "into": { "ghost": "" } } }),
            };
            let node = bot.attach(&flow, json!({ "action": content }), chance);
            (flow, node)
        }
        1 => {
            let flow = bot.any_flow(chance);
            let node = bot.attach(&flow, json!({ "input": { "variable": "ghost" } }), chance);
            (flow, node)
        }
        _ => ask_for(bot, "ghost", chance),
    };
    vec![at(Code::VariableUnknown, Severity::Deny, &flow, &node)]
}

pub(super) fn variable_unset(bot: &mut Bot, chance: &mut Chance) -> Vec<Found> {
    bot.parts.insert("flows/variables/hollow".to_owned(), json!({ "name": "Hollow" }));
    if chance.one_in(3) {
        // To take a value away is to set none.
        let flow = bot.any_flow(chance);
        bot.attach(&flow, json!({ "action": { "clear": ["hollow"] } }), chance);
    }
    let (flow, node) = ask_for(bot, "hollow", chance);
    vec![at(Code::VariableUnset, Severity::Warn, &flow, &node)]
}

/// A rule that refuses answers.
fn strict(chance: &mut Chance) -> Value {
    chance
        .pick(&[
            json!({ "email": {} }),
            json!({ "number": {} }),
            json!({ "options": { "values": { "yes": [], "no": [] } } }),
            json!({ "phone": {} }),
        ])
        .clone()
}

pub(super) fn input_without_limit(bot: &mut Bot, chance: &mut Chance) -> Vec<Found> {
    let flow = bot.any_flow(chance);
    let mut content = json!({ "variable": "one", "ask": { "text": bot.text("Well?") }, "accept": [strict(chance)] });
    if chance.one_in(2) {
        content["otherwise"] = json!(bot.attach_end(&flow, chance));
    } else {
        content["interruptions"] = json!("none");
    }
    let node = bot.attach(&flow, json!({ "input": content }), chance);
    vec![at(Code::InputWithoutLimit, Severity::Warn, &flow, &node)]
}

pub(super) fn pattern_invalid(bot: &mut Bot, chance: &mut Chance) -> Vec<Found> {
    let pattern = *chance.pick(&["[A-Z", "(a", "a(?=b)", "(a)\\1", "*a"]);
    if chance.one_in(2) {
        let entity = bot.parts.get_mut("nlp/entities/code").unwrap();
        entity["patterns"].as_array_mut().unwrap().push(json!(pattern));
        return vec![of_part(Code::PatternInvalid, Severity::Deny, "nlp/entities/code")];
    }
    let flow = bot.any_flow(chance);
    let accept = json!([strict(chance), { "regex": { "pattern": pattern } }]);
    let node = bot.attach(&flow, json!({ "input": { "variable": "one", "accept": accept } }), chance);
    vec![at(Code::PatternInvalid, Severity::Deny, &flow, &node)]
}

pub(super) fn entity_unknown(bot: &mut Bot, chance: &mut Chance) -> Vec<Found> {
    if chance.one_in(3) {
        let variable = json!({ "name": "Two", "from_entities": ["ghost"] });
        bot.parts.insert("flows/variables/two".to_owned(), variable);
        return vec![of_part(Code::EntityUnknown, Severity::Deny, "flows/variables/two")];
    }
    let flow = bot.any_flow(chance);
    let accept = json!([strict(chance), { "entity": { "entity": "ghost" } }]);
    let node = bot.attach(&flow, json!({ "input": { "variable": "one", "accept": accept } }), chance);
    vec![at(Code::EntityUnknown, Severity::Deny, &flow, &node)]
}

pub(super) fn handler_unknown(bot: &mut Bot, chance: &mut Chance) -> Vec<Found> {
    let flow = bot.any_flow(chance);
    let content = if chance.one_in(2) {
        json!({ "action": { "call": "ghost" } })
    } else {
        json!({ "input": { "variable": "one", "accept": [{ "handler": { "handler": "ghost" } }] } })
    };
    let node = bot.attach(&flow, content, chance);
    vec![at(Code::HandlerUnknown, Severity::Deny, &flow, &node)]
}
