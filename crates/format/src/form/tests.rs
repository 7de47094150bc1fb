//! That the form loses nothing, and what it says of files that are not of it.

use proptest::prelude::*;

use super::strategies::bundle;
use super::*;

/// The files of a bot, as they are written.
fn written(bundle: &Bundle) -> Result<Vec<(FormFile, String)>, Error> {
    files_of(bundle)?.iter().map(|(file, parts)| Ok((file.clone(), write_file(file, parts)?))).collect()
}

fn read_all(files: &[(FormFile, String)]) -> Result<Bundle, Error> {
    let mut bundle = Bundle::default();
    for (file, text) in files {
        bundle.parts.append(&mut read_file(file, text.as_bytes())?);
    }
    Ok(bundle)
}

fn parse(parts: &[(&str, &str)]) -> Bundle {
    let parts = parts.iter().map(|(path, json)| {
        let path: PartPath = path.parse().unwrap();
        let document = Document::from_json(&path, json.as_bytes()).unwrap();
        (path, document)
    });
    Bundle { parts: parts.collect() }
}

/// Every file of a bot under its name.
fn show(bundle: &Bundle) -> String {
    written(bundle).unwrap().iter().map(|(file, text)| format!("# {file}\n{text}")).collect()
}

/// What is said of a file.
fn check(name: &str, yaml: &str) -> String {
    match name.parse::<FormFile>().and_then(|file| read_file(&file, yaml.as_bytes())) {
        Ok(parts) => show(&Bundle { parts }),
        Err(error) => error.to_string(),
    }
}

proptest! {
    #[test]
    fn nothing_is_lost_and_writing_again_writes_the_same(bundle in bundle()) {
        let canonical = bundle.canonical().unwrap();
        let files = written(&bundle).unwrap();
        let read = read_all(&files).map_err(|error| TestCaseError::fail(format!("{error}\n{files:#?}")))?;
        prop_assert_eq!(&read, &canonical);
        prop_assert_eq!(written(&read).unwrap(), files);
    }
}

