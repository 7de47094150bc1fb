//! The trait that every store keeps, with its contract.

use async_trait::async_trait;
use bytes::Bytes;
use greenroom_model::Digest;

use crate::{Commit, Committed, Error, Key, Record, Revision, StoredObject};

const COLLECTING: &str = "the collection of garbage";

/// Content-addressed objects and named records, changed by atomic commits.
///
/// # Contract for implementors
///
/// The suite `conformance` (a feature of this crate) tests what can be tested from outside.
///
/// - **Atomic.** A commit happens wholly or not at all: on an error, after a
///   crash, and when its future is dropped. After [`Error::Backend`] alone the
///   caller must read to learn which.
/// - **Isolated.** Commits are serialisable: each sees all swaps of those before
///   it, so of any number of swaps that expect one revision, one wins. A single
///   call of [`records`](Store::records) sees one moment, and whoever reads a
///   record finds the objects that were committed with or before it.
/// - **Durable on return.** What `commit` acknowledged outlives a crash of the
///   process and, for stores that keep files, a power cut.
/// - **Revisions grow.** Each record written gets a [`Revision`](crate::Revision) greater than
///   every revision given out before by this store, within one commit in the
///   order of the swaps. None is used twice, even after a deletion or a restart.
/// - **Objects are idempotent.** An object that exists may be committed again;
///   it does not conflict, and a damaged copy is repaired by it.
/// - **What is relied on is there.** A commit that [relies](Commit::rely) on an
///   object happens only if the store has it.
/// - **A sweep spares what was named since.** Each object bears the stamp of the
///   last commit that carried it or relied on it, whether or not it was there
///   before; also a commit without swaps gives out a revision then. A store that
///   never deletes objects need not offer the four methods of collecting, and
///   may leave stamps away.
/// - **Damage is told.** Objects and records are verified when they are read.
///   Wrong bytes are never returned.
/// - **Checked first.** `commit` begins with [`Commit::check`] and looks at the
///   swaps in their order; the first that does not hold is the conflict.
/// - **No runtime in the signatures.** Futures are `Send`. A store may need a
///   runtime inside; it says so. A call does no blocking I/O on the thread that
///   polls it.
///
/// # Errors
/// All methods: [`Error::Unavailable`], [`Error::Busy`], [`Error::Backend`] as
/// the backend has it.
#[async_trait]
pub trait Store: Send + Sync {
    /// Objects by digest, in the order asked; `None` for those that are absent.
    /// A digest may be asked for twice.
    ///
    /// # Errors
    /// [`Error::Damaged`] where stored bytes are not those of their digest.
    async fn objects(&self, digests: &[Digest]) -> Result<Vec<Option<Bytes>>, Error>;

    /// The records under these keys as they stood at one moment, in the order asked;
    /// `None` for those that are absent. A key may be asked for twice.
    ///
    /// # Errors
    /// [`Error::DamagedRecord`] where stored bytes are not those written.
    async fn look_up(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, Error>;

    /// The record under this key, where there is one.
    ///
    /// # Errors
    /// As [`look_up`](Self::look_up).
    async fn record(&self, key: &Key) -> Result<Option<Record>, Error> {
        Ok(self.look_up(std::slice::from_ref(key)).await?.pop().flatten())
    }

    /// The records [below](Key::is_below) `prefix`, in the order of their keys' bytes:
    /// those greater than `after`, at most `limit` of them. The last key
    /// of a page is the `after` of the next.
    ///
    /// # Errors
    /// [`Error::DamagedRecord`] where stored bytes are not those written.
    async fn records(&self, prefix: &Key, after: Option<&Key>, limit: usize) -> Result<Vec<Record>, Error>;

    /// Carries out a commit, all or nothing.
    ///
    /// Deleting a record that does not exist, where the swap allows that, is no
    /// error. An empty commit succeeds.
    ///
    /// # Errors
    /// [`Error::Conflict`] where a swap's expectation does not hold,
    /// [`Error::InvalidCommit`] or [`Error::Damaged`] of [`Commit::check`],
    /// [`Error::Missing`] for an object that it relies on, [`Error::Full`]; nothing
    /// was changed then.
    async fn commit(&self, commit: Commit) -> Result<Committed, Error>;

    /// The last revision that was given out. Stamps and revisions of all later commits are greater.
    ///
    /// # Errors
    /// [`Error::Unsupported`] by stores that never delete objects.
    async fn last_revision(&self) -> Result<Revision, Error> {
        Err(Error::Unsupported(COLLECTING))
    }

    /// The records of the whole store whose revisions are greater than `since`, as they stood at
    /// one moment, in the order of their keys' bytes: those greater than `after`, at most `limit`.
    ///
    /// # Errors
    /// [`Error::DamagedRecord`]; [`Error::Unsupported`] by stores that never delete objects.
    async fn changed(&self, since: Revision, after: Option<&Key>, limit: usize) -> Result<Vec<Record>, Error> {
        let _ = (since, after, limit);
        Err(Error::Unsupported(COLLECTING))
    }

    /// The objects of the store in the order of their digests: those greater than `after`, at most `limit`.
    ///
    /// # Errors
    /// [`Error::Unsupported`] by stores that never delete objects.
    async fn stored_objects(&self, after: Option<&Digest>, limit: usize) -> Result<Vec<StoredObject>, Error> {
        let _ = (after, limit);
        Err(Error::Unsupported(COLLECTING))
    }

    /// Deletes those of the objects whose stamp is not greater than `until`, in one atomic step
    /// that is serialised with all commits, and tells which it deleted.
    ///
    /// It looks at nothing else: that nobody refers to them is for the caller to know.
    ///
    /// # Errors
    /// [`Error::Unsupported`] by stores that never delete objects.
    async fn sweep(&self, digests: &[Digest], until: Revision) -> Result<Vec<Digest>, Error> {
        let _ = (digests, until);
        Err(Error::Unsupported(COLLECTING))
    }

    /// Sees to it that what was deleted or replaced before is nowhere in the storage any more,
    /// a log beside the data included; for after an erasure. Copies that were made of the store,
    /// such as backups, are not its matter. Nothing is to be done where nothing is left anyway.
    ///
    /// # Errors
    /// [`Error::Busy`] where others use the store all the time; to be tried again.
    async fn wipe(&self) -> Result<(), Error> {
        Ok(())
    }
}
