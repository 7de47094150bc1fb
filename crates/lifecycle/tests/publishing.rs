//! DESIGN's stories of authors, told on the store in memory.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what a test cannot do without fails it")]

mod box_office;

use std::ops::ControlFlow;
use std::sync::Arc;

use greenroom_lifecycle::{
    Bot, Error, ExpectedPart, ImportMode, Lifecycle, PartEdit, PlanRequest, Reference, TrainingRequest, live,
};
use greenroom_model::document::{Intent, Settings};
use greenroom_model::{Document, PartPath, Record as _, Severity};
use greenroom_publish::{Decision, Plan};

use box_office::{
    add_channel, box_office, codes, denied, document, examples, path, publish, published, put_intent, train,
};

#[tokio::test]
async fn first_publish_needs_a_model_and_then_goes_through() {
    let bot = box_office().await;
    assert_eq!(denied(&bot, &PlanRequest::full("first")).await, ["model_missing"]);
    train(&bot).await;
    let plan = bot.plan(&PlanRequest::full("first")).await.unwrap();
    assert_eq!(plan.decision(), Decision::Allow);
    assert!(codes(&plan, Severity::Warn).contains(&"untested"));
    let report = bot.test(&PlanRequest::full("")).await.unwrap();
    assert_eq!((report.passed, report.failed), (1, 0));
    add_channel(&bot, "talk").await;
    let plan = bot.plan(&PlanRequest::full("first")).await.unwrap();
    assert_eq!(codes(&plan, Severity::Warn), ["few_examples", "few_examples"]);
    let published = bot.publish(&plan).await.unwrap();
    assert_eq!((published.number, published.draft_moved), (1, false));
    assert_eq!(bot.live_content(&live()).await.unwrap(), bot.draft().await.unwrap());
}

#[tokio::test]
async fn nlp_only_is_refused_before_the_first_publish() {
    let bot = box_office().await;
    train(&bot).await;
    assert_eq!(denied(&bot, &PlanRequest::nlp_only("nlp")).await, ["never_published"]);
}

