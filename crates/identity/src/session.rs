//! Sessions of browsers: begun by signing in, ended by signing out, by time, or all at once.

use std::fmt;

use greenroom_model::Record as _;
use greenroom_store::{Commit, Key, Record};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::identities::PAGE;
use crate::secret::{fingerprint, random_secret, to_base64url};
use crate::{Authenticated, Credential, Error, Identities, SecretText, UserName, layout};

/// A session ends after this time, however it is used.
const LONGEST: SignedDuration = SignedDuration::from_hours(12);

/// A session ends after this time without a request.
const LONGEST_IDLE: SignedDuration = SignedDuration::from_hours(2);

/// That a credential was used is written no more often than this.
pub(crate) const USE_NOTED_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// What the forgery token is derived for; another text gives other tokens.
const CSRF_CONTEXT: &str = "greenroom 2026-11-22 forgery token of a session";

/// Which session, for lists and logs; nobody can come in with it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SessionId(String);

impl SessionId {
    /// The id as a text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Serialize, Deserialize)]
struct Session {
    user: UserName,
    begun: Timestamp,
    used: Timestamp,
    epoch: u64,
}

impl greenroom_model::Record for Session {
    const WHAT: &'static str = "a sign-in session";
    const FORMAT: u32 = 1;
}

impl Session {
    fn is_over(&self, now: Timestamp) -> bool {
        now.duration_since(self.begun) >= LONGEST || now.duration_since(self.used) >= LONGEST_IDLE
    }
}

impl Identities {
    /// Begins a session of a user whose password was right, and forgets the wrong ones before.
    /// It lasts 12 hours at most, and two hours without a request.
    ///
    /// # Errors
    /// [`Error::WrongCredentials`] where the user was disabled meanwhile.
    pub async fn begin_session(&self, name: &UserName) -> Result<SecretText, Error> {
        let user = self.stored_user(name).await?.filter(|user| !user.disabled).ok_or(Error::WrongCredentials)?;
        let secret = random_secret()?;
        let now = self.now();
        let session = Session { user: name.clone(), begun: now, used: now, epoch: user.session_epoch };
        let key = layout::session(&blake3::hash(secret.as_bytes()))?;
        let commit = Commit::new().create(key, session.to_bytes());
        self.store.commit(self.forget_attempts(name, commit)?).await?;
        Ok(SecretText::new(secret))
    }

    /// Who comes with this session; none where it ended or never was.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn by_session(&self, secret: &str) -> Result<Option<Authenticated>, Error> {
        let Some(hash) = fingerprint(secret) else { return Ok(None) };
        let Some(record) = self.store.record(&layout::session(&hash)?).await? else { return Ok(None) };
        let mut session = Session::from_bytes(&record.value)?;
        let now = self.now();
        let user = self.stored_user(&session.user).await?;
        let user = user.filter(|user| !user.disabled && user.session_epoch == session.epoch);
        let Some(user) = user.filter(|_| !session.is_over(now)) else { return Ok(None) };
        if now.duration_since(session.used) >= USE_NOTED_EVERY {
            session.used = now;
            self.note_use(&record, session.to_bytes()).await?;
        }
        let id = SessionId(hash.to_hex().chars().take(16).collect());
        let csrf = to_base64url(&blake3::derive_key(CSRF_CONTEXT, secret.as_bytes()));
        Ok(Some(Authenticated {
            grants: user.grants.clone(),
            user: user.into(),
            csrf: Some(SecretText::new(csrf)),
            credential: Credential::Session(id),
        }))
    }

    /// Ends a session; one that ended already is no error.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn end_session(&self, secret: &str) -> Result<(), Error> {
        let Some(hash) = fingerprint(secret) else { return Ok(()) };
        let commit = Commit::new().with(layout::session(&hash)?, greenroom_store::Expected::Any, None);
        self.store.commit(commit).await?;
        Ok(())
    }

    /// Deletes the records of sessions that are over; says how many. For the host
    /// to call now and then: nothing depends on it but the size of the store.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn remove_ended_sessions(&self) -> Result<usize, Error> {
        let mut removed = 0;
        let mut after: Option<Key> = None;
        loop {
            let page = self.store.records(&layout::sessions()?, after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else { return Ok(removed) };
            after = Some(last.key.clone());
            let now = self.now();
            for record in &page {
                if !Session::from_bytes(&record.value)?.is_over(now) {
                    continue;
                }
                match self.store.commit(Commit::new().delete(record)).await {
                    Ok(_) => removed += 1,
                    Err(greenroom_store::Error::Conflict { .. }) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }

    /// Writes that a credential was used, unless somebody changed its record meanwhile.
    pub(crate) async fn note_use(&self, record: &Record, value: bytes::Bytes) -> Result<(), Error> {
        match self.store.commit(Commit::new().swap(record, value)).await {
            Ok(_) | Err(greenroom_store::Error::Conflict { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
