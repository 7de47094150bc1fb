//! How the buttons of a bot look to a Rasa front end, which sends a pressed
//! button's payload back as a message.
//!
//! Such a payload must not be mistaken for something that a person typed, nor
//! the other way round. Rasa writes payloads as `/intent{"entity": "value"}`;
//! whatever else a button of ours carries is written `/payload:…`.

use greenroom_bot::UserInput;
use greenroom_model::IntentId;

/// How payloads begin that stand for an intent, inside.
const INTENT: &str = "intent:";
/// How payloads are written, outside, that stand for no intent.
const PAYLOAD: &str = "/payload:";

/// The payload of a button, as the front end gets it.
pub(crate) fn shown(payload: &str) -> String {
    let of_intent = payload.strip_prefix(INTENT).map(|intent| format!("/{intent}"));
    match of_intent {
        // An intent may be named like one of Rasa's commands; then the other way of writing is the safe one.
        Some(written) if read(&written) == UserInput::Button(payload.to_owned()) => written,
        Some(_) | None => format!("{PAYLOAD}{payload}"),
    }
}

/// What a message from the front end is: a pressed button, one of Rasa's own
/// commands, or what a person said.
pub(crate) fn read(message: &str) -> UserInput {
    if let Some(payload) = message.strip_prefix(PAYLOAD) {
        return UserInput::Button(payload.to_owned());
    }
    match message.strip_prefix('/') {
        Some("restart" | "session_start" | "start") => UserInput::Start,
        Some(intent) if reads_as_intent(intent) => UserInput::Button(format!("{INTENT}{intent}")),
        Some(_) | None => UserInput::Text(message.to_owned()),
    }
}

/// Whether a text is an intent's id, with nothing after it or an object of texts.
fn reads_as_intent(text: &str) -> bool {
    let (intent, entities) = match text.find('{') {
        Some(start) => text.split_at(start),
        None => (text, "{}"),
    };
    IntentId::new(intent).is_ok()
        && serde_json::from_str::<std::collections::BTreeMap<String, String>>(entities).is_ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whatever_a_button_carries_comes_back(
            payload in prop_oneof![".*", "/?(intent|goto|payload|restart|start)?:?[a-z_/]{0,9}", r#"intent:[a-z]{1,9}(\{"[a-z]{1,3}":"[^"\\\p{Cc}]{0,5}"\})?"#],
        ) {
            prop_assert_eq!(read(&shown(&payload)), UserInput::Button(payload));
        }

        #[test]
        fn a_text_without_a_slash_before_it_is_a_text(text in "[^/].*") {
            prop_assert_eq!(read(&text), UserInput::Text(text.clone()));
        }
    }

    #[test]
    fn every_payload_comes_back_as_the_button_that_it_was() {
        for payload in [
            "intent:greet",
            r#"intent:order{"size":"large","note":"no } please"}"#,
            "goto:menu/pay",
            "yes",
            "/greet",
            "payload:a",
            "",
            "intent:",
            "intent:No Id",
            "intent:restart",
            "{\"a\":1}",
            "ja, gerne / später",
        ] {
            assert_eq!(read(&shown(payload)), UserInput::Button(payload.to_owned()), "{payload}");
        }
    }

    #[test]
    fn what_people_type_stays_a_text() {
        for text in
            ["yes", "goto:menu/pay", "intent:greet", "/", "/ greet", "/hello there", "/r{", "/A", "1/2", " /greet"]
        {
            assert_eq!(read(text), UserInput::Text(text.to_owned()));
        }
    }

    #[test]
    fn the_commands_of_rasa_begin_anew() {
        for text in ["/restart", "/session_start", "/start"] {
            assert_eq!(read(text), UserInput::Start);
        }
    }
}
