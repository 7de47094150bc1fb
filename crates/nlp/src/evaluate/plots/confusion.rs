//! The confusion matrix: what was meant against what it was taken for.
//!
//! Intents that are taken for each other stand side by side. Of many intents, those with the most
//! confusion are shown: a matrix of 150 names is read by nobody.

use std::collections::{BTreeMap, BTreeSet};

use super::axes::SMALL;
use crate::evaluate::svg::{Anchor, Picture, Rgb, colour, hex, ink_on, mixed, shortened};
use crate::evaluate::{Evaluation, LabelReport, Names};

/// How many intents are shown at most.
const MOST: usize = 30;

/// The side of a cell, in pixels.
const CELL: f64 = 24.0;

/// The longest name that is shown whole, in characters.
const LONGEST_NAME: usize = 28;

const WHITE: Rgb = [255, 255, 255];
const RIGHT: Rgb = [27, 108, 168];
const WRONG: Rgb = [194, 65, 12];

/// A column of the matrix.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Column<'a> {
    Label(&'a str),
    /// Labels that have no column.
    Others,
    /// The model knew nothing of the text.
    Nothing,
}

/// Draws it.
pub(in crate::evaluate) fn confusion_matrix(evaluation: &Evaluation, names: &Names) -> String {
    let judged: Vec<&LabelReport> = evaluation.per_label.iter().filter(|label| label.support > 0).collect();
    let shown = chosen(evaluation, &judged);
    let labels: Vec<&str> = shown.iter().map(|label| label.label.as_str()).collect();
    let columns = columns(evaluation, &labels);
    let longest = labels.iter().map(|label| names.of(label).chars().count()).max().unwrap_or(0).clamp(8, LONGEST_NAME);
    let room = 30.0 + 7.0 * longest as f64;
    let (left, top) = (room + 24.0, room + 84.0);
    let width = (left + CELL * columns.len() as f64 + 90.0).max(620.0);
    let mut picture =
        Picture::new(width, top + CELL * labels.len() as f64 + 24.0, "What was taken for what, by intent");
    picture.heading((24.0, 30.0), "What was taken for what");
    let reading = "Rows: what was meant. Columns: what it was taken for. Figures: texts.";
    picture.text((24.0, 52.0), reading, SMALL, Anchor::Start, colour::MUTED);
    picture.text((24.0, 71.0), &note(evaluation, &judged, &labels), SMALL, Anchor::Start, colour::MUTED);
    for (position, column) in columns.iter().enumerate() {
        let x = left + CELL * (position as f64 + 0.5) + 4.5;
        let (name, ink) = match column {
            Column::Label(label) => (shortened(names.of(label), LONGEST_NAME), colour::INK),
            Column::Others => ("any other".to_owned(), colour::MUTED),
            Column::Nothing => ("nothing".to_owned(), colour::MUTED),
        };
        picture.upright_text((x, top - 8.0), &name, SMALL, Anchor::Start, ink);
    }
    let past = left + CELL * columns.len() as f64 + 10.0;
    picture.text((past, top - 8.0), "recognised", SMALL, Anchor::Start, colour::MUTED);
    for (row, label) in shown.iter().enumerate() {
        let y = top + CELL * row as f64;
        let middle = y + CELL / 2.0 + 4.5;
        let name = shortened(names.of(&label.label), LONGEST_NAME);
        picture.text((left - 8.0, middle), &name, SMALL, Anchor::End, colour::INK);
        draw_row(&mut picture, evaluation, label, &columns, &labels, (left, y), names);
        let recall = format!("{:.0} %", label.recall * 100.0);
        picture.text((past, middle), &recall, SMALL, Anchor::Start, colour::INK);
    }
    picture.finish()
}

