//! A conversation from the terminal: what is typed, what is pressed, what comes back.

use greenroom_bot::UserInput;
use greenroom_flow::{Reply, ReplyAction, ReplyButton, TraceStep};
use greenroom_model::{BotId, Language};
use greenroom_runtime::{Answer, Message, Place, Runtime};
use serde_json::Value;

use crate::failure::Failure;
use crate::output::on_one_line;

/// A conversation under way.
pub(crate) struct Conversation {
    runtime: Runtime,
    bot: BotId,
    place: Place,
    id: String,
    language: Option<Language>,
    shown: Vec<ReplyButton>,
}

impl Conversation {
    /// A conversation with a bot; where none of this id is open, its first message begins one.
    pub(crate) fn new(runtime: Runtime, bot: BotId, place: Place, id: String, language: Option<Language>) -> Self {
        Self { runtime, bot, place, id, language, shown: Vec::new() }
    }

    /// Its id.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// Opens the conversation: the bot says its introduction.
    pub(crate) async fn start(&mut self) -> Result<Answer, Failure> {
        self.send(UserInput::Start).await
    }

    /// Takes what somebody typed: `[Title]` presses a button that is shown, all else is said.
    pub(crate) async fn take(&mut self, typed: &str) -> Result<Answer, Failure> {
        let title = typed.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let pressed = title.and_then(|title| self.payload(|_, button| button.title == title));
        self.send(pressed.map_or_else(|| UserInput::Text(typed.to_owned()), UserInput::Button)).await
    }

    /// The same for a chat: a button's title or number presses it too.
    pub(crate) async fn take_from_chat(&mut self, typed: &str) -> Result<Answer, Failure> {
        let named =
            |number: usize, button: &ReplyButton| button.title == typed.trim() || number.to_string() == typed.trim();
        match self.payload(named) {
            Some(payload) => self.send(UserInput::Button(payload)).await,
            None => self.take(typed).await,
        }
    }

    /// The payload of the first shown button that fits; buttons count from 1.
    fn payload(&self, fits: impl Fn(usize, &ReplyButton) -> bool) -> Option<String> {
        let mut numbered = self.shown.iter().enumerate();
        numbered.find(|(position, button)| fits(position + 1, button)).and_then(|(_, button)| match &button.action {
            ReplyAction::Payload(payload) => Some(payload.clone()),
            ReplyAction::Url(_) => None,
        })
    }

    async fn send(&mut self, input: UserInput) -> Result<Answer, Failure> {
        let message = Message { language: self.language.clone(), ..Message::new(input).by_channel("terminal") };
        let answer = self.runtime.reply(&self.bot, &self.place, &self.id, &message).await?;
        if !answer.replies.is_empty() {
            self.shown = answer.replies.iter().flat_map(|reply| reply.all_buttons().cloned()).collect();
        }
        Ok(answer)
    }
}

/// A reply on one line: its text, then its buttons as `[Title]`, those that lead
/// elsewhere as `[Title](address)`.
pub(crate) fn reply_line(reply: &Reply) -> String {
    let buttons = reply.all_buttons().map(|button| match &button.action {
        ReplyAction::Payload(_) => format!("[{}]", button.title),
        ReplyAction::Url(address) => format!("[{}]({address})", button.title),
    });
    let words: Vec<String> =
        std::iter::once(reply.text.clone()).chain(buttons).filter(|word| !word.is_empty()).collect();
    on_one_line(&words.join(" "))
}

/// A step of the trace on one line: what happened, then what it is about.
pub(crate) fn trace_line(step: &TraceStep) -> String {
    let mut line = String::new();
    if let Ok(Value::Object(fields)) = serde_json::to_value(step) {
        line.push_str(fields.get("step").and_then(Value::as_str).unwrap_or("step"));
        for (name, value) in fields.iter().filter(|(name, _)| *name != "step") {
            line.push_str(&format!(" {name}={}", trace_value(value)));
        }
    }
    on_one_line(&line)
}

/// A position reads as `flow/node`, as conversation tests spell it.
fn trace_value(value: &Value) -> String {
    match (value["flow"].as_str(), value["node"].as_str()) {
        (Some(flow), Some(node)) => format!("{flow}/{node}"),
        _ => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use greenroom_flow::Position;

    use super::*;

    #[test]
    fn a_reply_takes_one_line_with_its_buttons() {
        let button = |title: &str, action| ReplyButton { title: title.to_owned(), action };
        let reply = Reply {
            quick_replies: vec![button("Large", ReplyAction::Payload("b".to_owned()))],
            text: "Which size?\nSmall is 30 cm.".to_owned(),
            buttons: vec![
                button("Small", ReplyAction::Payload("a".to_owned())),
                button("Menu", ReplyAction::Url("https://menu.example".to_owned())),
            ],
            content: None,
        };
        assert_eq!(reply_line(&reply), "Which size?\\nSmall is 30 cm. [Small] [Menu](https://menu.example) [Large]");
        assert_eq!(reply_line(&Reply::text("Hi")), "Hi");
    }

    #[test]
    fn a_trace_names_positions_as_tests_do() {
        let at = Position { flow: "order".parse().unwrap(), node: "size".parse().unwrap() };
        assert_eq!(trace_line(&TraceStep::Entered { at }), "entered at=order/size");
        assert_eq!(trace_line(&TraceStep::NoTrigger), "no_trigger");
    }
}
