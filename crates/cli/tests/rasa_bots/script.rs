//! Scripted conversations: files in the form of a bot's `tests/`, in which a reply may be the name of a response.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use greenroom_format::read_part;
use greenroom_model::document::ConversationTest;
use greenroom_model::{Document, PartPath, TestId};

use crate::beside;
use crate::domain::Domain;

/// What was not as scripted, by script.
pub(crate) type Mismatches = BTreeMap<TestId, Vec<String>>;

/// A conversation, and what the bot should do.
pub(crate) struct Script {
    /// The name of its file, as the name of a test.
    pub(crate) id: TestId,
    pub(crate) test: ConversationTest,
}

impl Script {
    /// All scripts for a bot, by name.
    pub(crate) fn all(folder: &str) -> Vec<Self> {
        let folder = beside("scripts").join(folder);
        let files = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path());
        let mut files: Vec<_> = files.collect();
        files.sort();
        let script = |file: PathBuf| {
            // The bot may have a test of this name itself.
            let id: TestId = format!("scripted_{}", file.file_stem().unwrap().display()).parse().unwrap();
            let name = file.display().to_string();
            let part = read_part(&PartPath::Test(id.clone()), &name, &std::fs::read(&file).unwrap());
            let Document::Test(test) = part.unwrap_or_else(|error| panic!("{error}")) else {
                panic!("`{name}` is no test")
            };
            Self { id, test }
        };
        files.into_iter().map(script).collect()
    }

    /// The same for a project, with what its responses say.
    pub(crate) fn for_project(folder: &str, project: &Path) -> Vec<Self> {
        let domain = Domain::of(project);
        let mut scripts = Self::all(folder);
        for turn in scripts.iter_mut().flat_map(|script| &mut script.test.turns) {
            let replies = turn.expect.replies.take();
            turn.expect.replies =
                replies.map(|replies| replies.into_iter().map(|reply| domain.spelt_out(reply)).collect());
        }
        scripts
    }
}
