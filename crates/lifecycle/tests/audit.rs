//! The audit log is a chain: whatever is done to what is stored of it is found, and acts side by
//! side all enter it.
//!
//! `GREENROOM_SOAK_CASES` says how many random edits are tried; `cargo xtask soak audit-edits` tries many.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what a test cannot do without fails it")]

use std::collections::BTreeMap;
use std::sync::Arc;

use greenroom_lifecycle::{
    Act, AuditEntry, AuditFault, AuditFilter, AuditFound, AuditHead, Bot, ChannelId, ChannelSettings, Error, Lifecycle,
    PlanRequest, check_audit_export, live,
};
use greenroom_model::document::{Intent, Settings};
use greenroom_model::{BotId, Digest, Document, EnvironmentId, Record as _, Scope};
use greenroom_publish::Policy;
use greenroom_store::{Commit, Expected, Key, MemoryStore, Record, Store, layout};

fn bot_id() -> BotId {
    "box-office".parse().unwrap()
}

async fn new_bot(store: &Arc<MemoryStore>) -> Bot {
    let lifecycle = Lifecycle::new(store.clone()).acting_as("ann");
    lifecycle.create(&bot_id(), Settings::new("Box office", "en".parse().unwrap())).await.unwrap()
}

async fn put_intent(bot: &Bot, name: &str) {
    let path = format!("nlp/intents/{name}").parse().unwrap();
    bot.put(&path, Document::Intent(Intent::new(name))).await.unwrap();
}

async fn add_channel(bot: &Bot, environment: &EnvironmentId, id: &str) {
    bot.add_channel(environment, ChannelId::new(id).unwrap(), id, ChannelSettings::Terminal {}).await.unwrap();
}

/// The audit log as it is stored: its entries by the last segments of their keys, and its head.
#[derive(Debug, Clone, PartialEq)]
struct StoredLog {
    entries: BTreeMap<String, Vec<u8>>,
    head: Option<Vec<u8>>,
}

fn name_of(number: usize) -> String {
    format!("{number:020}")
}

impl StoredLog {
    async fn of(store: &MemoryStore) -> Self {
        let entries = store.records(&layout::audit(&bot_id()).unwrap(), None, 10_000).await.unwrap();
        let entries = entries.into_iter().map(|record| (record.key.name().to_owned(), record.value.to_vec()));
        let head = store.record(&layout::audit_head(&bot_id()).unwrap()).await.unwrap();
        Self { entries: entries.collect(), head: head.map(|record| record.value.to_vec()) }
    }

    /// What the bot says of its log where this is stored of it.
    async fn verified(&self, noted: Option<Digest>) -> Result<AuditHead, AuditFault> {
        let store = Arc::new(MemoryStore::new());
        let mut commit = Commit::new().create(layout::catalog_entry(&bot_id()).unwrap(), "{}");
        for (name, bytes) in &self.entries {
            commit = commit.create(layout::audit(&bot_id()).unwrap().child(name).unwrap(), bytes.clone());
        }
        if let Some(head) = &self.head {
            commit = commit.create(layout::audit_head(&bot_id()).unwrap(), head.clone());
        }
        store.commit(commit).await.unwrap();
        match Lifecycle::new(store).bot(&bot_id()).await.unwrap().verify_audit(noted).await {
            Ok(head) => Ok(head),
            Err(Error::Audit(fault)) => Err(fault),
            Err(error) => panic!("{error}"),
        }
    }

    fn entry(&self, number: usize) -> AuditEntry {
        AuditEntry::from_bytes(&self.entries[&name_of(number)]).unwrap()
    }

    fn set(&mut self, number: usize, entry: &AuditEntry) {
        self.entries.insert(name_of(number), entry.to_bytes().to_vec());
    }

    /// Whoever can write to the store can do this: write the chain anew from an entry on, and the head.
    fn chain_anew_from(&mut self, number: usize) {
        for number in number..=self.entries.len() {
            let mut entry = self.entry(number);
            entry.previous = Some(Digest::of(&self.entries[&name_of(number - 1)]));
            self.set(number, &entry);
        }
        let number = self.entries.len();
        let digest = Digest::of(&self.entries[&name_of(number)]);
        self.head = Some(AuditHead { number: number as u64, digest }.to_bytes().to_vec());
    }
}

