//! Projects made to hang or to blow up: bounded, and told.

use std::fmt::Write;

use crate::translations::{domain, losses};

#[test]
fn checkpoints_that_lead_to_each_other_without_a_word_of_the_user_end() {
    let imported = domain(
        "intents: [ask]
responses: {utter_a: [{text: a}]}
stories:
- story: in
  steps: [{intent: ask}, {checkpoint: round}]
- story: round
  steps: [{checkpoint: round}, {checkpoint: round}]
- story: and round
  steps: [{checkpoint: round}, {action: utter_a}, {checkpoint: round}]
",
    );
    assert!(losses(&imported).contains("more than 100 things without a word of the user"), "{}", losses(&imported));
}

#[test]
fn alternatives_without_number_are_cut_short() {
    let mut yaml = String::from("intents: [ask]\nresponses: {utter_a: [{text: a}]}\nslots:\n");
    for slot in 0..40 {
        writeln!(yaml, "  s{slot}: {{type: bool, influence_conversation: true, mappings: [{{type: custom}}]}}")
            .unwrap();
    }
    yaml.push_str("stories:\n- story: many\n  steps:\n  - intent: ask\n");
    for slot in 0..40 {
        writeln!(yaml, "  - or: [{{slot_was_set: [{{s{slot}: true}}]}}, {{slot_was_set: [{{s{slot}: false}}]}}]")
            .unwrap();
    }
    yaml.push_str("  - action: utter_a\n");
    let imported = domain(&yaml);
    assert!(losses(&imported).contains("story `many`"), "{}", losses(&imported));
}

#[test]
fn stories_that_part_again_and_again_are_cut_short() {
    let mut yaml = String::from("intents: [a, b]\nresponses: {utter_a: [{text: a}]}\nstories:\n");
    // Which of the stories are at hand is another set after each word.
    for story in 0..14 {
        write!(yaml, "- story: s{story}\n  steps:\n  - checkpoint: c\n").unwrap();
        yaml.push_str("  - intent: a\n  - action: utter_a\n");
        for _ in 0..story {
            yaml.push_str("  - or: [{intent: a}, {intent: b}]\n  - action: utter_a\n");
        }
        yaml.push_str("  - checkpoint: c\n");
    }
    yaml.push_str("- story: b\n  steps: [{checkpoint: c}, {intent: b}, {action: utter_a}, {checkpoint: c}]\n");
    yaml.push_str("- story: in\n  steps: [{intent: a}, {action: utter_a}, {checkpoint: c}]\n");
    let imported = domain(&yaml);
    let flows = imported.bundle.parts.keys().filter(|path| path.to_string().starts_with("flows/")).count();
    assert!(flows < 5_000, "{flows}");
}

#[test]
fn many_stories_with_one_beginning_are_read() {
    let mut yaml = String::from("intents: [a]\nresponses: {utter_a: [{text: a}]}\nstories:\n");
    for story in 0..2_000 {
        write!(yaml, "- story: s{story}\n  steps: [{{intent: a}}, {{action: action_{story}}}]\n").unwrap();
    }
    let imported = domain(&yaml);
    assert!(losses(&imported).contains("story `s0` answers `a` otherwise"), "{}", losses(&imported).lines().count());
}

#[test]
fn forms_that_start_each_other_end() {
    let mut yaml =
        String::from("intents: [a, b]\nforms: {f: {required_slots: []}, g: {required_slots: []}}\nstories:\n");
    for (one, other) in [("f", "g"), ("g", "f")] {
        write!(
            yaml,
            "- story: {one} to {other}
  steps:
  - checkpoint: {one}
  - intent: a
  - action: {one}
  - active_loop: {one}
  - active_loop: null
  - checkpoint: {other}
- story: {one}
  steps:
  - checkpoint: {one}
  - action: {other}
  - active_loop: {other}
  - active_loop: null
  - checkpoint: {one}
"
        )
        .unwrap();
    }
    yaml.push_str("- story: in\n  steps: [{intent: b}, {checkpoint: f}]\n");
    let imported = domain(&yaml);
    assert!(imported.bundle.parts.len() < 1_000);
}
