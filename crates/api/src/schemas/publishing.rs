//! Plans, findings, differences, and what came of publishing.
#![expect(dead_code, reason = "types that only the document reads")]

use std::collections::BTreeMap;

use serde_json::Value;
use utoipa::ToSchema;

/// What a publish carries; all else stays as the environment has it.
#[derive(ToSchema)]
#[schema(as = Scope, rename_all = "snake_case")]
pub(crate) enum ScopeSchema {
    /// The whole draft.
    Full,
    /// The draft's intents, entities and models, with all else as it is live.
    NlpOnly,
    /// The same, of which examples and models in these languages alone.
    NlpOfLanguages(Vec<String>),
    /// Some flows of the draft and what they need.
    Flows(SelectionSchema),
    /// An edit of what the environment runs, past the draft.
    Hotfix,
    /// The older version of this number.
    Rollback(u64),
    /// What another environment runs.
    Promotion(String),
}

/// Parts of the draft that go out together.
#[derive(ToSchema)]
#[schema(as = Selection)]
pub(crate) struct SelectionSchema {
    /// Flows, contexts, variables, handlers, entities: `flows/order`.
    parts: Vec<String>,
    /// Whether the draft's NLP goes along as a whole.
    nlp: Option<bool>,
}

/// How much a finding weighs.
#[derive(ToSchema)]
#[schema(as = Severity, rename_all = "snake_case")]
pub(crate) enum SeveritySchema {
    Allow,
    Warn,
    Deny,
}

/// What a rule or a lint has to say about a bot.
#[derive(ToSchema)]
#[schema(as = Finding)]
pub(crate) struct FindingSchema {
    /// What it is about, for programs.
    code: String,
    severity: SeveritySchema,
    /// What is wrong with what, and the smallest mend; for people.
    message: String,
    /// Where: `bot`, or an object `part`, `node` or `language`.
    subject: Value,
    /// Where to read more.
    help: String,
}

/// Whether a plan may be carried out.
#[derive(ToSchema)]
#[schema(as = Decision, rename_all = "snake_case")]
pub(crate) enum DecisionSchema {
    Allow,
    Deny,
}

/// What would be published, every finding about it, and the decision. Frozen.
#[derive(ToSchema)]
#[schema(as = Plan)]
pub(crate) struct PlanSchema {
    format: u32,
    bot: String,
    environment: String,
    scope: ScopeSchema,
    /// The digests of what would be published.
    #[schema(value_type = Object)]
    candidate: Value,
    /// The digest of the version that the environment ran.
    live: Option<String>,
    /// Names where the environment stood: a publish of the plan fails once it stands elsewhere.
    position: Option<String>,
    diff: DiffSchema,
    findings: Vec<FindingSchema>,
    decision: DecisionSchema,
    /// The digest of the policy that judged.
    policy: String,
    /// The digest of the bot's own policy, where another one judged. A publish of the plan fails once it is another.
    own_policy: Option<String>,
    /// What the draft had agreed on with the other environments: the digest of a tree each.
    agreed_elsewhere: Option<BTreeMap<String, String>>,
    /// What the author says about it.
    notes: String,
    /// Hotfixes that may be lost (`discard`), and whether what a rollback took away may come back (`reintroduce`).
    #[schema(value_type = Option<Object>)]
    acknowledged: Option<Value>,
}

/// All parts in which two states of a bot differ, sorted by path.
#[derive(ToSchema)]
#[schema(as = Diff)]
pub(crate) struct DiffSchema {
    parts: Vec<PartChangeSchema>,
}

/// Whether something came, went or changed.
#[derive(ToSchema)]
#[schema(as = ChangeKind, rename_all = "snake_case")]
pub(crate) enum ChangeKindSchema {
    Added,
    Removed,
    Changed,
}

/// How one part differs.
#[derive(ToSchema)]
#[schema(as = PartChange)]
pub(crate) struct PartChangeSchema {
    path: String,
    kind: ChangeKindSchema,
    /// The name that people know it by.
    name: String,
    /// What differs inside it: objects with one key, such as `text` or `example`.
    details: Vec<Value>,
}

/// What a publish did.
#[derive(ToSchema)]
#[schema(as = Published)]
pub(crate) struct PublishedSchema {
    environment: String,
    /// The digest of the version that it runs now.
    version: String,
    /// Its number.
    number: u64,
    /// Whether the draft was edited since the plan was made; what was planned went out.
    draft_moved: bool,
    /// Given and true where nothing was done now: the idempotency key had been used for this very publish before.
    replayed: Option<bool>,
    /// Of a rollback: what is wrong with the audit log, where it was tampered with. It did not stand in the way.
    log_fault: Option<String>,
}

/// What a rollback did.
#[derive(ToSchema)]
#[schema(as = RolledBack)]
pub(crate) struct RolledBackSchema {
    environment: String,
    /// The number of the version that it ran.
    from: u64,
    /// The number of the version that it runs now.
    to: u64,
    /// What is wrong with the audit log, where it was tampered with so that no other act goes on. It did not stand
    /// in the way.
    log_fault: Option<String>,
}

/// How the draft stands to a part that a hotfix changed.
#[derive(ToSchema)]
#[schema(as = DriftState, rename_all = "snake_case")]
pub(crate) enum DriftStateSchema {
    /// It has the part as it was before: a merge takes the hotfix over.
    Behind,
    /// It has the very same part.
    Same,
    /// It changed the part too, elsewhere in it: a merge puts both together.
    Mergeable,
    /// It changed the same place: somebody must choose.
    Conflict,
}

/// Whose part is taken.
#[derive(ToSchema)]
#[schema(as = Side, rename_all = "snake_case")]
pub(crate) enum SideSchema {
    /// The draft's: the hotfix is given up.
    Draft,
    /// The environment's: what the draft has of the part goes.
    Environment,
}

/// What a merge did.
#[derive(ToSchema)]
#[schema(as = Merged)]
pub(crate) struct MergedSchema {
    environment: String,
    /// The parts of the draft that changed.
    changed: Vec<String>,
    /// The parts on which the draft stays as it is, and which count as agreed on.
    kept: Vec<String>,
}

/// What an import did.
#[derive(ToSchema)]
#[schema(as = Imported)]
pub(crate) struct ImportedSchema {
    /// How many parts are new or changed.
    written: u64,
    /// How many parts are gone.
    deleted: u64,
    /// The number of the version that keeps what the draft was; none where the import only added to it.
    saved: Option<u64>,
}
