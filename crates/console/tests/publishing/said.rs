//! What people have said: the inbox, evaluations, health.

use greenroom_runtime::{Message, Place};
use serde_json::json;

use super::desk::{Console, SCRIPT, add_examples, id, some_intent};

#[tokio::test(flavor = "multi_thread")]
async fn what_people_write_is_never_markup() {
    let console = Console::new().await;
    let bot = console.bot().await;
    let intent = some_intent(&bot).await;
    add_examples(&bot, &intent, &[SCRIPT]).await;
    console.train().await;
    console.get("/bots/shop/draft/publish").await.says_not(SCRIPT);
    console.publish("full", SCRIPT).await;
    for said in [SCRIPT, "zzqx <img src=x onerror=alert(1)>"] {
        let body = json!({ "conversation": "c1", "act": { "text": said } });
        let told = console.chat("/bots/shop/live/chat", body).await;
        assert!(told["replies"].is_array(), "{told}");
    }
    let conversation = "/bots/shop/inbox/conversation?id=console%3Aann%3Ac1";
    for page in ["/bots/shop/inbox", "/bots/shop/versions", "/bots/shop/versions/1", conversation] {
        console.get(page).await.says_not(SCRIPT).says_not("<img");
    }
    console.get(conversation).await.says("&#60;script&#62;");
    console.get("/bots/shop/inbox").await.says("&#60;script&#62;");
}

#[tokio::test(flavor = "multi_thread")]
async fn equal_texts_stand_together_and_are_settled_together() {
    let console = Console::new().await;
    console.train().await;
    console.publish("full", "one").await;
    for number in 0..3 {
        let message = Message::text("xyzzy\0 plugh\r").by_channel("web");
        console.app.reply(&id(), &Place::live(), &format!("customer-{number}"), &message).await.unwrap();
    }
    let turn = console.get("/bots/shop/inbox").await.says("said 3 times").field("turn");
    assert_eq!(console.post("/bots/shop/inbox/dismiss", &[("turn", &turn)]).await.status, 303);
    console.get("/bots/shop/inbox").await.says_not("xyzzy");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_evaluation_shows_its_figures_and_plots() {
    let console = Console::new().await;
    let asked = [("language", "en"), ("folds", "2"), ("learning_curve", "yes")];
    let started = console.post("/bots/shop/draft/evaluation", &asked).await;
    assert_eq!(started.status, 303, "{}", started.body);
    console.waits_for_jobs().await;
    let page = console.get("/bots/shop/draft/evaluation").await;
    page.says("understood rightly")
        .says("Most confused")
        .says("What to do")
        .says("calibration error")
        .says_not(" style=");
    page.says("as bad as 3 refused ones").says("Now it is 0.");
    page.says("Texts that should be refused").says_not("but answered").says_not("should be refused;");
    let job = &console.app.jobs().list(&id()).await.unwrap()[0].id;
    for plot in ["intent_confusion_matrix", "intent_histogram", "calibration", "thresholds", "learning_curve"] {
        page.says(&format!("{job}/{plot}.svg"));
        let plot = console.get(&format!("/bots/shop/draft/evaluation/{job}/{plot}.svg")).await;
        assert!(plot.body.starts_with("<svg") && plot.body.trim_end().ends_with("</svg>"), "{}", plot.body);
    }
    for report in ["intent_report.json", "intent_errors.json", "summary.json", "thresholds.json", "advice.json"] {
        page.says(&format!("download=\"{report}\""));
        let report = console.get(&format!("/bots/shop/draft/evaluation/{job}/{report}")).await;
        assert!(serde_json::from_str::<serde_json::Value>(&report.body).is_ok(), "{}", report.body);
    }
    let dearer = console.get("/bots/shop/draft/evaluation?cost=20").await;
    dearer.says("as bad as 20 refused ones").says("thresholds.svg?cost=20");
    console.get("/bots/shop/draft/evaluation?cost=dear").await.says("Write a number from 0.01 to 1000");
    assert_eq!(console.get(&format!("/bots/shop/draft/evaluation/{job}/secrets.json")).await.status, 404);
    let refused = console.post("/bots/shop/draft/evaluation", &[("language", "en"), ("folds", "1")]).await;
    assert_eq!(refused.status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn health_tells_what_was_answered() {
    let console = Console::new().await;
    console.train().await;
    console.publish("full", "one").await;
    console.chat("/bots/shop/live/chat", json!({ "conversation": "c1", "act": { "text": "hello" } })).await;
    console.get("/health").await.says("states of bots in memory").says("<td>live</td>").says("99 % within");
}
