//! Which intents a rule holds for.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::IntentId;

/// Which intents a rule holds for. Both empty: all.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct IntentFilter {
    /// Only these.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub only: BTreeSet<IntentId>,
    /// Not these.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub except: BTreeSet<IntentId>,
}

impl IntentFilter {
    /// Whether it lets every intent through.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.only.is_empty() && self.except.is_empty()
    }

    /// Whether it lets this intent (or none at all) through.
    #[must_use]
    pub fn lets(&self, intent: Option<&IntentId>) -> bool {
        match intent {
            Some(intent) => (self.only.is_empty() || self.only.contains(intent)) && !self.except.contains(intent),
            None => self.only.is_empty(),
        }
    }
}

/// What may start another flow while an input waits for its answer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Interruptions {
    /// Every intent that has a trigger, and every keyword.
    #[default]
    All,
    /// None: what is no answer is asked for again.
    None,
    /// These intents, and every keyword.
    Intents(IntentFilter),
}

impl Interruptions {
    /// Whether nothing is kept from interrupting.
    #[must_use]
    pub fn is_all(&self) -> bool {
        *self == Self::All
    }

    /// Whether this intent may interrupt.
    #[must_use]
    pub fn lets(&self, intent: &IntentId) -> bool {
        match self {
            Self::All => true,
            Self::None => false,
            Self::Intents(filter) => filter.lets(Some(intent)),
        }
    }
}
