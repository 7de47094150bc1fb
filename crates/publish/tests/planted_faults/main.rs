//! Every lint and every rule on a bot itself finds the fault that is planted in a
//! random sound bot, there and nothing else; and in the sound bot it finds nothing.
//!
//! `cargo xtask soak planted-faults` plants each kind in 1,000 bots.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs, reason = "a test")]
#![allow(clippy::disallowed_methods, reason = "a soak tells the test how long it is")]

mod bot;
mod chance;
mod checked;
mod faults;
mod generator;
mod nodes;

use std::collections::{BTreeMap, BTreeSet};

use bot::Bot;
use chance::Chance;
use checked::{Found, Indexed};
use faults::FAULTS;
use generator::{Needs, sound_bot};
use greenroom_model::Code;

/// How many bots, and the most nodes that a flow of the largest has beyond three.
fn extent() -> (u64, usize) {
    match std::env::var("GREENROOM_SOAK_CASES") {
        Ok(bots) => (bots.parse().unwrap(), 40),
        Err(_) => (12, 12),
    }
}

#[test]
fn planted_faults_are_found_where_they_are_and_sound_bots_are_left_alone() {
    let (bots, most_nodes) = extent();
    let mut tally = Tally::default();
    for seed in 0..bots {
        tally.run(seed, 1 + most_nodes * usize::try_from(1 + seed % 10).unwrap() / 10);
        if seed % 100 == 99 {
            println!("{} seeds: {} findings, {} failures", seed + 1, tally.findings, tally.failures.len());
        }
    }
    println!(
        "{} sound bots of {} nodes, nothing found; {} kinds of faults planted in {bots} each: {} findings, and no other",
        tally.bots,
        tally.nodes,
        FAULTS.len(),
        tally.findings
    );
    let failures = tally.failures.len();
    tally.failures.truncate(10);
    assert!(tally.failures.is_empty(), "{failures} failures, among them:\n{}", tally.failures.join("\n\n"));
}

/// What was tried, and what went wrong.
#[derive(Default)]
struct Tally {
    bots: usize,
    nodes: usize,
    findings: usize,
    failures: Vec<String>,
}

impl Tally {
    /// Every fault in the bots of a seed.
    fn run(&mut self, seed: u64, most_nodes: usize) {
        let mut sound: BTreeMap<Needs, (Bot, Indexed)> = BTreeMap::new();
        for (place, fault) in FAULTS.iter().enumerate() {
            let (bot, indexed) = sound.entry(fault.needs).or_insert_with(|| {
                let bot = sound_bot(seed, fault.needs, most_nodes);
                let indexed = Indexed::of(&bot.parts);
                (self.bots, self.nodes) = (self.bots + 1, self.nodes + bot.size());
                if !indexed.findings().is_empty() {
                    self.failures.push(format!("seed {seed}, {:?}: a false alarm:\n{}", fault.needs, indexed.lines()));
                }
                (bot, indexed)
            });
            let mut faulty = bot.clone();
            let mut chance = Chance::of(seed, &format!("fault {place}"));
            let expected: BTreeSet<Found> = (fault.plant)(&mut faulty, &mut chance).into_iter().collect();
            assert!(expected.iter().all(|(code, ..)| *code == fault.code));
            let (found, lines) = indexed.findings_after(&faulty.parts);
            self.findings += expected.len();
            // Once for each kind of fault in every eight seeds.
            if place % 8 == usize::try_from(seed % 8).unwrap() {
                let kept = indexed.is_kept_as_made_anew(&faulty.parts);
                assert!(kept, "seed {seed}, {}: the index kept is not the index made anew", fault.code);
            }
            if found != expected {
                self.failures.push(format!("seed {seed}: expected {expected:?}, found\n{lines}"));
            }
        }
    }
}

#[test]
fn every_code_about_a_bot_itself_has_a_fault() {
    // What is said of a publish, of what is live, or of who can reach it.
    let of_publishing = [
        Code::NeverPublished,
        Code::ModelMissing,
        Code::ModelStale,
        Code::ModelUnsupported,
        Code::ModelOutdated,
        Code::NlpUnchanged,
        Code::IntentRemoved,
        Code::EntityRemoved,
        Code::LanguageRemoved,
        Code::NothingToPublish,
        Code::LiveDrift,
        Code::RolledBack,
        Code::PromotionOutdated,
        Code::EvidenceMissing,
        Code::Regression,
        Code::BehaviourChange,
        Code::SessionsAffected,
        Code::Untested,
        Code::ChannelMissing,
        Code::ReleaseNotesMissing,
    ];
    let planted: Vec<&Code> = FAULTS.iter().map(|fault| &fault.code).collect();
    for code in Code::ALL {
        assert_ne!(of_publishing.contains(code), planted.contains(&code), "{code}");
    }
    assert_eq!(planted.len(), planted.iter().collect::<BTreeSet<_>>().len());
}

#[test]
fn the_page_on_flows_lists_every_finding_about_them() {
    let of_intents = [Code::FewExamples, Code::DuplicateExample, Code::EmptyIntent];
    let page = include_str!("../../../../docs/flows.md");
    for fault in FAULTS.iter().filter(|fault| !of_intents.contains(&fault.code)) {
        let (code, row) = (&fault.code, format!("\n| [`{0}`](publishing.md#{0}) | ", fault.code));
        assert!(page.contains(&row), "{code} is not in the table of `docs/flows.md`");
    }
}
