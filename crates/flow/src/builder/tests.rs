//! What the builder promises: nodes in a row, and every fault told by `build`.

use greenroom_model::document::{ButtonAction, Content, HttpCall, Media};

use super::*;

fn fault(builder: FlowBuilder) -> String {
    builder.build().unwrap_err().to_string()
}

#[test]
fn nodes_follow_each_other_unless_told_otherwise() {
    let flow = FlowBuilder::new("f")
        .on_intent("i")
        .in_context("c")
        .at("b")
        .message("a", "en", "A")
        .also("en", "Aa")
        .also("nl", "A!")
        .branch("b", |branch| branch.case("x == 1", "g"))
        .jump_and_return("c", "other")
        .handover("d", "en", "D")
        .action("e", |action| action.set("x", 1).clear("y").context("c", 2).call("h").on_error("g"))
        .stop()
        .input("g", "x", "en", "G", |input| input.number(1, 2).attempts(3, "e"))
        .goto_button("en", "go", "a")
        .then("a")
        .build()
        .unwrap();
    let expected = r#"{"name":"f","triggers":[{"intent":"i","contexts":["c"],"node":"b"}],"start":"a","nodes":{
        "a":{"message":{"text":{"en":["A","Aa"],"nl":"A!"},"next":"b"}},
        "b":{"branch":{"cases":[{"when":"x == 1","goto":"g"}],"else":"c"}},
        "c":{"jump":{"to":{"flow":"other"},"return":true,"next":"d"}},
        "d":{"handover":{"text":{"en":"D"},"next":"e"}},
        "e":{"action":{"set":{"x":1},"clear":["y"],"contexts":{"c":2},"call":"h","on_error":"g"}},
        "g":{"input":{"variable":"x","ask":{"text":{"en":"G"},"buttons":[{"title":{"en":"go"},"action":{"goto":"a"}}]},
            "accept":[{"number":{"min":1.0,"max":2.0}}],"attempts":3,"otherwise":"e","next":"a"}}}}"#;
    assert_eq!(serde_json::to_value(&flow).unwrap(), serde_json::from_str::<serde_json::Value>(expected).unwrap());
}

#[test]
fn every_kind_of_node_can_be_built() {
    let flow = FlowBuilder::new("f")
        .on_keyword("stop")
        .on_link("sale")
        .on_bot_disabled()
        .on_not_understood_again(2)
        .message("a", "en", "A")
        .content(Content::Image(Media { url: "https://x.example/a.png".into(), ..Media::default() }))
        .quick_reply("en", "Yes", ButtonAction::Payload("yes".into()))
        .input("b", "x", "en", "B", |input| {
            input
                .date_between("2026-01-01", "2026-12-31")
                .phone()
                .handler("h")
                .retry("en", "R")
                .then_retry("en", "S")
                .interrupted_by(["help"])
        })
        .action("c", |action| {
            action.increment("n", 1).speak("nl").http(HttpCall::get("https://x.example")).on_error("f")
        })
        .event("d", "done", [("n", "{{ n }}".into())])
        .wait("e", |wait| wait.event("paid", "g").seconds(60))
        .handover("f", "en", "F")
        .handing_to("sales", "{{ x }}")
        .wait("g", |wait| wait.event("over", "a"))
        .end("h")
        .build()
        .unwrap();
    let expected = r#"{"name":"f","start":"a",
        "triggers":[{"keyword":"stop"},{"link":"sale"},{"system":"bot_disabled"},{"system":"not_understood","times":2}],"nodes":{
        "a":{"message":{"text":{"en":"A"},"content":[{"image":{"url":"https://x.example/a.png"}}],
            "quick_replies":[{"title":{"en":"Yes"},"action":{"payload":"yes"}}],"next":"b"}},
        "b":{"input":{"variable":"x","ask":{"text":{"en":"B"}},"retry":[{"en":"R"},{"en":"S"}],"interruptions":{"intents":{"only":["help"]}},
            "accept":[{"date":{"min":"2026-01-01","max":"2026-12-31"}},{"phone":{}},{"handler":{"handler":"h"}}],"next":"c"}},
        "c":{"action":{"increment":{"n":1.0},"language":"nl","http":{"url":"https://x.example"},"on_error":"f","next":"d"}},
        "d":{"event":{"event":"done","data":{"n":"{{ n }}"},"next":"e"}},
        "e":{"wait":{"events":{"paid":"g"},"seconds":60,"on_timeout":"f"}},
        "f":{"handover":{"text":{"en":"F"},"to":"sales","note":"{{ x }}","next":"g"}},
        "g":{"wait":{"events":{"over":"a"}}},"h":{"end":{}}}}"#;
    assert_eq!(serde_json::to_value(&flow).unwrap(), serde_json::from_str::<serde_json::Value>(expected).unwrap());
}

#[test]
fn build_tells_the_first_fault() {
    for (builder, expected) in [
        (FlowBuilder::new("f"), "flow `f`: it has no node"),
        (FlowBuilder::new("f").on_intent("Not ok").message("a", "en", "A"), "`Not ok` is not a intent id"),
        (FlowBuilder::new("f").message("a", "English", "A"), "`English` is not a language id"),
        (FlowBuilder::new("f").message("a", "en", "A").message("a", "en", "A"), "the node `a` is given twice"),
        (FlowBuilder::new("f").message("a", "en", "A").then("b"), "leads to `b`, which the flow lacks"),
        (FlowBuilder::new("f").message("a", "en", "{{ A"), "the template does not work"),
        (FlowBuilder::new("f").branch("a", |branch| branch.case("x =", "a")).end("b"), "is not a condition"),
        (FlowBuilder::new("f").message("a", "en", "A").then("a"), "never waits for the user"),
        (FlowBuilder::new("f").end("a").also("en", "A"), "`also` follows"),
        (FlowBuilder::new("f").end("a").then("a"), "`then` follows"),
        (FlowBuilder::new("f").at("a").end("a"), "`at` follows a trigger"),
        (FlowBuilder::new("").end("a"), "at `name`"),
        (FlowBuilder::new("f").wait("a", |wait| wait), "waits for nothing"),
        (FlowBuilder::new("f").wait("a", |wait| wait.event("No", "a")), "`No` is not a event id"),
        (FlowBuilder::new("f").end("a").handing_to("x", "y"), "`handing_to` follows"),
        (FlowBuilder::new("f").action("a", |action| action.http(HttpCall::get("{{ x }}"))), "does not begin with"),
        (
            FlowBuilder::new("f").input("a", "x", "en", "A", |input| input.attempts(1_000, "a")),
            "at `nodes.a.input.attempts`",
        ),
        (FlowBuilder::new("f").input("a", "x", "en", "A", |input| input.entity("E")), "`E` is not a entity id"),
        (FlowBuilder::new("f").action("a", |action| action.set("a-b", 1)), "`a-b` is not a variable id"),
    ] {
        let fault = fault(builder);
        assert!(fault.contains(expected), "{expected}: {fault}");
    }
}
