//! What the manifest of every crate has.

use cargo_metadata::{Package, TargetKind};

use crate::{metadata, root};

/// The tables of a manifest that have this heading, each as its lines.
fn tables<'a>(manifest: &'a str, heading: &str) -> Vec<Vec<&'a str>> {
    let mut tables: Vec<Vec<&str>> = Vec::new();
    let mut inside = false;
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line == heading;
            if inside {
                tables.push(Vec::new());
            }
        } else if inside && let Some(table) = tables.last_mut() {
            table.push(line);
        }
    }
    tables
}

fn manifest_of(package: &Package) -> String {
    std::fs::read_to_string(&package.manifest_path).unwrap()
}

fn targets_of(package: &Package, kind: &TargetKind) -> usize {
    package.targets.iter().filter(|target| target.kind.contains(kind)).count()
}

/// libtest as a bench harness would refuse the arguments that criterion takes.
#[test]
fn no_library_or_program_is_a_bench() {
    for package in &metadata().packages {
        let manifest = manifest_of(package);
        for (kind, heading) in [(TargetKind::Lib, "[lib]"), (TargetKind::Bin, "[[bin]]")] {
            let tables = tables(&manifest, heading);
            assert_eq!(
                tables.len(),
                targets_of(package, &kind),
                "{}: each {kind} has a table `{heading}`",
                package.name
            );
            for table in tables {
                assert!(table.contains(&"bench = false"), "{}: `{heading}` needs `bench = false`", package.name);
            }
        }
    }
}

#[test]
fn every_bench_brings_its_own_harness() {
    for package in &metadata().packages {
        let tables =
            tables(&manifest_of(package), "[[bench]]").into_iter().map(|table| table.join("\n")).collect::<Vec<_>>();
        assert_eq!(tables.len(), targets_of(package, &TargetKind::Bench), "{}: each bench has a table", package.name);
        assert!(tables.iter().all(|table| table.contains("harness = false")), "{}: {tables:?}", package.name);
    }
}

#[test]
fn every_crate_obeys_the_lints_of_the_workspace() {
    for package in &metadata().packages {
        let manifest = manifest_of(package);
        let lints = tables(&manifest, "[lints]");
        assert!(lints.iter().flatten().any(|line| *line == "workspace = true"), "{}: no `[lints]`", package.name);
    }
}

#[test]
fn every_crate_says_what_it_is_and_under_which_licence() {
    for package in &metadata().packages {
        // What the vectors were made from asks for the one licence.
        let licence = if *package.name == "greenroom-vectors-en" { "Apache-2.0" } else { "MIT OR Apache-2.0" };
        assert_eq!(package.license.as_deref(), Some(licence), "{}", package.name);
        let description = package.description.as_deref().unwrap_or_default();
        assert!(description.len() > 10 && !description.ends_with('.'), "{}: `{description}`", package.name);
        assert!(package.repository.is_some(), "{}: no repository", package.name);
        assert_eq!(
            package.rust_version.as_ref().map(ToString::to_string).as_deref(),
            Some("1.95.0"),
            "{}",
            package.name
        );
    }
    for file in ["LICENSE-MIT", "LICENSE-APACHE"] {
        assert!(root().join(file).is_file(), "{file} is missing");
    }
}

/// The root's `clippy.toml` does not hold where a crate has its own, so each repeats the rules.
#[test]
fn pure_crates_forbid_clocks_files_and_the_environment() {
    for name in ["model", "flow", "nlp", "publish", "bot"] {
        let rules = crate::read(format!("crates/{name}/clippy.toml"));
        for method in ["std::time::SystemTime::now", "std::time::Instant::now", "std::env::var", "std::fs::read"] {
            assert!(rules.contains(&format!("\"{method}\"")), "crates/{name}/clippy.toml lets `{method}` pass");
        }
    }
}
