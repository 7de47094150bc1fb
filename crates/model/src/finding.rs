//! Findings: what a rule or a lint has to say. An author's mistakes are data, never errors.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{NodeId, PartPath, SymbolKind};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident $text:literal;)*) => {
        /// What a finding is about. Each has a section in `docs/publishing.md`.
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[$doc])* $name,)*
            /// A rule of an embedder; lower-case words joined by `_`.
            Custom(Cow<'static, str>),
        }

        impl Code {
            /// Every code of ours.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The code as findings spell it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$name => $text,)*
                    Self::Custom(text) => text,
                }
            }
        }

        impl From<&str> for Code {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$name,)*
                    other => Self::Custom(Cow::Owned(other.to_owned())),
                }
            }
        }
    };
}

codes! {
    /// A partial publish, but nothing is live yet.
    NeverPublished "never_published";
    /// A language has examples but no model.
    ModelMissing "model_missing";
    /// A language's model was trained on other data.
    ModelStale "model_stale";
    /// This build cannot load a model.
    ModelUnsupported "model_unsupported";
    /// An older trainer made a model.
    ModelOutdated "model_outdated";
    /// NLP alone is to be published, but it is what live has.
    NlpUnchanged "nlp_unchanged";
    /// NLP alone would take an intent from live's flows.
    IntentRemoved "intent_removed";
    /// NLP alone would take an entity from live's flows.
    EntityRemoved "entity_removed";
    /// NLP alone would take a language from live.
    LanguageRemoved "language_removed";
    /// The candidate is what live runs.
    NothingToPublish "nothing_to_publish";
    /// The publish would undo a hotfix.
    LiveDrift "live_drift";
    /// The candidate brings back what a rollback took away.
    RolledBack "rolled_back";
    /// A promotion brings an older state than what was published to the environment since.
    PromotionOutdated "promotion_outdated";
    /// A flow uses an intent that the candidate lacks.
    IntentUnknown "intent_unknown";
    /// A flow uses an entity that the candidate lacks.
    EntityUnknown "entity_unknown";
    /// A flow uses a context that the candidate lacks.
    ContextUnknown "context_unknown";
    /// A flow uses a variable that the candidate lacks.
    VariableUnknown "variable_unknown";
    /// A flow calls a handler that is not declared.
    HandlerUnknown "handler_unknown";
    /// An edge, jump or button leads nowhere.
    TargetMissing "target_missing";
    /// No path leads to a node.
    UnreachableNode "unreachable_node";
    /// No path leads out of a group of nodes that never waits for the user.
    NoWayOut "no_way_out";
    /// A condition does not parse.
    ConditionInvalid "condition_invalid";
    /// A condition always holds, never holds, or is never asked.
    ConditionConstant "condition_constant";
    /// Nodes lead round without waiting, and nothing on the way changes what decides.
    LoopWithoutInput "loop_without_input";
    /// A button sends what nothing hears.
    ButtonWithoutTarget "button_without_target";
    /// An input refuses answers without an end.
    InputWithoutLimit "input_without_limit";
    /// A variable is asked for that nothing ever sets.
    VariableUnset "variable_unset";
    /// A trigger requires a context that nothing ever sets.
    ContextNeverSet "context_never_set";
    /// Another trigger always wins.
    TriggerShadowed "trigger_shadowed";
    /// Flows jump with return, round and round, and never come back.
    JumpStackGrows "jump_stack_grows";
    /// A text lacks a language that the bot speaks.
    TranslationMissing "translation_missing";
    /// A template does not parse or is too large.
    TemplateInvalid "template_invalid";
    /// A text says what it makes of a sensitive value, which redaction does not recognise.
    SensitiveDerived "sensitive_derived";
    /// A regular expression does not parse or is too large.
    PatternInvalid "pattern_invalid";
    /// The policy asks for something that nobody has measured of this candidate.
    EvidenceMissing "evidence_missing";
    /// The candidate's scores miss a floor, or fall behind live's.
    Regression "regression";
    /// Utterances are understood as something else than live understands.
    BehaviourChange "behaviour_change";
    /// Open conversations stand at nodes that the candidate lacks.
    SessionsAffected "sessions_affected";
    /// The bot's tests have not passed on exactly this candidate.
    Untested "untested";
    /// Nobody can reach the environment: it has no channel.
    ChannelMissing "channel_missing";
    /// The publish says nothing about what changes.
    ReleaseNotesMissing "release_notes_missing";
    /// An intent has fewer examples than it takes to be recognised well.
    FewExamples "few_examples";
    /// One text is an example of several intents.
    DuplicateExample "duplicate_example";
    /// An intent has no example in any language.
    EmptyIntent "empty_intent";
}

impl Code {
    /// The code for something of this kind that is used but not there.
    #[must_use]
    pub fn of_unknown(kind: SymbolKind) -> Self {
        match kind {
            SymbolKind::Intent => Self::IntentUnknown,
            SymbolKind::Entity => Self::EntityUnknown,
            SymbolKind::Context => Self::ContextUnknown,
            SymbolKind::Variable => Self::VariableUnknown,
            SymbolKind::Handler => Self::HandlerUnknown,
            SymbolKind::Flow | SymbolKind::Node => Self::TargetMissing,
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::from(&*<Cow<'de, str>>::deserialize(deserializer)?))
    }
}

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Not reported.
    Allow,
    /// Reported; the publish may go on.
    Warn,
    /// Reported; the publish is refused.
    Deny,
}

/// What a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The bot as a whole, or the publish itself.
    Bot,
    /// A part.
    Part(PartPath),
    /// A node of a flow.
    Node(PartPath, NodeId),
    /// A language.
    Language(crate::Language),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bot => f.write_str("bot"),
            Self::Part(path) => write!(f, "{path}"),
            Self::Node(path, node) => write!(f, "{path}#{node}"),
            Self::Language(language) => write!(f, "language {language}"),
        }
    }
}

/// What a rule or a lint has to say about a bot.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    /// What it is about, for machines.
    pub code: Code,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong with what, and the smallest mend; for people.
    pub message: String,
    /// Where.
    pub subject: Subject,
    /// Where to read more.
    pub help: String,
}

impl Finding {
    /// A finding whose help is the code's section of the guide.
    pub fn new(code: Code, severity: Severity, subject: Subject, message: impl Into<String>) -> Self {
        let help = format!("docs/publishing.md#{code}");
        Self { code, severity, message: message.into(), subject, help }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Allow => "note",
            Severity::Warn => "warning",
            Severity::Deny => "error",
        };
        write!(f, "{severity}[{}] {}: {}", self.code, self.subject, self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_read_back() {
        let texts: std::collections::BTreeSet<&str> = Code::ALL.iter().map(Code::as_str).collect();
        assert_eq!(texts.len(), Code::ALL.len());
        for code in Code::ALL {
            assert_eq!(&Code::from(code.as_str()), code);
        }
        assert_eq!(Code::from("mine"), Code::Custom("mine".into()));
    }
}
