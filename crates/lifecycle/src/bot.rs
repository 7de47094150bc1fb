//! One bot, and what is read of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use greenroom_model::{BotId, Content, Digest, Document, Draft, PartPath, Record as _, Symbol, Usage, index, tree};
use greenroom_store::{Record, layout};

use crate::objects::ObjectReader;
use crate::{Error, Lifecycle};

/// One bot of a [`Lifecycle`]. Cheap to clone; holds no state of its own.
#[derive(Debug, Clone)]
pub struct Bot {
    pub(crate) lifecycle: Lifecycle,
    pub(crate) id: BotId,
}

impl Bot {
    pub(crate) fn new(lifecycle: Lifecycle, id: BotId) -> Self {
        Self { lifecycle, id }
    }

    /// The bot's id.
    #[must_use]
    pub fn id(&self) -> &BotId {
        &self.id
    }

    /// The lifecycle that it belongs to.
    #[must_use]
    pub fn lifecycle(&self) -> &Lifecycle {
        &self.lifecycle
    }

    pub(crate) fn reader(&self) -> ObjectReader<'_> {
        ObjectReader::new(&*self.lifecycle.store, &self.lifecycle.objects)
    }

    pub(crate) async fn read_draft(&self) -> Result<(Record, Draft), Error> {
        let record = self.lifecycle.store.record(&layout::draft(&self.id)?).await?;
        let record = record.ok_or_else(|| Error::BotNotFound(self.id.clone()))?;
        let draft = Draft::from_bytes(&record.value)?;
        Ok((record, draft))
    }

    /// The draft as it stands.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn draft(&self) -> Result<Content, Error> {
        Ok(self.read_draft().await?.1.content)
    }

    /// The parts of a content with their digests, sorted by path.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn parts(&self, content: &Content) -> Result<Vec<(PartPath, Digest)>, Error> {
        let root = content.tree;
        let leaves = self.reader().run(|objects| tree::list(objects, &root, &[])).await?;
        leaves.into_iter().map(|(path, digest)| Ok((path.parse()?, digest))).collect()
    }

    /// All documents of a content with their digests, sorted by path.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn documents(&self, content: &Content) -> Result<Vec<(PartPath, Digest, Document)>, Error> {
        let parts = self.parts(content).await?;
        let documents = self.reader().documents(&parts).await?;
        Ok(parts.into_iter().zip(documents).map(|((path, digest), document)| (path, digest, document)).collect())
    }

    /// One part of a content and its digest.
    ///
    /// # Errors
    /// [`Error::PartNotFound`].
    pub async fn get(&self, content: &Content, path: &PartPath) -> Result<(Digest, Document), Error> {
        let mut reader = self.reader();
        let found = reader.run(|objects| tree::get(objects, &content.tree, &path.segments())).await?;
        let digest = found.ok_or_else(|| Error::PartNotFound { bot: self.id.clone(), path: path.clone() })?;
        let document = reader.documents(&[(path.clone(), digest)]).await?.pop();
        let document = document.ok_or_else(|| Error::PartNotFound { bot: self.id.clone(), path: path.clone() })?;
        Ok((digest, document))
    }

    /// The places of a content that use something. They are read from the index:
    /// that costs what there is to tell, whatever the size of the bot.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn usages(&self, content: &Content, symbol: &Symbol) -> Result<BTreeSet<Usage>, Error> {
        self.reader().run(|objects| index::usages(objects, &content.index, symbol)).await
    }

    /// The bot of a content, loaded and ready to answer.
    ///
    /// # Errors
    /// [`Error::Load`], [`Error::Store`].
    pub async fn load(&self, content: &Content) -> Result<Arc<greenroom_bot::Bot>, Error> {
        let loaded =
            self.reader().run(|objects| greenroom_bot::load(objects, content, &self.lifecycle.vectors)).await?;
        Ok(Arc::new(loaded?))
    }
}
