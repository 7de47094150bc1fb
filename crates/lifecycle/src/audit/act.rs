//! What can be done to a bot, as its audit log names it.

use std::collections::BTreeSet;
use std::fmt;

use greenroom_model::{Digest, EnvironmentId, Language, PartPath, Scope};
use serde::{Deserialize, Serialize};

use crate::ChannelId;

/// How many parts the sentence of an edit names.
const MAX_NAMED_PARTS: usize = 3;

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Act {
    /// The bot was made.
    Created,
    /// Parts of the draft were changed.
    Edited {
        /// The parts.
        parts: Vec<PartPath>,
    },
    /// A model was trained, or found trained already, and taken into the draft.
    Trained {
        /// The language.
        language: Language,
        /// The model's record.
        model: Digest,
    },
    /// A version was published.
    Published {
        /// Where to.
        environment: EnvironmentId,
        /// With which scope.
        scope: Scope,
        /// The version.
        version: Digest,
        /// Its number.
        number: u64,
        /// The plan that was carried out.
        plan: Digest,
        /// Parts of which somebody gave up a hotfix by name.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        discarded: BTreeSet<PartPath>,
        /// Whether what a rollback took away was to come back.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        reintroduced: bool,
    },
    /// An environment was put back to an older version.
    RolledBack {
        /// Which environment.
        environment: EnvironmentId,
        /// The version that it ran.
        from: u64,
        /// The version that it runs now.
        to: u64,
        /// What was wrong with the audit log, where it was tampered with so that no other act could go on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        log_fault: Option<String>,
    },
    /// What hotfixes changed in an environment was taken into the draft.
    Merged {
        /// Which environment.
        environment: EnvironmentId,
        /// The parts of the draft that changed.
        changed: Vec<PartPath>,
        /// The parts that the draft keeps as they are, and which count as agreed on.
        kept: Vec<PartPath>,
    },
    /// The draft was replaced; what it was is kept as a version.
    Replaced {
        /// What it is now: `version 3`, `import`.
        by: String,
        /// The version that keeps what it was.
        saved: u64,
    },
    /// The publishing policy was set.
    PolicySet {
        /// Its digest.
        policy: Digest,
    },
    /// The settings of an environment were set.
    EnvironmentSet {
        /// Which environment.
        environment: EnvironmentId,
        /// For how many days it keeps transcripts.
        retention_days: u32,
    },
    /// The channels of an environment were set.
    ChannelsSet {
        /// Which environment.
        environment: EnvironmentId,
    },
    /// A link was made by which people without an account chat with the draft.
    DraftPreviewMade {
        /// Which link.
        preview: ChannelId,
    },
    /// Such a link was revoked.
    DraftPreviewRevoked {
        /// Which link.
        preview: ChannelId,
    },
}

impl Act {
    /// The words for all kinds of acts, as filters take them.
    pub const WORDS: &'static [&'static str] = &[
        "created",
        "edited",
        "trained",
        "published",
        "rolled_back",
        "merged",
        "replaced",
        "policy_set",
        "environment_set",
        "channels_set",
        "draft_preview_made",
        "draft_preview_revoked",
    ];

    /// The word for this kind of act, as the log stores it: `published`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Edited { .. } => "edited",
            Self::Trained { .. } => "trained",
            Self::Published { .. } => "published",
            Self::RolledBack { .. } => "rolled_back",
            Self::Merged { .. } => "merged",
            Self::Replaced { .. } => "replaced",
            Self::PolicySet { .. } => "policy_set",
            Self::EnvironmentSet { .. } => "environment_set",
            Self::ChannelsSet { .. } => "channels_set",
            Self::DraftPreviewMade { .. } => "draft_preview_made",
            Self::DraftPreviewRevoked { .. } => "draft_preview_revoked",
        }
    }
}

