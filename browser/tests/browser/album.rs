//! Pictures of the steps of a story, for whoever wants to look at them.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use greenroom_browser_tests::{Error, Person};

/// A folder of numbered pictures: below `GREENROOM_PICTURES`, else below the build folder.
pub(crate) struct Album {
    folder: PathBuf,
    next: AtomicUsize,
}

impl Album {
    pub(crate) fn of(story: &str) -> Self {
        let root = std::env::var_os("GREENROOM_PICTURES")
            .map_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pictures"), PathBuf::from);
        Self { folder: root.join(story), next: AtomicUsize::new(1) }
    }

    pub(crate) async fn keeps(&self, person: &Person, name: &str) -> Result<(), Error> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        person.saves_picture(&self.folder, &format!("{number:02}-{name}")).await.map(drop)
    }
}
