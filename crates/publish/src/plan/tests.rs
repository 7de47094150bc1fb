//! A plan says everything, is frozen, and grows no milder with bad news.

use greenroom_model::index::Duplicate;
use greenroom_model::{Code, Digest, Scope, Subject, SymbolKind};
use proptest::prelude::*;

use super::*;
use crate::scenario::{Scenario, digest, language, path};
use crate::{Error, Evidence, Policy, Rule, Submission};

/// One thing that is wrong, by number.
fn disturb(scenario: &mut Scenario, number: usize) {
    match number {
        0 => scenario.change.live = None,
        1 => drop(scenario.change.candidate.models.remove(&language("nl"))),
        2 => scenario.change.candidate.models.values_mut().for_each(|model| model.data.examples = digest("old")),
        3 => {
            for model in scenario.change.candidate.models.values_mut() {
                model.unsupported = Some("it is new".into());
            }
        }
        4 => scenario.change.candidate.nlp = scenario.change.live.as_ref().and_then(|live| live.content.nlp),
        5 => scenario.remove_intent("en", "refund", false, &["flows/order#ask"]),
        6 => scenario.change.diff.parts.clear(),
        7 => {
            scenario.change.candidate.models =
                scenario.change.live.clone().map(|live| live.content.models).unwrap_or_default();
        }
        8 => scenario.use_unknown(SymbolKind::Intent, "refund", &["flows/order#ask", "flows/order#say"]),
        9 => scenario.use_unknown(SymbolKind::Entity, "size", &["flows/order#ask"]),
        10 => scenario.use_unknown(SymbolKind::Context, "paying", &["flows/order"]),
        11 => scenario.use_unknown(SymbolKind::Variable, "total", &["flows/order#ask"]),
        12 => scenario.use_unknown(SymbolKind::Handler, "pay", &["flows/order#pay"]),
        13 => scenario.use_unknown(SymbolKind::Flow, "menu", &["flows/order#ask"]),
        14 => {
            for (code, severity) in [
                (Code::UnreachableNode, Severity::Warn),
                (Code::NoWayOut, Severity::Deny),
                (Code::ConditionInvalid, Severity::Deny),
                (Code::TemplateInvalid, Severity::Deny),
                (Code::PatternInvalid, Severity::Deny),
            ] {
                let subject = Subject::Node(path("flows/order"), "ask".parse().unwrap());
                let message = format!("what a lint says of `{code}`");
                scenario.indexes.problems.findings.push(Finding::new(code, severity, subject, message));
            }
        }
        15 => scenario.indexes.channels = 0,
        16 => scenario.notes.clear(),
        17 => drop(scenario.indexes.problems.few.insert((language("en"), "refund".parse().unwrap()), 2)),
        18 => scenario.indexes.problems.duplicates.push(Duplicate {
            language: language("en"),
            text: "money back".to_owned(),
            intents: ["cancel", "refund"].map(|id| id.parse().unwrap()).into(),
        }),
        19 => drop(scenario.indexes.problems.empty.insert("cancel".parse().unwrap())),
        _ => scenario.evidence.clear(),
    }
}

const DISTURBANCES: usize = 21;

fn disturbed() -> impl Strategy<Value = Scenario> {
    let policies = prop::sample::select(vec![
        "",
        "rules: { untested: deny, channel_missing: allow }",
        "rules: { intent_removed: { only_used: true }, few_examples: { severity: deny, minimum: 2 } }",
        "rules: { handler_unknown: allow, no_way_out: warn }",
    ]);
    let wrong = prop::collection::vec(0..DISTURBANCES, 0..5);
    (any::<bool>(), policies, wrong).prop_map(|(full, policy, wrong)| {
        let mut scenario = Scenario::clean(if full { Scope::Full } else { Scope::NlpOnly });
        scenario.policy = Policy::from_yaml(policy).unwrap();
        wrong.into_iter().for_each(|number| disturb(&mut scenario, number));
        scenario
    })
}

fn codes(plan: &Plan) -> Vec<&str> {
    plan.findings().iter().map(|finding| finding.code.as_str()).collect()
}

#[test]
fn a_clean_submission_is_allowed_without_a_word() {
    for scope in [Scope::Full, Scope::NlpOnly] {
        let plan = Scenario::clean(scope).plan();
        assert_eq!(plan.findings(), []);
        assert_eq!(plan.decision(), Decision::Allow);
    }
}

#[test]
fn a_plan_says_what_it_was_made_of() {
    let scenario = Scenario::clean(Scope::NlpOnly);
    let plan = scenario.plan();
    assert_eq!(plan.bot(), &scenario.change.bot);
    assert_eq!(plan.environment(), &scenario.change.environment);
    assert_eq!(*plan.scope(), Scope::NlpOnly);
    assert_eq!(plan.candidate(), &scenario.change.candidate);
    assert_eq!(plan.live(), Some(digest("version 3")));
    assert_eq!(plan.position(), scenario.change.live.as_ref().map(|live| live.position));
    assert!(plan.position().is_some());
    assert_eq!(plan.diff(), &scenario.change.diff);
    assert_eq!(plan.policy(), scenario.policy.digest());
    assert_eq!(plan.notes(), scenario.notes);
}

