//! What customers would notice of a new model: two states of the bot, the same utterances.

use std::collections::BTreeSet;

use greenroom_model::{Content, Document, Language, PartPath};
use greenroom_nlp::{BehaviourDiff, Utterance, diff_behaviour};

use crate::{Bot, Error, Reference};

impl Bot {
    /// Says which utterances two states of the bot answer differently, each with its own model and
    /// threshold, the most important first. Without utterances, the examples of both are asked.
    ///
    /// # Errors
    /// [`Error::NoModel`] where a state has none for the language; [`Error::NeverPublished`],
    /// [`Error::VersionNotFound`]; [`Error::Load`].
    pub async fn compare_behaviour(
        &self,
        before: &Reference,
        after: &Reference,
        language: &Language,
        utterances: Option<&[Utterance]>,
    ) -> Result<BehaviourDiff, Error> {
        let contents = [self.resolve(before).await?, self.resolve(after).await?];
        let [old, new] = [self.load(&contents[0]).await?, self.load(&contents[1]).await?];
        let no_model = |state: &Reference| Error::NoModel { state: state.to_string(), language: language.clone() };
        let old_model = old.models().get(language).ok_or_else(|| no_model(before))?;
        let new_model = new.models().get(language).ok_or_else(|| no_model(after))?;
        let examples;
        let utterances = match utterances {
            Some(utterances) => utterances,
            None => {
                let mut texts = BTreeSet::new();
                for content in &contents {
                    texts.extend(self.example_texts(content, language).await?);
                }
                examples = texts.into_iter().map(|text| Utterance { text, count: 1 }).collect::<Vec<_>>();
                &examples
            }
        };
        Ok(diff_behaviour((old_model, old.threshold()), (new_model, new.threshold()), utterances))
    }

    /// The texts of all examples in a language.
    async fn example_texts(&self, content: &Content, language: &Language) -> Result<Vec<String>, Error> {
        let mut parts = self.parts(content).await?;
        parts.retain(|(path, _)| matches!(path, PartPath::Examples(own, _) if own == language));
        let documents = self.reader().documents(&parts).await?;
        let texts = documents.into_iter().flat_map(|document| match document {
            Document::Examples(own) => own.examples.into_iter().map(|example| example.text).collect(),
            _ => Vec::new(),
        });
        Ok(texts.collect())
    }
}
