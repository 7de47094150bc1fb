//! The tour of a publish in the README: its commands are run, its output is what they print.

use std::path::Path;

use crate::desk::Desk;

const README: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md"));

/// What stands for lines that the page leaves out.
const LEFT_OUT: &str = "…";

/// The blocks of a language in the section of the tour, with what stands in them.
fn blocks(language: &str) -> Vec<&'static str> {
    let section = README.split("\n## A publish that is refused").nth(1).unwrap().split("\n## ").next().unwrap();
    section.split(&format!("```{language}\n")).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

/// The words of a command; those in quotation marks hold spaces.
fn words(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for (place, piece) in line.split('"').enumerate() {
        if place % 2 == 0 { words.extend(piece.split_whitespace()) } else { words.push(piece) }
    }
    words
}

/// Whether the page shows what was printed: line by line, but for those that it leaves out.
fn shows(shown: &[&str], printed: &[&str]) -> bool {
    match shown.split_first() {
        None => printed.is_empty(),
        Some((&LEFT_OUT, rest)) => (0..=printed.len()).any(|from| shows(rest, &printed[from..])),
        Some((line, rest)) => printed.first() == Some(line) && shows(rest, &printed[1..]),
    }
}

#[test]
fn the_tour_of_the_readme_prints_what_it_shows() {
    let desk = Desk::new();
    std::os::unix::fs::symlink(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").canonicalize().unwrap(),
        desk.path("examples"),
    )
    .unwrap();
    for block in blocks("yaml") {
        let (file, content) = block.strip_prefix("# ").unwrap().split_once('\n').unwrap();
        desk.write(file, content);
    }
    let mut runs = 0;
    for block in blocks("console") {
        for step in block.split("$ greenroom ").skip(1) {
            let (command, shown) = step.split_once('\n').unwrap();
            let run = desk.run_words(&words(command));
            let printed = format!("{}{}", run.stderr, run.stdout);
            let printed_lines: Vec<&str> = printed.lines().collect();
            let shown_lines: Vec<&str> = shown.lines().collect();
            assert!(shows(&shown_lines, &printed_lines), "`greenroom {command}` prints\n{printed}");
            assert_eq!(run.code != 0, shown.contains("error["), "`greenroom {command}` exits with {}", run.code);
            runs += 1;
        }
    }
    assert!(runs > 8, "the tour has its commands");
}
