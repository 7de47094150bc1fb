//! What an action server answers: events, and responses that become replies.

use greenroom_flow::{Reply, ReplyAction, ReplyButton, ReplyCard, ReplyContent};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::words::Words;

/// The body of an answer.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ActionAnswer {
    #[serde(default)]
    pub(super) events: Vec<Value>,
    #[serde(default)]
    pub(super) responses: Vec<Value>,
}

/// An event, as far as it is taken over.
pub(super) enum ActionEvent<'e> {
    Set(&'e str, &'e Value),
    /// All slots begin anew.
    Reset,
    /// The conversation begins anew.
    Restart,
    Bot,
    FollowUp(&'e str),
    /// A form is activated, or the active one ends.
    Loop(Option<&'e str>),
    /// It rewrites what has been, or tells of what Rasa itself does: a flow has its own place.
    OfHistory,
    Other(&'e str),
}

impl<'e> ActionEvent<'e> {
    pub(super) fn of(event: &'e Value) -> Self {
        let kind = event["event"].as_str().unwrap_or_default();
        match (kind, event["name"].as_str()) {
            ("slot", Some(slot)) => Self::Set(slot, &event["value"]),
            ("reset_slots" | "session_started", _) => Self::Reset,
            ("restart", _) => Self::Restart,
            ("bot", _) => Self::Bot,
            ("followup", Some(action)) => Self::FollowUp(action),
            ("active_loop" | "form", form) => Self::Loop(form),
            ("action" | "action_execution_rejected" | "entities" | "form_validation" | "loop_interrupted", _)
            | ("rewind" | "undo" | "routing_session_ended", _) => Self::OfHistory,
            _ => Self::Other(kind),
        }
    }
}

/// What a response says; more than one thing where it has text and picture.
pub(super) fn replies(response: &Value, words: &Words<'_>) -> Vec<Reply> {
    let mut replies = Vec::new();
    let text = response["text"].as_str().unwrap_or_default();
    let buttons = buttons(&response["buttons"], words);
    if !text.trim().is_empty() || !buttons.is_empty() {
        replies.push(Reply { text: text.to_owned(), buttons, ..Reply::default() });
    }
    let mut add = |text: &str, content| {
        replies.push(Reply { text: text.to_owned(), content: Some(content), ..Reply::default() });
    };
    if let Some(url) = address(&response["image"]) {
        add(url, ReplyContent::Image { url: url.to_owned(), text: String::new() });
    }
    match &response["attachment"] {
        Value::Null => {}
        attachment => {
            let payload = &attachment["payload"];
            let url = address(attachment).or_else(|| address(&payload["src"])).or_else(|| address(&payload["url"]));
            let title = payload["title"].as_str().unwrap_or_default().to_owned();
            if let Some(url) = url {
                add(
                    url,
                    match attachment["type"].as_str() {
                        Some("image") => ReplyContent::Image { url: url.to_owned(), text: title },
                        Some("video") => ReplyContent::Video { url: url.to_owned(), text: title },
                        _ => ReplyContent::File { url: url.to_owned(), name: title },
                    },
                );
            } else {
                add("", ReplyContent::Raw { channel: "rest".to_owned(), json: attachment.clone() });
            }
        }
    }
    if let Some(cards) = response["elements"].as_array().filter(|elements| !elements.is_empty()) {
        let cards: Vec<ReplyCard> = cards.iter().map(|element| card(element, words)).collect();
        let text = cards.iter().map(|card| card.title.as_str()).collect::<Vec<_>>().join("\n");
        add(&text, ReplyContent::Carousel { cards });
    }
    if response["custom"].as_object().is_some_and(|custom| !custom.is_empty()) {
        add("", ReplyContent::Raw { channel: "rest".to_owned(), json: response["custom"].clone() });
    }
    replies
}

fn address(value: &Value) -> Option<&str> {
    value.as_str().filter(|url| !url.is_empty())
}

fn card(element: &Value, words: &Words<'_>) -> ReplyCard {
    let text = |name: &str| element[name].as_str().unwrap_or_default().to_owned();
    ReplyCard {
        title: text("title"),
        subtitle: text("subtitle"),
        image: address(&element["image_url"]).map(str::to_owned),
        buttons: buttons(&element["buttons"], words),
    }
}

pub(super) fn buttons(buttons: &Value, words: &Words<'_>) -> Vec<ReplyButton> {
    let button = |button: &Value| {
        let title = button["title"].as_str()?.to_owned();
        let action = match (button["payload"].as_str(), button["url"].as_str()) {
            (_, Some(url)) => ReplyAction::Url(url.to_owned()),
            (Some(payload), None) => ReplyAction::Payload(words.own_payload(payload)),
            // To Rasa the title of a button without a payload is its payload.
            (None, None) => ReplyAction::Payload(title.clone()),
        };
        Some(ReplyButton { title, action })
    };
    buttons.as_array().into_iter().flatten().filter_map(button).collect()
}

/// A variation of a response with `{name}` replaced by what the action gave, else by the slot.
pub(super) fn filled_in(variation: &Value, given: &Map<String, Value>, slots: &Map<String, Value>) -> Value {
    match variation {
        Value::String(text) => Value::String(filled_in_text(text, given, slots)),
        Value::Array(items) => items.iter().map(|item| filled_in(item, given, slots)).collect(),
        Value::Object(entries) => {
            entries.iter().map(|(key, item)| (key.clone(), filled_in(item, given, slots))).collect()
        }
        other => other.clone(),
    }
}

fn filled_in_text(text: &str, given: &Map<String, Value>, slots: &Map<String, Value>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let value = after.split_once('}').and_then(|(name, after)| {
            let value = given.get(name).filter(|value| !value.is_null()).or_else(|| slots.get(name))?;
            Some((value, after))
        });
        match value {
            Some((Value::String(value), after)) => {
                filled.push_str(value);
                rest = after;
            }
            Some((Value::Null, after)) => {
                filled.push_str("None");
                rest = after;
            }
            Some((value, after)) => {
                filled.push_str(&value.to_string());
                rest = after;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}
