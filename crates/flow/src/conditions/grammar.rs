//! The text form of conditions, read. Every choice is made on the next token, so
//! reading is linear; nesting is counted, so the stack is safe.

use std::str::FromStr;

use greenroom_model::VariableId;
use winnow::ascii::multispace0;
use winnow::combinator::{alt, cut_err, delimited, opt, peek, preceded, repeat, separated, separated_pair, terminated};
use winnow::error::{ContextError, ErrMode, FromExternalError, StrContext, StrContextValue};
use winnow::prelude::*;
use winnow::stream::Stateful;
use winnow::token::{any, one_of, take_while};

use super::{Comparison, Condition, Literal, MAX_CONDITION_BYTES, MAX_CONDITION_DEPTH, Operand, Pattern};
use crate::Error;

/// The rest of the text, and how deep it is nested.
type Input<'s> = Stateful<&'s str, u32>;

impl FromStr for Condition {
    type Err = Error;

    /// Reads a condition.
    ///
    /// # Errors
    /// [`Error::Condition`] says where the fault is and what was expected.
    fn from_str(text: &str) -> Result<Self, Error> {
        let fault = |character, reason| Error::Condition { text: shortened(text), character, reason };
        if text.len() > MAX_CONDITION_BYTES {
            return Err(fault(
                1,
                format!("it is longer than {MAX_CONDITION_BYTES} bytes; split it over several branches"),
            ));
        }
        let whole = terminated(disjunction, (multispace0, end));
        let input = Input { input: text, state: 0 };
        let mut whole = whole;
        whole.parse(input).map_err(|error| {
            let before = text.get(..error.offset()).unwrap_or(text);
            fault(before.chars().count() + 1, reason(error.inner()))
        })
    }
}

/// A fault that the grammar alone does not tell.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Refusal(String);

fn refuse<T>(input: &Input<'_>, reason: String) -> ModalResult<T> {
    Err(ErrMode::Cut(ContextError::from_external_error(input, Refusal(reason))))
}

fn reason(error: &ContextError) -> String {
    if let Some(cause) = error.cause() {
        return cause.to_string();
    }
    let mut expected: Vec<String> = Vec::new();
    for context in error.context() {
        if let StrContext::Expected(value) = context {
            let value = value.to_string();
            if !expected.contains(&value) {
                expected.push(value);
            }
        }
    }
    if expected.is_empty() {
        "expected a condition such as `size == \"large\" and known(email)`".to_owned()
    } else {
        format!("expected {}", expected.join(" or "))
    }
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= 80 { text.to_owned() } else { text.chars().take(79).chain(['…']).collect() }
}

fn expected(description: &'static str) -> StrContext {
    StrContext::Expected(StrContextValue::Description(description))
}

fn end(input: &mut Input<'_>) -> ModalResult<()> {
    cut_err(winnow::combinator::eof).context(expected("`and`, `or` or the end")).void().parse_next(input)
}

fn disjunction(input: &mut Input<'_>) -> ModalResult<Condition> {
    let first = conjunction(input)?;
    let more: Vec<Condition> = repeat(0.., preceded(keyword("or"), cut_err(conjunction))).parse_next(input)?;
    Ok(joined(first, more, Condition::Or))
}

fn conjunction(input: &mut Input<'_>) -> ModalResult<Condition> {
    let first = negation(input)?;
    let more: Vec<Condition> = repeat(0.., preceded(keyword("and"), cut_err(negation))).parse_next(input)?;
    Ok(joined(first, more, Condition::And))
}

fn joined(first: Condition, more: Vec<Condition>, join: impl FnOnce(Vec<Condition>) -> Condition) -> Condition {
    if more.is_empty() { first } else { join(std::iter::once(first).chain(more).collect()) }
}

fn negation(input: &mut Input<'_>) -> ModalResult<Condition> {
    if opt(keyword("not")).parse_next(input)?.is_some() {
        return nested(input, cut_err(negation)).map(|inner| Condition::Not(Box::new(inner)));
    }
    atom(input)
}

fn nested<'s>(
    input: &mut Input<'s>,
    mut inside: impl ModalParser<Input<'s>, Condition, ContextError>,
) -> ModalResult<Condition> {
    if input.state >= MAX_CONDITION_DEPTH {
        return refuse(
            input,
            format!("parentheses and `not` nest deeper than {MAX_CONDITION_DEPTH}; split it over several branches"),
        );
    }
    input.state += 1;
    let condition = inside.parse_next(input)?;
    input.state = input.state.saturating_sub(1);
    Ok(condition)
}

