//! What a project's own conversation tests become.

use greenroom_format::Imported;
use greenroom_model::Document;
use greenroom_model::document::{ConversationTest, UserAct};
use serde_json::json;

use crate::import;

const DOMAIN: &str = "version: '3.1'
intents: [travel, help, yes, stop]
slots:
  city: {type: text, influence_conversation: false, mappings: [{type: from_text}]}
  found: {type: bool, influence_conversation: true, mappings: [{type: custom}]}
responses:
  utter_ask_city: [{text: where?}]
  utter_help: [{text: helping}, {text: here to help}]
  utter_sure: [{text: sure?}]
forms: {trip_form: {required_slots: [city]}}
actions: [validate_trip_form, action_book, action_look]
nlu:
- intent: yes
  examples: |
    - yes indeed
rules:
- rule: travel
  steps: [{intent: travel}, {action: trip_form}, {active_loop: trip_form}]
- rule: travelled
  condition: [{active_loop: trip_form}]
  steps: [{action: trip_form}, {active_loop: null}, {action: action_book}]
- rule: help
  steps: [{intent: help}, {action: utter_help}]
stories:
- story: look
  steps: [{intent: yes}, {action: action_look}, {slot_was_set: [{found: true}]}, {action: utter_sure}]
";

fn played(steps: &str) -> (Imported, Option<ConversationTest>) {
    let tests = format!("version: '3.1'\nstories:\n- story: it\n  steps:\n{steps}");
    let imported = import(&[("domain.yml", DOMAIN), ("tests/test_stories.yml", &tests)]).unwrap();
    let test = imported.bundle.parts.values().find_map(|document| match document {
        Document::Test(test) => Some(test.clone()),
        _ => None,
    });
    (imported, test)
}

#[test]
fn a_form_that_ends_in_its_turn_gets_what_it_needs_from_the_code_that_checks_it() {
    let (_, test) = played(
        "  - {user: take me away, intent: travel}
  - action: trip_form
  - active_loop: trip_form
  - active_loop: null
  - action: action_book
",
    );
    let test = serde_json::to_value(test.unwrap()).unwrap();
    assert_eq!(
        test["turns"],
        json!([{
            "say": "take me away",
            "answers": {"validate_trip_form": {"variables": {"city": "something"}}},
            "expect": {"replies": [], "intent": "travel", "calls": ["validate_trip_form", "action_book"]}
        }])
    );
}

#[test]
fn what_a_test_says_of_slots_behind_an_action_is_what_that_action_answers() {
    let (imported, test) = played(
        "  - intent: yes
  - action: action_look
  - slot_was_set: [{found: true}]
  - action: utter_sure
",
    );
    let test = serde_json::to_value(test.unwrap()).unwrap();
    assert_eq!(
        test["turns"],
        json!([{
            "say": "yes indeed",
            "answers": {"action_look": {"variables": {"found": true}}},
            "expect": {"replies": ["sure?"], "intent": "yes", "calls": ["action_look"]}
        }])
    );
    assert!(imported.losses.to_string().contains("turn of intent `yes` without words in a test"));
}

#[test]
fn a_test_ends_where_nothing_says_what_fills_a_form_that_asks() {
    let (imported, test) = played(
        "  - {user: take me away, intent: travel}
  - action: trip_form
  - active_loop: trip_form
  - {user: help me, intent: help}
  - action: utter_help
  - action: trip_form
  - active_loop: null
  - action: action_book
  - {user: stop it, intent: stop}
",
    );
    let test = test.unwrap();
    let said: Vec<&UserAct> = test.turns.iter().map(|turn| &turn.user).collect();
    assert_eq!(said, [&UserAct::Say("take me away".to_owned()), &UserAct::Say("help me".to_owned())]);
    assert!(test.turns.iter().all(|turn| turn.expect.replies.is_none()), "what a form asks is not sure");
    let told = imported.losses.to_string();
    let expected = "it does not say what fills `trip_form`, which asks; the turns before are kept, not `stop: stop it`";
    assert!(told.contains(expected), "{told}");
}

#[test]
fn one_of_several_texts_is_expected() {
    let (_, test) = played("  - {user: help me, intent: help}\n  - action: utter_help\n");
    let test = serde_json::to_value(test.unwrap()).unwrap();
    assert_eq!(test["turns"][0]["expect"]["replies"], json!([{"one_of": ["helping", "here to help"]}]));
}
