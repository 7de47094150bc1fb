//! The entry: users on a store, and the promise that somebody can always administer the server.

use std::collections::BTreeSet;
use std::sync::Arc;

use greenroom_model::Record as _;
use greenroom_store::{Commit, Key, Store};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::password::PasswordCost;
use crate::user::{StoredUser, one_line};
use crate::{Error, Grants, IdentityAct, PasswordHash, User, UserName, layout};

/// How often an act is repeated when others change the same records meanwhile.
pub(crate) const MAX_REPEATS: usize = 1_000;

/// How many records are read at once.
pub(crate) const PAGE: usize = 1_000;

/// Tells the time; tests bring their own.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Users, tokens, invitations and sessions on a store. Cheap to clone.
#[derive(Clone)]
pub struct Identities {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) actor: String,
    pub(crate) clock: Clock,
    pub(crate) cost: PasswordCost,
}

/// Who administers the server. Kept beside the users, in the same commits, so
/// that two administrators who demote each other at once collide on it.
#[derive(Default, Serialize, Deserialize)]
struct Admins {
    admins: BTreeSet<UserName>,
}

impl greenroom_model::Record for Admins {
    const WHAT: &'static str = "the list of administrators";
    const FORMAT: u32 = 1;
}

impl std::fmt::Debug for Identities {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identities").field("actor", &self.actor).finish_non_exhaustive()
    }
}

