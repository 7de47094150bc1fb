//! The words of a mismatch: what was expected, what was found, what an author can do.

use greenroom_flow::{Reply, ReplyAction, ReplyContent, TraceStep};
use greenroom_model::EventId;
use greenroom_model::document::{Called, ExpectedCall, ExpectedReply, ExpectedText, UserAct};
use serde_json::Value;

use super::Mismatch;
use super::player::{PlayedCall, PlayedTurn};
use crate::{Bot, Understanding};

/// How many nodes of a turn are named.
const NODES_NAMED: usize = 8;

pub(super) fn expected_replies(replies: &[ExpectedReply]) -> String {
    list(replies.iter().map(expected_reply))
}

pub(super) fn replies(replies: &[Reply]) -> String {
    list(replies.iter().map(|found| reply(found, false)))
}

fn list(texts: impl Iterator<Item = String>) -> String {
    format!("[{}]", texts.collect::<Vec<_>>().join(", "))
}

pub(super) fn expected_reply(reply: &ExpectedReply) -> String {
    let text = match &reply.text {
        ExpectedText::Any => "any text".to_owned(),
        ExpectedText::Exactly(text) => format!("{text:?}"),
        ExpectedText::Contains(part) => format!("a text with {part:?}"),
        ExpectedText::Matches(pattern) => format!("a text that matches `{pattern}`"),
        ExpectedText::OneOf(texts) => format!("one of {texts:?}"),
    };
    if let (Some(raw), ExpectedText::Any, None) = (&reply.raw, &reply.text, &reply.buttons) {
        return made_for(&raw.channel, raw.json.as_ref());
    }
    let text = match &reply.buttons {
        Some(buttons) => format!("{text} with the buttons {buttons:?}"),
        None => text,
    };
    reply
        .raw
        .as_ref()
        .map_or_else(|| text.clone(), |raw| format!("{text} {}", made_for(&raw.channel, raw.json.as_ref())))
}

/// How what one kind of channel gets is told.
fn made_for(channel: &str, json: Option<&Value>) -> String {
    json.map_or_else(|| format!("made for `{channel}`"), |json| format!("made for `{channel}`: {json}"))
}

pub(super) fn reply(reply: &Reply, with_buttons: bool) -> String {
    if let Some(ReplyContent::Raw { channel, json }) = &reply.content {
        return made_for(channel, Some(json));
    }
    let text = format!("{:?}", reply.text);
    let titles: Vec<&str> = reply.all_buttons().map(|button| button.title.as_str()).collect();
    if with_buttons { format!("{text} with the buttons {titles:?}") } else { text }
}

pub(super) fn help_with_replies(played: &PlayedTurn) -> String {
    format!("where the new answer is right, put it into the test; else {}", passed(played))
}

/// The nodes that a turn entered: where to look.
pub(super) fn passed(played: &PlayedTurn) -> String {
    let trace = played.steps.iter().flat_map(|step| &step.trace);
    let entered: Vec<String> = trace
        .filter_map(|step| match step {
            TraceStep::Entered { at } => Some(format!("`{at}`")),
            _ => None,
        })
        .collect();
    match entered.as_slice() {
        [] => "the turn entered no node: no trigger, button or input took what the user did".to_owned(),
        named if named.len() <= NODES_NAMED => format!("the turn passed {}", named.join(", ")),
        many => {
            let named = many.iter().take(NODES_NAMED).cloned().collect::<Vec<_>>().join(", ");
            format!("the turn passed {named} and {} more", many.len() - NODES_NAMED)
        }
    }
}

pub(super) fn intent(understanding: Option<&Understanding>) -> String {
    let Some(understanding) = understanding else { return "none: nothing was said".to_owned() };
    match (&understanding.intent, understanding.intent_ranking.first()) {
        (Some(intent), _) => format!("{} ({:.2})", intent.id, intent.confidence),
        (None, Some(first)) => format!("none ({} {:.2})", first.id, first.confidence),
        (None, None) => "none".to_owned(),
    }
}