/// A log of some twenty acts.
async fn stored_log() -> StoredLog {
    let store = Arc::new(MemoryStore::new());
    let bot = new_bot(&store).await;
    for number in 0..12 {
        put_intent(&bot, &format!("intent-{number}")).await;
    }
    bot.set_policy(&Policy::default()).await.unwrap();
    for number in 0..6 {
        add_channel(&bot, &live(), &format!("channel-{number}")).await;
    }
    StoredLog::of(&store).await
}

/// Random numbers by a fixed seed (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).unwrap()
    }

    /// One byte is another one afterwards.
    fn change_a_byte(&mut self, bytes: &mut [u8]) {
        let at = self.below(bytes.len());
        bytes[at] ^= u8::try_from(1 + self.below(255)).unwrap();
    }
}

/// How many kinds of edits [`edit`] knows.
const KINDS: usize = 12;

/// Edits the log in one way; says which entry is at fault, where there is exactly one to blame.
fn edit(log: &mut StoredLog, kind: usize, random: &mut Random) -> Option<u64> {
    let count = log.entries.len();
    let number = 1 + random.below(count);
    let blamed = Some(number as u64);
    match kind {
        // A byte of an entry.
        0 => {
            random.change_a_byte(log.entries.get_mut(&name_of(number)).unwrap());
            blamed
        }
        // An entry says something else, in the right form.
        1 => {
            let mut entry = log.entry(number);
            entry.actor = "mallory".into();
            log.set(number, &entry);
            blamed
        }
        // An entry says the same in other bytes.
        2 => {
            let bytes = log.entries.get_mut(&name_of(number)).unwrap();
            bytes.push(b' ');
            blamed
        }
        // An entry is gone.
        3 => {
            log.entries.remove(&name_of(number));
            blamed
        }
        // Two entries change places.
        4 => {
            let other = 1 + (number + random.below(count - 1)) % count;
            let bytes = log.entries[&name_of(number)].clone();
            let bytes = log.entries.insert(name_of(other), bytes).unwrap();
            log.entries.insert(name_of(number), bytes);
            Some(number.min(other) as u64)
        }
        // The same, and both bear the number of their new place.
        5 => {
            let other = 1 + (number + random.below(count - 1)) % count;
            let (mut one, mut two) = (log.entry(number), log.entry(other));
            std::mem::swap(&mut one.number, &mut two.number);
            std::mem::swap(&mut one.previous, &mut two.previous);
            log.set(number, &two);
            log.set(other, &one);
            None
        }
        // One entry more, all after it a place further.
        6 | 7 => {
            for place in (number..=count).rev() {
                let bytes = log.entries[&name_of(place)].clone();
                log.entries.insert(name_of(place + 1), bytes);
            }
            if kind == 7 {
                let mut entry = log.entry(number);
                entry.actor = "mallory".into();
                log.set(number, &entry);
            }
            None
        }
        // An entry under another name.
        8 => {
            let bytes = log.entries.remove(&name_of(number)).unwrap();
            let names = [name_of(count + 1 + random.below(3)), number.to_string(), format!("0{}", name_of(number))];
            log.entries.insert(names[random.below(3)].clone(), bytes);
            None
        }
        // Cut at the end.
        9 => {
            drop(log.entries.split_off(&name_of(number)));
            blamed
        }
        // One more at the end, chained as it should be.
        10 => {
            let mut entry = log.entry(count);
            (entry.number, entry.previous) = (count as u64 + 1, Some(Digest::of(&log.entries[&name_of(count)])));
            log.set(count + 1, &entry);
            Some(count as u64 + 1)
        }
        // The head: a byte, another entry's, none at all.
        _ => {
            match random.below(4) {
                0 => random.change_a_byte(log.head.as_mut().unwrap()),
                1 => log.head = None,
                2 => log.head.as_mut().unwrap().push(b'\n'),
                _ => {
                    let number = 1 + random.below(count - 1);
                    let digest = Digest::of(&log.entries[&name_of(number)]);
                    log.head = Some(AuditHead { number: number as u64, digest }.to_bytes().to_vec());
                }
            }
            None
        }
    }
}

