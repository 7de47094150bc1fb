//! Role × operation × bot, from the document: who may is let through, who may not
//! is refused, and a refusal tells nothing of the bot.

use axum::body::Body;
use greenroom_identity::{Grants, Role};
use greenroom_model::document::Intent;
use greenroom_model::{BotId, Document};
use serde_json::{Value, json};

use crate::document::operations;
use crate::server::{Client, Server};

/// Stands in the bot, and in no answer to who may not see it.
const SECRET: &str = "xyzzy-planted";

#[derive(Debug, Clone, Copy, PartialEq)]
enum Who {
    Nobody,
    Stranger,
    AdminOfAnother,
    Has(Role),
    OnServer(Role),
}

impl Who {
    fn all() -> Vec<Self> {
        let mut all = vec![Self::Nobody, Self::Stranger, Self::AdminOfAnother];
        all.extend(Role::ALL.map(Self::Has));
        all.extend(Role::ALL.map(Self::OnServer));
        all
    }

    fn grants(self) -> Grants {
        let bot = |id: &str| -> BotId { id.parse().unwrap() };
        match self {
            Self::Nobody | Self::Stranger => Grants::none(),
            Self::AdminOfAnother => Grants::on(bot("other"), Role::Admin),
            Self::Has(role) => Grants::on(bot("ours"), role),
            Self::OnServer(role) => Grants::on_all(role),
        }
    }

    /// The refusal that an operation of this scope must meet; none: it is let through.
    fn refusal(self, scope: Option<&str>) -> Option<u16> {
        let required = |text: &str| text.parse::<Role>().unwrap();
        match (self, scope) {
            (Self::Nobody, _) => Some(401),
            (_, None) => None,
            (Self::OnServer(own), Some(scope)) => (own < required(scope.trim_start_matches("server:"))).then_some(403),
            (_, Some(scope)) if scope.starts_with("server:") => Some(403),
            (Self::Has(own), Some(scope)) => (own < required(scope)).then_some(403),
            (Self::Stranger | Self::AdminOfAnother, Some(_)) => Some(404),
        }
    }
}

async fn server() -> Server {
    let server = Server::new();
    server.bot("other").await;
    let bot = server.bot("ours").await;
    bot.put(&format!("nlp/intents/{SECRET}").parse().unwrap(), Document::Intent(Intent::new(SECRET))).await.unwrap();
    server
}

/// A request that names things which exist, so that only the role decides.
fn request(path: &str, operation: &Value) -> (String, Vec<(&'static str, &'static str)>, Body) {
    let path = path
        .replace("{bot}", "ours")
        .replace("{path}", "nlp%2Fintents%2Fgreet")
        .replace("{environment}", "live")
        .replace("{number}", "1")
        .replace("{user}", "somebody")
        .replace("{token}", "0123456789abcdef")
        .replace("{digest}", &"0".repeat(64))
        .replace("{job}", "0190a0a0-0000-7000-8000-000000000000")
        .replace("{turn}", "00000000000000000000-0123456789abcdef")
        .replace("{channel}", "site")
        .replace("{preview}", "link")
        .replace("{conversation}", "customer-7")
        .replace("{person}", "ann");
    assert!(!path.contains('{'), "{path}: say what stands there");
    let id = operation["operationId"].as_str().unwrap();
    let body = match id {
        "createBot" => json!({ "id": "fresh" }),
        "putPart" => json!({ "name": "Greeting" }),
        "pushParts" => json!({ "edits": [] }),
        "evaluate" => json!({ "language": "en" }),
        "publish" | "startPublish" => json!({ "plan": "0".repeat(64) }),
        "rollBack" => json!({ "version": 1 }),
        "setEnvironmentSettings" => json!({ "retention_days": 7 }),
        "addChannel" => json!({ "id": "site", "name": "Site", "settings": { "kind": "rest", "token": true } }),
        "changeChannel" => json!({ "name": "Site", "settings": { "kind": "rest" } }),
        "createDraftPreview" => json!({ "name": "for ann" }),
        "createUser" | "invite" => json!({ "name": "somebody" }),
        "createMyToken" => json!({ "label": "build" }),
        _ => json!({}),
    };
    // An archive that is none: whoever is let through is told so.
    let zip = id == "pushArchive";
    let headers = vec![
        ("content-type", if zip { "application/zip" } else { "application/json" }),
        ("if-match", "\"0000000000000000000000000000000000000000000000000000000000000000\""),
    ];
    let body = if zip { Body::from("not a zip") } else { Body::from(body.to_string()) };
    (path, headers, body)
}

#[tokio::test]
async fn each_role_may_what_the_document_says_and_nothing_else() {
    for who in Who::all() {
        // A server each: what one may do must not change what the next one meets.
        let server = server().await;
        let user: Client<'_>;
        let client = if who == Who::Nobody {
            server.nobody()
        } else {
            user = server.user("caller", who.grants()).await;
            user
        };
        for (path, method, operation) in operations() {
            let id = operation["operationId"].as_str().unwrap();
            let scope = operation["security"][0]["token"][0].as_str();
            let (path, headers, body) = request(&path, &operation);
            let answer = client.call(&method.to_uppercase(), &path, &headers, body).await;
            let (status, text) = (answer.status.as_u16(), answer.text());
            let code = if answer.status.is_success() { String::new() } else { answer.json()["code"].to_string() };
            let documented = operation["responses"].get(status.to_string()).is_some();
            assert!(documented, "{id} answers {who:?} with {status}, which is not documented: {text}");
            match who.refusal(scope) {
                Some(refusal) => assert_eq!(status, refusal, "{id} for {who:?}: {text}"),
                None => {
                    assert!(!matches!(status, 401 | 403), "{id} for {who:?}: {text}");
                    assert_ne!(code, "\"bot_not_found\"", "{id} for {who:?}");
                }
            }
            if who.refusal(scope).is_some() {
                assert!(!text.contains(SECRET) && !text.contains("Box office"), "{id} for {who:?} tells: {text}");
                let ours = client.call(&method.to_uppercase(), &path.replace("ours", "nowhere"), &headers, "{}").await;
                if status == 404 {
                    assert_eq!(ours.text(), text, "{id}: a bot that exists is told from one that does not");
                }
            }
        }
    }
}

#[tokio::test]
async fn lists_show_the_callers_bots_alone() {
    let server = server().await;
    let editor = server.user("editor", Who::Has(Role::Editor).grants()).await;
    let listed = editor.get("/api/v1/bots").await.is(200).json();
    assert_eq!(listed["items"], json!([{ "id": "ours", "name": "Box office", "role": "editor" }]));
    let stranger = server.user("stranger", Grants::none()).await;
    assert_eq!(stranger.get("/api/v1/bots").await.is(200).json()["items"], json!([]));
}
