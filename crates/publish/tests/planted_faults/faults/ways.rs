//! Faults of the ways between nodes.

use greenroom_model::{Code, Severity};
use serde_json::json;

use super::{at, of_part};
use crate::bot::Bot;
use crate::chance::Chance;
use crate::checked::Found;

/// One or two nodes to which nothing leads, though they lead on.
pub(super) fn unreachable_node(bot: &mut Bot, chance: &mut Chance) -> Vec<Found> {
    let flow = bot.any_flow(chance);
    let mut severity = Severity::Deny;
    if chance.one_in(4) {
        // Then a variable may name the node.
        let other = bot.any_flow(chance);
        bot.attach(&other, json!({ "jump": { "to": { "variable": "one" } } }), chance);
        severity = Severity::Warn;
    }
    let found = |node: &str| at(Code::UnreachableNode, severity, &flow, node);
    let isle = json!({ "message": { "text": bot.text("Nobody sees this"), "next": "node_0" } });
    match chance.below(4) {
        0 => {
            bot.add(&flow, "isle", json!({ "action": { "set": { "one": "x" }, "next": "isle_two" } }));
            bot.add(&flow, "isle_two", isle);
            vec![found("isle"), found("isle_two")]
        }
        1 => {
            // A jump of the flow to itself leads nowhere else.
            bot.add(&flow, "isle", json!({ "jump": { "to": { "flow": flow, "node": "isle_two" } } }));
            bot.add(&flow, "isle_two", isle);
            vec![found("isle"), found("isle_two")]
        }
        2 => {
            let wait = json!({ "input": { "variable": "one", "next": "isle" } });
            bot.add(&flow, "isle", wait);
            vec![found("isle")]
        }
        _ => {
            bot.add(&flow, "isle", isle);
            vec![found("isle")]
        }
    }
}

/// Nodes that lead round and wait for nobody.
pub(super) fn no_way_out(bot: &mut Bot, chance: &mut Chance) -> Vec<Found> {
    let flow = bot.any_flow(chance);
    let message = |bot: &Bot, next: &str| json!({ "message": { "text": bot.text("Round"), "next": next } });
    let first = match chance.below(4) {
        0 => {
            bot.add(&flow, "ring", message(bot, "ring"));
            "ring"
        }
        1 => {
            bot.add(&flow, "ring", json!({ "jump": { "to": { "flow": flow, "node": "ring" } } }));
            "ring"
        }
        2 => {
            let cases = json!([{ "when": "one == \"a\"", "goto": "ring_b" }]);
            bot.add(&flow, "ring_a", json!({ "branch": { "cases": cases, "else": "ring_c" } }));
            bot.add(&flow, "ring_b", message(bot, "ring_c"));
            bot.add(&flow, "ring_c", json!({ "action": { "increment": { "count": 1 }, "next": "ring_a" } }));
            "ring_a"
        }
        _ => {
            bot.add(&flow, "ring_a", message(bot, "ring_b"));
            // A button is no way out where nobody can press it.
            bot.add(&flow, "ring_b", message(bot, "ring_a"));
            bot.add_button(&flow, "ring_b", json!({ "goto": "node_0" }));
            "ring_a"
        }
    };
    bot.lead_to(&flow, first, chance);
    vec![at(Code::NoWayOut, Severity::Deny, &flow, first)]
}

/// A loop that a condition leaves, but nothing on the way changes what it asks.
pub(super) fn loop_without_input(bot: &mut Bot, chance: &mut Chance) -> Vec<Found> {
    let flow = bot.any_flow(chance);
    let out = bot.attach_end(&flow, chance);
    let when = *chance.pick(&["one == \"stop\"", "known(two) and not three", "language == \"de\"", "count > 9"]);
    let middle = match chance.below(3) {
        0 => json!({ "action": { "set": { "five": "x" }, "next": "round_a" } }),
        1 => json!({ "event": { "event": "told", "next": "round_a" } }),
        _ => json!({ "message": { "text": bot.text("Wait"), "next": "round_a" } }),
    };
    bot.add(&flow, "round_a", json!({ "branch": { "cases": [{ "when": when, "goto": out }], "else": "round_b" } }));
    bot.add(&flow, "round_b", middle);
    bot.lead_to(&flow, chance_of("round_a", "round_b", chance), chance);
    vec![at(Code::LoopWithoutInput, Severity::Warn, &flow, "round_a")]
}

