//! Training what is stale. Gathering and storing are asynchronous; the training
//! itself is synchronous, cancellable, and the host says on which thread it runs.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use bytes::Bytes;
use greenroom_model::document::{self, Training};
use greenroom_model::{Content, Digest, Document, Language, PartPath, Record as _, TrainedModel, TrainingData, tree};
use greenroom_nlp::{
    AnnotatedExample, EntityAnnotation, EntityModel, Example, Model, Progress, TrainParams, Vectors, train_entities,
};
use greenroom_store::{Commit, layout};

use crate::draft::MAX_REPEATS;
use crate::objects::ObjectReader;
use crate::{Act, Bot, Error};

/// What to train.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct TrainingRequest {
    /// Only these languages; all that have examples where none are named.
    pub languages: BTreeSet<Language>,
    /// Trains anew where a model of the same data exists already.
    pub retrain: bool,
}

/// How far a training is.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainingProgress {
    /// The language.
    pub language: Language,
    /// What the trainer says.
    pub progress: Progress,
}

/// What a training came to, for one language.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Trained {
    /// The language.
    pub language: Language,
    /// The digest of the [`TrainedModel`] record.
    pub model: Digest,
    /// Whether it was trained now; else the draft or the store had it already.
    pub fresh: bool,
    /// How many intents it tells.
    pub labels: u64,
    /// How many examples it was trained on.
    pub examples: u64,
}

/// A training that can start: all it reads is at hand.
#[derive(Debug, Clone)]
pub struct TrainingJob {
    language: Language,
    data: TrainingData,
    params: TrainParams,
    examples: Vec<(String, String)>,
    vectors: Option<Vectors>,
    /// What is marked in each of `examples`.
    annotations: Vec<Vec<document::Annotation>>,
}

/// The share of a training that the intents take, where entities are learned too.
const INTENTS_SHARE: f32 = 0.8;

/// What a job made.
#[derive(Debug)]
struct Artifact {
    record: TrainedModel,
    bytes: Bytes,
    /// The bytes of the model of learned entities, by their digest.
    entities: Option<(Digest, Bytes)>,
}

impl TrainingJob {
    /// The language that is trained.
    #[must_use]
    pub fn language(&self) -> &Language {
        &self.language
    }

    /// The texts with their intents, as `(text, intent)`.
    #[must_use]
    pub fn examples(&self) -> Vec<Example<'_>> {
        self.examples.iter().map(|(text, label)| Example { text, label }).collect()
    }

    /// The texts with what is marked in them.
    #[must_use]
    pub fn annotated_examples(&self) -> Vec<AnnotatedExample<'_>> {
        let examples = self.examples.iter().zip(&self.annotations);
        examples
            .map(|((text, _), annotations)| AnnotatedExample {
                text,
                entities: annotations
                    .iter()
                    .map(|mark| EntityAnnotation {
                        chars: mark.start as usize..mark.end as usize,
                        entity: mark.entity.as_str(),
                    })
                    .collect(),
            })
            .collect()
    }

    /// The parameters of the training.
    #[must_use]
    pub fn params(&self) -> &TrainParams {
        &self.params
    }

    /// The static vectors that it is trained with, if there are some for its language.
    #[must_use]
    pub fn vectors(&self) -> Option<&Vectors> {
        self.vectors.as_ref()
    }

    fn run(&self, report: &mut dyn FnMut(Progress) -> ControlFlow<()>) -> Result<Artifact, Error> {
        let failed = |source| match source {
            greenroom_nlp::Error::Cancelled => Error::Cancelled,
            source => Error::Training { language: self.language.clone(), source },
        };
        let params = self.params.clone().check().map_err(failed)?;
        let annotated = self.annotated_examples();
        let learns_entities = annotated.iter().any(|example| !example.entities.is_empty());
        // The end of the intents is not yet that of the training.
        let mut last: Option<Progress> = None;
        let mut held: Option<Progress> = None;
        let model = greenroom_nlp::train(&self.examples(), &params, self.vectors.as_ref(), &mut |mut progress| {
            if learns_entities && progress.fraction >= 1.0 {
                held = Some(progress);
                return ControlFlow::Continue(());
            }
            if learns_entities {
                progress.fraction *= INTENTS_SHARE;
            }
            last = Some(progress);
            report(progress)
        })
        .map_err(failed)?;
        let entities = train_entities(&annotated, self.params.seed, &mut |done| match last {
            Some(mut progress) => {
                progress.fraction = INTENTS_SHARE + (1.0 - INTENTS_SHARE) * done;
                report(progress)
            }
            None => ControlFlow::Continue(()),
        })
        .map_err(failed)?;
        if let Some(progress) = held
            && report(progress).is_break()
        {
            return Err(Error::Cancelled);
        }
        let bytes = Bytes::from(model.to_bytes().map_err(failed)?);
        let entities = match entities {
            Some(entities) => {
                let bytes = Bytes::from(entities.to_bytes().map_err(failed)?);
                Some((Digest::of(&bytes), bytes))
            }
            None => None,
        };
        let record = TrainedModel {
            language: self.language.clone(),
            data: self.data,
            artifact: Digest::of(&bytes),
            entities: entities.as_ref().map(|(digest, _)| *digest),
            trainer: model.trainer().to_owned(),
            labels: model.labels().len() as u64,
            examples: self.examples.len() as u64,
        };
        Ok(Artifact { record, bytes, entities })
    }
}

