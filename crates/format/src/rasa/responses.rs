//! Responses as what message and input nodes say: texts with alternatives, and buttons.

use greenroom_model::NodeId;
use greenroom_model::document::{
    Alternatives, Button, Content, LocalizedText, Media, MessageNode, Node, Prompt, RawContent,
};
use serde_json::Value;

use super::buttons::same_buttons;
use super::draft::FlowDraft;
use super::import::Import;
use super::report::{NOTHING_TO_DO, Named, Place};
use super::source::{Expected, Response, Variant};
use super::template;

/// The most that a message takes of buttons, and of texts that say the same.
pub(super) const MOST: usize = 100;

/// What a response says.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Message {
    /// What is said where a condition holds, the first that does.
    pub(super) cases: Vec<(String, Saying)>,
    /// What is said otherwise.
    pub(super) otherwise: Option<Saying>,
    /// The texts as they will be said, where no slot stands in them and no condition decides.
    pub(super) plain: Option<Vec<String>>,
}

/// A text with what belongs to it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Saying {
    text: LocalizedText,
    buttons: Vec<Button>,
    quick_replies: Vec<Button>,
    content: Vec<Content>,
}

impl Saying {
    fn node(self, next: Option<NodeId>) -> Node {
        let Self { text, buttons, quick_replies, content } = self;
        Node::Message(MessageNode { text, buttons, content, quick_replies, next })
    }
}

impl Message {
    /// The nodes that say it, before `next`; the first of them.
    pub(super) fn nodes(self, draft: &mut FlowDraft, name: &str, next: Option<NodeId>) -> NodeId {
        let otherwise = self.otherwise.map(|saying| draft.add(name, saying.node(next.clone())));
        if self.cases.is_empty() {
            return otherwise.unwrap_or_else(|| draft.add(name, Saying::default().node(next)));
        }
        let cases = self.cases.into_iter();
        let ways = cases.map(|(when, saying)| (when, Some(draft.add(name, saying.node(next.clone()))))).collect();
        draft.branch("which", ways, otherwise.or(next))
    }

    /// What it says as a question.
    pub(super) fn prompt(self, import: &mut Import<'_>, place: &Place, response: &str) -> Prompt {
        if !self.cases.is_empty() {
            let reason = "a question has no conditions; what it says without any is asked";
            import.report.lose(place, format!("response `{response}`"), reason, "put a branch before the question");
        }
        let only = self.cases.into_iter().next().map(|(_, saying)| saying);
        let saying = self.otherwise.or(only).unwrap_or_default();
        if !saying.content.is_empty() {
            let reason = "a question shows texts and buttons; its picture or payload is left out";
            import.report.lose(place, format!("response `{response}`"), reason, "say it in a message before");
        }
        Prompt { text: saying.text, buttons: saying.buttons, quick_replies: saying.quick_replies }
    }
}

/// Translates every response.
pub(super) fn translate(import: &mut Import<'_>) {
    for response in &import.project.responses {
        if let Some(message) = message(import, response) {
            import.messages.insert(response.name.name.clone(), message);
        }
    }
}

fn message(import: &mut Import<'_>, response: &Response) -> Option<Message> {
    let construct = format!("response `{}`", response.name.name);
    let mut groups: Vec<(String, Vec<&Variant>)> = Vec::new();
    for variant in &response.variants {
        let when = condition(import, variant);
        match groups.iter_mut().find(|(other, _)| *other == when) {
            Some((_, variants)) => variants.push(variant),
            None => groups.push((when, vec![variant])),
        }
    }
    if groups.iter().filter(|(when, _)| !when.is_empty()).count() > 1 {
        let reason = "where several of its conditions hold, the first is said; Rasa takes any of them";
        import.report.lose(&response.name.place, construct.clone(), reason, NOTHING_TO_DO);
    }
    let mut message = Message::default();
    for (when, variants) in groups {
        let (saying, plain) = saying(import, &construct, &variants);
        if when.is_empty() {
            message.otherwise = Some(saying);
            message.plain = plain;
        } else {
            message.cases.push((when, saying));
        }
    }
    if !message.cases.is_empty() {
        message.plain = None;
    }
    (message.otherwise.is_some() || !message.cases.is_empty()).then_some(message)
}

/// A variant's conditions in the words of branches.
fn condition(import: &mut Import<'_>, variant: &Variant) -> String {
    let mut tests: Vec<String> = Vec::new();
    for condition in &variant.conditions {
        let variable = import.variable(&condition.slot.name, &condition.slot.place);
        tests.push(match &condition.expected {
            Expected::NotSet => format!("not known({variable})"),
            Expected::Set => format!("known({variable})"),
            Expected::Value(value) => format!("{variable} == {value}"),
        });
    }
    tests.join(" and ")
}

