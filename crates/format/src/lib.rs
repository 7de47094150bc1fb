//! How a Greenroom bot leaves the store and comes back: a folder that people
//! read, edit and diff in git, an archive of one file, and imports from other
//! systems with a report of what did not carry over. Beside these, files of
//! texts that evaluations read.
//!
//! ```
//! use greenroom_format::{read_csv, read_folder, write_folder};
//!
//! let imported = read_csv(b"intent,text\ngreet,hello there\n", &"en".parse()?)?;
//! println!("{}", imported.losses);
//!
//! let folder = tempfile::tempdir()?;
//! write_folder(folder.path(), &imported.bundle)?;
//! let yaml = std::fs::read_to_string(folder.path().join("intents/greet.yaml"))?;
//! assert_eq!(yaml, "name: greet\nexamples:\n  en:\n    - hello there\n");
//! assert_eq!(read_folder(folder.path())?, imported.bundle);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod archive;
mod bundle;
mod detect;
mod error;
mod folder;
mod form;
mod limits;
mod losses;
mod part_file;
mod rasa;
mod table;
mod utterances;
mod yaml;

pub use archive::{ARCHIVE_FORMAT, read_archive, write_archive};
pub use bundle::{Bundle, Imported};
pub use detect::Format;
pub use error::Error;
pub use folder::{read_folder, write_folder};
pub use limits::{MAX_FILES, MAX_TOTAL_BYTES};
pub use losses::{Loss, LossReport};
pub use part_file::read_part;
pub use rasa::{RasaOptions, read_rasa};
pub use table::read_csv;
pub use utterances::{read_labelled_texts, read_utterances};
pub use yaml::MAX_FILE_BYTES;
