//! What training reads beside the examples, unchecked and checked.

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// Training parameters as an author stores them; [`TrainParams::check`] makes them usable.
///
/// The defaults were chosen by measurement and suit bots of a few hundred to some ten thousand
/// examples. Fields that a stored document lacks take their default; unknown ones are an error.
///
/// ```
/// use greenroom_nlp::TrainParams;
///
/// let params: TrainParams = serde_json::from_str(r#"{"seed": 7}"#)?;
/// assert_eq!(params.folds, TrainParams::default().folds);
/// assert!(serde_json::from_str::<TrainParams>(r#"{"sed": 7}"#).is_err());
/// assert!(TrainParams { folds: 1, ..params }.check().is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrainParams {
    /// What all randomness (folds, order of examples) comes from. Any number.
    pub seed: u64,
    /// L2 regularisation of the softmax regression that gives the final scores, 0.01 to 1,000.
    /// Higher is more cautious. Default 1.
    pub alpha: f64,
    /// The weight of an example's loss in the n-gram scorer, 0.001 to 1,000. Default 1.
    pub cost: f64,
    /// Into how many parts the examples are dealt to get scores for texts that a scorer has not
    /// seen, 2 to 20. Training time grows with it. Default 5.
    pub folds: u32,
    /// The largest number of sweeps over the examples, 1 to 1,000. Default 10.
    pub max_epochs: u32,
    /// The largest number of n-grams that a model knows, 256 to 1,048,576. The size of a model is
    /// about this × (labels + 12) bytes. Default 32,768.
    pub max_ngrams: u32,
}

impl Default for TrainParams {
    fn default() -> Self {
        Self { seed: 1, alpha: 1.0, cost: 1.0, folds: 5, max_epochs: 10, max_ngrams: 32_768 }
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
        in_range("cost", self.cost, 0.001..=1_000.0, "from 0.001 to 1000")?;
        in_range("folds", self.folds, 2..=20, "from 2 to 20")?;
        in_range("max_epochs", self.max_epochs, 1..=1_000, "from 1 to 1000")?;
        in_range("max_ngrams", self.max_ngrams, 256..=1 << 20, "from 256 to 1048576")?;
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
        assert_eq!(refused(TrainParams { cost: f64::INFINITY, ..default() }), "cost");
        assert_eq!(refused(TrainParams { folds: 21, ..default() }), "folds");
        assert_eq!(refused(TrainParams { max_epochs: 0, ..default() }), "max_epochs");
        assert_eq!(refused(TrainParams { max_ngrams: 255, ..default() }), "max_ngrams");
    }

    #[test]
    fn defaults_are_in_range() {
        assert_eq!(TrainParams::default().check().unwrap(), ValidTrainParams::default());
    }

    #[test]
    fn survives_json() {
        let params = TrainParams { seed: u64::MAX, alpha: 0.3, ..TrainParams::default() };
        let json = serde_json::to_string(&params).unwrap();
        assert_eq!(serde_json::from_str::<TrainParams>(&json).unwrap(), params);
    }
}
