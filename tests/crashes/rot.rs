//! A bit flips in the file: in a part, a tree, an index, a version, a model. It is told,
//! never served, and the last good version answers.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use greenroom::lifecycle::{PlanRequest, live};
use greenroom::model::Digest;
use greenroom::runtime::{Message, Place, Runtime};
use greenroom::store::{Commit, Committed, Error, Key, Record, Store};
use greenroom::store_sqlite::SqliteStore;

use crate::cases::cases;
use crate::chance::Chance;
use crate::shop::{create, examples, flow, open, publish, shop, text_of, train};

/// A store that may be changed for another, and that remembers which objects were read.
struct Swapped {
    inner: Mutex<Arc<SqliteStore>>,
    read: Mutex<BTreeMap<Digest, Bytes>>,
}

impl Swapped {
    fn on(store: Arc<SqliteStore>) -> Arc<Self> {
        Arc::new(Self { inner: Mutex::new(store), read: Mutex::default() })
    }

    fn inner(&self) -> Arc<SqliteStore> {
        self.inner.lock().unwrap().clone()
    }
}

#[async_trait]
impl Store for Swapped {
    async fn objects(&self, digests: &[Digest]) -> Result<Vec<Option<Bytes>>, Error> {
        let found = self.inner().objects(digests).await?;
        let read = digests.iter().zip(&found).filter_map(|(digest, bytes)| Some((*digest, bytes.clone()?)));
        self.read.lock().unwrap().extend(read);
        Ok(found)
    }

