//! Where to set the threshold: wrong answers against refused ones.

use serde::{Deserialize, Serialize};

use super::interval::{Interval, Z95};
use super::prediction::Prediction;
use super::separation::Separation;
use crate::classification::Threshold;
use crate::error::Error;

/// Thresholds are tried in steps of 1 %: authors set them with two decimals.
const STEPS: u16 = 100;

/// How much worse a wrong answer is than one that was refused, 0.01 to 1,000.
///
/// At 1 a wrong answer is no worse than «I did not understand», so refusing never pays; at 3 a
/// wrong answer is as bad as three refused ones. Default 3.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct WrongAnswerCost(f64);

impl WrongAnswerCost {
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] if `cost` is not a number from 0.01 to 1,000.
    pub fn new(cost: f64) -> Result<Self, Error> {
        if (0.01..=1_000.0).contains(&cost) {
            return Ok(Self(cost));
        }
        Err(Error::InvalidParameter { parameter: "cost", value: cost.to_string(), expected: "from 0.01 to 1000" })
    }

    /// The value.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl Default for WrongAnswerCost {
    fn default() -> Self {
        Self(3.0)
    }
}

impl TryFrom<f64> for WrongAnswerCost {
    type Error = Error;

    fn try_from(cost: f64) -> Result<Self, Error> {
        Self::new(cost)
    }
}

impl From<WrongAnswerCost> for f64 {
    fn from(cost: WrongAnswerCost) -> Self {
        cost.0
    }
}

/// What comes of each threshold from 0 to 1, in steps of 1 %.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ThresholdCurve {
    /// How many texts there are that a label means.
    pub in_scope: usize,
    /// How many texts there are that no label means.
    pub out_of_scope: usize,
    /// How well the two are told apart at any threshold; none without texts of both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub separation: Option<Separation>,
    /// In ascending order.
    pub points: Vec<ThresholdPoint>,
}

/// What comes of one threshold.
///
/// `right`, `wrong` and `refused` together are the texts in scope.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ThresholdPoint {
    /// The threshold, 0 to 1: what is not above it is refused.
    pub threshold: f64,
    /// Texts in scope that are answered rightly.
    pub right: usize,
    /// Texts in scope that are answered wrongly.
    pub wrong: usize,
    /// Texts in scope that are refused.
    pub refused: usize,
    /// Of those refused, how many would have been answered rightly.
    pub refused_though_right: usize,
    /// Texts out of scope that are answered; every answer to them is wrong.
    pub out_of_scope_answered: usize,
}

/// The threshold that costs least, and how sure that is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ThresholdAdvice {
    /// What a wrong answer costs; a refused one costs 1.
    pub cost: WrongAnswerCost,
    /// The point that costs least; of several, the lowest.
    pub best: ThresholdPoint,
    /// What it costs, in the mean over all texts.
    pub mean_cost: f64,
    /// The thresholds about it whose cost these texts cannot tell from the least: the difference,
    /// text by text, is within 1.96 standard errors of 0.
    pub as_good: Interval,
    /// The share of texts in scope that are answered wrongly.
    pub wrong_share: f64,
    /// Where the true share lies, at 95 %.
    pub wrong_interval: Interval,
    /// The share of texts in scope that are refused.
    pub refused_share: f64,
    /// Where the true share lies, at 95 %.
    pub refused_interval: Interval,
    /// The share of texts out of scope that are answered; none without such texts.
    pub out_of_scope_answered_share: Option<f64>,
    /// How well texts in scope and out of scope are told apart at any threshold; none without such texts.
    pub separation: Option<Separation>,
}

impl ThresholdCurve {
    /// Counts what each threshold does to `predictions`, and to texts out of scope by the
    /// confidences that models gave them (see [`confidences`](crate::confidences)).
    pub fn of(predictions: &[Prediction], out_of_scope: &[f32]) -> Self {
        let points = (0..=STEPS).map(|step| {
            let value = f32::from(step) / f32::from(STEPS);
            let threshold = Threshold::new(value).unwrap_or(Threshold::ZERO);
            let mut point = ThresholdPoint {
                threshold: f64::from(step) / f64::from(STEPS),
                right: 0,
                wrong: 0,
                refused: 0,
                refused_though_right: 0,
                out_of_scope_answered: out_of_scope.iter().filter(|sure| threshold.is_exceeded_by(**sure)).count(),
            };
            for prediction in predictions {
                match (threshold.is_exceeded_by(prediction.confidence), prediction.is_right()) {
                    (true, true) => point.right += 1,
                    (true, false) => point.wrong += 1,
                    (false, is_right) => {
                        point.refused += 1;
                        point.refused_though_right += usize::from(is_right);
                    }
                }
            }
            point
        });
        let in_scope: Vec<f32> = predictions.iter().map(|prediction| prediction.confidence).collect();
        Self {
            in_scope: predictions.len(),
            out_of_scope: out_of_scope.len(),
            separation: Separation::of(&in_scope, out_of_scope),
            points: points.collect(),
        }
    }