pub(super) fn help_with_intent(bot: &Bot, understanding: Option<&Understanding>, expected: &str) -> String {
    let Some(understanding) = understanding else {
        return "an intent is understood of what a user says; take it out of this turn".to_owned();
    };
    let language = &understanding.language;
    if !bot.models().contains_key(language) {
        return format!("there is no model for `{language}`: train the bot");
    }
    if expected == "none" {
        return format!(
            "raise the threshold in `nlp/runtime`, or mend the test where `{}` is right",
            understanding.text
        );
    }
    let ranked = understanding.intent_ranking.iter().find(|ranked| ranked.id.as_str() == expected);
    let seen = ranked.map_or_else(String::new, |ranked| format!(" (it has {:.2} now)", ranked.confidence));
    format!("give `{expected}` an example that is worded like `{}`{seen} and train", understanding.text)
}

pub(super) fn active(active: bool) -> String {
    if active { "active" } else { "not active" }.to_owned()
}

pub(super) fn turns(turns: u32) -> String {
    match turns {
        0 => "not active".to_owned(),
        1 => "active for 1 turn".to_owned(),
        turns => format!("active for {turns} turns"),
    }
}

pub(super) fn handed_over(handed_over: bool) -> String {
    if handed_over { "a person has taken over" } else { "the bot answers" }.to_owned()
}

pub(super) fn expected_calls(calls: &[ExpectedCall]) -> String {
    list(calls.iter().map(|expected| {
        let mut with: Vec<String> = expected.with.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        with.extend(expected.url.as_ref().map(|url| format!("url = {url}")));
        with.extend(expected.body.as_ref().map(|body| format!("body = {body}")));
        call(&expected.call, &with)
    }))
}

pub(super) fn calls(calls: &[PlayedCall]) -> String {
    calls_beside(calls, &[])
}

/// The calls, each with what is expected of it.
pub(super) fn calls_beside(calls: &[PlayedCall], expected: &[ExpectedCall]) -> String {
    list(calls.iter().enumerate().map(|(place, found)| {
        let expected = expected.get(place);
        let names = expected.into_iter().flat_map(|expected| expected.with.keys());
        let value = |name| found.variables.get(name).unwrap_or(&Value::Null);
        let mut with: Vec<String> = names.map(|name| format!("{name} = {}", value(name))).collect();
        if expected.is_some_and(|expected| expected.url.is_some()) {
            with.push(format!("url = {}", found.url().unwrap_or("none")));
        }
        if expected.is_some_and(|expected| expected.body.is_some()) {
            with.push(format!("body = {}", found.body().unwrap_or_default()));
        }
        call(&found.called, &with)
    }))
}

fn call(called: &Called, with: &[String]) -> String {
    if with.is_empty() { called.to_string() } else { format!("{called} with {}", with.join(", ")) }
}

pub(super) fn events(events: &[EventId]) -> String {
    list(events.iter().map(ToString::to_string))
}

/// A turn that cannot be played: a button that is not shown, a time that nothing waits
/// for. The turns that are left are not played.
pub(super) fn cannot(turn: usize, user: &UserAct, shown: &[Reply], left: usize) -> Mismatch {
    let (what, expected, found, mut help) = match user {
        UserAct::Press(button) => {
            let buttons = shown.iter().flat_map(Reply::all_buttons);
            let titles: Vec<&str> = buttons
                .filter(|button| matches!(button.action, ReplyAction::Payload(_)))
                .map(|button| button.title.as_str())
                .collect();
            let help = "press a button that is shown, or give the bot this one".to_owned();
            ("press", format!("a button `{button}`"), format!("buttons {titles:?}"), help)
        }
        _ => {
            let help = "lead the conversation to a wait node with `seconds` first".to_owned();
            ("timeout", "a time that is waited for".to_owned(), "none".to_owned(), help)
        }
    };
    if left > 0 {
        help.push_str(&format!("; the test ends here, {left} more turn(s) are not played"));
    }
    Mismatch { turn, what: what.to_owned(), expected, found, help }
}
