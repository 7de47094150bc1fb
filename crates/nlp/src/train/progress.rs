//! Tells the host how far a training is, and hears whether it should go on.

use std::ops::{ControlFlow, Range};

use crate::error::Error;

/// How far a training is.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// The share that is done, from 0 to 1; never falls.
    pub fraction: f32,
    /// What is being done.
    pub stage: Stage,
}

/// A stage of a training, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Stage {
    /// Reading the examples and choosing n-grams.
    Preparing,
    /// Learning scorers over n-grams.
    Scoring,
    /// Making confidences honest.
    Calibrating,
    /// Fitting the softmax regression.
    Fitting,
    /// The model is ready.
    Done,
}

/// Maps the progress of a stage to that of the whole.
pub(crate) struct Meter<'a> {
    report: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
    stage: Stage,
    range: Range<f32>,
}

impl<'a> Meter<'a> {
    pub(crate) fn new(report: &'a mut dyn FnMut(Progress) -> ControlFlow<()>) -> Self {
        Self { report, stage: Stage::Preparing, range: 0.0..0.0 }
    }

    /// Begins a stage that takes this part of the whole.
    pub(crate) fn enter(&mut self, stage: Stage, range: Range<f32>) -> Result<(), Error> {
        self.stage = stage;
        self.range = range;
        self.advance(0.0)
    }

    /// Reports the share of the stage that is done, from 0 to 1.
    pub(crate) fn advance(&mut self, done: f32) -> Result<(), Error> {
        let Range { start, end } = self.range;
        let fraction = start + (end - start) * done.clamp(0.0, 1.0);
        match (self.report)(Progress { fraction, stage: self.stage }) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Error::Cancelled),
        }
    }
}