    /// The point of a threshold, rounded to the steps of the curve.
    pub fn at(&self, threshold: f64) -> Option<&ThresholdPoint> {
        self.points
            .iter()
            .min_by(|one, other| (one.threshold - threshold).abs().total_cmp(&(other.threshold - threshold).abs()))
    }

    /// The threshold that costs least where a wrong answer costs `cost` and a refused one 1; texts
    /// out of scope cost when they are answered. `None` for a curve of no texts.
    pub fn advise(&self, cost: WrongAnswerCost) -> Option<ThresholdAdvice> {
        let total = self.in_scope + self.out_of_scope;
        if total == 0 {
            return None;
        }
        let position = (0..self.points.len()).min_by(|one, other| {
            let of = |position: &usize| self.points.get(*position).map_or(f64::INFINITY, |point| point.cost(cost));
            of(one).total_cmp(&of(other))
        })?;
        let best = *self.points.get(position)?;
        let is_as_good = |point: &&ThresholdPoint| point.is_as_good_as(&best, cost, total);
        let (below, above) = self.points.split_at(position);
        let low = below.iter().rev().take_while(is_as_good).last().unwrap_or(&best);
        let high = above.iter().take_while(is_as_good).last().unwrap_or(&best);
        let share = |part: usize| part as f64 / self.in_scope.max(1) as f64;
        Some(ThresholdAdvice {
            cost,
            best,
            mean_cost: best.cost(cost) / total as f64,
            as_good: Interval { low: low.threshold, high: high.threshold },
            wrong_share: share(best.wrong),
            wrong_interval: Interval::of_share(best.wrong, self.in_scope),
            refused_share: share(best.refused),
            refused_interval: Interval::of_share(best.refused, self.in_scope),
            out_of_scope_answered_share: (self.out_of_scope > 0)
                .then(|| best.out_of_scope_answered as f64 / self.out_of_scope as f64),
            separation: self.separation,
        })
    }
}

impl ThresholdAdvice {
    /// The advice in words, for whoever sets the threshold.
    pub fn text(&self) -> String {
        let percent = |share: f64| format!("{:.1} %", share * 100.0);
        let mut text = format!(
            "Set it to {:.2} if a wrong answer is as bad as {} refused ones; anything from {:.2} to {:.2} does as well \
             as these texts can tell.\nAt {:.2}, {} of the texts are answered wrongly ({} to {} at 95 %) and {} are \
             refused ({} to {}).",
            self.best.threshold,
            self.cost.get(),
            self.as_good.low,
            self.as_good.high,
            self.best.threshold,
            percent(self.wrong_share),
            percent(self.wrong_interval.low),
            percent(self.wrong_interval.high),
            percent(self.refused_share),
            percent(self.refused_interval.low),
            percent(self.refused_interval.high),
        );
        if let Some(answered) = self.out_of_scope_answered_share {
            text.push_str(&format!(
                "\nOf what the bot has no intent for, {} is answered all the same.",
                percent(answered)
            ));
        }
        if let Some(Separation { auroc, auroc_interval, kept_from, refused_share, refused_interval }) = self.separation
        {
            text.push_str(&format!(
                "\nA threshold just below {kept_from:.2} answers 95 % of the texts and refuses {} of those ({} to {}); \
                 the area under the curve of the two is {auroc:.3} ({:.3} to {:.3}).",
                percent(refused_share),
                percent(refused_interval.low),
                percent(refused_interval.high),
                auroc_interval.low,
                auroc_interval.high,
            ));
        }
        text
    }
}

impl ThresholdPoint {
    /// What all texts together cost at this threshold.
    pub fn cost(&self, cost: WrongAnswerCost) -> f64 {
        (self.wrong + self.out_of_scope_answered) as f64 * cost.get() + self.refused as f64
    }

