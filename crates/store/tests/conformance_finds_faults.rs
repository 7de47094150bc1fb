//! The suite is worth its name: each fault that a store may have breaks a case of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use greenroom_model::Digest;
use greenroom_store::conformance::{CASES, damage_is_told, run_case};
use greenroom_store::{Commit, Committed, Error, Expected, Key, Record, Revision, Store, Swap};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Faultless,
    ComparesBeforeItLocks,
    AppliesWhatPrecedesTheConflict,
    KeepsObjectsOfFailedCommits,
    AppliesSwapBySwap,
    WritesRecordsBeforeObjects,
    ReusesRevisions,
    GivesOneRevisionToAll,
    TellsNothingOfConflicts,
    NamesTheLastConflict,
    AcceptsOneKeyTwice,
    TrustsDigests,
    RefusesKnownObjects,
    IgnoresDeletions,
    DeletesOnlyWhatExists,
    LeaksNeighbours,
    IncludesThePrefix,
    IgnoresCase,
    OrdersBySegments,
    IgnoresAfter,
    IncludesAfter,
    IgnoresTheLimit,
    LooksUpOneByOne,
    AnswersRecordsSorted,
    AnswersARecordOnce,
    SkipsAbsentRecords,
    AnswersObjectsSorted,
    SkipsAbsentObjects,
    AnswersAnObjectOnce,
    CutsLongObjects,
    ServesDamage,
    NeverRepairs,
}
use Fault::*;

/// A plain store with one fault.
struct FaultyStore {
    fault: Fault,
    state: Mutex<State>,
}

/// The time that a backend takes, in which others run.
async fn work() {
    tokio::time::sleep(std::time::Duration::from_millis(1)).await;
}

#[derive(Default, Clone)]
struct State {
    objects: BTreeMap<Digest, Bytes>,
    records: BTreeMap<Key, (u64, Bytes)>,
    last: u64,
}

impl FaultyStore {
    fn new(fault: Fault) -> Arc<Self> {
        Arc::new(Self { fault, state: Mutex::default() })
    }