fn draw_row(
    picture: &mut Picture,
    evaluation: &Evaluation,
    label: &LabelReport,
    columns: &[Column<'_>],
    shown: &[&str],
    (left, y): (f64, f64),
    names: &Names,
) {
    for (position, column) in columns.iter().enumerate() {
        let at = (left + CELL * position as f64, y);
        let is_own = *column == Column::Label(&label.label);
        let count = if is_own { label.right } else { mistakes(evaluation, &label.label, *column, shown) };
        let inner = (CELL - 1.0, CELL - 1.0);
        if count == 0 {
            picture.rectangle(at, inner, colour::FAINT);
            continue;
        }
        let share = count as f64 / label.support.max(1) as f64;
        // A single mistake among many is to be seen too.
        let shade = if is_own { 0.15 + 0.85 * share } else { (0.3 + 1.4 * share).min(1.0) };
        let fill = mixed(WHITE, if is_own { RIGHT } else { WRONG }, shade);
        let taken_for = match column {
            Column::Label(label) => names.of(label),
            Column::Others => "any other intent",
            Column::Nothing => "nothing",
        };
        let told = format!("{}, taken for {taken_for}: {count} of {}", names.of(&label.label), label.support);
        picture.titled_rectangle(at, inner, &hex(fill), &told);
        let size = if count > 999 { 9.0 } else { 12.0 };
        let middle = (at.0 + CELL / 2.0, at.1 + CELL / 2.0 + 4.0);
        picture.text(middle, &count.to_string(), size, Anchor::Middle, ink_on(fill));
    }
}

/// How many texts of a label stand in a column that is not its own.
fn mistakes(evaluation: &Evaluation, label: &str, column: Column<'_>, shown: &[&str]) -> usize {
    let of_label = evaluation.confusions.iter().filter(|confusion| confusion.expected == label);
    let in_column = of_label.filter(|confusion| match (column, confusion.predicted.as_deref()) {
        (Column::Label(label), Some(predicted)) => predicted == label,
        (Column::Others, Some(predicted)) => !shown.contains(&predicted),
        (Column::Nothing, None) => true,
        _ => false,
    });
    in_column.map(|confusion| confusion.count).sum()
}

fn columns<'a>(evaluation: &Evaluation, labels: &[&'a str]) -> Vec<Column<'a>> {
    let mut columns: Vec<Column<'a>> = labels.iter().map(|label| Column::Label(label)).collect();
    for column in [Column::Others, Column::Nothing] {
        if labels.iter().any(|label| mistakes(evaluation, label, column, labels) > 0) {
            columns.push(column);
        }
    }
    columns
}

fn note(evaluation: &Evaluation, judged: &[&LabelReport], shown: &[&str]) -> String {
    let wrong: usize = evaluation.confusions.iter().map(|confusion| confusion.count).sum();
    if wrong == 0 {
        return format!("All {} texts were recognised.", evaluation.n);
    }
    if shown.len() == judged.len() {
        return format!("{} intents, {} texts, {wrong} mistakes.", judged.len(), evaluation.n);
    }
    let within = evaluation.confusions.iter().filter(|confusion| {
        let is_shown = |label: &str| shown.contains(&label);
        is_shown(&confusion.expected) && confusion.predicted.as_deref().is_some_and(is_shown)
    });
    let within: usize = within.map(|confusion| confusion.count).sum();
    format!(
        "The {} most confused of {} intents; {within} of all {wrong} mistakes are between these.",
        shown.len(),
        judged.len()
    )
}

/// The labels that are shown, those that are taken for each other side by side.
fn chosen<'a>(evaluation: &'a Evaluation, judged: &[&'a LabelReport]) -> Vec<&'a LabelReport> {
    let mut links: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for confusion in &evaluation.confusions {
        if let Some(predicted) = confusion.predicted.as_deref() {
            *links.entry((&confusion.expected, predicted)).or_default() += confusion.count;
            *links.entry((predicted, &confusion.expected)).or_default() += confusion.count;
        }
    }
    let link = |one: &str, other: &str| links.get(&(one, other)).copied().unwrap_or_default();
    let mut left: BTreeSet<&str> = if judged.len() <= MOST {
        judged.iter().map(|label| label.label.as_str()).collect()
    } else {
        most_confused(&links, judged)
    };
    let mut order: Vec<&str> = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let last = order.last().copied();
        let total = |label: &str| left.iter().map(|other| link(label, other)).sum::<usize>();
        let placed = |label: &str| order.iter().map(|other| link(label, other)).max().unwrap_or_default();
        // The one most confused with the last; else with any that is placed; else overall.
        let next = left.iter().copied().max_by_key(|label| {
            let key = (last.map_or(0, |last| link(label, last)), placed(label), total(label));
            // Of equals the first by name.
            (key, std::cmp::Reverse(*label))
        });
        let Some(next) = next else { break };
        left.remove(next);
        order.push(next);
    }
    let by_label: BTreeMap<&str, &LabelReport> = judged.iter().map(|label| (label.label.as_str(), *label)).collect();
    order.into_iter().filter_map(|label| by_label.get(label).copied()).collect()
}

/// The labels of the most confused pairs, as many as are shown.
fn most_confused<'a>(links: &BTreeMap<(&'a str, &'a str), usize>, judged: &[&'a LabelReport]) -> BTreeSet<&'a str> {
    let with_texts: BTreeSet<&str> = judged.iter().map(|label| label.label.as_str()).collect();
    let mut pairs: Vec<(&(&str, &str), &usize)> = links.iter().collect();
    pairs.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let mut shown = BTreeSet::new();
    let ranked = pairs.iter().flat_map(|((one, other), _)| [*one, *other]);
    for label in ranked.chain(judged.iter().map(|label| label.label.as_str())) {
        if shown.len() == MOST {
            break;
        }
        if with_texts.contains(label) {
            shown.insert(label);
        }
    }
    shown
}
