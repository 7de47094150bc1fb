//! What a pulled folder remembers: which bot it is, and each part's digest at the
//! pull. `push` compares with it, so that nobody's change is overwritten unseen.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use greenroom_format::Bundle;
use greenroom_model::{BotId, Digest, PartPath};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// The folder of the state, inside the pulled folder. It is of one machine: git is told to leave it out.
const FOLDER: &str = ".greenroom";
const FILE: &str = "state.json";
const FORMAT: u32 = 1;

/// The digest of each part.
pub(crate) type Digests = BTreeMap<PartPath, Digest>;

/// What a pulled folder remembers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FolderState {
    format: u32,
    /// The bot that was pulled.
    pub(crate) bot: BotId,
    /// The parts as the folder last agreed on them with the draft.
    pub(crate) parts: Digests,
}

impl FolderState {
    /// The state of a folder that agrees with the draft on these parts.
    pub(crate) fn new(bot: BotId, parts: Digests) -> Self {
        Self { format: FORMAT, bot, parts }
    }

    /// Reads the state of a folder; none where nothing was pulled into it.
    pub(crate) fn read(folder: &Path) -> Result<Option<Self>, Failure> {
        let path = folder.join(FOLDER).join(FILE);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Failure::file("read", &path, &error)),
        };
        let unreadable = |reason: String| {
            let place = path.display();
            Failure::failed(format!("`{place}` cannot be read: {reason}; pull into a new folder and move your edits"))
        };
        #[derive(Deserialize)]
        struct Head {
            format: u32,
        }
        let head: Head = serde_json::from_slice(&bytes).map_err(|error| unreadable(error.to_string()))?;
        if head.format > FORMAT {
            return Err(unreadable(format!("a newer build wrote it (format {}, known {FORMAT})", head.format)));
        }
        serde_json::from_slice(&bytes).map(Some).map_err(|error| unreadable(error.to_string()))
    }

    /// Writes the state into a folder, all or nothing.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), Failure> {
        let folder = folder.join(FOLDER);
        let failed = |error: std::io::Error| Failure::file("write into", &folder, &error);
        fs::create_dir_all(&folder).map_err(failed)?;
        fs::write(folder.join(".gitignore"), "*\n").map_err(failed)?;
        let mut temporary = tempfile::NamedTempFile::new_in(&folder).map_err(failed)?;
        temporary.write_all(&serde_json::to_vec_pretty(self)?).map_err(failed)?;
        temporary.persist(folder.join(FILE)).map_err(|error| failed(error.error))?;
        Ok(())
    }
}

/// The digest of each part of a bundle.
pub(crate) fn digests(bundle: &Bundle) -> Result<Digests, Failure> {
    let digest = |(path, document): (&PartPath, &greenroom_model::Document)| {
        Ok((path.clone(), Digest::of(&document.to_bytes(path)?)))
    };
    bundle.parts.iter().map(digest).collect()
}

/// The parts on which two sides differ, each with its digest on either side.
pub(crate) fn differences(before: &Digests, after: &Digests) -> Vec<(PartPath, Option<Digest>, Option<Digest>)> {
    let paths: std::collections::BTreeSet<&PartPath> = before.keys().chain(after.keys()).collect();
    let sides = |path: &PartPath| (path.clone(), before.get(path).copied(), after.get(path).copied());
    paths.into_iter().map(sides).filter(|(_, before, after)| before != after).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digests_of(parts: &[(&str, &str)]) -> Digests {
        parts.iter().map(|(path, content)| (path.parse().unwrap(), Digest::of(content.as_bytes()))).collect()
    }

    #[test]
    fn a_state_reads_back_and_a_newer_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(FolderState::read(folder.path()).unwrap(), None);
        let state = FolderState::new("a".parse().unwrap(), digests_of(&[("settings", "1"), ("flows/a", "2")]));
        state.write(folder.path()).unwrap();
        assert_eq!(FolderState::read(folder.path()).unwrap(), Some(state.clone()));
        FolderState { format: 2, ..state }.write(folder.path()).unwrap();
        let error = FolderState::read(folder.path()).unwrap_err();
        assert!(error.message().contains("a newer build wrote it"), "{error:?}");
    }

    #[test]
    fn differences_are_what_is_new_gone_or_changed() {
        let before = digests_of(&[("settings", "1"), ("flows/a", "2"), ("flows/b", "3")]);
        let after = digests_of(&[("settings", "1"), ("flows/b", "4"), ("flows/c", "5")]);
        let paths: Vec<String> = differences(&before, &after).iter().map(|(path, ..)| path.to_string()).collect();
        assert_eq!(paths, ["flows/a", "flows/b", "flows/c"]);
    }
}
