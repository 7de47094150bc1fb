//! What each construct of Rasa becomes.

use std::collections::BTreeSet;

use greenroom_format::{Bundle, Imported, RasaOptions, read_rasa};
use greenroom_model::Document;
use greenroom_model::document::{Accept, ButtonAction, Flow, Node, TriggerOn};

use crate::{bot, import, text};

/// Imports one file that holds everything.
pub(crate) fn domain(yaml: &str) -> Imported {
    import(&[("domain.yml", &format!("version: '3.1'\n{yaml}"))]).unwrap()
}

fn document<'a>(bundle: &'a Bundle, path: &str) -> &'a Document {
    bundle.parts.get(&path.parse().unwrap()).unwrap_or_else(|| panic!("{path} in {:?}", bundle.parts.keys()))
}

pub(crate) fn flow<'a>(imported: &'a Imported, id: &str) -> &'a Flow {
    match document(&imported.bundle, &format!("flows/{id}")) {
        Document::Flow(flow) => flow,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn losses(imported: &Imported) -> String {
    imported.losses.to_string()
}

#[test]
fn a_whole_bot() {
    let imported = read_rasa(&bot("library"), &RasaOptions::default()).unwrap();
    insta::assert_snapshot!(text(&imported));
}

#[test]
fn importing_again_gives_the_same_bot_and_the_same_report() {
    let once = read_rasa(&bot("library"), &RasaOptions::default()).unwrap();
    let again = read_rasa(&bot("library"), &RasaOptions::default()).unwrap();
    assert_eq!(once, again);
}

#[test]
fn secrets_of_the_deployment_are_not_repeated() {
    let imported = read_rasa(&bot("library"), &RasaOptions::default()).unwrap();
    assert!(!text(&imported).contains("do-not-tell"));
}

#[test]
fn the_language_is_asked_for_or_configured() {
    let language = |config: &str, asked: Option<&str>| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("domain.yml"), "version: '3.1'\n").unwrap();
        std::fs::write(folder.path().join("config.yml"), config).unwrap();
        let options = RasaOptions { language: asked.map(|asked| asked.parse().unwrap()) };
        let imported = read_rasa(folder.path(), &options).unwrap();
        let Document::Settings(settings) = document(&imported.bundle, "settings").clone() else { unreachable!() };
        (settings.default_language.to_string(), losses(&imported).contains("`language`"))
    };
    assert_eq!(language("language: de", None), ("de".to_owned(), false));
    assert_eq!(language("language: pt_BR", None), ("pt-br".to_owned(), false));
    assert_eq!(language("language: de", Some("fr")), ("fr".to_owned(), true));
    assert_eq!(language("", Some("fr")), ("fr".to_owned(), true));
    assert_eq!(language("", None), ("en".to_owned(), true));
    assert_eq!(language("language: german!", None), ("en".to_owned(), true));
}

#[test]
fn a_session_that_never_expires_lasts_as_long_as_one_may() {
    let imported = domain("session_config:\n  session_expiration_time: 0\n  carry_over_slots_to_new_session: true\n");
    let Document::Settings(settings) = document(&imported.bundle, "settings") else { unreachable!() };
    assert_eq!(settings.sessions.idle_minutes, 525_600);
    assert!(losses(&imported).contains("domain.yml:3: `session_expiration_time`: `0` minutes became 525600"));
    assert!(losses(&imported).contains("domain.yml:4: `carry_over_slots_to_new_session`"));
}

#[test]
fn names_that_suggest_one_id_stay_apart() {
    let imported = domain("intents: [opening hours, opening_hours, Opening-hours]\n");
    let names: BTreeSet<String> = imported
        .bundle
        .parts
        .iter()
        .filter_map(|(path, document)| match document {
            Document::Intent(intent) => Some(format!("{path} {}", intent.name)),
            _ => None,
        })
        .collect();
    let expected = [
        "nlp/intents/opening-hours Opening-hours",
        "nlp/intents/opening_hours opening hours",
        "nlp/intents/opening_hours_2 opening_hours",
    ];
    assert_eq!(names, expected.map(str::to_owned).into());
}

#[test]
fn one_example_under_two_intents_is_kept_under_both() {
    let imported = domain("nlu:\n- intent: a\n  examples: |\n    - hi\n- intent: b\n  examples: |\n    - hi\n");
    for intent in ["a", "b"] {
        let Document::Examples(examples) = document(&imported.bundle, &format!("nlp/examples/en/{intent}")) else {
            unreachable!()
        };
        assert_eq!(examples.examples[0].text, "hi");
    }
}

#[test]
fn a_button_stands_for_its_intent_with_its_entities() {
    let imported = domain(
        r#"intents: [pick]
entities: [size]
responses:
  utter_sizes:
  - text: Which?
    buttons:
    - title: Large
      payload: /pick{"size":"large"}'
    - title: Seven
      payload: /pick{"size":7}
    - title: Broken
      payload: '/pick{"size":'
    - title: Words
      payload: the large one
    - title: Nothing
      payload: /
"#,
    );
    let Node::Message(message) = flow(&imported, "utter_sizes").nodes.values().next().unwrap() else { unreachable!() };
    let actions: Vec<String> = message
        .buttons
        .iter()
        .map(|button| match &button.action {
            ButtonAction::Intent { intent, entities } => format!("{intent} {entities:?}"),
            other => format!("{other:?}"),
        })
        .collect();
    let expected = [
        r#"pick {EntityId(size): "large"}"#,
        r#"pick {EntityId(size): "7"}"#,
        "pick {}",
        r#"Payload("the large one")"#,
    ];
    assert_eq!(actions, expected);
    for lost in ["`'` behind the payload", "`/pick{\"size\":` do not read", "pressing `Words`", "`/` names no intent"] {
        assert!(losses(&imported).contains(lost), "{lost} in {}", losses(&imported));
    }
}