/// The act as a sentence without its subject: `published version 3 to live`.
impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Created => f.write_str("made the bot"),
            Self::Edited { parts } => {
                let named: Vec<String> = parts.iter().take(MAX_NAMED_PARTS).map(ToString::to_string).collect();
                write!(f, "edited {}", named.join(", "))?;
                match parts.len().saturating_sub(MAX_NAMED_PARTS) {
                    0 => Ok(()),
                    more => write!(f, " and {more} more"),
                }
            }
            Self::Trained { language, model } => write!(f, "took model {} for `{language}`", model.short()),
            Self::Published { environment, scope, number, discarded, reintroduced, .. } => {
                write!(f, "published version {number} to {environment}")?;
                if *scope != Scope::Full {
                    write!(f, ", {scope}")?;
                }
                for path in discarded {
                    write!(f, ", giving up the hotfix of {path}")?;
                }
                if *reintroduced { f.write_str(", bringing back what a rollback took away") } else { Ok(()) }
            }
            Self::RolledBack { environment, from, to, log_fault } => {
                write!(f, "put {environment} back from version {from} to version {to}")?;
                log_fault.as_ref().map_or(Ok(()), |fault| write!(f, ", though this log was broken: {fault}"))
            }
            Self::Merged { environment, changed, kept } => {
                let list = |paths: &[PartPath]| paths.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                write!(f, "merged hotfixes of {environment}")?;
                if !changed.is_empty() {
                    write!(f, ": took {}", list(changed))?;
                }
                if kept.is_empty() { Ok(()) } else { write!(f, ": kept the draft's {}", list(kept)) }
            }
            Self::Replaced { by, saved } => write!(f, "replaced the draft by {by}, kept as version {saved}"),
            Self::PolicySet { policy } => write!(f, "set the publishing policy {}", policy.short()),
            Self::EnvironmentSet { environment, retention_days } => {
                write!(f, "let {environment} keep transcripts for {retention_days} days")
            }
            Self::ChannelsSet { environment } => write!(f, "set the channels of {environment}"),
            Self::DraftPreviewMade { preview } => write!(f, "made the link {preview} to the draft"),
            Self::DraftPreviewRevoked { preview } => write!(f, "revoked the link {preview} to the draft"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_act_is_called_what_the_log_stores() {
        let (environment, preview) = (crate::live(), ChannelId::new("link").unwrap());
        let digest = Digest::of(b"");
        let acts = [
            Act::Created,
            Act::Edited { parts: vec![PartPath::Settings] },
            Act::Trained { language: "en".parse().unwrap(), model: digest },
            Act::Published {
                environment: environment.clone(),
                scope: Scope::Full,
                version: digest,
                number: 1,
                plan: digest,
                discarded: BTreeSet::new(),
                reintroduced: false,
            },
            Act::RolledBack { environment: environment.clone(), from: 2, to: 1, log_fault: None },
            Act::Merged { environment: environment.clone(), changed: vec![], kept: vec![] },
            Act::Replaced { by: "an import".into(), saved: 2 },
            Act::PolicySet { policy: digest },
            Act::EnvironmentSet { environment: environment.clone(), retention_days: 30 },
            Act::ChannelsSet { environment },
            Act::DraftPreviewMade { preview: preview.clone() },
            Act::DraftPreviewRevoked { preview },
        ];
        assert_eq!(acts.each_ref().map(Act::word), Act::WORDS);
        for act in acts {
            let stored = serde_json::to_value(&act).unwrap();
            let word = stored.as_str().or_else(|| stored.as_object()?.keys().next().map(String::as_str));
            assert_eq!(word, Some(act.word()), "{act}");
        }
    }

    #[test]
    fn a_large_edit_names_its_first_parts_only() {
        let parts = (0..5).map(|number| format!("flows/f{number}").parse().unwrap()).collect();
        assert_eq!(Act::Edited { parts }.to_string(), "edited flows/f0, flows/f1, flows/f2 and 2 more");
    }
}
