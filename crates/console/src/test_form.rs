//! A conversation test as a form: what is common has fields of its own; the rest stands
//! beside them as JSON, so that nothing is lost that a file may say.

use std::collections::BTreeMap;

use greenroom_model::VariableId;
use greenroom_model::document::{ConversationTest, ExpectedReply, ExpectedText, Turn, UserAct};
use serde_json::{Map, Value};

use crate::fields::Fields;
use crate::form::{Choice, Control, Form, Group};
use crate::node_form::value_text;

/// What stands between two replies, on a line of its own; alone it says that there are none.
const BETWEEN: &str = "---";

/// The keys of a turn that fields of their own show.
const ACTS: [&str; 8] = ["start", "link", "say", "press", "event", "timeout", "resume", "disabled"];

/// The test that the fields say.
pub(crate) fn read(fields: &Fields) -> Result<ConversationTest, String> {
    let mut document = more(fields, "more")?;
    document.insert("name".to_owned(), fields.trimmed("name").into());
    if let Some(language) = fields.given("language") {
        document.insert("language".to_owned(), language.into());
    }
    let rows = fields.rows("turn").into_iter().filter_map(|row| read_turn(fields, row).transpose());
    document.insert("turns".to_owned(), Value::Array(rows.collect::<Result<_, String>>()?));
    serde_json::from_value(Value::Object(document)).map_err(|error| error.to_string())
}

/// A turn as its document spells it; none where the row says that there is none.
fn read_turn(fields: &Fields, row: usize) -> Result<Option<Value>, String> {
    let at = |field: &str| format!("turn.{row}.{field}");
    let act = fields.get(&at("act"));
    if !ACTS.contains(&act.as_str()) {
        return Ok(None);
    }
    let mut turn = more(fields, &at("more"))?;
    let text = fields.get(&at("text"));
    let value = match act.as_str() {
        "say" | "press" => text.into(),
        "link" | "event" => text.trim().into(),
        _ => true.into(),
    };
    turn.insert(act, value);
    let expect = turn.entry("expect").or_insert_with(|| Value::Object(Map::new()));
    let Value::Object(expect) = expect else { return Err(format!("at `{}`: `expect` is not an object", at("more"))) };
    if let Some(replies) = read_replies(&fields.get(&at("replies"))) {
        let replies = serde_json::to_value(replies).map_err(|error| error.to_string())?;
        expect.insert("replies".to_owned(), replies);
    }
    for key in ["intent", "node"] {
        if let Some(text) = fields.given(&at(key)) {
            expect.insert(key.to_owned(), text.into());
        }
    }
    let mut variables = Map::new();
    for line in fields.lines(&at("variables")) {
        let (id, value) = line
            .split_once('=')
            .ok_or_else(|| format!("at `{}`: `{line}` is not of the form id = value", at("variables")))?;
        let id: VariableId = id.trim().parse().map_err(|error| format!("at `{}`: {error}", at("variables")))?;
        let value = value.trim();
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
        variables.insert(id.to_string(), value);
    }
    if !variables.is_empty() {
        expect.insert("variables".to_owned(), Value::Object(variables));
    }
    // Read by itself, so that what is wrong with it is told with its row.
    let turn = Value::Object(turn);
    let read: Result<Turn, _> = serde_json::from_value(turn.clone());
    read.map_err(|error| format!("at turn {}: {error}", row + 1))?;
    Ok(Some(turn))
}

/// The JSON object of a field; nothing written: an empty one.
fn more(fields: &Fields, name: &str) -> Result<Map<String, Value>, String> {
    match fields.given(name) {
        None => Ok(Map::new()),
        Some(text) => {
            serde_json::from_str(&text).map_err(|error| format!("at `{name}`: this is no JSON object: {error}"))
        }
    }
}

/// Replies as people write them: a line `---` between them. One that begins with
/// `contains:`, `matches:` or `one of:` expects that; alternatives stand on lines of their own.
fn read_replies(text: &str) -> Option<Vec<ExpectedReply>> {
    match text.trim() {
        "" => None,
        BETWEEN => Some(Vec::new()),
        _ => {
            let lines: Vec<&str> = text.lines().collect();
            let replies = lines.split(|line| line.trim() == BETWEEN).map(|lines| read_reply(&lines.join("\n")));
            Some(replies.collect())
        }
    }
}

