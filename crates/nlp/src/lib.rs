//! Intent classifier and entity recogniser: labelled texts in, a model out.
//!
//! The crate knows nothing of bots, and does no I/O: a host gives it examples, keeps the bytes of
//! the model, and asks it what a text means. The same examples, parameters and build give the
//! same bytes on one machine, whatever the order of the examples.
//!
//! ```
//! # #[cfg(feature = "train")] {
//! use std::ops::ControlFlow;
//! use greenroom_nlp::{Example, Model, Scratch, Threshold, TrainParams, train};
//!
//! let examples = [
//!     ("where is my parcel", "track"), ("has my order shipped", "track"),
//!     ("track my parcel please", "track"), ("i want my money back", "refund"),
//!     ("please refund my order", "refund"), ("can i get a refund", "refund"),
//! ]
//! .map(|(text, label)| Example { text, label });
//!
//! let params = TrainParams::default().check()?;
//! let model = train(&examples, &params, None, &mut |_progress| ControlFlow::Continue(()))?;
//! let model = Model::from_bytes(&model.to_bytes()?, &[])?;
//!
//! let mut scratch = Scratch::default();
//! let answer = model.classify("where did my parcel go", &mut scratch);
//! let best = answer.best(Threshold::new(0.5)?);
//! assert_eq!(best.map(|best| best.label), Some("track"));
//! assert!(model.classify("", &mut scratch).best(Threshold::new(0.0)?).is_none());
//! # }
//! # Ok::<(), greenroom_nlp::Error>(())
//! ```
//!
//! Feature `train` (on by default) brings training and evaluation. Without it the crate loads
//! models, classifies and recognises entities, and links no linear algebra.

mod arithmetic;
mod artifact;
mod buckets;
mod classification;
mod entities;
mod error;
#[cfg(feature = "train")]
mod evaluate;
mod features;
mod model;
mod params;
mod sealed;
#[cfg(feature = "train")]
mod train;
mod vectors;

pub use artifact::FORMAT_VERSION;
pub use classification::{Classification, RankedLabel, Scratch, Threshold};
#[cfg(feature = "train")]
pub use entities::{
    AnnotatedExample, EntityAnnotation, EntityCounts, EntityEvaluation, cross_validate_entities, score_entities,
    train_entities,
};
pub use entities::{
    ENTITY_FEATURE_VERSION, ENTITY_FORMAT_VERSION, ENTITY_TRAINER, EntityModel, LearnedSpan, MAX_LEARNED_ENTITIES,
};
pub use entities::{
    EntityContext, EntityDefinition, EntityKind, EntityMatch, EntityPart, EntityRecogniser, EntitySource, Fuzziness,
    SynonymList, SynonymValue, SystemKind, SystemLanguage,
};
pub use error::Error;
#[cfg(feature = "train")]
pub use evaluate::{
    Advice, AdviceFinding, AdviceKind, Answer, Average, BehaviourChange, BehaviourChangeKind, BehaviourDiff,
    BehaviourSummary, Calibration, CalibrationBin, Collision, ConfidenceBin, Confusion, Coverage, Evaluated,
    Evaluation, EvaluationReport, EvaluationRequest, FEW_EXAMPLES, FileOptions, Interval, JudgedTexts, LEARNING_SHARES,
    LabelReport, LearningCurve, LearningPoint, Names, Prediction, ReportFile, Separation, ThresholdAdvice,
    ThresholdCurve, ThresholdPoint, UnunderstoodGroup, Utterance, WrongAnswerCost, WrongPrediction, confidences,
    coverage, cross_validate, diff_behaviour, evaluate, held_out, learning_curve, learning_curve_held_out,
    predict_by_cross_validation, predict_held_out,
};
pub use features::{FEATURE_VERSION, MAX_TEXT_CHARS};
pub use model::{Model, TRAINER};
pub use params::{Solver, TrainParams, ValidTrainParams};
#[cfg(feature = "train")]
pub use train::{Example, MAX_LABELS, Progress, Stage, train};
pub use vectors::{PieceBuffers, VECTORS_FORMAT_VERSION, Vectors, VectorsDescription, WordPieces};
