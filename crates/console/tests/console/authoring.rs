//! Signing in, bots, intents, flows: what authors do with the draft.

use greenroom_identity::{Grants, Role};
use greenroom_model::Document;
use greenroom_model::document::Node;

use crate::desk::Desk;

#[tokio::test]
async fn a_one_time_link_makes_an_account_and_signs_in() {
    let desk = Desk::new().await.signed_out();
    let link = desk.app.identities().invite(&"bob".parse().unwrap(), Grants::none()).await.unwrap();
    let address = format!("/invitation/{}", link.expose());

    let page = desk.get(&address).await.is(200);
    let form_cookie = page.cookies[0].split(';').next().unwrap().to_owned();
    let token = page.field("_csrf");
    let send = async |fields: &[(&str, &str)]| {
        let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = axum::http::Request::post(&address)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("cookie", &form_cookie)
            .body(axum::body::Body::from(body.join("&")))
            .unwrap();
        desk.send(request).await
    };
    let passwords =
        [("_csrf", token.as_str()), ("password", "correct+horse+battery"), ("again", "correct+horse+battery")];
    send(&[("password", "correct+horse+battery"), ("again", "correct+horse+battery")]).await.is(403);
    let refused = send(&[passwords[0], ("password", "short"), ("again", "short")]).await.is(422);
    assert!(refused.body.contains("role=\"alert\""), "{}", refused.body);

    let welcome = send(&passwords).await.is(303);
    assert_eq!(welcome.location, "/?done=welcome");
    assert!(welcome.cookies[0].starts_with("greenroom_session=") && welcome.cookies[0].contains("HttpOnly"));
    // Once means once.
    desk.get(&address).await.is(404);

    let wrong = sign_in(&desk, "bob", "wrong").await.is(401);
    assert!(wrong.body.contains("role=\"alert\""));
    sign_in(&desk, "bob", "correct horse battery").await.is(303);
}

async fn sign_in(desk: &Desk, name: &str, password: &str) -> crate::desk::Answer {
    let page = desk.get("/sign-in").await.is(200);
    let body = format!("_csrf={}&name={name}&password={}&next=%2F", page.field("_csrf"), password.replace(' ', "+"));
    let request = axum::http::Request::post("/sign-in")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", page.cookies[0].split(';').next().unwrap())
        .body(axum::body::Body::from(body))
        .unwrap();
    desk.send(request).await
}

#[tokio::test]
async fn who_is_not_signed_in_is_sent_to_do_that() {
    let desk = Desk::new().await.with_sample("shop").await.signed_out();
    let sent = desk.get("/bots/shop/draft/intents?x=1").await.is(303);
    assert_eq!(sent.location, "/sign-in?next=/bots/shop/draft/intents%3Fx%3D1");
}

#[tokio::test]
async fn a_bot_is_made_from_the_sample_and_from_nothing() {
    let desk = Desk::new().await;
    let made = desk.post("/bots/new", &[("name", "Bike shop"), ("id", ""), ("from", "sample")]).await.is(303);
    assert_eq!(made.location, "/bots/bike_shop/draft?done=created");
    assert!(desk.get("/bots/bike_shop/draft/flows").await.is(200).body.contains("Rent a bike"));
    desk.post("/bots/new", &[("name", "Leer"), ("id", "leer"), ("from", "empty"), ("language", "de")]).await.is(303);
    let again = desk.post("/bots/new", &[("name", "Mine <b>"), ("id", "leer"), ("from", "empty"), ("language", "de")]);
    let again = again.await.is(422);
    assert!(again.body.contains("exists already") && again.body.contains("Mine &#60;b&#62;"), "{}", again.body);
    let list = desk.get("/").await.is(200);
    assert!(list.body.contains("Bike shop") && list.body.contains("never published"));
}

#[tokio::test]
async fn an_intent_is_added_with_examples_which_move_and_go() {
    let desk = Desk::new().await.with_sample("shop").await;
    let fields = [("name", "Lost key"), ("language", "en"), ("examples", "I lost my key\r\n\r\nwhere is my key\r\n")];
    let made = desk.post("/bots/shop/draft/intents", &fields).await.is(303);
    assert_eq!(made.location, "/bots/shop/draft/intents/lost_key?done=created");
    let here = "/bots/shop/draft/intents/lost_key";
    desk.post(&format!("{here}/examples"), &[("language", "en"), ("examples", "my key is gone\nHello")]).await.is(303);
    assert_eq!(examples(&desk, "lost_key").await, ["Hello", "I lost my key", "my key is gone", "where is my key"]);
    // The sample greets with it already: the page says so.
    assert!(desk.get(here).await.is(200).body.contains("also under"), "duplicates show");

    let change = format!("{here}/examples/change");
    desk.post(&change, &[("language", "en"), ("text", "Hello"), ("act", "move"), ("to", "greet")]).await.is(303);
    desk.post(&change, &[("language", "en"), ("text", "my key is gone"), ("act", "remove"), ("to", "greet")])
        .await
        .is(303);
    assert_eq!(examples(&desk, "lost_key").await, ["I lost my key", "where is my key"]);
    assert!(examples(&desk, "greet").await.contains(&"Hello".to_owned()));

    desk.post(&format!("{here}/delete"), &[]).await.is(303);
    assert!(desk.draft("shop", "nlp/examples/en/lost_key").await.is_none());
    desk.get(here).await.is(404);
}

