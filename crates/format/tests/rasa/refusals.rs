//! Input that is not a Rasa project, or a broken one: what, where, what next.

use greenroom_format::{RasaOptions, read_rasa};

use crate::import;

fn refused(files: &[(&str, &str)]) -> String {
    import(files).unwrap_err().to_string()
}

#[test]
fn a_folder_without_a_bot_is_refused() {
    let error = refused(&[("README.md", "a readme")]);
    assert!(error.contains("is not a bot") && error.contains("domain.yml"), "{error}");
    let folder = tempfile::tempdir().unwrap();
    let error = read_rasa(&folder.path().join("missing"), &RasaOptions::default()).unwrap_err().to_string();
    assert!(error.starts_with("cannot read"), "{error}");
}

#[test]
fn broken_yaml_is_named_with_file_and_line() {
    let error = refused(&[("domain.yml", "intents:\n- greet\nslots: [\n")]);
    assert!(error.starts_with("domain.yml:"), "{error}");
    let error = refused(&[("data/nlu.yml", "nlu:\n- intent: a\n  intent: b\n")]);
    assert_eq!(error, "data/nlu.yml:3:3: `intent` is given twice; keep one");
}

#[test]
fn a_value_of_another_shape_is_named_with_file_and_line() {
    let error = refused(&[("domain.yml", "version: '3.1'\nintents:\n  greet: 1\n")]);
    assert_eq!(error, "domain.yml:3: the list of intent names takes a list, one `- …` a line");
    let error = refused(&[("domain.yml", "version: '3.1'\nslots:\n  a:\n    type: [text]\n")]);
    assert_eq!(error, "domain.yml:4: `type` takes a text");
}

#[test]
fn a_broken_story_is_told_of_and_the_rest_is_imported() {
    let imported = import(&[
        ("domain.yml", "version: '3.1'\nintents: [greet, bye]\nresponses: {utter_a: [{text: a}]}\n"),
        (
            "data/stories.yml",
            "stories:
- story: broken
  steps:
  - intent: greet
  - checkpoint
- story: [broken, too]
  steps: []
- just a text
- story: sound
  steps: [{intent: greet}, {action: utter_a}]
rules:
- rule: as broken
  wait_for_user_input: maybe
  steps: [{intent: bye}, {action: utter_a}]
",
        ),
        ("tests/test_stories.yml", "stories:\n- story: odd\n  steps: 3\n"),
    ])
    .unwrap();
    assert!(imported.bundle.parts.contains_key(&"flows/sound".parse().unwrap()));
    let losses = imported.losses.to_string();
    for told in [
        "data/stories.yml:5: story `broken`: a step takes `key: value`",
        "data/stories.yml:6: story without a name: `story` takes a text",
        "data/stories.yml:8: story without a name: a story takes a map",
        "data/stories.yml:13: rule `as broken`: `wait_for_user_input` takes",
        "tests/test_stories.yml:3: story `odd`: `steps` takes a list",
    ] {
        assert!(losses.contains(told), "{told}\n{losses}");
    }
}

#[test]
fn bytes_that_are_not_text_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("domain.yml"), b"intents:\n- gr\xff\xfeet\n").unwrap();
    let error = read_rasa(folder.path(), &RasaOptions::default()).unwrap_err().to_string();
    assert_eq!(error, "domain.yml:2:5: here is a byte that is not UTF-8; save the file as UTF-8");
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_text() {
    let imported = import(&[("domain.yml", "\u{feff}version: '3.1'\nintents: [greet]\n")]).unwrap();
    assert!(imported.bundle.parts.contains_key(&"nlp/intents/greet".parse().unwrap()));
}

#[test]
fn an_alias_bomb_is_refused() {
    let mut bomb = "x0: &x0 [a, a, a, a, a, a, a, a, a, a]\n".to_owned();
    for level in 1..9 {
        bomb.push_str(&format!("x{level}: &x{level} [{}]\n", vec![format!("*x{}", level - 1); 10].join(", ")));
    }
    let error = refused(&[("domain.yml", &bomb)]);
    assert!(error.starts_with("domain.yml:"), "{error}");
}

#[test]
fn deep_nesting_is_refused() {
    let deep = format!("intents: {}{}", "[".repeat(5_000), "]".repeat(5_000));
    let error = refused(&[("domain.yml", &deep)]);
    assert!(error.starts_with("domain.yml:"), "{error}");
}

#[test]
#[cfg(unix)]
fn links_are_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("secret.yml"), "intents: [secret]").unwrap();
    let project = folder.path().join("bot");
    std::fs::create_dir_all(project.join("data")).unwrap();
    std::fs::write(project.join("domain.yml"), "version: '3.1'\nintents: [greet]\n").unwrap();
    std::os::unix::fs::symlink(folder.path().join("secret.yml"), project.join("data/nlu.yml")).unwrap();
    let imported = read_rasa(&project, &RasaOptions::default()).unwrap();
    assert!(!imported.bundle.parts.contains_key(&"nlp/intents/secret".parse().unwrap()));
    assert!(imported.losses.to_string().contains("data/nlu.yml: file: a symbolic link is not followed"));
}
