//! Links to the draft for people without an account: whoever has one may chat
//! with the draft as it stands, until it is revoked.

use greenroom_model::{Digest, Record as _};
use greenroom_store::{Commit, Key};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::settings::check_text;
use super::{ChannelId, Secret};
use crate::draft::MAX_REPEATS;
use crate::{Act, Bot, Error};

/// How many links to a draft there may be at a time.
const MAX_PREVIEWS: usize = 50;

/// How long a link works where no other time is asked for.
const DEFAULT_DAYS: i64 = 30;

/// A link by which people without an account chat with the draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DraftPreview {
    /// Its id, by which it is revoked.
    pub id: ChannelId,
    /// What it is for.
    pub name: String,
    /// Who made it.
    pub by: String,
    /// When it was made.
    pub created: Timestamp,
    /// Until when it works.
    pub expires: Timestamp,
}

#[derive(Default, Serialize, Deserialize)]
struct Previews {
    previews: Vec<StoredPreview>,
}

impl greenroom_model::Record for Previews {
    const WHAT: &'static str = "a list of links to a draft";
    const FORMAT: u32 = 1;
}

#[derive(Clone, Serialize, Deserialize)]
struct StoredPreview {
    id: ChannelId,
    name: String,
    by: String,
    created: Timestamp,
    expires: Timestamp,
    token: Digest,
}

impl From<StoredPreview> for DraftPreview {
    fn from(stored: StoredPreview) -> Self {
        let StoredPreview { id, name, by, created, expires, token: _ } = stored;
        Self { id, name, by, created, expires }
    }
}

impl Bot {
    /// The links to the draft that still work, in the order in which they were made.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn draft_previews(&self) -> Result<Vec<DraftPreview>, Error> {
        Ok(self.working_previews().await?.into_iter().map(DraftPreview::from).collect())
    }

    /// The link that a token stands for, as long as it works.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn draft_preview_of(&self, token: &str) -> Result<Option<DraftPreview>, Error> {
        let shown = Digest::of(token.as_bytes());
        let found = self.working_previews().await?.into_iter().find(|preview| preview.token == shown);
        Ok(found.map(DraftPreview::from))
    }

    /// Makes a link to the draft. Its token is told here and never again; without
    /// `days` it works for 30.
    ///
    /// # Errors
    /// [`Error::InvalidChannel`] for a name that is blank or too long, for days
    /// outside 1–365, and where there are too many links.
    pub async fn create_draft_preview(&self, name: &str, days: Option<i64>) -> Result<(DraftPreview, Secret), Error> {
        let name = name.trim();
        check_text("name", Some(name), 100)?;
        let days = days.unwrap_or(DEFAULT_DAYS);
        if name.is_empty() || !(1..=365).contains(&days) {
            let reason = "a link to the draft has a name, and works for 1 to 365 days".to_owned();
            return Err(Error::InvalidChannel(reason));
        }
        let now = self.lifecycle.now();
        let token = Secret::random()?;
        let preview = StoredPreview {
            id: ChannelId::new(token.digest().to_string().get(..12).unwrap_or_default())?,
            name: name.to_owned(),
            by: self.lifecycle.actor.clone(),
            created: now,
            expires: now.saturating_add(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MAX),
            token: token.digest(),
        };
        self.edit_previews(Act::DraftPreviewMade { preview: preview.id.clone() }, |previews| {
            if previews.len() >= MAX_PREVIEWS {
                let reason = format!("a draft has at most {MAX_PREVIEWS} links; revoke one first");
                return Err(Error::InvalidChannel(reason));
            }
            previews.push(preview.clone());
            Ok(())
        })
        .await?;
        Ok((preview.into(), token))
    }

    /// Revokes a link to the draft: its token is worth nothing from then on.
    ///
    /// # Errors
    /// [`Error::PreviewNotFound`].
    pub async fn revoke_draft_preview(&self, id: &ChannelId) -> Result<(), Error> {
        self.edit_previews(Act::DraftPreviewRevoked { preview: id.clone() }, |previews| {
            let before = previews.len();
            previews.retain(|preview| preview.id != *id);
            if previews.len() == before {
                return Err(Error::PreviewNotFound { bot: self.id.clone(), preview: id.clone() });
            }
            Ok(())
        })
        .await
    }

    fn previews_key(&self) -> Result<Key, Error> {
        Ok(Key::of(&["bots", self.id.as_str(), "draft-previews"])?)
    }

    async fn working_previews(&self) -> Result<Vec<StoredPreview>, Error> {
        let Some(record) = self.lifecycle.store.record(&self.previews_key()?).await? else { return Ok(Vec::new()) };
        let now = self.lifecycle.now();
        let previews = Previews::from_bytes(&record.value)?.previews;
        Ok(previews.into_iter().filter(|preview| preview.expires > now).collect())
    }

    async fn edit_previews(
        &self,
        act: Act,
        edit: impl Fn(&mut Vec<StoredPreview>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let key = self.previews_key()?;
        let now = self.lifecycle.now();
        for _ in 0..MAX_REPEATS {
            let record = self.lifecycle.store.record(&key).await?;
            let mut stored = match &record {
                Some(record) => Previews::from_bytes(&record.value)?,
                None => Previews::default(),
            };
            stored.previews.retain(|preview| preview.expires > now);
            edit(&mut stored.previews)?;
            let commit = match &record {
                Some(record) => Commit::new().swap(record, stored.to_bytes()),
                None => Commit::new().create(key.clone(), stored.to_bytes()),
            };
            match self.act(act.clone(), commit).await {
                Ok(()) => return Ok(()),
                Err(Error::Store(greenroom_store::Error::Conflict { .. })) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::Contended("the links to the draft".to_owned()))
    }
}
