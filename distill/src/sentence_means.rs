//! The matrix A that takes a table of pieces to the means of sentences, and the table that suits
//! given means best.

use crate::parallel::for_each_row;

/// For each sentence the mean over its pieces, as a sparse matrix, kept in both directions.
pub(crate) struct SentenceMeans<'a> {
    sentences: &'a [Vec<u32>],
    /// For each piece the sentences that hold it, as often as they do, in their order.
    occurrences: Vec<Vec<u32>>,
}

impl<'a> SentenceMeans<'a> {
    /// No sentence may be empty, nor hold a piece of `piece_count` or beyond.
    pub(crate) fn new(sentences: &'a [Vec<u32>], piece_count: usize) -> Self {
        let mut occurrences = vec![Vec::new(); piece_count];
        for (number, sentence) in (0_u32..).zip(sentences) {
            for &piece in sentence {
                occurrences[piece as usize].push(number);
            }
        }
        Self { sentences, occurrences }
    }

    /// A · table.
    pub(crate) fn apply(&self, table: &[f32], columns: usize, means: &mut [f32]) {
        for_each_row(means, columns, |number, mean| {
            mean.fill(0.0);
            let weight = self.weight(number);
            for &piece in &self.sentences[number] {
                add_weighted(mean, weight, &table[piece as usize * columns..][..columns]);
            }
        });
    }

    /// Aᵀ · means.
    fn apply_transposed(&self, means: &[f32], columns: usize, table: &mut [f32]) {
        for_each_row(table, columns, |piece, row| {
            row.fill(0.0);
            for &number in &self.occurrences[piece] {
                add_weighted(row, self.weight(number as usize), &means[number as usize * columns..][..columns]);
            }
        });
    }

    fn weight(&self, sentence: usize) -> f32 {
        1.0 / self.sentences[sentence].len() as f32
    }

    /// The diagonal of AᵀA.
    fn diagonal(&self) -> Vec<f32> {
        let squares = |sentences: &Vec<u32>| {
            // A sentence that holds the piece k times weighs (k/n)².
            let runs = sentences.chunk_by(|one, other| one == other);
            runs.map(|run| {
                let share = run.len() as f32 * self.weight(run[0] as usize);
                share * share
            })
            .sum()
        };
        self.occurrences.iter().map(squares).collect()
    }
}

#[inline(always)]
fn add_weighted(to: &mut [f32], weight: f32, values: &[f32]) {
    to.iter_mut().zip(values).for_each(|(to, value)| *to += weight * value);
}

/// The table T that makes ‖A·T − targets‖² + strength·‖T − prior‖² least, approached from the
/// prior by `rounds` of conjugate gradients, each column by itself.
///
/// Preconditioned by the diagonal (Jacobi); Shewchuk, “An Introduction to the Conjugate Gradient
/// Method Without the Agonizing Pain”, B3.
pub(crate) fn fit(
    means: &SentenceMeans<'_>,
    targets: &[f32],
    prior: &[f32],
    columns: usize,
    strength: f32,
    rounds: usize,
) -> Vec<f32> {
    let inverse: Vec<f32> = means.diagonal().iter().map(|value| 1.0 / (value + strength)).collect();
    let mut image = vec![0.0; targets.len()];
    means.apply(prior, columns, &mut image);
    image.iter_mut().zip(targets).for_each(|(image, target)| *image = target - *image);
    let mut residual = vec![0.0; prior.len()];
    means.apply_transposed(&image, columns, &mut residual);
    let precondition = |residual: &[f32], conditioned: &mut [f32]| {
        for_each_row(conditioned, columns, |row, values| {
            let residual = &residual[row * columns..][..columns];
            values.iter_mut().zip(residual).for_each(|(value, residual)| *value = inverse[row] * residual);
        });
    };
    let mut table = prior.to_vec();
    let mut conditioned = vec![0.0; prior.len()];
    precondition(&residual, &mut conditioned);
    let mut direction = conditioned.clone();
    let mut product = vec![0.0; prior.len()];
    let mut height = column_products(&residual, &conditioned, columns);
    for round in 0..rounds {
        means.apply(&direction, columns, &mut image);
        means.apply_transposed(&image, columns, &mut product);
        product.iter_mut().zip(&direction).for_each(|(product, direction)| *product += strength * direction);
        let curvature = column_products(&direction, &product, columns);
        let step = ratios(&height, &curvature);
        for_each_row(&mut table, columns, |row, values| add_scaled(values, &step, &direction[row * columns..]));
        let back: Vec<f32> = step.iter().map(|step| -step).collect();
        for_each_row(&mut residual, columns, |row, values| add_scaled(values, &back, &product[row * columns..]));
        precondition(&residual, &mut conditioned);
        let next = column_products(&residual, &conditioned, columns);
        let share = ratios(&next, &height);
        for_each_row(&mut direction, columns, |row, values| {
            let conditioned = &conditioned[row * columns..];
            for ((value, share), conditioned) in values.iter_mut().zip(&share).zip(conditioned) {
                *value = conditioned + share * *value;
            }
        });
        height = next;
        eprintln!("fit: round {} of {rounds}, residual {:.3e}", round + 1, height.iter().sum::<f64>());
    }
    table
}

