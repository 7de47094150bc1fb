//! The rules of a flow's form that types alone do not hold: ranges, how much there
//! may be of what, addresses, pointers, days.

mod forms;

use super::{
    Accept, ActionNode, Button, ButtonAction, Content, EventNode, Flow, HttpCall, InputNode, MessageNode, Node,
    TriggerOn, WaitNode,
};
use crate::document::{LocalizedText, check_name};
use forms::{check_address, check_shown_address, check_tags, is_day, is_header_name, is_pointer};

/// The most nodes of a flow.
pub const MAX_NODES: usize = 10_000;
/// The most triggers of a flow.
pub const MAX_TRIGGERS: usize = 1_000;
/// The most buttons, or quick replies, in one place.
pub const MAX_BUTTONS: usize = 100;
/// The most contents of a message.
pub const MAX_CONTENTS: usize = 50;
/// The most cards side by side.
pub const MAX_CARDS: usize = 50;
/// The most items of a list.
pub const MAX_LIST_ITEMS: usize = 100;
/// The most cases of a branch.
pub const MAX_CASES: usize = 1_000;
/// The most values of an answer's options, and the most ways to say each.
pub const MAX_OPTIONS: usize = 1_000;
/// The most ways to say a text in one language.
pub const MAX_ALTERNATIVES: usize = 100;

/// The most of what else a node has several of: retries, rules, headers, variables, events.
const MAX_ENTRIES: usize = 100;

/// The longest button payload, keyword or link, in bytes.
const MAX_NAME_BYTES: usize = 1_024;

impl Flow {
    pub(in crate::document) fn check(&mut self) -> Result<(), String> {
        check_name(&self.name)?;
        at_most(self.nodes.len(), MAX_NODES, "nodes", "split the flow and jump between its parts")?;
        at_most(self.triggers.len(), MAX_TRIGGERS, "triggers", "let several flows share them")?;
        for (place, trigger) in self.triggers.iter().enumerate() {
            if let TriggerOn::Keyword(text) | TriggerOn::Link(text) = &trigger.on
                && (text.trim().is_empty() || text.len() > MAX_NAME_BYTES)
            {
                return Err(format!("at `triggers[{place}]`: a keyword or link takes 1 to {MAX_NAME_BYTES} bytes"));
            }
        }
        for (id, node) in &mut self.nodes {
            if let Node::Input(input) = node {
                input.retry.trim();
            }
            let kind = node.kind();
            node.check().map_err(|reason| format!("at `nodes.{id}.{kind}.{reason}"))?;
        }
        Ok(())
    }
}

impl Node {
    /// What is wrong, as `place`: reason` without the opening sign.
    fn check(&self) -> Result<(), String> {
        match self {
            Self::Message(message) => message.check(),
            Self::Input(input) => input.check(),
            Self::Branch(branch) => {
                at_most_of(branch.cases.len(), MAX_CASES, "cases", "let one branch lead to another")
            }
            Self::Action(action) => action.check(),
            Self::Handover(handover) => check_text("text", &handover.text),
            Self::Wait(wait) => wait.check(),
            Self::Event(event) => event.check(),
            Self::Jump(_) | Self::End(_) => Ok(()),
        }
    }
}

impl MessageNode {
    fn check(&self) -> Result<(), String> {
        check_text("text", &self.text)?;
        check_buttons("buttons", &self.buttons)?;
        check_buttons("quick_replies", &self.quick_replies)?;
        at_most_of(self.content.len(), MAX_CONTENTS, "content", "say it in two messages")?;
        for (place, content) in self.content.iter().enumerate() {
            let kind = content.kind();
            content.check().map_err(|reason| format!("content[{place}].{kind}.{reason}"))?;
        }
        Ok(())
    }
}

