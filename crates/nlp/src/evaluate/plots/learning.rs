//! The learning curve: accuracy by the number of examples.

use super::axes::{Axes, SMALL, percent_ticks};
use crate::evaluate::LearningCurve;
use crate::evaluate::svg::{Anchor, Picture, colour};

/// Draws it, with its 95 % band.
pub(in crate::evaluate) fn learning_curve(curve: &LearningCurve) -> String {
    let mut picture = Picture::new(760.0, 440.0, "Accuracy by the number of examples");
    picture.heading((24.0, 30.0), "Would more examples help?");
    picture.text((24.0, 52.0), &verdict(curve), SMALL, Anchor::Start, colour::MUTED);
    let lowest = curve.points.iter().map(|point| point.interval.low).fold(1.0, f64::min);
    let highest = curve.points.iter().map(|point| point.interval.high).fold(0.0, f64::max);
    let y = ((lowest * 20.0 - 0.5).floor().max(0.0) / 20.0, ((highest * 20.0 + 0.5).ceil() / 20.0).min(1.0));
    let most = curve.points.iter().map(|point| point.examples).max().unwrap_or(1) as f64;
    let axes = Axes { left: 86.0, top: 74.0, width: 630.0, height: 300.0, x: (0.0, most), y };
    axes.draw_y(&mut picture, &percent_ticks(y), "Held-out texts that are right");
    let ticks: Vec<(f64, String)> =
        curve.points.iter().map(|point| (point.examples as f64, point.examples.to_string())).collect();
    axes.draw_x(&mut picture, &ticks, "Examples that the model learnt from");
    let at = |share: fn(&crate::evaluate::LearningPoint) -> f64| {
        curve.points.iter().map(|point| axes.at(point.examples as f64, share(point))).collect::<Vec<_>>()
    };
    let mut band = at(|point| point.interval.low);
    band.extend(at(|point| point.interval.high).into_iter().rev());
    picture.area(&band, colour::RIGHT, 0.15);
    let points = at(|point| point.accuracy);
    picture.path(&points, colour::RIGHT, 2.5, false);
    for (point, at) in curve.points.iter().zip(points) {
        let told = format!("{} examples: {:.1} %", point.examples, point.accuracy * 100.0);
        picture.dot(at, 5.0, colour::RIGHT, &told);
        let text = format!("{:.1} %", point.accuracy * 100.0);
        picture.text((at.0 - 6.0, at.1 - 12.0), &text, SMALL, Anchor::Middle, colour::INK);
    }
    picture.finish()
}

/// What the curve says, in words.
fn verdict(curve: &LearningCurve) -> String {
    let [.., before, last] = curve.points.as_slice() else {
        return "There are too few examples to tell.".to_owned();
    };
    let gain = (last.accuracy - before.accuracy) * 100.0;
    let learnt = format!("The last fifth of the examples changed accuracy by {gain:+.1} points");
    match gain {
        gain if gain >= 1.0 => format!("{learnt}: more examples are likely to help."),
        _ => format!("{learnt}: look at what is confused before you add more."),
    }
}
