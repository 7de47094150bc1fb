//! Stories of what protects live: hotfixes that nobody loses, rollbacks that nobody undoes unseen.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what a test cannot do without fails it")]

mod box_office;

use std::collections::BTreeMap;

use box_office::{
    codes, denied, discarding, errors, examples, flow, hotfix, live_says, path, publish, published, put_intent,
    reintroducing, staging, train,
};
use greenroom_lifecycle::{Drift, DriftState, Error, JobState, JobWork, Jobs, PartEdit, PlanRequest, Side, live};
use greenroom_model::{Scope, Severity};
use greenroom_publish::{Decision, Policy};

#[tokio::test]
async fn a_hotfix_changes_live_and_not_the_draft_and_says_why() {
    let bot = published().await;
    let before = bot.draft().await.unwrap();
    let edit = PartEdit::put(path("flows/tickets"), flow("tickets", "Call 555."));
    let silent = PlanRequest::hotfix(vec![edit], "  ");
    assert_eq!(denied(&bot, &silent).await, ["release_notes_missing"]);
    assert_eq!(hotfix(&bot, "Call 555.").await, 2);
    assert_eq!(live_says(&bot, "flows/tickets", "say").await.as_deref(), Some("Call 555."));
    assert_eq!(bot.draft().await.unwrap(), before);
    let (_, version) = bot.version(2).await.unwrap();
    assert_eq!((version.author.as_str(), version.notes.as_str()), ("ann", "the number was wrong"));
}

#[tokio::test]
async fn a_hotfix_of_examples_needs_a_model_of_exactly_them() {
    let bot = published().await;
    let texts = ["when do you open", "opening hours", "are you open on sunday", "closed today"];
    let edit = || PartEdit::put(path("nlp/examples/en/hours"), examples(&texts));
    let request = PlanRequest::hotfix(vec![edit()], "an example");
    assert_eq!(denied(&bot, &request).await, ["model_stale"]);
    // Somebody trains the draft on the same examples; live then runs those very bytes.
    bot.edit(&[edit()]).await.unwrap();
    train(&bot).await;
    publish(&bot, &request).await;
    assert_eq!(bot.live_content(&live()).await.unwrap().models, bot.draft().await.unwrap().models);
}

#[tokio::test]
async fn a_hotfix_is_not_undone_by_a_full_publish_before_it_is_merged() {
    let bot = published().await;
    hotfix(&bot, "Call 555.").await;
    put_intent(&bot, "refund", &["I want my money back", "refund my seats", "give me a refund"]).await;
    train(&bot).await;
    assert_eq!(denied(&bot, &PlanRequest::full("refunds")).await, ["live_drift"]);
    let drift = bot.drift(&live()).await.unwrap();
    assert_eq!(drift.iter().map(|part| part.state).collect::<Vec<_>>(), [DriftState::Behind]);
    let merged = bot.merge(&live(), &BTreeMap::new()).await.unwrap();
    assert_eq!(merged.changed, [path("flows/tickets")]);
    assert!(bot.drift(&live()).await.unwrap().is_empty());
    publish(&bot, &PlanRequest::full("refunds")).await;
    assert_eq!(live_says(&bot, "flows/tickets", "say").await.as_deref(), Some("Call 555."));
}

#[tokio::test]
async fn a_hotfix_of_a_flow_does_not_hold_up_nlp() {
    let bot = published().await;
    hotfix(&bot, "Call 555.").await;
    put_intent(&bot, "refund", &["I want my money back", "refund my seats", "give me a refund"]).await;
    train(&bot).await;
    publish(&bot, &PlanRequest::nlp_only("understands refunds")).await;
    assert_eq!(live_says(&bot, "flows/tickets", "say").await.as_deref(), Some("Call 555."));
    // It carried NLP, so the hotfix of the flow is still nobody's decision.
    assert_eq!(errors(&bot, &PlanRequest::full("all")).await, ["live_drift"]);
}

