//! How good a model is: on examples that were held out, or by cross-validation.

mod cross_validation;
mod evaluation;

pub use cross_validation::{cross_validate, held_out};
pub use evaluation::{Confusion, Evaluation, LabelReport};