async fn examples(desk: &Desk, intent: &str) -> Vec<String> {
    match desk.draft("shop", &format!("nlp/examples/en/{intent}")).await {
        Some(Document::Examples(examples)) => examples.examples.into_iter().map(|example| example.text).collect(),
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn a_message_node_is_added_between_two_others_and_edited_by_its_form() {
    let desk = Desk::new().await.with_sample("shop").await;
    let here = "/bots/shop/draft/flows/rent";
    let fields = [("kind", "message"), ("name", "Thank you"), ("after", "booked"), ("text", "Thanks a lot!")];
    let added = desk.post(&format!("{here}/nodes"), &fields).await.is(303);
    assert_eq!(added.location, format!("{here}?node=thank_you&done=added"));
    let node = node(&desk, "thank_you").await;
    let Node::Message(message) = &node else { panic!("a message: {node:?}") };
    assert_eq!(message.next.as_ref().unwrap().as_str(), "forget");

    let page = desk.get(&format!("{here}?node=thank_you")).await.is(200);
    assert!(page.body.contains("flow-node kind-message selected"));
    let expected = page.field("expected");
    let form = |text: &'static str| {
        [("expected", expected.clone()), ("text.nl", text.to_owned()), ("next", "forget".to_owned())]
    };
    let mut first = form("Dank je!").to_vec();
    first.push(("text.en", "Thank you!".to_owned()));
    let first: Vec<(&str, &str)> = first.iter().map(|(name, value)| (*name, value.as_str())).collect();
    // Another author's edit of another node does not stand in the way.
    let price = desk.get(&format!("{here}?node=booked")).await.field("expected");
    desk.post(&format!("{here}/nodes/booked"), &[("expected", &price), ("text.en", "Booked."), ("next", "thank_you")])
        .await
        .is(303);
    desk.post(&format!("{here}/nodes/thank_you"), &first).await.is(303);

    // A stale form shows both, and takes the author's words on the second try.
    let second = form("Bedankt!");
    let second: Vec<(&str, &str)> = second.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let refused = desk.post(&format!("{here}/nodes/thank_you"), &second).await.is(422);
    assert!(refused.body.contains("Bedankt!") && refused.body.contains("Dank je!"), "{}", refused.body);
    let fresh = refused.field("expected");
    assert_ne!(fresh, expected);
    desk.post(&format!("{here}/nodes/thank_you"), &[("expected", &fresh), ("text.nl", "Bedankt!")]).await.is(303);
}

async fn node(desk: &Desk, id: &str) -> Node {
    match desk.draft("shop", "flows/rent").await {
        Some(Document::Flow(flow)) => flow.nodes[id].clone(),
        other => panic!("a flow: {other:?}"),
    }
}

#[tokio::test]
async fn what_a_form_cannot_mean_comes_back_with_all_that_was_typed() {
    let desk = Desk::new().await.with_sample("shop").await;
    let here = "/bots/shop/draft/flows/rent/nodes/ask_count";
    let page = desk.get("/bots/shop/draft/flows/rent?node=ask_count").await.is(200);
    let fields = [
        ("expected", page.field("expected")),
        ("variable", "bike_count".to_owned()),
        ("attempts", "lots".to_owned()),
        ("ask.en", "How many, please?".to_owned()),
        ("accept.7.kind", "options".to_owned()),
        ("accept.7.value", "two = a pair".to_owned()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let refused = desk.post(here, &fields).await.is(422);
    for kept in ["value=\"lots\"", "How many, please?", "two = a pair", "at `attempts`"] {
        assert!(refused.body.contains(kept), "{kept}: {}", refused.body);
    }
}

#[tokio::test]
async fn viewers_see_no_forms_and_cannot_change_anything() {
    let desk = Desk::new().await.with_sample("shop").await;
    let viewer = desk.as_other("eve", "shop", Role::Viewer).await;
    let page = viewer.get("/bots/shop/draft/intents/greet").await.is(200);
    assert!(!page.body.contains("/examples\""), "{}", page.body);
    viewer.post("/bots/shop/draft/intents/greet/delete", &[]).await.is(403);
    viewer.post("/bots/shop/draft/flows", &[("name", "x")]).await.is(403);
    desk.post_as_is("/bots/shop/draft/flows", &[("name", "x")]).await.is(403);
    let stranger = desk.as_other("zoe", "other", Role::Admin).await;
    stranger.get("/bots/shop/draft").await.is(404);
}
