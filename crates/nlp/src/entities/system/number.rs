//! Numbers and ordinals, of digits and of words.

use super::decimal::Decimal;
use super::lexer::{Class, Tokens};
use super::{Read, SystemLanguage, lexicon};

/// The most tokens that one number may have.
const MAX_TOKENS: usize = 24;
/// So many digits that begin with a zero count nothing.
const SHORTEST_CODE: usize = 9;

/// A number that stands by itself: not a part of a word, a date, a time, a version.
pub(super) fn standalone(tokens: &Tokens, at: usize) -> Read<Decimal> {
    // A telephone number or a code, whose zero would be lost.
    let is_code = |digits: &str| digits.starts_with('0') && digits.len() >= SHORTEST_CODE;
    if !stands_free(tokens, at) || tokens.digits(at).is_some_and(is_code) {
        return None;
    }
    let (number, end) = signed(tokens, at)?;
    let follows = tokens.get(end).filter(|next| next.touches);
    let is_part = follows.is_some_and(|next| match next.class {
        Class::Word | Class::Digits => true,
        Class::Symbol => {
            let goes_on = tokens.get(end + 1).is_some_and(|after| after.touches && after.class != Class::Symbol);
            goes_on && matches!(next.text.as_str(), "." | "," | ":" | "/" | "-" | "@" | "_")
        }
    });
    // The article is no number, and neither is a half.
    let is_word_alone =
        end == at + 1 && matches!(tokens.text(at), "een" | "a" | "half" | "halve" | "quarter" | "kwart");
    (!is_part && !is_word_alone).then_some((number, end))
}

/// Whether no letter, digit or sign of a longer whole touches the token from the left.
pub(super) fn stands_free(tokens: &Tokens, at: usize) -> bool {
    if !tokens.touches(at) {
        return true;
    }
    let Some(before) = at.checked_sub(1).and_then(|before| tokens.get(before)) else { return true };
    match before.class {
        Class::Word | Class::Digits => false,
        // `.5` is not 5.
        Class::Symbol if matches!(before.text.as_str(), "." | ",") && tokens.digits(at).is_some() => false,
        Class::Symbol => {
            let goes_on = before.touches
                && at.checked_sub(2).and_then(|two| tokens.get(two)).is_some_and(|two| two.class != Class::Symbol);
            !(goes_on && matches!(before.text.as_str(), "." | "," | ":" | "/" | "-" | "@" | "_"))
        }
    }
}

/// A number that may have a sign before it.
pub(super) fn signed(tokens: &Tokens, at: usize) -> Read<Decimal> {
    let after_sign = match tokens.text(at) {
        "-" if tokens.touches(at + 1) && stands_free(tokens, at) && !tokens.touches(at) => Some(at + 1),
        "minus" => Some(at + 1),
        "min" if tokens.language == SystemLanguage::Dutch => Some(at + 1),
        _ => None,
    };
    match after_sign {
        Some(at) => unsigned(tokens, at).map(|(number, end)| (number.negative(), end)),
        None => unsigned(tokens, at),
    }
}

/// A number without a sign: digits, perhaps with a scale (`3 million`), words, or a mixture with
/// halves (`two and a half`, `anderhalf`).
pub(super) fn unsigned(tokens: &Tokens, at: usize) -> Read<Decimal> {
    let (number, end) = match tokens.get(at)?.class {
        Class::Digits => {
            let (number, end) = digits(tokens, at)?;
            match scale(tokens, end) {
                Some(factor) => (number.checked_mul(factor as i64)?, end + 1),
                None => (number, end),
            }
        }
        Class::Word => words(tokens, at)?,
        Class::Symbol => return None,
    };
    Some(with_half(tokens, number, end).unwrap_or((number, end)))
}

/// `and a half`, `en een half` after a number.
fn with_half(tokens: &Tokens, number: Decimal, end: usize) -> Read<Decimal> {
    let phrases: &[(&str, Decimal)] = match tokens.language {
        SystemLanguage::Dutch => {
            &[("en een half", Decimal::HALF), ("en een halve", Decimal::HALF), ("en een kwart", Decimal::QUARTER)]
        }
        _ => &[("and a half", Decimal::HALF), ("and a quarter", Decimal::QUARTER)],
    };
    phrases.iter().find_map(|(phrase, part)| Some((number.checked_add(*part)?, tokens.phrase(end, &[phrase])?)))
}

