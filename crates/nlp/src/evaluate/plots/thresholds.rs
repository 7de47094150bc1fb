//! Wrong answers against refused ones, by threshold.

use super::axes::{Axes, SMALL, percent_ticks};
use crate::evaluate::svg::{Anchor, Picture, colour};
use crate::evaluate::{ThresholdAdvice, ThresholdCurve, ThresholdPoint};

/// Draws the shares of wrong and refused texts, of texts out of scope that are answered where there
/// are any, the best point, and the threshold that is set now.
pub(in crate::evaluate) fn thresholds(
    curve: &ThresholdCurve,
    advice: Option<&ThresholdAdvice>,
    current: Option<f64>,
) -> String {
    let mut picture = Picture::new(760.0, 500.0, "Wrong and refused answers by threshold");
    picture.heading((24.0, 30.0), "Wrong answers against refused ones");
    let axes = Axes { left: 86.0, top: 108.0, width: 640.0, height: 320.0, x: (0.0, 1.0), y: (0.0, 1.0) };
    if let Some(advice) = advice {
        let subtitle = format!(
            "Costs least at {:.2} if a wrong answer is as bad as {} refused ones; from {:.2} to {:.2} is as good.",
            advice.best.threshold,
            advice.cost.get(),
            advice.as_good.low,
            advice.as_good.high
        );
        picture.text((24.0, 52.0), &subtitle, SMALL, Anchor::Start, colour::MUTED);
        let ((left, top), (right, bottom)) = (axes.at(advice.as_good.low, 1.0), axes.at(advice.as_good.high, 0.0));
        picture.rectangle((left, top), ((right - left).max(2.0), bottom - top), colour::FAINT);
    }
    axes.draw_y(&mut picture, &percent_ticks(axes.y), "Share of the texts");
    axes.draw_x(&mut picture, &threshold_ticks(), "Threshold");
    let mut lines: Vec<(&str, &str, bool, Share)> = vec![
        (colour::WRONG, "answered wrongly", false, |point| point.wrong),
        (colour::REFUSED, "refused", false, |point| point.refused),
    ];
    let mut wholes = vec![curve.in_scope, curve.in_scope];
    if curve.out_of_scope > 0 {
        lines.push((colour::WRONG, "out of scope, but answered", true, |point| point.out_of_scope_answered));
        wholes.push(curve.out_of_scope);
    }
    let mut left = axes.left;
    for ((stroke, label, is_dashed, count), whole) in lines.into_iter().zip(wholes) {
        let place = |point: &ThresholdPoint| axes.at(point.threshold, count(point) as f64 / whole.max(1) as f64);
        let points: Vec<(f64, f64)> = curve.points.iter().map(place).collect();
        picture.path(&points, stroke, 2.5, is_dashed);
        picture.path(&[(left, 80.0), (left + 26.0, 80.0)], stroke, 2.5, is_dashed);
        picture.text((left + 33.0, 84.5), label, SMALL, Anchor::Start, colour::INK);
        left += 70.0 + 7.0 * label.chars().count() as f64;
    }
    if let Some(advice) = advice {
        let (x, _) = axes.at(advice.best.threshold, 0.0);
        picture.line((x, axes.top), (x, axes.top + axes.height), colour::INK, 1.5);
        mark(&mut picture, &axes, x, axes.top + 16.0, &format!("best {:.2}", advice.best.threshold));
    }
    if let Some(current) = current {
        let (x, _) = axes.at(current, 0.0);
        picture.dashed_line((x, axes.top), (x, axes.top + axes.height), colour::INK, 1.5);
        mark(&mut picture, &axes, x, axes.top + 36.0, &format!("now {current:.2}"));
    }
    picture.finish()
}

type Share = fn(&ThresholdPoint) -> usize;

/// A note at an upright line, on the side where there is room.
fn mark(picture: &mut Picture, axes: &Axes, x: f64, y: f64, text: &str) {
    let (at, anchor) = if x > axes.left + axes.width * 0.8 { (x - 6.0, Anchor::End) } else { (x + 6.0, Anchor::Start) };
    picture.text((at, y), text, SMALL, anchor, colour::INK);
}

fn threshold_ticks() -> Vec<(f64, String)> {
    (0..=10_u8).map(|tenth| (f64::from(tenth) / 10.0, format!("{:.1}", f64::from(tenth) / 10.0))).collect()
}
