//! A plan as text that people read.

use std::fmt;

use greenroom_model::Severity;

use super::{Decision, Plan};
use crate::wording::{counted, quoted};

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "plan {}: {} of `{}` to `{}`", self.digest().short(), self.scope, self.bot, self.environment)?;
        match self.live {
            Some(live) => writeln!(f, "  from      version {}", live.short())?,
            None => writeln!(f, "  from      nothing: it would be the first version")?,
        }
        writeln!(f, "  candidate {}", self.candidate.digest().short())?;
        let models = self.candidate.models.iter();
        let models: Vec<String> =
            models.map(|(language, model)| format!("{language} {}", model.digest.short())).collect();
        writeln!(f, "  models    {}", if models.is_empty() { "none".to_owned() } else { models.join(", ") })?;
        writeln!(f, "  notes     {}", quoted(&self.notes))?;
        writeln!(f, "\n{} to carry:\n{}", counted(self.diff.parts.len(), "changed part"), self.diff)?;
        self.findings.iter().try_for_each(|finding| writeln!(f, "{finding}"))?;
        let count = |severity| self.findings.iter().filter(|finding| finding.severity == severity).count();
        let decision = match self.decision {
            Decision::Allow => "allow",
            Decision::Deny => "deny",
        };
        let (errors, warnings) = (count(Severity::Deny), count(Severity::Warn));
        writeln!(f, "{decision}: {}, {}", counted(errors, "error"), counted(warnings, "warning"))
    }
}