impl Content {
    fn check(&self) -> Result<(), String> {
        for (key, text) in self.texts() {
            check_text(&key, text)?;
        }
        match self {
            Self::Text(said) => check_buttons("buttons", &said.buttons),
            Self::Card(card) => {
                check_buttons("buttons", &card.buttons)?;
                card.image.as_deref().map_or(Ok(()), |image| check_shown_address("image", image))
            }
            Self::Carousel(list) => {
                some_of(list.cards.len(), MAX_CARDS, "cards", "a carousel")?;
                for (place, card) in list.cards.iter().enumerate() {
                    check_buttons(&format!("cards[{place}].buttons"), &card.buttons)?;
                    if let Some(image) = &card.image {
                        check_shown_address(&format!("cards[{place}].image"), image)?;
                    }
                }
                Ok(())
            }
            Self::Image(media) | Self::Video(media) => check_shown_address("url", &media.url),
            Self::File(file) => check_shown_address("url", &file.url),
            Self::List(list) => {
                some_of(list.items.len(), MAX_LIST_ITEMS, "items", "a list")?;
                check_buttons("buttons", &list.buttons)?;
                for (place, item) in list.items.iter().enumerate() {
                    check_buttons(&format!("items[{place}].button"), item.button.as_slice())?;
                    if let Some(image) = &item.image {
                        check_shown_address(&format!("items[{place}].image"), image)?;
                    }
                }
                Ok(())
            }
            Self::Raw(raw) => {
                if raw.channel.trim().is_empty() {
                    return Err("channel`: name the kind of channel, such as `web_chat`".to_owned());
                }
                Ok(())
            }
        }
    }
}

impl InputNode {
    fn check(&self) -> Result<(), String> {
        if let Some(ask) = &self.ask {
            check_text("ask.text", &ask.text)?;
            check_buttons("ask.buttons", &ask.buttons)?;
            check_buttons("ask.quick_replies", &ask.quick_replies)?;
        }
        at_most_of(self.retry.texts().len(), MAX_ENTRIES, "retry", "the last one is said ever after")?;
        for text in self.retry.texts() {
            check_text("retry", text)?;
        }
        if self.attempts.is_some_and(|attempts| !(1..=100).contains(&attempts)) {
            return Err("attempts`: it takes 1 to 100".to_owned());
        }
        at_most_of(self.accept.len(), MAX_ENTRIES, "accept", "write some of them as options or an entity")?;
        for (place, accept) in self.accept.iter().enumerate() {
            accept.check().map_err(|reason| format!("accept[{place}].{reason}"))?;
        }
        Ok(())
    }
}

impl Accept {
    fn check(&self) -> Result<(), String> {
        match self {
            Self::Options { values } => {
                at_most_of(values.len(), MAX_OPTIONS, "options.values", "make it an entity")?;
                let ways = values.values().map(std::collections::BTreeSet::len).sum();
                at_most_of(ways, 10 * MAX_OPTIONS, "options.values", "make it an entity")?;
                match values.iter().find(|(_, others)| others.len() > MAX_OPTIONS) {
                    Some((value, others)) => {
                        at_most_of(others.len(), MAX_OPTIONS, &format!("options.values.{value}"), "make it an entity")
                    }
                    None => Ok(()),
                }
            }
            Self::Date { min, max } => {
                for (key, day) in [("min", min), ("max", max)] {
                    if day.as_deref().is_some_and(|day| !is_day(day)) {
                        return Err(format!("date.{key}`: it takes a day such as `2026-11-24`"));
                    }
                }
                Ok(())
            }
            Self::Text(_)
            | Self::Entity { .. }
            | Self::Intent { .. }
            | Self::Number { .. }
            | Self::Email {}
            | Self::Phone {}
            | Self::Regex { .. }
            | Self::Handler { .. } => Ok(()),
        }
    }
}

impl ActionNode {
    fn check(&self) -> Result<(), String> {
        if let Some((context, _)) = self.contexts.iter().find(|(_, turns)| **turns > 1_000) {
            return Err(format!("contexts.{context}`: it takes 0 to 1000 turns"));
        }
        for (key, count) in [
            ("set", self.set.len()),
            ("increment", self.increment.len()),
            ("clear", self.clear.len()),
            ("contexts", self.contexts.len()),
        ] {
            at_most_of(count, MAX_ENTRIES, key, "let one action follow another")?;
        }
        match (&self.call, &self.http) {
            (Some(_), Some(_)) => {
                Err("http`: an action calls a handler or sends a request, not both; let one action follow another"
                    .to_owned())
            }
            (_, Some(http)) => http.check().map_err(|reason| format!("http.{reason}")),
            (_, None) => Ok(()),
        }
    }
}

