//! Versions: listing, comparing, restoring into the draft.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use greenroom_model::{Content, Digest, Draft, EnvironmentId, Origin, Record as _, Version, tree};
use greenroom_publish::Diff;
use greenroom_store::{Commit, Key, Record, layout};
use serde::Serialize;

use crate::draft::MAX_REPEATS;
use crate::environments::LIVE;
use crate::planning::part_changes;
use crate::training::stored_digest;
use crate::{Act, Bot, Error};

/// A version as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VersionEntry {
    /// Its digest.
    pub digest: Digest,
    /// The version.
    pub version: Version,
    /// The environments that run it.
    pub environments: Vec<EnvironmentId>,
}

/// Which versions are looked for; by default all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VersionFilter {
    /// Only those of this author, to the letter.
    pub author: Option<String>,
    /// Only those that hold this text in their notes or their author's name, in any case.
    pub text: Option<String>,
}

impl VersionFilter {
    /// Whether a version is looked for.
    #[must_use]
    pub fn matches(&self, version: &Version) -> bool {
        let holds = |text: &String| {
            let text = text.to_lowercase();
            [&version.notes, &version.author].iter().any(|told| told.to_lowercase().contains(&text))
        };
        self.author.as_ref().is_none_or(|author| *author == version.author) && self.text.as_ref().is_none_or(holds)
    }
}

/// What an author names when comparing: `draft`, `live` or another environment, or a version's number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// The draft.
    Draft,
    /// What an environment runs.
    Environment(EnvironmentId),
    /// A version by its number.
    Version(u64),
}

/// What a restore did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// The number of the version that keeps what the draft was.
    pub saved: u64,
    /// The draft now.
    pub content: Content,
}

impl FromStr for Reference {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let number = text.strip_prefix('v').unwrap_or(text);
        match number.parse() {
            Ok(number) => Ok(Self::Version(number)),
            Err(_) if text == "draft" => Ok(Self::Draft),
            Err(_) => Ok(Self::Environment(text.parse()?)),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Draft => f.write_str("draft"),
            Self::Environment(environment) => write!(f, "{environment}"),
            Self::Version(number) => write!(f, "version {number}"),
        }
    }
}

impl Reference {
    /// What live runs.
    #[must_use]
    pub fn live() -> Self {
        Self::Environment(crate::environments::live())
    }

    /// Whether it names the environment that customers talk to.
    #[must_use]
    pub fn is_live(&self) -> bool {
        matches!(self, Self::Environment(environment) if environment.as_str() == LIVE)
    }
}

impl Bot {
    /// All versions, oldest first.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn versions(&self) -> Result<Vec<VersionEntry>, Error> {
        let environments = self.environments().await?;
        let prefix = layout::versions(&self.id)?;
        let mut entries = Vec::new();
        let mut after: Option<Key> = None;
        loop {
            let page = self.lifecycle.store.records(&prefix, after.as_ref(), 1_000).await?;
            let Some(last) = page.last() else { return Ok(entries) };
            after = Some(last.key.clone());
            let mut reader = self.reader();
            for record in &page {
                let digest = stored_digest(&record.value)?;
                let version = Version::from_bytes(&reader.bytes(digest).await?)?;
                let environments = environments
                    .iter()
                    .filter(|(_, pointer)| pointer.stable == digest)
                    .map(|(environment, _)| environment.clone())
                    .collect();
                entries.push(VersionEntry { digest, version, environments });
            }
        }
    }

    /// What differs between two contents, part by part.
    ///
    /// # Errors
    /// [`Error::VersionNotFound`], [`Error::NeverPublished`].
    pub async fn diff(&self, before: &Reference, after: &Reference) -> Result<Diff, Error> {
        let (before, after) = (self.resolve(before).await?.tree, self.resolve(after).await?.tree);
        let mut reader = self.reader();
        let differences = reader.run(|objects| tree::diff(objects, &before, &after)).await?;
        Ok(Diff { parts: part_changes(&mut reader, &differences).await? })
    }

    /// Makes the draft what a version was. What the draft was is saved as a version first. With
    /// environments that run this very version the draft then agrees on everything.
    ///
    /// # Errors
    /// [`Error::VersionNotFound`].
    pub async fn restore(&self, number: u64) -> Result<Restored, Error> {
        let (digest, version) = self.version(number).await?;
        for _ in 0..MAX_REPEATS {
            let (record, draft) = self.read_draft().await?;
            let by = format!("version {number}");
            let content = version.content.clone();
            let mut commit = Commit::new();
            for (environment, _) in self.environments().await? {
                let Some((pointer, mut running)) = self.read_environment(&environment).await? else { continue };
                if running.stable == digest && running.base != content.tree {
                    running.base = content.tree;
                    commit = commit.swap(&pointer, running.to_bytes());
                }
            }
            if let Some(restored) = self.replace_draft(commit, &record, &draft, content, &by).await? {
                return Ok(restored);
            }
        }
        Err(Error::Contended("the draft".to_owned()))
    }

    /// Replaces the draft and keeps what it was, in one commit; `None` when
    /// somebody else was faster.
    pub(crate) async fn replace_draft(
        &self,
        commit: Commit,
        record: &Record,
        draft: &Draft,
        content: Content,
        by: &str,
    ) -> Result<Option<Restored>, Error> {
        let (number, commit) = self.next_version_number(commit).await?;
        let saved = Version {
            number,
            origin: Origin::Save,
            content: draft.content.clone(),
            notes: format!("the draft before it was replaced by {by}"),
            author: self.lifecycle.actor.clone(),
            time: self.lifecycle.now(),
            parent: None,
            plan: None,
            policy: None,
            base: None,
            agreed_elsewhere: BTreeMap::new(),
        };
        let bytes = saved.to_bytes();
        let digest = Digest::of(&bytes);
        let commit = commit
            .object(digest, bytes)
            .create(layout::version(&self.id, number)?, digest.to_string())
            .swap(record, Draft { content: content.clone() }.to_bytes());
        let act = Act::Replaced { by: by.to_owned(), saved: number };
        match self.act(act, commit).await {
            Ok(()) => Ok(Some(Restored { saved: number, content })),
            Err(Error::Store(greenroom_store::Error::Conflict { .. })) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
