//! Tests of playing: what passes, what is told of what does not.

use serde_json::{Value, json};

use crate::sample::{bot, parts, test, whole_test};

/// What is told of a test of these turns, a line each.
fn told(turns: Value) -> Vec<String> {
    lines(&bot(&parts()).play(&test(turns)))
}

fn lines(outcome: &crate::TestOutcome) -> Vec<String> {
    let told = |mismatch: &crate::Mismatch| {
        format!("{} {}: {} / {}", mismatch.turn, mismatch.what, mismatch.expected, mismatch.found)
    };
    outcome.mismatches.iter().map(told).collect()
}

#[test]
fn a_test_that_says_all_that_happens_passes() {
    let found = told(json!([
        { "start": true, "expect": { "replies": [{ "one_of": ["Hello!", "Good day!"], "buttons": ["Order", "A person", "Site"] }],
            "node": "welcome/hello", "language": "en", "handed_over": false } },
        { "press": "Order", "expect": { "replies": ["What size?"], "node": "order/size" } },
        { "say": "60", "expect": { "replies": [{ "matches": "^1 to \\d+" }, { "contains": "size" }], "intent": "none", "variables": { "size": null } } },
        { "say": "40", "answers": { "price": { "variables": { "price": 12.0 }, "replies": ["I asked."] } }, "expect": {
            "replies": ["I asked.", "That is 12.", "Bye."], "calls": [{ "call": "price", "with": { "size": 40 } }],
            "variables": { "price": 12 }, "contexts": { "ordering": 2 } } },
        { "say": "what?", "expect": { "contexts": { "ordering": true }, "entities": { "size": null } } },
        { "event": "paid", "expect": { "replies": ["Thank you."] } },
        { "say": "and?", "expect": { "contexts": { "ordering": false } } },
    ]));
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn all_that_is_not_as_expected_is_told_at_once() {
    let found = told(json!([
        { "start": true, "expect": { "replies": ["Bonjour!"], "node": "welcome/bye", "language": "nl", "handed_over": true,
            "contexts": { "ordering": 1 } } },
        { "press": "Order", "expect": { "replies": ["What size?", "And when?"], "calls": ["price"], "variables": { "size": 1 } } },
        { "say": "hm", "expect": { "intent": "order", "entities": { "size": "xl" }, "replies": [
            { "matches": "(" }, { "text": "What size?", "buttons": ["XL"] }] } },
    ]));
    assert_eq!(
        found,
        [
            "1 replies.1: \"Bonjour!\" / \"Hello!\"",
            "1 node: welcome/bye / welcome/hello",
            "1 language: nl / en",
            "1 contexts.ordering: active for 1 turn / not active",
            "1 handed_over: a person has taken over / the bot answers",
            "2 replies: [\"What size?\", \"And when?\"] / [\"What size?\"]",
            "2 variables.size: 1 / null",
            "2 calls: [price] / []",
            "3 replies.1: a text that matches `(` / \"1 to 50.\"",
            "3 replies.2: \"What size?\" with the buttons [\"XL\"] / \"What size?\" with the buttons []",
            "3 intent: order / none",
            "3 entities.size: xl / none",
        ]
        .map(|line| line.replace("xl / none", "\"xl\" / none"))
    );
}

#[test]
fn each_mismatch_says_what_its_author_can_do() {
    let outcome = bot(&parts()).play(&test(json!([
        { "start": true, "expect": { "replies": ["Bonjour!"] } },
        { "say": "hm", "expect": { "intent": "order" } },
        { "press": "Order", "expect": {} },
        { "say": "3" },
    ])));
    let help: Vec<&str> = outcome.mismatches.iter().map(|mismatch| mismatch.help.as_str()).collect();
    assert_eq!(
        help,
        [
            "where the new answer is right, put it into the test; else the turn passed `welcome/hello`",
            "the bot has no intent `order`, nor any other; take it out of the test, or make it",
            "press a button that is shown, or give the bot this one; the test ends here, 1 more turn(s) are not played",
        ]
    );
}

#[test]
fn a_name_that_the_bot_does_not_have_is_told_as_such() {
    let outcome = bot(&parts()).play(&test(json!([
        { "start": true, "expect": { "intent": "ordr", "entities": { "siez": "xl" }, "variables": { "prise": 1 }, "node": "welcom/hello" } },
        { "start": true, "expect": { "node": "welcome/helo" } },
        { "start": true, "expect": { "node": "hello" } },
    ])));
    let help: Vec<&str> = outcome.mismatches.iter().map(|mismatch| mismatch.help.as_str()).collect();
    assert_eq!(
        help,
        [
            "the bot has no intent `ordr`, nor any other; take it out of the test, or make it",
            "the bot has no entity `siez`, nor any other; take it out of the test, or make it",
            "the bot has no flow `welcom`; it has `lost`, `order`, `track`, `welcome`",
            "the bot has no variable `prise`; it has `customer`, `parcel`, `place`, `price`, `size`",
            "the flow `welcome` has no node `helo`; name one that it has",
            "`hello` names no place; write `FLOW/NODE`, or `none`",
        ]
    );
}

#[test]
fn a_handler_that_fails_takes_the_way_of_errors() {
    let found = told(json!([
        { "start": true },
        { "press": "Order" },
        { "say": "4", "answers": { "price": { "fails": "too slow" } }, "expect": { "replies": ["We cannot tell the price.", "Bye."] } },
    ]));
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn answers_come_in_turn_and_those_of_a_turn_go_before_those_of_the_test() {
    let order = |expect: &str| json!({ "say": "4", "expect": { "replies": [expect, "Bye."] } });
    let mut special = order("We cannot tell the price.");
    special["answers"] = json!({ "price": { "fails": "now" } });
    let turns: Vec<Value> = [order("That is 11."), special, order("30, that is dear."), order("30, that is dear.")]
        .into_iter()
        .flat_map(|turn| [json!({ "start": true }), json!({ "press": "Order" }), turn])
        .collect();
    let answers = json!({ "price": [{ "variables": { "price": 11 } }, { "variables": { "price": 30 } }] });
    let found = bot(&parts()).play(&whole_test(json!({ "name": "T", "answers": answers, "turns": turns })));
    assert_eq!(lines(&found), Vec::<String>::new());
}

#[test]
fn an_answer_that_a_turn_gives_must_be_asked_for() {
    let found = told(json!([{ "start": true, "answers": { "price": { "fails": "x" } } }]));
    assert_eq!(found, ["1 answers.price: a call / []"]);
}

#[test]
fn what_is_given_holds_when_the_conversation_begins() {
    let given = json!({ "variables": { "customer": "Ann" }, "contexts": { "ordering": 3 } });
    let turns = json!([
        { "start": true, "expect": { "replies": ["Hallo!"], "contexts": { "ordering": 3 } } },
        { "press": "goto:welcome/person", "expect": { "replies": ["One moment."], "handed_over": true } },
        { "say": "hello?", "expect": { "replies": [] } },
        { "resume": true, "expect": { "replies": ["Bye, Ann."], "handed_over": false } },
    ]);
    let test = whole_test(json!({ "name": "T", "language": "nl", "given": given, "turns": turns }));
    assert_eq!(lines(&bot(&parts()).play(&test)), Vec::<String>::new());
}

#[test]
fn a_flow_that_calls_forever_ends_its_turn() {
    let mut parts = parts();
    parts.insert(
        "flows/order",
        json!({ "name": "Order", "start": "a", "nodes": { "a": { "action": { "call": "price", "next": "a" } } } }),
    );
    let outcome = bot(&parts).play(&test(json!([{ "start": true }, { "press": "Order", "expect": { "calls": [] } }])));
    assert_eq!(outcome.mismatches.len(), 1);
}

#[test]
fn requests_checks_and_events_are_answered_and_expected() {
    let found = told(json!([
        { "link": "track", "expect": { "replies": ["Which parcel?"] } },
        { "say": "??", "answers": { "check": { "valid": false } }, "expect": { "replies": ["Which parcel?"], "calls": ["check"] } },
        { "say": "no 1", "answers": { "check": { "valid": true, "value": "n1" }, "track/look": { "body": { "place": "Ghent" } } },
            "expect": { "replies": ["n1 is in Ghent."], "raised": ["tracked"], "node": "track/until", "calls": ["check",
                { "call": "track/look", "url": "https://post.example/n1", "body": { "id": "n1" }, "with": { "parcel": "n1" } }] } },
        { "timeout": true, "expect": { "replies": ["Not yet."] } },
        { "say": "Track!", "expect": { "replies": ["Which parcel?"] } },
        { "say": "n2", "answers": { "track/look": { "status": 404 } }, "expect": { "replies": ["Nobody knows."], "raised": [] } },
        { "disabled": true, "expect": { "replies": ["Thank you."] } },
    ]));
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn what_a_request_should_have_been_is_told() {
    let found = told(json!([
        { "link": "track" },
        { "say": "n1", "expect": { "raised": [], "calls": ["check", { "call": "track/look", "url": "https://post.example/2", "body": 3 }] } },
        { "say": "x", "expect": {} },
        { "timeout": true }, { "timeout": true }, { "say": "never played" },
    ]));
    assert_eq!(
        found,
        [
            "2 calls: [check, track/look with url = https://post.example/2, body = 3] / [check, track/look with url = https://post.example/n1, body = {\"id\":\"n1\"}]",
            "2 raised: [] / [tracked]",
            "5 timeout: a time that is waited for / none",
        ]
    );
}

/// The sample with a start that says something made for one channel.
fn with_raw() -> crate::Bot {
    let mut parts = parts();
    parts.insert(
        "flows/welcome",
        json!({ "name": "Welcome", "start": "hello", "triggers": [{ "system": "introduction" }], "nodes": { "hello": { "message": {
            "text": {}, "content": [{ "raw": { "channel": "web_chat", "json": { "confetti": "{{ size }}" } } }] } } } }),
    );
    bot(&parts)
}

#[test]
fn what_is_made_for_a_channel_is_told_from_what_is_made_for_another() {
    let given = json!({ "variables": { "size": 3 } });
    let outcome = |reply: Value| {
        let turns = json!([{ "start": true, "expect": { "replies": [reply] } }]);
        lines(&with_raw().play(&whole_test(json!({ "name": "T", "given": given, "turns": turns }))))
    };
    for fits in [json!({ "channel": "web_chat" }), json!({ "channel": "web_chat", "json": { "confetti": 3.0 } })] {
        assert_eq!(outcome(json!({ "raw": fits })), Vec::<String>::new());
    }
    let made = r#"made for `web_chat`: {"confetti":3}"#;
    assert_eq!(outcome(json!({ "raw": { "channel": "rest" } })), [format!("1 replies.1: made for `rest` / {made}")]);
    assert_eq!(
        outcome(json!({ "raw": { "channel": "web_chat", "json": 4 } })),
        [format!("1 replies.1: made for `web_chat`: 4 / {made}")]
    );
    let text = told(json!([{ "start": true, "expect": { "replies": [{ "raw": { "channel": "rest" } }] } }]));
    assert_eq!(text, ["1 replies.1: made for `rest` / \"Hello!\""]);
}

#[test]
fn a_handler_of_a_test_leads_on_and_ends_flows_as_it_does_in_conversations() {
    let order = |answer: Value, replies: Value| {
        told(json!([
            { "start": true },
            { "press": "Order" },
            { "say": "4", "answers": { "price": answer }, "expect": { "replies": replies, "node": "none" } },
        ]))
    };
    assert_eq!(order(json!({ "goes_to": "order/give_up" }), json!(["Never mind.", "Bye."])), Vec::<String>::new());
    let over = json!({ "goes_to": "order/give_up", "ends": ["welcome"] });
    assert_eq!(order(over, json!(["Never mind."])), Vec::<String>::new());
}
