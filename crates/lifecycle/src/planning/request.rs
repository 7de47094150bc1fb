//! What is to be planned.

use greenroom_model::{EnvironmentId, FlowId, Language, Scope, Selection};
use greenroom_publish::{Acknowledged, Policy};

use serde::{Deserialize, Serialize};

use crate::PartEdit;
use crate::environments::live;

/// What is to be planned.
///
/// # Examples
/// ```
/// use greenroom_lifecycle::PlanRequest;
///
/// let staging = PlanRequest::full("Refunds in Dutch").to("staging".parse()?);
/// let dutch = PlanRequest::nlp_of_languages(["nl".parse()?], "More Dutch");
/// let refunds = PlanRequest { with_needed: true, ..PlanRequest::flows(["refund".parse()?], "Refunds") };
/// # Ok::<(), greenroom_model::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanRequest {
    /// What to carry.
    pub scope: Scope,
    /// Where to.
    pub environment: EnvironmentId,
    /// What to say about it: at most [`PlanRequest::MAX_NOTES`] characters.
    pub notes: String,
    /// The policy that judges; the bot's own where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::jobs::policy_form")]
    pub policy: Option<Policy>,
    /// For [`Scope::Hotfix`]: what to change in what the environment runs.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "crate::jobs::edits_form")]
    pub edits: Vec<PartEdit>,
    /// What the author has seen and wants all the same.
    #[serde(default)]
    pub acknowledged: Acknowledged,
    /// For [`Scope::Flows`]: whether what the selection needs goes along, instead of being asked for.
    #[serde(default)]
    pub with_needed: bool,
}

impl PlanRequest {
    /// The longest release notes, in characters.
    pub const MAX_NOTES: usize = 10_000;

    /// Something, to live.
    pub fn new(scope: Scope, notes: impl Into<String>) -> Self {
        Self {
            scope,
            environment: live(),
            notes: notes.into(),
            policy: None,
            edits: Vec::new(),
            acknowledged: Acknowledged::default(),
            with_needed: false,
        }
    }

    /// The whole draft, to live.
    pub fn full(notes: impl Into<String>) -> Self {
        Self::new(Scope::Full, notes)
    }

    /// The draft's NLP alone, to live.
    pub fn nlp_only(notes: impl Into<String>) -> Self {
        Self::new(Scope::NlpOnly, notes)
    }

    /// The draft's NLP alone, of which examples and models of these languages, to live.
    pub fn nlp_of_languages(languages: impl IntoIterator<Item = Language>, notes: impl Into<String>) -> Self {
        Self::new(Scope::NlpOfLanguages(languages.into_iter().collect()), notes)
    }

    /// Some flows of the draft, to live.
    pub fn flows(flows: impl IntoIterator<Item = FlowId>, notes: impl Into<String>) -> Self {
        Self::new(Scope::Flows(Selection::of_flows(flows)), notes)
    }

    /// Edits of what live runs, past the draft; the reason is the release notes.
    pub fn hotfix(edits: Vec<PartEdit>, reason: impl Into<String>) -> Self {
        Self { edits, ..Self::new(Scope::Hotfix, reason) }
    }

    /// What another environment runs, to live.
    pub fn promotion(from: EnvironmentId) -> Self {
        Self::new(Scope::Promotion(from), "")
    }

    /// The same, to this environment.
    #[must_use]
    pub fn to(self, environment: EnvironmentId) -> Self {
        Self { environment, ..self }
    }

    /// The same, judged by this policy instead of the bot's own.
    #[must_use]
    pub fn judged_by(self, policy: Option<Policy>) -> Self {
        Self { policy, ..self }
    }
}
