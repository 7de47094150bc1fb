//! Every page of the authoring half on draft and on live; nothing that was typed becomes markup.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use greenroom_model::{Document, PartPath};

use crate::desk::{Answer, Desk};

/// What an attacker types wherever it goes.
const PLANTED: &str = "<script>alert(1)</script>\\\"'><img src=x onerror=alert(2)>";

/// A bot that says the planted text wherever a text may stand.
fn planted() -> BTreeMap<PartPath, Document> {
    let parts = [
        ("settings", r#"{ "name": "P", "description": "P", "default_language": "en", "languages": ["nl"] }"#),
        ("nlp/intents/order", r#"{ "name": "P", "description": "P" }"#),
        ("nlp/intents/other", r#"{ "name": "P" }"#),
        (
            "nlp/entities/size",
            r#"{ "name": "P", "description": "P", "values": { "P": ["P2"] }, "patterns": ["<script>x"] }"#,
        ),
        ("flows/variables/size", r#"{ "name": "P", "description": "P", "default": "P", "from_entities": ["size"] }"#),
        ("flows/contexts/asked", r#"{ "name": "P", "description": "P" }"#),
        (
            "flows/order",
            r#"{ "name": "P", "description": "P", "start": "hi",
            "triggers": [{ "intent": "order", "contexts": ["asked"] }, { "button": "P" }], "nodes": {
            "hi": { "message": { "text": { "en": ["P", "P2"] }, "next": "ask", "buttons": [
                { "title": { "en": "P" }, "action": { "payload": "P" } }, { "title": { "en": "P" }, "action": { "goto": "ask" } },
                { "title": { "en": "P" }, "action": { "intent": { "intent": "order", "entities": { "size": "P" } } } } ] } },
            "ask": { "input": { "variable": "size", "ask": { "text": { "en": "P" } }, "retry": { "nl": "P" }, "next": "way",
                "accept": [{ "options": { "values": { "P": ["P2"] } } }, { "intent": { "intent": "order", "value": "P" } }] } },
            "way": { "branch": { "cases": [{ "when": "size == \"<script>\"", "goto": "set" }], "else": "bye" } },
            "set": { "action": { "set": { "size": "P" }, "contexts": { "asked": 2 }, "next": "bye" } },
            "bye": { "handover": { "text": { "en": "P" } } } } }"#,
        ),
        (
            "tests/talk",
            r#"{ "name": "P", "turns": [{ "say": "P", "expect": { "replies": ["P"], "variables": { "size": "P" } } }] }"#,
        ),
    ];
    parts
        .into_iter()
        .map(|(path, json)| {
            let path: PartPath = path.parse().unwrap();
            let json = json.replace("\"P\"", &format!("\"{PLANTED}\"")).replace("P2", &format!("{PLANTED} too"));
            let document = Document::from_json(&path, json.as_bytes()).unwrap();
            (path, document)
        })
        .collect()
}

const PAGES: &[&str] = &[
    "",
    "/flows",
    "/flows/order",
    "/flows/order?node=hi",
    "/flows/order?node=ask&language=nl",
    "/flows/order?node=way",
    "/flows/order?node=set",
    "/flows/order?node=bye",
    "/intents",
    "/intents/order",
    "/entities",
    "/entities/size",
    "/variables",
    "/variables/variable/size",
    "/variables/context/asked",
    "/translations",
    "/translations/order",
    "/tests",
    "/tests/talk",
    "/settings",
];

fn check_harmless(address: &str, page: &Answer) {
    for markup in ["<script>alert", "<img src=x", "\"'><", "<script>x", "<script>\"", " style=", "javascript:"] {
        assert!(!page.body.contains(markup), "{address} holds {markup}: {}", page.body);
    }
    let inline =
        page.body.matches("<script").count() - page.body.matches("<script type=\"module\" src=\"/assets/").count();
    assert_eq!(inline, 0, "{address} holds a script of its own");
}

#[tokio::test]
async fn every_page_of_the_draft_renders_and_nothing_typed_becomes_markup() {
    let desk = Desk::new().await.with_bot("shop", planted()).await;
    let fields = [("language", "en"), ("examples", "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>")];
    for intent in ["order", "other"] {
        desk.post(&format!("/bots/shop/draft/intents/{intent}/examples"), &fields).await.is(303);
    }
    for page in PAGES {
        let address = format!("/bots/shop/draft{page}");
        let answer = desk.get(&address).await.is(200);
        check_harmless(&address, &answer);
        assert!(!answer.body.contains("class=\"live-banner\""), "{address}");
    }
    check_harmless("/", &desk.get("/").await.is(200));
}

#[tokio::test]
async fn live_is_red_tells_its_version_and_holds_no_form_that_changes() {
    let desk = Desk::new().await.with_bot("shop", planted()).await;
    let never = desk.get("/bots/shop/live/flows").await.is(200);
    assert!(never.body.contains("Never published"), "{}", never.body);
    let desk = desk.published("shop").await;
    for page in PAGES {
        let address = format!("/bots/shop/live{page}");
        let answer = desk.get(&address).await.is(200);
        check_harmless(&address, &answer);
        for shown in ["class=\"is-live\"", "<strong>LIVE</strong>", "version 1", "published by ann", "read-only"] {
            assert!(answer.body.contains(shown), "{address} lacks {shown}");
        }
        let forms: Vec<&str> = answer
            .body
            .split("<form")
            .skip(1)
            .filter_map(|form| form.split_once("action=\"")?.1.split('"').next())
            .filter(|action| *action != "/sign-out" && !action.ends_with("/chat") && !action.contains("/chat/"))
            .collect();
        assert_eq!(forms, [""; 0], "{address}");
        // The switch keeps the page.
        let other = format!("href=\"/bots/shop/draft{}\"", page.split('?').next().unwrap_or_default());
        assert!(answer.body.contains(&other), "{address} lacks {other}");
    }
}

#[tokio::test]
async fn routes_that_change_exist_under_draft_alone() {
    let desk = Desk::new().await.with_bot("shop", planted()).await.published("shop").await;
    let changes = [
        "/flows",
        "/flows/order",
        "/flows/order/delete",
        "/flows/order/nodes",
        "/flows/order/nodes/hi",
        "/intents",
        "/intents/order",
        "/intents/order/delete",
        "/intents/order/examples",
        "/entities",
        "/entities/size",
        "/variables",
        "/variables/variable/size",
        "/translations/order",
        "/tests",
        "/tests/talk",
        "/tests/run",
        "/settings",
        "/settings/runtime",
        "/archive",
    ];
    for change in changes {
        let answer = desk.post(&format!("/bots/shop/live{change}"), &[("name", "x")]).await;
        let refused = [StatusCode::NOT_FOUND, StatusCode::METHOD_NOT_ALLOWED];
        assert!(refused.contains(&answer.status), "{change}: {}", answer.status);
        // The same request without the form's token is refused on the draft.
        desk.post_as_is(&format!("/bots/shop/draft{change}"), &[("name", "x")]).await.is(403);
    }
}

#[tokio::test]
async fn the_other_forms_save_and_tell_stale_ones() {
    let desk = Desk::new().await.with_sample("shop").await;
    let entity = desk.get("/bots/shop/draft/entities/bike_type").await.field("expected");
    let fields = [("expected", entity.as_str()), ("name", "Kind of bike"), ("values", "tandem = bike for two\nmoped")];
    desk.post("/bots/shop/draft/entities/bike_type", &fields).await.is(303);
    let stale = [("expected", entity.as_str()), ("name", "Mine"), ("values", "unicycle")];
    let refused = desk.post("/bots/shop/draft/entities/bike_type", &stale).await.is(422);
    assert!(refused.body.contains("unicycle") && refused.body.contains("moped"), "{}", refused.body);

    let settings = desk.get("/bots/shop/draft/settings").await.field("expected");
    let mut fields = vec![
        ("expected", settings.as_str()),
        ("name", "Wheels"),
        ("default_language", "en"),
        ("languages", "nl, de"),
        ("idle_minutes", "many"),
        ("pin_hours", "24"),
    ];
    let refused = desk.post("/bots/shop/draft/settings", &fields).await.is(422);
    assert!(refused.body.contains("value=\"many\"") && refused.body.contains("aria-invalid"), "{}", refused.body);
    fields[4].1 = "20";
    desk.post("/bots/shop/draft/settings", &fields).await.is(303);
    assert!(desk.get("/bots/shop/draft/translations").await.body.contains("Missing in de"));

    let texts = desk.get("/bots/shop/draft/translations/welcome").await;
    let fields = [("expected", texts.field("expected")), ("t.0.de", "Guten Tag!".to_owned())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    desk.post("/bots/shop/draft/translations/welcome", &fields).await.is(303);
    assert!(desk.get("/bots/shop/draft/translations/welcome").await.body.contains("Guten Tag!"));
    desk.post("/bots/shop/draft/translations/welcome", &fields).await.is(422);

    desk.post("/bots/shop/draft/tests", &[("name", "Says hello"), ("say", "hello")]).await.is(303);
    let test = desk.get("/bots/shop/draft/tests/says_hello").await.field("expected");
    let fields = [
        ("expected", test.as_str()),
        ("name", "Says hello"),
        ("turn.0.act", "say"),
        ("turn.0.text", "hello"),
        ("turn.0.intent", "greet"),
    ];
    desk.post("/bots/shop/draft/tests/says_hello", &fields).await.is(303);
    let Some(Document::Test(test)) = desk.draft("shop", "tests/says_hello").await else { panic!("the test") };
    assert_eq!(test.turns[0].expect.intent.as_deref(), Some("greet"));
}

#[tokio::test]
async fn an_archive_goes_out_and_comes_in() {
    let desk = Desk::new().await.with_sample("shop").await;
    let archive = desk.get("/bots/shop/draft/archive.zip").await.is(200);
    assert!(archive.body.starts_with("PK"));
    desk.get("/bots/shop/draft/transfer").await.is(200);
    desk.get("/assets/0/app.css").await.is(200);
    desk.get("/assets/0/../Cargo.toml").await.is(404);
}
