//! Options that several verbs share.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use greenroom_identity::{Grants, Role};
use greenroom_lifecycle::{PlanRequest, Reference};
use greenroom_model::{BotId, Content, EnvironmentId, FlowId, Language, PartPath, Scope, Selection};
use greenroom_publish::{Acknowledged, Policy};

use crate::failure::Failure;
use crate::input_file;

/// What a publish carries over, as the command line spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ScopeOption {
    /// The whole draft
    Full,
    /// The draft's NLP and models, all else as live has it
    Nlp,
    /// Some flows of the draft, all else as live has it
    Flows,
    /// What another environment runs
    Promotion,
    /// An older version
    Rollback,
}

/// What is to be published, and where to.
#[derive(Debug, Args)]
pub(crate) struct CandidateOptions {
    /// What to carry over from the draft
    #[arg(long, value_enum, default_value_t = ScopeOption::Full)]
    pub(crate) scope: ScopeOption,

    /// With `--scope nlp`: examples and model of this language alone; may be given several times
    #[arg(long = "language", value_name = "LANGUAGE")]
    languages: Vec<Language>,

    /// With `--scope flows`: this flow; may be given several times
    #[arg(long = "flow", value_name = "FLOW")]
    flows: Vec<FlowId>,

    /// With `--scope flows`: this context, variable, handler or entity; may be given several times
    #[arg(long = "part", value_name = "PATH")]
    parts: Vec<PartPath>,

    /// With `--scope flows`: all of the draft's NLP too
    #[arg(long)]
    with_nlp: bool,

    /// With `--scope flows`: whatever else these need to be complete
    #[arg(long)]
    with_needed: bool,

    /// With `--scope promotion`: the environment whose version is taken
    #[arg(long, value_name = "ENVIRONMENT", value_parser = environment)]
    from: Option<EnvironmentId>,

    /// With `--scope rollback`: the version's number
    #[arg(long = "version", value_name = "NUMBER", value_parser = version_number)]
    version: Option<u64>,

    /// The environment to publish to
    #[arg(long = "env", value_name = "ENVIRONMENT", default_value = "live", value_parser = environment)]
    pub(crate) environment: EnvironmentId,
}

/// How a publish is judged.
#[derive(Debug, Args)]
pub(crate) struct JudgingOptions {
    #[command(flatten)]
    pub(crate) candidate: CandidateOptions,

    /// A policy file (YAML or JSON) that judges instead of the bot's own; `-` is stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,

    /// Let the publish undo a hotfix of this part; may be given several times
    #[arg(long, value_name = "PATH")]
    discard: Vec<PartPath>,

    /// Let the publish bring back what a rollback took away
    #[arg(long)]
    reintroduce: bool,
}

/// Which state of a bot is looked at.
#[derive(Debug, Args)]
pub(crate) struct StateOptions {
    /// draft, live or another environment, or a version's number
    #[arg(long = "env", value_name = "STATE", default_value = "draft")]
    pub(crate) state: Reference,
}

impl CandidateOptions {
    /// The request of a plan.
    pub(crate) fn request(&self, notes: &str, policy: Option<Policy>) -> Result<PlanRequest, Failure> {
        self.check()?;
        let scope = match self.scope {
            ScopeOption::Full => Scope::Full,
            ScopeOption::Nlp if self.languages.is_empty() => Scope::NlpOnly,
            ScopeOption::Nlp => Scope::NlpOfLanguages(self.languages.iter().cloned().collect()),
            ScopeOption::Flows => {
                let flows = Selection::of_flows(self.flows.iter().cloned());
                Scope::Flows(flows.with(&Selection { parts: self.parts.iter().cloned().collect(), nlp: self.with_nlp }))
            }
            ScopeOption::Promotion => {
                let from = self.from.clone();
                Scope::Promotion(from.ok_or_else(|| needs("promotion", "--from ENVIRONMENT"))?)
            }
            ScopeOption::Rollback => {
                Scope::Rollback(self.version.ok_or_else(|| needs("rollback", "--version NUMBER"))?)
            }
        };
        Ok(PlanRequest {
            with_needed: self.with_needed,
            ..PlanRequest::new(scope, notes).to(self.environment.clone()).judged_by(policy)
        })
    }

