//! What the diff says of two flows.

use super::{ORDER, check};

fn order(edit: &[(&str, &str)]) -> String {
    edit.iter().fold(ORDER.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    })
}

#[track_caller]
fn check_order(edit: &[(&str, &str)], expected: &[&str]) {
    let lines: Vec<String> = expected.iter().map(|line| format!("    {line}")).collect();
    let head = "~ flows/order \"Order\"";
    let all: Vec<&str> = std::iter::once(head).chain(lines.iter().map(String::as_str)).collect();
    check("flows/order", ORDER, &order(edit), &all);
}

#[test]
fn texts_are_shown_by_language() {
    check_order(
        &[("Welke maat?", "Hoe groot?"), ("\"en\": [\"Thanks\", \"Great\"]", "\"de\": \"Danke\"")],
        &[
            "nodes.ask.input.ask.text (nl): \"Welke maat?\" → \"Hoe groot?\"",
            "+ nodes.thanks.message.text (de): \"Danke\"",
            "- nodes.thanks.message.text (en): \"Thanks\" | \"Great\"",
        ],
    );
    check_order(&[("\"More\"", "\"Again\"")], &["nodes.thanks.message.buttons[0].title (en): \"More\" → \"Again\""]);
    check_order(
        &[("\"next\": \"thanks\"", "\"next\": \"thanks\", \"retry\": { \"en\": \"Sorry?\" }")],
        &["+ nodes.ask.input.retry (en): \"Sorry?\""],
    );
}

#[test]
fn edges_are_told_from_fields() {
    check_order(
        &[("\"next\": \"thanks\"", "\"next\": \"route\", \"attempts\": 3, \"otherwise\": \"over\"")],
        &[
            "+ nodes.ask.input.attempts: 3",
            "edge next of `ask`: `thanks` → `route`",
            "+ edge otherwise of `ask`: `over`",
        ],
    );
    check_order(
        &[(", \"else\": \"ask\"", ""), ("\"action\": { \"goto\": \"ask\" }", "\"action\": { \"goto\": \"over\" }")],
        &["- edge else of `route`: `ask`", "edge buttons[0].action.goto of `thanks`: `ask` → `over`"],
    );
    check_order(
        &[(
            "[{ \"when\": \"size == 1\"",
            "[{ \"when\": \"size == 0\", \"goto\": \"over\" }, { \"when\": \"size == 1\"",
        )],
        &["+ edge cases[0].goto of `route`: `over`", "+ nodes.route.branch.cases[0].when: \"size == 0\""],
    );
}

#[test]
fn a_variable_that_is_called_next_is_no_edge() {
    let flow = |value: &str| {
        format!(
            r#"{{ "name": "F", "start": "a", "nodes": {{ "a": {{ "action": {{ "set": {{ "next": "{value}", "text": {{ "en": "x" }} }} }} }} }} }}"#
        )
    };
    check("flows/f", &flow("a"), &flow("b"), &["~ flows/f \"F\"", "    nodes.a.action.set.next: \"a\" → \"b\""]);
}

#[test]
fn nodes_come_go_and_change_their_kind() {
    check_order(
        &[(
            "\"over\": { \"end\": {} }",
            "\"bye\": { \"end\": {} }, \"more\": { \"jump\": { \"to\": { \"flow\": \"menu\" }, \"return\": true } }",
        )],
        &[
            "+ node `bye` (end)",
            "+ node `more` (jump)",
            "+ nodes.more.jump.return: true",
            "+ nodes.more.jump.to.flow: \"menu\"",
            "- node `over` (end)",
        ],
    );
    check_order(
        &[(
            "\"over\": { \"end\": {} }",
            "\"over\": { \"message\": { \"text\": { \"en\": \"Bye\" }, \"next\": \"ask\" } }",
        )],
        &["~ node `over` (end → message)", "+ edge next of `over`: `ask`", "+ nodes.over.message.text (en): \"Bye\""],
    );
}

#[test]
fn a_node_of_another_kind_shows_all_that_it_now_holds() {
    let flow = |kind: &str| {
        format!(
            r#"{{ "name": "F", "start": "a", "nodes": {{ "a": {{ "{kind}": {{ "text": {{ "en": "Bye" }}, "next": "a" }} }} }} }}"#
        )
    };
    check(
        "flows/f",
        &flow("message"),
        &flow("handover"),
        &[
            "~ flows/f \"F\"",
            "    ~ node `a` (message → handover)",
            "    + edge next of `a`: `a`",
            "    + nodes.a.handover.text (en): \"Bye\"",
        ],
    );
}

#[test]
fn triggers_come_and_go() {
    check_order(
        &[(
            "{ \"event\": \"visit\" }",
            "{ \"button\": \"buy\", \"contexts\": [\"a\", \"b\"], \"node\": \"ask\" }, { \"system\": \"introduction\" }, \
             { \"system\": \"not_understood\" }, { \"system\": \"error\" }, { \"intent\": \"order\" }",
        )],
        &[
            "+ trigger button \"buy\" in context `a` and `b` at node `ask`",
            "- trigger event `visit`",
            "+ trigger intent `order`",
            "+ trigger error",
            "+ trigger introduction",
            "+ trigger not understood",
        ],
    );
    check_order(
        &[(
            "{ \"intent\": \"order\" }, { \"event\": \"visit\" }",
            "{ \"event\": \"visit\" }, { \"intent\": \"order\" }",
        )],
        &["triggers: the order changed"],
    );
}
