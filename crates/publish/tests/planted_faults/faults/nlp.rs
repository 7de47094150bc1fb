//! Faults of intents and their examples.

use greenroom_model::{Code, Severity};
use serde_json::json;

use super::of_part;
use crate::bot::Bot;
use crate::chance::Chance;
use crate::checked::Found;

/// The examples of the bot in one language, by path.
fn examples(bot: &Bot, language: &str) -> Vec<String> {
    let directory = format!("nlp/examples/{language}/");
    bot.parts.keys().filter(|path| path.starts_with(&directory)).cloned().collect()
}

pub(super) fn few_examples(bot: &mut Bot, chance: &mut Chance) -> Vec<Found> {
    let language = *chance.pick(&bot.languages.clone());
    let path = chance.pick(&examples(bot, language)).clone();
    let left = 1 + chance.below(9);
    bot.parts.get_mut(&path).unwrap()["examples"].as_array_mut().unwrap().truncate(left);
    vec![of_part(Code::FewExamples, Severity::Warn, &path)]
}

pub(super) fn duplicate_example(bot: &mut Bot, chance: &mut Chance) -> Vec<Found> {
    bot.intent();
    let language = *chance.pick(&bot.languages.clone());
    let paths = examples(bot, language);
    let first = chance.below(paths.len());
    let second = (first + 1 + chance.below(paths.len() - 1)) % paths.len();
    let (first, second) = (paths[first].clone(), paths[second].clone());
    let texts = bot.parts[&first]["examples"].as_array().unwrap();
    let text = chance.pick(texts).as_str().unwrap().to_uppercase();
    bot.parts.get_mut(&second).unwrap()["examples"].as_array_mut().unwrap().push(json!(text));
    vec![of_part(Code::DuplicateExample, Severity::Warn, &first.min(second))]
}

pub(super) fn empty_intent(bot: &mut Bot, chance: &mut Chance) -> Vec<Found> {
    let id = bot.fresh("empty_");
    bot.parts.insert(format!("nlp/intents/{id}"), json!({ "name": id }));
    if chance.one_in(2) {
        let language = bot.languages[0];
        bot.parts.insert(format!("nlp/examples/{language}/{id}"), json!({ "examples": [] }));
    }
    vec![of_part(Code::EmptyIntent, Severity::Warn, &format!("nlp/intents/{id}"))]
}
