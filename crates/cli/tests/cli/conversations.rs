//! `talk`, `test`: what the bot answers.

use serde_json::json;

use crate::desk::{Desk, keys};

#[test]
fn scripted_turns_print_a_reply_a_line_and_nothing_else() {
    let desk = Desk::with_live_kiosk();
    let run = desk.run_words(&["talk", "kiosk", "--say", "hi", "--say", "I want to buy tickets", "--say", "3"]).done();
    assert_eq!(
        run.lines(),
        [
            "Hello! What can I do for you? [Buy tickets] [Our site](https://kiosk.example)",
            "How many tickets?",
            "3 tickets it is.",
        ]
    );
    assert_eq!(run.stderr, "");
}

#[test]
fn a_title_in_brackets_presses_the_button() {
    let desk = Desk::with_live_kiosk();
    let run = desk.run_words(&["talk", "kiosk", "--say", "hi", "--say", "[Buy tickets]"]).done();
    assert_eq!(run.lines()[1], "How many tickets?");
    let unknown = desk.run_words(&["talk", "kiosk", "--say", "[zzz qqq]"]).done();
    assert_eq!(unknown.lines(), ["I did not get that."]);
}

#[test]
fn stdin_is_a_script_too_and_start_opens_with_the_introduction() {
    let desk = Desk::with_live_kiosk();
    let run = desk.run_with_input(&["talk", "kiosk", "--start"], "hello\nwhen do you open\n").done();
    assert_eq!(run.lines()[0], "Welcome to the kiosk.");
    assert_eq!(run.lines()[2], "We open at nine.");
}

#[test]
fn a_line_of_stdin_that_is_not_utf8_is_named() {
    let desk = Desk::with_live_kiosk();
    let run = desk.run_with_input(&["talk", "kiosk"], b"hello\r\nwhen \xff\n").exits(5);
    assert_eq!(run.lines().len(), 1, "the first line has its answer");
    run.says(&["stdin, line 2: byte 6 is not UTF-8"]);
}

