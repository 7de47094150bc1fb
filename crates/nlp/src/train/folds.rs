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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::random::Purpose;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn folds_are_even_over_all_and_within_each_label(
            labels in proptest::collection::vec(0_usize..5, 1..80),
            folds in 2_usize..8,
            seed in 0_u64..20,
        ) {
            let fold_of = stratified_folds(&labels, 5, folds, &mut SplitMix64::new(seed, Purpose::Folds));
            prop_assert!(fold_of.iter().all(|&fold| fold < folds));
            let spread = |of: &dyn Fn(usize) -> bool| {
                let sizes: Vec<usize> = (0..folds)
                    .map(|fold| (0..labels.len()).filter(|&n| of(labels[n]) && fold_of[n] == fold).count())
                    .collect();
                sizes.iter().max().unwrap() - sizes.iter().min().unwrap()
            };
            prop_assert!(spread(&|_| true) <= 1);
            for label in 0..5 {
                prop_assert!(spread(&|of| of == label) <= 1);
            }
        }
    }
}
