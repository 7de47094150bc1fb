//! What a publish looks at last: that the store still has what the plan froze.

use greenroom_model::{Content, Digest, Record as _, TrainedModel};

use crate::{Bot, Error};

impl Bot {
    /// That the store itself, not a cache, has what a content names first: the roots of
    /// tree and index, the records of the models, their bytes. What lies below the roots
    /// came and stays with them.
    pub(crate) async fn check_candidate(&self, content: &Content) -> Result<(), Error> {
        let mut named = vec![content.tree, content.index];
        named.extend(content.models.values());
        let mut found = self.lifecycle.store.objects(&named).await?.into_iter();
        let mut missing = Vec::new();
        for what in ["the root of its parts", "the root of their index"] {
            if found.next().flatten().is_none() {
                missing.push(what.to_owned());
            }
        }
        let mut artifacts: Vec<(String, Digest)> = Vec::new();
        for (language, bytes) in content.models.keys().zip(found) {
            let Some(bytes) = bytes else {
                missing.push(format!("the record of its model for `{language}`"));
                continue;
            };
            let model = TrainedModel::from_bytes(&bytes)?;
            artifacts.push((format!("its model for `{language}`"), model.artifact));
            artifacts
                .extend(model.entities.map(|entities| (format!("its entities' model for `{language}`"), entities)));
        }
        let digests: Vec<Digest> = artifacts.iter().map(|(_, digest)| *digest).collect();
        let found = self.lifecycle.store.objects(&digests).await?;
        missing
            .extend(artifacts.into_iter().zip(found).filter(|(_, found)| found.is_none()).map(|((what, _), _)| what));
        if missing.is_empty() { Ok(()) } else { Err(Error::CandidateIncomplete { missing }) }
    }
}