/// Digits with group and decimal separators: `1,234.5` in English, `1.234,5` in Dutch. A separator
/// that cannot be the one of the language is taken for the other: `3.5` is 3.5 in Dutch too, and
/// `1.234,50` is 1234.50 in English.
pub(super) fn digits(tokens: &Tokens, at: usize) -> Read<Decimal> {
    let (group, point) = if tokens.language == SystemLanguage::Dutch { (".", ",") } else { (",", ".") };
    let (own, end) = digits_by(tokens, at, group, point)?;
    Some(digits_by(tokens, at, point, group).filter(|(_, further)| *further > end).unwrap_or((own, end)))
}

fn digits_by(tokens: &Tokens, at: usize, group: &str, point: &str) -> Read<Decimal> {
    let mut whole = tokens.digits(at)?.to_owned();
    let mut end = at + 1;
    if whole.len() <= 3 {
        while tokens.joins(end, group)
            && tokens.touches(end + 1)
            && let Some(more) = tokens.digits(end + 1).filter(|more| more.len() == 3 && end < at + MAX_TOKENS)
        {
            whole.push_str(more);
            end += 2;
        }
    }
    let mut fraction = "";
    let is_grouped = end > at + 1;
    for separator in [point, group] {
        if (separator == point || !is_grouped)
            && fraction.is_empty()
            && tokens.joins(end, separator)
            && tokens.touches(end + 1)
            && let Some(more) = tokens.digits(end + 1)
        {
            fraction = more;
            end += 2;
        }
    }
    Some((Decimal::of_digits(&whole, fraction)?, end))
}

/// A word that multiplies what stands before it.
fn scale(tokens: &Tokens, at: usize) -> Option<u64> {
    let word = tokens.word(at)?;
    let factor = match (tokens.language, word) {
        (SystemLanguage::Dutch, "duizend") => 1_000,
        (SystemLanguage::Dutch, "miljoen" | "mln") => 1_000_000,
        (SystemLanguage::Dutch, "miljard" | "mld") => 1_000_000_000,
        (SystemLanguage::Dutch, _) => return None,
        (_, "hundred") => 100,
        (_, "thousand") => 1_000,
        (_, "million") => 1_000_000,
        (_, "billion") => 1_000_000_000,
        (_, "dozen") => 12,
        _ => return None,
    };
    Some(factor)
}

fn words(tokens: &Tokens, at: usize) -> Read<Decimal> {
    if tokens.language == SystemLanguage::Dutch { dutch(tokens, at) } else { english(tokens, at) }
}

/// `two hundred and five thousand`, `twenty-one`, `a hundred`, `half`.
fn english(tokens: &Tokens, at: usize) -> Read<Decimal> {
    let language = tokens.language;
    if tokens.text(at) == "half" {
        // `half a million`
        let large = scale(tokens, at + 2).filter(|factor| tokens.text(at + 1) == "a" && *factor > 12);
        return match large.and_then(|factor| Decimal::HALF.checked_mul(factor as i64)) {
            Some(number) => Some((number, at + 3)),
            None => Some((Decimal::HALF, at + 1)),
        };
    }
    // What is complete, what is being counted, and how large the scales may still be.
    let (mut total, mut current, mut ceiling) = (0_u64, 0_u64, u64::MAX);
    let mut end = at;
    let mut last = Last::Nothing;
    while end < at + MAX_TOKENS {
        let joined =
            if last != Last::Nothing && tokens.text(end) == "and" && last == Last::Scale { end + 1 } else { end };
        let Some(word) = tokens.word(joined) else { break };
        let word =
            if word == "a" && last == Last::Nothing && scale(tokens, joined + 1).is_some() { "one" } else { word };
        if let Some(number) = lexicon::small(language, word) {
            let fits = match last {
                Last::Nothing | Last::Scale => true,
                Last::Tens => (1..10).contains(&number),
                Last::Small => false,
            };
            if !fits {
                break;
            }
            current += number;
            last = Last::Small;
        } else if let Some(number) = lexicon::tens(language, word) {
            if matches!(last, Last::Tens | Last::Small) {
                break;
            }
            current += number;
            last = Last::Tens;
        } else if let Some(factor) = scale(tokens, joined).filter(|_| joined == end && last != Last::Nothing) {
            if factor >= ceiling || (factor == 12 && total + current > 99) {
                break;
            }
            if factor <= 100 {
                if current == 0 || current > 99 {
                    break;
                }
                current *= factor;
            } else {
                if current == 0 {
                    break;
                }
                total += current * factor;
                current = 0;
                ceiling = factor;
            }
            last = Last::Scale;
        } else {
            break;
        }
        end = joined + 1;
        // `twenty-one`
        if last == Last::Tens
            && tokens.joins(end, "-")
            && tokens
                .word(end + 1)
                .and_then(|word| lexicon::small(language, word))
                .is_some_and(|number| (1..10).contains(&number))
        {
            end += 1;
        }
    }
    (last != Last::Nothing).then_some((Decimal::of(total.checked_add(current)?)?, end))
}

