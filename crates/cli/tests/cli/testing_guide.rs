//! The bot of docs/testing.md, as the page spells it: its tests pass, and its figures are right.

use crate::desk::Desk;

const PAGE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/testing.md"));

/// The blocks of a language with what stands in them.
fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    PAGE.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

/// A desk with the bot of the page.
fn desk() -> Desk {
    let desk = Desk::new();
    for block in blocks("yaml") {
        let (path, content) = block.strip_prefix("# ").unwrap().split_once('\n').unwrap();
        desk.write(&format!("guide/{path}"), content);
    }
    desk.run("import guide --bot desk").done();
    desk
}

#[test]
fn the_tests_of_the_guide_pass() {
    let tested = desk().json("test desk");
    assert_eq!((&tested["passed"], &tested["failed"]), (&3.into(), &0.into()), "{tested:#}");
}

#[test]
fn the_coverage_that_the_guide_shows_is_what_the_tests_reach() {
    let told = desk().run("test desk --coverage").done().stdout;
    let shown = blocks("text");
    assert!(told.ends_with(shown[0]), "{told}");
}

#[test]
fn a_test_of_the_guide_that_is_changed_fails_with_its_reason() {
    let desk = desk();
    desk.edit("guide/tests/found.yaml", "contains: Ghent", "contains: Bruges");
    desk.run("import guide --bot desk --mode replace").done();
    let failed = desk.run("test desk").exits(1).stdout;
    assert!(failed.contains("turn 3, replies.1: expected a text with \"Bruges\""), "{failed}");
    assert!(failed.contains("found    \"It is in Ghent.\""), "{failed}");
    assert!(failed.contains("put it into the test; else the turn passed `parcel/look`, `parcel/there`"), "{failed}");
}
