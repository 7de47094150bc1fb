//! The sample bot of `examples/bots`, which the binary carries.

use greenroom_format::{Bundle, read_folder};
use greenroom_model::{BotId, PartPath};
use rust_embed::RustEmbed;

use crate::failure::Failure;

/// The files of the sample bot.
#[derive(RustEmbed)]
#[folder = "../../examples/bots/bike-rental"]
struct SampleFiles;

/// Its id.
pub(crate) fn id() -> Result<BotId, Failure> {
    Ok("bike-rental".parse()?)
}

/// The test whose conversation the demo plays with live.
pub(crate) fn exchange() -> Result<PartPath, Failure> {
    Ok("tests/rent_step_by_step_en".parse()?)
}

/// Reads it, by way of a folder that is gone afterwards.
pub(crate) fn read() -> Result<Bundle, Failure> {
    let folder = tempfile::tempdir()?;
    for name in SampleFiles::iter() {
        let Some(file) = SampleFiles::get(&name) else { continue };
        let path = folder.path().join(name.as_ref());
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, &file.data)?;
    }
    Ok(read_folder(folder.path())?)
}