fn chance_of<'a>(one: &'a str, other: &'a str, chance: &mut Chance) -> &'a str {
    if chance.one_in(2) { one } else { other }
}

/// A way to what is not there.
pub(super) fn target_missing(bot: &mut Bot, chance: &mut Chance) -> Vec<Found> {
    let flow = bot.any_flow(chance);
    let deny = |node: &str| vec![at(Code::TargetMissing, Severity::Deny, &flow, node)];
    let text = bot.text("On");
    match chance.below(9) {
        0 => {
            bot.add_trigger(&flow, json!({ "link": "gone_link", "node": "gone" }));
            vec![of_part(Code::TargetMissing, Severity::Deny, &format!("flows/{flow}"))]
        }
        1 => {
            bot.parts.insert("flows/hollow".to_owned(), json!({ "name": "Hollow", "start": "gone", "nodes": {} }));
            vec![of_part(Code::TargetMissing, Severity::Deny, "flows/hollow")]
        }
        2 => {
            let to = json!({ "flow": "gone" });
            deny(&bot.attach(&flow, json!({ "jump": { "to": to, "return": chance.one_in(2) } }), chance))
        }
        3 => {
            let other = bot.any_flow(chance);
            let to = json!({ "flow": other, "node": "gone" });
            deny(&bot.attach(&flow, json!({ "jump": { "to": to } }), chance))
        }
        4 => {
            let cases = json!([{ "when": "one == \"a\"", "goto": "gone" }]);
            deny(&bot.attach(&flow, json!({ "branch": { "cases": cases } }), chance))
        }
        5 => {
            let call = json!({ "http": { "url": "https://example.org" }, "on_error": "gone" });
            deny(&bot.attach(&flow, json!({ "action": call }), chance))
        }
        6 => deny(&bot.attach(&flow, json!({ "wait": { "seconds": 5, "on_timeout": "gone" } }), chance)),
        7 => {
            let node = bot.attach(&flow, json!({ "message": { "text": text } }), chance);
            bot.add_button(&flow, &node, json!({ "goto": "gone" }));
            deny(&node)
        }
        _ => deny(&bot.attach(&flow, json!({ "message": { "text": text, "next": "gone" } }), chance)),
    }
}

/// A jump with return to a flow that never ends and leads back to the jump.
pub(super) fn jump_stack_grows(bot: &mut Bot, chance: &mut Chance) -> Vec<Found> {
    let flow = bot.any_flow(chance);
    let others: Vec<String> = bot.flows().into_iter().filter(|other| *other != flow).collect();
    let other = chance.pick(&others).clone();
    let after = chance.one_in(2).then(|| bot.attach_end(&flow, chance));
    let down = json!({ "jump": { "to": { "flow": other, "node": "back" }, "return": true, "next": after } });
    bot.add(&flow, "down", down);
    let up = json!({ "jump": { "to": { "flow": flow, "node": "down" } } });
    match chance.below(3) {
        0 => bot.add(&other, "back", up),
        1 => {
            let ask = json!({ "variable": "one", "ask": { "text": bot.text("Again?") }, "next": "back_up" });
            bot.add(&other, "back", json!({ "input": ask }));
            bot.add(&other, "back_up", up);
        }
        _ => {
            let cases = json!([{ "when": "one == \"a\"", "goto": "back_up" }]);
            bot.add(&other, "back", json!({ "branch": { "cases": cases, "else": "back_up" } }));
            bot.add(&other, "back_up", up);
        }
    }
    bot.lead_to(&flow, "down", chance);
    vec![at(Code::JumpStackGrows, Severity::Warn, &flow, "down")]
}