fn atom(input: &mut Input<'_>) -> ModalResult<Condition> {
    multispace0.parse_next(input)?;
    if opt('(').parse_next(input)?.is_some() {
        return nested(input, terminated(cut_err(disjunction), cut_err(token(")", "`)`"))));
    }
    if opt(call("known")).parse_next(input)?.is_some() {
        return terminated(cut_err(variable), cut_err(token(")", "`)`"))).map(Condition::Known).parse_next(input);
    }
    if opt(call("matches")).parse_next(input)?.is_some() {
        let (variable, pattern) =
            cut_err(separated_pair(variable, token(",", "`,`"), preceded(multispace0, text))).parse_next(input)?;
        cut_err(token(")", "`)`")).parse_next(input)?;
        return match Pattern::new(&pattern) {
            Ok(pattern) => Ok(Condition::Matches(variable, pattern)),
            Err(error) => refuse(input, format!("the regular expression before this does not work: {error}")),
        };
    }
    let left = operand(input)?;
    if let Some(comparison) = opt(preceded(multispace0, comparison)).parse_next(input)? {
        return cut_err(operand).map(|right| Condition::Compare(left.clone(), comparison, right)).parse_next(input);
    }
    if opt(keyword("in")).parse_next(input)?.is_some() {
        return cut_err(list).map(|literals| Condition::In(left.clone(), literals)).parse_next(input);
    }
    if opt((keyword("not"), keyword("in"))).parse_next(input)?.is_some() {
        let inside = cut_err(list).parse_next(input)?;
        return Ok(Condition::Not(Box::new(Condition::In(left, inside))));
    }
    match left {
        Operand::Variable(variable) => Ok(Condition::IsTrue(variable)),
        Operand::Literal(Literal::Boolean(holds)) => Ok(Condition::Constant(holds)),
        Operand::Language | Operand::Literal(_) => {
            cut_err(winnow::combinator::fail).context(expected("a comparison such as `==` or `in`")).parse_next(input)
        }
    }
}

fn operand(input: &mut Input<'_>) -> ModalResult<Operand> {
    multispace0.parse_next(input)?;
    let begins_word = opt(peek(word)).parse_next(input)?;
    match begins_word {
        None => literal
            .map(Operand::Literal)
            .context(expected("a variable, a text in quotes or a number"))
            .parse_next(input),
        Some("language") => word.value(Operand::Language).parse_next(input),
        Some("true" | "false" | "null") => literal.map(Operand::Literal).parse_next(input),
        Some(_) => variable.map(Operand::Variable).parse_next(input),
    }
}

fn variable(input: &mut Input<'_>) -> ModalResult<VariableId> {
    multispace0.parse_next(input)?;
    let name = peek(word).context(expected("a variable")).parse_next(input)?;
    match VariableId::new(name) {
        Ok(variable) => word.value(variable).parse_next(input),
        Err(error) => refuse(input, error.to_string()),
    }
}

fn list(input: &mut Input<'_>) -> ModalResult<Vec<Literal>> {
    token("[", "`[`").parse_next(input)?;
    let literals = separated(0.., preceded(multispace0, literal), token(",", "`,`")).parse_next(input)?;
    token("]", "`]`").context(expected("a value in quotes, a number, `true`, `false` or `null`")).parse_next(input)?;
    Ok(literals)
}

fn literal(input: &mut Input<'_>) -> ModalResult<Literal> {
    alt((
        text.map(Literal::Text),
        number.map(Literal::Number),
        word.verify_map(|word| match word {
            "true" => Some(Literal::Boolean(true)),
            "false" => Some(Literal::Boolean(false)),
            "null" => Some(Literal::Null),
            _ => None,
        }),
    ))
    .parse_next(input)
}

fn text(input: &mut Input<'_>) -> ModalResult<String> {
    let quote = one_of(['"', '\'']).context(expected("a text in quotes")).parse_next(input)?;
    let character = move |input: &mut Input<'_>| -> ModalResult<char> {
        match any.verify(|character| *character != quote).parse_next(input)? {
            '\\' => cut_err(alt((one_of(['"', '\'', '\\']), 'n'.value('\n'), 'r'.value('\r'), 't'.value('\t'))))
                .context(expected("`\\\\`, `\\\"`, `\\n`, `\\r` or `\\t`; write a single `\\` as `\\\\`"))
                .parse_next(input),
            other => Ok(other),
        }
    };
    let content = repeat(0.., character).parse_next(input)?;
    cut_err(quote).context(expected("the quote that closes the text")).parse_next(input)?;
    Ok(content)
}

fn number(input: &mut Input<'_>) -> ModalResult<f64> {
    let digits = |input: &mut Input<'_>| take_while(1.., |c: char| c.is_ascii_digit()).void().parse_next(input);
    let written =
        (opt('-'), digits, opt(('.', cut_err(digits).context(expected("a digit"))))).take().parse_next(input)?;
    match written.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        _ => refuse(input, "the number before this is too large".to_owned()),
    }
}

fn comparison(input: &mut Input<'_>) -> ModalResult<Comparison> {
    alt((
        "==".value(Comparison::Equal),
        "!=".value(Comparison::NotEqual),
        "<=".value(Comparison::LessOrEqual),
        ">=".value(Comparison::GreaterOrEqual),
        "<".value(Comparison::Less),
        ">".value(Comparison::Greater),
        preceded('=', cut_err(winnow::combinator::fail)).context(expected("`==`")),
    ))
    .parse_next(input)
}

fn word<'s>(input: &mut Input<'s>) -> ModalResult<&'s str> {
    (
        one_of(|c: char| c.is_ascii_alphabetic() || c == '_'),
        take_while(0.., |c: char| c.is_ascii_alphanumeric() || c == '_'),
    )
        .take()
        .parse_next(input)
}

fn keyword<'s>(keyword: &'static str) -> impl ModalParser<Input<'s>, (), ContextError> {
    preceded(multispace0, word.verify(move |word: &str| word == keyword)).void()
}

fn call<'s>(name: &'static str) -> impl ModalParser<Input<'s>, (), ContextError> {
    delimited(multispace0, word.verify(move |word: &str| word == name), (multispace0, '(')).void()
}

fn token<'s>(token: &'static str, description: &'static str) -> impl ModalParser<Input<'s>, (), ContextError> {
    preceded(multispace0, token).context(expected(description)).void()
}
