//! Each message is answered once, none is lost, none gets another's answer.

use std::collections::{BTreeSet, HashMap};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::chance::Chance;
use crate::child::{PART, STORE};
use crate::desk::open_shop;

/// How many messages a conversation has.
const MESSAGES: usize = 3;

/// How many conversations there are, and how often a process is killed.
fn extent() -> (usize, usize) {
    match std::env::var("GREENROOM_SOAK_CASES") {
        Ok(conversations) => (conversations.parse().unwrap(), 20),
        Err(_) => (60, 3),
    }
}

/// A message: conversation and number.
type Named = (usize, usize);

fn text((conversation, number): Named) -> String {
    format!("zork{conversation} quux{number}")
}

/// A process that answers, and what it says.
struct Process {
    child: Child,
    answers: Receiver<(Named, String)>,
}

impl Process {
    fn start(store: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["child::answers_lines_until_it_is_killed", "--exact", "--nocapture"])
            .env(STORE, store)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, answers) = channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            // The last line of a killed process may be cut off, and then nobody has heard it.
            for line in output.lines().map_while(Result::ok) {
                let words: Vec<&str> = line.split(PART).collect();
                if let [_, conversation, id, said] = words[..] {
                    let named = (conversation.parse().unwrap(), id.parse().unwrap());
                    let _ = sender.send((named, said.to_owned()));
                }
            }
        });
        Self { child, answers }
    }

    /// Sends messages from a thread of its own: a process that is killed stops reading.
    fn send(&mut self, messages: Vec<Named>) {
        let mut input = self.child.stdin.take().unwrap();
        std::thread::spawn(move || {
            for named in messages {
                let (conversation, number) = named;
                if writeln!(input, "{conversation}{PART}{number}{PART}{}", text(named)).is_err() {
                    return;
                }
            }
            // Kept open: the end of its input would end the process before its answers.
            std::thread::sleep(Duration::from_secs(600));
        });
    }
}

#[tokio::test]
async fn messages_sent_twice_and_in_any_order_between_kills_are_each_answered_once() {
    let (conversations, kills) = extent();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    // The bot is in the file; nobody has it open any more.
    std::sync::Arc::into_inner(open_shop(&path, "count").await).unwrap().close().await;
    let mut chance = Chance(7);
    let all: Vec<Named> =
        (0..conversations).flat_map(|conversation| (0..MESSAGES).map(move |number| (conversation, number))).collect();
    let mut answers: HashMap<Named, String> = HashMap::new();
    let mut heard_again = 0;
    for round in 0..=kills {
        let mut messages: Vec<Named> = all.iter().filter(|named| !answers.contains_key(named)).copied().collect();
        messages.extend(messages.clone());
        if round == kills {
            // All that was answered before is asked once more: it must be answered as it was.
            messages.extend(&all);
        }
        shuffle(&mut messages, &mut chance);
        let mut expected = messages.len();
        let mut process = Process::start(&path);
        process.send(messages);
        let until = if round == kills { usize::MAX } else { chance.below(2 * all.len() / (kills + 1)) + 1 };
        let mut got = 0;
        while expected > 0 && got < until {
            let (named, said) = process.answers.recv_timeout(Duration::from_secs(120)).unwrap();
            assert!(!said.starts_with("error"), "{named:?}: {said}");
            if let Some(before) = answers.insert(named, said.clone()) {
                assert_eq!(before, said, "{named:?} got two answers");
                heard_again += 1;
            }
            (expected, got) = (expected - 1, got + 1);
        }
        process.child.kill().unwrap();
        process.child.wait().unwrap();
    }
    assert_eq!(answers.len(), all.len(), "none is lost");
    assert!(heard_again > 0);
    for conversation in 0..conversations {
        let mut numbers = BTreeSet::<usize>::new();
        for number in 0..MESSAGES {
            let named = (conversation, number);
            let answer = answers[&named].split_once(' ').and_then(|(heard, said)| Some((heard.parse().ok()?, said)));
            let Some((heard, said)) = answer else { panic!("{named:?} got `{}`", answers[&named]) };
            numbers.insert(heard);
            assert!(heard == 1 && said.is_empty() || said == text(named), "{named:?} got `{}`", answers[&named]);
        }
        assert_eq!(numbers, (1..=MESSAGES).collect(), "each is heard once in conversation {conversation}");
    }
    let book = std::fs::read_to_string(path.with_extension("book")).unwrap();
    let payments: BTreeSet<&str> = book.lines().collect();
    assert_eq!(payments.len(), book.lines().count(), "something was paid twice");
    println!(
        "{conversations} conversations, {} messages, {kills} kills: {heard_again} repetitions got the same answer, {} payments, none twice",
        all.len(),
        payments.len()
    );
}

fn shuffle<T>(items: &mut [T], chance: &mut Chance) {
    for place in (1..items.len()).rev() {
        items.swap(place, chance.below(place + 1));
    }
}
