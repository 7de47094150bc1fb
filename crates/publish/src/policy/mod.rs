//! The policy: which findings deny, warn or keep silent, and the rules' parameters.

use std::collections::BTreeMap;

use greenroom_model::{Code, Digest, Severity, to_canonical_bytes};
use serde::Serialize;

/// Severities and parameters that an organisation chooses for the rules.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Policy {
    severities: BTreeMap<String, Severity>,
    few_examples_minimum: Option<usize>,
    intent_removed_only_used: bool,
}

impl Policy {
    /// The severity that the policy sets for a code; `None` where it leaves the default.
    #[must_use]
    pub fn severity(&self, code: &Code) -> Option<Severity> {
        self.severities.get(code.as_str()).copied()
    }

    /// With fewer examples than this an intent has few (1 to 1,000).
    #[must_use]
    pub fn few_examples_minimum(&self) -> usize {
        self.few_examples_minimum.unwrap_or(10)
    }

    /// Its name: equal for policies that judge alike.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&to_canonical_bytes(self).unwrap_or_default())
    }
}
