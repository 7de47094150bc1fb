//! The crate table of ARCHITECTURE.md is true.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::DependencyKind;

use crate::{metadata, read};

/// What a row lets a crate use.
#[derive(Debug, PartialEq)]
enum Allowed {
    All,
    Only(BTreeSet<String>),
}

/// The table, by package.
fn table() -> BTreeMap<String, Allowed> {
    let page = read("ARCHITECTURE.md");
    let mut rows = BTreeMap::new();
    for line in page.lines().skip_while(|line| *line != "## Crates").skip(1).take_while(|line| !line.starts_with("## "))
    {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let ["", name, _holds, allowed, ""] = cells[..] else { continue };
        let Some(name) = name.split('`').nth(1) else { continue };
        let allowed = match allowed {
            "all" => Allowed::All,
            "–" => Allowed::Only(BTreeSet::new()),
            names => Allowed::Only(names.split(", ").map(package).collect()),
        };
        let earlier = rows.insert(package(name), allowed);
        assert_eq!(earlier, None, "`{name}` has two rows");
    }
    rows
}

/// The package that a row's short name stands for.
fn package(name: &str) -> String {
    match name {
        "greenroom" | "xtask" => name.to_owned(),
        "browser" => "greenroom-browser-tests".to_owned(),
        name => format!("greenroom-{name}"),
    }
}

#[test]
fn each_crate_has_its_row_and_each_row_its_crate() {
    let metadata = metadata();
    let packages: BTreeSet<&str> = metadata.packages.iter().map(|package| package.name.as_str()).collect();
    let table = table();
    let rows: BTreeSet<&str> = table.keys().map(String::as_str).collect();
    assert_eq!(rows, packages, "left: the rows of ARCHITECTURE.md, right: the workspace");
}

#[test]
fn crates_use_each_other_only_as_the_table_allows() {
    let metadata = metadata();
    let table = table();
    for package in &metadata.packages {
        let Some(Allowed::Only(allowed)) = table.get(package.name.as_str()) else { continue };
        for dependency in &package.dependencies {
            // Tests may use what they like: it reaches no user.
            let ours = dependency.path.is_some() && dependency.kind != DependencyKind::Development;
            assert!(
                !ours || allowed.contains(&dependency.name),
                "`{}` uses `{}`, which its row in ARCHITECTURE.md does not allow",
                package.name,
                dependency.name
            );
        }
    }
}

#[test]
fn rows_allow_only_crates_that_exist() {
    let table = table();
    for (name, allowed) in &table {
        let Allowed::Only(allowed) = allowed else { continue };
        for used in allowed {
            assert!(table.contains_key(used), "the row of `{name}` allows `{used}`, which there is not");
            assert_ne!(name, used, "a crate does not use itself");
        }
    }
}

#[test]
fn the_folder_of_a_crate_is_its_short_name() {
    for package in &metadata().packages {
        let folder = package.manifest_path.parent().unwrap().strip_prefix(crate::root().to_str().unwrap()).unwrap();
        let expected = match package.name.as_str() {
            "greenroom" => String::new(),
            "xtask" => "xtask".to_owned(),
            "greenroom-browser-tests" => "browser".to_owned(),
            "greenroom-distill" => "distill".to_owned(),
            name => format!("crates/{}", name.strip_prefix("greenroom-").unwrap()),
        };
        assert_eq!(folder, expected.as_str(), "{}", package.name);
    }
}

#[test]
fn there_is_one_ndarray() {
    let lock = read("Cargo.lock");
    let versions: Vec<&str> = lock
        .split("[[package]]")
        .filter(|package| package.contains("\nname = \"ndarray\"\n"))
        .filter_map(|package| package.lines().find(|line| line.starts_with("version")))
        .collect();
    assert!(matches!(versions[..], [version] if version.starts_with("version = \"0.16.")), "{versions:?}");
}
