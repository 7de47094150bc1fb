//! Forms as conversations: what they ask, what counts, what checks it, and what comes between.

use serde_json::json;

use crate::talk::Talk;
use crate::translations::{domain, losses};

/// A form for a trip, which asks for a city and then for a day.
const TRIP: &str = "intents: [travel, inform, help, stop, yes, no, pay, greet]
entities: [city, day]
slots:
  city: {type: text, influence_conversation: false, mappings: [{type: from_entity, entity: city}]}
  day:
    type: text
    influence_conversation: false
    mappings:
    - {type: from_text, not_intent: [stop, help], conditions: [{active_loop: trip_form, requested_slot: day}]}
  sum:
    type: text
    influence_conversation: false
    mappings: [{type: from_entity, entity: day, conditions: [{active_loop: pay_form, requested_slot: sum}]}]
responses:
  utter_ask_city: [{text: where?}]
  utter_ask_day: [{text: when?}]
  utter_ask_sum: [{text: how much?}]
  utter_help: [{text: helping}]
  utter_booked: [{text: 'to {city}, {day}'}]
  utter_paid: [{text: paid}]
  utter_left: [{text: left}]
forms:
  trip_form: {required_slots: [city, day]}
  pay_form: {required_slots: [sum]}
";

const RULES: &str = "rules:
- rule: travel
  condition: [{active_loop: null}]
  steps: [{intent: travel}, {action: trip_form}, {active_loop: trip_form}]
- rule: travelled
  condition: [{active_loop: trip_form}]
  steps: [{action: trip_form}, {active_loop: null}, {action: utter_booked}]
- rule: pay
  condition: [{active_loop: null}]
  steps: [{intent: pay}, {action: pay_form}, {active_loop: pay_form}]
- rule: paid
  condition: [{active_loop: pay_form}]
  steps: [{action: pay_form}, {active_loop: null}, {action: utter_paid}]
- rule: help
  steps: [{intent: help}, {action: utter_help}]
";

#[test]
fn a_form_asks_for_what_it_requires_in_its_order() {
    let mut talk = Talk::with(&domain(&format!("{TRIP}{RULES}")));
    assert_eq!(talk.say("travel"), "where?");
    assert_eq!(talk.say("inform: Bern"), "where?", "only an entity fills it");
    assert_eq!(talk.say("inform: Bern [city=Bern]"), "when?");
    assert_eq!(talk.say("help"), "helping | when?");
    assert_eq!(talk.say("inform: on Monday"), "to Bern, on Monday");
    let mut talk = Talk::with(&domain(&format!("{TRIP}{RULES}")));
    assert_eq!(talk.say("travel [city=Bonn]"), "when?", "what is known is not asked");
}

#[test]
fn a_rule_for_where_no_form_is_active_does_not_interrupt_one() {
    let imported = domain(&format!("{TRIP}{RULES}"));
    let mut talk = Talk::with(&imported);
    assert_eq!(talk.say("travel"), "where?");
    assert_eq!(talk.say("pay"), "where?");
    assert_eq!(talk.say("inform [city=Bern]"), "when?");
    assert!(!losses(&imported).contains("active_loop: null"), "{}", losses(&imported));
}

#[test]
fn a_story_within_a_form_may_leave_it_for_another() {
    let imported = domain(&format!(
        "{TRIP}{RULES}stories:
- story: pay first
  steps:
  - intent: travel
  - action: trip_form
  - active_loop: trip_form
  - intent: pay
  - action: pay_form
  - active_loop: pay_form
"
    ));
    let mut talk = Talk::with(&imported);
    assert_eq!(talk.say("travel"), "where?");
    assert_eq!(talk.say("pay"), "how much?");
    assert_eq!(talk.say("inform [day=10]"), "paid", "the form that was left does not come back");
    assert_eq!(talk.say("inform [city=Bern]"), "");
}

/// A story that asks in the midst of a form whether it should be left.
const SWITCH: &str = "stories:
- story: switch
  steps:
  - intent: travel
  - action: trip_form
  - active_loop: trip_form
  - intent: pay
  - action: action_really
  - slot_was_set: [{next: pay_form}]
  - intent: yes
  - action: action_switch
  - slot_was_set: [{next: null}, {previous: trip_form}]
  - action: pay_form
  - active_loop: pay_form
  - active_loop: null
  - action: utter_paid
  - action: action_back
  - slot_was_set: [{previous: null}]
  - intent: yes
  - action: trip_form
  - active_loop: trip_form
