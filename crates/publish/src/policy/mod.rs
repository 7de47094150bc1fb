//! The policy: which findings deny, warn or keep silent, and the rules' parameters.

mod reading;

use std::collections::BTreeMap;

use greenroom_model::{Code, Digest, Severity, to_canonical_bytes};
use serde::Serialize;

/// How many examples an intent needs where no policy says otherwise.
const FEW_EXAMPLES_MINIMUM: usize = 10;

/// Severities and parameters that an organisation chooses for the rules.
///
/// The default policy leaves every rule its own severity. A policy file is YAML
/// or JSON; what it does not name keeps its default, and a word that it cannot
/// say is an error that names the words it can.
///
/// # Examples
/// ```
/// use greenroom_publish::Policy;
/// use greenroom_model::{Code, Severity};
///
/// let policy = Policy::from_yaml("
/// rules:
///   untested: deny
///   few_examples: { severity: warn, minimum: 15 }
///   intent_removed: { only_used: true }
/// custom:
///   ticket_missing: deny
/// ")?;
/// assert_eq!(policy.severity(&Code::Untested), Some(Severity::Deny));
/// assert_eq!(policy.few_examples_minimum(), 15);
///
/// let error = Policy::from_yaml("rules: { untestd: deny }").unwrap_err();
/// assert!(error.to_string().starts_with("policy: at `rules.untestd`: there is no such code"));
/// # Ok::<(), greenroom_publish::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    rules: BTreeMap<Code, Severity>,
    custom: BTreeMap<Code, Severity>,
    few_examples_minimum: usize,
    intent_removed_only_used: bool,
    wanted_evidence: WantedEvidence,
    regression_limits: RegressionLimits,
}

/// What a policy wants to have been measured of a candidate; nothing by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WantedEvidence {
    /// All the bot's tests.
    pub tests: bool,
    /// Scores of every language.
    pub scores: bool,
    /// Utterances and conversations compared with live.
    pub behaviour: bool,
}

/// What scores may not fall below: shares from 0 to 1. No floors by default.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RegressionLimits {
    /// The least accuracy.
    pub accuracy: f64,
    /// The least macro-F1.
    pub macro_f1: f64,
    /// The least F1 of each intent.
    pub intent_f1: f64,
    /// How far accuracy, macro-F1 and each intent's F1 may fall behind live's; 0.02 by default for
    /// the whole, five times that for a single intent, whose few examples make it swing.
    pub drop: f64,
}

impl Default for RegressionLimits {
    fn default() -> Self {
        Self { accuracy: 0.0, macro_f1: 0.0, intent_f1: 0.0, drop: 0.02 }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            rules: BTreeMap::new(),
            custom: BTreeMap::new(),
            few_examples_minimum: FEW_EXAMPLES_MINIMUM,
            intent_removed_only_used: false,
            wanted_evidence: WantedEvidence::default(),
            regression_limits: RegressionLimits::default(),
        }
    }
}

impl Policy {
    /// The severity that the policy sets for a code; `None` where it leaves the default.
    #[must_use]
    pub fn severity(&self, code: &Code) -> Option<Severity> {
        self.rules.get(code).or_else(|| self.custom.get(code)).copied()
    }

    /// With fewer examples than this an intent has few (1 to 1,000; 10 by default).
    #[must_use]
    pub fn few_examples_minimum(&self) -> usize {
        self.few_examples_minimum
    }

    /// Whether `intent_removed` looks only at intents that live's flows use (no by default).
    #[must_use]
    pub fn intent_removed_only_used(&self) -> bool {
        self.intent_removed_only_used
    }

    /// What the policy wants to have been measured (nothing by default).
    #[must_use]
    pub fn wanted_evidence(&self) -> WantedEvidence {
        self.wanted_evidence
    }

    /// What scores may not fall below.
    #[must_use]
    pub fn regression_limits(&self) -> RegressionLimits {
        self.regression_limits
    }