impl Identities {
    /// On this store, acting as `server`, by the system's clock.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store, actor: "server".to_owned(), clock: Arc::new(Timestamp::now), cost: PasswordCost::default() }
    }

    /// The same under a name: the audit log carries it.
    #[must_use]
    pub fn acting_as(mut self, actor: impl Into<String>) -> Self {
        self.actor = actor.into();
        self
    }

    /// The same with another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// The same with another cost of hashing a password: memory in KiB and passes
    /// over it. Less than the default (19 MiB, 2 passes) is for tests alone.
    #[must_use]
    pub fn with_password_cost(mut self, memory_kib: u32, passes: u32) -> Self {
        self.cost = PasswordCost { memory_kib, passes };
        self
    }

    /// All users, sorted by name.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn users(&self) -> Result<Vec<User>, Error> {
        let mut users = Vec::new();
        let mut after: Option<Key> = None;
        loop {
            let page = self.store.records(&layout::users()?, after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else { return Ok(users) };
            after = Some(last.key.clone());
            for record in &page {
                users.push(StoredUser::from_bytes(&record.value)?.into());
            }
        }
    }

    /// One user.
    ///
    /// # Errors
    /// [`Error::UserNotFound`].
    pub async fn user(&self, name: &UserName) -> Result<User, Error> {
        match self.stored_user(name).await? {
            Some(stored) => Ok(stored.into()),
            None => Err(Error::UserNotFound(name.clone())),
        }
    }

    /// Makes a user without a password: a one-time link ([`Self::invite`]) sets it.
    /// An empty display name is the name.
    ///
    /// # Errors
    /// [`Error::UserExists`]; [`Error::InvalidText`] for the display name.
    pub async fn create_user(&self, name: &UserName, display_name: &str, grants: Grants) -> Result<User, Error> {
        let display_name = display_name_or(name, display_name)?;
        let user = StoredUser::new(name.clone(), display_name, grants.clone(), self.now());
        let commit = Commit::new().create(layout::user(name)?, user.to_bytes());
        let commit = self.audited(IdentityAct::UserCreated { user: name.clone(), grants }, commit)?;
        match self.store.commit(commit).await {
            Ok(_) => Ok(user.into()),
            Err(greenroom_store::Error::Conflict { .. }) => Err(Error::UserExists(name.clone())),
            Err(error) => Err(error.into()),
        }
    }

    /// Sets what a user may do, from the next request on.
    ///
    /// # Errors
    /// [`Error::UserNotFound`]; [`Error::LastAdmin`].
    pub async fn set_grants(&self, name: &UserName, grants: Grants) -> Result<User, Error> {
        let act = IdentityAct::GrantsSet { user: name.clone(), grants: grants.clone() };
        self.change_user(name, act, |user| user.grants = grants.clone()).await
    }

    /// Sets the name that people read; an empty one is the name.
    ///
    /// # Errors
    /// [`Error::UserNotFound`]; [`Error::InvalidText`].
    pub async fn set_display_name(&self, name: &UserName, display_name: &str) -> Result<User, Error> {
        let display_name = display_name_or(name, display_name)?;
        let act = IdentityAct::Renamed { user: name.clone() };
        self.change_user(name, act, |user| user.display_name.clone_from(&display_name)).await
    }

    /// Lets a user in by nothing any more: not by password, session, token or link.
    ///
    /// # Errors
    /// [`Error::UserNotFound`]; [`Error::LastAdmin`].
    pub async fn disable(&self, name: &UserName) -> Result<User, Error> {
        self.change_user(name, IdentityAct::Disabled { user: name.clone() }, |user| {
            user.disabled = true;
            user.session_epoch += 1;
        })
        .await
    }

    /// Lets a user in again, by password and tokens; the sessions stay ended.
    ///
    /// # Errors
    /// [`Error::UserNotFound`].
    pub async fn enable(&self, name: &UserName) -> Result<User, Error> {
        self.change_user(name, IdentityAct::Enabled { user: name.clone() }, |user| user.disabled = false).await
    }

    /// Sets a user's password and ends all of the user's sessions.
    ///
    /// # Errors
    /// [`Error::UserNotFound`].
    pub async fn set_password(&self, name: &UserName, password: PasswordHash) -> Result<User, Error> {
        self.change_user(name, IdentityAct::PasswordSet { user: name.clone() }, |user| {
            user.password = Some(password.phc().to_owned());
            user.session_epoch += 1;
        })
        .await
    }

    /// Ends all sessions of a user; tokens stay.
    ///
    /// # Errors
    /// [`Error::UserNotFound`].
    pub async fn end_all_sessions(&self, name: &UserName) -> Result<(), Error> {
        let act = IdentityAct::SessionsEnded { user: name.clone() };
        self.change_user(name, act, |user| user.session_epoch += 1).await.map(drop)
    }

    /// Whether anybody can sign in and administer the server.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn has_admin(&self) -> Result<bool, Error> {
        match self.store.record(&layout::admins()?).await? {
            Some(record) => Ok(!Admins::from_bytes(&record.value)?.admins.is_empty()),
            None => Ok(false),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(crate) async fn stored_user(&self, name: &UserName) -> Result<Option<StoredUser>, Error> {
        match self.store.record(&layout::user(name)?).await? {
            Some(record) => Ok(Some(StoredUser::from_bytes(&record.value)?)),
            None => Ok(None),
        }
    }

    async fn change_user(
        &self,
        name: &UserName,
        act: IdentityAct,
        change: impl Fn(&mut StoredUser),
    ) -> Result<User, Error> {
        for _ in 0..MAX_REPEATS {
            let record = self.store.record(&layout::user(name)?).await?;
            let record = record.ok_or_else(|| Error::UserNotFound(name.clone()))?;
            let before = StoredUser::from_bytes(&record.value)?;
            let mut user = before.clone();
            change(&mut user);
            let commit = Commit::new().swap(&record, user.to_bytes());
            let commit = self.with_admins(Some(&before), &user, commit).await?;
            match self.store.commit(self.audited(act.clone(), commit)?).await {
                Ok(_) => return Ok(user.into()),
                Err(greenroom_store::Error::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Contended(format!("the user {name}")))
    }

    /// Adds to the change of a user the change of the list of administrators, where there is one.
    ///
    /// INVARIANT: once there was an administrator who can sign in, there is one.
    pub(crate) async fn with_admins(
        &self,
        before: Option<&StoredUser>,
        after: &StoredUser,
        commit: Commit,
    ) -> Result<Commit, Error> {
        if before.is_some_and(StoredUser::administers) == after.administers() {
            return Ok(commit);
        }
        let key = layout::admins()?;
        let record = self.store.record(&key).await?;
        let mut list = match &record {
            Some(record) => Admins::from_bytes(&record.value)?,
            None => Admins::default(),
        };
        if after.administers() {
            list.admins.insert(after.name.clone());
        } else {
            list.admins.remove(&after.name);
            if list.admins.is_empty() {
                return Err(Error::LastAdmin(after.name.clone()));
            }
        }
        Ok(match &record {
            Some(record) => commit.swap(record, list.to_bytes()),
            None => commit.create(key, list.to_bytes()),
        })
    }
}

pub(crate) fn display_name_or(name: &UserName, display_name: &str) -> Result<String, Error> {
    match display_name.trim() {
        "" => Ok(name.to_string()),
        text => one_line("the display name", text),
    }
}
