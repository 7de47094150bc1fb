//! How well confidences tell what a bot is meant for from what it is not.

use serde::{Deserialize, Serialize};

use super::interval::{Interval, Z95};

/// The share of the texts in scope that may be refused for [`Separation::refused_share`].
const GIVEN_UP: f64 = 0.05;

/// How well confidences tell texts in scope, which some label means, from those out of scope.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Separation {
    /// The chance that of one text in scope and one out of scope the model is surer of the former, ties counting half:
    /// the area under the receiver operating characteristic, 0 to 1; 0.5 is guessing.
    pub auroc: f64,
    /// Where the true chance lies, at 95 % (Hanley and McNeil, "The meaning and use of the area under a receiver
    /// operating characteristic (ROC) curve", Radiology 1982).
    pub auroc_interval: Interval,
    /// A confidence that 95 % of the texts in scope reach, 0 to 1.
    pub kept_from: f64,
    /// The share of the texts out of scope that do not reach it, and would be refused.
    pub refused_share: f64,
    /// Where the true share lies, at 95 %.
    pub refused_interval: Interval,
}

impl Separation {
    /// Of the confidences that a model gave to texts in scope and to texts out of scope; `None` without both.
    ///
    /// ```
    /// use greenroom_nlp::Separation;
    ///
    /// let told = Separation::of(&[0.9, 0.8, 0.7, 0.6], &[0.7, 0.2]).unwrap();
    /// assert_eq!(told.auroc, 6.5 / 8.0);
    /// assert_eq!(told.refused_share, 0.5);
    /// ```
    pub fn of(in_scope: &[f32], out_of_scope: &[f32]) -> Option<Self> {
        let (mut inside, mut outside) = (in_scope.to_vec(), out_of_scope.to_vec());
        inside.sort_unstable_by(f32::total_cmp);
        outside.sort_unstable_by(f32::total_cmp);
        let kept_from = *inside.get((inside.len() as f64 * GIVEN_UP) as usize)?;
        if outside.is_empty() {
            return None;
        }
        // Of each text in scope, how many out of scope lie below, ties half.
        let wins = |sure: &f32| {
            let below = outside.partition_point(|other| other.total_cmp(sure).is_lt());
            let reached = outside.partition_point(|other| other.total_cmp(sure).is_le());
            (below + reached) as f64 / 2.0
        };
        let (n_inside, n_outside) = (inside.len() as f64, outside.len() as f64);
        let auroc = inside.iter().map(wins).sum::<f64>() / (n_inside * n_outside);
        let refused = outside.partition_point(|other| other.total_cmp(&kept_from).is_lt());
        Some(Self {
            auroc,
            auroc_interval: auroc_interval(auroc, n_inside, n_outside),
            kept_from: f64::from(kept_from),
            refused_share: refused as f64 / n_outside,
            refused_interval: Interval::of_share(refused, outside.len()),
        })
    }
}

fn auroc_interval(auroc: f64, n_inside: f64, n_outside: f64) -> Interval {
    let square = auroc * auroc;
    let both_outside = auroc / (2.0 - auroc) - square;
    let both_inside = 2.0 * square / (1.0 + auroc) - square;
    let variance = (auroc * (1.0 - auroc) + (n_inside - 1.0) * both_outside + (n_outside - 1.0) * both_inside)
        / (n_inside * n_outside);
    let spread = Z95 * variance.max(0.0).sqrt();
    Interval { low: (auroc - spread).max(0.0), high: (auroc + spread).min(1.0) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Separation;

    proptest! {
        #[test]
        fn equals_counting_every_pair(
            inside in proptest::collection::vec(0_u8..20, 1..60),
            outside in proptest::collection::vec(0_u8..20, 1..30),
        ) {
            let shares = |list: &[u8]| list.iter().map(|value| f32::from(*value) / 20.0).collect::<Vec<f32>>();
            let (inside, outside) = (shares(&inside), shares(&outside));
            let told = Separation::of(&inside, &outside).unwrap();
            let pairs = inside.iter().flat_map(|one| outside.iter().map(move |other| (one, other)));
            let won: f64 = pairs.map(|(one, other)| if one > other { 1.0 } else if one == other { 0.5 } else { 0.0 }).sum();
            prop_assert!((told.auroc - won / (inside.len() * outside.len()) as f64).abs() < 1e-12);
            prop_assert!(told.auroc_interval.contains(told.auroc));
            let below = |list: &[f32]| list.iter().filter(|sure| f64::from(**sure) < told.kept_from).count();
            prop_assert!(below(&inside) as f64 <= 0.05 * inside.len() as f64);
            prop_assert_eq!(below(&outside) as f64 / outside.len() as f64, told.refused_share);
        }
    }

    #[test]
    fn nothing_to_tell_apart_is_no_figure() {
        assert_eq!(Separation::of(&[], &[0.5]), None);
        assert_eq!(Separation::of(&[0.5], &[]), None);
        let perfect = Separation::of(&[0.9; 40], &[0.1; 10]).unwrap();
        assert_eq!((perfect.auroc, perfect.refused_share), (1.0, 1.0));
    }
}
