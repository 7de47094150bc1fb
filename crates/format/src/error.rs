//! The one error of this crate: what could not be read or written, where, and what to do.

use std::io;
use std::path::PathBuf;

use greenroom_model::PartPath;

/// Why a bot could not be read from files, or written to them.
///
/// Files are named relative to the folder or archive, with `/` between folders.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The system refused to read or write.
    #[error("cannot {action} `{}`: {source}", path.display())]
    Io {
        /// What was tried, such as `read`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The content of a file is not what it should be.
    #[error("{}: {reason}", place(file, *line, *column))]
    Content {
        /// The file.
        file: String,
        /// The line, from 1, where it is known.
        line: Option<u32>,
        /// The column in characters, from 1, where it is known.
        column: Option<u32>,
        /// What is wrong and what to do.
        reason: String,
    },
    /// A file stands where none of its name can stand.
    #[error("`{file}` is not a file of a bot: {reason}")]
    FileName {
        /// The file.
        file: String,
        /// The rule that it breaks and what to do.
        reason: String,
    },
    /// A file or all of them together are larger than a bot's may be.
    #[error("{what}, over the limit of {limit}; {advice}")]
    TooLarge {
        /// What is too large.
        what: String,
        /// The limit with its unit.
        limit: String,
        /// What to do.
        advice: &'static str,
    },
    /// A part breaks a rule of its form, so it cannot be written.
    #[error(transparent)]
    Part(#[from] greenroom_model::Error),
    /// The whole is not something that this crate reads.
    #[error("`{}` is not a bot: {reason}", path.display())]
    NotABot {
        /// The file or folder.
        path: PathBuf,
        /// What was looked for and what to do.
        reason: String,
    },
    /// A file in the way is not a bot's; nothing was written.
    #[error("`{}` would be overwritten, but it is not of this bot's form ({reason}); nothing was written: move it away, mend it or choose another folder", path.display())]
    Occupied {
        /// The file that would have been overwritten or deleted.
        path: PathBuf,
        /// Why it does not read as a part of a bot.
        reason: String,
    },
    /// An archive is damaged, or made to harm.
    #[error("cannot read the archive: {reason}")]
    Archive {
        /// What is wrong, with the entry's name, and what to do.
        reason: String,
    },
    /// An archive was written by a newer build.
    #[error("the archive has format version {found}, this build reads up to {supported}; use a newer build")]
    NewerFormat {
        /// The version that it claims.
        found: u64,
        /// The newest version that this build reads.
        supported: u32,
    },
    /// A part has no place in the form that was asked for.
    #[error("part `{path}` cannot be written: {reason}")]
    Unwritable {
        /// The part.
        path: PartPath,
        /// Why.
        reason: String,
    },
}

impl Error {
    /// An error at a line and column of a file.
    pub(crate) fn content(file: &str, place: Option<(u32, u32)>, reason: impl Into<String>) -> Self {
        Self::Content {
            file: file.to_owned(),
            line: place.map(|(line, _)| line),
            column: place.map(|(_, column)| column),
            reason: reason.into(),
        }
    }

    /// What the system said of a file.
    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}

fn place(file: &str, line: Option<u32>, column: Option<u32>) -> String {
    match (line, column) {
        (Some(line), Some(column)) => format!("{file}:{line}:{column}"),
        (Some(line), None) => format!("{file}:{line}"),
        (None, _) => file.to_owned(),
    }
}
