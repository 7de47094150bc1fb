//! Long runs, by name. A new one is a row in [`SOAKS`].
//!
//! A soak is the long form of a test that the ordinary run has in short: the
//! same code, more cases. So no test is ever ignored, and none exists that only
//! a soak compiles.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::api;
use crate::counts::Counts;
use crate::failure::Failure;
use crate::fuzz::{self, Length};
use crate::mutants;
use crate::process;
use crate::rasa_bots;
use crate::workspace::Workspace;

/// A long run.
pub(crate) struct Soak {
    /// What one types.
    pub(crate) name: &'static str,
    /// One line for the help.
    pub(crate) what: &'static str,
    kind: Kind,
}

/// What is run at length.
enum Kind {
    /// Fuzz targets.
    Fuzz {
        /// Their names; all when empty.
        targets: &'static [&'static str],
        /// How long each runs unless the command line says.
        length: Length,
    },
    /// Calls of the API.
    Api,
    /// Conversations with Rasa's demo bots, which the command line names.
    RasaBots,
    /// Faults put into the crate of the publishing rules.
    Mutants,
    /// Tests, optimised.
    Tests {
        packages: &'static [&'static str],
        /// Names of tests, or parts of them; all when empty.
        filters: &'static [&'static str],
        until: Until,
    },
}

