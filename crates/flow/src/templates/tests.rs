//! What templates promise: values shown as people read them, faults named and
//! survived, and no template that hangs or blows up.

use std::collections::BTreeMap;

use greenroom_model::Language;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::render::Rendered;
use super::*;

fn values() -> BTreeMap<VariableId, Value> {
    let values = json!({
        "name": "Ann", "age": 3, "price": 2.5, "whole": 3.0, "tags": ["a", 1, null], "deep": { "a": 1 },
        "many": vec![0; 2_000], "long": "x".repeat(30_000),
    });
    let Value::Object(values) = values else { unreachable!() };
    values.into_iter().filter_map(|(name, value)| Some((name.parse().ok()?, value))).collect()
}

fn with_scope<T>(use_it: impl FnOnce(Scope<'_>) -> T) -> T {
    let (variables, language) = (values(), Language::new("en").unwrap());
    let declared = |variable: &VariableId| variable.as_str() == "unset";
    use_it(Scope { variables: &variables, language: &language, declared: &declared })
}

fn render(source: &str) -> Rendered<String> {
    let mut templates = Templates::new();
    let template = templates.compile(source);
    with_scope(|scope| templates.text(&template, scope))
}

fn value(source: &str) -> Value {
    let mut templates = Templates::new();
    let template = templates.compile(source);
    let Rendered { content, fault, .. } = with_scope(|scope| templates.value(&template, scope));
    assert_eq!(fault, None, "{source}");
    content
}

#[track_caller]
fn check(source: &str, expected: &str) {
    let Rendered { content, fault, .. } = render(source);
    assert_eq!((content.as_str(), fault), (expected, None), "{source}");
}

#[test]
fn shows_values_as_people_read_them() {
    check("no tags { at } all", "no tags { at } all");
    check("Hi {{ name }}, {{age}}!", "Hi Ann, 3!");
    check("{{ price }} {{ whole }} {{ tags }} {{ deep }} {{ language }}", "2.5 3 a, 1,  {\"a\":1} en");
    check("[{{ unset }}]", "[]");
    check("{{ price | times(2) }} {{ whole + 1 }} {{ unset | default('you') }} {{ tags | join('-') }}", "5 4 you a-1-");
    check("{% if age > 2 %}old{% else %}young{% endif %}{# note #}", "old");
    check("{% for tag in tags %}<{{ tag }}>{% endfor %}", "<a><1><>");
    check("{{ name | upper -}}   .", "ANN.");
    check("{{ unset | upper }}{{ unset | lower }}{{ unset | title }}{{ unset | capitalize }}{{ unset | trim }}.", ".");
    check(
        "{{ tags | upper }} {{ price | lower }} {{ 'éTÉ' | capitalize }} {{ 'xax' | trim('x') }}",
        "A, 1,  2.5 Été a",
    );
    check("{{ unset | length }} {{ unset | join('-') }}{{ name | length }} {{ tags | length }}", "0 3 3");
    check("{{ name[:2] }} {{ long[29999:] }} {% if name[1:] == 'nn' %}{{ language[0:1] }}{% endif %}", "An x e");
    check("{% for tag in tags[:1] %}{{ tag[:1] }}{{ loop.index }}{% endfor %}", "a1");
    check("line\n", "line\n");
    check("{{ name }}\n", "Ann\n");
    check("{{ name | upper }}\n", "ANN\n");
}

#[test]
fn slots_and_engine_show_the_same() {
    for name in ["name", "age", "price", "whole", "tags", "deep", "unset", "language"] {
        // A pair of parentheses sends the template to the engine.
        let (slots, engine) = (render(&format!("<{{{{ {name} }}}}>")), render(&format!("<{{{{ ({name}) }}}}>")));
        assert_eq!((slots.content, slots.fault), (engine.content, engine.fault), "{name}");
        assert!(slots.fuel == 0 && engine.fuel > 0, "{name}");
    }
}

#[test]
fn a_single_expression_keeps_its_type() {
    assert_eq!(value("{{ age }}"), json!(3));
    assert_eq!(value("{{ tags }}"), json!(["a", 1, null]));
    assert_eq!(value("{{ unset }}"), Value::Null);
    assert_eq!(value("{{ age + 1 }}"), json!(4));
    assert_eq!(value("{{ age > 1 }}"), json!(true));
    assert_eq!(value("{{ age }} "), json!("3 "));
    assert_eq!(value("plain"), json!("plain"));
}

#[test]
fn what_fails_is_left_out_and_named() {
    for (source, shown, reason) in [
        ("Hi {{ nobody }}!", "Hi !", "`nobody`"),
        ("Hi {{ name }} {{ nobody | upper }}!", "Hi Ann !", "undefined"),
        ("Hi {{ deep.b }}!", "Hi !", "undefined"),
        ("Hi {{ name", "Hi ", "add `}}`"),
        ("Hi {{ name | shout }}!", "Hi !", "there is no filter `shout`"),
        ("Hi {{ name is odd }}!", "Hi !", "there is no test `odd`"),
        ("Hi {% if name is not odd %}!{% endif %}", "Hi !", "there is no test `odd`"),
        ("Hi {{ range(3) }}!", "Hi !", "there is no function `range`"),
        ("Hi {{ deep.items() }}!", "Hi !", "there is no function `items`"),
        ("Hi {{ Name }}!", "Hi !", "`Name` is not a variable id"),
        ("Hi {% set x = 1 %}!", "Hi !", "`{% set %}` is not allowed"),
        ("Hi {{ age + name }}!", "Hi !", "operation"),
    ] {
        let rendered = render(source);
        assert_eq!(rendered.content, shown, "{source}");
        let fault = rendered.fault.unwrap_or_default();
        assert!(fault.contains(reason), "{source}: {fault}");
    }
}

#[test]
fn refuses_what_could_hang_or_blow_up() {
    let long = |inside: &str, times| format!("{{{{ {} a }}}}", inside.repeat(times));
    for source in [
        "{{ [0] * 10000000 }}".to_owned(),
        "{{ name * 100000 }}".to_owned(),
        "{{ 2 ** 100000 }}".to_owned(),
        long("-", 5_000),
        long("- ", 100),
        long("not ", 1_150),
        long("not ", 40),
        long("(", 40),
        "{% raw %}{{ \" {% endraw %}{{ 1 }}".to_owned(),
        "{% if a %}".repeat(1_000),
        "{{ {'a': {'b': 1}} }}".to_owned(),
        "{% macro f() %}{{ f() }}{% endmacro %}".to_owned(),
        "{{ \"}}".to_owned(),
        "{".repeat(40_000),
        "{# never closed".to_owned(),
    ] {
        let start: String = source.chars().take(40).collect();
        assert!(matches!(Templates::new().compile(&source), Template::Broken { .. }), "{start}");
        assert!(variables(&source).is_err(), "{start}");
    }
}

#[test]
fn output_and_time_are_limited() {
    let nested = "{% for a in many %}{% for b in many %}{{ b }}{% endfor %}{% endfor %}";
    assert!(render(nested).fault.unwrap().contains("too long"));
    let rendered = render(&"{{ long }}".repeat(4));
    assert_eq!(rendered.content.len(), MAX_VALUE_BYTES);
    assert!(rendered.fault.unwrap().contains("64 KiB"));
    assert!(render("{% for a in many %}{{ long }}{% endfor %}").fault.is_some());
    assert!(render("{{ many | join(long) }}").fault.unwrap().contains("too long"));
}

#[test]
fn the_longest_tag_is_safe_on_a_small_stack() {
    let longest = format!("{{{{ age{} }}}}", "+age".repeat(250));
    check(&longest, "753");
    let filters = format!("{{{{ name{} }}}}", "|trim".repeat(200));
    check(&filters, "Ann");
}

#[test]
fn the_engine_has_what_the_guard_lets_through() {
    let environment = engine::environment();
    for filter in guards::FILTERS {
        let source = format!("{{{{ x | {filter} }}}}");
        let error = environment.render_str(&source, minijinja::Value::from_pairs([("x", "1")])).err();
        assert!(error.is_none_or(|error| error.kind() != minijinja::ErrorKind::UnknownFilter), "{filter}");
    }
    for test in guards::TESTS {
        assert!(
            render(&format!("{{% if name is {test} or name is not {test} %}}yes{{% endif %}}")).content == "yes",
            "{test}"
        );
    }
    check("{{ ('a|shout(' ~ \"is odd\") | upper }}{% if (age) and not (age is none) %}!{% endif %}", "A|SHOUT(IS ODD!");
}

#[test]
fn tells_what_a_template_asks_for() {
    let names = |source: &str| variables(source).unwrap().iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    assert_eq!(names("none"), "");
    assert_eq!(names("{{ b }} {{ a }} {{ language }}"), "a b");
    assert_eq!(
        names("{{ a[:4] }}{% for x in b[1:] %}{{ x[:1] }}{{ 'c'[:1] }}{% endfor %}{% if d[:e] %}{% endif %}"),
        "a b d e"
    );
    assert_eq!(names("{% for x in list %}{{ x }}{{ deep.a }}{{ loop.index }}{% endfor %}"), "deep list");
}

proptest! {
    #[test]
    fn no_text_brings_templates_down(source in "([ a-z]|\\{\\{|\\}\\}|\\{%|%\\}|\"|'|\\\\|-|not |if |for |in |endif|endfor|\\(|\\)|\\||\\.|1){0,30}") {
        let rendered = render(&source);
        prop_assert!(rendered.content.len() <= MAX_VALUE_BYTES);
    }

    #[test]
    fn a_text_without_tags_is_kept_to_the_letter(source in "[^{]{0,200}") {
        let Rendered { content, fault, fuel } = render(&source);
        prop_assert_eq!((content, fault, fuel), (source, None, 0));
    }
}
