//! The sample bot of `examples/bots`, which the binary carries.

use std::collections::BTreeMap;

use greenroom_format::read_folder;
use greenroom_model::{Document, PartPath};
use rust_embed::RustEmbed;

use crate::Error;

/// The id that the sample bot goes by.
pub const SAMPLE_ID: &str = "bike-rental";

/// The files of the sample bot.
#[derive(RustEmbed)]
#[folder = "../../examples/bots/bike-rental"]
struct SampleFiles;

/// The parts of the sample bot.
///
/// # Errors
/// [`Error::Sample`], [`Error::Io`] where no temporary folder can be made.
pub fn sample_bot() -> Result<BTreeMap<PartPath, Document>, Error> {
    // Folders are read from the disk; this one is gone afterwards.
    let folder = tempfile::tempdir()?;
    for name in SampleFiles::iter() {
        let Some(file) = SampleFiles::get(&name) else { continue };
        let path = folder.path().join(name.as_ref());
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, &file.data)?;
    }
    Ok(read_folder(folder.path()).map_err(|error| Error::Sample(error.to_string()))?.parts)
}