- story: stay
  steps:
  - intent: travel
  - action: trip_form
  - active_loop: trip_form
  - intent: pay
  - action: action_really
  - slot_was_set: [{next: pay_form}]
  - intent: no
  - action: action_stay
  - slot_was_set: [{next: null}]
  - action: trip_form
  - active_loop: trip_form
actions: [action_really, action_switch, action_stay, action_back]
";

fn switching() -> Talk {
    let slots = "mappings: [{type: custom}]";
    let trip = TRIP.replace("  sum:\n", &format!("  next: {{type: text, influence_conversation: true, {slots}}}\n  previous: {{type: text, influence_conversation: true, {slots}}}\n  sum:\n"));
    let rules = RULES.replace(
        "condition: [{active_loop: pay_form}]",
        "condition: [{active_loop: pay_form}, {slot_was_set: [{previous: null}]}]",
    );
    let switch = SWITCH.replace("action_back", "action_return");
    let imported = domain(&format!("{trip}{rules}{switch}"));
    assert!(!losses(&imported).contains(" story `"), "{}", losses(&imported));
    Talk::with_code(&imported, |name, variables| match name {
        "action_really" => {
            let active = variables.iter().find(|(id, _)| id.as_str() == "active_loop").map(|(_, value)| value.clone());
            assert_eq!(active, Some("trip_form".into()), "actions learn which form is active");
            json!({"variables": {"next": "pay_form"}})
        }
        "action_switch" => json!({"variables": {"next": null, "previous": "trip_form"}}),
        "action_stay" => json!({"variables": {"next": null}}),
        _ => json!({"variables": {"previous": null}}),
    })
}

#[test]
fn a_form_may_be_left_after_a_question_and_be_gone_back_to() {
    let mut talk = switching();
    assert_eq!(talk.say("travel [city=Bern]"), "when?");
    assert_eq!(talk.say("pay: I want to pay"), "to Bern, I want to pay", "from_text takes what is not excluded");
    let mut talk = switching();
    assert_eq!(talk.say("travel"), "where?");
    assert_eq!(talk.say("pay"), "(action_really)");
    assert_eq!(talk.say("yes"), "(action_switch) | how much?");
    assert_eq!(talk.say("inform [day=10]"), "paid | (action_return)");
    assert_eq!(talk.say("yes"), "where?");
    assert_eq!(talk.say("inform [city=Bern]"), "when?");
}

#[test]
fn a_form_may_be_stayed_in_after_a_question() {
    let mut talk = switching();
    assert_eq!(talk.say("travel"), "where?");
    assert_eq!(talk.say("pay"), "(action_really)");
    assert_eq!(talk.say("no"), "(action_stay) | where?");
    assert_eq!(talk.say("pay"), "(action_really)");
    assert_eq!(talk.say("?"), "where?", "what is not understood goes back to the form");
}

