//! Templates and the conversation's values, put together: total, limited in length.

use std::collections::BTreeMap;
use std::io;

use greenroom_model::{Language, VariableId};
use minijinja::Environment;
use minijinja::value::Serde;
use serde_json::Value;

use super::engine::{FUEL, fault, plain};
use super::value::{MAX_VALUE_BYTES, show};
use super::{Part, Program, Slot, Template, Templates};

/// What an expression counts for, which cannot loop.
const FUEL_OF_AN_EXPRESSION: u64 = 100;

/// What a template can see.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    /// The variables that have a value.
    pub(crate) variables: &'a BTreeMap<VariableId, Value>,
    /// The conversation's language.
    pub(crate) language: &'a Language,
    /// Whether the bot knows a variable; what it knows and has no value is an empty text.
    pub(crate) declared: &'a dyn Fn(&VariableId) -> bool,
}

/// What a template gave, and what was wrong with it.
#[derive(Debug, PartialEq)]
pub(crate) struct Rendered<T> {
    pub(crate) content: T,
    pub(crate) fault: Option<String>,
    /// How many instructions of the engine it took, about.
    pub(crate) fuel: u64,
}

impl<T> Rendered<T> {
    fn fine(content: T) -> Self {
        Self { content, fault: None, fuel: 0 }
    }

    fn failed(content: T, reason: String, fuel: u64) -> Self {
        Self { content, fault: Some(reason), fuel }
    }
}

impl Scope<'_> {
    /// The value of a variable; `None` where the bot does not know it.
    fn value(&self, variable: &VariableId) -> Option<&Value> {
        match self.variables.get(variable) {
            None if (self.declared)(variable) => Some(&Value::Null),
            found => found,
        }
    }
}

impl Templates {
    /// The text of a template. What cannot be rendered is left out and named.
    pub(crate) fn text(&self, template: &Template, scope: Scope<'_>) -> Rendered<String> {
        match template {
            Template::Plain(text) => Rendered::fine(text.to_string()),
            Template::Slots(slots) => filled(slots, scope),
            Template::Program(program) => match self.run(program, scope) {
                Ok((content, fuel)) => Rendered { content, fault: None, fuel },
                Err(reason) => Rendered::failed(self.fall_back(program, scope), reason, FUEL),
            },
            Template::Broken { text, reason } => {
                Rendered::failed(text.clone(), format!("a template does not work: {reason}"), 0)
            }
        }
    }

    /// The value of a template: one that is a single expression keeps the
    /// expression's type, any other is a text.
    pub(crate) fn value(&self, template: &Template, scope: Scope<'_>) -> Rendered<Value> {
        match template {
            Template::Slots(slots) => {
                if let [Slot::Variable(variable)] = slots.as_slice() {
                    return match scope.value(variable) {
                        Some(value) => Rendered::fine(value.clone()),
                        None => Rendered::failed(Value::Null, unknown(variable), 0),
                    };
                }
            }
            Template::Program(program) => {
                if let Some(expression) = &program.expression {
                    return match self.evaluate(expression, program, scope) {
                        Ok(content) => Rendered { content, fault: None, fuel: FUEL_OF_AN_EXPRESSION },
                        Err(reason) => Rendered::failed(Value::Null, reason, FUEL_OF_AN_EXPRESSION),
                    };
                }
            }
            Template::Plain(_) | Template::Broken { .. } => {}
        }
        let Rendered { content, fault, fuel } = self.text(template, scope);
        Rendered { content: Value::String(content), fault, fuel }
    }

    /// The text of a program, and the fuel that it took.
    fn run(&self, program: &Program, scope: Scope<'_>) -> Result<(String, u64), String> {
        let template = self.environment().get_template(&program.name).map_err(|error| fault(&error))?;
        let mut out = Limited(Vec::new());
        let rendered =
            template.render_captured_to(context(program, scope)?, &mut out).map_err(|error| fault(&error))?;
        let fuel = rendered.state().fuel_levels().map_or(FUEL, |(consumed, _)| consumed);
        drop(rendered);
        Ok((String::from_utf8(out.0).map_err(|error| error.to_string())?, fuel))
    }

    fn evaluate(&self, expression: &str, program: &Program, scope: Scope<'_>) -> Result<Value, String> {
        let expression =
            self.environment().compile_expression_owned(expression.to_owned()).map_err(|error| fault(&error))?;
        let value = expression.eval(context(program, scope)?).map_err(|error| fault(&error))?;
        if value.is_undefined() {
            return Err("it asks for something that is not there".to_owned());
        }
        plain(&value).map_err(|error| fault(&error))
    }

    /// The texts, and those tags that work by themselves. A text under `if` or
    /// `for` is shown once: better twice the truth than silence.
    fn fall_back(&self, program: &Program, scope: Scope<'_>) -> String {
        let Ok(context) = context(program, scope) else {
            return program.parts.iter().filter_map(Part::text).collect();
        };
        let environment: &Environment<'_> = self.environment();
        let mut shown = String::new();
        for part in &program.parts {
            match part {
                Part::Text(text) => shown.push_str(text),
                Part::Tag(tag) => {
                    let mut out = Limited(Vec::new());
                    let rendered = environment
                        .template_from_str(tag)
                        .and_then(|template| template.render_captured_to(context.clone(), &mut out).map(|_| ()));
                    if rendered.is_ok() {
                        shown.push_str(&String::from_utf8_lossy(&out.0));
                    }
                }
            }
            if shown.len() > MAX_VALUE_BYTES {
                break;
            }
        }
        shown.truncate(shown.floor_char_boundary(MAX_VALUE_BYTES));
        shown
    }
}

impl Part {
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Tag(_) => None,
        }
    }
}

fn filled(slots: &[Slot], scope: Scope<'_>) -> Rendered<String> {
    let mut rendered = Rendered::fine(String::new());
    for slot in slots {
        match slot {
            Slot::Text(text) => rendered.content.push_str(text),
            Slot::Language => rendered.content.push_str(scope.language.as_str()),
            Slot::Variable(variable) => match scope.value(variable) {
                Some(value) => show(&mut rendered.content, value),
                None => rendered.fault = Some(unknown(variable)),
            },
        }
        if rendered.content.len() > MAX_VALUE_BYTES {
            rendered.content.truncate(rendered.content.floor_char_boundary(MAX_VALUE_BYTES));
            rendered.fault = Some(TOO_LONG.to_owned());
            break;
        }
    }
    rendered
}

/// What a program may see: no more than it asks for.
fn context(program: &Program, scope: Scope<'_>) -> Result<minijinja::Value, String> {
    let mut values: BTreeMap<&str, minijinja::Value> = BTreeMap::new();
    for variable in &program.names {
        if let Some(value) = scope.value(variable) {
            values.insert(variable.as_str(), minijinja::Value::from(Serde(value)));
        }
    }
    if program.asks_language {
        values.insert("language", minijinja::Value::from(scope.language.as_str()));
    }
    Ok(minijinja::Value::from_pairs(values))
}

fn unknown(variable: &VariableId) -> String {
    format!("a template asks for the variable `{variable}`, which the bot does not have")
}

const TOO_LONG: &str = "a text is longer than 64 KiB; it is cut";

/// Takes so many bytes and no more.
struct Limited(Vec<u8>);

impl io::Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_VALUE_BYTES {
            return Err(io::Error::other(TOO_LONG));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
