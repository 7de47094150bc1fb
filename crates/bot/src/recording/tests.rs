//! Tests of recordings: what a transcript tells becomes a test that passes.

use greenroom_flow::Session;
use jiff::ToSpan as _;
use serde_json::json;

use super::*;
use crate::sample::{bot, parts};
use crate::{StoredUnderstanding, TEST_NOW, TurnId, UserInput};

/// Talks with the sample, a minute between turns, and keeps what a transcript keeps.
fn record(acts: &[UserInput]) -> Vec<StoredTurn> {
    let bot = bot(&parts());
    let mut session: Session = bot.session(None);
    let mut time = TEST_NOW;
    let turns = acts.iter().zip(1..).map(|(act, number)| {
        time = time.checked_add(1.minute()).unwrap();
        let turn = bot.turn_at(&session, act, Some(time));
        session = turn.session;
        let at = time.to_zoned(TimeZone::UTC).unwrap().timestamp();
        StoredTurn {
            id: TurnId::new(at, "c", number),
            conversation: "c".to_owned(),
            time: at,
            channel: None,
            input: act.into(),
            understanding: turn.understanding.as_ref().map(StoredUnderstanding::from),
            calls: Vec::new(),
            replies: turn.replies,
            version: None,
            person: None,
            position: session.position.clone(),
            open: false,
        }
    });
    turns.collect()
}

fn say(text: &str) -> UserInput {
    UserInput::Text(text.to_owned())
}

#[test]
fn a_conversation_becomes_a_test_that_passes() {
    let press = UserInput::Button("goto:welcome/to_order".to_owned());
    let turns = record(&[UserInput::Start, press, say("99"), UserInput::Event("paid".parse().unwrap())]);
    let bot = bot(&parts());
    let made = bot.test_of("  Ordering ", &turns).unwrap();
    assert_eq!((made.test.name.as_str(), made.notes.len()), ("Ordering", 0));
    assert_eq!(bot.play(&made.test).mismatches, []);
    let written = serde_json::to_value(&made.test).unwrap();
    assert_eq!(written["turns"][1], json!({ "press": "Order", "expect": { "replies": ["What size?"] } }));
    assert_eq!(written["turns"][2]["expect"]["intent"], "none");
    assert!(written.get("given").is_none(), "{written}");
}

#[test]
fn a_time_is_kept_only_where_the_answers_depend_on_it() {
    let turns = record(&[UserInput::Start]);
    let played = recorded_test("T", &turns).unwrap();
    assert_eq!(played.turns[0].time, Some(TEST_NOW.checked_add(1.minute()).unwrap()));
    assert_eq!(bot(&parts()).test_of("T", &turns).unwrap().test.given.time, None);
}

#[test]
fn what_a_handler_led_to_is_left_to_the_author() {
    let press = UserInput::Button("goto:welcome/to_order".to_owned());
    let mut turns = record(&[UserInput::Start, press, say("4")]);
    // The transcript has what the handler's answer led to.
    turns[2].replies = vec![Reply { text: "That is 15.".to_owned(), ..turns[0].replies[0].clone() }];
    let bot = bot(&parts());
    let made = bot.test_of("T", &turns).unwrap();
    assert!(bot.play(&made.test).passed());
    assert_eq!(made.test.turns[2].expect.replies, None);
    assert_eq!(made.notes.len(), 1);
    assert!(made.notes[0].starts_with("turn 3 calls `price`"), "{:?}", made.notes);
}

#[test]
fn what_a_handler_answered_is_answered_again() {
    let press = UserInput::Button("goto:welcome/to_order".to_owned());
    let mut turns = record(&[UserInput::Start, press, say("4")]);
    turns[2].replies = vec![Reply::text("That is 15."), Reply::text("Bye.")];
    let call = json!({ "called": "price", "answer": { "variables": { "price": 15 } } });
    turns[2].calls = vec![serde_json::from_value(call).unwrap()];
    let bot = bot(&parts());
    let made = bot.test_of("T", &turns).unwrap();
    assert!(made.notes.is_empty(), "{:?}", made.notes);
    assert!(bot.play(&made.test).passed());
    assert_eq!(
        made.test.turns[2].expect.replies.as_ref().unwrap()[0].text,
        ExpectedText::Exactly("That is 15.".to_owned())
    );
    // One whose answer was too large to keep is not half known.
    let lost = StoredCall { answer: None, ..turns[2].calls[0].clone() };
    turns[2].calls.push(lost);
    assert_eq!(bot.test_of("T", &turns).unwrap().test.turns[2].answers, AnswersByCall::new());
}

