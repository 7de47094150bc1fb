//! How a Greenroom bot leaves the store and comes back: a folder that people
//! read, edit and diff in git, an archive of one file, and imports from other
//! systems with a report of what did not carry over.

mod bundle;
mod error;
mod losses;

pub use bundle::{Bundle, Imported};
pub use error::Error;
pub use losses::{Loss, LossReport};
