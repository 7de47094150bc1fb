//! What a session waits to be answered, and what of an answer the flow takes.

use greenroom_model::document::Called;
use serde_json::{Map, Value};

use super::{Graph, Kind};
use crate::{Awaiting, HttpAnswer, PendingAnswer, Session};

impl Graph {
    /// What was called whose answer the session awaits.
    #[must_use]
    pub fn awaited(&self, session: &Session) -> Option<Called> {
        match session.awaiting.as_ref()? {
            Awaiting::Handler(handler) | Awaiting::Answer(PendingAnswer { handler, .. }) => {
                Some(Called::Handler(handler.clone()))
            }
            Awaiting::Http {} => {
                let at = session.position.clone()?;
                Some(Called::Request(at.flow, at.node))
            }
        }
    }

    /// The part of a request's answer that the waiting node takes into variables: its status, and
    /// of the body what stands where the node looks. Nothing else need be written down.
    #[must_use]
    pub fn taken(&self, session: &Session, answer: &HttpAnswer) -> HttpAnswer {
        let node = session.position.as_ref().and_then(|position| self.find(position)).map(|node| self.node(node));
        let requesting = node.and_then(|node| match &node.kind {
            Kind::Action(action) => action.http.as_ref(),
            _ => None,
        });
        let mut body = Value::Null;
        for pointer in requesting.iter().flat_map(|requesting| requesting.into.values()) {
            if let Some(found) = answer.body.pointer(pointer) {
                put(&mut body, &answer.body, pointer.split('/').skip(1), found);
            }
        }
        HttpAnswer { status: answer.status, body }
    }
}

/// Puts what was found in one value at the same place of another.
fn put<'p>(into: &mut Value, like: &Value, mut tokens: impl Iterator<Item = &'p str>, found: &Value) {
    let Some(token) = tokens.next() else {
        *into = found.clone();
        return;
    };
    let token = token.replace("~1", "/").replace("~0", "~");
    match like {
        Value::Array(items) => {
            let place: usize = token.parse().unwrap_or(usize::MAX);
            let Some(inner) = items.get(place) else { return };
            if !into.is_array() {
                *into = Value::Array(Vec::new());
            }
            if let Value::Array(others) = into {
                if others.len() <= place {
                    others.resize(place + 1, Value::Null);
                }
                if let Some(other) = others.get_mut(place) {
                    put(other, inner, tokens, found);
                }
            }
        }
        Value::Object(entries) => {
            let Some(inner) = entries.get(&token) else { return };
            if !into.is_object() {
                *into = Value::Object(Map::new());
            }
            if let Value::Object(others) = into {
                put(others.entry(token).or_insert(Value::Null), inner, tokens, found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use greenroom_model::{Document, PartPath};
    use serde_json::json;

    use super::*;
    use crate::{Input, step};

    fn waiting(into: &Value) -> (Graph, Session) {
        let flow = json!({ "name": "F", "start": "look", "triggers": [{ "system": "introduction" }], "nodes": {
            "look": { "action": { "http": { "url": "https://post.example/4", "into": into } } } } });
        let path: PartPath = "flows/f".parse().unwrap();
        let mut parts = vec![(path.clone(), Document::from_value(&path, flow).unwrap())];
        for variable in ["a", "b"] {
            let path: PartPath = format!("flows/variables/{variable}").parse().unwrap();
            parts.push((path.clone(), Document::from_value(&path, json!({ "name": variable })).unwrap()));
        }
        let graph = Graph::compile(parts);
        let session = step(&graph, &Session::new(&graph, None), &Input::Start).session;
        (graph, session)
    }

    fn taken(into: &Value, body: Value) -> Value {
        let (graph, session) = waiting(into);
        graph.taken(&session, &HttpAnswer { status: 200, body }).body
    }

    #[test]
    fn names_the_request_that_is_awaited() {
        let (graph, session) = waiting(&json!({}));
        assert_eq!(graph.awaited(&session).unwrap().to_string(), "f/look");
        assert_eq!(graph.awaited(&Session::new(&graph, None)), None);
    }

    #[test]
    fn what_is_taken_leads_to_the_same_session_as_the_whole() {
        let body = json!({ "customer": { "name": "Ann", "iban": "BE71", "a/b": 1 }, "orders": [{ "id": 1 }, { "id": 2, "x": 0 }] });
        for into in [
            json!({ "a": "/customer/name", "b": "/orders/1/id" }),
            json!({ "a": "", "b": "/orders" }),
            json!({ "a": "/customer/a~1b", "b": "/nowhere/0" }),
            json!({ "a": "/orders", "b": "/orders/0/id" }),
            json!({ "a": "/orders/0/id", "b": "/orders" }),
        ] {
            let (graph, session) = waiting(&into);
            let whole = HttpAnswer { status: 200, body: body.clone() };
            let part = graph.taken(&session, &whole);
            let after = |answer: HttpAnswer| step(&graph, &session, &Input::HttpResult(Ok(answer))).session.variables;
            assert_eq!(after(part), after(whole), "{into}");
        }
    }

    #[test]
    fn what_no_variable_takes_is_left_out() {
        let body =
            json!({ "customer": { "name": "Ann", "iban": "BE71" }, "orders": [{ "id": 1 }, { "id": 2, "x": 0 }] });
        assert_eq!(taken(&json!({ "a": "/customer/name" }), body.clone()), json!({ "customer": { "name": "Ann" } }));
        assert_eq!(taken(&json!({ "a": "/orders/1/id" }), body.clone()), json!({ "orders": [null, { "id": 2 }] }));
        assert_eq!(taken(&json!({}), body), Value::Null);
    }
}