#[test]
fn a_rule_and_a_story_that_disagree_are_told_and_the_rule_holds() {
    let imported = domain(
        "intents: [ask]
responses:
  utter_a: [{text: a}]
  utter_b: [{text: b}]
stories:
- story: says b
  steps:
  - intent: ask
  - action: utter_b
rules:
- rule: says a
  steps:
  - intent: ask
  - action: utter_a
",
    );
    assert!(flow(&imported, "says_a").nodes.keys().any(|node| node.as_str() == "utter_a"));
    assert!(losses(&imported).contains("domain.yml:7: story `says b`: rule `says a` answers `ask` otherwise"));
}

#[test]
fn a_story_of_several_turns_remembers_where_it_is() {
    let imported = domain(
        "intents: [ask, yes, no]
responses:
  utter_sure: [{text: Are you sure?}]
  utter_done: [{text: Done.}]
  utter_left: [{text: Left.}]
stories:
- story: sure
  steps:
  - intent: ask
  - action: utter_sure
  - intent: yes
  - action: utter_done
- story: not sure
  steps:
  - intent: ask
  - action: utter_sure
  - intent: no
  - action: utter_left
",
    );
    let Node::Action(remember) = &flow(&imported, "sure").nodes["remember"] else { unreachable!() };
    let context = remember.contexts.keys().next().unwrap();
    assert_eq!(remember.contexts[context], 1);
    let [_, yes, no] = flow(&imported, "sure").triggers.as_slice() else { unreachable!() };
    for trigger in [yes, no] {
        assert!(matches!(trigger.on, TriggerOn::Intent(_)), "{trigger:?}");
        assert_eq!(trigger.contexts, [context.clone()].into());
    }
}

#[test]
fn what_follows_no_flow_is_told() {
    let imported = domain(
        "intents: [yes]
responses:
  utter_a: [{text: a}]
  utter_b: [{text: b}]
stories:
- story: waits in vain
  steps:
  - action: utter_a
  - intent: yes
  - action: utter_b
",
    );
    assert!(losses(&imported).contains("story `waits in vain`: it waits for `utter_a`, with which no flow ends"));
}

#[test]
fn an_input_takes_what_the_mappings_take_and_drops_intents_that_do_not_exist() {
    let imported = domain(
        "intents: [inform, stop, ask, yes]
entities: [city]
slots:
  city:
    type: text
    mappings:
    - type: from_entity
      entity: city
      not_intent: stop
    - type: from_intent
      intent: yes
      value: Bern
    - type: from_text
      intent: [inform, travel_form]
responses:
  utter_ask_city: [{text: Where to?}]
forms:
  travel_form:
    ignored_intents: [ask]
    required_slots: [city]
",
    );
    let Node::Input(input) = &flow(&imported, "travel_form").nodes["ask_city"] else { unreachable!() };
    assert!(input.skip_when_known);
    let ids = |names: &[&str]| names.iter().map(|name| name.parse().unwrap()).collect::<BTreeSet<_>>();
    let [Accept::Entity { intents, .. }, Accept::Intent { value, .. }, Accept::Text(text)] = input.accept.as_slice()
    else {
        panic!("{:?}", input.accept)
    };
    assert_eq!((&intents.only, &intents.except), (&ids(&[]), &ids(&["ask", "stop"])));
    assert_eq!(value, "Bern");
    assert_eq!((&text.only, &text.except), (&ids(&["inform"]), &ids(&["ask"])));
    assert!(losses(&imported).contains("intent `travel_form` of a mapping `from_text`"));
}

#[test]
fn a_known_name_of_duckling_is_a_system_entity_and_any_other_is_told() {
    let imported = domain("entities: [email, number, amount-of-money, phone-number, url, time, volume]\n");
    for (entity, kinds) in [
        ("email", 1),
        ("number", 1),
        ("amount-of-money", 1),
        ("phone-number", 1),
        ("url", 1),
        ("time", 3),
        ("volume", 0),
    ] {
        let Document::Entity(found) = document(&imported.bundle, &format!("nlp/entities/{entity}")) else {
            unreachable!()
        };
        assert_eq!(found.system.len(), kinds, "{entity}");
        assert!(losses(&imported).contains(&format!("domain.yml:2: entity `{entity}`")), "{entity}");
    }
}

#[test]
fn a_model_learns_what_is_marked_twenty_times_and_values_find_the_rest() {
    for (marks, learned) in [(19, false), (20, true)] {
        let lines: String = (0..marks).map(|number| format!("    - to [town{number}](city)\n")).collect();
        let nlu = format!("nlu:\n- intent: go\n  examples: |\n{lines}");
        let imported = super::import(&[("domain.yml", "intents: [go]\nentities: [city]\n"), ("data/nlu.yml", &nlu)]);
        let imported = imported.unwrap();
        let Document::Entity(city) = document(&imported.bundle, "nlp/entities/city") else { unreachable!() };
        assert_eq!((city.learned, city.values.len()), (learned, marks));
    }
}

#[test]
fn what_the_import_cannot_say_names_its_line() {
    let imported = domain(
        "intents: [a]
unheard_of: 1
responses:
  utter_a:
  - text: hello
    voice: low
stories:
- story: odd
  steps:
  - intent: a
    mood: good
  - action: utter_a
",
    );
    for lost in [
        "domain.yml:3: key `unheard_of` of the file",
        "domain.yml:7: key `voice` of response `utter_a`",
        "domain.yml:12: key `mood` of a step",
    ] {
        assert!(losses(&imported).contains(lost), "{lost} in {}", losses(&imported));
    }
}
