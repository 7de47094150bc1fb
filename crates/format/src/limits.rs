//! How much is read at most, whoever sent it.

use crate::Error;
use crate::yaml::MAX_FILE_BYTES;

/// The most files that a folder or an archive may have.
pub const MAX_FILES: usize = 200_000;

/// The most bytes that the files of a folder or an archive may have together: 512 MiB.
pub const MAX_TOTAL_BYTES: u64 = 512 << 20;

/// Counts what was read, over all files.
#[derive(Default)]
pub(crate) struct Intake {
    files: usize,
    bytes: u64,
}

impl Intake {
    /// Notes a file about to be read.
    pub(crate) fn add_file(&mut self) -> Result<(), Error> {
        self.files += 1;
        if self.files > MAX_FILES {
            return Err(Error::TooLarge {
                what: "there are too many files".to_owned(),
                limit: format!("{MAX_FILES} files"),
                advice: "split the bot",
            });
        }
        Ok(())
    }

    /// Reads a whole file, and never more of it than the limits allow: a reader that
    /// goes on for ever is refused once it passes them.
    pub(crate) fn read(
        &mut self,
        file: &str,
        reader: impl std::io::Read,
        fail: impl FnOnce(std::io::Error) -> Error,
    ) -> Result<Vec<u8>, Error> {
        use std::io::Read as _;
        let mut content = Vec::new();
        reader.take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut content).map_err(fail)?;
        if content.len() > MAX_FILE_BYTES {
            return Err(Error::TooLarge {
                what: format!("`{file}` is too large"),
                limit: format!("{MAX_FILE_BYTES} bytes a file"),
                advice: "split what it holds",
            });
        }
        self.bytes = self.bytes.saturating_add(content.len() as u64);
        if self.bytes > MAX_TOTAL_BYTES {
            return Err(Error::TooLarge {
                what: "the files together are too large".to_owned(),
                limit: format!("{MAX_TOTAL_BYTES} bytes in all"),
                advice: "split the bot",
            });
        }
        Ok(content)
    }
}
