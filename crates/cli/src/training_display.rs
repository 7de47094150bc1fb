//! Shows how far a training is: a bar a language on a terminal, a line a stage elsewhere.

use std::collections::BTreeMap;

use greenroom_nlp::{Progress, Stage};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::output::Output;

/// A bar has so many steps.
const STEPS: u64 = 1_000;

/// Shows how far trainings are, each under a label such as its language.
pub(crate) struct TrainingDisplay {
    output: Output,
    bars: MultiProgress,
    shown: BTreeMap<String, Shown>,
}

enum Shown {
    Bar(ProgressBar),
    Line(&'static str),
}

impl TrainingDisplay {
    /// On stderr.
    pub(crate) fn new(output: &Output) -> Self {
        Self { output: *output, bars: MultiProgress::new(), shown: BTreeMap::new() }
    }

    /// Shows how far the training of this label is.
    pub(crate) fn update(&mut self, label: &str, progress: &Progress) {
        if self.output.is_json() {
            return;
        }
        let stage = word(progress.stage);
        if !self.output.shows_bars() {
            let before = self.shown.insert(label.to_owned(), Shown::Line(stage));
            if !matches!(before, Some(Shown::Line(before)) if before == stage) {
                self.output.note(format_args!("{label}: {stage}"));
            }
            return;
        }
        let shown = self.shown.entry(label.to_owned()).or_insert_with(|| {
            let bar = self.bars.add(ProgressBar::new(STEPS).with_style(style()));
            bar.set_prefix(label.to_owned());
            Shown::Bar(bar)
        });
        if let Shown::Bar(bar) = shown {
            bar.set_message(stage);
            bar.set_position((f64::from(progress.fraction.clamp(0.0, 1.0)) * STEPS as f64) as u64);
        }
    }
}

/// The bars go when the trainings have ended: the outcome is told after them.
impl Drop for TrainingDisplay {
    fn drop(&mut self) {
        for shown in self.shown.values() {
            if let Shown::Bar(bar) = shown {
                bar.finish_and_clear();
            }
        }
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{prefix:>8} [{wide_bar}] {percent:>3}% {msg:<12} {elapsed}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ")
}

fn word(stage: Stage) -> &'static str {
    match stage {
        Stage::Preparing => "preparing",
        Stage::Scoring => "scoring",
        Stage::Fitting => "fitting",
        Stage::Calibrating => "calibrating",
        Stage::Done => "done",
        _ => "training",
    }
}
