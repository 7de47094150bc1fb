//! The directions in which embeddings differ most: the leading eigenvectors of their second
//! moments, by Jacobi's method in a fixed order.

use crate::parallel::thread_count;

/// More rounds than any matrix needs: the method converges quadratically.
const MOST_ROUNDS: usize = 40;

/// The sum over rows of row · rowᵀ, `width` × `width`, in double precision.
pub(crate) fn second_moments(rows: &[f32], width: usize) -> Vec<f64> {
    let mut moments = vec![0.0; width * width];
    let lines_each = width.div_ceil(thread_count()).max(1);
    std::thread::scope(|scope| {
        for (share, lines) in moments.chunks_mut(lines_each * width).enumerate() {
            scope.spawn(move || {
                pulp::Arch::new().dispatch(|| {
                    for row in rows.chunks_exact(width) {
                        for (line, sums) in lines.chunks_exact_mut(width).enumerate() {
                            let value = f64::from(row[share * lines_each + line]);
                            for (sum, other) in sums.iter_mut().zip(row) {
                                *sum += value * f64::from(*other);
                            }
                        }
                    }
                });
            });
        }
    });
    moments
}

/// The eigenvectors of a symmetric matrix, one after another, that of the largest eigenvalue
/// first; in each the largest component is positive.
pub(crate) fn eigenvectors(mut matrix: Vec<f64>, size: usize) -> Vec<Vec<f64>> {
    let mut vectors: Vec<Vec<f64>> =
        (0..size).map(|row| (0..size).map(|column| f64::from(u8::from(row == column))).collect()).collect();
    let whole: f64 = matrix.iter().map(|value| value * value).sum();
    for _ in 0..MOST_ROUNDS {
        let mut beside = 0.0;
        for row in 0..size {
            beside += matrix[row * size..row * size + row].iter().map(|value| value * value).sum::<f64>();
        }
        if beside <= whole * 1e-30 {
            break;
        }
        for first in 0..size {
            for second in first + 1..size {
                rotate(&mut matrix, size, &mut vectors, first, second);
            }
        }
    }
    let mut order: Vec<usize> = (0..size).collect();
    order.sort_by(|&left, &right| {
        matrix[right * size + right].total_cmp(&matrix[left * size + left]).then(left.cmp(&right))
    });
    order
        .into_iter()
        .map(|place| {
            let vector = &vectors[place];
            let largest = vector
                .iter()
                .copied()
                .fold(0.0, |most: f64, value| if value.abs() > most.abs() { value } else { most });
            vector.iter().map(|value| value * 1.0_f64.copysign(largest)).collect()
        })
        .collect()
}

/// Turns the plane of two axes so that the matrix has no entry between them.
fn rotate(matrix: &mut [f64], size: usize, vectors: &mut [Vec<f64>], first: usize, second: usize) {
    let between = matrix[first * size + second];
    if between == 0.0 {
        return;
    }
    let (on_first, on_second) = (matrix[first * size + first], matrix[second * size + second]);
    let slope = (on_second - on_first) / (2.0 * between);
    let tangent = 1.0_f64.copysign(slope) / (slope.abs() + (slope * slope + 1.0).sqrt());
    let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
    let sine = tangent * cosine;
    let turn = |one: &mut [f64], other: &mut [f64]| {
        for (one, other) in one.iter_mut().zip(other) {
            (*one, *other) = (cosine * *one - sine * *other, sine * *one + cosine * *other);
        }
    };
    let (upper, lower) = matrix.split_at_mut(second * size);
    turn(&mut upper[first * size..][..size], &mut lower[..size]);
    // The matrix stays symmetric: the columns follow from the rows, but for the four crossings.
    matrix[first * size + first] = on_first - tangent * between;
    matrix[second * size + second] = on_second + tangent * between;
    matrix[first * size + second] = 0.0;
    matrix[second * size + first] = 0.0;
    for column in (0..size).filter(|&column| column != first && column != second) {
        matrix[column * size + first] = matrix[first * size + column];
        matrix[column * size + second] = matrix[second * size + column];
    }
    let (upper, lower) = vectors.split_at_mut(second);
    turn(&mut upper[first], &mut lower[0]);
}

#[cfg(test)]
mod tests {
    use super::{eigenvectors, second_moments};
    use crate::random::SplitMix64;

    #[test]
    fn eigenvectors_are_orthonormal_and_in_order() {
        let (size, mut random) = (23, SplitMix64::new(5));
        let rows: Vec<f32> = (0..60 * size).map(|_| random.next_signed()).collect();
        let matrix = second_moments(&rows, size);
        let vectors = eigenvectors(matrix.clone(), size);
        let dot = |one: &[f64], other: &[f64]| one.iter().zip(other).map(|(one, other)| one * other).sum::<f64>();
        let mut last = f64::INFINITY;
        for (place, vector) in vectors.iter().enumerate() {
            let image: Vec<f64> = matrix.chunks_exact(size).map(|line| dot(line, vector)).collect();
            let value = dot(&image, vector);
            assert!(image.iter().zip(vector).all(|(image, axis)| (image - value * axis).abs() < 1e-10));
            assert!(value <= last);
            last = value;
            for (other_place, other) in vectors.iter().enumerate() {
                let expected = if place == other_place { 1.0 } else { 0.0 };
                assert!((dot(vector, other) - expected).abs() < 1e-12);
            }
            let (most, least) =
                vector.iter().fold((0.0_f64, 0.0_f64), |(most, least), &value| (most.max(value), least.min(value)));
            assert!(most > -least);
        }
    }

    #[test]
    fn second_moments_are_those_of_the_definition() {
        assert_eq!(second_moments(&[1.0, 2.0, 3.0, -1.0], 2), [10.0, -1.0, -1.0, 5.0]);
    }
}
