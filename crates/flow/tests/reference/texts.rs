//! What the bot says, by `docs/flows.md`, "Texts": the language, and templates.
//!
//! Only the templates that the generator writes are read: `{{ name }}`, `{{ name | filter }}`,
//! `{{ name + 1 }}`, `{% if name %}…{% else %}…{% endif %}`, `{% for one in name %}…{% endfor %}`.

use std::collections::BTreeMap;

use greenroom_flow::Session;
use greenroom_model::Language;
use serde_json::{Number, Value, json};

use crate::bot::Bot;

/// What there is in the conversation's language, in a wider one, in the bot's default language
/// or a wider one, in the first of all.
pub(crate) fn in_language<'t, T>(texts: &'t BTreeMap<Language, T>, session: &Session, bot: &Bot) -> Option<&'t T> {
    for wanted in [&session.language, &bot.default_language()] {
        let mut tags: Vec<&str> = wanted.as_str().split('-').collect();
        while !tags.is_empty() {
            if let Some(text) = texts.get(tags.join("-").as_str()) {
                return Some(text);
            }
            tags.pop();
        }
    }
    texts.values().next()
}

/// The value of a template: a single expression keeps its type, all else is a text.
pub(crate) fn value(source: &str, session: &Session, bot: &Bot) -> Result<Value, String> {
    match pieces(source).as_slice() {
        [Piece::Output(expression)] => expression_value(expression, session, bot),
        _ => whole_text(source, session, bot).map(Value::String),
    }
}

/// The text of a template, where all of it works.
pub(crate) fn whole_text(source: &str, session: &Session, bot: &Bot) -> Result<String, String> {
    rendered(source, session, bot, true)
}

/// The text of a template; what does not work is left out.
pub(crate) fn text(source: &str, session: &Session, bot: &Bot) -> String {
    rendered(source, session, bot, false).unwrap()
}

fn rendered(source: &str, session: &Session, bot: &Bot, is_strict: bool) -> Result<String, String> {
    let mut text = String::new();
    for piece in pieces(source) {
        match piece {
            Piece::Text(words) => text.push_str(words),
            Piece::Output(expression) => match expression_value(expression, session, bot) {
                Ok(value) => text.push_str(&shown(&value)),
                Err(reason) if is_strict => return Err(reason),
                Err(_) => {}
            },
            Piece::If { name, then, otherwise } => {
                let value = variable(name, session, bot)?;
                let holds =
                    !matches!(value, Value::Null | Value::Bool(false)) && !["", "0"].contains(&shown(&value).as_str());
                text.push_str(if holds { then } else { otherwise });
            }
            Piece::For { name, after_each } => {
                for one in variable(name, session, bot)?.as_array().into_iter().flatten() {
                    text.push_str(&shown(one));
                    text.push_str(after_each);
                }
            }
        }
    }
    Ok(text)
}

/// An address that a button opens: of a page, of mail, of a telephone, or of a place on the page.
pub(crate) fn link(source: &str, session: &Session, bot: &Bot) -> Result<String, String> {
    if !source.contains("{{") {
        return Ok(source.to_owned());
    }
    let address = with_values(source, session, bot)?;
    let start = address.split(['/', '?', '#']).next().unwrap().to_lowercase();
    let is_known =
        !start.contains(':') || ["https:", "http:", "mailto:", "tel:"].iter().any(|it| start.starts_with(it));
    if address.is_empty() || !is_known {
        return Err("nothing opens it".to_owned());
    }
    in_its_place(&address, &address)?;
    Ok(address)
}

/// An address: each value is percent-encoded, but for one that stands for its beginning.
pub(crate) fn address(source: &str, session: &Session, bot: &Bot) -> Result<String, String> {
    let address = with_values(source, session, bot)?;
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    in_its_place(&address, rest.ok_or("it is no address")?)?;
    Ok(address)
}

fn in_its_place(address: &str, rest: &str) -> Result<(), String> {
    let path = rest.split(['?', '#']).next().unwrap();
    if path.split('/').skip(1).any(|step| step == "." || step == "..") {
        return Err("a value leaves its place".to_owned());
    }
    if address.contains(char::is_whitespace) {
        return Err("it has a blank".to_owned());
    }
    Ok(())
}

fn with_values(source: &str, session: &Session, bot: &Bot) -> Result<String, String> {
    let mut address = String::new();
    for (place, piece) in pieces(source).into_iter().enumerate() {
        match piece {
            Piece::Text(words) => address.push_str(words),
            Piece::Output(expression) => {
                let value = shown(&expression_value(expression, session, bot)?);
                if place == 0 {
                    address.push_str(value.trim());
                } else {
                    for byte in value.bytes() {
                        match byte {
                            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                                address.push(byte.into());
                            }
                            other => address.push_str(&format!("%{other:02X}")),
                        }
                    }
                }
            }
            Piece::If { .. } | Piece::For { .. } => return Err("an address takes `{{ … }}` alone".to_owned()),
        }
    }
    Ok(address)
}

