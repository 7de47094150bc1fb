//! The reliability curve: how sure the model was against how often it was right.

use super::axes::{Axes, SMALL, percent_ticks};
use crate::evaluate::Evaluation;
use crate::evaluate::svg::{Anchor, Picture, colour};

/// Draws it, each dot as large as the bin has texts.
pub(in crate::evaluate) fn calibration(evaluation: &Evaluation) -> String {
    let calibration = &evaluation.calibration;
    let title = format!("Calibration: expected error {:.3}", calibration.expected_error);
    let mut picture = Picture::new(760.0, 588.0, &title);
    picture.heading((24.0, 30.0), "Do confidences mean what they say?");
    let verdict = match calibration.bias {
        _ if calibration.is_honest() => "They do",
        bias if bias > 0.0 => "The model is surer than it is right",
        _ => "The model is righter than it is sure",
    };
    let subtitle = format!(
        "{verdict}: expected error {:.3} over {} texts, of which chance makes {:.3}.",
        calibration.expected_error, evaluation.n, calibration.error_by_chance,
    );
    picture.text((24.0, 52.0), &subtitle, SMALL, Anchor::Start, colour::MUTED);
    let axes = Axes { left: 86.0, top: 74.0, width: 640.0, height: 420.0, x: (0.0, 1.0), y: (0.0, 1.0) };
    axes.draw_y(&mut picture, &percent_ticks(axes.y), "Share of them that is right");
    axes.draw_x(&mut picture, &percent_ticks(axes.x), "How sure the model is");
    picture.dashed_line(axes.at(0.0, 0.0), axes.at(1.0, 1.0), colour::MUTED, 1.5);
    let filled: Vec<_> = calibration.bins.iter().filter(|bin| bin.count > 0).collect();
    for bin in &filled {
        let (low, high) = (axes.at(bin.confidence, bin.interval.low), axes.at(bin.confidence, bin.interval.high));
        picture.line(low, high, colour::RIGHT, 1.5);
    }
    let points: Vec<(f64, f64)> = filled.iter().map(|bin| axes.at(bin.confidence, bin.accuracy)).collect();
    picture.path(&points, colour::RIGHT, 2.0, false);
    let largest = filled.iter().map(|bin| bin.count).max().unwrap_or(1) as f64;
    for (bin, at) in filled.iter().zip(points) {
        let told =
            format!("{:.0} % sure: {:.0} % of {} right", bin.confidence * 100.0, bin.accuracy * 100.0, bin.count);
        picture.dot(at, 4.0 + 8.0 * (bin.count as f64 / largest).sqrt(), colour::RIGHT, &told);
    }
    let note = "Dashed: where both would match. The larger a dot, the more texts; its line is the range of the true share at 95 %.";
    picture.text((24.0, 572.0), note, 12.0, Anchor::Start, colour::MUTED);
    picture.finish()
}
