//! Why an act did not happen.

use greenroom_model::{BotId, Digest, EnvironmentId, Finding, Language, PartPath};

use crate::{AuditFault, ChannelId, JobId, PartConflict};

/// Why an act did not happen. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such bot.
    #[error("there is no bot `{0}`; make it with `new`, or import one")]
    BotNotFound(BotId),
    /// A bot of this id exists already.
    #[error("the bot `{0}` exists already; choose another id, or import into it")]
    BotExists(BotId),
    /// There is no such part.
    #[error("the bot `{bot}` has no part `{path}`; `ls` lists its parts")]
    PartNotFound {
        /// The bot.
        bot: BotId,
        /// The part.
        path: PartPath,
    },
    /// There is no such version.
    #[error("the bot `{bot}` has no version `{version}`; `versions` lists them")]
    VersionNotFound {
        /// The bot.
        bot: BotId,
        /// What was asked for.
        version: String,
    },
    /// Nothing was published to the environment yet.
    #[error("nothing of the bot `{bot}` is published to `{environment}` yet; publish first{}", or_name(others))]
    NeverPublished {
        /// The bot.
        bot: BotId,
        /// The environment.
        environment: EnvironmentId,
        /// The environments that do run something: one of them may have been meant.
        others: Vec<EnvironmentId>,
    },
    /// The version keeps a draft; it was never published.
    #[error(
        "version {number} keeps a draft that was replaced, it was never published; `restore` it into the draft and publish that"
    )]
    SavedDraft {
        /// The version's number.
        number: u64,
    },
    /// Parts do not stand as the edit expected; who edits must look at them first.
    #[error("{}", conflict_text(.0))]
    PartConflict(Vec<PartConflict>),
    /// The environment moved since the plan was made.
    #[error(
        "`{environment}` moved since the plan was made: {by} made it version {number} at {time}; plan again and look at what changed"
    )]
    EnvironmentMoved {
        /// The environment.
        environment: EnvironmentId,
        /// Who moved it.
        by: String,
        /// The version that it now runs.
        number: u64,
        /// When it was moved.
        time: jiff::Timestamp,
    },
    /// The publishing policy changed since the plan was made.
    #[error(
        "the publishing policy of the bot `{0}` changed since the plan was made; plan again and see what it says now"
    )]
    PolicyChanged(BotId),
    /// Release notes are too long.
    #[error("the release notes have {found} characters, and at most {limit} are kept; make them shorter")]
    NotesTooLong {
        /// How many characters they have.
        found: usize,
        /// How many they may have.
        limit: usize,
    },
    /// There are more out-of-scope texts than a job takes.
    #[error("these are {found} out-of-scope texts, and an evaluation takes at most {limit}; leave some out")]
    TooManyTexts {
        /// How many there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// Out-of-scope texts are together longer than a job takes.
    #[error(
        "the out-of-scope texts have {found} bytes together, and an evaluation takes at most {limit}; leave some out, or shorten them"
    )]
    TextsTooLong {
        /// How many bytes they have.
        found: usize,
        /// How many they may have.
        limit: usize,
    },
    /// The store no longer has what a plan froze.
    #[error("the store no longer has all that the plan would publish: {} is missing; plan again", .missing.join(", "))]
    CandidateIncomplete {
        /// What is not there, in words.
        missing: Vec<String>,
    },
    /// An idempotency key stands for another plan.
    #[error(
        "the idempotency key `{key}` was used for another publish of the bot `{bot}`, which made version {number}; take a new key"
    )]
    IdempotencyKeyReused {
        /// The bot.
        bot: BotId,
        /// The key.
        key: String,
        /// The version that the publish under this key made.
        number: u64,
    },
    /// A text is not an idempotency key.
    #[error("`{0}` is not an idempotency key; take 1 to 255 characters, none of them a control character")]
    InvalidIdempotencyKey(String),
    /// Findings forbid it.
    #[error("refused by {} finding(s): {}", .0.len(), finding_text(.0))]
    Refused(Vec<Finding>),
    /// The host cancelled a training.
    #[error("the training was cancelled; nothing was stored")]
    Cancelled,
    /// A model could not be trained.
    #[error("language `{language}` cannot be trained: {source}")]
    Training {
        /// The language.
        language: Language,
        /// What the trainer says.
        source: greenroom_nlp::Error,
    },
    /// The language has no examples.
    #[error("there are no examples in language `{0}`; add some, or name another language")]
    NoExamples(Language),
    /// A state of the bot has no model of the language.
    #[error("{state} of the bot has no model for language `{language}`; train it, or name another language")]
    NoModel {
        /// The state, such as `draft`.
        state: String,
        /// The language.
        language: Language,
    },
    /// There is no such conversation in the transcripts of that place.
    #[error(
        "the transcripts of {place} have no conversation `{conversation}` of the bot `{bot}`; it may no longer be kept, or have been elsewhere"
    )]
    ConversationNotFound {
        /// The bot.
        bot: BotId,
        /// Where it was looked for: `draft` or an environment.
        place: String,
        /// The conversation, as its channel names it.
        conversation: String,
    },
    /// Conversations are with the draft or an environment, not with a version.
    #[error(
        "{0} has no transcripts: conversations are with `draft` or an environment such as `live`; name one of these"
    )]
    NoTranscripts(String),
    /// Nobody did anything in the conversation.
    #[error("nothing was said in this conversation yet; say something, then save it")]
    NothingRecorded,
    /// Too many tests have this name.
    #[error("there are too many tests of the name `{0}` already; choose another one")]
    TooManyNamesakes(String),
    /// A bot of this content cannot be loaded.
    #[error(transparent)]
    Load(#[from] greenroom_bot::Error),
    /// A document, id or stored record is not what it should be.
    #[error(transparent)]
    Model(#[from] greenroom_model::Error),
    /// A policy or plan cannot be read.
    #[error(transparent)]
    Publish(#[from] greenroom_publish::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] greenroom_store::Error),
    /// The bot has no such job.
    #[error("the bot `{bot}` has no job `{job}`; the list of its jobs names those that are kept")]
    JobNotFound {
        /// The bot.
        bot: BotId,
        /// The job.
        job: JobId,
    },
    /// Each time the job was begun, the process that worked on it ended amid it.
    #[error(
        "the job was begun {attempts} times, and each time the process that worked on it ended before it did, the last time at `{step}`; look into the server's log, then start it again"
    )]
    JobAbandoned {
        /// How often it was begun.
        attempts: u32,
        /// What it was doing.
        step: String,
    },
    /// A text is not the name of a job.
    #[error("`{0}` is not the name of a job; it is a UUID, as the answer that began the job tells")]
    InvalidJobId(String),
    /// Both a hotfix and the draft changed the same places of these parts.
    #[error(
        "a hotfix in `{environment}` and the draft both changed {}; say for each whose is taken: `--take-live PART` or `--take-draft PART`, in the API `choices`",
        part_list(parts)
    )]
    MergeConflict {
        /// The environment.
        environment: EnvironmentId,
        /// The parts that nobody chose for.
        parts: Vec<PartPath>,
    },
    /// No hotfix that waits for a merge changed the part.
    #[error("no hotfix in `{environment}` that waits for a merge changed `{path}`; {}", waiting(known))]
    NoDrift {
        /// The environment.
        environment: EnvironmentId,
        /// The part.
        path: PartPath,
        /// The parts that such hotfixes did change.
        known: Vec<PartPath>,
    },
    /// What is to be merged is no longer what somebody looked at.
    #[error(
        "what hotfixes changed in `{environment}`, or what the draft has of it, is another since it was looked at; look at it again"
    )]
    DriftMoved {
        /// The environment.
        environment: EnvironmentId,
    },
    /// The version was published to another environment and never ran in this one.
    #[error(
        "version {number} was published to `{of}` and never ran in `{environment}`; to take it there: `publish --scope promotion --from {of}`"
    )]
    NotOfEnvironment {
        /// The version's number.
        number: u64,
        /// The environment that was to go back to it.
        environment: EnvironmentId,
        /// The environment that it was published to.
        of: EnvironmentId,
    },
    /// The part does not go out by itself.
    #[error(
        "`{0}` does not go out by itself; flows, contexts, variables, handlers and entities do, the rest of NLP goes as a whole, settings with everything, tests never"
    )]
    NotSelectable(PartPath),
    /// The bot has no such plan.
    #[error("the bot `{bot}` has no plan `{plan}`; make one")]
    PlanNotFound {
        /// The bot.
        bot: BotId,
        /// The digest that was named.
        plan: Digest,
    },
    /// A setting of an environment is out of its range.
    #[error("{0}")]
    InvalidSettings(String),
    /// The environment has no such channel.
    #[error("`{environment}` of the bot `{bot}` has no channel `{channel}`; `channels` lists them")]
    ChannelNotFound {
        /// The bot.
        bot: BotId,
        /// The environment.
        environment: EnvironmentId,
        /// The channel.
        channel: ChannelId,
    },
    /// The environment has a channel of this id already.
    #[error("`{environment}` has a channel `{channel}` already; choose another id, or change that one")]
    ChannelExists {
        /// The environment.
        environment: EnvironmentId,
        /// The channel.
        channel: ChannelId,
    },
    /// A channel, or a link to a draft, breaks a rule.
    #[error("{0}")]
    InvalidChannel(String),
    /// There is no such link to the draft, or it works no more.
    #[error("the bot `{bot}` has no link `{preview}` to its draft; it may have expired")]
    PreviewNotFound {
        /// The bot.
        bot: BotId,
        /// The link.
        preview: ChannelId,
    },
    /// The system gave no random bytes, so no secret could be made.
    #[error("the system gives no random bytes for a secret: {0}; try again")]
    NoRandomness(String),
    /// The audit log is not what was written.
    #[error("the audit log is not what was written: {0}; compare it with an export or a backup of the store")]
    Audit(#[from] AuditFault),
    /// Others change the same record without pause.
    #[error("`{0}` is changed by others faster than this act could repeat; try again")]
    Contended(String),
}