#[test]
fn a_conversation_that_went_on_later_is_a_test_of_its_last_session() {
    let mut turns = record(&[UserInput::Start, say("hm")]);
    let late = record(&[say("again")]);
    let later = turns[1].time.checked_add(2.hours()).unwrap();
    turns.extend(late.into_iter().map(|turn| StoredTurn { time: later, ..turn }));
    assert_eq!(sessions_of(&turns, 30).len(), 2);
    assert_eq!(sessions_of(&turns, 180).len(), 1);
    assert_eq!(bot(&parts()).test_of("T", &turns).unwrap().test.turns.len(), 1);
}

#[test]
fn sensitive_values_are_left_out_of_what_is_said_and_replied() {
    let turns = record(&[say("track"), say("parcel 4711")]);
    let answered = StoredTurn { replies: vec![Reply::text("parcel 4711 is in Ghent.")], ..turns[1].clone() };
    let bot = bot(&parts());
    let made = bot.test_of("T", &[turns[0].clone(), answered]).unwrap();
    let written = serde_json::to_string(&made.test).unwrap();
    assert!(!written.contains("4711"), "{written}");
    assert_eq!(made.test.turns[1].user, UserAct::Say("•••".to_owned()));
    assert!(
        made.notes.iter().any(|note| note.starts_with("turn 2: a sensitive value is left out")),
        "{:?}",
        made.notes
    );
}

#[test]
fn what_the_transcript_had_left_out_already_is_not_expected_to_the_letter() {
    let mut turns = record(&[UserInput::Start]);
    turns[0].replies = vec![Reply::text("Hello •••, nice to see you")];
    let made = bot(&parts()).test_of("T", &turns).unwrap();
    let replies = made.test.turns[0].expect.replies.as_ref().unwrap();
    assert_eq!(replies[0].text, ExpectedText::Contains(", nice to see you".to_owned()));
}

#[test]
fn what_follows_words_that_were_left_out_is_kept_as_it_was() {
    let mut turns = record(&[say("track"), say("•••"), say("a blue one")]);
    let call = json!({ "called": "check", "answer": { "valid": false } });
    turns[1].calls = vec![serde_json::from_value(call).unwrap()];
    let made = bot(&parts()).test_of("T", &turns).unwrap();
    assert_eq!(made.test.turns[2].user, UserAct::Say("a blue one".to_owned()));
    assert_eq!(made.test.turns[1].expect.intent, None, "made-up words may mean anything");
    assert_eq!(made.test.turns[2].expect.intent.as_deref(), Some("none"));
}

#[test]
fn where_nobody_did_anything_there_is_no_test() {
    let turns: Vec<StoredTurn> =
        record(&[say("hm")]).into_iter().map(|turn| StoredTurn { input: StoredInput::Other, ..turn }).collect();
    assert_eq!(recorded_test("T", &turns), None);
    assert_eq!(recorded_test("T", &[]), None);
    assert!(bot(&parts()).test_of("T", &[]).is_none());
}

#[test]
fn where_a_handler_led_is_kept_and_played_again() {
    let bot = bot(&parts());
    let asked = bot.turn(&bot.session(None), &UserInput::Button("goto:welcome/to_order".to_owned()));
    let called = bot.turn(&asked.session, &say("4"));
    let reply = greenroom_flow::HandlerReply {
        goes_to: Some(greenroom_flow::Position { flow: "order".parse().unwrap(), node: "give_up".parse().unwrap() }),
        ends: std::iter::once("welcome".parse().unwrap()).collect(),
        ..Default::default()
    };
    let kept = bot.call_of(&called.session, &UserInput::HandlerResult(Ok(reply))).unwrap();
    let written = serde_json::to_value(&kept.answer).unwrap();
    assert_eq!(written, json!({ "goes_to": "order/give_up", "ends": ["welcome"] }));
    assert_eq!(serde_json::from_value::<Option<StubbedAnswer>>(written).unwrap(), kept.answer);
}

#[test]
fn what_is_made_for_a_channel_is_expected_again_but_for_what_was_left_out_of_it() {
    let mut turns = record(&[UserInput::Start]);
    let raw =
        |json| Reply { content: Some(ReplyContent::Raw { channel: "web_chat".to_owned(), json }), ..Reply::default() };
    turns[0].replies = vec![raw(json!({ "confetti": 3 })), raw(json!({ "card": "•••" }))];
    let mut test = recorded_test("T", &turns).unwrap();
    bot(&parts()).leave_out_secrets(&mut test, &mut Vec::new());
    let expected = serde_json::to_value(&test.turns[0].expect.replies).unwrap();
    let first = json!({ "raw": { "channel": "web_chat", "json": { "confetti": 3 } } });
    assert_eq!(expected, json!([first, { "raw": { "channel": "web_chat" } }]));
}
