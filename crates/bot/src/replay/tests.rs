//! Tests of replays: where two states part ways, and where they do not.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Difference, ReplaySummary, replay};
use crate::sample::{bot, conversations, parts, test};
use crate::{Bot, Replayed};

/// The sample with this put in place of a part.
fn with(path: &'static str, pointer: &str, value: Value) -> Bot {
    let mut parts = parts();
    *parts.get_mut(path).unwrap().pointer_mut(pointer).unwrap() = value;
    bot(&parts)
}

fn conversation() -> Value {
    json!([{ "start": true }, { "press": "Order" }, { "say": "99" }, { "say": "4" }, { "say": "thanks" }])
}

fn replayed(after: &Bot) -> Replayed {
    replay(&bot(&parts()), after, &test(conversation()))
}

#[test]
fn the_same_bot_never_parts_from_itself() {
    let found = replayed(&bot(&parts()));
    assert_eq!((found.turns, &found.parting), (5, &None));
}

#[test]
fn a_replay_ends_where_the_transcript_left_words_out() {
    let same = bot(&parts());
    let talk = test(json!([{ "start": true }, { "press": "Order" }, { "say": "•••" }, { "say": "4" }]));
    let found = replay(&same, &same, &talk);
    assert_eq!((found.turns, found.parting, found.not_reproduced), (2, None, vec![3]));
}

#[test]
fn the_first_turn_that_says_something_else_is_told_with_both_answers() {
    let after = with("flows/order", "/nodes/size/input/retry/en", json!("One to fifty."));
    let parting = replayed(&after).parting.unwrap();
    assert_eq!((parting.turn, parting.user.as_str(), &parting.differs[..]), (3, "99", &[Difference::Replies][..]));
    assert_eq!(parting.before.replies[0].text, "1 to 50.");
    assert_eq!(parting.after.unwrap().replies[0].text, "One to fifty.");
}

#[test]
fn a_button_that_is_gone_parts_them_and_one_that_leads_to_a_renamed_node_does_not() {
    let buttons = json!([{ "title": { "en": "Buy" }, "action": { "goto": "to_order" } }]);
    let parting = replayed(&with("flows/welcome", "/nodes/hello/message/buttons", buttons)).parting.unwrap();
    assert_eq!((parting.turn, &parting.differs[..]), (1, &[Difference::Replies][..]));

    let mut renamed = parts();
    let text = renamed["flows/welcome"].to_string().replace("to_order", "ordering");
    renamed.insert("flows/welcome", serde_json::from_str(&text).unwrap());
    assert_eq!(replayed(&bot(&renamed)).parting, None);
}

#[test]
fn a_button_of_long_ago_is_sent_to_both() {
    let turns = json!([{ "start": true }, { "say": "hm" }, { "press": "goto:welcome/person" }]);
    let after = with("flows/welcome", "/nodes/hello/message/buttons", json!([]));
    let both = replay(&bot(&parts()), &bot(&parts()), &test(turns.clone()));
    assert_eq!((both.turns, both.parting), (3, None));
    let parting = replay(&with("flows/welcome", "/nodes/hello/message/text/en", json!("Hello!")), &after, &test(turns));
    assert_eq!(parting.parting.unwrap().turn, 1);
}

#[test]
fn calls_and_handovers_part_them_even_where_the_words_are_the_same() {
    let after =
        with("flows/order", "/nodes/ask_price/action", json!({ "contexts": { "ordering": 2 }, "next": "check" }));
    let parting = replayed(&after).parting.unwrap();
    assert_eq!((parting.turn, &parting.differs[..]), (4, &[Difference::Calls][..]));
    let turns = json!([{ "start": true }, { "press": "A person" }]);
    let after = with("flows/welcome", "/nodes/person", json!({ "message": { "text": { "en": "One moment." } } }));
    let parting = replay(&bot(&parts()), &after, &test(turns)).parting.unwrap();
    assert_eq!((parting.turn, &parting.differs[..]), (2, &[Difference::Handover][..]));
}

#[test]
fn another_node_with_the_same_words_is_no_parting() {
    let mut renamed = parts();
    let text = renamed["flows/order"].to_string().replace("\"size\":{\"input\"", "\"how\":{\"input\"");
    let text = text.replace("\"start\":\"size\"", "\"start\":\"how\"");
    renamed.insert("flows/order", serde_json::from_str(&text).unwrap());
    assert_eq!(replayed(&bot(&renamed)).parting, None);
}

#[test]
fn what_the_older_state_did_not_say_then_is_told_apart_from_a_parting() {
    let turns = json!([
        { "start": true, "expect": { "replies": ["Hello!"] } },
        { "say": "hm", "expect": { "replies": ["Pardon?"] } },
    ]);
    let found = replay(&bot(&parts()), &bot(&parts()), &test(turns));
    assert_eq!((found.not_reproduced.as_slice(), &found.parting), (&[2][..], &None));
    let other = replayed(&with("flows/lost", "/nodes/what/message/text/en", json!("Pardon?")));
    let summary = ReplaySummary::of([&found, &other]);
    let expected = ReplaySummary { conversations: 2, same: 1, parted: 1, not_reproduced: 1, turns: 2 + other.turns };
    assert_eq!(summary, expected);
}

proptest! {
    #[test]
    fn no_conversation_parts_a_bot_from_itself(conversation in conversations()) {
        let bot = bot(&parts());
        prop_assert_eq!(replay(&bot, &bot, &conversation).parting, None);
    }

    #[test]
    fn what_parts_one_way_parts_the_other_at_the_same_turn(conversation in conversations()) {
        let (before, after) = (bot(&parts()), with("flows/order", "/nodes/size/input/ask/text/en", json!("How big?")));
        let turn = |one: &Bot, other: &Bot| replay(one, other, &conversation).parting.map(|parting| parting.turn);
        prop_assert_eq!(turn(&before, &after), turn(&after, &before));
    }
}
