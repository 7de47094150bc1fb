//! An evaluation as its page shows it: figures in words, intents by their names, advice with the
//! texts that it is about.

use greenroom_lifecycle::{EvaluationOutcome, Job};
use greenroom_model::Language;
use greenroom_nlp::{AdviceFinding, AdviceKind, Collision, FileOptions, Names, WrongAnswerCost};

use crate::evaluation_thresholds::{ShownOutOfScope, ShownThreshold, thresholds};

/// How many confused pairs the page lists.
const CONFUSIONS: usize = 15;

/// How many findings of a kind are open to the eye; the others are folded away.
const OPEN_OF_A_KIND: usize = 3;

/// What the page is asked for, and what the draft is like now.
pub(crate) struct Situation<'a> {
    pub(crate) names: &'a Names,
    pub(crate) threshold: f64,
    pub(crate) cost: WrongAnswerCost,
    pub(crate) cost_fault: Option<String>,
}

/// An evaluation as its page shows it.
pub(crate) struct ShownEvaluation {
    pub(crate) job: String,
    pub(crate) language: Language,
    pub(crate) folds: usize,
    pub(crate) texts: usize,
    pub(crate) accuracy: String,
    pub(crate) accuracy_range: String,
    pub(crate) macro_f1: String,
    pub(crate) calibration: String,
    pub(crate) calibration_by_chance: String,
    pub(crate) out_of_scope: Option<ShownOutOfScope>,
    pub(crate) cost: f64,
    pub(crate) cost_fault: Option<String>,
    /// The advice on the threshold, a sentence a line.
    pub(crate) threshold: Vec<String>,
    pub(crate) thresholds: Vec<ShownThreshold>,
    pub(crate) findings: Vec<ShownFinding>,
    pub(crate) more_findings: Vec<ShownFinding>,
    pub(crate) omitted_findings: usize,
    pub(crate) intents: Vec<ShownIntent>,
    pub(crate) confusions: Vec<ShownConfusion>,
    pub(crate) more_confusions: usize,
    pub(crate) has_learning_curve: bool,
    pub(crate) files: Vec<&'static str>,
}

/// One thing that the author can do.
pub(crate) struct ShownFinding {
    pub(crate) label: &'static str,
    pub(crate) tone: &'static str,
    pub(crate) message: String,
    pub(crate) action: String,
    /// Ids and names of the intents that it is about.
    pub(crate) intents: Vec<(String, String)>,
    /// Text, its intent, what it is taken for, the example that is most like it.
    pub(crate) collisions: Vec<[String; 4]>,
}

/// How well one intent was recognised.
pub(crate) struct ShownIntent {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) precision: String,
    pub(crate) recall: String,
    pub(crate) f1: String,
    pub(crate) tone: &'static str,
    pub(crate) support: usize,
}

/// What was taken for what; ids and names.
pub(crate) struct ShownConfusion {
    pub(crate) expected: (String, String),
    /// None: nothing was understood.
    pub(crate) predicted: Option<(String, String)>,
    pub(crate) count: usize,
}

impl ShownEvaluation {
    pub(crate) fn new(job: &Job, outcome: &EvaluationOutcome, situation: Situation<'_>) -> Self {
        let Situation { names, threshold, cost, cost_fault } = situation;
        let report = &outcome.report;
        let figures = &report.evaluation;
        let named = |label: &str| (label.to_owned(), names.of(label).to_owned());
        let options = FileOptions { names, cost, threshold: Some(threshold), successes: None };
        let (foremost, others) = report.advice.foremost(OPEN_OF_A_KIND);
        let shown = |findings: Vec<&AdviceFinding>| {
            findings.into_iter().map(|finding| ShownFinding::new(finding, names)).collect::<Vec<_>>()
        };
        let confusions = figures.confusions.iter().take(CONFUSIONS).map(|pair| ShownConfusion {
            expected: named(&pair.expected),
            predicted: pair.predicted.as_deref().map(named),
            count: pair.count,
        });
        let range = figures.accuracy_interval;
        Self {
            job: job.id.to_string(),
            language: outcome.language.clone(),
            folds: outcome.folds,
            texts: figures.n,
            accuracy: percent(figures.accuracy),
            accuracy_range: format!("{} to {}", percent(range.low), percent(range.high)),
            macro_f1: percent(figures.macro_f1),
            calibration: format!("{:.3}", figures.calibration.expected_error),
            calibration_by_chance: format!("{:.3}", figures.calibration.error_by_chance),
            out_of_scope: ShownOutOfScope::of(&report.thresholds, threshold),
            thresholds: thresholds(&report.thresholds, threshold, cost),
            cost: cost.get(),
            cost_fault,
            threshold: report
                .threshold_text(&options)
                .iter()
                .flat_map(|text| text.lines())
                .map(str::to_owned)
                .collect(),
            findings: shown(foremost),
            more_findings: shown(others),
            omitted_findings: report.advice.omitted,
            intents: intents(outcome, names),
            more_confusions: figures.confusions.len().saturating_sub(CONFUSIONS),
            confusions: confusions.collect(),
            has_learning_curve: report.learning_curve.is_some(),
            files: report.files(&options).iter().map(|file| file.name).collect(),
        }
    }
}

/// The intents, the worst first.
fn intents(outcome: &EvaluationOutcome, names: &Names) -> Vec<ShownIntent> {
    let mut labels: Vec<_> = outcome.report.evaluation.per_label.iter().collect();
    labels.sort_by(|one, other| one.f1.total_cmp(&other.f1));
    let shown = labels.into_iter().map(|label| ShownIntent {
        id: label.label.clone(),
        name: names.of(&label.label).to_owned(),
        precision: percent(label.precision),
        recall: percent(label.recall),
        f1: percent(label.f1),
        tone: match label.f1 {
            f1 if f1 < 0.5 => "bad",
            f1 if f1 < 0.75 => "warn",
            _ => "good",
        },
        support: label.support,
    });
    shown.collect()
}

impl ShownFinding {
    fn new(finding: &AdviceFinding, names: &Names) -> Self {
        let (label, tone, labels, collisions): (_, _, Vec<&String>, &[Collision]) = match &finding.kind {
            AdviceKind::Duplicate { intents, .. } => ("twice", "bad", intents.iter().collect(), &[]),
            AdviceKind::Mislabelled { intent, suggested, .. } => ("wrong place?", "bad", vec![intent, suggested], &[]),
            AdviceKind::Confused { intents, collisions, .. } => {
                ("mixed up", "warn", intents.iter().collect(), collisions)
            }
            AdviceKind::NeverRecognised { intent, taken_for, .. } => {
                ("never recognised", "bad", std::iter::once(intent).chain(taken_for).collect(), &[])
            }
            AdviceKind::FewExamples { intent, .. } => ("few examples", "warn", vec![intent], &[]),
            _ => ("advice", "", Vec::new(), &[]),
        };
        let name = |label: &str| names.of(label).to_owned();
        let collisions = collisions.iter().map(|collision| {
            let like = collision.like.clone().unwrap_or_default();
            [collision.text.clone(), name(&collision.intent), name(&collision.taken_for), like]
        });
        Self {
            label,
            tone,
            message: finding.message.clone(),
            action: finding.action.clone(),
            intents: labels.into_iter().map(|label| (label.clone(), name(label))).collect(),
            collisions: collisions.collect(),
        }
    }
}

/// A share as a percentage with one decimal.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}
