//! In which of the bot's languages a text is.
//!
//! The models tell it themselves: each knows the n-grams of its language's examples. In a bot
//! whose users write as its examples do, that is surer than a detector of languages at large,
//! which needs longer texts than people say to bots.

use greenroom_flow::Session;
use greenroom_model::Language;
use greenroom_nlp::Scratch;

use crate::Bot;

/// By how much one language must know more of a text than any other. Left-out examples of the
/// bike rental bot in English and Dutch: see `docs/flows.md`.
const MARGIN: f32 = 0.1;

impl Bot {
    /// The language of a text, among those that the bot has models of: the one whose examples
    /// share clearly more with the text than those of any other (by a tenth of the text). `None`
    /// where that is none, as with names, `OK`, and languages that the bot does not speak.
    #[must_use]
    pub fn language_of(&self, text: &str) -> Option<Language> {
        if self.models().len() < 2 {
            return None;
        }
        let mut scratch = Scratch::default();
        let (mut best, mut second) = ((None, 0.0), 0.0);
        for (language, model) in self.models() {
            let share = model.known_share(text, &mut scratch);
            if share > best.1 {
                second = best.1;
                best = (Some(language), share);
            } else if share > second {
                second = share;
            }
        }
        best.0.filter(|_| best.1 - second > MARGIN).cloned()
    }

    /// The language of the user's next text, where the conversation is to take it.
    pub(crate) fn heard_language(&self, text: &str, session: &Session) -> Option<Language> {
        self.graph().detects_language(session).then(|| self.language_of(text)).flatten()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::ops::ControlFlow;
    use std::sync::Arc;

    use greenroom_model::{Document, PartPath};
    use greenroom_nlp::{Example, Model, TrainParams, train};
    use serde_json::{Value, json};

    use super::*;
    use crate::UserInput;

    fn model(examples: [(&str, &str); 6]) -> Arc<Model> {
        let examples = examples.map(|(text, label)| Example { text, label });
        let params = TrainParams::default().check().unwrap();
        Arc::new(train(&examples, &params, None, &mut |_| ControlFlow::Continue(())).unwrap())
    }

    fn bot(detect: &str) -> Bot {
        let parts = [
            (
                "settings",
                json!({ "name": "B", "default_language": "en", "languages": ["nl"], "detect_language": detect }),
            ),
            ("nlp/intents/rent", json!({ "name": "Rent" })),
            ("nlp/intents/lost", json!({ "name": "Lost" })),
            (
                "flows/rent",
                json!({ "name": "Rent", "start": "say", "triggers": [{ "intent": "rent" }],
                    "nodes": { "say": { "message": { "text": { "en": "Here is a bike.", "nl": "Hier is een fiets." } } } } }),
            ),
        ];
        let documents = parts.map(|(path, value): (&str, Value)| {
            let path: PartPath = path.parse().unwrap();
            let document = Document::from_value(&path, value).unwrap();
            (path, document)
        });
        let english = [
            ("I want to rent a bike", "rent"),
            ("rent a city bike please", "rent"),
            ("can I hire two bikes", "rent"),
            ("my bike is lost", "lost"),
            ("somebody stole the bike", "lost"),
            ("I cannot find my bike", "lost"),
        ];
        let dutch = [
            ("ik wil een fiets huren", "rent"),
            ("een stadsfiets huren graag", "rent"),
            ("kan ik twee fietsen huren", "rent"),
            ("mijn fiets is kwijt", "lost"),
            ("iemand heeft de fiets gestolen", "lost"),
            ("ik kan mijn fiets niet vinden", "lost"),
        ];
        let models =
            [("en", english), ("nl", dutch)].map(|(language, examples)| (language.parse().unwrap(), model(examples)));
        Bot::new(documents, BTreeMap::from(models)).unwrap()
    }

    /// What is said to a bot that begins in English, turn by turn.
    fn said(detect: &str, texts: &[&str]) -> Vec<String> {
        let bot = bot(detect);
        let mut session = bot.session(None);
        let mut said = Vec::new();
        for text in texts {
            let turn = bot.turn(&session, &UserInput::Text((*text).to_owned()));
            said.extend(turn.replies.into_iter().map(|reply| reply.text));
            session = turn.session;
        }
        said
    }

    #[test]
    fn tells_languages_apart_by_what_their_examples_share_with_a_text() {
        let bot = bot("never");
        let language = |text: &str| bot.language_of(text).map(|language| language.to_string());
        assert_eq!(language("wij willen drie fietsen huren").as_deref(), Some("nl"));
        assert_eq!(language("we want to hire three bikes").as_deref(), Some("en"));
        for unclear in ["", "WH-7003", "☃", "日本語"] {
            assert_eq!(language(unclear), None, "{unclear}");
        }
    }

    #[test]
    fn a_conversation_takes_the_language_as_the_settings_say() {
        let texts = ["een fiets huren graag", "rent a bike please"];
        assert_eq!(said("every_text", &texts), ["Hier is een fiets.", "Here is a bike."]);
        assert_eq!(said("first_text", &texts)[0], "Hier is een fiets.");
        assert!(!said("first_text", &texts).contains(&"Here is a bike.".to_owned()));
        assert!(!said("never", &texts).contains(&"Hier is een fiets.".to_owned()));
    }

    #[test]
    fn a_text_of_no_clear_language_changes_none() {
        assert_eq!(
            said("every_text", &["een fiets huren graag", "ok", "een fiets huren"]),
            ["Hier is een fiets.", "Hier is een fiets."]
        );
    }
}
