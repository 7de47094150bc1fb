//! From a submission to a plan: every rule is asked, then the policy has its word.

use std::cmp::Reverse;

use greenroom_model::{Code, Finding, Scope, Severity};

use super::{Decision, FORMAT, Plan};
use crate::rules::{Rule, standard_rules};
use crate::{Change, Evidence, Indexes, Policy, Submission};

/// Judges a change by the standard rules. Pure: equal arguments give an equal plan.
///
/// # Examples
/// See the [crate's example](crate).
#[must_use]
pub fn plan(change: &Change, indexes: &Indexes, evidence: &[Evidence], policy: &Policy, notes: &str) -> Plan {
    plan_with(&[], change, indexes, evidence, policy, notes)
}

/// Judges a change by the standard rules and, beside them, by an embedder's.
///
/// # Examples
/// See [`Rule`] for a rule of one's own; `plan_with(&[&NamesTicket], …)` judges by it too.
#[must_use]
pub fn plan_with(
    rules: &[&dyn Rule],
    change: &Change,
    indexes: &Indexes,
    evidence: &[Evidence],
    policy: &Policy,
    notes: &str,
) -> Plan {
    let submission = Submission::new(change, indexes, evidence, policy, notes);
    let mut findings: Vec<Finding> = standard_rules()
        .iter()
        .copied()
        .chain(rules.iter().copied())
        .flat_map(|rule| rule.check(&submission))
        .collect();
    for finding in &mut findings {
        finding.severity = policy.severity(&finding.code).unwrap_or(finding.severity);
        if matches!(change.scope, Scope::Rollback(_)) && !is_of_integrity(&finding.code) {
            finding.severity = finding.severity.min(Severity::Warn);
        }
    }
    findings.retain(|finding| finding.severity != Severity::Allow);
    findings.sort_by(|one, other| order(one).cmp(&order(other)));
    findings.dedup();
    Plan {
        format: FORMAT,
        bot: change.bot.clone(),
        environment: change.environment.clone(),
        scope: change.scope.clone(),
        acknowledged: change.acknowledged.clone(),
        candidate: change.candidate.frozen(),
        live: change.live.as_ref().map(|live| live.version),
        position: change.live.as_ref().map(|live| live.position),
        diff: change.diff.clone(),
        decision: Decision::of(&findings),
        findings,
        policy: policy.digest(),
        own_policy: change.own_policy,
        agreed_elsewhere: change.agreed_elsewhere.clone(),
        notes: notes.to_owned(),
    }
}

/// What even a rollback demands: without it live could not run. All else warns, so that it works
/// at three in the morning.
fn is_of_integrity(code: &Code) -> bool {
    matches!(
        code,
        Code::ModelUnsupported
            | Code::IntentUnknown
            | Code::EntityUnknown
            | Code::ContextUnknown
            | Code::VariableUnknown
            | Code::HandlerUnknown
            | Code::TargetMissing
    )
}

/// What denies comes first; then by code, place and message.
fn order(finding: &Finding) -> (Reverse<Severity>, &Finding) {
    (Reverse(finding.severity), finding)
}
