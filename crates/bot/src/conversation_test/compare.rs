//! What a test expects of a turn beside what the bot did: every difference is told.

use greenroom_flow::{Reply, ReplyContent, Session};
use greenroom_model::document::{
    Expectation, ExpectedCall, ExpectedContext, ExpectedReply, ExpectedText, Turn as TestTurn,
};
use regex::RegexBuilder;
use serde_json::Value;

use super::player::PlayedTurn;
use super::{Mismatch, unknown, wording};
use crate::Bot;

/// How much memory a compiled pattern may take, in bytes.
const MAX_COMPILED_BYTES: usize = 1 << 20;

/// A turn that was played, and the session that it led to.
pub(super) struct Scene<'t> {
    pub(super) bot: &'t Bot,
    /// The turn, from 1.
    pub(super) number: usize,
    pub(super) played: &'t PlayedTurn,
    pub(super) session: &'t Session,
}

/// The differences of a turn.
pub(super) fn compare(scene: &Scene<'_>, turn: &TestTurn) -> Vec<Mismatch> {
    let expect = &turn.expect;
    let mut mismatches = Vec::new();
    if let Some(expected) = &expect.replies {
        mismatches.extend(replies(scene, expected));
    }
    mismatches.extend(understood(scene, expect));
    mismatches.extend(state(scene, expect));
    if let Some(expected) = &expect.calls {
        mismatches.extend(calls(scene, expected));
    }
    if let Some(expected) = &expect.raised {
        let told = (wording::events(expected), wording::events(&scene.played.raised));
        if told.0 != told.1 {
            let help = format!("look which event node tells of it; {}", wording::passed(scene.played));
            mismatches.push(scene.mismatch("raised", told.0, told.1, help));
        }
    }
    let called = scene.played.called();
    for missing in turn.answers.keys().filter(|answered| !called.contains(answered)) {
        let found = wording::calls(&scene.played.calls);
        let help = format!("take the answer of `{missing}` out of this turn, or lead the conversation to its call");
        mismatches.push(scene.mismatch(format!("answers.{missing}"), "a call".to_owned(), found, help));
    }
    mismatches
}

impl Scene<'_> {
    fn mismatch(&self, what: impl Into<String>, expected: String, found: String, help: String) -> Mismatch {
        Mismatch { turn: self.number, what: what.into(), expected, found, help }
    }
}

fn replies(scene: &Scene<'_>, expected: &[ExpectedReply]) -> Vec<Mismatch> {
    let found = &scene.played.replies;
    if expected.len() != found.len() {
        let told = (wording::expected_replies(expected), wording::replies(found));
        return vec![scene.mismatch("replies", told.0, told.1, wording::help_with_replies(scene.played))];
    }
    let pairs = expected.iter().zip(found).enumerate();
    pairs.filter_map(|(place, (expected, found))| reply(scene, place + 1, expected, found)).collect()
}

fn reply(scene: &Scene<'_>, number: usize, expected: &ExpectedReply, found: &Reply) -> Option<Mismatch> {
    let titles = found.all_buttons().map(|button| &button.title);
    let has_buttons = expected.buttons.as_ref().is_none_or(|buttons| buttons.iter().eq(titles));
    let help = match text_fits(&expected.text, &found.text) {
        Ok(true) if has_buttons && raw_fits(expected, found) => return None,
        Ok(_) => wording::help_with_replies(scene.played),
        Err(reason) => format!("the pattern of the test does not work: {reason}"),
    };
    let with_buttons = expected.buttons.is_some();
    let told = (wording::expected_reply(expected), wording::reply(found, with_buttons));
    Some(scene.mismatch(format!("replies.{number}"), told.0, told.1, help))
}

/// Whether a reply is made for the channel that is expected, and has what it shall get.
fn raw_fits(expected: &ExpectedReply, found: &Reply) -> bool {
    expected.raw.as_ref().is_none_or(|expected| match &found.content {
        Some(ReplyContent::Raw { channel, json }) => {
            *channel == expected.channel && expected.json.as_ref().is_none_or(|expected| same(expected, json))
        }
        _ => false,
    })
}

/// Whether a text is as expected, or what is wrong with the pattern.
pub(super) fn text_fits(expected: &ExpectedText, found: &str) -> Result<bool, String> {
    Ok(match expected {
        ExpectedText::Any => true,
        ExpectedText::Exactly(text) => text == found,
        ExpectedText::Contains(part) => found.contains(part.as_str()),
        ExpectedText::OneOf(texts) => texts.iter().any(|text| text == found),
        ExpectedText::Matches(pattern) => {
            let regex = RegexBuilder::new(pattern).size_limit(MAX_COMPILED_BYTES).nest_limit(50).build();
            let regex = regex.map_err(|error| error.to_string().lines().last().unwrap_or_default().to_owned())?;
            regex.is_match(found)
        }
    })
}

