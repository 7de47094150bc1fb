//! The template engine, kept small: no files, no globals, a few filters, fuel.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use greenroom_model::VariableId;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::ValueKind;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value, filters, tests};

use super::guards::{self, Piece};
use super::{Part, Program, Template, named, slots, value, variable};

/// How many instructions of the engine one template may take.
pub(super) const FUEL: u64 = 10_000;

/// All templates of a graph, compiled.
#[derive(Debug, Clone)]
pub(crate) struct Templates {
    environment: Environment<'static>,
    count: usize,
}

impl Templates {
    /// No templates.
    pub(crate) fn new() -> Self {
        Self { environment: environment(), count: 0 }
    }

    /// Compiles a template; one at fault becomes [`Template::Broken`].
    pub(crate) fn compile(&mut self, source: &str) -> Template {
        if !source.contains('{') && source.len() <= guards::MAX_TEMPLATE_BYTES {
            return Template::Plain(source.into());
        }
        self.compiled(source).unwrap_or_else(|reason| Template::Broken { text: guards::without_tags(source), reason })
    }

    fn compiled(&mut self, source: &str) -> Result<Template, String> {
        let pieces = guards::pieces(source)?;
        if let [] | [Piece::Text(_)] = pieces.as_slice() {
            return Ok(Template::Plain(source.into()));
        }
        if let Some(slots) = slots(&pieces)? {
            return Ok(Template::Slots(slots));
        }
        let (names, asks_language) = asked(&self.environment, source)?;
        let name = self.count.to_string();
        self.environment.add_template_owned(name.clone(), source.to_owned()).map_err(|error| fault(&error))?;
        self.count += 1;
        let expression = match pieces.as_slice() {
            [Piece::Output { expression, trims: false, .. }] => Some((*expression).to_owned()),
            _ => None,
        };
        let parts = pieces.iter().filter_map(|piece| match piece {
            Piece::Text(text) => Some(Part::Text((*text).to_owned())),
            Piece::Output { tag, .. } => Some(Part::Tag((*tag).to_owned())),
            Piece::Statement { .. } | Piece::Comment => None,
        });
        let parts = parts.collect();
        Ok(Template::Program(Program { name, names: names.into_iter().collect(), asks_language, expression, parts }))
    }

    pub(super) fn environment(&self) -> &Environment<'static> {
        &self.environment
    }
}

/// The engine without templates.
pub(super) fn environment() -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(16);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(SyntaxConfig::builder().keep_trailing_newline(true).build().unwrap_or_default());
    environment.set_formatter(|out, _state, value| {
        if value.is_undefined() {
            return Err(ErrorKind::UndefinedError.into());
        }
        match value.as_str() {
            Some(text) => Ok(out.write_str(text)?),
            None => Ok(out.write_str(&value::shown(&plain(value)?))?),
        }
    });
    environment.add_filter("abs", filters::abs);
    environment.add_filter("capitalize", of_text(capitalized));
    environment.add_filter("default", default);
    environment.add_filter("first", filters::first);
    environment.add_filter("int", filters::int);
    environment.add_filter("join", join);
    environment.add_filter("last", filters::last);
    environment.add_filter("length", length);
    environment.add_filter("lower", of_text(str::to_lowercase));
    environment.add_filter("round", filters::round);
    environment.add_filter("times", times);
    environment.add_filter("title", of_text(|text| filters::title(text.into())));
    environment.add_filter("trim", trim);
    environment.add_filter("upper", of_text(str::to_uppercase));
    environment.add_test("defined", tests::is_defined);
    environment.add_test("undefined", tests::is_undefined);
    environment.add_test("none", tests::is_none);
    environment.add_test("number", tests::is_number);
    environment.add_test("string", tests::is_string);
    environment.add_test("sequence", tests::is_sequence);
    environment
}