/// What ends a soak of tests unless the command line says.
#[derive(Clone, Copy)]
enum Until {
    /// Round after round until the time is over: for tests that draw other cases each time they run.
    Seconds(u64),
    /// One round of this many cases: for tests that read the number from this environment variable.
    Cases(&'static str, u64),
}

/// What tells tests of a file with more data than the repository holds.
const FILE: &str = "GREENROOM_SOAK_FILE";
/// What tells tests that do not draw their cases by proptest how many there shall be.
const CASES: &str = "GREENROOM_SOAK_CASES";

/// How many calls the soak `api` makes up for each operation unless told: some 10,000 in all.
const API_CALLS: u64 = 160;

/// All soaks.
pub(crate) const SOAKS: &[Soak] = &[
    Soak { name: "api", what: "the API against its document, 160 made-up calls for each operation", kind: Kind::Api },
    Soak {
        name: "fuzz",
        what: "every fuzz target, ten minutes each",
        kind: Kind::Fuzz { targets: &[], length: Length { seconds: Some(600), cases: None, seed: None } },
    },
    Soak {
        name: "fuzz-nlp",
        what: "the fuzz targets of the classifier and the entities, 10,000,000 inputs each",
        kind: Kind::Fuzz {
            targets: &["entities", "entity_model", "model2vec", "model_artifact", "tokeniser", "vectors"],
            length: Length { seconds: None, cases: Some(10_000_000), seed: None },
        },
    },
    Soak {
        name: "rasa-bots",
        what: "20 scripted conversations with each of Rasa's demo bots, actions served; --bots for their folder",
        kind: Kind::RasaBots,
    },
    Soak {
        name: "nlp-guard",
        what: "300 random problems, fitted by linfa and by our own solver; --file for subsets of real examples",
        kind: Kind::Tests {
            packages: &["greenroom-nlp"],
            filters: &["both_solvers_descend_to_the_same_optimum", "--nocapture"],
            until: Until::Cases(CASES, 300),
        },
    },
    Soak {
        name: "nlp-reference",
        what: "fast inference equals the slow reference on 100,000 texts; --file for real ones among them",
        kind: Kind::Tests {
            packages: &["greenroom-nlp"],
            filters: &["fast_inference_equals_the_reference_on_many_texts", "--nocapture"],
            until: Until::Cases(CASES, 100_000),
        },
    },
    Soak {
        name: "nlp-same-bytes",
        what: "trainings in 20 orders × 1, 2 and 8 threads × 2 processes give the same bytes; --file for the examples",
        kind: Kind::Tests {
            packages: &["greenroom-nlp"],
            filters: &["any_order_any_threads_and_any_process_give_the_same_bytes"],
            until: Until::Cases(CASES, 20),
        },
    },
    Soak {
        name: "live-swaps",
        what: "100 publishes under 2,000 open conversations, pinned and migrated: no turn lost or of two versions",
        kind: Kind::Tests {
            packages: &["greenroom"],
            filters: &["conversations_", "--nocapture", "--test-threads=1"],
            until: Until::Cases(CASES, 2_000),
        },
    },
    Soak {
        name: "many-conversations",
        what: "10,000 conversations on SQLite, each message sent twice in any order, 20 kills: each answered once",
        kind: Kind::Tests {
            packages: &["greenroom"],
            filters: &["messages_sent_twice_and_in_any_order_between_kills", "--nocapture"],
            until: Until::Cases(CASES, 10_000),
        },
    },
    Soak {
        name: "publish-kills",
        what: "`kill -9` at 10,000 random moments of trainings, publishes and rollbacks on SQLite: no promise broken",
        kind: Kind::Tests {
            packages: &["greenroom"],
            filters: &["kills_at_random_moments_break_no_promise", "--nocapture"],
            until: Until::Cases(CASES, 10_000),
        },
    },
    Soak {
        name: "publish-contention",
        what: "200 rounds of 64 publishers from one base, in memory and on SQLite: one wins, 63 hear who",
        kind: Kind::Tests {
            packages: &["greenroom"],
            filters: &["of_64_publishers", "--nocapture", "--test-threads=1"],
            until: Until::Cases(CASES, 200),
        },
    },
    Soak {
        name: "failpoints",
        what: "an error, a panic, a kill at each call that a publish, rollback, training, job or collection of garbage makes",
        kind: Kind::Tests {
            packages: &["greenroom"],
            filters: &["each_call_of_each_act", "--nocapture"],
            until: Until::Cases(CASES, 1),
        },
    },
    Soak {
        name: "full-disk",
        what: "a disk that is full at 100 points of a publish: live answers, the publish goes through once there is room",
        kind: Kind::Tests {
            packages: &["greenroom-store-sqlite"],
            filters: &["a_disk_that_is_full_at_any_point_of_a_publish", "--nocapture"],
            until: Until::Cases(CASES, 100),
        },
    },
    Soak {
        name: "rot",
        what: "1,000 random bits flipped in stored parts, trees, versions, models: told, and the version before answers",
        kind: Kind::Tests {
            packages: &["greenroom"],
            filters: &["a_flipped_bit_is_told_and_the_last_good_version_answers", "--nocapture"],
            until: Until::Cases(CASES, 1_000),
        },
    },
    Soak {
        name: "turns-a-second",
        what: "100,000 turns of 100 conversations at once on SQLite: how many a second, and how long each took",
        kind: Kind::Tests {
            packages: &["greenroom"],
            filters: &["turns_of_many_conversations_share_commits", "--nocapture"],
            until: Until::Cases(CASES, 100_000),
        },
    },
    Soak {
        name: "plans",
        what: "100,000 random bots through `plan`: its findings and decision equal those of a slow reference",
        kind: Kind::Tests {
            packages: &["greenroom-publish"],
            filters: &["a_plan_finds_what_looking_at_every_document_finds", "--nocapture"],
            until: Until::Cases("PROPTEST_CASES", 100_000),
        },
    },
    Soak {
        name: "planted-faults",
        what: "each kind of fault planted in 1,000 random bots: found there and nothing else; nothing in sound ones",
        kind: Kind::Tests {
            packages: &["greenroom-publish"],
            filters: &["planted_faults_are_found_where_they_are", "--nocapture"],
            until: Until::Cases(CASES, 1_000),
        },
    },
    Soak {
        name: "walk-reference",
        what: "1,000,000 pairs of a random bot and a random dialogue: the walk agrees with a slow reference",
        kind: Kind::Tests {
            packages: &["greenroom-flow"],
            filters: &["the_walk_agrees_with_a_reference_on_random_bots_and_dialogues", "--nocapture"],
            until: Until::Cases(CASES, 1_000_000),
        },
    },
    Soak {
        name: "properties",
        what: "the property tests of the pure crates on ever new cases, an hour",
        kind: Kind::Tests { packages: PURE_CRATES, filters: &[], until: Until::Seconds(3_600) },
    },
    Soak {
        name: "audit-edits",
        what: "10,000 random edits of a stored audit log: each is found, and the entry at fault named",
        kind: Kind::Tests {
            packages: &["greenroom-lifecycle"],
            filters: &["any_edit_of_the_stored_log_is_found", "--nocapture"],
            until: Until::Cases(CASES, 10_000),
        },
    },
    Soak {
        name: "acts",
        what: "100,000 random sequences of edits, trainings, publishes, hotfixes, rollbacks, restores: as a reference says",
        kind: Kind::Tests {
            packages: &["greenroom"],
            filters: &["acts_in_memory_do_what_a_reference_says", "--nocapture"],
            until: Until::Cases(CASES, 100_000),
        },
    },
    Soak {
        name: "mutants",
        what: "one small fault at a time in the crate of the publishing rules: its tests must find 95 of 100; two hours",
        kind: Kind::Mutants,
    },
    Soak {
        name: "acts-sqlite",
        what: "2,000 of those on SQLite",
        kind: Kind::Tests {
            packages: &["greenroom"],
            filters: &["acts_on_sqlite_do_what_a_reference_says", "--nocapture"],
            until: Until::Cases(CASES, 2_000),
        },
    },
];

/// The crates without clock, I/O or randomness of their own.
const PURE_CRATES: &[&str] =
    &["greenroom-model", "greenroom-flow", "greenroom-nlp", "greenroom-publish", "greenroom-bot"];

/// Runs the soaks named in the arguments.
pub(crate) fn run(workspace: &Workspace, arguments: &[&str]) -> Result<(), Failure> {
    let request = Request::parse(arguments)?;
    for soak in &request.soaks {
        let start = Instant::now();
        let note = match &soak.kind {
            Kind::Api => api::check(workspace, request.cases.unwrap_or(API_CALLS), None)?,
            Kind::Fuzz { targets, length } => fuzz::run(workspace, targets, request.length(*length))?,
            Kind::Mutants => mutants::run(workspace)?,
            Kind::RasaBots => rasa_bots::run(workspace, request.bots()?)?,
            Kind::Tests { packages, filters, until } => {
                let until = request.limit(soak.name, *until)?;
                run_tests(workspace, packages, filters, until, request.file.as_deref())?
            }
        };
        println!("soak {}: ok. {note}; {:.1} s", soak.name, start.elapsed().as_secs_f64());
    }
    Ok(())
}

/// Runs the tests until the limit; says how much that was.
fn run_tests(
    workspace: &Workspace,
    packages: &[&str],
    filters: &[&str],
    until: Until,
    file: Option<&Path>,
) -> Result<String, Failure> {
    let mut arguments = vec!["test", "--release", "--all-features", "--lib", "--tests", "--color=never"];
    arguments.extend(packages.iter().flat_map(|package| ["--package", package]));
    arguments.push("--");
    arguments.extend(filters);

    let mut rounds: u64 = 0;
    let mut counts = Counts::default();
    let start = Instant::now();
    loop {
        let mut command = workspace.cargo(&arguments);
        if let Until::Cases(variable, cases) = until {
            command.env(variable, cases.to_string());
        }
        if let Some(file) = file {
            command.env(FILE, file);
        }
        process::read_lines(&mut command, |line| {
            println!("{line}");
            counts.read_libtest_line(line);
        })?;
        rounds += 1;
        let passed = counts.total().passed;
        if passed == 0 {
            return Err(Failure::new(format!("no test of {} is named like this", packages.join(", "))));
        }
        match until {
            Until::Cases(_, cases) => return Ok(format!("{passed} tests of {cases} cases")),
            Until::Seconds(seconds) if start.elapsed() >= Duration::from_secs(seconds) => {
                return Ok(format!("{rounds} rounds, {passed} tests passed"));
            }
            Until::Seconds(_) => {}
        }
    }
}

/// What the command line asks for.
#[derive(Default)]
struct Request {
    soaks: Vec<&'static Soak>,
    seconds: Option<u64>,
    cases: Option<u64>,
    file: Option<PathBuf>,
    bots: Option<PathBuf>,
}

impl Request {
    fn parse(arguments: &[&str]) -> Result<Self, Failure> {
        let mut request = Self::default();
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let mut number = || {
                let value = arguments.next().and_then(|value| value.parse().ok()).filter(|value| *value > 0);
                value.ok_or_else(|| Failure::usage(format!("`{argument}` needs a number above 0")))
            };
            match *argument {
                "--seconds" => request.seconds = Some(number()?),
                "--cases" => request.cases = Some(number()?),
                "--file" => {
                    let file = path(arguments.next()).filter(|file| file.is_file());
                    request.file = Some(file.ok_or_else(|| Failure::usage("`--file` needs the path of a file"))?);
                }
                "--bots" => {
                    let bots = path(arguments.next()).filter(|bots| bots.is_dir());
                    request.bots = Some(bots.ok_or_else(|| Failure::usage("`--bots` needs the path of a folder"))?);
                }
                name => request.soaks.push(
                    SOAKS
                        .iter()
                        .find(|soak| soak.name == name)
                        .ok_or_else(|| Failure::usage(format!("there is no soak `{name}`")))?,
                ),
            }
        }
        if request.soaks.is_empty() { Err(Failure::usage("name a soak")) } else { Ok(request) }
    }

