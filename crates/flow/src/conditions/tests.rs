//! What conditions promise: they print what reads back, they judge without
//! surprises, and no text brings the reader down.

use std::collections::BTreeMap;

use greenroom_model::{Language, VariableId};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn variables() -> BTreeMap<VariableId, Value> {
    let values = json!({
        "age": 21, "ratio": 0.5, "name": "Ann", "premium": true, "count": "3", "none": null, "tags": ["a", "b"],
    });
    let Value::Object(values) = values else { unreachable!() };
    values.into_iter().filter_map(|(name, value)| Some((name.parse().ok()?, value))).collect()
}

fn holds(text: &str) -> bool {
    let condition: Condition = text.parse().unwrap_or_else(|error| panic!("{error}"));
    condition.holds(&variables(), &Language::new("en").unwrap())
}

fn fault(text: &str) -> String {
    text.parse::<Condition>().unwrap_err().to_string()
}

#[test]
fn judges_as_its_table_says() {
    for text in [
        "age == 21",
        "age == 21.0",
        "age>20and age<22",
        "age >= 21 and age <= 21 and not age > 21 and not age < 21",
        "ratio == 0.5",
        "name == 'Ann'",
        "name < \"B\"",
        "name in ['Bob', 'Ann']",
        "name not in ['Bob']",
        "premium",
        "not name",
        "known(name) and not known(nothing)",
        "nothing == null",
        "tags == tags",
        "matches(name, '^A')",
        "not matches(age, '2')",
        "language == 'en'",
        "true or false and false",
        "(false or true) and true",
        "age in [] or not (age in [])",
        "-1 < age",
    ] {
        assert!(holds(text), "{text}");
    }
}

#[test]
fn unlike_types_are_neither_equal_nor_ordered() {
    for text in [
        "count == 3",
        "count < 4",
        "count > 2",
        "age == true",
        "nothing < 1",
        "nothing >= null",
        "tags < 1",
        "premium == 1",
    ] {
        assert!(!holds(text), "{text}");
    }
    assert!(holds("count != 3 and nothing != 'a'"));
}

#[test]
fn and_binds_tighter_than_or_and_not_tightest() {
    assert!(holds("true or true and false"));
    assert!(!holds("(true or true) and false"));
    assert!(holds("not false and true"));
    assert!(!holds("not (false or true)"));
}

#[test]
fn says_where_the_fault_is_and_what_was_expected() {
    for (text, expected) in [
        ("", "at character 1: expected a variable, a text in quotes or a number"),
        ("age = 3", "at character 6: expected `==`"),
        ("age == ", "at character 8: expected a variable, a text in quotes or a number"),
        ("(age == 3", "at character 10: expected `)`"),
        ("age == 3 3", "at character 10: expected `and`, `or` or the end"),
        ("name == 'Ann", "expected the quote that closes the text"),
        ("age in 3", "at character 8: expected `[`"),
        ("age in [3", "expected `]`"),
        ("Name == 3", "is not a variable id"),
        ("3", "expected a comparison"),
        ("matches(name, '(')", "the regular expression before this does not work"),
        (r"name == '\d'", r"write a single `\` as `\\`"),
        ("a and", "expected a variable"),
        ("a or and", "is not a variable id"),
    ] {
        let fault = fault(text);
        assert!(fault.contains(expected), "{text}: {fault}");
    }
}

#[test]
fn limits_length_and_depth() {
    let nested = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    let most = MAX_CONDITION_DEPTH as usize;
    assert!(nested(most).parse::<Condition>().is_ok());
    assert!(fault(&nested(most + 1)).contains("nest deeper than 32"));
    assert!(format!("{}a", "not ".repeat(most)).parse::<Condition>().is_ok());
    assert!(fault(&format!("{}a", "not ".repeat(most + 1))).contains("nest deeper than 32"));
    assert!(fault(&"(".repeat(100_000)).contains("longer than 4096 bytes"));
    let wide = vec!["(a)"; 500].join(" and ");
    assert!(wide.parse::<Condition>().is_ok(), "depth is counted, not width");
}

fn literals() -> impl Strategy<Value = Literal> {
    prop_oneof![
        ".{0,6}".prop_map(Literal::Text),
        any::<i32>().prop_map(|number| Literal::Number(f64::from(number))),
        (-1e6..1e6).prop_map(Literal::Number),
        any::<bool>().prop_map(Literal::Boolean),
        Just(Literal::Null),
    ]
}

fn variable_ids() -> impl Strategy<Value = VariableId> {
    "[a-z][a-z0-9_]{0,4}".prop_filter_map("a word of conditions", |name| VariableId::new(&name).ok())
}

fn operands() -> impl Strategy<Value = Operand> {
    prop_oneof![
        3 => variable_ids().prop_map(Operand::Variable),
        1 => Just(Operand::Language),
        2 => literals().prop_map(Operand::Literal)
    ]
}

fn comparisons() -> impl Strategy<Value = Comparison> {
    use Comparison::*;
    prop::sample::select(vec![Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual])
}

fn conditions() -> impl Strategy<Value = Condition> {
    let atom = prop_oneof![
        any::<bool>().prop_map(Condition::Constant),
        variable_ids().prop_map(Condition::IsTrue),
        (operands(), comparisons(), operands()).prop_map(|(left, how, right)| Condition::Compare(left, how, right)),
        (operands(), prop::collection::vec(literals(), 0..4)).prop_map(|(left, list)| Condition::In(left, list)),
        variable_ids().prop_map(Condition::Known),
        (variable_ids(), "[a-z\"'\\\\]{0,5}")
            .prop_filter_map("not a pattern", |(id, text)| Some(Condition::Matches(id, Pattern::new(&text).ok()?))),
    ];
    atom.prop_recursive(5, 24, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|inner| Condition::Not(Box::new(inner))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Condition::And),
            prop::collection::vec(inner, 2..4).prop_map(Condition::Or),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_printed_reads_back_the_same(condition in conditions()) {
        let text = condition.to_string();
        prop_assume!(text.len() <= MAX_CONDITION_BYTES);
        prop_assert_eq!(text.parse::<Condition>(), Ok(condition), "{}", text);
    }

    #[test]
    fn no_text_brings_the_reader_down(text in "[ a-z(),!=<>\\[\\]\"'\\\\0-9.-]{0,60}|.{0,60}") {
        if let Ok(condition) = text.parse::<Condition>() {
            let _ = condition.holds(&variables(), &Language::new("en").unwrap());
            prop_assert_eq!(condition.to_string().parse::<Condition>(), Ok(condition));
        }
    }

    #[test]
    fn not_is_the_opposite(condition in conditions()) {
        let language = Language::new("en").unwrap();
        let held = condition.holds(&variables(), &language);
        prop_assert_eq!(Condition::Not(Box::new(condition)).holds(&variables(), &language), !held);
    }
}