    /// Whether these texts cannot tell this point's cost from that of the best one.
    ///
    /// Only texts whose confidence lies between the two thresholds differ: a right one by 1, a
    /// wrong one by the cost less 1, one out of scope by the cost.
    fn is_as_good_as(&self, best: &Self, cost: WrongAnswerCost, total: usize) -> bool {
        let between = |of: fn(&Self) -> usize| of(self).abs_diff(of(best)) as f64;
        let squares = between(|point| point.right)
            + between(|point| point.wrong) * (cost.get() - 1.0).powi(2)
            + between(|point| point.out_of_scope_answered) * cost.get().powi(2);
        let difference = self.cost(cost) - best.cost(cost);
        let variance = (squares - difference * difference / total as f64).max(0.0);
        difference <= Z95 * variance.sqrt()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn predictions(list: &[(f32, bool)]) -> Vec<Prediction> {
        let prediction = |(confidence, is_right): &(f32, bool)| Prediction {
            text: String::new(),
            expected: "a".to_owned(),
            predicted: Some(if *is_right { "a" } else { "b" }.to_owned()),
            confidence: *confidence,
            expected_probability: 0.0,
        };
        list.iter().map(prediction).collect()
    }

    fn listed() -> impl Strategy<Value = Vec<(f32, bool)>> {
        proptest::collection::vec((0.0_f32..=1.0, any::<bool>()), 1..60)
    }

    proptest! {
        #[test]
        fn a_higher_threshold_refuses_more_and_answers_less(list in listed(), outside in proptest::collection::vec(0.0_f32..=1.0, 0..20)) {
            let curve = ThresholdCurve::of(&predictions(&list), &outside);
            for pair in curve.points.windows(2) {
                prop_assert!(pair[0].refused <= pair[1].refused && pair[0].wrong >= pair[1].wrong);
                prop_assert!(pair[0].right >= pair[1].right);
                prop_assert!(pair[0].out_of_scope_answered >= pair[1].out_of_scope_answered);
            }
            for point in &curve.points {
                prop_assert_eq!(point.right + point.wrong + point.refused, list.len());
            }
            prop_assert_eq!(curve.points.last().map(|point| point.refused), Some(list.len()));
        }

        #[test]
        fn the_advice_is_the_minimum_by_brute_force(
            list in listed(),
            outside in proptest::collection::vec(0.0_f32..=1.0, 0..20),
            cost in 0.5_f64..20.0,
        ) {
            let curve = ThresholdCurve::of(&predictions(&list), &outside);
            let advice = curve.advise(WrongAnswerCost::new(cost).unwrap()).unwrap();
            let cost_at = |step: u16| {
                let threshold = f32::from(step) / 100.0;
                let inside: f64 = list.iter().map(|(sure, is_right)| match (*sure > threshold, is_right) {
                    (true, true) => 0.0,
                    (true, false) => cost,
                    (false, _) => 1.0,
                }).sum();
                inside + outside.iter().filter(|sure| **sure > threshold).count() as f64 * cost
            };
            let least = (0..=100).map(cost_at).fold(f64::INFINITY, f64::min);
            let step = (advice.best.threshold * 100.0).round() as u16;
            prop_assert!((cost_at(step) - least).abs() < 1e-9);
            prop_assert!((0..step).all(|lower| cost_at(lower) > least + 1e-9));
            prop_assert!((advice.mean_cost * (list.len() + outside.len()) as f64 - least).abs() < 1e-9);
            prop_assert!(advice.as_good.contains(advice.best.threshold));
        }
    }

    #[test]
    fn refusing_never_pays_where_a_wrong_answer_costs_as_much() {
        let curve = ThresholdCurve::of(&predictions(&[(0.1, false), (0.2, true), (0.9, true)]), &[]);
        let advice = curve.advise(WrongAnswerCost::new(1.0).unwrap()).unwrap();
        assert_eq!((advice.best.threshold, advice.best.refused), (0.0, 0));
    }

    #[test]
    fn many_texts_narrow_what_is_as_good() {
        let some = [(0.3, false), (0.5, false), (0.6, true), (0.8, true), (0.9, true)];
        let width = |repeats: usize| {
            let list: Vec<(f32, bool)> = some.iter().copied().cycle().take(some.len() * repeats).collect();
            let as_good =
                ThresholdCurve::of(&predictions(&list), &[]).advise(WrongAnswerCost::default()).unwrap().as_good;
            as_good.high - as_good.low
        };
        assert!(width(100) < width(1), "{} and {}", width(100), width(1));
    }

    #[test]
    fn a_cost_that_is_none_is_refused() {
        for cost in [0.0, -1.0, f64::NAN, f64::INFINITY, 1_001.0] {
            assert!(WrongAnswerCost::new(cost).is_err(), "{cost}");
        }
        assert!(ThresholdCurve::of(&[], &[]).advise(WrongAnswerCost::default()).is_none());
    }
}
