//! What a message says beside plain texts.

use super::*;
use crate::{Reply, ReplyContent};

fn replies(content: Value) -> (Vec<Reply>, Talk) {
    let mut talk = Talk::with(json!({
        "settings": { "name": "bot", "default_language": "en", "languages": ["nl"] },
        "flows/f": flow(json!({ "intent": "go" }), json!({ "a": { "message": {
            "text": { "en": "Look." }, "content": content,
            "quick_replies": [{ "title": { "en": "More" }, "action": { "payload": "more" } }], "next": "b",
        } }, "b": { "end": {} } })),
        "flows/variables/id": { "name": "id", "default": "a/b" },
        "flows/variables/picture": { "name": "picture", "default": "javascript:alert(1)" },
    }));
    talk.mean("go");
    (talk.last.clone().unwrap().replies, talk)
}

#[test]
fn contents_are_said_in_order_and_quick_replies_stand_under_the_last() {
    let (replies, _) = replies(json!([
        { "card": { "title": { "en": "Tandem" }, "subtitle": { "en": "For two" }, "image": "https://x.example/{{ id }}.png",
            "buttons": [{ "title": { "en": "Rent" }, "action": { "intent": { "intent": "rent" } } }] } },
        { "image": { "url": "https://x.example/{{ language }}.png", "text": { "en": "A map" } } },
        { "text": { "text": { "en": "Well?" } } },
    ]));
    let texts: Vec<&str> = replies.iter().map(|reply| reply.text.as_str()).collect();
    assert_eq!(texts, ["Look.", "Tandem\nFor two", "A map: https://x.example/en.png", "Well?"]);
    let Some(ReplyContent::Card(card)) = &replies[1].content else { panic!("{:?}", replies[1]) };
    assert_eq!(card.image.as_deref(), Some("https://x.example/a%2Fb.png"));
    assert_eq!(card.buttons, replies[1].buttons, "a channel that knows no cards shows their buttons");
    let quick: Vec<usize> = replies.iter().map(|reply| reply.quick_replies.len()).collect();
    assert_eq!(quick, [0, 0, 0, 1]);
}

#[test]
fn lists_and_carousels_have_texts_that_stand_for_them() {
    let button = |title: &str| json!({ "title": { "en": title }, "action": { "payload": title } });
    let (replies, _) = replies(json!([
        { "list": { "title": { "en": "Bikes" }, "buttons": [button("All")], "items": [
            { "title": { "en": "Tandem" }, "subtitle": { "en": "two" }, "button": button("T") }, { "title": { "en": "Cargo" } } ] } },
        { "carousel": { "cards": [{ "title": { "en": "One" }, "buttons": [button("1")] }, { "title": { "en": "Two" } }] } },
        { "file": { "url": "https://x.example/terms.pdf", "name": { "en": "Terms" } } },
        { "video": { "url": "https://x.example/film.mp4" } },
    ]));
    assert_eq!(replies[1].text, "Bikes\n- Tandem: two\n- Cargo");
    let titles: Vec<&str> = replies[1].buttons.iter().map(|button| button.title.as_str()).collect();
    assert_eq!(titles, ["T", "All"]);
    assert_eq!(replies[2].text, "One\n\nTwo");
    assert_eq!(replies[3].text, "Terms: https://x.example/terms.pdf");
    assert_eq!(replies[4].text, "https://x.example/film.mp4");
    assert_eq!(replies[4].all_buttons().count(), 1);
}

#[test]
fn what_is_made_for_one_channel_is_for_it_alone() {
    let (replies, _) =
        replies(json!([{ "raw": { "channel": "web_chat", "json": { "ids": ["{{ id }}", 1], "n": "{{ 1 + 1 }}" } } }]));
    assert_eq!(
        replies[1].content,
        Some(ReplyContent::Raw { channel: "web_chat".into(), json: json!({ "ids": ["a/b", 1], "n": 2 }) })
    );
    assert!(replies[1].is_for("web_chat") && !replies[1].is_for("rest") && replies[0].is_for("rest"));
}

#[test]
fn an_address_that_is_none_is_not_shown_and_traced() {
    let (replies, talk) = replies(json!([
        { "image": { "url": "{{ picture }}" } },
        { "card": { "title": { "en": "T" }, "image": "{{ picture }}" } },
    ]));
    assert_eq!(replies.len(), 2);
    assert!(matches!(&replies[1].content, Some(ReplyContent::Card(card)) if card.image.is_none()));
    assert!(talk.faults().contains("does not begin with `https://`"), "{}", talk.faults());
}

#[test]
fn texts_of_contents_follow_the_language() {
    let mut talk = Talk::with(json!({
        "settings": { "name": "bot", "default_language": "en", "languages": ["nl"] },
        "flows/f": flow(json!({ "intent": "go" }), json!({ "a": { "message": {
            "content": [{ "card": { "title": { "en": "Bike", "nl": "Fiets" }, "subtitle": { "en": "Fast" } } }],
        } } })),
    }));
    talk.session.language = language("nl-be");
    assert_eq!(talk.mean("go"), "Fiets\nFast");
}

#[test]
fn a_message_waits_where_a_button_of_a_card_goes_on() {
    let mut talk = Talk::with(json!({
        "flows/f": flow(json!({ "intent": "go" }), json!({
            "a": { "message": { "content": [{ "card": { "title": { "en": "Bike" },
                "buttons": [{ "title": { "en": "Rent" }, "action": { "goto": "b" } }] } }] } },
            "b": message("Rented."),
        })),
    }));
    talk.mean("go");
    assert_eq!(talk.position(), "f/a");
    let payload = talk.payload("Rent");
    assert_eq!(talk.press(&payload), "Rented.");
}

#[test]
fn a_button_opens_an_address_with_values_in_it_and_none_that_is_no_address() {
    let button = |url: &str| json!({ "title": { "en": url }, "action": { "url": url } });
    let buttons = [button("https://x.example/{{ id }}?q={{ id }}"), button("{{ page }}"), button("tel:+{{ number }}")];
    let nodes = json!({ "a": { "message": { "text": { "en": "?" }, "buttons": buttons } } });
    let shown = |page: &str| {
        let mut talk = Talk::with(json!({
            "flows/f": flow(json!({ "button": "p" }), nodes.clone()),
            "flows/variables/id": { "name": "id", "default": "a/b&c" },
            "flows/variables/number": { "name": "number", "default": 3212 },
            "flows/variables/page": { "name": "page", "default": page },
        }));
        talk.press("p");
        let buttons = talk.last.iter().flat_map(|step| &step.replies).flat_map(|reply| &reply.buttons);
        let urls = buttons.map(|button| match &button.action {
            ReplyAction::Url(url) => url.clone(),
            ReplyAction::Payload(payload) => panic!("{payload}"),
        });
        (urls.collect::<Vec<_>>(), talk.faults())
    };
    let (fixed, tel) = ("https://x.example/a%2Fb%26c?q=a%2Fb%26c".to_owned(), "tel:+3212".to_owned());
    let (urls, faults) = shown("https://y.example/z");
    assert_eq!((urls, faults.as_str()), (vec![fixed.clone(), "https://y.example/z".to_owned(), tel.clone()], ""));
    let (urls, faults) = shown("javascript:alert(1)");
    assert_eq!(urls, [fixed, tel]);
    assert!(faults.contains("`mailto:`") && faults.ends_with("it is not shown"), "{faults}");
}