    /// Where Rasa's demo bots are.
    fn bots(&self) -> Result<&Path, Failure> {
        let missing = "name the folder of `rasa-helpdesk` and `rasa-financial` by `--bots FOLDER`";
        self.bots.as_deref().ok_or_else(|| Failure::usage(missing))
    }

    /// How long fuzz targets run: as asked for, else as it is their custom.
    fn length(&self, custom: Length) -> Length {
        match (self.seconds, self.cases) {
            (None, None) => custom,
            (seconds, cases) => Length { seconds, cases, ..custom },
        }
    }

    /// The limit of a soak of tests: as asked for, where it can be asked of this one.
    fn limit(&self, name: &str, until: Until) -> Result<Until, Failure> {
        match (until, self.seconds, self.cases) {
            (Until::Seconds(_), _, Some(_)) => Err(Failure::usage(format!("`{name}` is measured in --seconds"))),
            (Until::Cases(..), Some(_), _) => Err(Failure::usage(format!("`{name}` is measured in --cases"))),
            (Until::Seconds(_), Some(seconds), None) => Ok(Until::Seconds(seconds)),
            (Until::Cases(variable, _), None, Some(cases)) => Ok(Until::Cases(variable, cases)),
            (until, None, None) => Ok(until),
        }
    }
}

