//! A folder of one's own with a store in it, and the binary to run there.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// The bot of these tests, in the folder form.
pub(crate) const KIOSK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/kiosk");

/// A folder of one's own.
pub(crate) struct Desk {
    folder: tempfile::TempDir,
}

/// What a run of the binary came to.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Desk {
    /// Without a store.
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// With the kiosk imported.
    pub(crate) fn with_kiosk() -> Self {
        let desk = Self::new();
        desk.run_words(&["import", KIOSK, "--bot", "kiosk"]).done();
        desk
    }

    /// With the kiosk imported, trained and published as version 1.
    pub(crate) fn with_live_kiosk() -> Self {
        let desk = Self::with_kiosk();
        desk.run("train kiosk").done();
        desk.run("publish kiosk --notes first").done();
        desk
    }

    /// A path in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file in the folder.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// The content of a file in the folder.
    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// Replaces a text of a file in the folder, which must stand there.
    #[track_caller]
    pub(crate) fn edit(&self, name: &str, before: &str, after: &str) {
        let text = self.read(name);
        assert!(text.contains(before), "`{name}` lacks `{before}`:\n{text}");
        self.write(name, text.replace(before, after));
    }

    /// Runs a line whose words have no spaces in them.
    pub(crate) fn run(&self, line: &str) -> Run {
        self.run_words(&line.split_whitespace().collect::<Vec<_>>())
    }

    /// Runs these words.
    pub(crate) fn run_words(&self, words: &[&str]) -> Run {
        self.run_with_input(words, "")
    }

    /// Runs these words with a text on stdin.
    pub(crate) fn run_with_input(&self, words: &[&str], input: impl AsRef<[u8]>) -> Run {
        let mut child = self.spawn(words);
        // Who does not read stdin may be gone before all of it is written.
        let _ = child.stdin.take().unwrap().write_all(input.as_ref());
        Run::of(child)
    }

    /// Runs a line with `--json` and reads the document that it prints.
    #[track_caller]
    pub(crate) fn json(&self, line: &str) -> Value {
        self.run(&format!("{line} --json")).done().document()
    }

    /// Starts the binary in the folder, without the environment of who runs the tests.
    pub(crate) fn spawn(&self, words: &[&str]) -> Child {
        Command::new(env!("CARGO_BIN_EXE_greenroom"))
            .args(words)
            .current_dir(self.folder.path())
            .env_remove("GREENROOM_STORE")
            .env("GREENROOM_USER", "ann")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }
}

impl Run {
    /// Waits for the end of a process.
    pub(crate) fn of(child: Child) -> Self {
        let output = child.wait_with_output().unwrap();
        let run = Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        };
        assert!(!run.stderr.contains("panicked"), "{run:?}");
        run
    }

    /// Asserts the exit code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Asserts success.
    #[track_caller]
    pub(crate) fn done(self) -> Self {
        self.exits(0)
    }

    /// Asserts that the message on stderr holds these words.
    #[track_caller]
    pub(crate) fn says(self, words: &[&str]) -> Self {
        for word in words {
            assert!(self.stderr.contains(word), "`{word}` is not said:\n{}", self.stderr);
        }
        self
    }

    /// The lines of stdout.
    pub(crate) fn lines(&self) -> Vec<&str> {
        self.stdout.lines().collect()
    }

    /// The one JSON document on stdout.
    #[track_caller]
    pub(crate) fn document(&self) -> Value {
        assert_eq!(self.stderr, "", "nothing but errors goes to stderr beside a document");
        serde_json::from_str(&self.stdout).unwrap()
    }

    /// The one JSON document of a failure on stderr.
    #[track_caller]
    pub(crate) fn failure(&self) -> Value {
        assert_eq!(self.stdout, "");
        let document: Value = serde_json::from_str(&self.stderr).unwrap();
        assert_eq!(document["error"]["exit"], self.code);
        document["error"].clone()
    }
}

/// The keys of a JSON object, sorted.
pub(crate) fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

/// Copies a folder.
pub(crate) fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
