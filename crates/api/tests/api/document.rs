//! The document itself, and the page that shows it.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::server::Server;

/// Each operation of the document with its path and method.
pub(crate) fn operations() -> Vec<(String, String, Value)> {
    let document: Value = serde_json::to_value(greenroom_api::openapi()).unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in ["get", "put", "post", "delete"] {
            if let Some(operation) = item.get(method) {
                operations.push((path.clone(), method.to_owned(), operation.clone()));
            }
        }
    }
    operations
}

#[test]
fn every_operation_has_an_id_of_its_own_a_summary_a_role_and_problems() {
    let mut ids = BTreeSet::new();
    let operations = operations();
    assert!(operations.len() > 50, "{}", operations.len());
    for (path, method, operation) in operations {
        let id = operation["operationId"].as_str().unwrap().to_owned();
        assert!(ids.insert(id.clone()), "`{id}` twice");
        assert!(operation["summary"].is_string(), "{id}");
        let scopes = operation["security"][0]["token"].as_array().unwrap_or_else(|| panic!("{id} has no security"));
        if path.contains("{bot}") {
            let role = scopes[0].as_str().unwrap();
            assert!(["viewer", "editor", "publisher", "admin"].contains(&role), "{id}: {role}");
            if method != "get" {
                assert_ne!(role, "viewer", "{id} changes something");
            }
        }
        for status in ["400", "401", "403", "429", "503"] {
            let answer = &operation["responses"][status]["content"]["application/problem+json"]["schema"]["$ref"];
            assert_eq!(answer, "#/components/schemas/Problem", "{id} {status}");
        }
        let told: BTreeSet<&str> = operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|parameter| parameter["in"] == "path")
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        let named: BTreeSet<&str> =
            path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        assert_eq!(told, named, "{id}");
    }
}

#[test]
fn every_reference_of_the_document_leads_somewhere() {
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(object) => {
                found.extend(object.get("$ref").and_then(Value::as_str).map(str::to_owned));
                object.values().for_each(|value| references(value, found));
            }
            Value::Array(values) => values.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let document = serde_json::to_value(greenroom_api::openapi()).unwrap();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.len() > 20);
    for reference in found {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
}

#[tokio::test]
async fn the_document_and_its_page_are_there_for_everybody() {
    let server = Server::new();
    let nobody = server.nobody();
    let document = nobody.get("/api/v1/openapi.json").await.is(200).json();
    assert_eq!(document, serde_json::to_value(greenroom_api::openapi()).unwrap());
    let page = nobody.get("/api/docs/").await.is(200);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.header("content-security-policy").contains("script-src 'self'; style-src 'self';"));
    for script in page.text().split("<script").skip(1) {
        let (attributes, rest) = script.split_once('>').unwrap();
        let file = attributes.split('"').nth(1).unwrap().trim_start_matches("./").to_owned();
        assert!(rest.trim_start().starts_with("</script>"), "an inline script");
        nobody.get(&format!("/api/docs/{file}")).await.is(200);
    }
    let start = nobody.get("/api/docs/swagger-initializer.js").await.is(200).text();
    assert!(start.contains("/api/v1/openapi.json") && !start.contains("petstore"), "{start}");
    nobody.get("/api/docs/../Cargo.toml").await.is(404);
}

#[tokio::test]
async fn what_is_not_there_is_a_problem() {
    let server = Server::new();
    let root = server.admin().await;
    assert_eq!(root.get("/api/v1/nothing").await.problem(404), "not_found");
    assert_eq!(root.call("PATCH", "/api/v1/bots", &[], "").await.problem(405), "method_not_allowed");
}