fn part_list(parts: &[PartPath]) -> String {
    parts.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ")
}

fn or_name(others: &[EnvironmentId]) -> String {
    let names: Vec<String> = others.iter().map(|other| format!("`{other}`")).collect();
    if names.is_empty() { String::new() } else { format!(", or name {}", names.join(" or ")) }
}

impl Error {
    /// A word for the kind of error, stable across releases: for problem
    /// documents, logs and whoever branches on it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::BotNotFound(_) => "bot_not_found",
            Self::BotExists(_) => "bot_exists",
            Self::PartNotFound { .. } => "part_not_found",
            Self::VersionNotFound { .. } => "version_not_found",
            Self::NeverPublished { .. } => "never_published",
            Self::SavedDraft { .. } => "saved_draft",
            Self::PartConflict(_) => "part_conflict",
            Self::EnvironmentMoved { .. } => "environment_moved",
            Self::PolicyChanged(_) => "policy_changed",
            Self::NotesTooLong { .. } => "notes_too_long",
            Self::TooManyTexts { .. } => "too_many_texts",
            Self::TextsTooLong { .. } => "texts_too_long",
            Self::CandidateIncomplete { .. } => "candidate_incomplete",
            Self::IdempotencyKeyReused { .. } => "idempotency_key_reused",
            Self::InvalidIdempotencyKey(_) => "invalid_idempotency_key",
            Self::JobAbandoned { .. } => "job_abandoned",
            Self::Refused(_) => "publish_refused",
            Self::Cancelled => "cancelled",
            Self::Training { .. } => "training_failed",
            Self::NoExamples(_) => "no_examples",
            Self::NoModel { .. } => "no_model",
            Self::ConversationNotFound { .. } => "conversation_not_found",
            Self::NoTranscripts(_) => "no_transcripts",
            Self::NothingRecorded => "nothing_recorded",
            Self::TooManyNamesakes(_) => "too_many_namesakes",
            Self::JobNotFound { .. } => "job_not_found",
            Self::InvalidJobId(_) => "invalid_job_id",
            Self::MergeConflict { .. } => "merge_conflict",
            Self::NoDrift { .. } => "no_drift",
            Self::DriftMoved { .. } => "drift_moved",
            Self::NotOfEnvironment { .. } => "not_of_environment",
            Self::NotSelectable(_) => "not_selectable",
            Self::PlanNotFound { .. } => "plan_not_found",
            Self::InvalidSettings(_) => "invalid_settings",
            Self::Load(_) => "bot_not_loadable",
            Self::Model(_) => "invalid_document",
            Self::Publish(_) => "invalid_policy_or_plan",
            Self::Store(_) => "store_failed",
            Self::ChannelNotFound { .. } => "channel_not_found",
            Self::ChannelExists { .. } => "channel_exists",
            Self::InvalidChannel(_) => "invalid_channel",
            Self::PreviewNotFound { .. } => "preview_not_found",
            Self::NoRandomness(_) => "no_randomness",
            Self::Audit(_) => "audit_fault",
            Self::Contended(_) => "contended",
        }
    }
}

/// The parts that wait for a merge, as an error names them.
fn waiting(known: &[PartPath]) -> String {
    match known {
        [] => "none waits".to_owned(),
        known => format!("those that wait changed {}", part_list(known)),
    }
}

fn conflict_text(conflicts: &[PartConflict]) -> String {
    let mut text = conflicts.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    text.push_str("; look at what stands there now, then repeat the edit on top of it");
    text
}

fn finding_text(findings: &[Finding]) -> String {
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