    async fn look_up(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, Error> {
        self.inner().look_up(keys).await
    }

    async fn records(&self, prefix: &Key, after: Option<&Key>, limit: usize) -> Result<Vec<Record>, Error> {
        self.inner().records(prefix, after, limit).await
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, Error> {
        self.inner().commit(commit).await
    }
}

async fn opened(path: &Path) -> Arc<SqliteStore> {
    Arc::new(SqliteStore::open(path).await.unwrap())
}

async fn closed(store: Arc<SqliteStore>) {
    Arc::into_inner(store).unwrap().close().await;
}

/// What live says, and the number of the version that says so.
async fn answer(runtime: &Runtime, conversation: &str) -> Result<(String, Digest), greenroom::runtime::Error> {
    let answer = runtime.reply(&shop(), &Place::live(), conversation, &Message::text("hallo daar")).await?;
    Ok((answer.replies[0].text.clone(), answer.version.unwrap()))
}

/// Two files: one with edition 1 live; and one in which edition 2 was published after it. And what
/// is read of each to answer, and of the second to plan.
struct Files {
    first: Arc<SqliteStore>,
    versions: [Digest; 2],
    served: [BTreeMap<Digest, Bytes>; 2],
    planned: BTreeMap<Digest, Bytes>,
    bytes: Vec<u8>,
}

async fn files(folder: &Path) -> Files {
    let (first, second) = (folder.join("first.db"), folder.join("second.db"));
    let store = opened(&first).await;
    publish(&create(store.clone()).await).await;
    closed(store).await;
    std::fs::copy(&first, &second).unwrap();
    let store = opened(&second).await;
    let bot = open(store.clone()).bot(&shop()).await.unwrap();
    bot.edit(&[flow(2), examples(2)]).await.unwrap();
    train(&bot).await.unwrap();
    publish(&bot).await;
    // So that there is something to plan.
    bot.edit(&[flow(3)]).await.unwrap();
    drop(bot);
    closed(store).await;
    let bytes = std::fs::read(&second).unwrap();
    let mut versions = Vec::new();
    let mut served = Vec::new();
    for path in [&first, &second] {
        // On a copy, since an answer writes.
        let copy = folder.join(format!("served-{}.db", served.len()));
        std::fs::copy(path, &copy).unwrap();
        let swapped = Swapped::on(opened(&copy).await);
        let (text, version) = answer(&Runtime::new(swapped.clone()), "a").await.unwrap();
        assert_eq!(text, text_of(versions.len() + 1));
        versions.push(version);
        served.push(swapped.read.lock().unwrap().clone());
    }
    let swapped = Swapped::on(opened(&second).await);
    let bot = open(swapped.clone()).bot(&shop()).await.unwrap();
    bot.plan(&PlanRequest::full("notes")).await.unwrap();
    let planned = swapped.read.lock().unwrap().clone();
    let (versions, served) = (versions.try_into().unwrap(), served.try_into().unwrap());
    Files { first: opened(&first).await, versions, served, planned, bytes }
}

/// Where a byte of an object may stand in the file: an old copy may be left of it.
fn places(file: &[u8], digest: &Digest, bytes: &[u8], offset: usize) -> Vec<usize> {
    let found = |what: &[u8]| -> Vec<usize> {
        let first = what[0];
        let starts = file.iter().enumerate().filter(|(_, byte)| **byte == first);
        starts.map(|(at, _)| at).filter(|at| file.get(*at..at + what.len()) == Some(what)).collect()
    };
    let window = &bytes[offset..bytes.len().min(offset + 24)];
    let row: Vec<u8> = digest.as_bytes().iter().chain(&bytes[..bytes.len().min(24)]).copied().collect();
    // The row holds the digest, then the bytes; what is long goes on in other pages.
    let in_row = found(&row).into_iter().map(|at| at + 32 + offset);
    let in_row: Vec<usize> = in_row.filter(|at| file.get(*at..at + window.len()) == Some(window)).collect();
    if in_row.is_empty() && window.len() == 24 { found(window) } else { in_row }
}

#[tokio::test]
async fn a_flipped_bit_is_told_and_the_last_good_version_answers() {
    let folder = tempfile::tempdir().unwrap();
    let files = files(folder.path()).await;
    let path = folder.path().join("rotten.db");
    let mut objects = files.planned.clone();
    objects.extend(files.served[1].clone());
    let objects: Vec<(Digest, Bytes)> = objects.into_iter().collect();
    let mut chance = Chance(23);
    let (mut flips, mut cold_answers, mut cold_refusals, mut warm_answers, mut plans_refused) = (0, 0, 0, 0, 0);
    while flips < cases(60) {
        let (digest, bytes) = &objects[chance.below(objects.len())];
        let offset = chance.below(bytes.len());
        let places = places(&files.bytes, digest, bytes, offset);
        if places.is_empty() {
            continue;
        }
        let mut file = files.bytes.clone();
        file[places[chance.below(places.len())]] ^= 1 << chance.below(8);
        std::fs::write(&path, file).unwrap();
        let store = opened(&path).await;
        match store.objects(&[*digest]).await {
            Err(Error::Damaged { digest: told, .. }) => assert_eq!(told, *digest),
            Ok(found) => {
                assert_eq!(found, [Some(bytes.clone())], "wrong bytes were served");
                // It was an old copy.
                closed(store).await;
                continue;
            }
            Err(error) => panic!("{error}"),
        }
        flips += 1;
        let [was_served, is_served] = [0, 1].map(|version| files.served[version].contains_key(digest));
        let [first, second] = [(text_of(1), files.versions[0]), (text_of(2), files.versions[1])];

        // A process that loads all anew.
        match answer(&Runtime::new(store.clone()), "cold").await {
            Ok(said) if is_served => {
                assert!(!was_served, "what both versions need is gone, and one answers");
                assert_eq!(said, first);
                cold_answers += 1;
            }
            Ok(said) => assert_eq!(said, second),
            Err(error) => {
                assert!(is_served && was_served, "the version before is whole, and does not answer: {error}");
                cold_refusals += 1;
            }
        }

        // A process that has the version before, as one that served it has.
        let swapped = Swapped::on(files.first.clone());
        let warm = Runtime::new(swapped.clone());
        assert_eq!(answer(&warm, &format!("before {flips}")).await.unwrap(), first);
        *swapped.inner.lock().unwrap() = store.clone();
        let said = answer(&warm, "warm").await.unwrap();
        assert_eq!(said, if is_served { first } else { second });
        warm_answers += usize::from(is_served);

        // Planning on it is told too, and live stays where it is.
        let bot = open(store.clone()).bot(&shop()).await.unwrap();
        match bot.plan(&PlanRequest::full("notes")).await {
            Ok(plan) if files.planned.contains_key(digest) => {
                assert!(matches!(bot.publish(&plan).await, Err(greenroom::lifecycle::Error::Refused(_))), "{plan}");
                plans_refused += 1;
            }
            Ok(_) => {}
            Err(_) => plans_refused += 1,
        }
        assert_eq!(bot.environment(&live()).await.unwrap().unwrap().stable, files.versions[1]);
        drop((bot, warm, swapped));
        closed(store).await;
    }
    println!(
        "{flips} flipped bits, each told: {warm_answers} times the version before answered where it was loaded, \
         {cold_answers} times it was loaded then, {cold_refusals} times both versions needed the piece; \
         {plans_refused} plans refused"
    );
}

#[tokio::test]
async fn an_entry_of_the_audit_log_that_is_edited_in_the_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.store");
    let store = opened(&path).await;
    let bot = create(store.clone()).await;
    bot.edit(&[flow(2)]).await.unwrap();
    let number = bot.audit_head().await.unwrap().unwrap().number;
    drop(bot);
    closed(store).await;
    let mut bytes = std::fs::read(&path).unwrap();
    let told = br#"["flows/hallo"]"#;
    let at = bytes.windows(told.len()).position(|bytes| bytes == told).unwrap();
    bytes[at + 8] = b'b';
    std::fs::write(&path, bytes).unwrap();
    match open(opened(&path).await).bot(&shop()).await.unwrap().verify_audit(None).await {
        Err(greenroom::lifecycle::Error::Audit(fault)) => assert_eq!(fault.number(), Some(number), "{fault}"),
        other => panic!("{other:?}"),
    }
}