impl Bot {
    /// Trains the languages of the draft whose model is missing or stale, and
    /// takes the models into the draft. For data that was trained on before, the
    /// model that is stored already is taken, unless a retraining is asked for.
    ///
    /// The training runs on the calling thread and blocks it; give it one.
    ///
    /// # Errors
    /// [`Error::NoExamples`] for a named language without examples;
    /// [`Error::Cancelled`] when `report` breaks; [`Error::Training`].
    pub async fn train(
        &self,
        request: &TrainingRequest,
        report: &mut (dyn FnMut(TrainingProgress) -> ControlFlow<()> + Send),
    ) -> Result<Vec<Trained>, Error> {
        let content = self.draft().await?;
        let data = self.training_data(&mut self.reader(), &content).await?;
        if let Some(language) = request.languages.iter().find(|language| !data.contains_key(language.as_str())) {
            return Err(Error::NoExamples(language.clone()));
        }
        let mut trained = Vec::new();
        for (language, data) in data {
            if !request.languages.is_empty() && !request.languages.contains(&language) {
                continue;
            }
            let known = if request.retrain { None } else { self.known_model(&content, &language, &data).await? };
            let done = match known {
                Some((digest, record)) => self.take_model(digest, &record, None).await?,
                None => {
                    let job = self.training_job(&content, &language, data).await?;
                    let artifact =
                        job.run(&mut |progress| report(TrainingProgress { language: language.clone(), progress }))?;
                    // For one data digest the first model stored stays: somebody may have been faster.
                    let first =
                        if request.retrain { None } else { self.known_model(&content, &language, &data).await? };
                    match first {
                        Some((digest, record)) => self.take_model(digest, &record, None).await?,
                        None => {
                            let digest = Digest::of(&artifact.record.to_bytes());
                            self.take_model(digest, &artifact.record, Some(&artifact)).await?
                        }
                    }
                }
            };
            trained.push(done);
        }
        Ok(trained)
    }