#[test]
fn a_bot_reads_well() {
    let bundle = parse(&[
        ("settings", r#"{"name":"Shop","default_language":"en","languages":["no"]}"#),
        ("flows/contexts/asked", r#"{"name":"Asked"}"#),
        ("flows/variables/size", r#"{"name":"Size","type":"number","default":3.0}"#),
        ("nlp/intents/yes", r#"{"name":"Yes"}"#),
        (
            "nlp/examples/en/yes",
            r#"{"examples":["yes","sure\nthing ",{"text":"the big one","entities":[{"start":4,"end":7,"entity":"size"}]}]}"#,
        ),
        ("nlp/examples/no/yes", r#"{"examples":["ja"]}"#),
        ("nlp/runtime", r#"{"threshold":0.5}"#),
        ("tests/a", r#"{"name":"A","turns":[{"say":"yes","expect":{"replies":["Fine: 1"]}},{"press":"No"}]}"#),
        (
            "flows/order",
            r#"{"name":"Order","triggers":[{"intent":"yes","contexts":["asked"]}],"start":"welcome","nodes":{
                "a_done":{"end":{}},
                "stray":{"end":{}},
                "check":{"branch":{"cases":[{"when":"size > 2","goto":"m"}],"else":"a_done"}},
                "m":{"message":{"text":{"en":["One.\n\nTwo.","Three"]},"buttons":[{"title":{"en":"Again"},"action":{"goto":"welcome"}}]}},
                "welcome":{"input":{"variable":"size","ask":{"text":{"en":"What size?"}},"accept":[{"number":{"min":1}},{"email":{}},{"text":{}}],"next":"check"}}}}"#,
        ),
    ]);
    insta::assert_snapshot!(show(&bundle), @r#"
    # settings.yaml
    name: Shop
    default_language: en
    languages:
      - "no"
    # flows/order.yaml
    name: Order
    triggers:
      - intent: "yes"
        contexts:
          - asked
    start: welcome
    nodes:
      welcome:
        input:
          variable: size
          ask:
            text:
              en: What size?
          accept:
            - number:
                min: 1
            - email: {}
            - text: {}
          next: check
      check:
        branch:
          cases:
            - when: size > 2
              goto: m
          else: a_done
      m:
        message:
          text:
            en:
              - |-
                One.

                Two.
              - Three
          buttons:
            - title:
                en: Again
              action:
                goto: welcome
      a_done:
        end: {}
      stray:
        end: {}
    # flows/contexts.yaml
    asked:
      name: Asked
    # flows/variables.yaml
    size:
      name: Size
      type: number
      default: 3
    # nlp.yaml
    runtime:
      threshold: 0.5
    # intents/yes.yaml
    name: "Yes"
    examples:
      en:
        - |-
          sure
          thing 
        - text: the big one
          entities:
            - start: 4
              end: 7
              entity: size
        - "yes"
      "no":
        - ja
    # tests/a.yaml
    name: A
    turns:
      - say: "yes"
        expect:
          replies:
            - "Fine: 1"
      - press: "No"
        expect: {}
    "#);
}

#[test]
fn examples_whose_intent_is_gone_are_kept_as_such() {
    let bundle =
        parse(&[("nlp/examples/en/gone", r#"{"examples":["a"]}"#), ("nlp/examples/nl/gone", r#"{"examples":[]}"#)]);
    assert_eq!(read_all(&written(&bundle).unwrap()).unwrap(), bundle);
    assert_eq!(show(&bundle), "# intents/gone.yaml\norphaned: true\nexamples:\n  en:\n    - a\n  nl: []\n");
}

#[test]
fn says_what_is_wrong_with_a_file() {
    let said = [
        check("intents/a.yaml", "examples: {en: [a]}"),
        check("intents/a.yaml", "name: A\norphaned: true\n"),
        check("intents/a.yaml", "name: A\nexamples:\n  en:\n    - fine\n    - true\n"),
        check("intents/a.yaml", "name: A\nexamples:\n  en:\n    - fine\n    - ' '\n"),
        check("intents/a.yaml", "name: A\nexamples:\n  EN:\n    - fine\n"),
        check(
            "intents/a.yaml",
            "name: A\nexamples:\n  en:\n    - {text: abc, entities: [{start: 1, end: 9, entity: b}]}\n",
        ),
        check("intents/a.yaml", "name: A\nexamples:\n  en:\n    - {txt: abc}\n"),
        check("flows/variables.yaml", "size: {name: Size, type: number, default: big}"),
        check("flows/variables.yaml", "a-b: {name: Size}"),
        check("flows/contexts.yaml", "a: {name: A}\na: {name: B}\n"),
        check("nlp.yaml", "runtime: {threshold: 2}"),
        check("nlp.yaml", "threshold: 2"),
        check("settings.yaml", "name: ' '\ndefault_language: en\n"),
        check("flows/a.yaml", "name: A\nstart: b\nnodes:\n  b:\n    input: {variable: x, attempts: 0}\n"),
        check("tests/a.yaml", "name: A\nturns: []\n"),
    ];
    insta::assert_snapshot!(said.join("\n"), @r#"
    intents/a.yaml: `name` is missing; add it
    intents/a.yaml: `orphaned` marks examples whose intent was deleted: delete the line, or `name` and `description`
    intents/a.yaml:5:7: here is boolean `true`, where a text, or a `text` with its `entities`, is needed; put a text that looks like something else in quotes
    intents/a.yaml: in `examples.en`: at `examples[1]`: the text is blank; delete the line
    intents/a.yaml:3:3: `EN` is not a language id: it takes a BCP 47 tag in lower case, such as `en` or `pt-br`
    intents/a.yaml: in `examples.en`: at `examples[0]`: `b` is marked from 1 to 9 in a text of 3 characters
    intents/a.yaml:4:8: unknown key `txt`; the keys here are `text`, `entities`
    flows/variables.yaml: in `size`: at `default`: "big" is not of the variable's type
    flows/variables.yaml:1:1: `a-b` is not a variable id: a variable is used in expressions, where `-` is a minus sign; use `_`
    flows/contexts.yaml:2:1: `a` is given twice; keep one
    nlp.yaml: in `runtime`: at `threshold`: 2 is not a number from 0 to 1
    nlp.yaml:1:1: unknown key `threshold`; the keys here are `training`, `runtime`
    settings.yaml: at `name`: it is blank; give a name that people recognise
    flows/a.yaml: at `nodes.b.input.attempts`: it takes 1 to 100
    tests/a.yaml: at `turns`: there is none; a test that plays nothing shows nothing
    "#);
}

#[test]
fn refuses_to_write_what_it_could_not_read_back() {
    let deep = (0..100).fold(serde_json::Value::Null, |inner, _| vec![inner].into());
    let path: PartPath = "flows/variables/deep".parse().unwrap();
    let document = Document::from_value(&path, serde_json::json!({ "name": "Deep", "default": deep })).unwrap();
    let bundle = Bundle { parts: [(path, document)].into() };
    let error = written(&bundle).unwrap_err().to_string();
    assert!(error.starts_with("part `flows/variables/deep` cannot be written: a value in it nests deeper"), "{error}");
}

#[test]
fn depth_is_of_brackets_outside_texts() {
    assert_eq!(depth(br#"{"a":[{"[\"[[":"]"}],"b":"{{{{{"}"#), 3);
    assert_eq!(depth(b"1"), 0);
}
