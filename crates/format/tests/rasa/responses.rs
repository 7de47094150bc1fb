//! What responses say: by conditions, with pictures, payloads and buttons.

use greenroom_model::document::{Content, MessageNode, Node};
use serde_json::json;

use crate::talk::Talk;
use crate::translations::{domain, flow, losses};

fn message(imported: &greenroom_format::Imported) -> &MessageNode {
    let nodes = flow(imported, "utter_a").nodes.values();
    let mut messages = nodes.filter_map(|node| if let Node::Message(message) = node { Some(message) } else { None });
    messages.next().unwrap()
}

#[test]
fn a_condition_decides_what_is_said() {
    let imported = domain(
        "intents: [ask, look]
slots: {member: {type: bool, influence_conversation: false, mappings: [{type: custom}]}}
responses:
  utter_a:
  - text: hello
  - text: hello, dear member
    condition: [{type: slot, name: member, value: true}]
actions: [action_look]
rules:
- rule: ask
  steps: [{intent: ask}, {action: utter_a}]
- rule: look
  steps: [{intent: look}, {action: action_look}]
",
    );
    let mut talk = Talk::with_code(&imported, |_, _| json!({"variables": {"member": true}}));
    assert_eq!(talk.say("ask"), "hello");
    talk.say("look");
    assert_eq!(talk.say("ask"), "hello, dear member");
    assert!(!losses(&imported).contains("response `utter_a`"), "{}", losses(&imported));
}

#[test]
fn a_picture_is_shown_where_its_address_is_whole() {
    let picture = |image: &str| {
        let imported = domain(&format!("responses:\n  utter_a:\n  - text: look\n    image: '{image}'\n"));
        let content = message(&imported).content.clone();
        (content.len(), losses(&imported).contains("the address of its picture"))
    };
    assert_eq!(picture("https://pictures.example/{name}.png"), (1, false));
    for image in [
        "{address}",
        "owl.png",
        "https://{host}/owl.png",
        "https://",
        "https:///x",
        "ftp://a.example/x",
        "https://a.example/{{#x",
    ] {
        assert_eq!(picture(image), (0, true), "{image}");
    }
}

#[test]
fn a_payload_of_its_own_goes_to_the_rest_channel_with_its_slots() {
    let imported = domain("responses:\n  utter_a:\n  - custom: {map: {at: '{place}', zoom: 3}}\n");
    let Content::Raw(raw) = &message(&imported).content[0] else { unreachable!() };
    assert_eq!((raw.channel.as_str(), &raw.json), ("rest", &json!({"map": {"at": "{{ place }}", "zoom": 3}})));
    assert!(losses(&imported).contains("`custom` payload goes to the REST channel"), "{}", losses(&imported));
}

#[test]
fn quick_replies_stay_and_too_many_buttons_are_told() {
    let button = "{title: Yes, payload: /ask}";
    let buttons = vec![button; 101].join(", ");
    let imported = domain(&format!(
        "intents: [ask]\nresponses:\n  utter_a:\n  - text: well?\n    quick_replies: [{button}]\n    buttons: [{buttons}]\n"
    ));
    assert_eq!((message(&imported).quick_replies.len(), message(&imported).buttons.len()), (1, 100));
    assert!(losses(&imported).contains("it has 101 buttons; the first 100 are kept"), "{}", losses(&imported));
}

#[test]
fn a_variant_for_a_channel_of_rasas_is_told() {
    let imported = domain("responses:\n  utter_a:\n  - text: hello\n  - text: slack\n    channel: slack\n");
    assert!(losses(&imported).contains("a variant for the `channel` `slack` is left out"), "{}", losses(&imported));
}
