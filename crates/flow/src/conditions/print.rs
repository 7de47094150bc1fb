//! The canonical text of a condition: what reads back as the same condition.

use std::fmt::{self, Display, Formatter, Write};

use super::{Comparison, Condition, Literal, Operand};

impl Display for Condition {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(holds) => write!(f, "{holds}"),
            Self::IsTrue(variable) => write!(f, "{variable}"),
            Self::Compare(left, comparison, right) => write!(f, "{left} {} {right}", comparison.as_str()),
            Self::In(operand, literals) => {
                write!(f, "{operand} in [")?;
                separated(f, literals, ", ")?;
                f.write_char(']')
            }
            Self::Known(variable) => write!(f, "known({variable})"),
            Self::Matches(variable, pattern) => {
                write!(f, "matches({variable}, ")?;
                quoted(f, pattern.as_str())?;
                f.write_char(')')
            }
            Self::Not(inner) => write!(f, "not {}", Inside(inner, matches!(**inner, Self::And(_) | Self::Or(_)))),
            Self::And(parts) => {
                separated(f, parts.iter().map(|part| Inside(part, matches!(part, Self::And(_) | Self::Or(_)))), " and ")
            }
            Self::Or(parts) => separated(f, parts.iter().map(|part| Inside(part, matches!(part, Self::Or(_)))), " or "),
        }
    }
}

impl Display for Operand {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(variable) => write!(f, "{variable}"),
            Self::Language => f.write_str("language"),
            Self::Literal(literal) => write!(f, "{literal}"),
        }
    }
}

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => quoted(f, text),
            Self::Number(number) => write!(f, "{number}"),
            Self::Boolean(boolean) => write!(f, "{boolean}"),
            Self::Null => f.write_str("null"),
        }
    }
}

impl Comparison {
    /// The sign of it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

/// A condition inside another, in parentheses where it needs them.
struct Inside<'a>(&'a Condition, bool);

impl Display for Inside<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.1 { write!(f, "({})", self.0) } else { write!(f, "{}", self.0) }
    }
}

fn separated<T: Display>(f: &mut Formatter<'_>, items: impl IntoIterator<Item = T>, separator: &str) -> fmt::Result {
    for (position, item) in items.into_iter().enumerate() {
        if position > 0 {
            f.write_str(separator)?;
        }
        write!(f, "{item}")?;
    }
    Ok(())
}

fn quoted(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for character in text.chars() {
        match character {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            other => f.write_char(other)?,
        }
    }
    f.write_char('"')
}
