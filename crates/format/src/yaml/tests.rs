//! What YAML is read, what is refused and how, and that texts survive.

use std::collections::BTreeMap;

use greenroom_model::document::Flow;
use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn check<T: DeserializeOwned + std::fmt::Debug>(yaml: &[u8]) -> String {
    match read::<T>("flows/a.yaml", yaml) {
        Ok(value) => format!("{value:?}"),
        Err(error) => error.to_string(),
    }
}

/// What is said of each of these files, a line each.
fn check_each<T: DeserializeOwned + std::fmt::Debug>(files: &[&[u8]]) -> String {
    files.iter().map(|yaml| check::<T>(yaml)).collect::<Vec<_>>().join("\n")
}

#[test]
fn says_line_and_column_of_a_fault() {
    insta::assert_snapshot!(check_each::<Flow>(&[
        b"name: a\nstart: b\nnodes:\n  b:\n    mesage:\n      text: {en: hi}\n",
        b"name: a\nstart: b\nnodes:\n  b:\n    message:\n      txt: {en: hi}\n",
        b"name: a\nname: b\n",
        b"name: a\nnodes: {}\n",
        b"name: a\nstart: B\nnodes: {}\n",
        b"name:\nstart: b\nnodes: {}\n",
        b"name: a\nstart: b\nnodes: [\n",
        b"name: a\nstart: b\nnodes: 3\n",
        b"name: 'a\n",
        b"name: a\nstart: b\nnodes: {}\n---\nname: c\n",
        b"name: a\nstart: b\nnodes:\n  b:\n    message:\n      text: {en: 3}\n",
        b"name: a\nstart: b\nnodes:\n  b:\n    end: {}\n    message: {}\n",
        b"name: a\nstart: b\nnodes:\n  b: end\n",
        b"name: a\nstart: b\nnodes: {}\ntriggers:\n  - {intent: a, event: b}\n",
        b"",
        b"\tname: a",
        b"name: !secret a\n",
        b"name: a\nstart: b\nnodes: {}\ntriggers: {}\n",
        b"name: a\nstart: b\nnodes: {}\ntriggers: 3\n",
]), @r#"
    flows/a.yaml:5:5: unknown word `mesage`; it takes one of `message`, `input`, `branch`, `action`, `jump`, `handover`, `wait`, `event`, `end`
    flows/a.yaml:6:7: unknown key `txt`; the keys here are `text`, `buttons`, `content`, `quick_replies`, `next`
    flows/a.yaml:2:1: `name` is given twice; keep one
    flows/a.yaml:2:1: `start` is missing; add it
    flows/a.yaml:2:8: `B` is not a node id: it must begin with a lower-case letter or a digit
    flows/a.yaml:1:5: a text is missing; give one, or `""` for an empty one
    flows/a.yaml:3:8: keys with values are needed here; write each as `key: value`
    flows/a.yaml:3:8: keys with values are needed here; write each as `key: value`
    flows/a.yaml:1:7: unclosed quote
    flows/a.yaml:4:1: a second YAML document begins; delete the line `---`
    flows/a.yaml:6:14: here is integer `3`, where a text or a list of texts is needed; put a text that looks like something else in quotes
    flows/a.yaml:6:5: only one key can stand here; delete the others
    flows/a.yaml:5:1: keys with values are needed here; write each as `key: value`
    flows/a.yaml:5:5: a trigger takes one of `intent`, `event`, `button`, `keyword`, `link` and `system`
    flows/a.yaml:1:1: the file ends too early; something is missing
    flows/a.yaml:1:2: `start` is missing; add it
    flows/a.yaml:1:15: the tag `!secret` is not read; delete it
    flows/a.yaml:4:11: a list is needed here; begin each of its items with `- `, or write `[]` for none
    flows/a.yaml:4:11: a list is needed here; begin each of its items with `- `, or write `[]` for none
    "#);
}

/// The blocks of YAML in the guide of flows: a whole flow, then nodes.
#[test]
fn the_guide_of_flows_shows_what_is_read() {
    let guide = include_str!("../../../../docs/flows.md");
    let mut blocks = guide.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    read::<Flow>("docs/flows.md", blocks.next().unwrap().as_bytes()).unwrap();
    let mut count = 0;
    for block in blocks {
        read::<BTreeMap<greenroom_model::NodeId, greenroom_model::document::Node>>("docs/flows.md", block.as_bytes())
            .unwrap();
        count += 1;
    }
    assert!(count > 0);
}

#[test]
fn refuses_what_is_not_utf8_and_says_where() {
    insta::assert_snapshot!(check_each::<Value>(&[
        b"a: 1\nb: \xff\n",
        b"\xff\xfea\0",
]), @r#"
    flows/a.yaml:2:4: here is a byte that is not UTF-8; save the file as UTF-8
    flows/a.yaml:1:1: the file is UTF-16; save it as UTF-8
    "#);
    assert_eq!(check::<BTreeMap<String, String>>("\u{feff}a: é".as_bytes()), "{\"a\": \"é\"}");
}

#[test]
fn refuses_an_alias_bomb() {
    let mut bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (from, to) in "abcdefgh".chars().zip("bcdefghi".chars()) {
        bomb.push_str(&format!("{to}: &{to} [*{from}, *{from}, *{from}, *{from}, *{from}, *{from}, *{from}]\n"));
    }
    insta::assert_snapshot!(check_each::<Value>(&[
        bomb.as_bytes(),
        b"a: {<<: {b: 1}}",
]), @r#"
    flows/a.yaml:1:7: anchors (`&`) and aliases (`*`) are not read; write the content out, or quote the text
    flows/a.yaml:1:5: merge keys (`<<`) are not read; write the content out
    "#);
}

#[test]
fn refuses_nesting_that_would_overflow_the_stack() {
    for opening in ["[", "{a: ", "- "] {
        let error = check::<Value>(opening.repeat(100_000).as_bytes());
        assert!(error.contains("nest"), "{opening}: {error}");
    }
}

#[test]
fn reads_what_nests_as_deep_as_the_limit_says() {
    let value = (0..MAX_DEPTH).fold(Value::from(1), |inner, level| {
        if level % 2 == 0 { Value::from(vec![inner]) } else { serde_json::json!({ "a": inner }) }
    });
    let yaml = write(&value).unwrap();
    assert_eq!(read::<Value>("a.yaml", yaml.as_bytes()).unwrap(), value);
}

#[test]
fn reads_an_honest_large_file() {
    let lines = 200_000;
    let yaml: String = (0..lines).map(|line| format!("- this is the example of line {line:07}\n")).collect();
    assert!(yaml.len() > 7 << 20);
    assert_eq!(read::<Vec<String>>("big.yaml", yaml.as_bytes()).unwrap().len(), lines);
    let commented = format!("{}a: 1\n", "# a word about it\n".repeat(5_000));
    assert_eq!(check::<Value>(commented.as_bytes()), "Object {\"a\": Number(1)}");
}

#[test]
fn only_true_and_false_are_truth_values() {
    assert_eq!(check::<Value>(b"[yes, no, on, off, y, n]"), check::<Value>(br#"["yes","no","on","off","y","n"]"#));
    assert_eq!(check::<Value>(b"[true, false]"), "Array [Bool(true), Bool(false)]");
}

/// Texts that YAML likes to read as something else.
pub(crate) fn nasty_text() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        " ",
        "  ",
        "#",
        " # ",
        ": ",
        ":",
        "-",
        "- ",
        "yes",
        "no",
        "null",
        "~",
        "true",
        "1e3",
        "0x1F",
        "012",
        "1_000",
        ".5",
        ".inf",
        ".nan",
        "=",
        "<<",
        "\n",
        "\n\n",
        "\t",
        "\r",
        "\r\n",
        "'",
        "\"",
        "\\",
        "\\n",
        "{",
        "}",
        "[",
        "]",
        ",",
        "&a",
        "*a",
        "!",
        "!!str",
        "|",
        ">",
        "%",
        "@",
        "`",
        "?",
        "? ",
        "---",
        "...",
        "\u{feff}",
        "\u{85}",
        "\u{2028}",
        "\u{2029}",
        "\u{a0}",
        "\u{0}",
        "\u{7}",
        "\u{1b}",
        "\u{7f}",
        "\u{ad}",
        "\u{200d}",
        "\u{fffe}",
        "\u{10ffff}",
        "😀",
        "é",
        "e\u{301}",
        "漢字",
        "שלום",
        "2024-01-01",
        "12:30",
        "word",
        "two words",
        "{{ name }}",
        "",
    ];
    prop_oneof![
        prop::collection::vec(prop::sample::select(PIECES), 0..8).prop_map(|pieces| pieces.concat()),
        any::<String>(),
        "[ -~]{0,20}",
        "[a-z ]{1000,1100}",
    ]
}

proptest! {
    #[test]
    fn every_text_survives(text in nasty_text(), key in nasty_text(), other in nasty_text()) {
        let written = BTreeMap::from([(key.clone(), vec![text.clone(), other.clone()]), (format!("{key}b"), vec![text])]);
        let yaml = write(&written).unwrap();
        let back: BTreeMap<String, Vec<String>> = read("a.yaml", yaml.as_bytes()).map_err(|error| TestCaseError::fail(format!("{error}\n{yaml}")))?;
        prop_assert_eq!(&back, &written, "{}", yaml);
        let untyped: Value = read("a.yaml", yaml.as_bytes()).unwrap();
        prop_assert_eq!(untyped, serde_json::to_value(&written).unwrap(), "{}", yaml);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200), text in nasty_text()) {
        let _ = read::<Value>("a.yaml", &bytes);
        let _ = read::<Flow>("a.yaml", text.as_bytes());
    }
}
