//! JSON whose texts, at whatever depth, are templates.

use serde_json::{Map, Value};

use super::{Template, Templates};

/// A value with templates in it.
#[derive(Debug, Clone)]
pub(crate) enum Shape {
    Value(Value),
    Template(Template),
    List(Vec<Shape>),
    Object(Vec<(String, Shape)>),
}

impl Shape {
    pub(crate) fn compile(value: &Value, templates: &mut Templates) -> Self {
        match value {
            Value::String(text) if text.contains('{') => Self::Template(templates.compile(text)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Self::Value(value.clone()),
            Value::Array(items) => Self::List(items.iter().map(|item| Self::compile(item, templates)).collect()),
            Value::Object(entries) => {
                Self::Object(entries.iter().map(|(key, item)| (key.clone(), Self::compile(item, templates))).collect())
            }
        }
    }

    /// The value with what `render` makes of its templates.
    ///
    /// # Errors
    /// The first that `render` gives.
    pub(crate) fn filled(&self, render: &mut impl FnMut(&Template) -> Result<Value, String>) -> Result<Value, String> {
        Ok(match self {
            Self::Value(value) => value.clone(),
            Self::Template(template) => render(template)?,
            Self::List(items) => Value::Array(items.iter().map(|item| item.filled(render)).collect::<Result<_, _>>()?),
            Self::Object(entries) => {
                let entries = entries.iter().map(|(key, item)| Ok((key.clone(), item.filled(render)?)));
                Value::Object(entries.collect::<Result<Map<_, _>, String>>()?)
            }
        })
    }
}