    fn with<T>(&self, f: impl FnOnce(&mut State) -> T) -> T {
        f(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn conflict(&self, state: &State, swap: &Swap) -> Option<Error> {
        let found = state.records.get(&swap.key);
        let holds = match swap.expected {
            Expected::Any => self.fault != DeletesOnlyWhatExists || swap.value.is_some() || found.is_some(),
            Expected::Absent => found.is_none(),
            Expected::Revision(revision) => found.is_some_and(|(number, _)| *number == revision.get()),
        };
        let record = found.filter(|_| self.fault != TellsNothingOfConflicts).map(|(number, value)| {
            Box::new(Record { key: swap.key.clone(), revision: Revision::new(*number), value: value.clone() })
        });
        (!holds).then(|| Error::Conflict { key: swap.key.clone(), found: record })
    }

    fn check(&self, state: &State, swaps: &[Swap]) -> Result<(), Error> {
        let mut conflicts = swaps.iter().filter_map(|swap| self.conflict(state, swap));
        let conflict = if self.fault == NamesTheLastConflict { conflicts.last() } else { conflicts.next() };
        conflict.map_or(Ok(()), Err)
    }

    fn apply(&self, state: &mut State, swap: &Swap) -> Option<Revision> {
        let Some(value) = &swap.value else {
            if self.fault != IgnoresDeletions {
                state.records.remove(&swap.key);
            }
            return None;
        };
        state.last = match self.fault {
            ReusesRevisions => state.records.values().map(|(number, _)| *number).max().unwrap_or(0),
            _ => state.last,
        };
        state.last += 1;
        state.records.insert(swap.key.clone(), (state.last, value.clone()));
        Some(Revision::new(state.last))
    }

    fn keep(&self, state: &mut State, objects: &[(Digest, Bytes)]) {
        for (digest, bytes) in objects {
            let bytes =
                if self.fault == CutsLongObjects { bytes.slice(..bytes.len().min(1 << 20)) } else { bytes.clone() };
            if self.fault == NeverRepairs {
                state.objects.entry(*digest).or_insert(bytes);
            } else {
                state.objects.insert(*digest, bytes);
            }
        }
    }
}

#[async_trait]
impl Store for FaultyStore {
    async fn objects(&self, digests: &[Digest]) -> Result<Vec<Option<Bytes>>, Error> {
        let mut asked = digests.to_vec();
        match self.fault {
            AnswersObjectsSorted => asked.sort(),
            AnswersAnObjectOnce => {
                let mut seen = std::collections::HashSet::new();
                asked.retain(|digest| seen.insert(*digest));
            }
            _ => {}
        }
        let mut found: Vec<_> =
            self.with(|state| asked.iter().map(|digest| state.objects.get(digest).cloned()).collect());
        for (digest, bytes) in asked.iter().zip(&found) {
            if self.fault != ServesDamage && bytes.as_ref().is_some_and(|bytes| Digest::of(bytes) != *digest) {
                return Err(Error::Damaged { digest: *digest, reason: "it is another".to_owned() });
            }
        }
        if self.fault == SkipsAbsentObjects {
            found.retain(Option::is_some);
        }
        Ok(found)
    }

    async fn look_up(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, Error> {
        let found = |state: &State, key: &Key| {
            let (number, value) = state.records.get(key)?;
            Some(Record { key: key.clone(), revision: Revision::new(*number), value: value.clone() })
        };
        let mut asked = keys.to_vec();
        match self.fault {
            LooksUpOneByOne => {
                let mut records = Vec::new();
                for key in keys {
                    records.push(self.with(|state| found(state, key)));
                    work().await;
                }
                return Ok(records);
            }
            AnswersRecordsSorted => asked.sort(),
            AnswersARecordOnce => {
                let mut seen = std::collections::HashSet::new();
                asked.retain(|key| seen.insert(key.clone()));
            }
            _ => {}
        }
        let mut records: Vec<_> = self.with(|state| asked.iter().map(|key| found(state, key)).collect());
        if self.fault == SkipsAbsentRecords {
            records.retain(Option::is_some);
        }
        Ok(records)
    }

    async fn records(&self, prefix: &Key, after: Option<&Key>, limit: usize) -> Result<Vec<Record>, Error> {
        let below = |key: &Key| match self.fault {
            LeaksNeighbours => key.as_str().starts_with(prefix.as_str()) && key != prefix,
            IncludesThePrefix => key.is_below(prefix) || key == prefix,
            IgnoresCase => key.as_str().to_lowercase().starts_with(&format!("{prefix}/").to_lowercase()),
            _ => key.is_below(prefix),
        };
        let follows = |key: &Key| match (self.fault, after) {
            (IgnoresAfter, _) | (_, None) => true,
            (IncludesAfter, Some(after)) => key >= after,
            (_, Some(after)) => key > after,
        };
        let mut records: Vec<Record> = self.with(|state| {
            let records = state.records.iter().filter(|(key, _)| below(key) && follows(key));
            let record = |(key, (number, value)): (&Key, &(u64, Bytes))| Record {
                key: key.clone(),
                revision: Revision::new(*number),
                value: value.clone(),
            };
            records.map(record).collect()
        });
        if self.fault == OrdersBySegments {
            records.sort_by_key(|record| record.key.segments().map(str::to_owned).collect::<Vec<_>>());
        }
        records.truncate(if self.fault == IgnoresTheLimit { usize::MAX } else { limit });
        Ok(records)
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, Error> {
        let checked = commit.check();
        let ignored = match &checked {
            Err(Error::InvalidCommit { .. }) => self.fault == AcceptsOneKeyTwice,
            Err(_) => self.fault == TrustsDigests,
            Ok(()) => true,
        };
        if !ignored {
            checked?;
        }
        if self.fault == RefusesKnownObjects {
            let known = self.with(|state| {
                commit.objects.iter().find(|(digest, _)| state.objects.contains_key(digest)).map(|(digest, _)| *digest)
            });
            if let Some(digest) = known {
                return Err(Error::InvalidCommit { reason: format!("`{digest}` exists") });
            }
        }
        match self.fault {
            ComparesBeforeItLocks => {
                self.with(|state| self.check(state, &commit.swaps))?;
                work().await;
            }
            AppliesWhatPrecedesTheConflict => self.with(|state| {
                let mut partly = state.clone();
                for swap in &commit.swaps {
                    if let Some(conflict) = self.conflict(&partly, swap) {
                        *state = partly;
                        return Err(conflict);
                    }
                    self.apply(&mut partly, swap);
                }
                Ok(())
            })?,
            KeepsObjectsOfFailedCommits => self.with(|state| self.keep(state, &commit.objects)),
            _ => {}
        }
        if matches!(self.fault, AppliesSwapBySwap | WritesRecordsBeforeObjects) {
            self.with(|state| self.check(state, &commit.swaps))?;
            let mut revisions = Vec::new();
            for swap in &commit.swaps {
                revisions.push(self.with(|state| self.apply(state, swap)));
                work().await;
            }
            self.with(|state| self.keep(state, &commit.objects));
            return Ok(Committed { revisions });
        }
        self.with(|state| {
            if self.fault != ComparesBeforeItLocks {
                self.check(state, &commit.swaps)?;
            }
            self.keep(state, &commit.objects);
            let mut revisions: Vec<_> = commit.swaps.iter().map(|swap| self.apply(state, swap)).collect();
            if self.fault == GivesOneRevisionToAll {
                revisions.fill(Some(Revision::new(state.last)));
            }
            Ok(Committed { revisions })
        })
    }
}

/// Which case must find which fault.
const FOUND_BY: [(Fault, &str); 29] = [
    (ComparesBeforeItLocks, "one_of_64_writers_wins"),
    (ComparesBeforeItLocks, "no_increment_is_lost"),
    (AppliesWhatPrecedesTheConflict, "failed_commits_change_nothing"),
    (KeepsObjectsOfFailedCommits, "failed_commits_change_nothing"),
    (AppliesSwapBySwap, "readers_see_whole_commits"),
    (WritesRecordsBeforeObjects, "records_never_precede_their_objects"),
    (ReusesRevisions, "revisions_grow_and_never_return"),
    (GivesOneRevisionToAll, "revisions_grow_and_never_return"),
    (TellsNothingOfConflicts, "conflicts_tell_how_the_record_stands"),
    (NamesTheLastConflict, "conflicts_tell_how_the_record_stands"),
    (AcceptsOneKeyTwice, "refuses_one_key_twice"),
    (TrustsDigests, "refuses_bytes_of_another_digest"),
    (RefusesKnownObjects, "objects_are_idempotent"),
    (IgnoresDeletions, "deleted_records_are_gone"),
    (DeletesOnlyWhatExists, "any_holds_however_a_record_stands"),
    (LeaksNeighbours, "prefixes_end_at_segments"),
    (IncludesThePrefix, "prefixes_end_at_segments"),
    (IgnoresCase, "prefixes_end_at_segments"),
    (OrdersBySegments, "records_come_in_the_order_of_keys"),
    (IgnoresAfter, "pages_follow_the_order_of_keys"),
    (IncludesAfter, "pages_follow_the_order_of_keys"),
    (IgnoresTheLimit, "pages_follow_the_order_of_keys"),
    (LooksUpOneByOne, "look_ups_see_whole_commits"),
    (AnswersRecordsSorted, "answers_records_in_the_order_asked"),
    (AnswersARecordOnce, "answers_records_in_the_order_asked"),
    (SkipsAbsentRecords, "answers_records_in_the_order_asked"),
    (AnswersObjectsSorted, "answers_objects_in_the_order_asked"),
    (SkipsAbsentObjects, "answers_objects_in_the_order_asked"),
    (AnswersAnObjectOnce, "answers_objects_in_the_order_asked"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_fault_breaks_its_case() {
    for (fault, case) in FOUND_BY.into_iter().chain([(CutsLongObjects, "keeps_every_byte")]) {
        let violation = run_case(case, FaultyStore::new(fault)).await;
        assert!(violation.is_err(), "{case} does not notice {fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_store_without_fault_breaks_none() {
    for case in CASES {
        run_case(case, FaultyStore::new(Faultless)).await.unwrap();
    }
}

#[tokio::test]
async fn damage_that_is_served_or_stays_is_noticed() {
    for (fault, passes) in [(Faultless, true), (ServesDamage, false), (NeverRepairs, false)] {
        let store = FaultyStore::new(fault);
        let rot = async |digest| store.with(|state| drop(state.objects.insert(digest, Bytes::from_static(b"rot"))));
        let result = damage_is_told(Arc::clone(&store) as Arc<dyn Store>, rot).await;
        assert_eq!(result.is_ok(), passes, "{fault:?}: {result:?}");
    }
}

#[tokio::test]
async fn a_case_that_does_not_exist_does_not_pass() {
    assert!(run_case("no_such_case", FaultyStore::new(Faultless)).await.is_err());
}
