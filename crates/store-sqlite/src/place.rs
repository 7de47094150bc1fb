//! Where a store is, and what SQLite's errors mean there.

use std::fs::Metadata;
use std::io::ErrorKind;
use std::path::{Path, PathBuf, absolute};
use std::time::Duration;

use greenroom_store::Error;
use sqlx::ConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};

/// How long a call waits for other processes that write to the store.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The file of a store.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    path: PathBuf,
}

impl Place {
    /// The place of this path, made absolute: connections may be opened after the process changed its directory.
    pub(crate) fn new(path: &Path) -> Result<Self, Error> {
        let place = Self { path: path.to_owned() };
        match absolute(path) {
            Ok(path) if path.to_str().is_some() => Ok(Self { path }),
            Ok(_) => Err(place.unavailable("its name is not UTF-8; rename it".to_owned())),
            Err(error) => Err(place.unavailable(format!("{error}; name a file, such as `greenroom.db`"))),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// How every connection to the store is opened.
    pub(crate) fn options(&self) -> SqliteConnectOptions {
        SqliteConnectOptions::new()
            .filename(&self.path)
            .create_if_missing(false)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(PATIENCE)
            // What a statement of many rows would undo is kept in memory: a file would be made for each.
            .pragma("temp_store", "MEMORY")
            // What is deleted or replaced is overwritten with zeros, and not left in free space.
            .pragma("secure_delete", "ON")
            .disable_statement_logging()
    }

    /// Refuses what can never become a store, before SQLite touches it.
    pub(crate) fn check(&self) -> Result<(), Error> {
        match self.path.metadata() {
            Ok(metadata) => self.check_file(&metadata),
            Err(error) if error.kind() == ErrorKind::NotFound => self.check_parent(),
            Err(error) => Err(self.unavailable(format!("{error}; check the path and the rights to it"))),
        }
    }

    fn check_file(&self, metadata: &Metadata) -> Result<(), Error> {
        if metadata.is_file() {
            Ok(())
        } else if metadata.is_dir() {
            Err(self.not_a_store("it is a directory; name a file in it, such as `greenroom.db`"))
        } else {
            Err(self.not_a_store("it is neither a file nor absent; name a file, such as `greenroom.db`"))
        }
    }

    fn check_parent(&self) -> Result<(), Error> {
        match self.path.parent() {
            Some(parent) if !parent.is_dir() => {
                Err(self.unavailable(format!("the directory `{}` does not exist; create it first", parent.display())))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// What an error of SQLite means; `what` says what was done.
    pub(crate) fn error(&self, what: &str, error: sqlx::Error) -> Error {
        // The lower byte is the kind; the whole number is more precise.
        match code(&error).map(|code| (code & 0xff, code)) {
            // SQLITE_BUSY, SQLITE_LOCKED
            Some((5 | 6, _)) => Error::Busy { place: self.to_string() },
            // SQLITE_FULL; SQLITE_IOERR_SHMSIZE: no room for the index of the write-ahead log
            Some((13, _) | (_, 4874)) => Error::Full { place: self.to_string() },
            // SQLITE_NOTADB
            Some((26, _)) => self.not_a_store("it is another kind of file; name another, or move it away"),
            // SQLITE_CORRUPT
            Some((11, _)) => Error::DamagedStore { place: self.to_string(), reason: error.to_string() },
            // SQLITE_READONLY
            Some((8, _)) => self.unavailable(
                "it cannot be written; give this user the right to write to the file and to its directory".to_owned(),
            ),
            // SQLITE_PERM, SQLITE_CANTOPEN, SQLITE_AUTH
            Some((3 | 14 | 23, _)) => {
                self.unavailable(format!("{error}; check the rights to the file and to its directory"))
            }
            Some(_) | None => self.backend(what, error),
        }
    }

    /// What an error of taking a connection from a pool or of SQLite means.
    pub(crate) fn read_error(&self, what: &str, error: sqlx::Error) -> Error {
        match error {
            sqlx::Error::PoolTimedOut => Error::Busy { place: self.to_string() },
            error => self.error(what, error),
        }
    }

    pub(crate) fn backend(&self, what: &str, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        let source = error.into();
        Error::Backend { what: format!("cannot {what} the store {self}: {source}"), source }
    }

    pub(crate) fn unavailable(&self, reason: String) -> Error {
        Error::Unavailable { place: self.to_string(), reason }
    }

    pub(crate) fn not_a_store(&self, reason: &str) -> Error {
        Error::NotAStore { place: self.to_string(), reason: reason.to_owned() }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}`", self.path.display())
    }
}

/// SQLite's extended result code.
fn code(error: &sqlx::Error) -> Option<i32> {
    error.as_database_error()?.code()?.parse().ok()
}
