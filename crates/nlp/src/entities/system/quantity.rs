//! Numbers with a unit: money, percentages, temperatures.

use super::decimal::Decimal;
use super::lexer::{Class, Tokens};
use super::number::{self, stands_free};
use super::{Read, SystemLanguage};

/// Codes of ISO 4217 that are understood as such.
const CODES: [&str; 18] = [
    "aud", "brl", "cad", "chf", "cny", "czk", "dkk", "eur", "gbp", "inr", "jpy", "mxn", "nok", "nzd", "pln", "sek",
    "usd", "zar",
];

/// The currency that a symbol, code or name stands for.
fn currency(word: &str) -> Option<&str> {
    Some(match word {
        "€" | "euro" | "euros" | "euro's" | "eurootjes" => "EUR",
        "$" | "dollar" | "dollars" | "buck" | "bucks" => "USD",
        "£" | "pound" | "pounds" | "quid" | "pond" => "GBP",
        "¥" | "yen" => "JPY",
        "₹" | "rupee" | "rupees" => "INR",
        "franc" | "francs" | "frank" => "CHF",
        _ => CODES.iter().find(|code| **code == word)?,
    })
}

/// What a hundredth of which currency is called.
fn hundredth(tokens: &Tokens, at: usize) -> Option<&'static str> {
    match tokens.word(at)? {
        "cent" | "cents" | "eurocent" if tokens.language == SystemLanguage::Dutch => Some("EUR"),
        "cent" | "cents" => Some("USD"),
        "pence" | "penny" => Some("GBP"),
        _ => None,
    }
}

/// `EUR 12.50`: a code and an amount.
fn written(currency: &str, amount: Decimal) -> String {
    format!("{} {}", currency.to_ascii_uppercase(), amount.as_money())
}

/// `€ 12,50`, `12.50 dollars`, `EUR 5`, `five euros and twenty cents`, `50 cent`.
pub(super) fn money(tokens: &Tokens, at: usize) -> Read<String> {
    if !stands_free(tokens, at) {
        return None;
    }
    if let Some(currency) = currency(tokens.text(at)).filter(|_| is_sign(tokens, at)) {
        let (amount, end) = number::unsigned(tokens, at + 1)?;
        let (amount, end) = without_cents(tokens, amount, end);
        let (amount, end) = scaled(tokens, amount, end)?;
        return (!goes_on(tokens, end)).then(|| (written(currency, amount), end));
    }
    let (amount, end) = number::signed(tokens, at).or_else(|| {
        // `a dollar`, `een euro`
        let is_one = tokens.phrase(at, &["a", "een"]).is_some() && tokens.word(at + 1).and_then(currency).is_some();
        is_one.then_some((Decimal::ONE, at + 1))
    })?;
    if let Some(currency) = hundredth(tokens, end) {
        let cents = amount.whole().and_then(|cents| u64::try_from(cents).ok())?;
        return Some((
            written(currency, Decimal::of_digits(&(cents / 100).to_string(), &format!("{:02}", cents % 100))?),
            end + 1,
        ));
    }
    let (amount, end) = without_cents(tokens, amount, end);
    let (amount, end) = scaled(tokens, amount, end)?;
    let name_end = tokens.phrase(end, &["euro ' s"]);
    let currency = if name_end.is_some() { "EUR" } else { currency(tokens.text(end))? };
    let end = name_end.unwrap_or(end + 1);
    let (cents, end) = cents_after(tokens, end).filter(|_| amount.whole().is_some()).unwrap_or((None, end));
    let total = cents.and_then(|cents| amount.checked_add(cents)).unwrap_or(amount);
    Some((written(currency, total), end))
}

/// Whether a currency stands before its amount: any symbol, or a code.
fn is_sign(tokens: &Tokens, at: usize) -> bool {
    let text = tokens.text(at);
    (tokens.word(at).is_none() || CODES.contains(&text) || text == "euro") && tokens.get(at + 1).is_some()
}