/// The variables that a template asks for, and whether it asks for the language.
pub(super) fn asked<'s>(
    environment: &Environment<'s>,
    source: &'s str,
) -> Result<(BTreeSet<VariableId>, bool), String> {
    let template = environment.template_from_str(source).map_err(|error| fault(&error))?;
    let mut names = template.undeclared_variables(false);
    names.extend(named::in_parts(&guards::pieces(source)?).into_iter().map(str::to_owned));
    let asks_language = names.remove("language");
    let variables = names.iter().map(|name| variable(name)).collect::<Result<_, _>>()?;
    Ok((variables, asks_language))
}

/// What the engine says, in one line.
pub(super) fn fault(error: &Error) -> String {
    match (error.kind(), error.detail()) {
        (ErrorKind::OutOfFuel, _) => "it takes too long; compute the value in a handler".to_owned(),
        (kind, Some(detail)) => format!("{kind}: {detail}"),
        (kind, None) => kind.to_string(),
    }
}

/// A value of the engine as JSON.
pub(super) fn plain(value: &Value) -> Result<serde_json::Value, Error> {
    serde_json::to_value(value).map_err(|error| Error::new(ErrorKind::BadSerialization, error.to_string()))
}

/// `x | default("you")`: the other value where there is none, or an empty text.
fn default(value: Value, other: Value) -> Value {
    let is_empty = value.is_undefined() || value.is_none() || value.as_str() == Some("");
    if is_empty { other } else { value }
}

/// A filter of texts, for any value: it takes what would be shown, so no value is an empty text.
fn of_text(filter: impl Fn(&str) -> String + Send + Sync + 'static) -> impl Fn(Value) -> Result<String, Error> {
    move |value| Ok(filter(&text_of(&value)?))
}

fn text_of(value: &Value) -> Result<Cow<'_, str>, Error> {
    match value.as_str() {
        Some(text) => Ok(Cow::Borrowed(text)),
        None if value.is_undefined() => Err(ErrorKind::UndefinedError.into()),
        None => Ok(Cow::Owned(value::shown(&plain(value)?))),
    }
}

/// `name | trim`: without blanks, or these characters, around it.
fn trim(value: Value, characters: Option<Cow<'_, str>>) -> Result<String, Error> {
    let text = text_of(&value)?;
    let trimmed = match characters {
        Some(characters) => text.trim_matches(|character| characters.contains(character)),
        None => text.trim(),
    };
    Ok(trimmed.to_owned())
}

fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(char::to_uppercase).into_iter().flatten();
    first.collect::<String>() + &characters.as_str().to_lowercase()
}

/// `name | length`: how many characters a text has, values a list or object; no value is an empty text.
fn length(value: Value) -> Result<usize, Error> {
    if value.is_none() { Ok(0) } else { filters::length(&value) }
}

/// `price | times(quantity)`: multiplies numbers, and numbers only.
fn times(value: Value, factor: Value) -> Result<Value, Error> {
    let number = |value: &Value| match value.kind() {
        ValueKind::Number => f64::try_from(value.clone()),
        kind => Err(Error::new(ErrorKind::InvalidOperation, format!("`times` takes numbers, not {kind}"))),
    };
    Ok(Value::from(number(&value)? * number(&factor)?))
}

/// `names | join(", ")`: the values of a list as one text, as long as a value may be; no value is an empty list.
fn join(list: Value, separator: Option<Arc<str>>) -> Result<String, Error> {
    let mut joined = String::new();
    if list.is_none() {
        return Ok(joined);
    }
    for (position, item) in list.try_iter()?.enumerate() {
        if position > 0 {
            joined.push_str(separator.as_deref().unwrap_or_default());
        }
        match item.as_str() {
            Some(text) => joined.push_str(text),
            None => joined.push_str(&value::shown(&plain(&item)?)),
        }
        if joined.len() > value::MAX_VALUE_BYTES {
            return Err(Error::new(ErrorKind::InvalidOperation, "the joined text is too long"));
        }
    }
    Ok(joined)
}
