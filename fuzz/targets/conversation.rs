//! Any bot in any conversation: each step ends, at a node of the bot or at none.
//!
//! A line is a document, as `PATH JSON`, or something that happens, as the JSON
//! of an `Input`.
#![no_main]

use greenroom_flow::{Graph, Input, Session, step};
use greenroom_model::{Document, PartPath};
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|text: &str| -> Corpus {
    let mut documents = Vec::new();
    let mut inputs: Vec<Input> = Vec::new();
    for line in text.lines() {
        if let Ok(input) = serde_json::from_str(line) {
            inputs.push(input);
        } else if let Some((path, json)) = line.split_once(' ')
            && let Ok(path) = path.parse::<PartPath>()
            && let Ok(document) = Document::from_json(&path, json.as_bytes())
        {
            documents.push((path, document));
        }
    }
    if documents.is_empty() {
        return Corpus::Reject;
    }
    let graph = Graph::compile(documents);
    let mut session = Session::new(&graph, None);
    for input in &inputs {
        session = step(&graph, &session, input).session;
        if let Some(position) = &session.position {
            assert!(graph.contains(position), "the conversation waits at {position}, which there is not");
        }
        let json = serde_json::to_string(&session).expect("a session can be written");
        let stored: Session = serde_json::from_str(&json).expect("a session that was written can be read");
        assert_eq!(stored, session, "writing a session loses nothing");
    }
    Corpus::Keep
});