/// `5,-` and `5,--`, as prices are written in Dutch.
fn without_cents(tokens: &Tokens, amount: Decimal, end: usize) -> (Decimal, usize) {
    if tokens.joins(end, ",") && tokens.joins(end + 1, "-") {
        let end = end + 2;
        return (amount, if tokens.joins(end, "-") { end + 1 } else { end });
    }
    (amount, end)
}

/// `5k` is five thousand, `5m` five million, `5bn` five thousand million.
fn scaled(tokens: &Tokens, amount: Decimal, end: usize) -> Read<Decimal> {
    let factor = match tokens.text(end) {
        "k" => 1_000,
        "m" | "mn" | "mln" => 1_000_000,
        "b" | "bn" | "mld" => 1_000_000_000,
        _ => return Some((amount, end)),
    };
    if tokens.touches(end) { Some((amount.checked_mul(factor)?, end + 1)) } else { Some((amount, end)) }
}

/// Whether an amount is only the beginning of something: `$5xl`, `$1,234,5`.
fn goes_on(tokens: &Tokens, end: usize) -> bool {
    let touches = |at: usize, class: Class| tokens.get(at).is_some_and(|token| token.touches && token.class == class);
    let separated = (tokens.joins(end, ".") || tokens.joins(end, ",")) && touches(end + 1, Class::Digits);
    separated || touches(end, Class::Word) || touches(end, Class::Digits)
}

/// `and twenty cents`, `en 50 cent`, `50` after the name of a currency.
fn cents_after(tokens: &Tokens, at: usize) -> Read<Option<Decimal>> {
    let and = tokens.phrase(at, &["and", "en"]);
    let (cents, end) = number::unsigned(tokens, and.unwrap_or(at))?;
    let named = hundredth(tokens, end).map(|_| end + 1);
    let cents = cents.whole().filter(|cents| (1..100).contains(cents))?;
    let is_bare = and.is_none() && tokens.digits(at).is_some_and(|digits| digits.len() == 2) && end == at + 1;
    let end = named.or(is_bare.then_some(end))?;
    Some((Some(Decimal::of_digits("0", &format!("{cents:02}"))?), end))
}

/// `12.5%`, `twelve percent`, `12 procent`.
pub(super) fn percentage(tokens: &Tokens, at: usize) -> Read<String> {
    if !stands_free(tokens, at) {
        return None;
    }
    let (number, end) = number::signed(tokens, at)?;
    let end = tokens.phrase(end, &["%", "percent", "per cent", "procent", "pct"])?;
    Some((format!("{number}%"), end))
}

/// `20°C`, `minus five degrees`, `70 graden fahrenheit`, `300 K`.
pub(super) fn temperature(tokens: &Tokens, at: usize) -> Read<String> {
    if !stands_free(tokens, at) {
        return None;
    }
    let (number, end) = number::signed(tokens, at)?;
    let degrees = tokens.phrase(end, &["°", "º", "degrees", "degree", "graden", "graad"]);
    let end = degrees.unwrap_or(end);
    let unit = match (tokens.text(end), degrees.is_some()) {
        ("celsius", _) | ("c", true) => Some(" °C"),
        ("fahrenheit", _) | ("f", true) => Some(" °F"),
        ("kelvin", _) => Some(" K"),
        _ => None,
    };
    // `20C` and `70F`; with a space it could be anything.
    let attached = match tokens.text(end) {
        "c" if tokens.touches(end) => Some(" °C"),
        "f" if tokens.touches(end) => Some(" °F"),
        _ => None,
    };
    // `℃` and `℉` are one character each.
    let single = match tokens.text(end) {
        "℃" => Some(" °C"),
        "℉" => Some(" °F"),
        _ => None,
    };
    if let Some(unit) = unit.or(attached).or(single) {
        let absolute_zero_is_lowest = unit != " K" || !number.is_negative();
        return absolute_zero_is_lowest.then_some((format!("{number}{unit}"), end + 1));
    }
    degrees.map(|end| (format!("{number} °"), end))
}
