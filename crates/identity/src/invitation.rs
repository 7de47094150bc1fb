//! Invitations: links that let one person set one password once.

use greenroom_model::Record as _;
use greenroom_store::{Commit, Key, Record};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::identities::{MAX_REPEATS, PAGE, display_name_or};
use crate::secret::{fingerprint, is_fingerprint, random_secret};
use crate::user::StoredUser;
use crate::{Error, Grants, Identities, IdentityAct, PasswordHash, Role, SecretText, User, UserName, layout};

/// How long a link is valid.
const VALID_FOR: SignedDuration = SignedDuration::from_hours(72);

/// Who the first administrator is, until there is one.
const FIRST_ADMIN: &str = "admin";

/// A valid one-time link, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Invitation {
    /// For whom. A user of this name may exist: the link sets a new password then.
    pub name: UserName,
    /// What the user may do, if the link makes the user.
    pub grants: Grants,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
}

/// An invitation as it is stored. Not `Debug`: it holds the secret's hash.
#[derive(Serialize, Deserialize)]
struct StoredInvitation {
    name: UserName,
    grants: Grants,
    created: Timestamp,
    expires: Timestamp,
    /// It gives its grants to a user who exists too, and lets a disabled one in.
    #[serde(default)]
    makes_admin: bool,
    fingerprint: String,
}

impl greenroom_model::Record for StoredInvitation {
    const WHAT: &'static str = "an invitation";
    const FORMAT: u32 = 1;
}

impl From<StoredInvitation> for Invitation {
    fn from(stored: StoredInvitation) -> Self {
        let StoredInvitation { name, grants, created, expires, makes_admin: _, fingerprint: _ } = stored;
        Self { name, grants, created, expires }
    }
}

impl Identities {
    /// Makes a link that is valid once, for 72 hours. Who follows it sets a password:
    /// of a new user with these grants, or of the user of this name, whose grants
    /// stay as they are. The former link for this name is valid no more.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn invite(&self, name: &UserName, grants: Grants) -> Result<SecretText, Error> {
        self.store_invitation(name, grants, false).await
    }

    /// While nobody can administer the server: a link that makes `admin` its
    /// administrator, in place of the one that was made before. None otherwise.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn first_admin(&self) -> Result<Option<SecretText>, Error> {
        if self.has_admin().await? {
            return Ok(None);
        }
        self.store_invitation(&FIRST_ADMIN.parse()?, Grants::on_all(Role::Admin), true).await.map(Some)
    }

    /// What a link is for; none where it is not valid.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn invitation(&self, secret: &str) -> Result<Option<Invitation>, Error> {
        Ok(self.stored_invitation(secret).await?.map(|(_, invitation)| invitation.into()))
    }

    /// The links that are valid, sorted by name.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn invitations(&self) -> Result<Vec<Invitation>, Error> {
        let mut invitations = Vec::new();
        let mut after: Option<Key> = None;
        let now = self.now();
        loop {
            let page = self.store.records(&layout::invitations()?, after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else { return Ok(invitations) };
            after = Some(last.key.clone());
            for record in &page {
                let invitation = StoredInvitation::from_bytes(&record.value)?;
                if invitation.expires > now {
                    invitations.push(invitation.into());
                }
            }
        }
    }

    /// Makes the link for a name invalid.
    ///
    /// # Errors
    /// [`Error::InvalidInvitation`] where there is none.
    pub async fn withdraw_invitation(&self, name: &UserName) -> Result<(), Error> {
        let record = self.store.record(&layout::invitation(name)?).await?.ok_or(Error::InvalidInvitation)?;
        let act = IdentityAct::InvitationWithdrawn { user: name.clone() };
        match self.store.commit(self.audited(act, Commit::new().delete(&record))?).await {
            Ok(_) => Ok(()),
            Err(greenroom_store::Error::Conflict { .. }) => Err(Error::InvalidInvitation),
            Err(error) => Err(error.into()),
        }
    }

    /// Uses a link: makes its user, or sets the password of the user who exists and
    /// ends that user's sessions. Of many who try at once, one succeeds. An empty
    /// display name is the name, or stays what it was.
    ///
    /// # Errors
    /// [`Error::InvalidInvitation`], also where the user is disabled; [`Error::InvalidText`].
    pub async fn accept(&self, secret: &str, password: PasswordHash, display_name: &str) -> Result<User, Error> {
        for _ in 0..MAX_REPEATS {
            let found = self.stored_invitation(secret).await?;
            let (record, invitation) = found.ok_or(Error::InvalidInvitation)?;
            let name = &invitation.name;
            let stored = self.store.record(&layout::user(name)?).await?;
            let before = stored.as_ref().map(|stored| StoredUser::from_bytes(&stored.value)).transpose()?;
            let mut user = match &before {
                Some(user) if user.disabled && !invitation.makes_admin => return Err(Error::InvalidInvitation),
                Some(user) => user.clone(),
                None => {
                    StoredUser::new(name.clone(), display_name_or(name, "")?, invitation.grants.clone(), self.now())
                }
            };
            if !display_name.trim().is_empty() {
                user.display_name = display_name_or(name, display_name)?;
            }
            if invitation.makes_admin {
                user.grants.server = invitation.grants.server;
                user.disabled = false;
            }
            user.password = Some(password.phc().to_owned());
            user.session_epoch += 1;
            let commit = Commit::new().delete(&record);
            let commit = match &stored {
                Some(stored) => commit.swap(stored, user.to_bytes()),
                None => commit.create(layout::user(name)?, user.to_bytes()),
            };
            let commit = self.with_admins(before.as_ref(), &user, commit).await?;
            let act = IdentityAct::InvitationAccepted { user: name.clone() };
            // The act is the invited person's own, whoever asks for it.
            let commit = self.clone().acting_as(name.as_str()).audited(act, commit)?;
            match self.store.commit(commit).await {
                Ok(_) => return Ok(user.into()),
                Err(greenroom_store::Error::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Contended("the invitation".to_owned()))
    }

    async fn store_invitation(&self, name: &UserName, grants: Grants, makes_admin: bool) -> Result<SecretText, Error> {
        // The name stands before the secret, so that one record a name is enough.
        let secret = format!("{name}.{}", random_secret()?);
        let created = self.now();
        let invitation = StoredInvitation {
            name: name.clone(),
            grants,
            created,
            expires: created.checked_add(VALID_FOR).unwrap_or(Timestamp::MAX),
            makes_admin,
            fingerprint: blake3::hash(secret.as_bytes()).to_hex().to_string(),
        };
        let commit = Commit::new().put(layout::invitation(name)?, invitation.to_bytes());
        self.store.commit(self.audited(IdentityAct::Invited { user: name.clone() }, commit)?).await?;
        Ok(SecretText::new(secret))
    }

    async fn stored_invitation(&self, secret: &str) -> Result<Option<(Record, StoredInvitation)>, Error> {
        let name = secret.rsplit_once('.').and_then(|(name, _)| name.parse::<UserName>().ok());
        let (Some(name), Some(found)) = (name, fingerprint(secret)) else { return Ok(None) };
        let Some(record) = self.store.record(&layout::invitation(&name)?).await? else { return Ok(None) };
        let invitation = StoredInvitation::from_bytes(&record.value)?;
        let valid = is_fingerprint(&invitation.fingerprint, &found) && invitation.expires > self.now();
        // The link of the first start must not take over a server that has an administrator by now.
        if !valid || (invitation.makes_admin && self.has_admin().await?) {
            return Ok(None);
        }
        Ok(Some((record, invitation)))
    }
}
