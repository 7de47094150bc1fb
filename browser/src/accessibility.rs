//! What axe-core finds on a page.

use std::path::PathBuf;

use serde::Deserialize;

use crate::{Error, Person};

/// The rules of axe-core, as the script that it is.
#[derive(Debug, Clone)]
pub struct AxeCore {
    script: String,
}

/// A rule of axe-core that a page breaks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Violation {
    /// The rule.
    pub id: String,
    /// How much it hinders: `minor`, `moderate`, `serious`, `critical`.
    pub impact: Option<String>,
    /// What the rule asks for.
    pub help: String,
    /// The elements, as selectors with what is wrong.
    pub at: Vec<String>,
}

impl Violation {
    /// Whether it keeps somebody from using the page.
    #[must_use]
    pub fn is_serious(&self) -> bool {
        matches!(self.impact.as_deref(), Some("serious" | "critical"))
    }
}

impl AxeCore {
    /// Reads it: from `GREENROOM_AXE_CORE`, else from where xtask puts it in the build folder.
    ///
    /// # Errors
    /// [`Error::AxeCore`] where it is not.
    pub fn read() -> Result<Self, Error> {
        let path = std::env::var_os("GREENROOM_AXE_CORE").map_or_else(where_xtask_puts_it, PathBuf::from);
        let script = std::fs::read_to_string(&path)
            .map_err(|error| Error::AxeCore { path: path.display().to_string(), reason: error.to_string() })?;
        Ok(Self { script })
    }

    /// All that is wrong on the page that a person looks at.
    ///
    /// # Errors
    /// [`Error::Wrong`] where axe-core itself fails.
    pub async fn examine(&self, person: &Person) -> Result<Vec<Violation>, Error> {
        if person.script("typeof axe").await? == "undefined" {
            person.script(&format!("{}\n;0", self.script)).await?;
        }
        let run = "axe.run(document, { resultTypes: ['violations'] }).then((found) => found.violations.map((v) => ({
            id: v.id, impact: v.impact, help: v.help,
            at: v.nodes.slice(0, 5).map((n) => `${n.target.join(' ')}: ${n.failureSummary}`),
        })))";
        let found = person.script(run).await?;
        serde_json::from_value(found).map_err(|error| Error::Wrong(format!("axe-core answers in other words: {error}")))
    }
}

fn where_xtask_puts_it() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target")), PathBuf::from);
    target.join("tools/axe-core/node_modules/axe-core/axe.min.js")
}