    /// Whether a policy may set this code below `deny`.
    ///
    /// It may not where a publish against the rule would leave live with parts or
    /// models that do not fit together, or would publish nothing.
    #[must_use]
    pub fn may_lower(code: &Code) -> bool {
        !matches!(
            code,
            Code::NeverPublished
                | Code::ModelMissing
                | Code::ModelStale
                | Code::ModelUnsupported
                | Code::NlpUnchanged
                | Code::IntentRemoved
                | Code::EntityRemoved
                | Code::LanguageRemoved
                | Code::LiveDrift
                | Code::RolledBack
                | Code::NothingToPublish
                | Code::IntentUnknown
                | Code::EntityUnknown
                | Code::ContextUnknown
                | Code::VariableUnknown
                | Code::TargetMissing
        )
    }

    /// The policy as a file would say it, in canonical JSON.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        to_canonical_bytes(self).unwrap_or_default()
    }

    /// The name of the policy: equal policies have one name, however their files spell them.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&self.to_bytes())
    }
}

impl WantedEvidence {
    /// What a policy file calls each.
    fn named(self) -> [(&'static str, bool); 3] {
        [("tests", self.tests), ("scores", self.scores), ("behaviour", self.behaviour)]
    }

    fn set(&mut self, name: &str, wanted: bool) -> bool {
        let field = match name {
            "tests" => &mut self.tests,
            "scores" => &mut self.scores,
            "behaviour" => &mut self.behaviour,
            _ => return false,
        };
        *field = wanted;
        true
    }
}

impl RegressionLimits {
    /// What a policy file calls each.
    fn named(self) -> [(&'static str, f64); 4] {
        [("accuracy", self.accuracy), ("macro_f1", self.macro_f1), ("intent_f1", self.intent_f1), ("drop", self.drop)]
    }

    fn set(&mut self, name: &str, share: f64) -> bool {
        let field = match name {
            "accuracy" => &mut self.accuracy,
            "macro_f1" => &mut self.macro_f1,
            "intent_f1" => &mut self.intent_f1,
            "drop" => &mut self.drop,
            _ => return false,
        };
        *field = share;
        true
    }
}

/// A rule's settings as a file says them.
#[derive(Serialize, Default)]
struct RuleForm {
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<Severity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    minimum: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    only_used: Option<bool>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty", flatten)]
    wanted: BTreeMap<&'static str, bool>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty", flatten)]
    limits: BTreeMap<&'static str, f64>,
}

impl Serialize for Policy {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Form<'a> {
            #[serde(skip_serializing_if = "BTreeMap::is_empty")]
            rules: BTreeMap<&'a str, RuleForm>,
            #[serde(skip_serializing_if = "BTreeMap::is_empty")]
            custom: BTreeMap<&'a str, Severity>,
        }
        let mut rules: BTreeMap<&str, RuleForm> = BTreeMap::new();
        for (code, severity) in &self.rules {
            rules.entry(code.as_str()).or_default().severity = Some(*severity);
        }
        if self.few_examples_minimum != FEW_EXAMPLES_MINIMUM {
            rules.entry(Code::FewExamples.as_str()).or_default().minimum = Some(self.few_examples_minimum);
        }
        if self.intent_removed_only_used {
            rules.entry(Code::IntentRemoved.as_str()).or_default().only_used = Some(true);
        }
        let wanted = self.wanted_evidence.named();
        if wanted.iter().any(|(_, wanted)| *wanted) {
            rules.entry(Code::EvidenceMissing.as_str()).or_default().wanted = wanted.into();
        }
        if self.regression_limits != RegressionLimits::default() {
            rules.entry(Code::Regression.as_str()).or_default().limits = self.regression_limits.named().into();
        }
        let custom = self.custom.iter().map(|(code, severity)| (code.as_str(), *severity)).collect();
        Form { rules, custom }.serialize(serializer)
    }
}

#[cfg(test)]
mod tests;
