//! How good a model is, and what an author can do about it.
//!
//! Collecting and judging are apart: [`predict_by_cross_validation`] and [`predict_held_out`] ask
//! models about texts that they have not learnt; everything else is computed of those
//! [`Prediction`]s and asks nothing any more.

mod advice;
mod behaviour;
mod calibration;
mod collect;
mod evaluation;
mod files;
mod histogram;
mod interval;
mod learning_curve;
mod likeness;
mod names;
mod plots;
mod prediction;
mod rasa;
mod report;
mod separation;
mod svg;
mod thresholds;
mod whole;

pub use advice::{
    Advice, AdviceFinding, AdviceKind, Collision, Coverage, FEW_EXAMPLES, UnunderstoodGroup, Utterance, coverage,
};
pub use behaviour::{Answer, BehaviourChange, BehaviourChangeKind, BehaviourDiff, BehaviourSummary, diff_behaviour};
pub use calibration::{Calibration, CalibrationBin};
pub use collect::{confidences, cross_validate, held_out, predict_by_cross_validation, predict_held_out};
pub use evaluation::{Average, Confusion, Evaluation, LabelReport};
pub use files::{FileOptions, ReportFile};
pub use histogram::ConfidenceBin;
pub use interval::Interval;
pub use learning_curve::{LEARNING_SHARES, LearningCurve, LearningPoint, learning_curve, learning_curve_held_out};
pub use names::Names;
pub use prediction::Prediction;
pub use report::{EvaluationReport, WrongPrediction};
pub use separation::Separation;
pub use thresholds::{ThresholdAdvice, ThresholdCurve, ThresholdPoint, WrongAnswerCost};
pub use whole::{Evaluated, EvaluationRequest, JudgedTexts, evaluate};