#[test]
fn what_was_acknowledged_agreed_and_judged_by_is_stored() {
    let mut scenario = Scenario::clean(Scope::Full);
    let ours = scenario.plan();
    assert_eq!(ours.own_policy(), ours.policy(), "the bot's own policy judges where nobody says otherwise");
    scenario.change.acknowledged.reintroduce = true;
    scenario.change.own_policy = Some(digest("the bot's own"));
    scenario.change.agreed_elsewhere.insert("staging".parse().unwrap(), digest("staging's base"));
    let plan = scenario.plan();
    let read = Plan::from_bytes(&plan.digest(), &plan.to_bytes()).unwrap();
    assert_eq!(read, plan);
    assert!(read.acknowledged().reintroduce);
    assert_eq!(read.own_policy(), digest("the bot's own"));
    assert_eq!(read.policy(), scenario.policy.digest());
    assert_eq!(*read.agreed_elsewhere(), scenario.change.agreed_elsewhere);
}

#[test]
fn one_plan_holds_every_finding_of_a_full_publish() {
    let mut scenario = Scenario::clean(Scope::Full);
    for number in [1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20] {
        disturb(&mut scenario, number);
    }
    insta::assert_snapshot!(scenario.plan());
}

#[test]
fn one_plan_holds_every_finding_of_nlp_alone() {
    let mut scenario = Scenario::clean(Scope::NlpOnly);
    scenario.make_live_the_candidate();
    for number in [5, 8, 9, 14] {
        disturb(&mut scenario, number);
    }
    insta::assert_snapshot!(scenario.plan());
}

#[test]
fn the_stored_form_keeps_its_shape() {
    let mut scenario = Scenario::clean(Scope::Full);
    disturb(&mut scenario, 16);
    let value: serde_json::Value = serde_json::from_slice(&scenario.plan().to_bytes()).unwrap();
    insta::assert_json_snapshot!(value);
}

#[test]
fn what_denies_comes_first() {
    let mut scenario = Scenario::clean(Scope::Full);
    for number in [16, 1, 15, 9] {
        disturb(&mut scenario, number);
    }
    let plan = scenario.plan();
    // Another candidate than the one that was tested: hence `untested`.
    assert_eq!(
        codes(&plan),
        ["model_missing", "entity_unknown", "untested", "channel_missing", "release_notes_missing"]
    );
}

#[test]
fn a_policy_has_the_last_word_on_severity() {
    let mut scenario = Scenario::clean(Scope::Full);
    disturb(&mut scenario, 16);
    assert_eq!(scenario.plan().decision(), Decision::Allow);
    scenario.policy = Policy::from_yaml("rules: { release_notes_missing: deny }").unwrap();
    assert_eq!(scenario.plan().decision(), Decision::Deny);
    scenario.policy = Policy::from_yaml("rules: { release_notes_missing: allow }").unwrap();
    assert_eq!(codes(&scenario.plan()), [""; 0]);
}

#[test]
fn a_model_that_nothing_uses_stays_behind() {
    let mut scenario = Scenario::clean(Scope::Full);
    scenario.change.candidate.data.remove(&language("nl"));
    let plan = scenario.plan();
    let languages: Vec<&str> = plan.candidate().models.keys().map(AsRef::as_ref).collect();
    assert_eq!(languages, ["en"]);
    assert_eq!(plan.candidate().digest(), scenario.change.candidate.digest());
}

#[test]
fn a_candidate_is_its_tree_and_the_models_in_use() {
    let candidate = Scenario::clean(Scope::Full).change.candidate;
    let name = candidate.digest();
    let mut other = candidate.clone();
    other.tree = digest("another");
    assert_ne!(other.digest(), name);
    other = candidate.clone();
    other.models.get_mut(&language("en")).unwrap().digest = digest("another");
    assert_ne!(other.digest(), name);
    other = candidate.clone();
    other.models.get_mut(&language("en")).unwrap().unsupported = Some("on this machine".to_owned());
    assert_eq!(other.digest(), name, "the bytes are the same wherever they are");
}

/// A rule of an embedder that finds what it is told to.
struct Told(Vec<Finding>);

const TOLD: &[Code] = &[Code::Custom(std::borrow::Cow::Borrowed("told"))];

impl Rule for Told {
    fn codes(&self) -> &[Code] {
        TOLD
    }

    fn check(&self, _: &Submission<'_>) -> Vec<Finding> {
        self.0.clone()
    }
}

fn plan_told(scenario: &Scenario, findings: Vec<Finding>) -> Plan {
    let Scenario { change, indexes, evidence, policy, notes } = scenario;
    plan_with(&[&Told(findings)], change, indexes, evidence, policy, notes)
}

