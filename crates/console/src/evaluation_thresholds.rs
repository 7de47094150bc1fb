//! What the threshold of the draft, and the one that is advised, do to the texts of an evaluation.

use greenroom_nlp::{Interval, ThresholdCurve, ThresholdPoint, WrongAnswerCost};

use crate::evaluation_shown::percent;

/// What one threshold does.
pub(crate) struct ShownThreshold {
    pub(crate) label: &'static str,
    pub(crate) at: String,
    pub(crate) wrong: String,
    pub(crate) refused: String,
    /// The share of texts out of scope that are answered; none where there are no such texts.
    pub(crate) out_of_scope: Option<String>,
}

/// What the draft's threshold does to texts that should be refused.
pub(crate) struct ShownOutOfScope {
    pub(crate) texts: usize,
    pub(crate) at: String,
    pub(crate) answered: String,
    pub(crate) answered_range: String,
}

/// The draft's threshold and the advised one.
pub(crate) fn thresholds(curve: &ThresholdCurve, now: f64, cost: WrongAnswerCost) -> Vec<ShownThreshold> {
    let now = curve.at(now).copied().map(|point| ("Now", point));
    let advised = curve.advise(cost).map(|advice| ("Advised", advice.best));
    now.into_iter().chain(advised).map(|(label, point)| ShownThreshold::new(label, &point, curve)).collect()
}

impl ShownThreshold {
    fn new(label: &'static str, point: &ThresholdPoint, curve: &ThresholdCurve) -> Self {
        Self {
            label,
            at: format!("{:.2}", point.threshold),
            wrong: share(point.wrong, curve.in_scope),
            refused: share(point.refused, curve.in_scope),
            out_of_scope: (curve.out_of_scope > 0).then(|| share(point.out_of_scope_answered, curve.out_of_scope)),
        }
    }
}

impl ShownOutOfScope {
    pub(crate) fn of(curve: &ThresholdCurve, now: f64) -> Option<Self> {
        let texts = curve.out_of_scope;
        let point = curve.at(now).filter(|_| texts > 0)?;
        let range = Interval::of_share(point.out_of_scope_answered, texts);
        Some(Self {
            texts,
            at: format!("{:.2}", point.threshold),
            answered: share(point.out_of_scope_answered, texts),
            answered_range: format!("{} to {}", percent(range.low), percent(range.high)),
        })
    }
}

fn share(part: usize, whole: usize) -> String {
    #[expect(clippy::cast_precision_loss, reason = "texts are counted in thousands")]
    percent(part as f64 / whole.max(1) as f64)
}
