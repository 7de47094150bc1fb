//! How the document describes what other crates serialise.
//!
//! The types with `Schema` in their names are never made: they say in the
//! document what the values of the library look like.
#![expect(dead_code, reason = "types that only the document reads")]

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::{Ref, RefOr, Schema};

use crate::document_schemas::{ANY_DOCUMENT, document_schemas};

/// The document of a part: stands in for the schema of the model.
pub(crate) struct DocumentSchema;

impl utoipa::PartialSchema for DocumentSchema {
    fn schema() -> RefOr<Schema> {
        let any = document_schemas().into_iter().find(|(name, _)| name == ANY_DOCUMENT);
        any.map_or_else(|| Ref::from_schema_name(ANY_DOCUMENT).into(), |(_, schema)| schema)
    }
}

impl ToSchema for DocumentSchema {
    fn name() -> std::borrow::Cow<'static, str> {
        ANY_DOCUMENT.into()
    }
}

/// What one may do with a bot; each role includes those before it.
#[derive(ToSchema)]
#[schema(as = Role, rename_all = "snake_case")]
pub(crate) enum RoleSchema {
    Viewer,
    Editor,
    Publisher,
    Admin,
}

/// On which bots which role: one for all bots, and one for single bots; the greater counts.
#[derive(ToSchema)]
#[schema(as = Grants)]
pub(crate) struct GrantsSchema {
    /// The role on every bot and on the server itself.
    server: Option<RoleSchema>,
    /// The roles on single bots, by bot.
    bots: Option<BTreeMap<String, RoleSchema>>,
}

/// A user.
#[derive(ToSchema)]
#[schema(as = User)]
pub(crate) struct UserSchema {
    /// The name to sign in with.
    name: String,
    /// The name that people read.
    display_name: String,
    grants: GrantsSchema,
    /// A disabled user is let in by nothing.
    disabled: bool,
    /// Whether there is a password; without one, a one-time link sets it.
    has_password: bool,
    #[schema(format = DateTime)]
    created: String,
}

/// A token of a program, without its secret.
#[derive(ToSchema)]
#[schema(as = Token)]
pub(crate) struct TokenSchema {
    id: String,
    /// Whose.
    user: String,
    /// What for.
    label: String,
    #[schema(format = DateTime)]
    created: String,
    /// When it ends; none: when it is revoked.
    #[schema(format = DateTime)]
    expires: Option<String>,
    /// More than this it may not, whatever its user may.
    cap: Option<GrantsSchema>,
    /// When it was last used, to the minute.
    #[schema(format = DateTime)]
    last_used: Option<String>,
}

/// A one-time link that is valid, without its secret.
#[derive(ToSchema)]
#[schema(as = Invitation)]
pub(crate) struct InvitationSchema {
    /// For whom.
    name: String,
    grants: GrantsSchema,
    #[schema(format = DateTime)]
    created: String,
    #[schema(format = DateTime)]
    expires: String,
}

/// How a job stands.
#[derive(ToSchema)]
#[schema(as = JobState, rename_all = "snake_case")]
pub(crate) enum JobStateSchema {
    Queued,
    Running,
    Succeeded,
    Failed,
    Cancelled,
    Interrupted,
}

/// What a job does.
#[derive(ToSchema)]
#[schema(as = JobKind, rename_all = "snake_case")]
pub(crate) enum JobKindSchema {
    Train,
    Evaluate,
    Test,
}

/// Why a job failed.
#[derive(ToSchema)]
#[schema(as = JobFailure)]
pub(crate) struct JobFailureSchema {
    /// For programs.
    code: String,
    /// For people.
    detail: String,
}

/// A job and how it stands.
#[derive(ToSchema)]
#[schema(as = Job)]
pub(crate) struct JobSchema {
    id: String,
    bot: String,
    kind: JobKindSchema,
    state: JobStateSchema,
    /// How far it is; never falls.
    #[schema(minimum = 0, maximum = 100)]
    percentage: u8,
    /// What it is doing, for people.
    step: String,
    /// Who started it.
    by: String,
    #[schema(format = DateTime)]
    created: String,
    #[schema(format = DateTime)]
    started: Option<String>,
    #[schema(format = DateTime)]
    finished: Option<String>,
    /// What came of it. A training: a list of the languages with their models; an
    /// evaluation: `language`, `folds`, `evaluation`; a test run: `passed`, `failed`, `outcomes`.
    outcome: Option<Value>,
    error: Option<JobFailureSchema>,
}