#[test]
fn what_follows_a_form_depends_on_the_story_that_started_it() {
    let imported = domain(&format!("{TRIP}stories:
- story: one
  steps: [{{intent: travel}}, {{action: pay_form}}, {{active_loop: pay_form}}, {{active_loop: null}}, {{action: utter_paid}}]
- story: two
  steps: [{{intent: greet}}, {{action: pay_form}}, {{active_loop: pay_form}}, {{active_loop: null}}, {{action: utter_left}}]
"));
    let mut talk = Talk::with(&imported);
    assert_eq!((talk.say("travel"), talk.say("inform [day=1]")), ("how much?".to_owned(), "paid".to_owned()));
    let mut talk = Talk::with(&imported);
    assert_eq!((talk.say("greet"), talk.say("inform [day=1]")), ("how much?".to_owned(), "left".to_owned()));
}

#[test]
fn a_form_may_be_given_up() {
    let imported = domain(&format!(
        "{TRIP}{RULES}- rule: stop
  condition: [{{active_loop: trip_form}}]
  steps: [{{intent: stop}}, {{action: utter_left}}, {{action: action_deactivate_loop}}, {{active_loop: null}}]
"
    ));
    let mut talk = Talk::with(&imported);
    assert_eq!((talk.say("travel"), talk.say("stop")), ("where?".to_owned(), "left".to_owned()));
    assert_eq!(talk.say("inform [city=Bern]"), "");
    assert_eq!(talk.say("stop"), "", "the rule holds in the form alone");
}

#[test]
fn an_intent_that_starts_a_form_fills_the_slots_it_is_mapped_to() {
    let trip = TRIP
        .replace(
            "  sum:\n",
            "  why:
    type: text
    influence_conversation: false
    mappings:
    - {type: from_trigger_intent, intent: greet, value: fun}
    - {type: from_text, conditions: [{active_loop: trip_form, requested_slot: why}]}
  sum:\n",
        )
        .replace("required_slots: [city, day]", "required_slots: [city, why]");
    let imported = domain(&format!(
        "{trip}rules:
- rule: start
  steps: [{{or: [{{intent: travel}}, {{intent: greet}}]}}, {{action: trip_form}}, {{active_loop: trip_form}}]
- rule: done
  condition: [{{active_loop: trip_form}}]
  steps: [{{action: trip_form}}, {{active_loop: null}}, {{action: utter_paid}}]
"
    ));
    let mut talk = Talk::with(&imported);
    assert_eq!((talk.say("greet"), talk.say("inform [city=Bern]")), ("where?".to_owned(), "paid".to_owned()));
    assert_eq!(talk.value("why"), "fun");
    let mut talk = Talk::with(&imported);
    assert_eq!((talk.say("travel"), talk.say("inform [city=Bern]")), ("where?".to_owned(), String::new()));
}

/// The trip, and a slot that intents fill which need not start its form.
fn for_fun() -> String {
    TRIP.replace(
        "  sum:\n",
        "  why:
    type: text
    influence_conversation: false
    mappings:
    - {type: from_trigger_intent, intent: greet, value: fun}
    - {type: from_trigger_intent, intent: travel, value: work}
  sum:\n",
    )
    .replace("required_slots: [city, day]", "required_slots: [why, city, day]")
    .replace("not_intent: [stop, help]", "not_intent: [stop, help, greet]")
        + "rules:
- rule: start
  condition: [{active_loop: null}]
  steps: [{or: [{intent: travel}, {intent: greet}]}, {action: trip_form}, {active_loop: trip_form}]
- rule: pay
  condition: [{active_loop: null}]
  steps: [{intent: pay}, {action: pay_form}, {active_loop: pay_form}]
- rule: done
  condition: [{active_loop: trip_form}]
  steps: [{action: trip_form}, {active_loop: null}, {action: utter_booked}]
"
}

#[test]
fn an_intent_that_starts_no_form_fills_what_it_is_mapped_to_while_one_asks() {
    let mut talk = Talk::with(&domain(&for_fun()));
    assert_eq!(talk.say("travel"), "where?");
    assert_eq!((talk.value("why"), talk.say("greet")), (json!("work"), "where?".to_owned()));
    assert_eq!(talk.value("why"), "fun", "the form that asks is its own");
    assert_eq!(talk.say("travel [city=Bern]"), "when?", "what the message mentions counts too");
    assert_eq!((talk.value("why"), talk.value("city")), (json!("work"), json!("Bern")));
    assert_eq!(talk.say("inform: on Monday"), "to Bern, on Monday");
    let story = "stories:
- story: switch
  steps:
  - intent: pay
  - action: pay_form
  - active_loop: pay_form
  - intent: greet
  - action: utter_left
  - intent: yes
  - action: trip_form
  - active_loop: trip_form
";
    let mut talk = Talk::with(&domain(&format!("{}{story}", for_fun())));
    assert_eq!(
        (talk.say("pay"), talk.say("greet"), talk.say("yes")),
        ("how much?".into(), "left".into(), "where?".into())
    );
    assert_eq!(talk.value("why"), "fun", "another form asked when it was said");
}

#[test]
fn what_one_way_into_a_form_lets_in_no_other_does() {
    let paid = RULES.find("- rule: paid").unwrap()..RULES.find("- rule: help").unwrap();
    let rules = RULES.replace(&RULES[paid], "");
    let imported = domain(&format!(
        "{TRIP}{rules}stories:
- story: pay, and travel instead
  steps:
  - intent: pay
  - action: pay_form
  - active_loop: pay_form
  - intent: travel
  - action: utter_left
  - intent: yes
  - action: trip_form
  - active_loop: trip_form
- story: greet, and pay
  steps: [{{intent: greet}}, {{action: pay_form}}, {{active_loop: pay_form}}, {{active_loop: null}}, {{action: utter_left}}]
"
    ));
    let mut talk = Talk::with(&imported);
    assert_eq!((talk.say("pay"), talk.say("travel")), ("how much?".to_owned(), "left".to_owned()));
    let mut talk = Talk::with(&imported);
    assert_eq!((talk.say("greet"), talk.say("travel")), ("how much?".to_owned(), "how much?".to_owned()));
    assert_eq!(talk.say("inform [day=10]"), "left");
    assert_eq!(talk.say("travel"), "where?");
}

/// The form with code that checks it.
fn checked(code: impl Fn(&str) -> serde_json::Value + 'static) -> Talk {
    let extra = "  utter_ask_trip_form_sum: [{text: for how much?}]\nforms:\n";
    let trip = TRIP.replace("forms:\n", extra);
    let imported = domain(&format!("{trip}{RULES}actions: [validate_trip_form]\n"));
    Talk::with_code(&imported, move |name, variables| {
        let asked = variables.iter().find(|(id, _)| id.as_str() == "requested_slot");
        let asked = asked.and_then(|(_, value)| value.as_str().map(str::to_owned)).unwrap_or_default();
        assert_eq!(name, "validate_trip_form");
        code(&asked)
    })
}

#[test]
fn code_that_checks_a_form_is_called_after_each_answer_and_what_it_takes_away_is_asked_again() {
    let mut talk = checked(|asked| match asked {
        "city" => json!({"variables": {"city": null}, "replies": ["not there"]}),
        _ => json!({}),
    });
    assert_eq!(talk.say("travel"), "(validate_trip_form) | where?");
    assert_eq!(talk.say("inform [city=Atlantis]"), "(validate_trip_form) | not there | where?");
    assert_eq!(talk.value("requested_slot"), "city");
}

#[test]
fn code_that_checks_a_form_is_called_for_what_does_not_answer_since_that_may_fill_another_slot() {
    let imported = domain(&format!("{TRIP}{RULES}actions: [validate_trip_form, action_ask_day]\n"));
    let mut talk = Talk::with_code(&imported, |name, variables| {
        let city = variables.iter().find(|(id, _)| id.as_str() == "city").map(|(_, value)| value.clone());
        match (name, city.as_ref().and_then(serde_json::Value::as_str)) {
            ("validate_trip_form", Some("Atlantis")) => json!({"variables": {"city": null}, "replies": ["sunk"]}),
            ("validate_trip_form", _) => json!({}),
            _ => json!({"replies": ["when, then?"]}),
        }
    });
    assert_eq!(talk.say("travel [city=Bern]"), "(validate_trip_form) | (action_ask_day) | when, then?");
    assert_eq!(talk.say("stop [city=Bonn]"), "(validate_trip_form) | (action_ask_day) | when, then?");
    assert_eq!(talk.value("city"), "Bonn");
    assert_eq!(talk.say("stop [city=Atlantis]"), "(validate_trip_form) | sunk | where?");
    assert_eq!(talk.say("inform: well"), "(validate_trip_form) | where?");
}

#[test]
fn code_that_checks_a_form_may_end_it() {
    let mut talk = checked(|asked| match asked {
        "city" => json!({"variables": {"requested_slot": null}}),
        _ => json!({}),
    });
    assert_eq!(talk.say("travel"), "(validate_trip_form) | where?");
    assert_eq!(talk.say("inform [city=Bern]"), "(validate_trip_form) | to Bern, ");
    assert_eq!(talk.value("active_loop"), json!(null));
}

#[test]
fn code_that_checks_a_form_may_ask_for_more() {
    let mut talk = checked(|asked| match asked {
        "city" => json!({"variables": {"requested_slot": "sum"}}),
        "sum" => json!({"variables": {"sum": "10"}}),
        _ => json!({}),
    });
    assert_eq!(talk.say("travel"), "(validate_trip_form) | where?");
    assert_eq!(talk.say("inform [city=Bern]"), "(validate_trip_form) | for how much?");
    assert_eq!(talk.say("inform: ten"), "(validate_trip_form) | when?");
}

#[test]
fn a_form_goes_on_where_the_code_that_checks_it_fails() {
    let mut talk = checked(|_| json!(null));
    assert_eq!(talk.say("travel"), "(validate_trip_form) | where?");
    assert_eq!(talk.say("inform [city=Bern]"), "(validate_trip_form) | when?");
}

#[test]
fn code_asks_before_a_response_and_the_response_where_it_fails() {
    let imported = domain(&format!("{TRIP}{RULES}actions: [action_ask_city]\n"));
    let mut talk = Talk::with_code(&imported, |_, _| json!({"replies": ["code asks: where?"]}));
    assert_eq!(talk.say("travel"), "(action_ask_city) | code asks: where?");
    assert_eq!(talk.say("inform: well"), "(action_ask_city) | code asks: where?", "it asks again");
    assert_eq!(talk.say("inform [city=Bern]"), "when?");
    let mut talk = Talk::with_code(&imported, |_, _| json!(null));
    assert_eq!(talk.say("travel"), "(action_ask_city) | where?");
    assert_eq!(talk.say("inform [city=Bern]"), "when?");
}
