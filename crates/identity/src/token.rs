//! Tokens: how programs come in under a user's name, never with more than the user may.

use std::fmt;
use std::str::FromStr;

use greenroom_model::Record as _;
use greenroom_store::{Commit, Expected, Key};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

use crate::identities::PAGE;
use crate::secret::{fingerprint, is_fingerprint, random_bytes, random_secret};
use crate::session::USE_NOTED_EVERY;
use crate::user::one_line;
use crate::{Authenticated, Credential, Error, Grants, Identities, IdentityAct, SecretText, UserName, layout};

/// What every token begins with, so that scanners of leaked secrets know it.
const PREFIX: &str = "grt_";

/// Which token, for lists and logs: 16 hexadecimal digits. Nobody can come in with it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct TokenId(String);

impl TokenId {
    /// The id as a text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn random() -> Result<Self, Error> {
        Ok(Self(random_bytes::<8>()?.iter().map(|byte| format!("{byte:02x}")).collect()))
    }
}

impl FromStr for TokenId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return Ok(Self(text.to_owned()));
        }
        // A whole token given by mistake is not repeated in a message.
        Err(Error::InvalidTokenId(text.chars().take(16).collect()))
    }
}

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenId({})", self.0)
    }
}

impl<'de> Deserialize<'de> for TokenId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Token {
    /// Which.
    pub id: TokenId,
    /// Whose.
    pub user: UserName,
    /// What for.
    pub label: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends; none: when it is revoked.
    pub expires: Option<Timestamp>,
    /// More than this it may not, whatever its user may.
    pub cap: Option<Grants>,
    /// When it was last used, to the minute.
    pub last_used: Option<Timestamp>,
}

/// A token as it is stored. Not `Debug`: it holds the secret's hash.
#[derive(Serialize, Deserialize)]
struct StoredToken {
    id: TokenId,
    user: UserName,
    label: String,
    created: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cap: Option<Grants>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_used: Option<Timestamp>,
    fingerprint: String,
}

impl greenroom_model::Record for StoredToken {
    const WHAT: &'static str = "a token";
    const FORMAT: u32 = 1;
}

impl From<StoredToken> for Token {
    fn from(stored: StoredToken) -> Self {
        let StoredToken { id, user, label, created, expires, cap, last_used, fingerprint: _ } = stored;
        Self { id, user, label, created, expires, cap, last_used }
    }
}

impl Identities {
    /// Makes a token of a user, and shows its text this once. `expires`: none lasts
    /// until it is revoked. `cap`: none may what the user may.
    ///
    /// # Errors
    /// [`Error::UserNotFound`]; [`Error::InvalidText`] for the label; [`Error::AlreadyExpired`].
    pub async fn create_token(
        &self,
        user: &UserName,
        label: &str,
        expires: Option<Timestamp>,
        cap: Option<Grants>,
    ) -> Result<(TokenId, SecretText), Error> {
        self.user(user).await?;
        let label = one_line("the label", label)?;
        let now = self.now();
        if let Some(expires) = expires.filter(|expires| *expires <= now) {
            return Err(Error::AlreadyExpired(expires));
        }
        let id = TokenId::random()?;
        let text = format!("{PREFIX}{id}_{}", random_secret()?);
        let fingerprint = blake3::hash(text.as_bytes()).to_hex().to_string();
        let token = StoredToken {
            id: id.clone(),
            user: user.clone(),
            label,
            created: now,
            expires,
            cap,
            last_used: None,
            fingerprint,
        };
        let commit =
            Commit::new().create(layout::token(&id)?, token.to_bytes()).create(layout::token_of(user, &id)?, "{}");
        let act = IdentityAct::TokenCreated { user: user.clone(), token: id.clone() };
        self.store.commit(self.audited(act, commit)?).await?;
        Ok((id, SecretText::new(text)))
    }

    /// The tokens of a user, those that expired too, sorted by id.
    ///
    /// # Errors
    /// [`Error::UserNotFound`].
    pub async fn tokens(&self, user: &UserName) -> Result<Vec<Token>, Error> {
        self.user(user).await?;
        let mut tokens = Vec::new();
        let mut after: Option<Key> = None;
        loop {
            let page = self.store.records(&layout::tokens_of(user)?, after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else { return Ok(tokens) };
            after = Some(last.key.clone());
            for listed in &page {
                let record = self.store.record(&layout::token(&listed.key.name().parse()?)?).await?;
                if let Some(record) = record {
                    tokens.push(StoredToken::from_bytes(&record.value)?.into());
                }
            }
        }
    }

    /// Ends a token of a user for good.
    ///
    /// # Errors
    /// [`Error::TokenNotFound`], also for a token of another user.
    pub async fn revoke_token(&self, user: &UserName, id: &TokenId) -> Result<(), Error> {
        let missing = || Error::TokenNotFound(id.clone());
        let listed = self.store.record(&layout::token_of(user, id)?).await?.ok_or_else(missing)?;
        // However the token itself stands: a use noted meanwhile must not save it.
        let commit = Commit::new().delete(&listed).with(layout::token(id)?, Expected::Any, None);
        let act = IdentityAct::TokenRevoked { user: user.clone(), token: id.clone() };
        match self.store.commit(self.audited(act, commit)?).await {
            Ok(_) => Ok(()),
            Err(greenroom_store::Error::Conflict { .. }) => Err(missing()),
            Err(error) => Err(error.into()),
        }
    }

    /// Who comes with this token; none where it is not valid.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn by_token(&self, text: &str) -> Result<Option<Authenticated>, Error> {
        let id = text.strip_prefix(PREFIX).and_then(|rest| rest.split_once('_')).and_then(|(id, _)| id.parse().ok());
        let (Some(id), Some(found)) = (id, fingerprint(text)) else { return Ok(None) };
        let Some(record) = self.store.record(&layout::token(&id)?).await? else { return Ok(None) };
        let mut token = StoredToken::from_bytes(&record.value)?;
        let now = self.now();
        if !is_fingerprint(&token.fingerprint, &found) || token.expires.is_some_and(|expires| expires <= now) {
            return Ok(None);
        }
        let Some(user) = self.stored_user(&token.user).await?.filter(|user| !user.disabled) else { return Ok(None) };
        if token.last_used.is_none_or(|used| now.duration_since(used) >= USE_NOTED_EVERY) {
            token.last_used = Some(now);
            self.note_use(&record, token.to_bytes()).await?;
        }
        let grants = match &token.cap {
            Some(cap) => user.grants.capped_by(cap),
            None => user.grants.clone(),
        };
        Ok(Some(Authenticated { user: user.into(), grants, csrf: None, credential: Credential::Token(id) }))
    }
}