#[test]
fn a_rule_of_an_embedder_judges_beside_ours() {
    let finding = |severity| Finding::new(TOLD[0].clone(), severity, Subject::Bot, "as told");
    let mut scenario = Scenario::clean(Scope::Full);
    disturb(&mut scenario, 16);
    let plan = plan_told(&scenario, vec![finding(Severity::Deny), finding(Severity::Deny)]);
    assert_eq!(codes(&plan), ["told", "release_notes_missing"], "what is said twice is reported once");
    assert_eq!(plan.decision(), Decision::Deny);
    scenario.policy = Policy::from_yaml("custom: { told: warn }").unwrap();
    assert_eq!(plan_told(&scenario, vec![finding(Severity::Deny)]).decision(), Decision::Allow);
    scenario.policy = Policy::default();
    assert_eq!(codes(&plan_told(&scenario, vec![finding(Severity::Allow)])), ["release_notes_missing"]);
}

fn damage(plan: &Plan, edit: impl FnOnce(&mut serde_json::Map<String, serde_json::Value>)) -> Result<Plan, Error> {
    let mut value: serde_json::Value = serde_json::from_slice(&plan.to_bytes()).unwrap();
    edit(value.as_object_mut().unwrap());
    let bytes = to_canonical_bytes(&value).unwrap();
    Plan::from_bytes(&Digest::of(&bytes), &bytes)
}

#[test]
fn a_stored_plan_is_checked() {
    let mut scenario = Scenario::clean(Scope::Full);
    disturb(&mut scenario, 1);
    let plan = scenario.plan();
    let (name, bytes) = (plan.digest(), plan.to_bytes());
    assert_eq!(Plan::from_bytes(&name, &bytes), Ok(plan.clone()));

    let reason = |result: Result<Plan, Error>| result.unwrap_err().to_string();
    assert!(reason(Plan::from_bytes(&digest("another"), &bytes)).contains("its bytes have another digest"));
    assert!(
        reason(damage(&plan, |plan| drop(plan.insert("decision".into(), "allow".into())))).contains("its decision")
    );
    assert!(
        reason(damage(&plan, |plan| drop(plan.insert("extra".into(), 1.into())))).contains("unknown field `extra`")
    );
    assert!(reason(damage(&plan, |plan| drop(plan.remove("bot")))).contains("missing field `bot`"));
    let newer = damage(&plan, |plan| {
        plan.insert("format".into(), (Plan::FORMAT + 1).into());
        plan.insert("extra".into(), 1.into());
    });
    assert_eq!(newer, Err(Error::NewerPlan { found: Plan::FORMAT + 1, supported: Plan::FORMAT }));
    let spaced = [b" ", &bytes[..]].concat();
    assert!(reason(Plan::from_bytes(&Digest::of(&spaced), &spaced)).contains("canonical form"));
    assert!(Plan::from_bytes(&Digest::of(b""), b"").is_err());
}

fn finding() -> impl Strategy<Value = Finding> {
    let codes: Vec<Code> = Code::ALL.iter().cloned().chain(TOLD.iter().cloned()).collect();
    let severity = prop::sample::select(vec![Severity::Allow, Severity::Warn, Severity::Deny]);
    (prop::sample::select(codes), severity)
        .prop_map(|(code, severity)| Finding::new(code, severity, Subject::Bot, "more"))
}

proptest! {
    #[test]
    fn denies_exactly_when_a_finding_does(scenario in disturbed()) {
        let plan = scenario.plan();
        let denied = plan.findings().iter().any(|finding| finding.severity == Severity::Deny);
        prop_assert_eq!(plan.decision() == Decision::Deny, denied);
        prop_assert!(plan.findings().iter().all(|finding| finding.severity != Severity::Allow));
        for finding in plan.findings() {
            if let Some(severity) = scenario.policy.severity(&finding.code) {
                prop_assert_eq!(finding.severity, severity);
            }
        }
    }

    #[test]
    fn bad_news_never_turns_deny_into_allow(
        scenario in disturbed(),
        failed in 1..5_u32,
        passed in 0..5_u32,
        number in 0..DISTURBANCES,
        more in prop::collection::vec(finding(), 0..3),
    ) {
        let before = scenario.plan();
        let mut worse = scenario.clone();
        worse.evidence.push(Evidence::Tests { candidate: worse.change.candidate.digest(), passed, failed });
        let after = plan_told(&worse, more);
        for finding in before.findings().iter().filter(|finding| finding.code != Code::Untested) {
            prop_assert!(after.findings().contains(finding), "{}", finding);
        }
        prop_assert!(before.decision() == Decision::Allow || after.decision() == Decision::Deny);
        // What the index finds wrong only ever adds findings.
        if number >= 8 && number != 16 && number < 20 {
            disturb(&mut worse, number);
            prop_assert!(before.decision() == Decision::Allow || worse.plan().decision() == Decision::Deny);
        }
    }

    #[test]
    fn equal_arguments_give_an_equal_plan_that_reads_back(scenario in disturbed()) {
        let plan = scenario.plan();
        prop_assert_eq!(plan.to_bytes(), scenario.plan().to_bytes());
        prop_assert_eq!(Plan::from_bytes(&plan.digest(), &plan.to_bytes()), Ok(plan));
    }
}