#[test]
fn the_draft_answers_until_something_is_live() {
    let desk = Desk::with_kiosk();
    desk.run("train kiosk").done();
    desk.run("talk kiosk --say hi --env live").exits(3).says(&["publish first"]);
    let run = desk.run("talk kiosk --say hi").done().says(&["this is the draft"]);
    assert_eq!(run.lines().len(), 1);
    desk.run("publish kiosk --notes first").done();
    desk.run_with_input(&["set", "kiosk", "flows/greet", "-"], r#"{"name":"Greet","triggers":[{"intent":"greet"}],"start":"a","nodes":{"a":{"message":{"text":{"en":"Draft here."}}}}}"#).done();
    assert!(desk.run("talk kiosk --say hi").done().stdout.starts_with("Hello!"));
    assert_eq!(desk.run("talk kiosk --say hi --env draft").done().stdout, "Draft here.\n");
    desk.run("talk kiosk --say hi --env 1").exits(2);
}

#[test]
fn a_conversation_goes_on_only_under_its_id() {
    let desk = Desk::with_live_kiosk();
    desk.run_words(&["talk", "kiosk", "--conversation", "c", "--say", "tickets please"]).done();
    assert_eq!(desk.run("talk kiosk --conversation c --say 4").done().stdout, "4 tickets it is.\n");
    assert_eq!(desk.run("talk kiosk --say 4").done().stdout, "I did not get that.\n");
}

#[test]
fn a_script_as_json_holds_every_turn() {
    let desk = Desk::with_live_kiosk();
    let talked = desk.json("talk kiosk --say hi --say 3 --conversation c --trace");
    assert_eq!(keys(&talked), ["bot", "conversation", "state", "turns"]);
    assert_eq!((&talked["conversation"], &talked["state"]), (&json!("c"), &json!("live")));
    let turn = &talked["turns"][0];
    assert_eq!(keys(turn), ["handed_over", "replies", "said", "trace", "understanding"]);
    assert_eq!((&turn["said"], &turn["understanding"]["intent"]["id"]), (&json!("hi"), &json!("greet")));
    assert_eq!(turn["replies"][0]["buttons"][0]["title"], "Buy tickets");
    assert_eq!(talked["turns"].as_array().unwrap().len(), 2);
    assert_eq!(
        keys(&desk.json("talk kiosk --say hi")["turns"][0]),
        ["handed_over", "replies", "said", "understanding"]
    );
}

#[test]
fn a_trace_says_how_the_bot_came_to_it() {
    let desk = Desk::with_live_kiosk();
    let run = desk.run("talk kiosk --say hi --trace").done();
    assert!(
        run.stdout.contains("  . understood greet (") && run.stdout.contains("  . entered at=greet/hello"),
        "{run:?}"
    );
}

#[test]
fn test_passes_on_a_sound_bot_and_names_what_is_off() {
    let desk = Desk::with_kiosk();
    desk.run("train kiosk").done();
    let tested = desk.json("test kiosk");
    assert_eq!(keys(&tested), ["bot", "failed", "outcomes", "passed"]);
    assert_eq!((&tested["passed"], &tested["failed"]), (&json!(1), &json!(0)));
    desk.run("pull kiosk mine").done();
    desk.edit("mine/flows/tickets.yaml", "How many tickets?", "How many?");
    desk.run("push kiosk mine").done();
    let failed = desk.run("test kiosk --json").exits(1).document();
    let mismatch = &failed["outcomes"]["buying"]["mismatches"][0];
    assert_eq!(keys(mismatch), ["expected", "found", "help", "turn", "what"]);
    assert_eq!((&mismatch["turn"], &mismatch["what"]), (&json!(1), &json!("replies.1")));
    let told = desk.run("test kiosk").exits(1).stdout;
    assert!(told.contains("FAIL buying") && told.contains("0 passed, 1 failed"), "{told}");
}

#[test]
fn tests_run_by_name_and_one_that_is_not_there_is_named() {
    let desk = Desk::with_kiosk();
    desk.run("train kiosk").done();
    desk.run_with_input(
        &["set", "kiosk", "tests/wrong", "-"],
        r#"{"name":"W","turns":[{"say":"hi","expect":{"node":"x/y"}}]}"#,
    )
    .done();
    desk.run("test kiosk").exits(1);
    assert_eq!(keys(&desk.json("test kiosk buying")["outcomes"]), ["buying"]);
    desk.run("test kiosk buying no-such").exits(3).says(&["tests/no-such"]);
    // What some of the tests show is no evidence: the plan still has the failure.
    let plan = desk.run("plan kiosk --notes x").stdout;
    assert!(plan.contains("untested"), "{plan}");
}

#[test]
fn coverage_names_what_no_test_reaches_as_text_and_json() {
    let desk = Desk::with_kiosk();
    desk.run("train kiosk").done();
    let told = desk.run("test kiosk --coverage").done().stdout;
    assert!(told.contains("greet: 0 of 1 nodes") && told.contains("     node hello"), "{told}");
    assert!(told.contains("     trigger introduction"), "{told}");
    let tested = desk.json("test kiosk --coverage");
    assert_eq!(keys(&tested["coverage"]), ["edges", "flows", "nodes", "triggers"]);
    assert_eq!(tested["coverage"]["flows"]["greet"]["unreached_nodes"], json!(["hello"]));
    assert!(desk.json("test kiosk").get("coverage").is_none());
}

#[test]
fn build_servers_get_junit_xml_whatever_the_outcome() {
    let desk = Desk::with_kiosk();
    desk.run("train kiosk").done();
    desk.run("test kiosk --junit fine.xml").done();
    assert!(
        desk.read("fine.xml").contains(r#"<testcase name="buying" classname="kiosk""#),
        "{}",
        desk.read("fine.xml")
    );
    desk.run_with_input(
        &["set", "kiosk", "tests/wrong", "-"],
        r#"{"name":"W","turns":[{"say":"hi","expect":{"node":"x/y"}}]}"#,
    )
    .done();
    desk.run("test kiosk --junit off.xml").exits(1);
    let xml = desk.read("off.xml");
    assert!(
        xml.contains(r#"tests="2" skipped="0" failures="1" errors="0""#)
            && xml.contains("<failure message=\"turn 1, node: expected x/y\">"),
        "{xml}"
    );
    desk.run("test kiosk --junit no/such/folder.xml").exits(3).says(&["no/such/folder.xml"]);
}

#[test]
fn what_was_just_said_becomes_a_test() {
    let desk = Desk::with_live_kiosk();
    let words = ["talk", "kiosk", "--start", "--say", "tickets please", "--say", "3", "--save-test", "Buys three"];
    let run = desk.run_words(&words).done();
    assert_eq!(run.lines().last().unwrap(), &"test buys_three of 3 turns is in the draft; it passes");
    let saved = desk.json("get kiosk tests/buys_three");
    assert_eq!(
        saved["document"]["turns"][2],
        json!({ "say": "3", "expect": { "replies": ["3 tickets it is."], "intent": "none" } })
    );
    let talked = desk.run_words(&["talk", "kiosk", "--say", "hi", "--save-test", "Buys three", "--json"]).done();
    assert_eq!(
        talked.document()["saved_test"],
        json!({ "test": "buys_three_2", "turns": 1, "passed": true, "notes": [] })
    );
}

#[test]
fn a_conversation_of_the_transcripts_becomes_a_test() {
    let desk = Desk::with_live_kiosk();
    desk.run_words(&["talk", "kiosk", "--conversation", "c", "--say", "hi", "--say", "[Buy tickets]"]).done();
    let saved = desk.run_words(&["save-test", "kiosk", "c", "By the button"]).done();
    assert_eq!(saved.lines(), ["test by_the_button of 2 turns is in the draft; it passes"]);
    assert_eq!(desk.json("get kiosk tests/by_the_button")["document"]["turns"][1]["press"], "Buy tickets");
    desk.run_words(&["save-test", "kiosk", "nobody", "X"]).exits(3).says(&["no conversation `nobody`"]);
    desk.run_words(&["save-test", "kiosk", "c", "X", "--env", "draft"]).exits(3);
    desk.run_words(&["save-test", "kiosk", "c", "X", "--env", "1"]).exits(2).says(&["version 1 has no transcripts"]);
}

/// An action server that answers every call so; its address.
fn action_server(answer: serde_json::Value) -> String {
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/webhook", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, mut heard, mut buffer) = (stream.unwrap(), Vec::new(), [0; 65_536]);
            loop {
                let count = stream.read(&mut buffer).unwrap();
                heard.extend_from_slice(&buffer[..count]);
                let text = String::from_utf8_lossy(&heard).to_lowercase();
                let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                let length = head.split_once("content-length: ").unwrap().1.lines().next().unwrap();
                if body.len() >= length.parse().unwrap() {
                    break;
                }
            }
            let body = answer.to_string();
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
            write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).unwrap();
        }
    });
    address
}

