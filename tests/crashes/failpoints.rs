//! Each call that an act makes of the store fails in each way: an error, one that does
//! not say whether it was done, a panic, the end of the process. Afterwards the promises
//! hold, nothing is an orphan, no job is stuck, and the act can be done again. Of the
//! kills, which take a process each, the soak has all and the test some.

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use greenroom::store::Store;
use greenroom::store_sqlite::SqliteStore;

use crate::failing::{Failing, Fault, Remembering, silence_told_panics};
use crate::promises;
use crate::scenes::Scene;

/// Tells the child what to do: the store, the scene, the call, the fault.
const CHILD: &str = "GREENROOM_TEST_FAILPOINT";

fn executor() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// The calls of a scene that nothing cuts off, by whether they write.
async fn calls_of(scene: Scene, store: &Arc<dyn Store>) -> Vec<bool> {
    let failing = Failing::at(None, store);
    scene.play(failing.clone()).await.unwrap();
    promises::hold(store).await;
    failing.calls()
}

/// The pairs of call and fault that differ.
fn failpoints<'f>(calls: &'f [bool], faults: &'f [Fault]) -> impl Iterator<Item = (usize, Fault)> + 'f {
    calls.iter().enumerate().flat_map(move |(number, writes)| {
        faults.iter().filter(move |fault| *writes || !fault.is_of_writes()).map(move |fault| (number, *fault))
    })
}

#[test]
fn each_call_of_each_act_may_fail_or_panic() {
    let executor = executor();
    let mut visited = BTreeMap::<String, usize>::new();
    silence_told_panics();
    for scene in Scene::ALL {
        let before = Arc::new(Remembering::default());
        let calls = executor.block_on(async {
            scene.prepare(before.clone()).await;
            calls_of(scene, &before.copied().await).await
        });
        assert!(calls.len() > 5 && calls.contains(&true), "{scene:?}: {calls:?}");
        for failpoint in failpoints(&calls, &Fault::SURVIVED) {
            executor.block_on(async {
                let store = before.copied().await;
                let failing = Failing::at(Some(failpoint), &store);
                let playing = failing.clone();
                // A task of its own: what panics must not end the test.
                let played = tokio::spawn(async move { scene.play(playing).await }).await;
                let panics = matches!(failpoint.1, Fault::Panic | Fault::PanicAfter);
                assert_eq!(played.is_err(), panics, "{scene:?} {failpoint:?}: {played:?}");
                assert!(failing.calls().len() > failpoint.0, "{scene:?} {failpoint:?} was not reached");
                promises::hold(&store).await;
                scene.again(&store).await;
                promises::hold(&store).await;
            });
            *visited.entry(format!("{scene:?} × {:?}", failpoint.1)).or_default() += 1;
        }
    }
    println!("{} pairs of a call and a fault, no promise broken: {visited:?}", visited.values().sum::<usize>());
}

/// As a test of its own it does nothing.
#[test]
fn plays_a_scene_until_it_is_killed() {
    let Ok(told) = std::env::var(CHILD) else { return };
    let words: Vec<&str> = told.splitn(4, ' ').collect();
    let [scene, call, fault, path] = words[..] else { panic!("`{told}`") };
    let scene = Scene::ALL.into_iter().find(|known| format!("{known:?}") == scene).unwrap();
    let fault = Fault::KILLS.into_iter().find(|known| format!("{known:?}") == fault).unwrap();
    executor().block_on(async {
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(path).await.unwrap());
        let _told = scene.play(Failing::at(Some((call.parse().unwrap(), fault)), &store)).await;
    });
}

fn play_in_a_child(scene: Scene, (call, fault): (usize, Fault), path: &Path) {
    let told = format!("{scene:?} {call} {fault:?} {}", path.display());
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["failpoints::plays_a_scene_until_it_is_killed", "--exact", "--nocapture"])
        .env(CHILD, &told)
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.signal().is_some(), "{told}: it was not killed but ended: {status}");
}

#[test]
fn at_each_call_of_each_act_its_process_may_be_killed() {
    let executor = executor();
    let folder = tempfile::tempdir().unwrap();
    let stride = if std::env::var("GREENROOM_SOAK_CASES").is_ok() { 1 } else { 5 };
    let mut kills = 0;
    for scene in Scene::ALL {
        let before = folder.path().join(format!("{scene:?}.db"));
        let counted = folder.path().join(format!("{scene:?}-counted.db"));
        let calls = executor.block_on(async {
            let store = Arc::new(SqliteStore::open(&before).await.unwrap());
            scene.prepare(store.clone()).await;
            Arc::into_inner(store).unwrap().close().await;
            std::fs::copy(&before, &counted).unwrap();
            let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&counted).await.unwrap());
            calls_of(scene, &store).await
        });
        for failpoint in failpoints(&calls, &Fault::KILLS).skip(kills % stride).step_by(stride) {
            let path = folder.path().join(format!("{scene:?}-{}-{:?}.db", failpoint.0, failpoint.1));
            std::fs::copy(&before, &path).unwrap();
            play_in_a_child(scene, failpoint, &path);
            executor.block_on(async {
                let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&path).await.unwrap());
                promises::hold(&store).await;
                scene.again(&store).await;
                promises::hold(&store).await;
            });
            kills += 1;
        }
    }
    println!("{kills} kills, each at another call: no promise broken");
}