#[tokio::test]
async fn a_hotfix_holds_up_the_flow_that_it_changed_and_no_other() {
    let bot = published().await;
    hotfix(&bot, "Call 555.").await;
    bot.put(&path("flows/hours"), flow("hours", "from nine")).await.unwrap();
    publish(&bot, &PlanRequest::flows(["hours".parse().unwrap()], "hours")).await;
    bot.put(&path("flows/tickets"), flow("tickets", "mine")).await.unwrap();
    let tickets = PlanRequest::flows(["tickets".parse().unwrap()], "tickets");
    assert_eq!(denied(&bot, &tickets).await, ["live_drift"]);
    publish(&bot, &discarding(tickets, &["flows/tickets"])).await;
    assert_eq!(live_says(&bot, "flows/tickets", "say").await.as_deref(), Some("mine"));
    assert!(bot.drift(&live()).await.unwrap().is_empty(), "what was given up is settled");
}

#[tokio::test]
async fn a_conflict_is_named_and_chosen_and_other_places_are_put_together() {
    let bot = published().await;
    hotfix(&bot, "Call 555.").await;
    bot.put(&path("flows/tickets"), flow("tickets", "Call 777.")).await.unwrap();
    let before = bot.draft().await.unwrap();
    match bot.merge(&live(), &BTreeMap::new()).await {
        Err(Error::MergeConflict { parts, .. }) => assert_eq!(parts, [path("flows/tickets")]),
        other => panic!("{other:?}"),
    }
    assert_eq!(bot.draft().await.unwrap(), before, "nothing is changed");
    let merged = bot.merge(&live(), &[(path("flows/tickets"), Side::Draft)].into()).await.unwrap();
    assert_eq!(merged.kept, [path("flows/tickets")]);
    publish(&bot, &PlanRequest::full("mine")).await;
    assert_eq!(live_says(&bot, "flows/tickets", "say").await.as_deref(), Some("Call 777."));
    // Two changes of different places of one part.
    let edit =
        PartEdit::put(path("nlp/intents/hours"), box_office::document("nlp/intents/hours", r#"{"name":"Hours"}"#));
    publish(&bot, &PlanRequest::hotfix(vec![edit], "a name")).await;
    let described = r#"{"name":"hours","description":"When it is open"}"#;
    bot.put(&path("nlp/intents/hours"), box_office::document("nlp/intents/hours", described)).await.unwrap();
    assert_eq!(bot.drift(&live()).await.unwrap()[0].state, DriftState::Mergeable);
    bot.merge(&live(), &BTreeMap::new()).await.unwrap();
    let (_, merged) = bot.get(&bot.draft().await.unwrap(), &path("nlp/intents/hours")).await.unwrap();
    let both = r#"{"name":"Hours","description":"When it is open"}"#;
    assert_eq!(merged, box_office::document("nlp/intents/hours", both));
}

#[tokio::test]
async fn restoring_what_live_runs_settles_its_hotfixes() {
    let bot = published().await;
    hotfix(&bot, "Call 555.").await;
    let restored = bot.restore(2).await.unwrap();
    assert_eq!(restored.saved, 3, "what the draft was is kept");
    assert!(bot.drift(&live()).await.unwrap().is_empty());
    assert_eq!(errors(&bot, &PlanRequest::full("again")).await, ["nothing_to_publish"]);
}

#[tokio::test]
async fn what_a_rollback_took_away_comes_back_only_knowingly() {
    let bot = published().await;
    bot.put(&path("flows/tickets"), flow("tickets", "wrong")).await.unwrap();
    bot.put(&path("flows/hours"), flow("hours", "from nine")).await.unwrap();
    publish(&bot, &PlanRequest::full("second")).await;
    bot.rollback(&live(), 1).await.unwrap();
    assert_eq!(denied(&bot, &PlanRequest::full("again")).await, ["rolled_back"]);
    // The mend of one part is no reintroduction; the other part comes back as it was.
    bot.put(&path("flows/tickets"), flow("tickets", "right")).await.unwrap();
    let plan = bot.plan(&PlanRequest::full("mended")).await.unwrap();
    let finding = plan.findings().iter().find(|finding| finding.code.as_str() == "rolled_back").unwrap();
    assert!(finding.message.contains("1 part ") && finding.message.contains("`flows/hours`"), "{}", finding.message);
    publish(&bot, &PlanRequest::flows(["tickets".parse().unwrap()], "the mend")).await;
    assert_eq!(errors(&bot, &PlanRequest::full("all")).await, ["rolled_back"]);
    publish(&bot, &reintroducing(PlanRequest::full("all"))).await;
    assert_eq!(live_says(&bot, "flows/hours", "say").await.as_deref(), Some("from nine"));
    // It is settled: taking the flow out and back in is nobody's business any more.
    bot.delete(&path("flows/hours")).await.unwrap();
    publish(&bot, &PlanRequest::full("out")).await;
    bot.put(&path("flows/hours"), flow("hours", "from nine")).await.unwrap();
    publish(&bot, &PlanRequest::full("in")).await;
}

#[tokio::test]
async fn a_plan_from_before_a_rollback_does_not_undo_it() {
    let bot = published().await;
    bot.put(&path("flows/hours"), flow("hours", "from nine")).await.unwrap();
    let plan = bot.plan(&PlanRequest::full("hours")).await.unwrap();
    bot.publish(&plan).await.unwrap();
    bot.rollback(&live(), 1).await.unwrap();
    // Live is again the version that the plan was made on; but somebody has decided about it since.
    let again = bot.publish(&plan).await;
    assert!(matches!(again, Err(Error::EnvironmentMoved { number: 1, .. })), "{again:?}");
    assert_eq!(denied(&bot, &PlanRequest::full("hours")).await, ["rolled_back"]);
}

#[tokio::test]
async fn rollback_then_nlp_alone_counts_what_live_has_now() {
    let bot = published().await;
    put_intent(&bot, "refund", &["I want my money back", "refund my seats", "give me a refund"]).await;
    train(&bot).await;
    publish(&bot, &PlanRequest::nlp_only("refunds")).await;
    bot.rollback(&live(), 1).await.unwrap();
    // The same NLP again is a change, since live has another; it comes back knowingly.
    assert_eq!(denied(&bot, &PlanRequest::nlp_only("again")).await, ["rolled_back"]);
    publish(&bot, &reintroducing(PlanRequest::nlp_only("again"))).await;
}

#[tokio::test]
async fn a_rollback_is_shown_before_and_warns_of_all_but_what_cannot_run() {
    let bot = published().await;
    hotfix(&bot, "Call 555.").await;
    let request = PlanRequest::new(Scope::Rollback(1), "");
    let plan = bot.plan(&request).await.unwrap();
    assert_eq!(plan.decision(), Decision::Allow);
    assert!(codes(&plan, Severity::Warn).contains(&"live_drift"), "it says that a hotfix goes");
    let done = bot.publish(&plan).await.unwrap();
    assert_eq!((done.number, live_says(&bot, "flows/tickets", "ask").await.as_deref()), (1, Some("How many seats?")));
    assert_eq!(bot.versions().await.unwrap().len(), 2, "a rollback makes no version");
    assert!(bot.drift(&live()).await.unwrap().is_empty(), "the hotfix is gone with its version");
    // It comes back with its version, and is still nobody's decision.
    bot.rollback(&live(), 2).await.unwrap();
    assert_eq!(bot.drift(&live()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_rollback_does_not_take_what_only_staging_ran() {
    let bot = published().await;
    bot.put(&path("flows/hours"), flow("hours", "unfinished")).await.unwrap();
    let tried = publish(&bot, &PlanRequest::full("to try").to(staging())).await;
    let before = bot.environment(&live()).await.unwrap();
    assert!(matches!(bot.rollback(&live(), tried).await, Err(Error::NotOfEnvironment { .. })));
    assert_eq!(bot.environment(&live()).await.unwrap(), before);
}

#[tokio::test]
async fn settings_cannot_be_deleted_by_anybody() {
    let bot = published().await;
    let edit = || PartEdit::delete(path("settings"));
    assert!(matches!(bot.edit(&[edit()]).await, Err(Error::InvalidSettings(_))));
    let planned = bot.plan(&PlanRequest::hotfix(vec![edit()], "oops")).await;
    assert!(matches!(planned, Err(Error::InvalidSettings(_))));
}

#[tokio::test]
async fn a_rollback_is_not_blamed_for_what_a_later_hotfix_changed() {
    let bot = published().await;
    bot.put(&path("flows/tickets"), flow("tickets", "wrong")).await.unwrap();
    publish(&bot, &PlanRequest::full("second")).await;
    bot.rollback(&live(), 1).await.unwrap();
    let edit = PartEdit::put(path("nlp/runtime"), box_office::document("nlp/runtime", r#"{"threshold":0.9}"#));
    publish(&bot, &PlanRequest::hotfix(vec![edit], "too eager")).await;
    bot.merge(&live(), &BTreeMap::new()).await.unwrap();
    bot.delete(&path("nlp/runtime")).await.unwrap();
    publish(&bot, &PlanRequest::nlp_only("as before")).await;
    assert_eq!(errors(&bot, &PlanRequest::full("all")).await, ["rolled_back"], "the flow was taken away");
}

#[tokio::test]
async fn what_was_given_up_is_in_the_log() {
    let bot = published().await;
    hotfix(&bot, "Call 555.").await;
    bot.put(&path("flows/tickets"), flow("tickets", "mine")).await.unwrap();
    publish(&bot, &discarding(PlanRequest::full("mine"), &["flows/tickets"])).await;
    let log = bot.audit(None, 100).await.unwrap();
    let last = log.last().unwrap().entry.act.to_string();
    assert!(last.ends_with("giving up the hotfix of flows/tickets"), "{last}");
}

#[tokio::test]
async fn what_no_hotfix_changed_cannot_be_given_up() {
    let bot = published().await;
    bot.put(&path("flows/tickets"), flow("tickets", "mine")).await.unwrap();
    let unknown = |result: Result<_, Error>| match result {
        Err(Error::NoDrift { path, known, .. }) => (path.to_string(), known),
        other => panic!("{:?}", other.map(|_: greenroom_publish::Plan| ())),
    };
    let none = bot.plan(&discarding(PlanRequest::full("mine"), &["flows/tickets"])).await;
    assert!(none.as_ref().unwrap_err().to_string().ends_with("none waits"), "{none:?}");
    hotfix(&bot, "Call 555.").await;
    let mistyped = bot.plan(&discarding(PlanRequest::full("mine"), &["flows/ticket"])).await;
    assert_eq!(unknown(mistyped), ("flows/ticket".to_owned(), vec![path("flows/tickets")]));
    // A hotfix undoes none, but may name one that there is.
    let edit = || vec![PartEdit::put(path("flows/hours"), flow("hours", "from nine"))];
    let other = PlanRequest::hotfix(edit(), "hours");
    assert!(bot.plan(&discarding(other.clone(), &["flows/hours"])).await.is_err());
    publish(&bot, &discarding(other, &["flows/tickets"])).await;
}

#[tokio::test]
async fn a_merge_takes_and_gives_up_what_was_looked_at_and_nothing_newer() {
    let bot = published().await;
    hotfix(&bot, "Call 555.").await;
    bot.put(&path("flows/tickets"), flow("tickets", "mine")).await.unwrap();
    let seen = Drift::digest(&bot.drift(&live()).await.unwrap());
    // What does not stand in it moves nothing.
    bot.put(&path("flows/hours"), flow("hours", "from nine")).await.unwrap();
    assert_eq!(Drift::digest(&bot.drift(&live()).await.unwrap()), seen);
    let keep = [(path("flows/tickets"), Side::Draft)].into();
    hotfix(&bot, "Call 777.").await;
    let late = bot.merge_seen(&live(), &keep, &seen).await;
    assert!(matches!(late, Err(Error::DriftMoved { .. })), "{late:?}");
    let seen = Drift::digest(&bot.drift(&live()).await.unwrap());
    bot.put(&path("flows/tickets"), flow("tickets", "mine, again")).await.unwrap();
    let take = [(path("flows/tickets"), Side::Environment)].into();
    let late = bot.merge_seen(&live(), &take, &seen).await;
    assert!(matches!(late, Err(Error::DriftMoved { .. })), "{late:?}");
    let parts = bot.drifted_parts(&live()).await.unwrap();
    let [part] = &parts[..] else { panic!("{parts:?}") };
    assert_eq!(part.environment, Some(flow("tickets", "Call 777.")));
    assert_eq!(part.draft, Some(flow("tickets", "mine, again")));
    assert_eq!((&part.base.is_some(), &part.merged), (&true, &None));
    let seen = Drift::digest(&bot.drift(&live()).await.unwrap());
    assert_eq!(bot.merge_seen(&live(), &take, &seen).await.unwrap().changed, [path("flows/tickets")]);
}

#[tokio::test]
async fn the_tests_of_a_hotfix_are_played_by_a_job() {
    let bot = published().await;
    let edit = PartEdit::put(path("flows/tickets"), flow("tickets", "Call 555."));
    let request = PlanRequest::hotfix(vec![edit], "the number was wrong");
    let untested = async || {
        let plan = bot.plan(&request).await.unwrap();
        let finding = plan.findings().iter().find(|finding| finding.code.as_str() == "untested");
        finding.unwrap().message.clone()
    };
    assert!(untested().await.contains("not run on this candidate"));
    let jobs = Jobs::new(bot.lifecycle().store().clone());
    let (_, run) = jobs.start(&bot, JobWork::Test(request.clone())).await.unwrap();
    assert_eq!(run.run().await.state, JobState::Succeeded);
    // The hotfix changes what the one test expects.
    assert!(untested().await.contains("1 test failed on this candidate"), "{}", untested().await);
}

#[tokio::test]
async fn a_stricter_policy_binds_plans_that_were_made_before_it() {
    let bot = published().await;
    bot.put(&path("flows/hours"), flow("hours", "from nine")).await.unwrap();
    let plan = bot.plan(&PlanRequest::full("before")).await.unwrap();
    assert_eq!(plan.decision(), Decision::Allow);
    let own_judge = PlanRequest::full("by another").judged_by(Some(Policy::from_yaml("rules: {}").unwrap()));
    let judged = bot.plan(&own_judge).await.unwrap();
    let back = bot.plan(&PlanRequest::new(Scope::Rollback(1), "back")).await.unwrap();
    let strict = Policy::from_yaml("rules: { channel_missing: deny }").unwrap();
    bot.set_policy(&strict).await.unwrap();
    for plan in [&plan, &judged] {
        let refused = bot.publish(plan).await.unwrap_err();
        assert!(matches!(refused, Error::PolicyChanged(_)), "{refused}");
        assert!(refused.to_string().contains("plan again"), "{refused}");
    }
    assert_eq!(denied(&bot, &PlanRequest::full("after")).await, ["channel_missing"]);
    // Whoever asked for another judge knows of the stricter one now; and the former one may return.
    publish(&bot, &own_judge).await;
    assert!(bot.publish(&back).await.is_err(), "live moved");
    let back = bot.plan(&PlanRequest::new(Scope::Rollback(1), "back")).await.unwrap();
    bot.set_policy(&Policy::default()).await.unwrap();
    bot.publish(&back).await.unwrap();
}

#[tokio::test]
async fn release_notes_have_a_length() {
    let bot = published().await;
    bot.put(&path("flows/hours"), flow("hours", "from nine")).await.unwrap();
    let refused = bot.plan(&PlanRequest::full("é".repeat(10_001))).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the release notes have 10001 characters, and at most 10000 are kept; make them shorter"
    );
    publish(&bot, &PlanRequest::full("é".repeat(10_000))).await;
}

#[tokio::test]
async fn advice_to_publish_flows_too_says_what_the_draft_must_mend_first() {
    let bot = published().await;
    bot.delete(&path("nlp/intents/tickets")).await.unwrap();
    bot.delete(&path("nlp/examples/en/tickets")).await.unwrap();
    train(&bot).await;
    let advice = async || {
        let plan = bot.plan(&PlanRequest::nlp_only("without")).await.unwrap();
        plan.findings().iter().find(|finding| finding.code.as_str() == "intent_removed").unwrap().message.clone()
    };
    assert!(advice().await.contains("take it out of `flows/tickets"), "{}", advice().await);
    bot.delete(&path("flows/tickets")).await.unwrap();
    let mended = advice().await;
    assert!(!mended.contains("take it out of") && mended.contains("or publish flows too"), "{mended}");
}