#[test]
fn actions_of_a_server_answer_in_place_of_what_tests_say_and_are_no_evidence() {
    let desk = Desk::with_kiosk();
    desk.run("train kiosk").done();
    for (path, part) in [
        ("flows/handlers/action_hours", r#"{"name":"action_hours"}"#),
        (
            "flows/opening",
            r#"{"name":"Opening","start":"ask","triggers":[{"keyword":"opening"}],"nodes":{"ask":{"action":{"call":"action_hours"}}}}"#,
        ),
        (
            "tests/served",
            r#"{"name":"Served","turns":[{"say":"opening","answers":{"action_hours":{"replies":["By the test."]}},
                "expect":{"replies":["By the server."],"calls":["action_hours"]}}]}"#,
        ),
    ] {
        desk.run_with_input(&["set", "kiosk", path, "-"], part).done();
    }
    let stubbed = desk.run("test kiosk served").exits(1);
    assert!(stubbed.stdout.contains("found    \"By the test.\""), "{}", stubbed.stdout);
    let server = action_server(json!({ "events": [], "responses": [{ "text": "By the server." }] }));
    let run = desk.run_words(&["test", "kiosk", "served", "--actions", &server]).done();
    assert_eq!(run.lines(), ["ok   served", "1 passed, 0 failed"]);
    desk.run_words(&["test", "kiosk", "--actions", &server]).done();
    let plan = desk.run("plan kiosk");
    assert!(plan.stdout.contains("untested"), "{}", plan.stdout);
    desk.run("test kiosk --actions here").exits(2).says(&["an action server's address is like"]);
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let address = format!("http://{silent}/webhook");
    desk.run_words(&["test", "kiosk", "served", "--actions", &address]).exits(1);
}