    /// The languages that the draft has examples in, sorted.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn languages_with_examples(&self) -> Result<Vec<Language>, Error> {
        let content = self.draft().await?;
        Ok(self.training_data(&mut self.reader(), &content).await?.into_keys().collect())
    }

    /// What a training of each language with examples would read.
    pub(crate) async fn training_data(
        &self,
        reader: &mut ObjectReader<'_>,
        content: &Content,
    ) -> Result<BTreeMap<Language, TrainingData>, Error> {
        let languages = reader.run(|objects| tree::names(objects, &content.index, &["counts"])).await?;
        let mut data = BTreeMap::new();
        for language in languages {
            let read = reader
                .run(|objects| {
                    let examples = tree::directory_digest(objects, &content.tree, &["nlp", "examples", &language])?;
                    let training = tree::get(objects, &content.tree, &PartPath::Training.segments())?;
                    Ok(examples.map(|examples| TrainingData { examples, training }))
                })
                .await?;
            if let Some(read) = read {
                data.insert(language.parse()?, read);
            }
        }
        Ok(data)
    }

    /// Gathers what a training reads: for hosts that run it themselves, or evaluate.
    ///
    /// # Errors
    /// [`Error::NoExamples`].
    pub async fn prepare_training(&self, content: &Content, language: &Language) -> Result<TrainingJob, Error> {
        let data = self.training_data(&mut self.reader(), content).await?;
        let data = data.get(language).copied().ok_or_else(|| Error::NoExamples(language.clone()))?;
        self.training_job(content, language, data).await
    }

    async fn training_job(
        &self,
        content: &Content,
        language: &Language,
        data: TrainingData,
    ) -> Result<TrainingJob, Error> {
        let mut reader = self.reader();
        let leaves =
            reader.run(|objects| tree::list(objects, &content.tree, &["nlp", "examples", language.as_str()])).await?;
        let mut parts = Vec::with_capacity(leaves.len());
        for (path, digest) in leaves {
            parts.push((path.parse::<PartPath>()?, digest));
        }
        if let Some(digest) = data.training {
            parts.push((PartPath::Training, digest));
        }
        let mut examples = Vec::new();
        let mut annotations = Vec::new();
        let mut training = Training::default();
        for ((path, _), document) in parts.iter().zip(reader.documents(&parts).await?) {
            match (path, document) {
                (PartPath::Examples(_, intent), Document::Examples(own)) => {
                    for example in own.examples {
                        examples.push((example.text, intent.to_string()));
                        annotations.push(example.entities);
                    }
                }
                (PartPath::Training, Document::Training(own)) => training = own,
                _ => {}
            }
        }
        let params = TrainParams { seed: training.seed, ..TrainParams::default() };
        let vectors = Vectors::for_language(&self.lifecycle.vectors, language.as_str()).cloned();
        Ok(TrainingJob { language: language.clone(), data, params, examples, annotations, vectors })
    }

    /// A model of exactly this data: the draft's, else the first that was stored.
    pub(crate) async fn known_model(
        &self,
        content: &Content,
        language: &Language,
        data: &TrainingData,
    ) -> Result<Option<(Digest, TrainedModel)>, Error> {
        let mut candidates: Vec<Digest> = content.models.get(language).copied().into_iter().collect();
        if let Some(record) = self.lifecycle.store.record(&layout::model(&self.id, language, &data.digest())?).await? {
            candidates.push(stored_digest(&record.value)?);
        }
        for digest in candidates {
            let model = TrainedModel::from_bytes(&self.reader().bytes(digest).await?)?;
            if model.data == *data && self.unsupported(&model).await?.is_none() {
                return Ok(Some((digest, model)));
            }
        }
        Ok(None)
    }

    /// Why this build cannot load a model; none where it can.
    pub(crate) async fn unsupported(&self, model: &TrainedModel) -> Result<Option<String>, Error> {
        let of_intents = |bytes: &[u8]| Model::from_bytes(bytes, &self.lifecycle.vectors).err();
        let of_entities = |bytes: &[u8]| EntityModel::from_bytes(bytes).err();
        match (self.unloadable(model.artifact, of_intents).await?, model.entities) {
            (None, Some(entities)) => self.unloadable(entities, of_entities).await,
            (reason, _) => Ok(reason),
        }
    }

    /// Why an artifact cannot be loaded, remembered for the next who asks.
    async fn unloadable(
        &self,
        artifact: Digest,
        load: impl FnOnce(&[u8]) -> Option<greenroom_nlp::Error>,
    ) -> Result<Option<String>, Error> {
        let known = self.lifecycle.loadable.lock().ok().and_then(|known| known.get(&artifact).cloned());
        if let Some(known) = known {
            return Ok(known);
        }
        let reason = match self.reader().bytes(artifact).await {
            Ok(bytes) => load(&bytes).map(|error| error.to_string()),
            Err(Error::Store(
                error @ (greenroom_store::Error::Damaged { .. } | greenroom_store::Error::Missing(_)),
            )) => Some(error.to_string()),
            Err(error) => return Err(error),
        };
        if let Ok(mut known) = self.lifecycle.loadable.lock() {
            known.insert(artifact, reason.clone());
        }
        Ok(reason)
    }

    /// Takes a model into the draft as it stands by then.
    async fn take_model(
        &self,
        digest: Digest,
        model: &TrainedModel,
        fresh: Option<&Artifact>,
    ) -> Result<Trained, Error> {
        let trained = Trained {
            language: model.language.clone(),
            model: digest,
            fresh: fresh.is_some(),
            labels: model.labels,
            examples: model.examples,
        };
        for _ in 0..MAX_REPEATS {
            let (record, mut draft) = self.read_draft().await?;
            if draft.content.models.get(&model.language) == Some(&digest) && fresh.is_none() {
                return Ok(trained);
            }
            draft.content.models.insert(model.language.clone(), digest);
            // What it was trained on is compared with later; the draft may have moved on from it since.
            let mut commit = Commit::new().swap(&record, draft.to_bytes()).rely(model.data.examples);
            commit = model.data.training.into_iter().fold(commit, Commit::rely);
            if fresh.is_none() {
                commit = commit.rely(digest);
            }
            if let Some(artifact) = fresh {
                commit = commit
                    .object(artifact.record.artifact, artifact.bytes.clone())
                    .object(digest, artifact.record.to_bytes())
                    .put(layout::model(&self.id, &model.language, &model.data.digest())?, digest.to_string());
                if let Some((digest, bytes)) = &artifact.entities {
                    commit = commit.object(*digest, bytes.clone());
                }
            }
            let act = Act::Trained { language: model.language.clone(), model: digest };
            match self.act(act, commit).await {
                Ok(()) => return Ok(trained),
                Err(Error::Store(greenroom_store::Error::Conflict { .. })) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::Contended("the draft".to_owned()))
    }
}

/// A digest that is the whole value of a record.
pub(crate) fn stored_digest(value: &[u8]) -> Result<Digest, Error> {
    let text = String::from_utf8_lossy(value);
    text.parse()
        .map_err(|_| greenroom_model::Error::Record { what: "a digest", reason: format!("`{text}` is none") }.into())
}
