//! Whether a condition holds, by the table of `Condition`. Its text is read by the library.

use greenroom_flow::{Comparison, Condition, Literal, Operand, Session};
use serde_json::{Value, json};

pub(crate) fn holds(condition: &Condition, session: &Session) -> bool {
    match condition {
        Condition::Constant(holds) => *holds,
        Condition::IsTrue(variable) => session.variables.get(variable) == Some(&json!(true)),
        Condition::Known(variable) => session.variables.contains_key(variable),
        Condition::Matches(variable, pattern) => {
            matches!(session.variables.get(variable), Some(Value::String(text)) if pattern.matches(text))
        }
        Condition::Compare(left, comparison, right) => {
            compare(&side(left, session), *comparison, &side(right, session))
        }
        Condition::In(operand, literals) => {
            literals.iter().any(|literal| is_equal(&side(operand, session), &value(literal)))
        }
        Condition::Not(inner) => !holds(inner, session),
        Condition::And(parts) => parts.iter().all(|part| holds(part, session)),
        Condition::Or(parts) => parts.iter().any(|part| holds(part, session)),
        other => panic!("{other:?}"),
    }
}

fn side(operand: &Operand, session: &Session) -> Value {
    match operand {
        Operand::Variable(variable) => session.variables.get(variable).cloned().unwrap_or(Value::Null),
        Operand::Language => session.language.as_str().into(),
        Operand::Literal(literal) => value(literal),
    }
}

fn value(literal: &Literal) -> Value {
    match literal {
        Literal::Text(text) => json!(text),
        Literal::Number(number) => json!(number),
        Literal::Boolean(boolean) => json!(boolean),
        Literal::Null => Value::Null,
    }
}

/// Numbers are equal whatever their form; values of unlike types never are.
fn is_equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        _ => left == right,
    }
}

/// Numbers are in an order, and so are texts; nothing else is.
fn compare(left: &Value, comparison: Comparison, right: &Value) -> bool {
    let (is_less, is_greater) = match (left, right) {
        (Value::Number(left), Value::Number(right)) => (left.as_f64() < right.as_f64(), left.as_f64() > right.as_f64()),
        (Value::String(left), Value::String(right)) => (left < right, left > right),
        _ => (false, false),
    };
    let is_in_order = (left.is_number() && right.is_number()) || (left.is_string() && right.is_string());
    match comparison {
        Comparison::Equal => is_equal(left, right),
        Comparison::NotEqual => !is_equal(left, right),
        Comparison::Less => is_less,
        Comparison::Greater => is_greater,
        Comparison::LessOrEqual => is_in_order && !is_greater,
        Comparison::GreaterOrEqual => is_in_order && !is_less,
    }
}