#[inline(always)]
fn add_scaled(values: &mut [f32], scales: &[f32], addends: &[f32]) {
    for ((value, scale), addend) in values.iter_mut().zip(scales).zip(addends) {
        *value += scale * addend;
    }
}

/// For each column the sum of the products of two tables.
fn column_products(left: &[f32], right: &[f32], columns: usize) -> Vec<f64> {
    let mut sums = vec![0.0; columns];
    for (left, right) in left.chunks_exact(columns).zip(right.chunks_exact(columns)) {
        for ((sum, left), right) in sums.iter_mut().zip(left).zip(right) {
            *sum += f64::from(*left) * f64::from(*right);
        }
    }
    sums
}

fn ratios(numerators: &[f64], denominators: &[f64]) -> Vec<f32> {
    // A column that is done has neither: it stays as it is.
    let ratio = |(numerator, denominator): (&f64, &f64)| (numerator / denominator.max(1e-30)) as f32;
    numerators.iter().zip(denominators).map(ratio).collect()
}

#[cfg(test)]
mod tests {
    use super::{SentenceMeans, fit};
    use crate::random::SplitMix64;

    /// Solves by elimination, column by column.
    fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
        let size = matrix.len();
        for pivot in 0..size {
            for row in (0..size).filter(|&row| row != pivot) {
                let factor = matrix[row][pivot] / matrix[pivot][pivot];
                let (line, values) = (matrix[pivot].clone(), right[pivot].clone());
                matrix[row].iter_mut().zip(&line).for_each(|(value, pivot)| *value -= factor * pivot);
                right[row].iter_mut().zip(&values).for_each(|(value, pivot)| *value -= factor * pivot);
            }
        }
        for (row, values) in right.iter_mut().enumerate() {
            values.iter_mut().for_each(|value| *value /= matrix[row][row]);
        }
        right
    }

    #[test]
    fn fit_is_the_direct_solution() {
        let (pieces, columns, strength) = (9, 3, 0.3_f32);
        let mut random = SplitMix64::new(3);
        // Piece 8 occurs nowhere and keeps the prior; some sentences hold a piece twice, apart.
        let mut sentences: Vec<Vec<u32>> = (0..40)
            .map(|_| (0..1 + random.next_below(6)).map(|_| random.next_below(pieces - 1) as u32).collect())
            .collect();
        sentences.push(vec![2, 5, 2]);
        let mut values = |count: usize| -> Vec<f32> { (0..count).map(|_| random.next_signed()).collect() };
        let (targets, prior) = (values(sentences.len() * columns), values(pieces * columns));
        let mut matrix = vec![vec![0.0; pieces]; pieces];
        let mut right = vec![vec![0.0; columns]; pieces];
        for (sentence, target) in sentences.iter().zip(targets.chunks_exact(columns)) {
            let mut row = vec![0.0; pieces];
            sentence.iter().for_each(|&piece| row[piece as usize] += 1.0 / sentence.len() as f64);
            for one in 0..pieces {
                (0..pieces).for_each(|other| matrix[one][other] += row[one] * row[other]);
                (0..columns).for_each(|column| right[one][column] += row[one] * f64::from(target[column]));
            }
        }
        for piece in 0..pieces {
            matrix[piece][piece] += f64::from(strength);
            for column in 0..columns {
                right[piece][column] += f64::from(strength) * f64::from(prior[piece * columns + column]);
            }
        }
        let means = SentenceMeans::new(&sentences, pieces);
        let found = fit(&means, &targets, &prior, columns, strength, 30);
        for (found, expected) in found.chunks_exact(columns).zip(solve(matrix, right)) {
            assert!(found.iter().zip(&expected).all(|(found, expected)| (f64::from(*found) - expected).abs() < 1e-5));
        }
        assert_eq!(found[8 * columns..], prior[8 * columns..]);
    }
}