impl HttpCall {
    fn check(&self) -> Result<(), String> {
        check_address("url", &self.url)?;
        at_most_of(self.headers.len(), MAX_ENTRIES, "headers", "send fewer")?;
        at_most_of(self.into.len(), MAX_ENTRIES, "into", "keep a larger part in one variable")?;
        if let Some(name) = self.headers.keys().find(|name| !is_header_name(name)) {
            let shown: String = name.chars().take(80).collect();
            return Err(format!("headers`: `{shown}` is not the name of a header"));
        }
        if let Some((variable, pointer)) = self.into.iter().find(|(_, pointer)| !is_pointer(pointer)) {
            let shown: String = pointer.chars().take(80).collect();
            return Err(format!(
                "into.{variable}`: `{shown}` is not a JSON pointer; it is empty or begins with `/`, as `/customer/name`"
            ));
        }
        if self.timeout_ms.is_some_and(|timeout| !(100..=60_000).contains(&timeout)) {
            return Err("timeout_ms`: it takes 100 to 60000 milliseconds".to_owned());
        }
        if self.retries > 5 {
            return Err("retries`: it takes 0 to 5".to_owned());
        }
        Ok(())
    }
}

impl WaitNode {
    fn check(&self) -> Result<(), String> {
        at_most_of(self.events.len(), MAX_ENTRIES, "events", "let several events share one name")?;
        if self.events.is_empty() && self.seconds.is_none() {
            return Err("events`: it waits for nothing; name an event, or give `seconds`".to_owned());
        }
        if self.seconds.is_some_and(|seconds| !(1..=2_592_000).contains(&seconds)) {
            return Err("seconds`: it takes 1 to 2592000 seconds, which are 30 days".to_owned());
        }
        if self.seconds.is_none() && self.on_timeout.is_some() {
            return Err("on_timeout`: without `seconds` the time is never over; give `seconds`".to_owned());
        }
        Ok(())
    }
}

impl EventNode {
    fn check(&self) -> Result<(), String> {
        at_most_of(self.data.len(), MAX_ENTRIES, "data", "tell some of it as one object")
    }
}

fn check_text(key: &str, text: &LocalizedText) -> Result<(), String> {
    match text.iter().find(|(_, alternatives)| alternatives.texts().len() > MAX_ALTERNATIVES) {
        Some((language, alternatives)) => {
            at_most_of(alternatives.texts().len(), MAX_ALTERNATIVES, &format!("{key}.{language}"), "leave some out")
        }
        None => Ok(()),
    }
}

fn check_buttons(key: &str, buttons: &[Button]) -> Result<(), String> {
    at_most_of(buttons.len(), MAX_BUTTONS, key, "nobody reads so many; ask in two steps")?;
    for (place, button) in buttons.iter().enumerate() {
        let (ButtonAction::Payload(text) | ButtonAction::Url(text)) = &button.action else { continue };
        if text.len() > 8 * MAX_NAME_BYTES {
            return Err(format!("{key}[{place}].action`: it is longer than {} bytes", 8 * MAX_NAME_BYTES));
        }
        if let ButtonAction::Url(url) = &button.action
            && url.contains("{{")
        {
            check_tags(&format!("{key}[{place}].action.url"), url)?;
        }
    }
    Ok(())
}

fn at_most(count: usize, most: usize, key: &str, advice: &str) -> Result<(), String> {
    at_most_of(count, most, key, advice).map_err(|reason| format!("at `{reason}"))
}

fn at_most_of(count: usize, most: usize, key: &str, advice: &str) -> Result<(), String> {
    if count > most { Err(format!("{key}`: there are {count}, at most {most} are possible; {advice}")) } else { Ok(()) }
}

fn some_of(count: usize, most: usize, key: &str, whole: &str) -> Result<(), String> {
    if count == 0 {
        return Err(format!("{key}`: there is none; {whole} has one at least"));
    }
    at_most_of(count, most, key, "show it in two messages")
}

#[cfg(test)]
mod tests;
