//! What training reads beside the examples, unchecked and checked.

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// Training parameters as an author stores them; [`TrainParams::check`] makes them usable.
///
/// The defaults were chosen by measurement and suit bots of a few dozen to some ten thousand
/// examples. Fields that a stored document lacks take their default; unknown ones are an error.
///
/// ```
/// use greenroom_nlp::TrainParams;
///
/// let params: TrainParams = serde_json::from_str(r#"{"seed": 7}"#)?;
/// assert_eq!(params.alpha, TrainParams::default().alpha);
/// assert!(serde_json::from_str::<TrainParams>(r#"{"sed": 7}"#).is_err());
/// assert!(TrainParams { alpha: 0.0, ..params }.check().is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrainParams {
    /// What all randomness (folds, order of examples) comes from. Any number.
    pub seed: u64,
    /// L2 regularisation of the softmax regression that gives the final scores, 0.01 to 1,000.
    /// Higher is more cautious. Default 0.3.
    pub alpha: f64,
    /// What fits that regression. Default [`Solver::Automatic`].
    pub solver: Solver,
    /// The largest number of n-grams that a model knows, 256 to 1,048,576. The size of a model is
    /// about this × (labels + 12) bytes. Default 16,384.
    pub max_ngrams: u32,
    /// Whether a label's name is one more example of it when there are few: `track_parcel` tells
    /// something. Default true.
    pub label_names: bool,
    /// The most memory that training may take, in bytes, from 1,048,576. A training that would
    /// take more is refused before it begins. Default 1 GiB.
    pub memory_limit: u64,
}

/// What fits the softmax regression. Both solvers come to the same optimum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Solver {
    /// linfa where it takes less than about a third of a second, our own above, and where linfa's
    /// result is refused.
    #[default]
    Automatic,
    /// `linfa-logistic`, by continuation and under guard.
    Linfa,
    /// Our own: L-BFGS with loss and gradient computed together; several times as fast.
    Fused,
}

impl Default for TrainParams {
    fn default() -> Self {
        Self {
            seed: 1,
            alpha: 0.3,
            solver: Solver::Automatic,
            max_ngrams: 16_384,
            label_names: true,
            memory_limit: 1 << 30,
        }
    }
}

impl TrainParams {
    /// Checks every range once.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] names the first parameter that is out of range.
    pub fn check(self) -> Result<ValidTrainParams, Error> {
        in_range("alpha", self.alpha, 0.01..=1_000.0, "from 0.01 to 1000")?;
        in_range("max_ngrams", self.max_ngrams, 256..=1 << 20, "from 256 to 1048576")?;
        in_range("memory_limit", self.memory_limit, 1 << 20..=u64::MAX, "at least 1048576 bytes")?;
        Ok(ValidTrainParams(self))
    }
}

/// Training parameters whose every value is in range, as those of the default are.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ValidTrainParams(TrainParams);

impl ValidTrainParams {
    /// The values.
    pub fn get(&self) -> &TrainParams {
        &self.0
    }
}

impl TryFrom<TrainParams> for ValidTrainParams {
    type Error = Error;

    fn try_from(params: TrainParams) -> Result<Self, Error> {
        params.check()
    }
}

fn in_range<T: PartialOrd + ToString>(
    parameter: &'static str,
    value: T,
    range: std::ops::RangeInclusive<T>,
    expected: &'static str,
) -> Result<(), Error> {
    // A comparison with NaN is false, so NaN is out of every range.
    if range.contains(&value) {
        return Ok(());
    }
    Err(Error::InvalidParameter { parameter, value: value.to_string(), expected })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(params: TrainParams) -> &'static str {
        match params.check() {
            Err(Error::InvalidParameter { parameter, .. }) => parameter,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn names_the_parameter_that_is_out_of_range() {
        let default = TrainParams::default;
        assert_eq!(refused(TrainParams { alpha: f64::NAN, ..default() }), "alpha");
        assert_eq!(refused(TrainParams { alpha: 0.0, ..default() }), "alpha");
        assert_eq!(refused(TrainParams { memory_limit: 1000, ..default() }), "memory_limit");
        assert_eq!(refused(TrainParams { max_ngrams: 255, ..default() }), "max_ngrams");
    }

    #[test]
    fn defaults_are_in_range() {
        assert_eq!(TrainParams::default().check().unwrap(), ValidTrainParams::default());
    }

    #[test]
    fn survives_json() {
        let params = TrainParams { seed: u64::MAX, alpha: 0.3, solver: Solver::Fused, ..TrainParams::default() };
        let json = serde_json::to_string(&params).unwrap();
        assert_eq!(serde_json::from_str::<TrainParams>(&json).unwrap(), params);
    }
}
