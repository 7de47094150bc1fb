//! Deals examples to folds, each label's evenly, so that every fold looks like the whole.

use super::random::SplitMix64;

/// The fold (0 up to `folds`) of each example.
///
/// Each label's examples are shuffled and dealt round; the next label goes on where the last one
/// stopped, so folds differ in size by one at most. A label with fewer examples than folds is
/// absent from some folds.
pub(crate) fn stratified_folds(
    labels: &[usize],
    label_count: usize,
    folds: usize,
    random: &mut SplitMix64,
) -> Vec<usize> {
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); label_count];
    for (example, &label) in labels.iter().enumerate() {
        if let Some(of_label) = members.get_mut(label) {
            of_label.push(example);
        }
    }
    let mut fold_of = vec![0; labels.len()];
    let mut next = 0;
    for of_label in &mut members {
        random.shuffle(of_label);
        for &example in of_label.iter() {
            if let Some(fold) = fold_of.get_mut(example) {
                *fold = next % folds.max(1);
            }
            next += 1;
        }
    }
    fold_of
}
