//! Rules and stories as conversations: what is said where, and what is not.

use crate::talk::Talk;
use crate::translations::{domain, losses};

/// Intents and responses for stories: `utter_x` says `x`.
const WORDS: &str = "intents: [ask, other, yes, no, help]
responses:
  utter_sure: [{text: sure?}]
  utter_done: [{text: done}]
  utter_left: [{text: left}]
  utter_help: [{text: helping}]
actions: [action_look, action_go]
";

fn bot(rest: &str) -> greenroom_format::Imported {
    domain(&format!("{WORDS}{rest}"))
}

#[test]
fn stories_with_one_beginning_part_where_the_user_does() {
    let imported = bot("stories:
- story: sure
  steps: [{intent: ask}, {action: utter_sure}, {intent: yes}, {action: utter_done}]
- story: not sure
  steps: [{intent: ask}, {action: utter_sure}, {intent: no}, {action: utter_left}]
");
    let mut talk = Talk::with(&imported);
    assert_eq!(talk.say("ask"), "sure?");
    assert_eq!(talk.say("no"), "left");
    assert_eq!(talk.say("yes"), "", "the question was answered");
    assert_eq!(talk.say("ask"), "sure?");
    assert_eq!(talk.say("yes"), "done");
    assert!(!losses(&imported).contains("story `"), "{}", losses(&imported));
}

#[test]
fn an_answer_belongs_to_the_story_that_it_follows() {
    let imported = bot("stories:
- story: one
  steps: [{intent: ask}, {action: utter_sure}, {intent: yes}, {action: utter_done}]
- story: two
  steps: [{intent: other}, {action: utter_sure}, {intent: yes}, {action: utter_left}]
");
    let mut talk = Talk::with(&imported);
    assert_eq!((talk.say("ask"), talk.say("yes")), ("sure?".to_owned(), "done".to_owned()));
    assert_eq!((talk.say("other"), talk.say("yes")), ("sure?".to_owned(), "left".to_owned()));
}

#[test]
fn intents_of_an_or_go_on_each_in_the_stories_that_name_it() {
    let imported = bot("stories:
- story: both
  steps: [{or: [{intent: ask}, {intent: other}]}, {action: utter_sure}, {intent: no}, {action: utter_left}]
- story: one
  steps: [{intent: other}, {action: utter_sure}, {intent: yes}, {action: utter_done}]
");
    let mut talk = Talk::with(&imported);
    assert_eq!((talk.say("ask"), talk.say("yes")), ("sure?".to_owned(), String::new()));
    assert_eq!((talk.say("other"), talk.say("yes")), ("sure?".to_owned(), "done".to_owned()));
    assert_eq!((talk.say("other"), talk.say("no")), ("sure?".to_owned(), "left".to_owned()));
}

/// Slots that steer, which `action_look` sets.
const SLOTS: &str = "slots:
  found: {type: bool, influence_conversation: true, mappings: [{type: custom}]}
  mood: {type: categorical, values: [good, bad], influence_conversation: true, mappings: [{type: custom}]}
";

#[test]
fn what_an_action_finds_out_decides_the_way_on() {
    let imported = bot(&format!(
        "{SLOTS}stories:
- story: found
  steps: [{{intent: ask}}, {{action: action_look}}, {{slot_was_set: [{{found: true}}]}}, {{action: utter_done}}]
- story: not found
  steps: [{{intent: ask}}, {{action: action_look}}, {{slot_was_set: [{{found: false}}]}}, {{action: utter_left}}]
"
    ));
    for (found, said) in
        [("true", "(action_look) | done"), ("false", "(action_look) | left"), ("null", "(action_look)")]
    {
        let answer: serde_json::Value =
            serde_json::from_str(&format!(r#"{{"variables":{{"found":{found}}}}}"#)).unwrap();
        let mut talk = Talk::with_code(&imported, move |_, _| answer.clone());
        assert_eq!(talk.say("ask"), said);
    }
}

#[test]
fn one_of_several_slots_may_decide() {
    let imported = bot(&format!(
        "{SLOTS}stories:
- story: found or in a good mood
  steps:
  - intent: ask
  - action: action_look
  - or:
    - slot_was_set: [{{found: true}}]
    - slot_was_set: [{{mood: good}}]
  - action: utter_done
"
    ));
    for (variables, said) in [
        (serde_json::json!({"found": true}), "(action_look) | done"),
        (serde_json::json!({"found": false, "mood": "good"}), "(action_look) | done"),
        (serde_json::json!({"mood": "bad"}), "(action_look)"),
    ] {
        let answer = serde_json::json!({ "variables": variables });
        let mut talk = Talk::with_code(&imported, move |_, _| answer.clone());
        assert_eq!(talk.say("ask"), said);
    }
}

#[test]
fn a_rule_with_a_condition_comes_before_one_without() {
    let imported = bot(&format!(
        "{SLOTS}rules:
- rule: anybody
  steps: [{{intent: ask}}, {{action: utter_left}}]
- rule: who is found
  condition: [{{slot_was_set: [{{found: true}}]}}]
  steps: [{{intent: ask}}, {{action: utter_done}}]
- rule: look
  steps: [{{intent: other}}, {{action: action_look}}]
"
    ));
    let mut talk = Talk::with_code(&imported, |_, _| serde_json::json!({"variables": {"found": true}}));
    assert_eq!(talk.say("ask"), "left");
    assert_eq!(talk.say("other"), "(action_look)");
    assert_eq!(talk.say("ask"), "done");
    assert!(!losses(&imported).contains("otherwise"), "{}", losses(&imported));
}

#[test]
fn a_checkpoint_joins_the_end_of_stories_with_the_beginning_of_others() {
    let imported = bot("stories:
- story: one way
  steps: [{intent: ask}, {action: utter_sure}, {checkpoint: asked}]
- story: another way
  steps: [{intent: other}, {action: utter_help}, {checkpoint: asked}]
- story: yes
  steps: [{checkpoint: asked}, {intent: yes}, {action: utter_done}]
- story: no
  steps: [{checkpoint: asked}, {intent: no}, {action: utter_left}, {checkpoint: asked}]
- story: at once
  steps: [{intent: help}, {checkpoint: said}]
- story: said
  steps: [{checkpoint: said}, {action: utter_help}]
");
    let mut talk = Talk::with(&imported);
    assert_eq!(talk.say("ask"), "sure?");
    assert_eq!(talk.say("no"), "left");
    assert_eq!(talk.say("no"), "left", "the checkpoint leads back to itself");
    assert_eq!(talk.say("yes"), "done");
    assert_eq!(talk.say("yes"), "");
    assert_eq!((talk.say("other"), talk.say("yes")), ("helping".to_owned(), "done".to_owned()));
    assert_eq!(talk.say("help"), "helping");
    assert!(!losses(&imported).contains("checkpoint"), "{}", losses(&imported));
}

#[test]
fn slots_at_a_checkpoint_or_behind_an_action_decide_what_follows() {
    let imported = bot(&format!(
        "{SLOTS}stories:
- story: look
  steps: [{{intent: ask}}, {{action: action_look}}, {{checkpoint: looked}}]
- story: found
  steps: [{{checkpoint: looked, slots: [{{found: true}}]}}, {{action: utter_done}}]
- story: in a good mood
  steps: [{{action: action_look}}, {{slot_was_set: [{{mood: good}}]}}, {{intent: yes}}, {{action: utter_left}}]
"
    ));
    for (variables, said) in [
        (serde_json::json!({"found": true}), ["(action_look) | done", ""]),
        (serde_json::json!({"mood": "good"}), ["(action_look)", "left"]),
        (serde_json::json!({"mood": "bad"}), ["(action_look)", ""]),
    ] {
        let answer = serde_json::json!({ "variables": variables });
        let mut talk = Talk::with_code(&imported, move |_, _| answer.clone());
        assert_eq!([talk.say("ask"), talk.say("yes")], said);
    }
}

#[test]
fn a_checkpoint_that_leads_nowhere_or_that_nothing_leads_to_is_told() {
    let imported = bot("stories:
- story: ends
  steps: [{intent: ask}, {action: utter_sure}, {checkpoint: nowhere}]
- story: begins
  steps: [{checkpoint: from_nowhere}, {intent: yes}, {action: utter_done}]
");
    let told = losses(&imported);
    assert!(told.contains("domain.yml:11: checkpoint `nowhere`: no story begins with it"), "{told}");
    assert!(told.contains("domain.yml:12: story `begins`: nothing leads to its checkpoint `from_nowhere`"), "{told}");
}

#[test]
fn what_begins_with_an_action_follows_wherever_that_is_done() {
    let imported = bot("rules:
- rule: help
  steps: [{intent: help}, {action: utter_help}]
- rule: more help
  steps: [{intent: other}, {action: utter_sure}, {action: utter_help}]
stories:
- story: helped
  steps: [{action: utter_help}, {intent: yes}, {action: utter_done}]
");
    let mut talk = Talk::with(&imported);
    assert_eq!(talk.say("yes"), "");
    assert_eq!((talk.say("help"), talk.say("yes")), ("helping".to_owned(), "done".to_owned()));
    assert_eq!((talk.say("other"), talk.say("yes")), ("sure? | helping".to_owned(), "done".to_owned()));
}

#[test]
fn a_rule_that_does_not_wait_goes_on_with_what_follows_its_action() {
    let imported = bot("rules:
- rule: look
  wait_for_user_input: false
  steps: [{intent: ask}, {action: action_look}]
- rule: behind looking
  steps: [{action: action_look}, {action: utter_done}]
");
    assert_eq!(Talk::with(&imported).say("ask"), "(action_look) | done");
    assert!(!losses(&imported).contains("rule `"), "{}", losses(&imported));
}

#[test]
fn a_conversation_begins_with_the_rule_for_its_start() {
    let imported = bot("rules:
- rule: begin
  conversation_start: true
  steps: [{action: utter_help}, {action: utter_sure}]
");
    assert_eq!(Talk::with(&imported).start(), "helping | sure?");
}

#[test]
fn not_to_understand_may_be_answered_in_a_story() {
    let imported = bot("stories:
- story: unsure
  steps: [{intent: ask}, {action: utter_sure}, {intent: nlu_fallback}, {action: utter_left}]
rules:
- rule: whatever
  steps: [{intent: nlu_fallback}, {action: utter_help}]
");
    let mut talk = Talk::with(&imported);
    assert_eq!(talk.say("?"), "helping");
    assert_eq!((talk.say("ask"), talk.say("?")), ("sure?".to_owned(), "left".to_owned()));
}

#[test]
fn a_story_that_others_say_alike_is_told_as_such() {
    let imported = bot("rules:
- rule: help
  steps: [{intent: help}, {action: utter_help}]
stories:
- story: the same
  steps: [{intent: help}, {action: utter_help}]
");
    assert!(losses(&imported).contains("story `the same`: rule `help` says the same"), "{}", losses(&imported));
}

#[test]
fn a_whole_bot_with_stories_leaves_a_form_and_comes_back() {
    let imported = greenroom_format::read_rasa(&crate::bot("travel"), &Default::default()).unwrap();
    let mut talk = Talk::with_code(&imported, |name, _| match name {
        "action_ask_switch" => serde_json::json!({"variables": {"next_form": "pay_form"}}),
        "action_switch" => serde_json::json!({"variables": {"next_form": null, "last_form": "trip_form"}}),
        "action_return" => serde_json::json!({"variables": {"last_form": null}}),
        "action_look" => serde_json::json!({"variables": {"weather": "foul"}}),
        _ => serde_json::json!({}),
    });
    assert_eq!(talk.say("look"), "(action_look) | Better stay.");
    assert_eq!(talk.say("travel"), "(validate_trip_form) | Where to?");
    assert_eq!(talk.say("help"), "I book trips, in foul weather too. | Where to?");
    assert_eq!(talk.say("pay"), "(action_ask_switch)");
    assert_eq!(talk.say("affirm"), "(action_switch) | How much?");
    assert!(talk.say("inform [sum=10]").ends_with(" | (action_return)"));
    assert_eq!(talk.say("affirm"), "(validate_trip_form) | Where to?");
    assert!(!losses(&imported).contains(" story `"), "{}", losses(&imported));
}