/// A path that was typed; tests run in the folder of their package, not where that was.
fn path(typed: Option<&&str>) -> Option<PathBuf> {
    std::path::absolute(typed?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names_and_limits_in_any_order() {
        let request = Request::parse(&["--seconds", "5", "fuzz", "--cases", "10", "properties"]).unwrap();
        assert_eq!(request.soaks.iter().map(|soak| soak.name).collect::<Vec<_>>(), ["fuzz", "properties"]);
        assert_eq!((request.seconds, request.cases), (Some(5), Some(10)));
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for arguments in [
            &["nothing"][..],
            &[],
            &["fuzz", "--seconds"],
            &["fuzz", "--cases", "0"],
            &["--fast"],
            &["--file"],
            &["rasa-bots", "--file", "src"],
            &["rasa-bots", "--bots"],
            &["rasa-bots", "--bots", "Cargo.toml"],
        ] {
            assert!(matches!(Request::parse(arguments), Err(Failure::Usage(_))), "{arguments:?}");
        }
    }

    #[test]
    fn paths_are_absolute_and_those_of_bots_must_be_given() {
        let request = Request::parse(&["rasa-bots", "--bots", "src"]).unwrap();
        assert_eq!(request.bots().unwrap(), std::env::current_dir().unwrap().join("src"));
        let request = Request::parse(&["rasa-bots"]).unwrap();
        assert!(matches!(request.bots(), Err(Failure::Usage(_))));
    }

    #[test]
    fn a_limit_of_the_wrong_measure_is_refused() {
        let request = Request { seconds: Some(5), ..Request::default() };
        assert!(matches!(request.limit("a", Until::Seconds(9)), Ok(Until::Seconds(5))));
        assert!(matches!(request.limit("a", Until::Cases("CASES", 9)), Err(Failure::Usage(_))));
        let request = Request { cases: Some(7), ..Request::default() };
        assert!(matches!(request.limit("a", Until::Cases("CASES", 9)), Ok(Until::Cases("CASES", 7))));
        assert!(matches!(request.limit("a", Until::Seconds(9)), Err(Failure::Usage(_))));
    }

    #[test]
    fn a_limit_of_the_command_line_replaces_the_custom_one_of_fuzzing() {
        let custom = Length { seconds: None, cases: Some(9), seed: Some(1) };
        let request = Request { seconds: Some(5), ..Request::default() };
        assert_eq!(request.length(custom), Length { seconds: Some(5), cases: None, seed: Some(1) });
        assert_eq!(Request::default().length(custom), custom);
    }

    #[test]
    fn names_are_unique() {
        let names: std::collections::BTreeSet<&str> = SOAKS.iter().map(|soak| soak.name).collect();
        assert_eq!(names.len(), SOAKS.len());
    }
}
