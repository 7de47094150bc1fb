//! Forms that no page of ours would send, and bots that lack what others have.

use crate::desk::Desk;

const PAGES: &[&str] =
    &["", "/flows", "/intents", "/entities", "/variables", "/translations", "/tests", "/settings", "/transfer"];

#[tokio::test]
async fn an_empty_bot_has_pages_that_say_what_to_do() {
    let desk = Desk::new().await;
    desk.post("/bots/new", &[("name", "Leer"), ("id", "leer"), ("from", "empty"), ("language", "de")]).await.is(303);
    for page in PAGES {
        desk.get(&format!("/bots/leer/draft{page}")).await.is(200);
    }
    let overview = desk.get("/bots/leer/draft").await;
    assert!(overview.body.contains("Add an intent") && overview.body.contains("Add a flow"), "{}", overview.body);
    let made = desk.post("/bots/new", &[("name", "Mine"), ("from", "archive"), ("language", "en")]).await.is(303);
    assert_eq!(made.location, "/bots/mine/draft/transfer?done=created");
}

#[tokio::test]
async fn a_page_that_one_side_lacks_leads_back_to_the_bot() {
    let desk = Desk::new().await.with_sample("shop").await;
    let lost = desk.get("/bots/shop/draft/flows/nowhere").await.is(404);
    assert!(lost.body.contains("href=\"/bots/shop/draft\""), "{}", lost.body);
    for address in ["/bots/shop/elsewhere", "/bots/shop/draft/intents/NO", "/bots/none/draft", "/bots/shop/live/x"] {
        let answer = desk.get(address).await;
        assert!(answer.status.is_client_error(), "{address}: {}", answer.status);
        assert!(answer.body.contains("<!doctype html>"), "{address}: {}", answer.body);
    }
}

#[tokio::test]
async fn an_address_that_leads_nowhere_keeps_the_frame_of_who_is_signed_in() {
    let desk = Desk::new().await;
    let lost = desk.get("/nowhere").await.is(404);
    // The name that people read, not the one to sign in with.
    assert!(lost.body.contains("<a href=\"/account\">Ann</a>"), "{}", lost.body);
    let stranger = desk.signed_out().get("/nowhere").await;
    assert!(!stranger.body.contains("/account"), "{}", stranger.body);
}

#[tokio::test]
async fn no_form_makes_the_server_fail() {
    let desk = Desk::new().await.with_sample("shop").await;
    let long = "x".repeat(100_000);
    let values = ["", "\0", "-1", "99999999999999999999", "../..", "{{", "é\u{202e}\u{feff}", "%00", &long];
    let names = [
        "name",
        "id",
        "expected",
        "language",
        "from",
        "kind",
        "examples",
        "text",
        "act",
        "to",
        "after",
        "start",
        "values",
        "patterns",
        "description",
        "trigger.0.on",
        "trigger.0.contexts",
        "trigger.99999999999.on",
        "text.en",
        "text.",
        "button.0.title.en",
        "button.0.action",
        "case.0.when",
        "case.0.goto",
        "attempts",
        "variable",
        "next",
        "accept.0.kind",
        "accept.0.value",
        "accept.0.only",
        "environment",
        "seen",
        "choice.settings",
        "choice.x/",
        "scope",
        "plan",
        "discard",
        "threshold",
        "seed",
        "idle_minutes",
        "pin_hours",
        "default_language",
        "languages",
        "t.0.en",
        "t.0.",
        "turn.0.act",
        "turn.0.text",
        "turn.0.variables",
        "say",
    ];
    let addresses = [
        "/bots/new",
        "/bots/shop/draft/flows",
        "/bots/shop/draft/flows/rent",
        "/bots/shop/draft/flows/rent/nodes",
        "/bots/shop/draft/flows/rent/nodes/ask_count",
        "/bots/shop/draft/flows/rent/nodes/gather",
        "/bots/shop/draft/flows/rent/nodes/gone/delete",
        "/bots/shop/draft/intents",
        "/bots/shop/draft/intents/greet",
        "/bots/shop/draft/intents/greet/examples",
        "/bots/shop/draft/intents/greet/examples/change",
        "/bots/shop/draft/entities",
        "/bots/shop/draft/entities/day",
        "/bots/shop/draft/variables",
        "/bots/shop/draft/variables/variable/email",
        "/bots/shop/draft/translations/welcome",
        "/bots/shop/draft/tests",
        "/bots/shop/draft/tests/rent_step_by_step_en",
        "/bots/shop/draft/settings",
        "/bots/shop/draft/settings/runtime",
        "/bots/shop/draft/settings/training",
        "/bots/shop/draft/merge",
        "/bots/shop/draft/publish",
        "/bots/shop/draft/publish/tests",
        "/bots/shop/draft/archive?mode=replace",
    ];
    for address in addresses {
        for value in values {
            let fields: Vec<(&str, &str)> = names.iter().map(|name| (*name, value)).collect();
            let answer = desk.post(address, &fields).await;
            assert!(!answer.status.is_server_error(), "{address} with {:?}: {}", value.get(..20), answer.body);
        }
    }
    // Rows with a number beyond all others do not make a page of that many rows.
    let rows = [("trigger.4000000000.on", "system:error"), ("name", "Rent"), ("start", "gather")];
    let page = desk.post("/bots/shop/draft/flows/rent", &rows).await;
    assert!(page.body.len() < 2_000_000, "{} bytes", page.body.len());
}