#[tokio::test]
async fn any_edit_of_the_stored_log_is_found_and_the_entry_named() {
    let cases = std::env::var("GREENROOM_SOAK_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(300);
    let log = stored_log().await;
    assert_eq!(log.verified(None).await.unwrap().number, 20);
    let mut random = Random(6);
    let mut found = [0_usize; KINDS];
    for case in 0..cases {
        let kind = case % KINDS;
        let mut edited = log.clone();
        let blamed = edit(&mut edited, kind, &mut random);
        assert_ne!(edited, log, "kind {kind} changed nothing");
        let Err(fault) = edited.verified(None).await else { panic!("case {case} of kind {kind} was not found") };
        if blamed.is_some() {
            assert_eq!(fault.number(), blamed, "case {case} of kind {kind}: {fault}");
        }
        found[kind] += 1;
    }
    println!("{cases} edits found, by kind: {found:?}");
}

#[tokio::test]
async fn a_log_that_was_written_anew_is_found_by_a_digest_noted_elsewhere() {
    let log = stored_log().await;
    let noted = Digest::of(&log.entries[&name_of(15)]);
    assert!(log.verified(Some(noted)).await.is_ok(), "the log went on since, the entry is still there");

    let mut entry = log.entry(7);
    entry.actor = "mallory".into();
    let mut anew = log.clone();
    anew.set(7, &entry);
    anew.chain_anew_from(8);
    assert!(anew.verified(None).await.is_ok(), "a chain alone cannot tell");
    assert_eq!(anew.verified(Some(noted)).await, Err(AuditFault::NotAsNoted { digest: noted }));

    let mut cut = log.clone();
    drop(cut.entries.split_off(&name_of(15)));
    cut.chain_anew_from(14);
    assert!(cut.verified(None).await.is_ok(), "a chain alone cannot tell");
    assert_eq!(cut.verified(Some(noted)).await, Err(AuditFault::NotAsNoted { digest: noted }));
}

#[tokio::test]
async fn each_fault_says_what_was_done() {
    let log = stored_log().await;
    let fault = async |edit: &dyn Fn(&mut StoredLog)| {
        let mut edited = log.clone();
        edit(&mut edited);
        edited.verified(None).await.unwrap_err()
    };
    assert_eq!(fault(&|log| drop(log.entries.remove(&name_of(4)))).await, AuditFault::Missing { number: 4 });
    assert_eq!(fault(&|log| drop(log.entries.split_off(&name_of(18)))).await, AuditFault::Cut { last: 17, head: 20 });
    assert_eq!(fault(&|log| log.entries.clear()).await, AuditFault::Cut { last: 0, head: 20 });
    assert_eq!(fault(&|log| log.head = None).await, AuditFault::HeadMissing);
    let renamed = fault(&|log| {
        let entry = log.entries.remove(&name_of(20)).unwrap();
        log.entries.insert("0193b3a4-7c1e-7000-8000-000000000000".into(), entry);
    });
    assert!(matches!(renamed.await, AuditFault::Foreign { key } if key.starts_with("0193")));
    let renumbered = fault(&|log| {
        let mut entry = log.entry(9);
        entry.number = 10;
        log.set(9, &entry);
    });
    assert_eq!(renumbered.await, AuditFault::Misplaced { number: 9, says: 10 });
    let put_back = fault(&|log| {
        let digest = Digest::of(&log.entries[&name_of(19)]);
        log.head = Some(AuditHead { number: 19, digest }.to_bytes().to_vec());
    });
    assert_eq!(put_back.await, AuditFault::BeyondHead { number: 20 });
    let last = fault(&|log| {
        let mut entry = log.entry(20);
        entry.act = Act::Created;
        log.set(20, &entry);
    });
    assert_eq!(last.await, AuditFault::HeadDiffers { number: 20 });
}

#[tokio::test]
async fn no_act_goes_on_where_the_head_was_put_back() {
    let store = Arc::new(MemoryStore::new());
    let bot = new_bot(&store).await;
    let key = layout::audit_head(&bot_id()).unwrap();
    let old = store.record(&key).await.unwrap().unwrap().value;
    put_intent(&bot, "hours").await;
    store.commit(Commit::new().put(key, old)).await.unwrap();
    let draft = bot.draft().await.unwrap();
    let path = "nlp/intents/refund".parse().unwrap();
    let refused = bot.put(&path, Document::Intent(Intent::new("refund"))).await;
    assert!(matches!(refused, Err(Error::Audit(AuditFault::BeyondHead { number: 2 }))), "{refused:?}");
    assert_eq!(bot.draft().await.unwrap(), draft);
}

/// What somebody did to the log, by its store.
type Tampering = fn(&mut Commit, &Key, &[greenroom_store::Record]);

#[tokio::test]
async fn a_rollback_goes_through_whatever_was_done_to_the_log_and_says_so() {
    let damages: [(&str, Tampering); 4] = [
        ("the head was forged", |commit, head, _| *commit = Commit::new().put(head.clone(), "{}")),
        ("the head and the last entry are nothing", |commit, head, entries| {
            let last = entries.last().unwrap();
            *commit = Commit::new().put(head.clone(), "x").put(last.key.clone(), "x");
        }),
        ("the head does not know entry", |commit, head, entries| {
            let old = AuditHead { number: 1, digest: Digest::of(&entries[0].value) };
            *commit = Commit::new().put(head.clone(), old.to_bytes());
        }),
        ("the head does not know entry", |commit, head, _| {
            let foreign = AuditHead { number: 0, digest: Digest::of(b"none") };
            *commit = Commit::new().put(head.clone(), foreign.to_bytes());
        }),
    ];
    for (what, damage) in damages {
        let store = Arc::new(MemoryStore::new());
        let bot = published_twice(&store).await;
        let entries = store.records(&layout::audit(&bot_id()).unwrap(), None, 100).await.unwrap();
        let mut commit = Commit::new();
        damage(&mut commit, &layout::audit_head(&bot_id()).unwrap(), &entries);
        store.commit(commit).await.unwrap();
        let broken = bot.verify_audit(None).await.unwrap_err();
        put_is_refused(&bot).await;

        let back = bot.rollback(&live(), 1).await.unwrap();
        assert_eq!((back.from, back.to), (2, 1), "{what}");
        assert_eq!(bot.environment(&live()).await.unwrap().unwrap().number, 1, "{what}");
        let fault = back.log_fault.unwrap();
        let entries = store.records(&layout::audit(&bot_id()).unwrap(), None, 100).await.unwrap();
        let last = AuditEntry::from_bytes(&entries.last().unwrap().value).unwrap();
        assert!(
            last.act.to_string().ends_with(&format!("though this log was broken: {fault}")),
            "{what}: {}",
            last.act
        );
        // The log is as broken as before, and nothing else goes on.
        assert_eq!(bot.verify_audit(None).await.unwrap_err().to_string(), broken.to_string(), "{what}");
        put_is_refused(&bot).await;
        // And forward again, by a plan.
        let plan = bot.plan(&PlanRequest::new(Scope::Rollback(2), "")).await.unwrap();
        let forward = bot.publish(&plan).await.unwrap();
        assert!(forward.number == 2 && forward.log_fault.is_some(), "{what}: {forward:?}");
    }
}

#[tokio::test]
async fn an_entry_under_a_number_that_no_log_comes_to_stops_no_rollback() {
    let store = Arc::new(MemoryStore::new());
    let bot = published_twice(&store).await;
    let entry = store.record(&layout::audit_entry(bot.id(), 3).unwrap()).await.unwrap().unwrap();
    let far = layout::audit_entry(bot.id(), u64::MAX).unwrap();
    let head = layout::audit_head(bot.id()).unwrap();
    let commit = Commit::new().delete(&entry).create(far, entry.value.clone()).with(head, Expected::Any, None);
    store.commit(commit).await.unwrap();
    let back = bot.rollback(&live(), 1).await.unwrap();
    assert!(back.log_fault.is_some(), "{back:?}");
    let found = bot.search_audit(&AuditFilter::default(), Some(100), 10).await.unwrap();
    assert!(found.lines[0].entry.act.to_string().contains("though this log was broken"), "{:?}", found.lines[0]);
}

async fn published_twice(store: &Arc<MemoryStore>) -> Bot {
    let bot = new_bot(store).await;
    for notes in ["first", "second"] {
        put_intent(&bot, notes).await;
        bot.publish(&bot.plan(&PlanRequest::full(notes)).await.unwrap()).await.unwrap();
    }
    bot
}

async fn put_is_refused(bot: &Bot) {
    let path = "nlp/intents/refund".parse().unwrap();
    let refused = bot.put(&path, Document::Intent(Intent::new("refund"))).await;
    assert!(matches!(refused, Err(Error::Audit(_))), "{refused:?}");
}

#[tokio::test]
async fn a_rollback_with_a_sound_log_finds_no_fault() {
    let store = Arc::new(MemoryStore::new());
    let bot = published_twice(&store).await;
    assert_eq!(bot.rollback(&live(), 1).await.unwrap().log_fault, None);
    bot.verify_audit(None).await.unwrap();
}

#[tokio::test]
async fn a_bot_that_exists_gets_no_second_beginning() {
    let store = Arc::new(MemoryStore::new());
    let bot = new_bot(&store).await;
    let again = bot.lifecycle().create(&bot_id(), Settings::new("Again", "en".parse().unwrap())).await;
    assert!(matches!(again, Err(Error::BotExists(_))));
    assert_eq!(bot.verify_audit(None).await.unwrap().number, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn acts_side_by_side_all_enter_the_log_and_none_fails() {
    const AUTHORS: usize = 16;
    const ACTS: usize = 8;
    let store = Arc::new(MemoryStore::new());
    let bot = new_bot(&store).await;
    let mut authors = tokio::task::JoinSet::new();
    for author in 0..AUTHORS {
        let lifecycle = Lifecycle::new(store.clone()).acting_as(format!("author-{author}"));
        authors.spawn(async move {
            let bot = lifecycle.bot(&bot_id()).await.unwrap();
            let environment: EnvironmentId = format!("place-{author}").parse().unwrap();
            for act in 0..ACTS {
                // Some change one record that all change, some a record of their own: there the log alone moves.
                match author % 2 {
                    0 => put_intent(&bot, &format!("intent-{author}-{act}")).await,
                    _ => add_channel(&bot, &environment, &format!("channel-{act}")).await,
                }
            }
        });
    }
    // Who verifies meanwhile finds a sound log at every moment.
    while !authors.is_empty() {
        let last = bot.verify_audit(None).await.unwrap().number;
        while let Some(ended) = authors.try_join_next() {
            ended.unwrap();
        }
        assert!(last <= (1 + AUTHORS * ACTS) as u64);
        tokio::task::yield_now().await;
    }
    assert_eq!(bot.verify_audit(None).await.unwrap().number, (1 + AUTHORS * ACTS) as u64);
    let log = bot.audit(None, 10_000).await.unwrap();
    for author in 0..AUTHORS {
        let own = log.iter().filter(|line| line.entry.actor == format!("author-{author}")).count();
        assert_eq!(own, ACTS, "author {author}");
    }
}

#[tokio::test]
async fn the_log_is_read_in_pages_by_number() {
    let store = Arc::new(MemoryStore::new());
    let bot = new_bot(&store).await;
    for number in 0..4 {
        put_intent(&bot, &format!("intent-{number}")).await;
    }
    let numbers = async |after, limit| -> Vec<u64> {
        bot.audit(after, limit).await.unwrap().into_iter().map(|line| line.entry.number).collect()
    };
    assert_eq!(numbers(None, 2).await, [1, 2]);
    assert_eq!(numbers(Some(2), 2).await, [3, 4]);
    assert_eq!(numbers(Some(4), 2).await, [5]);
    assert_eq!(numbers(Some(5), 2).await, [0_u64; 0]);
    let key = Key::of(&["bots", "box-office", "audit", "0193b3a4-7c1e-7000-8000-000000000000"]).unwrap();
    store.commit(Commit::new().create(key, "{}")).await.unwrap();
    assert!(matches!(bot.audit(None, 10).await, Err(Error::Audit(AuditFault::Foreign { .. }))));
}

#[tokio::test]
async fn entries_are_found_by_who_what_and_when_the_newest_first() {
    let store = Arc::new(MemoryStore::new());
    let at = |time: &'static str| -> Lifecycle {
        Lifecycle::new(store.clone()).with_clock(Arc::new(move || time.parse().unwrap()))
    };
    let (morning, noon) = ("2026-11-22T08:00:00Z", "2026-11-22T12:00:00Z");
    let ann = at(morning).acting_as("ann");
    let bot = ann.create(&bot_id(), Settings::new("Box office", "en".parse().unwrap())).await.unwrap();
    put_intent(&bot, "hours").await;
    let bob = at(noon).acting_as("bob").bot(&bot_id()).await.unwrap();
    put_intent(&bob, "refund").await;
    add_channel(&bob, &live(), "site").await;
    let found = async |filter: AuditFilter, before, limit| -> Vec<u64> {
        let found = bot.search_audit(&filter, before, limit).await.unwrap();
        assert_eq!(found.faults, []);
        found.lines.into_iter().map(|line| line.entry.number).collect()
    };
    let all = AuditFilter::default;
    assert_eq!(found(all(), None, 10).await, [4, 3, 2, 1]);
    assert_eq!(found(all(), None, 2).await, [4, 3]);
    assert_eq!(found(all(), Some(3), 2).await, [2, 1]);
    assert_eq!(found(AuditFilter { actor: Some("ann".into()), ..all() }, None, 10).await, [2, 1]);
    assert_eq!(found(AuditFilter { act: Some("edited".into()), ..all() }, None, 10).await, [3, 2]);
    assert_eq!(found(AuditFilter { since: Some(noon.parse().unwrap()), ..all() }, None, 10).await, [4, 3]);
    assert_eq!(found(AuditFilter { until: Some(noon.parse().unwrap()), ..all() }, None, 10).await, [2, 1]);
    assert_eq!(found(AuditFilter { text: Some("REFUND".into()), ..all() }, None, 10).await, [3]);
    assert_eq!(found(AuditFilter { text: Some("made the bot".into()), ..all() }, None, 10).await, [1]);
}

/// Numbers of the entries that are found, and what was met.
async fn both_ways(bot: &Bot) -> (Vec<u64>, Vec<AuditFault>) {
    let numbers = |found: &AuditFound| found.lines.iter().map(|line| line.entry.number).collect::<Vec<_>>();
    let down = bot.search_audit(&AuditFilter::default(), None, 5_000).await.unwrap();
    let up = bot.search_audit_onwards(&AuditFilter::default(), None, 5_000).await.unwrap();
    let found = numbers(&down);
    assert_eq!(numbers(&up), found.iter().rev().copied().collect::<Vec<_>>());
    (found, down.faults)
}

#[tokio::test]
async fn a_search_shows_what_is_left_of_a_log_and_tells_what_is_not() {
    let store = Arc::new(MemoryStore::new());
    let bot = new_bot(&store).await;
    for number in 0..4 {
        put_intent(&bot, &format!("intent-{number}")).await;
    }
    let record = async |number| store.record(&layout::audit_entry(bot.id(), number).unwrap()).await.unwrap().unwrap();
    let delete = async |record: &Record| drop(store.commit(Commit::new().delete(record)).await.unwrap());
    assert_eq!(both_ways(&bot).await, (vec![5, 4, 3, 2, 1], vec![]));
    // Cut at the end, which acts do not meet; then it is a gap.
    delete(&record(5).await).await;
    assert_eq!(both_ways(&bot).await, (vec![4, 3, 2, 1], vec![AuditFault::Cut { last: 4, head: 5 }]));
    let up = bot.search_audit_onwards(&AuditFilter::default(), None, 5_000).await.unwrap();
    assert_eq!(up.faults, [AuditFault::Cut { last: 4, head: 5 }]);
    put_intent(&bot, "later").await;
    assert_eq!(both_ways(&bot).await, (vec![6, 4, 3, 2, 1], vec![AuditFault::Missing { number: 5 }]));
    // A wider gap, one entry of nonsense, no beginning.
    delete(&record(4).await).await;
    store.commit(Commit::new().swap(&record(3).await, "{}")).await.unwrap();
    delete(&record(1).await).await;
    let (found, faults) = both_ways(&bot).await;
    assert_eq!(found, [6, 2]);
    let words: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert!(
        matches!(words.as_slice(), [gap, unreadable, first]
            if gap == "entry 4 is missing" && unreadable.contains("entry 3 was changed") && first == "entry 1 is missing"),
        "{words:?}"
    );
    // Whoever reads from the front hears of the end, too.
    let up = bot.search_audit_onwards(&AuditFilter::default(), None, 5_000).await.unwrap();
    assert_eq!(up.faults.len(), 3, "{:?}", up.faults);
    // No head hides nothing.
    let head = store.record(&layout::audit_head(bot.id()).unwrap()).await.unwrap().unwrap();
    delete(&head).await;
    let (found, faults) = both_ways(&bot).await;
    assert_eq!((found, faults.first()), (vec![6, 2], Some(&AuditFault::HeadMissing)));
    let up = bot.search_audit_onwards(&AuditFilter::default(), None, 5_000).await.unwrap();
    assert_eq!(up.faults.last(), Some(&AuditFault::HeadMissing));
    // No entry at all is no log of a bot; one that begins anew says so.
    for number in [2, 3, 6] {
        delete(&record(number).await).await;
    }
    assert_eq!(both_ways(&bot).await, (vec![], vec![AuditFault::HeadMissing]));
    put_intent(&bot, "anew").await;
    assert_eq!(both_ways(&bot).await, (vec![1], vec![AuditFault::BegunAnew { act: "edited" }]));
}

#[tokio::test]
async fn a_forged_head_or_number_hides_no_entry() {
    let store = Arc::new(MemoryStore::new());
    let bot = new_bot(&store).await;
    put_intent(&bot, "one").await;
    let key = layout::audit_head(bot.id()).unwrap();
    let head = store.record(&key).await.unwrap().unwrap();
    let forge = async |number: u64| {
        let standing = store.record(&key).await.unwrap().unwrap();
        let digest = Digest::of(b"forged");
        let forged = AuditHead { number, digest }.to_bytes();
        store.commit(Commit::new().swap(&standing, forged)).await.unwrap();
    };
    forge(1).await;
    assert_eq!(both_ways(&bot).await, (vec![2, 1], vec![AuditFault::BeyondHead { number: 2 }]));
    for number in [9_000_000_000_000_000, 10_000] {
        forge(number).await;
        assert_eq!(both_ways(&bot).await, (vec![2, 1], vec![AuditFault::Cut { last: 2, head: number }]));
    }
    let standing = store.record(&key).await.unwrap().unwrap();
    store.commit(Commit::new().swap(&standing, head.value)).await.unwrap();
    // An entry from nowhere, far behind: listed from the front, and told from the back.
    let far = layout::audit_entry(bot.id(), 1_000_000).unwrap();
    store.commit(Commit::new().create(far, "{}")).await.unwrap();
    let found = bot.search_audit(&AuditFilter::default(), Some(2_000_000), 10).await.unwrap();
    assert_eq!(found.lines.len(), 2);
    assert!(
        matches!(
            found.faults[..],
            [AuditFault::Unreadable { number: 1_000_000, .. }, AuditFault::Missing { number: 3 }]
        ),
        "{:?}",
        found.faults
    );
}

#[tokio::test]
async fn an_export_is_verified_again_and_an_edit_of_it_found() {
    let store = Arc::new(MemoryStore::new());
    let bot = new_bot(&store).await;
    for number in 0..8 {
        put_intent(&bot, &format!("intent-{number}")).await;
    }
    let (head, file) = bot.export_audit().await.unwrap();
    let mut shown = 0;
    assert_eq!(check_audit_export(&file, Some(head.digest), &mut |_| shown += 1), Ok(head));
    assert_eq!((head.number, shown), (9, 9));
    let check = |lines: &[&[u8]]| check_audit_export(&lines.join(&b'\n'), None, &mut |_| {});

    let lines: Vec<&[u8]> = file.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
    assert_eq!(check(&lines), Ok(head));
    assert_eq!(check(&lines[..9]), Err(AuditFault::HeadMissing));
    let without = |place: usize| [&lines[..place], &lines[place + 1..]].concat();
    assert_eq!(check(&without(3)), Err(AuditFault::Missing { number: 4 }));
    assert_eq!(check(&without(8)), Err(AuditFault::Cut { last: 8, head: 9 }));
    let mut swapped = lines.clone();
    swapped.swap(2, 5);
    assert!(check(&swapped).is_err());
    let twice = [&lines[..4], &lines[3..]].concat();
    assert_eq!(check(&twice), Err(AuditFault::Misplaced { number: 5, says: 4 }));

    let mut random = Random(8);
    for case in 0..200 {
        let mut edited = file.clone();
        random.change_a_byte(&mut edited);
        let found = check_audit_export(&edited, None, &mut |_| {});
        // A blank line more or less, or a line end, is no edit of the log.
        assert!(found.is_err() || edited.trim_ascii() == file.trim_ascii(), "case {case}: {found:?}");
    }
}
