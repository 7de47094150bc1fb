//! The axes of a plot: from figures to places, ticks and their labels.

use crate::evaluate::svg::{Anchor, Picture, colour};

/// The size of the letters of ticks and notes, in pixels.
pub(super) const SMALL: f64 = 13.0;

/// Where a plot stands in its picture, and what its edges mean.
#[derive(Debug, Clone, Copy)]
pub(super) struct Axes {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
    /// The figures at the left and the right edge.
    pub(super) x: (f64, f64),
    /// The figures at the bottom and the top edge.
    pub(super) y: (f64, f64),
}

impl Axes {
    /// Where a point stands; one outside stands on the edge.
    pub(super) fn at(&self, x: f64, y: f64) -> (f64, f64) {
        let share = |value: f64, (low, high): (f64, f64)| {
            if high > low { ((value - low) / (high - low)).clamp(0.0, 1.0) } else { 0.5 }
        };
        (self.left + self.width * share(x, self.x), self.top + self.height * (1.0 - share(y, self.y)))
    }

    /// Ticks along the bottom, and what they are.
    pub(super) fn draw_x(&self, picture: &mut Picture, ticks: &[(f64, String)], label: &str) {
        let bottom = self.top + self.height;
        for (value, text) in ticks {
            let (x, _) = self.at(*value, self.y.0);
            picture.line((x, bottom), (x, bottom + 5.0), colour::MUTED, 1.0);
            picture.text((x, bottom + 20.0), text, SMALL, Anchor::Middle, colour::MUTED);
        }
        picture.line((self.left, bottom), (self.left + self.width, bottom), colour::MUTED, 1.0);
        picture.text((self.left + self.width / 2.0, bottom + 42.0), label, SMALL, Anchor::Middle, colour::INK);
    }

    /// Ticks along the left with lines across, and what they are.
    pub(super) fn draw_y(&self, picture: &mut Picture, ticks: &[(f64, String)], label: &str) {
        for (value, text) in ticks {
            let (_, y) = self.at(self.x.0, *value);
            picture.line((self.left, y), (self.left + self.width, y), colour::LINE, 1.0);
            picture.text((self.left - 8.0, y + 4.5), text, SMALL, Anchor::End, colour::MUTED);
        }
        let middle = self.top + self.height / 2.0;
        picture.upright_text((self.left - 52.0, middle), label, SMALL, Anchor::Middle, colour::INK);
    }
}

/// Ticks at even steps over a range of shares, as percentages.
pub(super) fn percent_ticks((low, high): (f64, f64)) -> Vec<(f64, String)> {
    let step = match high - low {
        span if span > 0.55 => 0.2,
        span if span > 0.25 => 0.1,
        span if span > 0.11 => 0.05,
        _ => 0.02,
    };
    let first = (low / step - 1e-9).ceil();
    let steps = (0..).map(|n| (first + f64::from(n)) * step);
    steps.take_while(|value| *value <= high + 1e-9).map(|value| (value, format!("{:.0} %", value * 100.0))).collect()
}

/// Ticks at round counts from 0 to at least `most`: their places, and the highest.
pub(super) fn count_ticks(most: usize) -> (Vec<(f64, String)>, f64) {
    let mut step = 1;
    // 1, 2, 5, 10, 20, 50 and so on, until four steps reach.
    for factor in [2, 5, 2].iter().cycle() {
        if step * 4 >= most.max(1) {
            break;
        }
        step = match factor {
            5 => step / 2 * 5,
            _ => step * 2,
        };
    }
    let steps = most.max(1).div_ceil(step);
    ((0..=steps).map(|n| ((n * step) as f64, (n * step).to_string())).collect(), (steps * step) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_reached_by_at_most_five_round_steps() {
        for most in [0, 1, 4, 5, 9, 37, 100, 101, 999, 12_345] {
            let (ticks, highest) = count_ticks(most);
            assert!((2..=6).contains(&ticks.len()), "{most}: {ticks:?}");
            assert!(highest >= most as f64, "{most}: {highest}");
            let step = ticks[1].0;
            let leading = step / 10.0_f64.powf(step.log10().floor());
            assert!([1.0, 2.0, 5.0].iter().any(|round| (leading - round).abs() < 1e-9), "{most}: {step}");
        }
    }

    #[test]
    fn percentages_stay_in_their_range() {
        let texts = |range| percent_ticks(range).into_iter().map(|(_, text)| text).collect::<Vec<_>>();
        assert_eq!(texts((0.0, 1.0)), ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"]);
        assert_eq!(texts((0.72, 0.95)), ["75 %", "80 %", "85 %", "90 %", "95 %"]);
    }
}