#[tokio::test]
async fn nothing_new_is_refused_for_both_scopes() {
    let bot = published().await;
    assert_eq!(denied(&bot, &PlanRequest::full("again")).await, ["nothing_to_publish"]);
    let codes = denied(&bot, &PlanRequest::nlp_only("again")).await;
    assert!(codes.contains(&"nlp_unchanged".to_owned()), "{codes:?}");
    bot.put(&path("tests/more"), document("tests/more", r#"{"name":"more","turns":[{"say":"a"}]}"#)).await.unwrap();
    assert_eq!(denied(&bot, &PlanRequest::full("tests never count")).await, ["nothing_to_publish"]);
}

#[tokio::test]
async fn nlp_only_with_an_added_intent_leaves_the_flows_as_they_are() {
    let bot = published().await;
    put_intent(&bot, "refund", &["I want my money back", "refund my seats", "give me a refund"]).await;
    let flow = r#"{"name":"Changed","start":"a","nodes":{"a":{"message":{"text":{"en":"x"}}}}}"#;
    bot.put(&path("flows/tickets"), document("flows/tickets", flow)).await.unwrap();
    assert_eq!(denied(&bot, &PlanRequest::nlp_only("nlp")).await, ["model_stale"]);
    train(&bot).await;
    let before = bot.live_content(&live()).await.unwrap();
    publish(&bot, &PlanRequest::nlp_only("understands refunds")).await;
    let after = bot.live_content(&live()).await.unwrap();
    for directory in ["flows", "settings", "tests"] {
        let digest = |content: &greenroom_model::Content| {
            let parts = bot.clone();
            let content = content.clone();
            async move {
                let parts = parts.parts(&content).await.unwrap();
                parts.into_iter().filter(|(path, _)| path.to_string().starts_with(directory)).collect::<Vec<_>>()
            }
        };
        assert_eq!(digest(&before).await, digest(&after).await, "{directory}");
    }
    assert_eq!(after.models, bot.draft().await.unwrap().models);
    let understood = bot.load(&after).await.unwrap().understand("give me a refund", &"en".parse().unwrap(), None);
    assert_eq!(understood.intent.unwrap().id.as_str(), "refund");
}

#[tokio::test]
async fn removing_emptying_or_deleting_an_intent_is_refused_for_nlp_only_and_names_its_users() {
    for emptied in [true, false] {
        let bot = published().await;
        if emptied {
            bot.put(&path("nlp/examples/en/tickets"), examples(&[])).await.unwrap();
        } else {
            bot.delete(&path("nlp/examples/en/tickets")).await.unwrap();
            bot.delete(&path("nlp/intents/tickets")).await.unwrap();
        }
        train(&bot).await;
        let plan = bot.plan(&PlanRequest::nlp_only("gone")).await.unwrap();
        assert_eq!(codes(&plan, Severity::Deny), ["intent_removed"], "{:#?}", plan.findings());
        let message = &plan.findings()[0].message;
        assert!(message.contains("tickets") && message.contains("flows/tickets#ask"), "{message}");
    }
}

#[tokio::test]
async fn removing_an_unused_intent_is_refused_too_and_a_full_publish_may_do_it() {
    let bot = published().await;
    bot.delete(&path("nlp/examples/en/hours")).await.unwrap();
    bot.delete(&path("nlp/intents/hours")).await.unwrap();
    train(&bot).await;
    assert_eq!(denied(&bot, &PlanRequest::nlp_only("gone")).await, ["intent_removed"]);
    assert_eq!(publish(&bot, &PlanRequest::full("without hours")).await, 2);
}

#[tokio::test]
async fn a_renamed_intent_needs_no_training() {
    let bot = published().await;
    bot.put(&path("nlp/intents/tickets"), Document::Intent(Intent::new("Buy tickets"))).await.unwrap();
    assert_eq!(publish(&bot, &PlanRequest::nlp_only("renamed")).await, 2);
}

#[tokio::test]
async fn a_flow_that_uses_what_is_not_there_is_refused_and_named() {
    let bot = published().await;
    let flow = r#"{"name":"Broken","start":"a","triggers":[{"intent":"nowhere"}],"nodes":{
        "a":{"input":{"variable":"seats","accept":[{"entity":{"entity":"amount"}}],"next":"b"}},
        "b":{"branch":{"cases":[{"when":"known(color)","goto":"c"}]}},
        "c":{"jump":{"to":{"flow":"gone"}}}}}"#;
    bot.put(&path("flows/broken"), document("flows/broken", flow)).await.unwrap();
    let mut codes = denied(&bot, &PlanRequest::full("broken")).await;
    codes.sort();
    assert_eq!(codes, ["entity_unknown", "intent_unknown", "target_missing", "variable_unknown", "variable_unknown"]);
}