fn read_reply(text: &str) -> ExpectedReply {
    let text = if let Some(part) = text.strip_prefix("contains:") {
        ExpectedText::Contains(part.trim().to_owned())
    } else if let Some(pattern) = text.strip_prefix("matches:") {
        ExpectedText::Matches(pattern.trim().to_owned())
    } else if let Some(texts) = text.strip_prefix("one of:") {
        ExpectedText::OneOf(texts.trim().lines().map(str::to_owned).collect())
    } else {
        ExpectedText::Exactly(text.to_owned())
    };
    ExpectedReply { text, buttons: None, raw: None }
}

/// The replies as people write them, where that says all of it.
fn replies_text(replies: &[ExpectedReply]) -> Option<String> {
    let texts = replies.iter().map(|reply| match &reply.text {
        ExpectedText::Any => String::new(),
        ExpectedText::Exactly(text) => text.clone(),
        ExpectedText::Contains(part) => format!("contains: {part}"),
        ExpectedText::Matches(pattern) => format!("matches: {pattern}"),
        ExpectedText::OneOf(texts) => format!("one of:\n{}", texts.join("\n")),
    });
    let text = match replies {
        [] => BETWEEN.to_owned(),
        _ => texts.collect::<Vec<_>>().join(&format!("\n{BETWEEN}\n")),
    };
    (read_replies(&text).as_deref() == Some(replies)).then_some(text)
}

/// The form of a test, at this address.
pub(crate) fn form(
    action: String,
    test: &ConversationTest,
    mut languages: Vec<Choice>,
    typed: Option<&Fields>,
) -> Form {
    languages.insert(0, Choice::new("", "the bot's default"));
    let language = test.language.as_ref().map(ToString::to_string).unwrap_or_default();
    let rows = Fields::rows_to_show(typed, "turn", test.turns.len());
    let turns = Group::growing("Turns", "turn", rows, |row| turn_controls(row, test.turns.get(row)))
        .hint("What is left empty is not looked at.");
    Form::new(
        action,
        "Save the test",
        vec![
            Group::loose(vec![
                Control::text("name", "What the test shows", &test.name).required(),
                Control::select("language", "Language of the conversation", language, languages),
                Control::area("more", "What is given, and what calls are answered with (JSON)", more_of_test(test))
                    .hint("Such as { \"given\": { \"variables\": { \"customer\": \"Ann\" } }, \"answers\": { \"price\": { \"fails\": \"too slow\" } } }"),
            ]),
            turns,
        ],
    )
}

fn turn_controls(row: usize, turn: Option<&Turn>) -> Vec<Control> {
    let (act, text) = match turn.map(|turn| &turn.user) {
        None => ("", String::new()),
        Some(UserAct::Start) => ("start", String::new()),
        Some(UserAct::Link(link)) => ("link", link.clone()),
        Some(UserAct::Say(text)) => ("say", text.clone()),
        Some(UserAct::Press(button)) => ("press", button.clone()),
        Some(UserAct::Event(event, _)) => ("event", event.to_string()),
        Some(UserAct::Timeout) => ("timeout", String::new()),
        Some(UserAct::Resume) => ("resume", String::new()),
        Some(UserAct::Disabled) => ("disabled", String::new()),
    };
    let expect = turn.map(|turn| turn.expect.clone()).unwrap_or_default();
    let replies = expect.replies.as_deref().and_then(replies_text).unwrap_or_default();
    let variables: Vec<String> =
        expect.variables.iter().map(|(id, value)| format!("{id} = {}", value_text(value))).collect();
    let acts = vec![
        Choice::new("", "nothing (leave this turn out)"),
        Choice::new("say", "says"),
        Choice::new("press", "presses the button"),
        Choice::new("start", "opens the conversation"),
        Choice::new("link", "opens it by the link"),
        Choice::new("event", "an event arrives"),
        Choice::new("timeout", "the time of a wait is over"),
        Choice::new("resume", "the person who took over gives it back"),
        Choice::new("disabled", "says something while the bot is switched off"),
    ];
    let at = |field: &str| format!("turn.{row}.{field}");
    vec![
        Control::select(at("act"), format!("Turn {}: the user", row + 1), act, acts),
        Control::text(at("text"), "What", text),
        Control::area(at("replies"), "The bot should say (a line --- between replies)", replies)
            .hint("contains: a part · matches: a pattern · one of: alternatives, a line each"),
        Control::text(at("intent"), "Understood intent (id, or none)", expect.intent.unwrap_or_default()),
        Control::text(at("node"), "Then waits at (flow/node, or none)", expect.node.unwrap_or_default()),
        Control::area(at("variables"), "Variables then (one id = value a line)", variables.join("\n")),
        Control::area(at("more"), "More (JSON)", turn.map(more_of_turn).unwrap_or_default()),
    ]
}

