//! The variables of which a template makes another text: what is left of a sensitive
//! value after a filter or letter by letter, no redaction recognises.
//!
//! A reading of signs and words rather than of the engine's grammar: where in doubt
//! nothing is told, so that what is told is true.

use std::collections::BTreeSet;

use greenroom_model::VariableId;

use super::guards::{Piece, pieces, words};
use super::named::{loop_over, names};
use super::{is_name, variables};

/// Filters that make another text of a text. Case does not matter to redaction, and
/// `default` and a bare `trim` leave the value as it is.
const DERIVING: [&str; 8] = ["abs", "first", "int", "join", "last", "length", "round", "times"];

/// The variables of which the template says something else than their values.
pub(crate) fn derived(source: &str) -> BTreeSet<VariableId> {
    let (Ok(pieces), Ok(asked)) = (pieces(source), variables(source)) else { return BTreeSet::new() };
    let mut derived: BTreeSet<&str> = BTreeSet::new();
    for piece in &pieces {
        match piece {
            Piece::Output { expression, .. } => {
                // Signs for blanks are no part of the expression.
                let said = without_condition(words(expression.trim_matches(['-', '+'])));
                if changes(&said) {
                    derived.extend(names(&said));
                }
            }
            Piece::Statement { inside } => {
                if let Some((_, over)) = loop_over(inside) {
                    derived.extend(names(&without_condition(over)));
                }
            }
            Piece::Text(_) | Piece::Comment => {}
        }
    }
    asked.into_iter().filter(|variable| derived.contains(variable.as_str())).collect()
}

/// `a if b else c` without `b`: a condition says nothing of its values.
fn without_condition(words: Vec<&str>) -> Vec<&str> {
    let Some(start) = words.iter().position(|word| *word == "if") else { return words };
    let (said, condition) = words.split_at(start);
    let otherwise = condition.iter().position(|word| *word == "else").and_then(|at| condition.get(at + 1..));
    [said, otherwise.unwrap_or_default()].concat()
}

/// Whether the expression makes something else of what it names.
fn changes(words: &[&str]) -> bool {
    let at = |place: usize| words.get(place).copied().unwrap_or_default();
    (0..words.len()).any(|place| match (at(place), at(place + 1)) {
        ("|", "trim") => at(place + 2) == "(",
        ("|", filter) => DERIVING.contains(&filter),
        ("+" | "-" | "/" | "%", _) => true,
        // An index or a part; a list that is written out begins the expression, or follows a sign.
        ("[", _) => place > 0 && (is_name(at(place - 1)) || matches!(at(place - 1), ")" | "]" | "\"")),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, expected: &[&str]) {
        let found: Vec<String> = derived(source).iter().map(ToString::to_string).collect();
        assert_eq!(found, expected, "{source}");
    }

    #[test]
    fn a_filter_a_part_a_sum_or_a_loop_makes_another_text() {
        check("{{ card | last }} {{ name }}", &["card"]);
        check("{{ card | trim('0') }}", &["card"]);
        check("{{ card[:4] }} or {{ (pin)[0] }}", &["card", "pin"]);
        check("{{ card + 1 }}{{ 2 - pin }}", &["card", "pin"]);
        check("{% for letter in card %}{{ letter }} {% endfor %}", &["card"]);
        check("{{ (card | default(pin)) | length }}", &["card", "pin"]);
        check("{{ 'none' if not age else card | first }}", &["card"]);
        check("{% if age > 3 %}{{ card|times(2) }}{% endif %}", &["card"]);
    }

    #[test]
    fn the_value_as_it_is_makes_none() {
        for source in [
            "{{ card }}",
            "{{ card | default('none') | upper }} {{ card | trim }}",
            "{{ 'yes' if card | length > 3 else 'no' }}",
            "{% if card | first == '4' %}a card{% endif %}",
            "{{ card ~ '!' }} {{ deep.card }} {{ card is defined }} {{ card == 'x' }}",
            "{{ ['a', card] }}",
            "{{- card -}}",
            "{{ 'a | first' ~ card }}",
            "{% for card in cards %}{% endfor %}{{ card",
        ] {
            check(source, &[]);
        }
        check("{% for card in cards %}{{ card | first }}{% endfor %}", &["cards"]);
    }
}
