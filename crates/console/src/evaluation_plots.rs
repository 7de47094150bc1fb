//! The plots of an evaluation, as SVG pictures.

use std::collections::BTreeMap;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::evaluation::Figures;

/// How many intents a plot shows: those with the most trouble.
const MOST: usize = 20;

/// Room for the names of intents, in pixels.
const NAMES: i32 = 190;

const INK: RGBColor = RGBColor(20, 32, 46);
const LINE: RGBColor = RGBColor(207, 214, 223);
const GOOD: RGBColor = RGBColor(31, 107, 51);
const BAD: RGBColor = RGBColor(179, 38, 30);

/// What was taken for what: the intents with the most confusions, as a table of shades.
///
/// # Errors
/// What the drawing library says, as a text.
pub(crate) fn confusion_plot(figures: &Figures) -> Result<String, String> {
    let mut trouble: BTreeMap<&str, usize> = BTreeMap::new();
    for pair in &figures.confusions {
        for label in std::iter::once(pair.expected.as_str()).chain(pair.predicted.as_deref()) {
            *trouble.entry(label).or_default() += pair.count;
        }
    }
    let mut labels: Vec<&str> = trouble.keys().copied().collect();
    labels.sort_by_key(|label| std::cmp::Reverse(trouble.get(label).copied()));
    labels.truncate(MOST);
    let size = 34;
    let side = NAMES + size * as_pixels(labels.len()) + 20;
    drawn((side.max(320), side.max(220)), |area| {
        for (row, expected) in labels.iter().enumerate() {
            let top = NAMES + size * as_pixels(row);
            text(area, expected, (NAMES - 6, top + size / 2), HPos::Right, FontTransform::None, &INK)?;
            text(area, expected, (top + size / 2, NAMES - 6), HPos::Left, FontTransform::Rotate270, &INK)?;
            let right = figures.per_label.iter().find(|label| label.label == **expected);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a small count")]
            let right = right.map_or(0, |label| (label.recall * label.support as f64).round() as usize);
            for (column, predicted) in labels.iter().enumerate() {
                let wrong = figures
                    .confusions
                    .iter()
                    .find(|pair| pair.expected == **expected && pair.predicted.as_deref() == Some(predicted))
                    .map_or(0, |pair| pair.count);
                let (count, colour) = if row == column { (right, GOOD) } else { (wrong, BAD) };
                let left = NAMES + size * as_pixels(column);
                cell(area, (left, top), size, count, colour)?;
            }
        }
        text(area, "columns: taken for", (6, 14), HPos::Left, FontTransform::None, &INK)?;
        text(area, "rows: meant", (6, 32), HPos::Left, FontTransform::None, &INK)
    })
}

/// The F1 of the intents that are recognised worst, as bars.
///
/// # Errors
/// What the drawing library says, as a text.
pub(crate) fn f1_plot(figures: &Figures) -> Result<String, String> {
    let mut labels: Vec<_> = figures.per_label.iter().filter(|label| label.support > 0).collect();
    labels.sort_by(|one, other| one.f1.total_cmp(&other.f1));
    labels.truncate(MOST);
    let (row, bars) = (26, 380);
    drawn((NAMES + bars + 70, 20 + row * as_pixels(labels.len().max(1))), |area| {
        for (position, label) in labels.iter().enumerate() {
            let top = 10 + row * as_pixels(position);
            text(area, &label.label, (NAMES - 6, top + row / 2), HPos::Right, FontTransform::None, &INK)?;
            #[expect(clippy::cast_possible_truncation, reason = "at most the width of the bars")]
            let width = (label.f1.clamp(0.0, 1.0) * f64::from(bars)) as i32;
            let colour = if label.f1 < 0.5 { BAD } else { GOOD };
            let bar = Rectangle::new([(NAMES, top + 3), (NAMES + width, top + row - 3)], colour.filled());
            area.draw(&bar).map_err(|error| error.to_string())?;
            let shown = format!("{:.0} %", label.f1 * 100.0);
            text(area, &shown, (NAMES + width + 6, top + row / 2), HPos::Left, FontTransform::None, &INK)?;
        }
        Ok(())
    })
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

fn drawn(size: (i32, i32), draw: impl FnOnce(&Area<'_>) -> Result<(), String>) -> Result<String, String> {
    let mut svg = String::new();
    {
        let size = (size.0.unsigned_abs(), size.1.unsigned_abs());
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        area.fill(&WHITE).map_err(|error| error.to_string())?;
        draw(&area)?;
        area.present().map_err(|error| error.to_string())?;
    }
    Ok(svg)
}

fn text(
    area: &Area<'_>,
    text: &str,
    at: (i32, i32),
    side: HPos,
    turn: FontTransform,
    colour: &RGBColor,
) -> Result<(), String> {
    let shown: String = if text.chars().count() > 26 {
        text.chars().take(25).chain(std::iter::once('…')).collect()
    } else {
        text.to_owned()
    };
    let style =
        TextStyle::from(("sans-serif", 13).into_font().transform(turn)).color(colour).pos(Pos::new(side, VPos::Center));
    area.draw(&Text::new(shown, at, style)).map_err(|error| error.to_string())
}

fn cell(area: &Area<'_>, (left, top): (i32, i32), size: i32, count: usize, colour: RGBColor) -> Result<(), String> {
    let corners = [(left, top), (left + size, top + size)];
    if count > 0 {
        #[expect(clippy::cast_precision_loss, reason = "a shade")]
        let shade = (0.25 + count as f64 / 12.0).min(1.0);
        area.draw(&Rectangle::new(corners, colour.mix(shade).filled())).map_err(|error| error.to_string())?;
        let ink = if shade > 0.55 { WHITE } else { INK };
        let middle = (left + size / 2, top + size / 2);
        text(area, &count.to_string(), middle, HPos::Center, FontTransform::None, &ink)?;
    }
    area.draw(&Rectangle::new(corners, LINE.stroke_width(1))).map_err(|error| error.to_string())
}

fn as_pixels(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures() -> Figures {
        serde_json::from_value(serde_json::json!({
            "accuracy": 0.5, "macro_f1": 0.5, "n": 4,
            "per_label": [
                { "label": "a<b", "precision": 1.0, "recall": 0.5, "f1": 0.4, "support": 2 },
                { "label": "greet", "precision": 0.5, "recall": 0.5, "f1": 0.9, "support": 2 }
            ],
            "confusions": [
                { "expected": "a<b", "predicted": "greet", "count": 1 },
                { "expected": "greet", "predicted": null, "count": 1 }
            ]
        }))
        .unwrap()
    }

    #[test]
    fn plots_show_the_intents_and_run_nothing() {
        for svg in [confusion_plot(&figures()).unwrap(), f1_plot(&figures()).unwrap()] {
            assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"), "{svg}");
            assert!(svg.contains("greet") && svg.contains("a&lt;b") && !svg.contains("a<b"), "{svg}");
        }
    }

    #[test]
    fn an_evaluation_without_confusions_has_plots_too() {
        let mut perfect = figures();
        perfect.confusions.clear();
        assert!(confusion_plot(&perfect).unwrap().contains("</svg>"));
        perfect.per_label.clear();
        assert!(f1_plot(&perfect).unwrap().contains("</svg>"));
    }
}