/// What a test says beside its fields.
fn more_of_test(test: &ConversationTest) -> String {
    let Ok(Value::Object(mut document)) = serde_json::to_value(test) else { return String::new() };
    document.retain(|key, _| !matches!(key.as_str(), "name" | "language" | "turns"));
    shown(&document)
}

/// What a turn says beside its fields.
fn more_of_turn(turn: &Turn) -> String {
    let Ok(Value::Object(mut document)) = serde_json::to_value(turn) else { return String::new() };
    document.retain(|key, _| !ACTS.contains(&key.as_str()));
    let has_text = turn.expect.replies.as_deref().is_none_or(|replies| replies_text(replies).is_some());
    if let Some(Value::Object(expect)) = document.get_mut("expect") {
        expect.retain(|key, _| match key.as_str() {
            "intent" | "node" | "variables" => false,
            "replies" => !has_text,
            _ => true,
        });
    }
    document.retain(|_, value| value.as_object().is_none_or(|object| !object.is_empty()));
    shown(&document)
}

fn shown(document: &Map<String, Value>) -> String {
    if document.is_empty() { String::new() } else { serde_json::to_string_pretty(document).unwrap_or_default() }
}

/// A new test of one turn.
pub(crate) fn first_turn(name: String, said: String) -> ConversationTest {
    ConversationTest {
        name,
        language: None,
        given: Default::default(),
        answers: BTreeMap::new(),
        turns: vec![Turn::of(UserAct::Say(said))],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What comes back of a test whose form is shown and sent without a change.
    fn sent_back(turns: &Value) -> ConversationTest {
        let test: ConversationTest = serde_json::from_value(json!({
            "name": "T", "given": { "variables": { "a": 1 } }, "answers": { "price": { "fails": "x" } }, "turns": turns,
        }))
        .unwrap();
        let mut sent = vec![("name".to_owned(), test.name.clone()), ("more".to_owned(), more_of_test(&test))];
        for (row, turn) in test.turns.iter().enumerate() {
            for control in turn_controls(row, Some(turn)) {
                sent.push((control.name.clone(), control.value.clone()));
            }
        }
        let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let read = read(&Fields::of(&sent)).unwrap();
        assert_eq!(read, test);
        read
    }

    #[test]
    fn nothing_is_lost_by_the_form() {
        sent_back(&json!([
            { "start": true },
            { "say": "hi\nthere", "expect": { "replies": ["a\nb", { "contains": "c" }, { "one_of": ["d", "e"] }, { "matches": "^f" }] } },
            { "press": "x", "expect": { "replies": [{ "text": "a", "buttons": ["b"] }], "intent": "none", "node": "a/b" } },
            { "say": "y", "expect": { "replies": [], "variables": { "v": "3", "w": 3 }, "handed_over": true, "calls": ["price"] } },
            { "say": "z", "expect": { "replies": ["contains: to the letter", "a\n---\nb"] } },
            { "event": "paid", "with": { "a": 2 }, "time": "2026-01-05T12:00:00", "answers": { "f/n": { "status": 404 } } },
            { "timeout": true }, { "resume": true }, { "disabled": true }, { "link": "spring" },
        ]));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let turn = |more: &str| {
            read(&Fields::of(&[("name", "T"), ("turn.0.act", "say"), ("turn.0.text", "x"), ("turn.0.more", more)]))
                .unwrap_err()
        };
        assert!(turn("[1]").contains("`turn.0.more`: this is no JSON object"), "{}", turn("[1]"));
        assert!(turn(r#"{"expect":{"handed":true}}"#).starts_with("at turn 1: unknown field `handed`"));
    }
}
