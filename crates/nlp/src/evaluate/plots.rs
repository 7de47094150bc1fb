//! The pictures of an evaluation.

mod axes;
mod calibration;
mod confusion;
mod histogram;
mod learning;
mod thresholds;

pub(super) use calibration::calibration;
pub(super) use confusion::confusion_matrix;
pub(super) use histogram::confidence_histogram;
pub(super) use learning::learning_curve;
pub(super) use thresholds::thresholds;

#[cfg(test)]
mod tests;