/// What a publish carries over from the draft.
#[derive(ToSchema)]
#[schema(as = Scope, rename_all = "snake_case")]
pub(crate) enum ScopeSchema {
    /// The whole draft.
    Full,
    /// The draft's intents, entities and models, with all else as it is live.
    NlpOnly,
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
    diff: DiffSchema,
    findings: Vec<FindingSchema>,
    decision: DecisionSchema,
    /// The digest of the policy that judged.
    policy: String,
    /// What the author says about it.
    notes: String,
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

/// What an environment keeps to itself; it is never published.
#[derive(ToSchema)]
#[schema(as = EnvironmentSettings)]
pub(crate) struct EnvironmentSettingsSchema {
    /// For how many days transcripts are kept.
    #[schema(minimum = 1, maximum = 3650)]
    retention_days: u32,
}

/// A link by which people without an account chat with the draft.
#[derive(ToSchema)]
#[schema(as = DraftPreview)]
pub(crate) struct DraftPreviewSchema {
    /// By which it is revoked.
    id: String,
    /// What it is for.
    name: String,
    /// Who made it.
    by: String,
    #[schema(format = DateTime)]
    created: String,
    #[schema(format = DateTime)]
    expires: String,
}

/// A channel, without its secret. What is set beside depends on the kind.
#[derive(ToSchema)]
#[schema(as = Channel)]
pub(crate) struct ChannelSchema {
    /// As it stands in addresses.
    id: String,
    /// How people tell it from others.
    name: String,
    /// `web_chat`, `rest`, `webhook` or `terminal`.
    kind: String,
}

/// One turn of a conversation as it is kept.
#[derive(ToSchema)]
#[schema(as = Turn)]
pub(crate) struct TurnSchema {
    id: String,
    /// The conversation, as its channel names it.
    conversation: String,
    #[schema(format = DateTime)]
    time: String,
    /// The channel that it came by.
    channel: Option<String>,
    /// What the person did: `start`, or an object `text`, `button` or `event`.
    input: Value,
    /// What the bot made of a text: `language`, `intent`, `intent_ranking`, `entities`.
    understanding: Option<Value>,
    /// What it said.
    replies: Vec<Value>,
    /// The digest of the version that answered; none for the draft.
    version: Option<String>,
    /// Where the conversation then waits.
    position: Option<Value>,
    /// Whether it stands in the inbox.
    open: bool,
}

/// What is set of a channel; its secret is made by the server.
#[derive(Deserialize, ToSchema)]
#[schema(as = ChannelSettings)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum ChannelSettingsSchema {
    /// The command line of whoever has the store.
    Terminal,
    /// A chat on web pages, and on a page of its own.
    WebChat {
        /// The pages that it may stand on, such as `https://shop.example`.
        origins: Option<Vec<String>>,
        /// What stands above it; the bot's name where there is none.
        #[schema(max_length = 100)]
        title: Option<String>,
        /// What stands beside the closed chat.
        #[schema(max_length = 200)]
        greeting: Option<String>,
        #[schema(pattern = "^#[0-9a-fA-F]{6}$")]
        colour: Option<String>,
        position: Option<LauncherPositionSchema>,
        /// The language of its conversations; the bot's default where none is given.
        language: Option<String>,
    },
    /// Messages by HTTP, answered at once, in the shape of Rasa's REST channel.
    Rest {
        /// Which pages may use it from a browser: `any`, or an object `only` with their origins.
        #[schema(value_type = Option<Value>)]
        origins: Option<String>,
        /// Whether callers must show a token.
        token: Option<bool>,
    },
    /// Signed messages in both directions: what comes in is answered by a call of ours.
    Webhook {
        /// Where answers go.
        #[schema(pattern = "^https?://[a-z0-9.-]+(/[a-z0-9./_-]*)?$")]
        url: String,
    },
}

/// At which corner the chat opens.
#[derive(Deserialize, ToSchema)]
#[schema(as = LauncherPosition)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LauncherPositionSchema {
    End,
    Start,
}
