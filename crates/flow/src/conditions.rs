//! Conditions: what a branch asks of the variables. A typed enum with a text form:
//! a small grammar of ours, total, linear, limited in length and depth.

mod constant;
mod evaluate;
mod grammar;
mod print;

use std::collections::BTreeSet;

use greenroom_model::VariableId;

pub use crate::patterns::Pattern;

/// The longest condition, in bytes of its text.
pub const MAX_CONDITION_BYTES: usize = 4_096;

/// How deep parentheses and `not` may nest.
pub const MAX_CONDITION_DEPTH: u32 = 32;

/// What a branch asks of the conversation.
///
/// | text | holds when |
/// |---|---|
/// | `a and b`, `a or b`, `not a`, `(a)` | as usual; `not` binds tightest, then `and` |
/// | `size == "large"`, `age >= 18` | the two sides compare so |
/// | `size in ["small", "large"]`, `size not in [..]` | the list has an equal value |
/// | `known(email)` | the variable has a value |
/// | `matches(code, "^[A-Z]{3}$")` | the variable is a text in which the expression matches |
/// | `language == "en"` | the conversation is in this language |
/// | `premium` | the variable is `true` |
///
/// A side is a variable, `language`, a text in quotes, a number, `true`, `false`
/// or `null` (no value). Values of unlike types are never equal nor in an order:
/// `==`, `<`, `<=`, `>`, `>=` are then false and `!=` is true. Texts are ordered
/// by their characters' code points, numbers as usual, nothing else is.
///
/// # Examples
/// ```
/// use std::collections::BTreeMap;
/// use greenroom_flow::Condition;
///
/// let condition: Condition = "(age>=18 and country in ['nl','be']) or known(guardian)".parse()?;
/// assert_eq!(condition.to_string(), r#"age >= 18 and country in ["nl", "be"] or known(guardian)"#);
///
/// let variables = BTreeMap::from([("age".parse()?, 21.into()), ("country".parse()?, "be".into())]);
/// assert!(condition.holds(&variables, &"en".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Condition {
    /// Always, or never.
    Constant(bool),
    /// The variable is `true`.
    IsTrue(VariableId),
    /// Two sides compare so.
    Compare(Operand, Comparison, Operand),
    /// The list has an equal value.
    In(Operand, Vec<Literal>),
    /// The variable has a value.
    Known(VariableId),
    /// The variable is a text in which the expression matches.
    Matches(VariableId, Pattern),
    /// It does not hold.
    Not(Box<Condition>),
    /// All of them hold; two at least.
    And(Vec<Condition>),
    /// One of them holds; two at least.
    Or(Vec<Condition>),
}

/// How two values compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// A side of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// What a variable holds.
    Variable(VariableId),
    /// The language of the conversation.
    Language,
    /// A value.
    Literal(Literal),
}

/// A value that is written out.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// A text in quotes.
    Text(String),
    /// A number.
    Number(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// `null`: no value.
    Null,
}

impl Condition {
    /// The variables that it asks for.
    #[must_use]
    pub fn variables(&self) -> BTreeSet<&VariableId> {
        let mut variables = BTreeSet::new();
        self.add_variables(&mut variables);
        variables
    }

    fn add_variables<'a>(&'a self, variables: &mut BTreeSet<&'a VariableId>) {
        match self {
            Self::Constant(_) => {}
            Self::IsTrue(variable) | Self::Known(variable) | Self::Matches(variable, _) => {
                variables.insert(variable);
            }
            Self::Compare(left, _, right) => variables.extend(left.variable().into_iter().chain(right.variable())),
            Self::In(operand, _) => variables.extend(operand.variable()),
            Self::Not(inner) => inner.add_variables(variables),
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.add_variables(variables)),
        }
    }
}

impl Operand {
    fn variable(&self) -> Option<&VariableId> {
        match self {
            Self::Variable(variable) => Some(variable),
            Self::Language | Self::Literal(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