/// What the number word before was.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Nothing,
    Small,
    Tens,
    Scale,
}

/// `tweehonderdvijf`, `drie miljoen vijfhonderd`, `anderhalf`, `tweeenhalf`, `half`.
fn dutch(tokens: &Tokens, at: usize) -> Read<Decimal> {
    let one_and_half = Decimal::ONE.checked_add(Decimal::HALF)?;
    let half = match tokens.word(at)? {
        "half" | "halve" => Some(Decimal::HALF),
        "anderhalf" | "anderhalve" => Some(one_and_half),
        word => word
            .strip_suffix("enhalf")
            .or_else(|| word.strip_suffix("enhalve"))
            .and_then(lexicon::dutch_number)
            .and_then(Decimal::of)
            .and_then(|number| number.checked_add(Decimal::HALF)),
    };
    if let Some(half) = half {
        return match scale(tokens, at + 1) {
            Some(factor) => Some((half.checked_mul(factor as i64)?, at + 2)),
            None => Some((half, at + 1)),
        };
    }
    let (mut total, mut end, mut ceiling) = (0_u64, at, u64::MAX);
    while let Some((number, after)) = dutch_below_million(tokens, if end == at { at } else { skip_and(tokens, end) }) {
        let Some(factor) = scale(tokens, after).filter(|factor| *factor > 1_000) else {
            if end == at || number < 1_000_000 {
                total = total.checked_add(number)?;
                end = after;
            }
            break;
        };
        if factor >= ceiling {
            break;
        }
        total = total.checked_add(number.checked_mul(factor)?)?;
        (end, ceiling) = (after + 1, factor);
    }
    (end > at).then_some((Decimal::of(total)?, end))
}

/// One compound, or thousands in words of their own: `vijf duizend (en) tweehonderd`.
fn dutch_below_million(tokens: &Tokens, at: usize) -> Read<u64> {
    let one = |word: &str| if word == "één" { Some(1) } else { lexicon::dutch_number(word) };
    let number = one(tokens.word(at)?)?;
    if number >= 1_000 || tokens.text(at + 1) != "duizend" {
        return Some((number, at + 1));
    }
    let after = skip_and(tokens, at + 2);
    match tokens.word(after).and_then(lexicon::dutch_number).filter(|rest| *rest < 1_000) {
        Some(rest) => Some((number * 1_000 + rest, after + 1)),
        None => Some((number * 1_000, at + 2)),
    }
}

fn skip_and(tokens: &Tokens, at: usize) -> usize {
    if tokens.text(at) == "en" { at + 1 } else { at }
}

/// `3rd`, `third`, `twenty-first`; `3e`, `3de`, `derde`.
pub(super) fn ordinal(tokens: &Tokens, at: usize) -> Read<u64> {
    if !stands_free(tokens, at) {
        return None;
    }
    if let Some(digits) = tokens.digits(at).filter(|digits| digits.len() <= 6) {
        let suffixes: &[&str] =
            if tokens.language == SystemLanguage::Dutch { &["e", "de", "ste"] } else { &["st", "nd", "rd", "th"] };
        let is_ordinal = tokens.touches(at + 1) && tokens.word(at + 1).is_some_and(|suffix| suffixes.contains(&suffix));
        return if is_ordinal { Some((digits.parse().ok()?, at + 2)) } else { None };
    }
    let word = tokens.word(at)?;
    if tokens.language == SystemLanguage::Dutch {
        return Some((lexicon::dutch_ordinal(word)?, at + 1));
    }
    if let Some(number) = lexicon::english_ordinal(word).or_else(|| lexicon::english_tenth(word)) {
        return Some((number, at + 1));
    }
    let tens = lexicon::tens(tokens.language, word)?;
    let after = if tokens.text(at + 1) == "-" { at + 2 } else { at + 1 };
    let units = lexicon::english_ordinal(tokens.text(after)).filter(|units| *units < 10)?;
    Some((tens + units, after + 1))
}