#[tokio::test]
async fn two_publishers_one_wins_and_the_other_is_told_who() {
    let bot = published().await;
    bot.put(&path("nlp/runtime"), document("nlp/runtime", r#"{"threshold":0.5}"#)).await.unwrap();
    let first = bot.plan(&PlanRequest::full("bob's")).await.unwrap();
    let second = bot.plan(&PlanRequest::full("ann's")).await.unwrap();
    let bob = Lifecycle::new(bot_store(&bot)).acting_as("bob").bot(bot.id()).await.unwrap();
    assert_eq!(bob.publish(&first).await.unwrap().number, 2);
    match bot.publish(&second).await {
        Err(Error::EnvironmentMoved { by, number, .. }) => assert_eq!((by.as_str(), number), ("bob", 2)),
        other => panic!("{other:?}"),
    }
}

fn bot_store(bot: &Bot) -> Arc<dyn greenroom_store::Store> {
    bot.lifecycle().store().clone()
}

#[tokio::test]
async fn a_draft_that_moves_after_the_plan_does_not_change_what_goes_out() {
    let bot = published().await;
    bot.put(&path("nlp/runtime"), document("nlp/runtime", r#"{"threshold":0.5}"#)).await.unwrap();
    let plan = bot.plan(&PlanRequest::full("planned")).await.unwrap();
    bot.put(&path("nlp/runtime"), document("nlp/runtime", r#"{"threshold":0.6}"#)).await.unwrap();
    let published = bot.publish(&plan).await.unwrap();
    assert!(published.draft_moved);
    let (_, runtime) = bot.get(&bot.live_content(&live()).await.unwrap(), &path("nlp/runtime")).await.unwrap();
    assert_eq!(runtime, document("nlp/runtime", r#"{"threshold":0.5}"#));
}

#[tokio::test]
async fn two_editors_work_side_by_side_and_collide_only_on_one_part() {
    let bot = published().await;
    let draft = bot.draft().await.unwrap();
    let (digest, _) = bot.get(&draft, &path("flows/tickets")).await.unwrap();
    let edit = |text: &str| {
        let flow = format!(
            r#"{{"name":"{text}","start":"a","triggers":[{{"intent":"tickets"}}],"nodes":{{"a":{{"message":{{"text":{{"en":"{text}"}}}}}}}}}}"#
        );
        PartEdit::put(path("flows/tickets"), document("flows/tickets", &flow)).expecting(ExpectedPart::Digest(digest))
    };
    put_intent(&bot, "other", &["something else"]).await;
    bot.edit(&[edit("ann")]).await.unwrap();
    match bot.edit(&[edit("bob")]).await {
        Err(Error::PartConflict(conflicts)) => assert_eq!(conflicts[0].path, path("flows/tickets")),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn rollback_restores_what_live_ran_and_restore_saves_the_draft_first() {
    let bot = published().await;
    put_intent(&bot, "refund", &["I want my money back", "refund my seats"]).await;
    train(&bot).await;
    publish(&bot, &PlanRequest::full("second")).await;
    let second = bot.draft().await.unwrap();
    let back = bot.rollback(&live(), 1).await.unwrap();
    assert_eq!((back.from, back.to), (2, 1));
    let first = bot.version(1).await.unwrap().1.content;
    assert_eq!(bot.live_content(&live()).await.unwrap(), first);
    assert_eq!(bot.draft().await.unwrap(), second, "a rollback leaves the draft alone");
    // live changed, so the NLP of the draft is news again.
    let plan = bot.plan(&PlanRequest::nlp_only("again")).await.unwrap();
    assert!(!codes(&plan, Severity::Deny).contains(&"nlp_unchanged"));
    let restored = bot.restore(1).await.unwrap();
    assert_eq!(bot.draft().await.unwrap(), first);
    assert_eq!(bot.version(restored.saved).await.unwrap().1.content, second, "nothing is destroyed");
    let diff = bot.diff(&Reference::Draft, &Reference::Version(restored.saved)).await.unwrap();
    assert_eq!(diff.parts.len(), 2);
}

#[tokio::test]
async fn a_rollback_to_what_does_not_exist_is_told() {
    let bot = published().await;
    assert!(matches!(bot.rollback(&live(), 9).await, Err(Error::VersionNotFound { .. })));
    let new = box_office().await;
    assert!(matches!(new.live_content(&live()).await, Err(Error::NeverPublished { .. })));
}

#[tokio::test]
async fn training_is_asked_for_once_for_the_same_data() {
    let bot = box_office().await;
    let first = bot.train(&TrainingRequest::default(), &mut |_| ControlFlow::Continue(())).await.unwrap();
    assert!(first[0].fresh);
    let again = bot.train(&TrainingRequest::default(), &mut |_| ControlFlow::Continue(())).await.unwrap();
    assert!(!again[0].fresh && again[0].model == first[0].model);
    put_intent(&bot, "refund", &["money back"]).await;
    train(&bot).await;
    bot.delete(&path("nlp/examples/en/refund")).await.unwrap();
    let back = bot.train(&TrainingRequest::default(), &mut |_| ControlFlow::Continue(())).await.unwrap();
    assert!(!back[0].fresh && back[0].model == first[0].model, "the model of that data is kept");
}

#[tokio::test]
async fn a_cancelled_training_stores_nothing() {
    let bot = box_office().await;
    let before = bot.draft().await.unwrap();
    let cancelled = bot.train(&TrainingRequest::default(), &mut |_| ControlFlow::Break(())).await;
    assert!(matches!(cancelled, Err(Error::Cancelled)));
    assert_eq!(bot.draft().await.unwrap(), before);
}

#[tokio::test]
async fn importing_again_is_an_edit_matched_by_name() {
    let bot = published().await;
    let draft = bot.draft().await.unwrap();
    // The same bot from elsewhere, whose importer made another id of the name `tickets`.
    let mut parts: std::collections::BTreeMap<PartPath, Document> =
        bot.documents(&draft).await.unwrap().into_iter().map(|(path, _, document)| (path, document)).collect();
    for (from, to) in [("nlp/intents/tickets", "nlp/intents/buy"), ("nlp/examples/en/tickets", "nlp/examples/en/buy")] {
        let moved = parts.remove(&path(from)).unwrap();
        parts.insert(path(to), moved);
    }
    let flow = r#"{"name":"Tickets","start":"ask","triggers":[{"intent":"buy"}],
        "nodes":{"ask":{"message":{"text":{"en":"How many seats?"}}}}}"#;
    parts.insert(path("flows/tickets"), document("flows/tickets", flow));
    let imported = bot.import(parts, ImportMode::Replace).await.unwrap();
    let test = bot.draft().await.unwrap();
    assert_eq!((imported.written, imported.deleted, imported.saved), (0, 0, None));
    assert_eq!(test, draft);
}

#[tokio::test]
async fn two_parts_of_one_name_are_both_imported() {
    let bot = box_office().await;
    let flow = |text: &str| {
        let json =
            format!(r#"{{"name":"Tickets","start":"a","nodes":{{"a":{{"message":{{"text":{{"en":"{text}"}}}}}}}}}}"#);
        document("flows/tickets", &json)
    };
    let parts = [(path("flows/a1"), flow("one")), (path("flows/a2"), flow("two"))];
    assert_eq!(bot.import(parts.into(), ImportMode::Merge).await.unwrap().written, 2);
}

#[tokio::test]
async fn a_table_adds_examples_and_changes_nothing_else() {
    let bot = box_office().await;
    bot.put(&path("nlp/intents/hours"), Document::Intent(Intent::new("Opening hours"))).await.unwrap();
    let before = bot.draft().await.unwrap();
    let table = [
        (path("nlp/intents/hours"), Document::Intent(Intent::new("hours"))),
        (path("nlp/examples/en/hours"), examples(&["opening hours", "till when are you there"])),
    ];
    let imported = bot.import(table.into(), ImportMode::AddExamples).await.unwrap();
    assert_eq!(imported.written, 1);
    let draft = bot.draft().await.unwrap();
    let Document::Examples(now) = bot.get(&draft, &path("nlp/examples/en/hours")).await.unwrap().1 else { panic!() };
    assert_eq!(now.examples.len(), 4);
    assert_eq!(bot.get(&draft, &path("nlp/intents/hours")).await.unwrap().1.name(), Some("Opening hours"));
    assert_eq!(bot.version(imported.saved.unwrap()).await.unwrap().1.content, before, "what it was is kept");
}

#[tokio::test]
async fn a_saved_draft_cannot_go_live_by_a_rollback() {
    let bot = published().await;
    bot.put(&path("nlp/examples/en/hours"), examples(&["something else altogether"])).await.unwrap();
    let saved = bot.restore(1).await.unwrap().saved;
    assert!(matches!(bot.rollback(&live(), saved).await, Err(Error::SavedDraft { .. })));
}

#[tokio::test]
async fn a_language_without_examples_has_no_model_and_gets_it_back_with_them() {
    let bot = published().await;
    let model = bot.draft().await.unwrap().models;
    let old: Vec<_> = bot.documents(&bot.draft().await.unwrap()).await.unwrap();
    for intent in ["hours", "tickets"] {
        bot.delete(&path(&format!("nlp/examples/en/{intent}"))).await.unwrap();
    }
    assert!(bot.draft().await.unwrap().models.is_empty(), "nothing answers that would not be published");
    let back: Vec<PartEdit> = old.into_iter().map(|(path, _, document)| PartEdit::put(path, document)).collect();
    bot.edit(&back).await.unwrap();
    train(&bot).await;
    assert_eq!(bot.draft().await.unwrap().models, model);
}

#[tokio::test]
async fn evidence_counts_only_for_the_tests_that_the_bot_has_now() {
    let bot = published().await;
    bot.put(&path("nlp/runtime"), document("nlp/runtime", r#"{"threshold":0.3}"#)).await.unwrap();
    let request = PlanRequest::nlp_only("lower threshold");
    assert_eq!(bot.test(&request).await.unwrap().failed, 0);
    let warns = |plan: Plan| codes(&plan, Severity::Warn).contains(&"untested");
    assert!(!warns(bot.plan(&request).await.unwrap()));
    let bad = r#"{"name":"bad","turns":[{"say":"a","expect":{"replies":["never said"]}}]}"#;
    bot.put(&path("tests/bad"), document("tests/bad", bad)).await.unwrap();
    assert!(warns(bot.plan(&request).await.unwrap()), "a new test was not run yet");
    assert_eq!(bot.test(&request).await.unwrap().failed, 1);
    assert!(warns(bot.plan(&request).await.unwrap()), "a failed test is no evidence");
}

#[tokio::test]
async fn a_rollback_withdraws_every_later_version() {
    let bot = published().await;
    for threshold in ["0.2", "0.3"] {
        bot.put(&path("nlp/runtime"), document("nlp/runtime", &format!(r#"{{"threshold":{threshold}}}"#)))
            .await
            .unwrap();
        publish(&bot, &PlanRequest::full("again")).await;
    }
    bot.rollback(&live(), 1).await.unwrap();
    let withdrawn = bot.environment(&live()).await.unwrap().unwrap().withdrawn;
    let (second, third) = (bot.version(2).await.unwrap().0, bot.version(3).await.unwrap().0);
    assert_eq!(withdrawn, [second, third].into());
}

#[tokio::test]
async fn an_import_in_the_place_of_the_draft_saves_it_first() {
    let bot = published().await;
    let draft = bot.draft().await.unwrap();
    let settings = Document::Settings(Settings::new("Other", "en".parse().unwrap()));
    let imported = bot.import([(PartPath::Settings, settings)].into(), ImportMode::Replace).await.unwrap();
    assert_eq!(imported.deleted, 6);
    assert_eq!(bot.version(imported.saved.unwrap()).await.unwrap().1.content, draft);
    let merged = bot.import([].into(), ImportMode::Merge).await.unwrap();
    assert_eq!((merged.written, merged.deleted), (0, 0));
}

#[tokio::test]
async fn sixty_four_publishers_from_one_base_one_wins() {
    let bot = published().await;
    for round in 0..5 {
        let threshold = format!(r#"{{"threshold":0.{}}}"#, round + 1);
        bot.put(&path("nlp/runtime"), document("nlp/runtime", &threshold)).await.unwrap();
        let plan = bot.plan(&PlanRequest::full("race")).await.unwrap();
        let mut tasks = Vec::new();
        for _ in 0..64 {
            let (bot, plan) = (bot.clone(), plan.clone());
            tasks.push(tokio::spawn(async move { bot.publish(&plan).await }));
        }
        let mut won = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(_) => won += 1,
                Err(Error::EnvironmentMoved { number, .. }) => assert_eq!(number, round + 2),
                Err(error) => panic!("{error}"),
            }
        }
        assert_eq!(won, 1);
    }
}

#[tokio::test]
async fn channels_added_at_once_are_all_there() {
    let bot = box_office().await;
    let mut tasks = Vec::new();
    for number in 0..32 {
        let bot = bot.clone();
        tasks.push(tokio::spawn(async move { add_channel(&bot, &format!("c{number}")).await }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(bot.channels(&live()).await.unwrap().len(), 32);
}

#[tokio::test]
async fn a_bot_made_from_parts_is_there_at_once_or_not_at_all() {
    let lifecycle = box_office().await.lifecycle().clone();
    let settings = || Document::Settings(Settings::new("Kiosk", "en".parse().unwrap()));
    let kiosk = "kiosk".parse().unwrap();
    let wrong = [(PartPath::Settings, settings()), (path("flows/a"), Document::Intent(Intent::new("no flow")))];
    assert!(lifecycle.create_from(&kiosk, wrong.into()).await.is_err());
    assert!(matches!(lifecycle.bot(&kiosk).await, Err(Error::BotNotFound(_))));
    let parts = [(PartPath::Settings, settings()), (path("nlp/intents/a"), Document::Intent(Intent::new("a")))];
    let bot = lifecycle.create_from(&kiosk, parts.into()).await.unwrap();
    assert_eq!(bot.parts(&bot.draft().await.unwrap()).await.unwrap().len(), 2);
}

#[tokio::test]
async fn every_act_is_in_the_audit_log_under_its_author() {
    let bot = published().await;
    bot.rollback(&live(), 1).await.unwrap();
    let log = bot.audit(None, 1_000).await.unwrap();
    assert!(log.iter().all(|line| line.entry.actor == "ann"));
    let acts: Vec<String> = log.iter().map(|line| serde_json::to_value(&line.entry.act).unwrap().to_string()).collect();
    for act in ["created", "edited", "trained", "published"] {
        assert!(acts.iter().any(|found| found.contains(act)), "{act} in {acts:?}");
    }
}

#[tokio::test]
async fn an_index_of_older_facts_is_made_anew() {
    let bot = published().await;
    let draft = bot.draft().await.unwrap();
    let (index, written) = greenroom_model::index::empty(0);
    let store = bot_store(&bot);
    let key = greenroom_store::layout::draft(bot.id()).unwrap();
    let old = greenroom_model::Draft { content: greenroom_model::Content { index, ..draft.clone() } };
    let commit = greenroom_store::Commit::new().objects(written);
    store.commit(commit.put(key, old.to_bytes())).await.unwrap();
    put_intent(&bot, "refund", &["money back"]).await;
    bot.delete(&path("nlp/examples/en/refund")).await.unwrap();
    bot.delete(&path("nlp/intents/refund")).await.unwrap();
    assert_eq!(bot.draft().await.unwrap().index, draft.index);
}

/// The draft's model as an older trainer would have left it.
async fn trained_by_an_older_trainer(bot: &Bot) {
    let (store, draft) = (bot_store(bot), bot.draft().await.unwrap());
    let bytes = store.objects(&[draft.models["en"]]).await.unwrap().remove(0).unwrap();
    let mut model = greenroom_model::TrainedModel::from_bytes(&bytes).unwrap();
    model.trainer = "greenroom-nlp 0".to_owned();
    let (bytes, mut older) = (model.to_bytes(), draft);
    let digest = greenroom_model::Digest::of(&bytes);
    older.models.insert("en".parse().unwrap(), digest);
    let trained = greenroom_store::layout::model(bot.id(), &"en".parse().unwrap(), &model.data.digest()).unwrap();
    let draft = greenroom_store::layout::draft(bot.id()).unwrap();
    let commit = greenroom_store::Commit::new().object(digest, bytes).put(trained, digest.to_string());
    store.commit(commit.put(draft, greenroom_model::Draft { content: older }.to_bytes())).await.unwrap();
}

#[tokio::test]
async fn an_upgraded_trainer_leaves_the_models_of_the_older_one_until_it_is_asked() {
    let bot = box_office().await;
    train(&bot).await;
    trained_by_an_older_trainer(&bot).await;
    let older = bot.draft().await.unwrap().models;

    // It is told, goes out, and answers.
    let plan = bot.plan(&PlanRequest::full("first")).await.unwrap();
    assert!(codes(&plan, Severity::Warn).contains(&"model_outdated"));
    bot.publish(&plan).await.unwrap();
    let content = bot.live_content(&live()).await.unwrap();
    assert_eq!(content.models, older);
    bot.load(&content).await.unwrap();

    // Training what is trained changes nothing; nothing but a training anew does.
    train(&bot).await;
    assert_eq!(bot.draft().await.unwrap().models, older);
    assert_eq!(denied(&bot, &PlanRequest::nlp_only("same")).await, ["nlp_unchanged", "nothing_to_publish"]);
    let anew = TrainingRequest { retrain: true, ..TrainingRequest::default() };
    let trained = bot.train(&anew, &mut |_| ControlFlow::Continue(())).await.unwrap();
    assert!(trained[0].fresh);
    let plan = bot.plan(&PlanRequest::nlp_only("this trainer's")).await.unwrap();
    assert!(!codes(&plan, Severity::Warn).contains(&"model_outdated"));
    bot.publish(&plan).await.unwrap();
    assert_ne!(bot.live_content(&live()).await.unwrap().models, older);
}

/// Marks the last word of each text as a person.
fn marked(texts: &[&str]) -> Document {
    let examples = texts.iter().map(|text| {
        let (end, start) =
            (text.chars().count(), text.chars().count() - text.split(' ').next_back().unwrap().chars().count());
        format!(r#"{{"text":"{text}","entities":[{{"start":{start},"end":{end},"entity":"person"}}]}}"#)
    });
    let examples: Vec<String> = examples.collect();
    document("nlp/examples/en/invite", &format!(r#"{{"examples":[{}]}}"#, examples.join(",")))
}

#[tokio::test]
async fn live_finds_the_entities_that_the_draft_has_learned_until_it_learns_others() {
    let bot = box_office().await;
    put_intent(&bot, "invite", &[]).await;
    let entity = r#"{"name":"Person","learned":true,"values":{"Robert":["bob"]}}"#;
    bot.put(&path("nlp/entities/person"), document("nlp/entities/person", entity)).await.unwrap();
    let texts = [
        "invite ann",
        "please invite Carol",
        "invite my friend dave",
        "invite erin",
        "also invite Frank",
        "invite bob",
    ];
    bot.put(&path("nlp/examples/en/invite"), marked(&texts)).await.unwrap();
    train(&bot).await;
    publish(&bot, &PlanRequest::full("first")).await;

    let english = "en".parse().unwrap();
    let draft = bot.draft().await.unwrap();
    let store = |digest| {
        let bot = &bot;
        async move { bot.load(&digest).await.unwrap() }
    };
    let found = |loaded: &greenroom_bot::Bot, text: &str| {
        let found = loaded.understand(text, &english, None).entities;
        found.into_iter().map(|found| found.value).collect::<Vec<_>>()
    };
    let live_bot = bot.version(1).await.unwrap().1.content;
    assert_eq!(found(&*store(live_bot.clone()).await, "please invite Zoë"), ["Zoë"]);
    assert_eq!(found(&*store(live_bot.clone()).await, "invite BOB"), ["Robert"]);
    // The list by itself finds nothing where the model sees no person.
    assert_eq!(found(&*store(draft.clone()).await, "when does bob open"), Vec::<String>::new());

    // A mark that goes makes the model stale; without any, no entities are learned.
    bot.put(&path("nlp/examples/en/invite"), examples(&texts)).await.unwrap();
    let plan = bot.plan(&PlanRequest::full("first")).await.unwrap();
    assert_eq!(codes(&plan, Severity::Deny), ["model_stale"]);
    train(&bot).await;
    let unmarked = bot.draft().await.unwrap();
    assert!(store(unmarked).await.entity_models().is_empty());
    assert!(!store(live_bot).await.entity_models().is_empty());
}
