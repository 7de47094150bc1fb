//! The confidence histogram: how sure the model was when it was right, and when it was wrong.

use super::axes::{Axes, SMALL, count_ticks, percent_ticks};
use crate::evaluate::svg::{Anchor, Picture, colour};
use crate::evaluate::{ConfidenceBin, Evaluation};

/// Draws two panels with a scale each: mistakes are few where a bot is good, and would not be seen
/// beside what is right.
pub(in crate::evaluate) fn confidence_histogram(evaluation: &Evaluation) -> String {
    let bins = &evaluation.confidences;
    let right: usize = bins.iter().map(|bin| bin.right).sum();
    let wrong: usize = bins.iter().map(|bin| bin.wrong).sum();
    let title = format!("Confidence of {right} right and {wrong} wrong predictions");
    let mut picture = Picture::new(760.0, 576.0, &title);
    picture.heading((24.0, 30.0), "How sure the model is when it is right, and when it is wrong");
    let subtitle = "The farther apart the two, the better a threshold tells them. Mind the two scales.";
    picture.text((24.0, 52.0), subtitle, SMALL, Anchor::Start, colour::MUTED);
    let upper = Axes { left: 90.0, top: 96.0, width: 640.0, height: 190.0, x: (0.0, 1.0), y: (0.0, 1.0) };
    let lower = Axes { top: 326.0, ..upper };
    panel(&mut picture, upper, bins, |bin| bin.right, (colour::RIGHT, &format!("Right: {right} texts")));
    panel(&mut picture, lower, bins, |bin| bin.wrong, (colour::WRONG, &format!("Wrong: {wrong} texts")));
    upper.draw_x(&mut picture, &[], "");
    lower.draw_x(&mut picture, &percent_ticks(lower.x), "How sure the model is");
    picture.finish()
}

fn panel(
    picture: &mut Picture,
    axes: Axes,
    bins: &[ConfidenceBin],
    count: impl Fn(&ConfidenceBin) -> usize,
    (fill, label): (&str, &str),
) {
    let (ticks, highest) = count_ticks(bins.iter().map(&count).max().unwrap_or_default());
    let axes = Axes { y: (0.0, highest), ..axes };
    axes.draw_y(picture, &ticks, "Texts");
    picture.text((axes.left, axes.top - 10.0), label, SMALL, Anchor::Start, colour::INK);
    for bin in bins {
        let texts = count(bin);
        let ((left, top), (right, bottom)) = (axes.at(bin.from, texts as f64), axes.at(bin.to, 0.0));
        if texts > 0 {
            let told = format!("{:.0} to {:.0} % sure: {texts} texts", bin.from * 100.0, bin.to * 100.0);
            picture.titled_rectangle((left + 1.0, top), (right - left - 2.0, (bottom - top).max(1.0)), fill, &told);
        }
    }
}