fn understood(scene: &Scene<'_>, expect: &Expectation) -> Vec<Mismatch> {
    let understanding = scene.played.understanding.as_ref();
    let mut mismatches = Vec::new();
    if let Some(expected) = &expect.intent {
        let found = understanding.and_then(|understanding| understanding.intent.as_ref());
        if found.map_or("none", |intent| intent.id.as_str()) != expected {
            let told = wording::intent(understanding);
            let help = unknown::intent(scene.bot, expected)
                .unwrap_or_else(|| wording::help_with_intent(scene.bot, understanding, expected));
            mismatches.push(scene.mismatch("intent", expected.clone(), told, help));
        }
    }
    for (entity, expected) in &expect.entities {
        let entities = understanding.iter().flat_map(|understanding| &understanding.entities);
        let found: Vec<&str> = entities.filter(|found| found.entity == *entity).map(|found| &*found.value).collect();
        let fits = match expected {
            Value::Null => found.is_empty(),
            Value::Array(all) => {
                all.len() == found.len() && all.iter().zip(&found).all(|(one, other)| spells(one, other))
            }
            one => found.iter().any(|other| spells(one, other)),
        };
        if !fits {
            let what = format!("entities.{entity}");
            let found = if found.is_empty() { "none".to_owned() } else { found.join(", ") };
            let help = unknown::entity(scene.bot, entity).unwrap_or_else(|| {
                format!(
                    "say in the entity `{entity}` how its values are said, or mark them in examples and train; mend the test where it is wrong"
                )
            });
            mismatches.push(scene.mismatch(what, expected.to_string(), found, help));
        }
    }
    mismatches
}

fn state(scene: &Scene<'_>, expect: &Expectation) -> Vec<Mismatch> {
    let session = scene.session;
    let mut mismatches = Vec::new();
    let mut check = |what: String, expected: String, found: String, unknown: Option<String>, help: &str| {
        if expected != found {
            let help = unknown.unwrap_or_else(|| format!("{help}; {}", wording::passed(scene.played)));
            mismatches.push(scene.mismatch(what, expected, found, help));
        }
    };
    if let Some(expected) = &expect.node {
        let found = session.position.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string);
        let unknown = unknown::node(scene.bot, expected);
        check("node".to_owned(), expected.clone(), found, unknown, "look at the way that the turn took");
    }
    if let Some(expected) = &expect.language {
        let found = session.language.to_string();
        let help = "look where the conversation's language is set";
        check("language".to_owned(), expected.to_string(), found, None, help);
    }
    for (variable, expected) in &expect.variables {
        let found = session.variables.get(variable).unwrap_or(&Value::Null);
        let told = if same(expected, found) { expected } else { found };
        let help = "look which node sets the variable";
        let unknown = unknown::variable(scene.bot, variable);
        check(format!("variables.{variable}"), expected.to_string(), told.to_string(), unknown, help);
    }
    for (context, expected) in &expect.contexts {
        let turns = session.contexts.get(context).copied().unwrap_or_default();
        let (expected, found) = match expected {
            ExpectedContext::Active(expected) => (wording::active(*expected), wording::active(turns > 0)),
            ExpectedContext::Turns(expected) => (wording::turns(*expected), wording::turns(turns)),
        };
        let help = "look which node sets the context, and for how long";
        check(format!("contexts.{context}"), expected, found, None, help);
    }
    if let Some(expected) = expect.handed_over {
        let (expected, found) = (wording::handed_over(expected), wording::handed_over(session.handed_over));
        check("handed_over".to_owned(), expected, found, None, "look whether the turn comes to a handover node");
    }
    mismatches
}

fn calls(scene: &Scene<'_>, expected: &[ExpectedCall]) -> Option<Mismatch> {
    let found = &scene.played.calls;
    let fits = expected.len() == found.len()
        && expected.iter().zip(found).all(|(expected, found)| {
            let value = |variable| found.variables.get(variable).unwrap_or(&Value::Null);
            expected.call == found.called
                && expected.url.as_deref().is_none_or(|url| found.url() == Some(url))
                && expected.body.as_ref().is_none_or(|body| found.body().is_some_and(|found| same(body, &found)))
                && expected.with.iter().all(|(variable, expected)| same(expected, value(variable)))
        });
    if fits {
        return None;
    }
    let told = (wording::expected_calls(expected), wording::calls_beside(found, expected));
    let help = format!("look which node makes the call; {}", wording::passed(scene.played));
    Some(scene.mismatch("calls", told.0, told.1, help))
}

/// Whether a text spells a value: `3` spells the number.
fn spells(value: &Value, text: &str) -> bool {
    let spelt = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    spelt == text
}

/// Whether two values are the same; `3` and `3.0` are.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one == other || one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, value)| other.get(key).is_some_and(|other| same(value, other)))
        }
        _ => one == other,
    }
}
