//! A store that fails at its n-th call, in one of the ways in which stores and programs fail;
//! and one that remembers its commits, so that others can begin where it stands.

use std::sync::Arc;
use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;
use greenroom::model::Digest;
use greenroom::store::{Commit, Committed, Error, Key, MemoryStore, Record, Revision, Store, StoredObject};

/// What happens at the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// An error; nothing was done.
    Error,
    /// An error that does not say whether it was done; it was.
    Unknown,
    /// A panic before it is done.
    Panic,
    /// A panic after it was done.
    PanicAfter,
    /// The end of the process before it is done, without any clearing up.
    Kill,
    /// The end of the process after it was done.
    KillAfter,
}

impl Fault {
    /// Those that a process survives.
    pub(crate) const SURVIVED: [Self; 4] = [Self::Error, Self::Unknown, Self::Panic, Self::PanicAfter];
    pub(crate) const KILLS: [Self; 2] = [Self::Kill, Self::KillAfter];

    /// Whether it is another than the one before where nothing is written.
    pub(crate) fn is_of_writes(self) -> bool {
        matches!(self, Self::Unknown | Self::PanicAfter | Self::KillAfter)
    }
}

/// Which call fails, from 0, and how.
pub(crate) type Failpoint = Option<(usize, Fault)>;

pub(crate) struct Failing {
    inner: Arc<dyn Store>,
    failpoint: Failpoint,
    /// Whether each call so far was one that writes: a commit, a sweep.
    calls: Mutex<Vec<bool>>,
}

impl Failing {
    pub(crate) fn at(failpoint: Failpoint, inner: &Arc<dyn Store>) -> Arc<Self> {
        Arc::new(Self { inner: inner.clone(), failpoint, calls: Mutex::default() })
    }

    /// Whether each call was one that writes.
    pub(crate) fn calls(&self) -> Vec<bool> {
        self.calls.lock().unwrap().clone()
    }

    /// Notes a call. Tells what shall happen after it is done.
    fn call(&self, writes: bool) -> Result<Option<Fault>, Error> {
        let number = {
            let mut calls = self.calls.lock().unwrap();
            calls.push(writes);
            calls.len() - 1
        };
        match self.failpoint {
            Some((at, fault)) if at == number => match fault {
                Fault::Error => Err(Error::Unavailable { place: "the test".into(), reason: "it is told to".into() }),
                Fault::Panic => panic!("{TOLD} at call {number}"),
                Fault::Kill => std::process::abort(),
                Fault::Unknown | Fault::PanicAfter | Fault::KillAfter => Ok(Some(fault)),
            },
            _ => Ok(None),
        }
    }
}

fn after<T>(fault: Option<Fault>, done: T) -> Result<T, Error> {
    match fault {
        Some(Fault::Unknown) => {
            let source = std::io::Error::other("it is told to").into();
            Err(Error::Backend { what: "the connection was lost".into(), source })
        }
        Some(Fault::PanicAfter) => panic!("{TOLD} after a call"),
        Some(Fault::KillAfter) => std::process::abort(),
        _ => Ok(done),
    }
}

#[async_trait]
impl Store for Failing {
    async fn objects(&self, digests: &[Digest]) -> Result<Vec<Option<Bytes>>, Error> {
        let fault = self.call(false)?;
        after(fault, self.inner.objects(digests).await?)
    }

    async fn look_up(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, Error> {
        let fault = self.call(false)?;
        after(fault, self.inner.look_up(keys).await?)
    }

    async fn records(&self, prefix: &Key, after_key: Option<&Key>, limit: usize) -> Result<Vec<Record>, Error> {
        let fault = self.call(false)?;
        after(fault, self.inner.records(prefix, after_key, limit).await?)
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, Error> {
        let fault = self.call(true)?;
        after(fault, self.inner.commit(commit).await?)
    }

    async fn last_revision(&self) -> Result<Revision, Error> {
        let fault = self.call(false)?;
        after(fault, self.inner.last_revision().await?)
    }

    async fn changed(&self, since: Revision, after_key: Option<&Key>, limit: usize) -> Result<Vec<Record>, Error> {
        let fault = self.call(false)?;
        after(fault, self.inner.changed(since, after_key, limit).await?)
    }

    async fn stored_objects(&self, after_digest: Option<&Digest>, limit: usize) -> Result<Vec<StoredObject>, Error> {
        let fault = self.call(false)?;
        after(fault, self.inner.stored_objects(after_digest, limit).await?)
    }

    async fn sweep(&self, digests: &[Digest], until: Revision) -> Result<Vec<Digest>, Error> {
        let fault = self.call(true)?;
        after(fault, self.inner.sweep(digests, until).await?)
    }
}

/// A store in memory that remembers what was committed.
#[derive(Default)]
pub(crate) struct Remembering {
    inner: MemoryStore,
    commits: Mutex<Vec<Commit>>,
}

impl Remembering {
    /// Another store that stands as this one does.
    pub(crate) async fn copied(&self) -> Arc<dyn Store> {
        let commits = self.commits.lock().unwrap().clone();
        let copy = MemoryStore::new();
        for commit in commits {
            copy.commit(commit).await.unwrap();
        }
        Arc::new(copy)
    }
}

#[async_trait]
impl Store for Remembering {
    async fn objects(&self, digests: &[Digest]) -> Result<Vec<Option<Bytes>>, Error> {
        self.inner.objects(digests).await
    }

    async fn look_up(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, Error> {
        self.inner.look_up(keys).await
    }

    async fn records(&self, prefix: &Key, after: Option<&Key>, limit: usize) -> Result<Vec<Record>, Error> {
        self.inner.records(prefix, after, limit).await
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, Error> {
        let done = self.inner.commit(commit.clone()).await?;
        self.commits.lock().unwrap().push(commit);
        Ok(done)
    }
}

/// Lets the panics that are told to happen pass without a word.
pub(crate) fn silence_told_panics() {
    let others = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let told = info.payload().downcast_ref::<String>().is_some_and(|text| text.contains(TOLD))
            || info.payload().downcast_ref::<&str>().is_some_and(|text| text.contains(TOLD));
        if !told {
            others(info);
        }
    }));
}

/// What such a panic says.
const TOLD: &str = "the store is told to panic";