/// Whether a template has a bare `{{ name }}` of a variable without a value.
pub(crate) fn lacks_a_value(source: &str, session: &Session, bot: &Bot) -> bool {
    pieces(source).iter().any(|piece| match piece {
        Piece::Output(expression) => {
            !expression.contains('|') && expression_value(expression, session, bot) == Ok(Value::Null)
        }
        _ => false,
    })
}

/// A value whose texts, at whatever depth, are templates.
pub(crate) fn filled(json: &Value, session: &Session, bot: &Bot) -> Result<Value, String> {
    Ok(match json {
        Value::String(source) => value(source, session, bot)?,
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| filled(item, session, bot)).collect::<Result<_, _>>()?)
        }
        Value::Object(entries) => {
            let mut object = serde_json::Map::new();
            for (key, item) in entries {
                object.insert(key.clone(), filled(item, session, bot)?);
            }
            Value::Object(object)
        }
        other => other.clone(),
    })
}

/// A value as people read it.
pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => whole_number(other.clone()).to_string(),
    }
}

/// `3` rather than `3.0`.
pub(crate) fn whole_number(value: Value) -> Value {
    match value.as_f64() {
        Some(number) if value.is_f64() && number.fract() == 0.0 && number.abs() < 9e15 => json!(number as i64),
        _ => value,
    }
}

enum Piece<'t> {
    Text(&'t str),
    Output(&'t str),
    If { name: &'t str, then: &'t str, otherwise: &'t str },
    For { name: &'t str, after_each: &'t str },
}

fn pieces(source: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = source;
    while let Some(start) = rest.find("{{").into_iter().chain(rest.find("{%")).min() {
        if start > 0 {
            pieces.push(Piece::Text(&rest[..start]));
        }
        rest = &rest[start..];
        if let Some(output) = rest.strip_prefix("{{") {
            let (expression, after) = output.split_once("}}").unwrap();
            pieces.push(Piece::Output(expression.trim()));
            rest = after;
        } else if let Some(condition) = rest.strip_prefix("{% if ") {
            let (name, after) = condition.split_once(" %}").unwrap();
            let (then, after) = after.split_once("{% else %}").unwrap();
            let (otherwise, after) = after.split_once("{% endif %}").unwrap();
            pieces.push(Piece::If { name, then, otherwise });
            rest = after;
        } else {
            let (name, after) = rest.strip_prefix("{% for one in ").unwrap().split_once(" %}{{ one }}").unwrap();
            let (after_each, after) = after.split_once("{% endfor %}").unwrap();
            pieces.push(Piece::For { name, after_each });
            rest = after;
        }
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// A variable that the bot has, or `language`.
fn variable(name: &str, session: &Session, bot: &Bot) -> Result<Value, String> {
    if name == "language" {
        return Ok(session.language.as_str().into());
    }
    match session.variables.get(name) {
        Some(value) => Ok(value.clone()),
        None if bot.variables.contains_key(name) => Ok(Value::Null),
        None => Err(format!("the bot has no `{name}`")),
    }
}

fn expression_value(expression: &str, session: &Session, bot: &Bot) -> Result<Value, String> {
    let number = |value: &Value| value.as_f64().filter(|_| value.is_number()).ok_or("it is no number".to_owned());
    // What is not finite is no value.
    let calculated = |number: f64| Number::from_f64(number).map_or(Value::Null, |number| whole_number(number.into()));
    if let Some((name, more)) = expression.split_once(" + ") {
        let sum = number(&variable(name, session, bot)?)? + more.parse::<f64>().unwrap();
        return Ok(calculated(sum));
    }
    let Some((name, filter)) = expression.split_once(" | ") else { return variable(expression, session, bot) };
    let (filter, argument) = filter.trim_end_matches(')').split_once('(').unwrap_or((filter, ""));
    let value = match variable(name, session, bot) {
        Err(_) if filter == "default" => Value::Null,
        value => value?,
    };
    match filter {
        "upper" => Ok(shown(&value).to_uppercase().into()),
        "default" if value.is_null() || value == json!("") => Ok(argument.trim_matches('"').into()),
        "default" => Ok(value),
        "times" => Ok(calculated(number(&value)? * argument.parse::<f64>().unwrap())),
        other => panic!("{other}"),
    }
}
