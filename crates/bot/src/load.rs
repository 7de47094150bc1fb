//! From stored objects to a loaded bot, without I/O: what is not at hand yet is asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use greenroom_model::{Content, Digest, Document, Interrupt, Language, Objects, PartPath, Record, TrainedModel, tree};
use greenroom_nlp::{EntityModel, Model, Vectors};

use crate::{Bot, Error};

/// Loads a bot from its content. `vectors` are the static vectors at hand, which its models may
/// need; [`shipped_vectors`](crate::shipped_vectors) gives those of this build.
///
/// # Errors
/// The outer error asks for objects ([`Interrupt::Need`]) or tells damage; the
/// inner one says why objects that are all at hand do not make a bot.
pub fn load(objects: &dyn Objects, content: &Content, vectors: &[Vectors]) -> Result<Result<Bot, Error>, Interrupt> {
    let mut need = BTreeSet::new();
    let mut parts = Vec::new();
    for (path, digest) in gathered(&mut need, tree::list(objects, &content.tree, &[]))? {
        match objects.get(&digest) {
            Some(bytes) => parts.push((path.parse::<PartPath>()?, digest, bytes)),
            None => drop(need.insert(digest)),
        }
    }
    let mut artifacts = BTreeMap::new();
    let mut entity_artifacts = BTreeMap::new();
    for (language, digest) in &content.models {
        let Some(record) = objects.get(digest) else {
            need.insert(*digest);
            continue;
        };
        let record = TrainedModel::from_bytes(&record)?;
        match objects.get(&record.artifact) {
            Some(bytes) => drop(artifacts.insert(language.clone(), (record.artifact, bytes))),
            None => drop(need.insert(record.artifact)),
        }
        if let Some(artifact) = record.entities {
            match objects.get(&artifact) {
                Some(bytes) => drop(entity_artifacts.insert(language.clone(), (artifact, bytes))),
                None => drop(need.insert(artifact)),
            }
        }
    }
    if !need.is_empty() {
        return Err(Interrupt::Need(need));
    }
    let mut documents = Vec::with_capacity(parts.len());
    for (path, digest, bytes) in parts {
        let document = Document::from_json(&path, &bytes).map_err(|error| damaged(digest, &error))?;
        documents.push((path, document));
    }
    let mut models: BTreeMap<Language, Arc<Model>> = BTreeMap::new();
    for (language, (artifact, bytes)) in artifacts {
        match Model::from_bytes(&bytes, vectors) {
            Ok(model) => drop(models.insert(language, Arc::new(model))),
            Err(source) => return Ok(Err(Error::Model { language, artifact, source })),
        }
    }
    let mut entity_models: BTreeMap<Language, Arc<EntityModel>> = BTreeMap::new();
    for (language, (artifact, bytes)) in entity_artifacts {
        match EntityModel::from_bytes(&bytes) {
            Ok(model) => drop(entity_models.insert(language, Arc::new(model))),
            Err(source) => return Ok(Err(Error::Model { language, artifact, source })),
        }
    }
    Ok(Bot::new(documents, models).map(|bot| bot.with_entity_models(entity_models)))
}

fn gathered<T: Default>(need: &mut BTreeSet<Digest>, result: Result<T, Interrupt>) -> Result<T, Interrupt> {
    match result {
        Err(Interrupt::Need(more)) => {
            need.extend(more);
            Ok(T::default())
        }
        other => other,
    }
}

fn damaged(digest: Digest, error: &greenroom_model::Error) -> greenroom_model::Error {
    greenroom_model::Error::Damaged { digest, reason: error.to_string() }
}
