//! Several processes on one store, and processes that are killed while they write.
//!
//! Each test runs its own executable again, with the variable [`STORE`] set: that
//! process then does the child's part of the test.
#![expect(clippy::unwrap_used, reason = "a process that does not start fails the test")]

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use greenroom_model::Digest;
use greenroom_store::{Commit, Error, Key, Store};
use greenroom_store_sqlite::SqliteStore;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection, query_scalar};

const STORE: &str = "GREENROOM_TEST_CHILD_OF_STORE";

fn store_of_the_parent() -> Option<PathBuf> {
    env::var_os(STORE).map(PathBuf::from)
}

/// Starts this executable again with one of its tests.
fn spawn(test: &str, store: &Path) -> Child {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(STORE, store);
    command.stdout(Stdio::piped()).spawn().unwrap()
}

fn key(name: &str) -> Key {
    Key::new(name).unwrap()
}

async fn number(store: &SqliteStore, name: &str) -> u64 {
    let record = store.record(&key(name)).await.unwrap();
    record.map_or(0, |record| str::from_utf8(&record.value).unwrap().parse().unwrap())
}

#[tokio::test]
async fn processes_lose_no_increment() {
    const PROCESSES: u64 = 3;
    const EACH: u64 = 100;
    if let Some(path) = store_of_the_parent() {
        // All children open the store at once, and one of them makes it.
        let store = SqliteStore::open(path).await.unwrap();
        let mut done = 0;
        while done < EACH {
            let record = store.record(&key("counter")).await.unwrap();
            let next = (number(&store, "counter").await + 1).to_string();
            let commit = match &record {
                Some(record) => Commit::new().swap(record, next),
                None => Commit::new().create(key("counter"), next),
            };
            match store.commit(commit).await {
                Ok(_) => done += 1,
                Err(Error::Conflict { .. }) => {}
                Err(error) => panic!("{error}"),
            }
        }
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("greenroom.db");
    let children: Vec<Child> = (0..PROCESSES).map(|_| spawn("processes_lose_no_increment", &path)).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "a process failed: {}", String::from_utf8_lossy(&output.stdout));
    }
    let store = SqliteStore::open(&path).await.unwrap();
    assert_eq!(number(&store, "counter").await, PROCESSES * EACH);
}

/// The object of a round; large enough that a kill may hit it half written.
fn content(round: u64) -> String {
    format!("object of round {round} ").repeat(2_000)
}

#[tokio::test]
async fn a_killed_process_leaves_whole_commits_and_all_that_it_acknowledged() {
    if let Some(path) = store_of_the_parent() {
        let store = SqliteStore::open(path).await.unwrap();
        let mut round = number(&store, "a").await;
        loop {
            round += 1;
            let digest = Digest::of(content(round).as_bytes());
            let commit = Commit::new().put(key("a"), round.to_string()).object(digest, content(round));
            let last = Key::of(&["rounds", &round.to_string()]).unwrap();
            let commit = commit.create(last, digest.to_string()).put(key("b"), round.to_string());
            store.commit(commit).await.unwrap();
            println!("acknowledged {round}");
            std::io::stdout().flush().unwrap();
        }
    }
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("greenroom.db");
    let mut rounds = 0;
    for kill in 0..20_u64 {
        let mut child = spawn("a_killed_process_leaves_whole_commits_and_all_that_it_acknowledged", &path);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let round_of = |line: String| line.rsplit_once("acknowledged ").and_then(|(_, round)| round.parse().ok());
        // It is killed at another moment of a commit each time, once it has got going.
        let mut acknowledged: u64 = lines.by_ref().find_map(|line| round_of(line.unwrap())).unwrap();
        std::thread::sleep(Duration::from_micros(kill * 1_700));
        child.kill().unwrap();
        child.wait().unwrap();
        acknowledged = lines.map_while(Result::ok).filter_map(round_of).last().unwrap_or(acknowledged);

        let store = SqliteStore::open(&path).await.unwrap();
        let found = number(&store, "a").await;
        assert!(found >= acknowledged, "round {acknowledged} was acknowledged, the store has {found}");
        assert_eq!(number(&store, "b").await, found, "half a commit is there");
        for round in rounds + 1..=found {
            let record = store.record(&Key::of(&["rounds", &round.to_string()]).unwrap()).await.unwrap().unwrap();
            let digest: Digest = str::from_utf8(&record.value).unwrap().parse().unwrap();
            assert_eq!(store.objects(&[digest]).await.unwrap(), [Some(content(round).into())]);
        }
        let next = Key::of(&["rounds", &(found + 1).to_string()]).unwrap();
        assert_eq!(store.record(&next).await.unwrap(), None, "half a commit is there");
        store.close().await;
        rounds = found;
    }
    let mut connection = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(&path)).await.unwrap();
    let check: String = query_scalar("PRAGMA integrity_check").fetch_one(&mut connection).await.unwrap();
    assert_eq!(check, "ok");
    assert!(rounds >= 20, "the processes got through {rounds} rounds only");
}