    /// An option that its scope does not take would be passed over in silence.
    fn check(&self) -> Result<(), Failure> {
        let given = [
            (!self.languages.is_empty(), "--language", ScopeOption::Nlp, "nlp"),
            (!self.flows.is_empty(), "--flow", ScopeOption::Flows, "flows"),
            (!self.parts.is_empty(), "--part", ScopeOption::Flows, "flows"),
            (self.with_nlp, "--with-nlp", ScopeOption::Flows, "flows"),
            (self.with_needed, "--with-needed", ScopeOption::Flows, "flows"),
            (self.from.is_some(), "--from", ScopeOption::Promotion, "promotion"),
            (self.version.is_some(), "--version", ScopeOption::Rollback, "rollback"),
        ];
        match given.into_iter().find(|(is_given, _, scope, _)| *is_given && *scope != self.scope) {
            Some((_, option, _, scope)) => Err(Failure::usage(format!("`{option}` belongs to `--scope {scope}`"))),
            None if self.scope == ScopeOption::Flows && self.flows.is_empty() && self.parts.is_empty() => {
                Err(needs("flows", "--flow FLOW"))
            }
            None => Ok(()),
        }
    }
}

impl JudgingOptions {
    /// The request of a plan.
    pub(crate) fn request(&self, notes: &str) -> Result<PlanRequest, Failure> {
        let policy = self.policy.as_deref().map(input_file::read_policy).transpose()?;
        let acknowledged =
            Acknowledged { discard: self.discard.iter().cloned().collect(), reintroduce: self.reintroduce };
        Ok(PlanRequest { acknowledged, ..self.candidate.request(notes, policy)? })
    }
}

impl StateOptions {
    /// What the bot consists of in that state.
    pub(crate) async fn content(&self, bot: &greenroom_lifecycle::Bot) -> Result<Content, Failure> {
        Ok(bot.resolve(&self.state).await?)
    }
}

fn needs(scope: &str, option: &str) -> Failure {
    Failure::usage(format!("`--scope {scope}` needs `{option}`"))
}

/// An environment that can be published to: `draft` is what is published from.
pub(crate) fn environment(text: &str) -> Result<EnvironmentId, String> {
    match text {
        "draft" => Err("the draft is no environment; name `live` or another one, such as `staging`".to_owned()),
        text if text.parse::<u64>().is_ok() => {
            Err("a number names a version; give the environment a name that is none".to_owned())
        }
        text => text.parse().map_err(|error: greenroom_model::Error| error.to_string()),
    }
}

/// A version's number, `3` or `v3`.
pub(crate) fn version_number(text: &str) -> Result<u64, String> {
    let number = text.strip_prefix('v').unwrap_or(text);
    number
        .parse()
        .map_err(|_| "a version is named by its number, such as `3`; `greenroom versions` lists them".to_owned())
}

/// What somebody may, as the options of `invite` and `token` say it.
#[derive(Debug, Args)]
pub(crate) struct GrantOptions {
    /// viewer, editor, publisher or admin
    #[arg(long, default_value = "viewer")]
    role: Role,

    /// On this bot alone; may be given several times [default: on all bots and the server]
    #[arg(long = "bot", value_name = "BOT")]
    bots: Vec<BotId>,
}

impl GrantOptions {
    /// The bots that are named.
    pub(crate) fn bots(&self) -> &[BotId] {
        &self.bots
    }

    /// The role on each bot that is named, or else on the server.
    pub(crate) fn grants(&self) -> Grants {
        match self.bots.as_slice() {
            [] => Grants::on_all(self.role),
            bots => bots.iter().fold(Grants::none(), |grants, bot| grants.and(bot.clone(), self.role)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_other_verbs_read_as_something_else_is_no_environment() {
        assert!(environment("draft").is_err() && environment("12").is_err() && environment("Live").is_err());
        assert_eq!(environment("staging").unwrap().as_str(), "staging");
    }
}
