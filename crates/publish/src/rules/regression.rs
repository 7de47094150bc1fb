//! What: scores of the candidate's examples miss a floor of the policy, or fall behind live's.
//! Why: the bot would understand less than it should, or than it does now.

use greenroom_model::{Code, Finding, IntentId, PartPath, Severity, Subject};

use super::StandardRule;
use crate::wording::part_named;
use crate::{Candidate, Evidence, RegressionLimits, Scores, Submission};

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::Regression], check };

/// A single intent has few examples, so its score swings: it may fall so many times further.
const INTENT_DROP: f64 = 5.0;

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let candidate = &submission.change.candidate;
    for scores in submission.evidence.iter().filter_map(|item| of_candidate(item, candidate)) {
        // What live has already this publish does not make worse.
        let of = |content: &Candidate| content.data.get(scores.language.as_str()).copied();
        if submission.live().is_some_and(|live| of(&live.content) == of(candidate)) {
            continue;
        }
        let live = submission.live().and_then(|live| {
            let of_live = |item| of_candidate(item, &live.content);
            submission.evidence.iter().filter_map(of_live).find(|other| other.language == scores.language)
        });
        findings.extend(judged(submission, scores, live));
    }
    findings
}

/// Scores of exactly this candidate's training data.
fn of_candidate<'a>(item: &'a Evidence, candidate: &Candidate) -> Option<&'a Scores> {
    let Evidence::Scores(scores) = item else { return None };
    let data = candidate.data.get(scores.language.as_str())?;
    (data.digest() == scores.data).then_some(scores)
}

fn judged(submission: &Submission<'_>, scores: &Scores, live: Option<&Scores>) -> Vec<Finding> {
    let RegressionLimits { accuracy, macro_f1, intent_f1, drop } = submission.policy.regression_limits();
    let mut findings = Vec::new();
    let mut judge = |subject: &Subject, what: String, now: f64, floor: f64, before: Option<f64>, drop: f64| {
        let fault = if now < floor {
            format!("is {}, below the policy's {}", percent(now), percent(floor))
        } else if let Some(before) = before.filter(|before| before - now > drop) {
            format!("falls from live's {} to {}, by more than {} points", percent(before), percent(now), points(drop))
        } else {
            return;
        };
        let message =
            format!("{what} {fault}; see which examples collide: `greenroom evaluate {}`", submission.change.bot);
        findings.push(Finding::new(Code::Regression, Severity::Warn, subject.clone(), message));
    };
    let language = &scores.language;
    let subject = Subject::Language(language.clone());
    judge(
        &subject,
        format!("accuracy in `{language}`"),
        scores.accuracy,
        accuracy,
        live.map(|live| live.accuracy),
        drop,
    );
    judge(
        &subject,
        format!("macro-F1 in `{language}`"),
        scores.macro_f1,
        macro_f1,
        live.map(|live| live.macro_f1),
        drop,
    );
    for (intent, f1) in &scores.intents {
        let before = live.and_then(|live| live.intents.get(intent.as_str())).copied();
        let path = PartPath::Intent(intent.clone());
        let what = format!("F1 of intent {} in `{language}`", named(submission, &path, intent));
        judge(&Subject::Part(path), what, *f1, intent_f1, before, drop * INTENT_DROP);
    }
    findings
}

fn named(submission: &Submission<'_>, path: &PartPath, intent: &IntentId) -> String {
    part_named(submission, path, intent.as_str())
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn points(share: f64) -> String {
    format!("{:.1}", share * 100.0)
}

#[cfg(test)]
mod tests {
    use greenroom_model::Scope;

    use super::*;
    use crate::Policy;
    use crate::scenario::{Scenario, digest, scores_of};

    fn scenario(live: Option<f64>, now: f64, policy: &str) -> Scenario {
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.policy = Policy::from_yaml(policy).unwrap();
        let of_live = live.map(|score| scores_of(&scenario.change.live.as_ref().unwrap().content, "en", score));
        scenario.evidence.extend(of_live.map(Evidence::Scores));
        scenario.evidence.push(Evidence::Scores(scores_of(&scenario.change.candidate, "en", now)));
        scenario
    }

    #[test]
    fn tells_a_fall_behind_live() {
        scenario(Some(0.90), 0.87, "").finds(&RULE, &[
            "warning[regression] language en: accuracy in `en` falls from live's 90.0 % to 87.0 %, by more than 2.0 \
             points; see which examples collide: `greenroom evaluate pizza`",
            "warning[regression] language en: macro-F1 in `en` falls from live's 90.0 % to 87.0 %, by more than 2.0 \
             points; see which examples collide: `greenroom evaluate pizza`",
        ]);
        scenario(Some(0.90), 0.885, "").finds(&RULE, &[]);
        scenario(None, 0.2, "").finds(&RULE, &[]);
    }

    #[test]
    fn an_intent_may_swing_further_than_the_whole() {
        let found = scenario(Some(0.90), 0.79, "").found(&RULE);
        assert!(found.iter().any(|text| text.contains("F1 of intent `order` in `en` falls")), "{found:?}");
    }

    #[test]
    fn tells_a_floor_that_is_missed_whatever_live_has() {
        let policy = "rules: { regression: { accuracy: 0.9, intent_f1: 0.95, drop: 1 } }";
        let found = scenario(None, 0.9, policy).found(&RULE);
        assert_eq!(
            found,
            ["warning[regression] nlp/intents/order: F1 of intent `order` in `en` is 90.0 %, below the \
             policy's 95.0 %; see which examples collide: `greenroom evaluate pizza`"]
        );
    }

    #[test]
    fn scores_of_other_examples_do_not_count() {
        let mut scenario = scenario(Some(0.9), 0.1, "");
        for item in &mut scenario.evidence {
            if let Evidence::Scores(scores) = item {
                scores.data = digest("others");
            }
        }
        scenario.finds(&RULE, &[]);
    }
}
