//! Whether a condition holds: total, without surprises of types.

use std::collections::BTreeMap;

use greenroom_model::{Language, VariableId};
use serde_json::Value;

use super::{Comparison, Condition, Literal, Operand};

/// A value as conditions see it. A list is equal to the same list, an object to the same object.
#[derive(Clone, Copy)]
enum Seen<'a> {
    Nothing,
    Boolean(bool),
    Number(f64),
    Text(&'a str),
    Compound(&'a Value),
}

impl Condition {
    /// Whether it holds for these variables and this language. A variable that
    /// is not among them has no value (`null`).
    #[must_use]
    pub fn holds(&self, variables: &BTreeMap<VariableId, Value>, language: &Language) -> bool {
        let see = |operand| Seen::operand(operand, variables, language);
        match self {
            Self::Constant(holds) => *holds,
            Self::IsTrue(variable) => variables.get(variable) == Some(&Value::Bool(true)),
            Self::Compare(left, comparison, right) => compare(see(left), *comparison, see(right)),
            Self::In(operand, literals) => {
                let value = see(operand);
                literals.iter().any(|literal| value.equals(Seen::literal(literal)))
            }
            Self::Known(variable) => variables.get(variable).is_some_and(|value| !value.is_null()),
            Self::Matches(variable, pattern) => {
                variables.get(variable).and_then(Value::as_str).is_some_and(|text| pattern.matches(text))
            }
            Self::Not(inner) => !inner.holds(variables, language),
            Self::And(parts) => parts.iter().all(|part| part.holds(variables, language)),
            Self::Or(parts) => parts.iter().any(|part| part.holds(variables, language)),
        }
    }
}

impl Condition {
    /// About how many bytes are looked at to tell whether it holds: the walk bounds their sum.
    pub(crate) fn work(&self, variables: &BTreeMap<VariableId, Value>) -> u64 {
        let length = |variable| variables.get(variable).and_then(Value::as_str).map_or(8, |text| text.len() as u64);
        match self {
            Self::Constant(_) | Self::IsTrue(_) | Self::Known(_) => 8,
            Self::Matches(variable, _) => 8 + length(variable),
            Self::Compare(left, _, right) => {
                16 + left.variable().map_or(0, length).min(right.variable().map_or(4_096, length))
            }
            Self::In(_, literals) => 16 * literals.len() as u64,
            Self::Not(inner) => inner.work(variables),
            Self::And(parts) | Self::Or(parts) => parts.iter().map(|part| part.work(variables)).sum(),
        }
    }
}

fn compare(left: Seen<'_>, comparison: Comparison, right: Seen<'_>) -> bool {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let ordering = match (left, right) {
        (Seen::Number(left), Seen::Number(right)) => left.partial_cmp(&right),
        (Seen::Text(left), Seen::Text(right)) => Some(left.cmp(right)),
        _ => None,
    };
    match comparison {
        Comparison::Equal => left.equals(right),
        Comparison::NotEqual => !left.equals(right),
        Comparison::Less => ordering == Some(Less),
        Comparison::LessOrEqual => matches!(ordering, Some(Less | Equal)),
        Comparison::Greater => ordering == Some(Greater),
        Comparison::GreaterOrEqual => matches!(ordering, Some(Greater | Equal)),
    }
}

impl<'a> Seen<'a> {
    fn operand(operand: &'a Operand, variables: &'a BTreeMap<VariableId, Value>, language: &'a Language) -> Self {
        match operand {
            Operand::Variable(variable) => variables.get(variable).map_or(Self::Nothing, Self::value),
            Operand::Language => Self::Text(language.as_str()),
            Operand::Literal(literal) => Self::literal(literal),
        }
    }

    fn literal(literal: &'a Literal) -> Self {
        match literal {
            Literal::Text(text) => Self::Text(text),
            Literal::Number(number) => Self::Number(*number),
            Literal::Boolean(boolean) => Self::Boolean(*boolean),
            Literal::Null => Self::Nothing,
        }
    }

    fn value(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Nothing,
            Value::Bool(boolean) => Self::Boolean(*boolean),
            Value::Number(number) => number.as_f64().map_or(Self::Nothing, Self::Number),
            Value::String(text) => Self::Text(text),
            Value::Array(_) | Value::Object(_) => Self::Compound(value),
        }
    }

    fn equals(self, other: Self) -> bool {
        match (self, other) {
            (Self::Nothing, Self::Nothing) => true,
            (Self::Boolean(left), Self::Boolean(right)) => left == right,
            (Self::Number(left), Self::Number(right)) => left == right,
            (Self::Text(left), Self::Text(right)) => left == right,
            (Self::Compound(left), Self::Compound(right)) => left == right,
            _ => false,
        }
    }
}
