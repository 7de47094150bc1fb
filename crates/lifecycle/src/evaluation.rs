//! How well the draft's examples can be told apart: cross-validation.

use std::ops::ControlFlow;

use greenroom_model::Language;
use greenroom_nlp::{Evaluation, Progress, cross_validate};

use crate::{Bot, Error};

impl Bot {
    /// Trains `folds` times on part of the draft's examples and judges each time
    /// on the rest. Blocks the calling thread, as training does.
    ///
    /// # Errors
    /// [`Error::NoExamples`], [`Error::Cancelled`], [`Error::Training`].
    pub async fn evaluate(
        &self,
        language: &Language,
        folds: usize,
        report: &mut (dyn FnMut(Progress) -> ControlFlow<()> + Send),
    ) -> Result<Evaluation, Error> {
        let job = self.prepare_training(&self.draft().await?, language).await?;
        let failed = |source| match source {
            greenroom_nlp::Error::Cancelled => Error::Cancelled,
            source => Error::Training { language: language.clone(), source },
        };
        let params = job.params().clone().check().map_err(failed)?;
        cross_validate(&job.examples(), &params, folds, job.params().seed, report).map_err(failed)
    }
}
