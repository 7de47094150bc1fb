//! What a folder keeps, replaces, deletes and refuses.

use greenroom_model::{Document, PartPath};
use proptest::prelude::*;

use super::*;
use crate::form::strategies::bundle;

fn bot(parts: &[(&str, &str)]) -> Bundle {
    let parts = parts.iter().map(|(path, json)| {
        let path: PartPath = path.parse().unwrap();
        let document = Document::from_json(&path, json.as_bytes()).unwrap();
        (path, document)
    });
    Bundle { parts: parts.collect() }
}

fn small_bot() -> Bundle {
    bot(&[
        ("settings", r#"{"name":"Shop","default_language":"en"}"#),
        ("nlp/intents/greet", r#"{"name":"Greet"}"#),
        ("nlp/examples/en/greet", r#"{"examples":["hello"]}"#),
        ("flows/a", r#"{"name":"A","start":"s","nodes":{"s":{"end":{}}}}"#),
    ])
}

/// Every file below a folder with its content, but those whose name begins with a dot.
fn content(dir: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for (name, kind) in entries(dir).unwrap() {
        if kind.is_dir() {
            files.extend(content(&dir.join(&name)).into_iter().map(|(below, text)| (format!("{name}/{below}"), text)));
        } else {
            files.insert(name.clone(), fs::read_to_string(dir.join(name)).unwrap());
        }
    }
    files
}

fn put(dir: &Path, name: &str, text: &str) {
    let path = dir.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_folder_loses_nothing_and_is_written_the_same_again(bundle in bundle(), before in bundle()) {
        let (fresh, used, again) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        write_folder(fresh.path(), &bundle).unwrap();
        let read = read_folder(fresh.path()).unwrap();
        prop_assert_eq!(&read, &bundle.canonical().unwrap());
        write_folder(again.path(), &read).unwrap();
        prop_assert_eq!(content(again.path()), content(fresh.path()));
        // Whatever bot stood there before, the same files stand there after.
        write_folder(used.path(), &before).unwrap();
        write_folder(used.path(), &bundle).unwrap();
        prop_assert_eq!(content(used.path()), content(fresh.path()));
    }
}

#[test]
fn writes_only_what_changed_and_keeps_comments() {
    let folder = tempfile::tempdir().unwrap();
    write_folder(folder.path(), &small_bot()).unwrap();
    let commented = "# Ask Ada before changing this.\nname: \"Greet\"\nexamples: {en: [hello]}\n";
    put(folder.path(), "intents/greet.yaml", commented);
    put(folder.path(), "flows/README.md", "Flows.");
    put(folder.path(), "flows/B.yaml", "somebody: else");

    let mut changed = small_bot();
    changed.parts.remove(&"flows/a".parse().unwrap());
    changed.parts.extend(bot(&[("nlp/runtime", "{}")]).parts);
    write_folder(folder.path(), &changed).unwrap();

    let files = content(folder.path());
    let names: Vec<_> = files.keys().map(String::as_str).collect();
    assert_eq!(names, ["flows/B.yaml", "flows/README.md", "intents/greet.yaml", "nlp.yaml", "settings.yaml"]);
    assert_eq!(files["intents/greet.yaml"], commented);
    let error = read_folder(folder.path()).unwrap_err().to_string();
    assert!(error.starts_with("`flows/B.yaml` is not a file of a bot"), "{error}");
}

#[test]
fn an_emptied_folder_goes() {
    let folder = tempfile::tempdir().unwrap();
    write_folder(folder.path(), &small_bot()).unwrap();
    write_folder(folder.path(), &bot(&[("nlp/runtime", "{}")])).unwrap();
    assert_eq!(entries(folder.path()).unwrap().len(), 1);
}

#[test]
fn files_of_something_else_are_neither_replaced_nor_deleted() {
    for (name, text) in
        [("tests/ci.yaml", "on: push\n"), ("settings.yaml", "theme: dark\n"), ("flows/a.yaml", "name: [\n")]
    {
        let folder = tempfile::tempdir().unwrap();
        put(folder.path(), name, text);
        let error = write_folder(folder.path(), &small_bot()).unwrap_err();
        assert!(matches!(&error, Error::Occupied { path, .. } if path.ends_with(name)), "{error}");
        assert_eq!(content(folder.path()), BTreeMap::from([(name.to_owned(), text.to_owned())]));
    }
}

#[test]
fn says_when_a_folder_holds_no_bot() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "docker-compose.yaml", "services: {}\n");
    assert!(matches!(read_folder(folder.path()), Err(Error::NotABot { .. })));
    assert!(matches!(read_folder(&folder.path().join("none")), Err(Error::Io { .. })));
    put(folder.path(), "settings.yml", "name: A\n");
    let error = read_folder(folder.path()).unwrap_err().to_string();
    assert_eq!(
        error,
        "`settings.yml` is not a file of a bot: its name must end in `.yaml`; rename it to `settings.yaml`"
    );
}

#[test]
fn refuses_folders_below_the_bots_folders() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "flows/orders/a.yaml", "name: A\n");
    let error = read_folder(folder.path()).unwrap_err().to_string();
    assert!(error.contains("`flows/orders`") && error.contains("move them up"), "{error}");
}

#[cfg(unix)]
#[test]
fn symbolic_links_are_not_followed() {
    use std::os::unix::fs::symlink;

    let (folder, secret) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    put(secret.path(), "a.yaml", "name: Secret\nstart: s\nnodes: {}\n");
    put(folder.path(), "settings.yaml", "name: A\ndefault_language: en\n");
    symlink(secret.path(), folder.path().join("flows")).unwrap();
    let error = read_folder(folder.path()).unwrap_err().to_string();
    assert!(error.contains("`flows`") && error.contains("symbolic link"), "{error}");
    assert!(write_folder(folder.path(), &small_bot()).is_err());

    fs::remove_file(folder.path().join("flows")).unwrap();
    fs::create_dir(folder.path().join("flows")).unwrap();
    symlink(secret.path().join("a.yaml"), folder.path().join("flows/a.yaml")).unwrap();
    assert!(read_folder(folder.path()).unwrap_err().to_string().contains("`flows/a.yaml`"));
    assert!(write_folder(folder.path(), &small_bot()).is_err());
    assert_eq!(content(secret.path()).len(), 1);
}

#[test]
fn a_file_larger_than_the_limit_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = File::create(folder.path().join("settings.yaml")).unwrap();
    file.set_len(crate::MAX_FILE_BYTES as u64 + 1).unwrap();
    let error = read_folder(folder.path()).unwrap_err().to_string();
    assert_eq!(error, "`settings.yaml` is too large, over the limit of 16777216 bytes a file; split what it holds");
}

#[cfg(unix)]
#[test]
fn written_files_are_readable_by_others() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("plain"), "").unwrap();
    write_folder(folder.path(), &small_bot()).unwrap();
    let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
    assert_eq!(mode("settings.yaml"), mode("plain"));
}
