//! Writes the files of an evaluation into a folder.

use std::path::Path;

use greenroom_nlp::ReportFile;

use crate::failure::Failure;

/// Writes the files, and makes the folder where there is none. Files of these names are replaced;
/// whatever else stands there stays, but for reports of an earlier run that this one has not.
pub(crate) fn write(folder: &Path, files: &[ReportFile]) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(|error| Failure::file("make", folder, &error))?;
    for stale in ["learning_curve.svg", "intent_successes.json"] {
        if !files.iter().any(|file| file.name == stale) {
            let path = folder.join(stale);
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Failure::file("remove", &path, &error));
                }
                _ => {}
            }
        }
    }
    for file in files {
        let path = folder.join(file.name);
        std::fs::write(&path, &file.content).map_err(|error| Failure::file("write", &path, &error))?;
    }
    Ok(())
}