/// What variants say, and the texts as they will be said.
fn saying(import: &mut Import<'_>, construct: &str, variants: &[&Variant]) -> (Saying, Option<Vec<String>>) {
    let silent = variants.iter().filter(|variant| variant.text.is_none());
    let mut variants: Vec<&Variant> = variants.to_vec();
    if variants.iter().any(|variant| variant.text.is_some()) {
        for variant in silent {
            let reason = "a variant without a text stands beside others with one; it is left out";
            import.report.lose(&variant.place, construct.to_owned(), reason, "make a message of its own of it");
        }
        variants.retain(|variant| variant.text.is_some());
    }
    let variants = variants.as_slice();
    let mut texts = Vec::new();
    let mut plain_texts = Some(Vec::new());
    for text in variants.iter().filter_map(|variant| variant.text.as_ref()) {
        let pieces = template::pieces(&text.name);
        if pieces.iter().any(|piece| matches!(piece, template::Piece::Slot(_))) {
            plain_texts = None;
        } else if let Some(texts) = &mut plain_texts {
            texts.push(pieces.iter().map(said).collect());
        }
        texts.push(template::write(&pieces, |slot| import.variable(slot, &text.place).to_string()));
    }
    let place = variants.first().map(|variant| variant.place.clone());
    let place = place.unwrap_or_else(|| Place::file("domain.yml"));
    if texts.len() > MOST {
        let reason = format!("it has {} texts; the first {MOST} are kept", texts.len());
        import.report.lose(&place, construct.to_owned(), reason, NOTHING_TO_DO);
        texts.truncate(MOST);
    }
    let buttons = same_buttons(import, construct, variants, |variant| &variant.buttons);
    let quick_replies = same_buttons(import, construct, variants, |variant| &variant.quick_replies);
    let mut content = Vec::new();
    if let [only] | [only, ..] = variants {
        content.extend(only.image.as_ref().and_then(|image| picture(import, construct, image)));
        content.extend(only.custom.as_ref().map(|custom| payload(import, construct, only, custom)));
    }
    for other in variants.iter().skip(1) {
        if other.image.as_ref().map(|image| &image.name)
            != variants.first().and_then(|first| first.image.as_ref()).map(|image| &image.name)
            || other.custom != variants.first().and_then(|first| first.custom.clone())
        {
            let reason = "its variants show different pictures or payloads; all show those of the first";
            import.report.lose(&other.place, construct.to_owned(), reason, "make a message of its own of it");
        }
    }
    let text = Alternatives::several(texts).map(|texts| (import.language.clone(), texts));
    let saying = Saying { text: text.into_iter().collect(), buttons, quick_replies, content };
    (saying, plain_texts.filter(|texts| !texts.is_empty()))
}

/// A picture, where its address is one that a message takes.
fn picture(import: &mut Import<'_>, construct: &str, image: &Named) -> Option<Content> {
    let pieces = template::pieces(&image.name);
    let begins = match pieces.first() {
        Some(template::Piece::Text(text)) => text.trim_start(),
        _ => "",
    };
    let host = begins.strip_prefix("https://").or_else(|| begins.strip_prefix("http://"));
    let is_plain =
        |text: &str| !text.chars().any(|sign| sign.is_whitespace() || sign.is_control() || "{}%#".contains(sign));
    let is_address = host.is_some_and(|host| {
        let ends = host.contains('/') || pieces.len() == 1;
        ends && !host.is_empty() && !host.starts_with('/')
    });
    let texts_are_plain = pieces.iter().all(|piece| match piece {
        template::Piece::Text(text) => is_plain(text.trim()),
        template::Piece::Slot(_) => true,
    });
    if !is_address || !texts_are_plain {
        let reason =
            format!("the address of its picture, `{}`, is none that a message takes; it is left out", image.name);
        let advice = "add the picture with an address that begins with `https://` and the host";
        import.report.lose(&image.place, construct.to_owned(), reason, advice);
        return None;
    }
    let url = template::write(&pieces, |slot| import.variable(slot, &image.place).to_string());
    Some(Content::Image(Media { url: url.trim().to_owned(), text: LocalizedText::new() }))
}

/// A payload of the bot's own, which Rasa's REST channel hands on as it is.
fn payload(import: &mut Import<'_>, construct: &str, variant: &Variant, custom: &Value) -> Content {
    let reason = "its `custom` payload goes to the REST channel; in Rasa each channel makes of it what it can";
    import.report.lose(
        &variant.place,
        construct.to_owned(),
        reason,
        "add it for other kinds of channels, or say it in words",
    );
    let json = templates(import, &variant.place, custom, 0);
    Content::Raw(RawContent { channel: "rest".to_owned(), json })
}

/// The texts in a payload as templates.
fn templates(import: &mut Import<'_>, place: &Place, value: &Value, depth: usize) -> Value {
    match value {
        Value::String(text) => {
            Value::String(template::write(&template::pieces(text), |slot| import.variable(slot, place).to_string()))
        }
        Value::Array(items) if depth < MOST => {
            items.iter().map(|item| templates(import, place, item, depth + 1)).collect()
        }
        Value::Object(map) if depth < MOST => Value::Object(
            map.iter().map(|(key, item)| (key.clone(), templates(import, place, item, depth + 1))).collect(),
        ),
        other => other.clone(),
    }
}

fn said(piece: &template::Piece) -> &str {
    match piece {
        template::Piece::Text(text) | template::Piece::Slot(text) => text,
    }
}

/// Keeps the responses that no flow says, as flows of their own: custom actions say them.
pub(super) fn keep_unsaid(import: &mut Import<'_>) {
    for response in &import.project.responses {
        let name = &response.name.name;
        let Some(message) = import.messages.get(name).filter(|_| !import.said.contains(name)).cloned() else {
            continue;
        };
        let reason = "no rule, story or form says it; it was kept as a flow that nothing starts yet";
        let advice = "let the handler that says it jump there, or delete it";
        import.report.gather(&response.name.place, "response that actions say", name, reason, advice);
        let mut draft = FlowDraft::default();
        let start = message.nodes(&mut draft, "say", None);
        let id = import.flows.give(name);
        draft.finish(import, id, name, None, Some(start));
    }
}
