//! The dense block: what static vectors say of the examples, centred and whitened.
//!
//! Whitening divides by the fourth root of the covariance *within* labels: directions in which
//! texts of one label differ tell little, and count less (Hinton-like shrinkage of within-class
//! covariance normalisation: Hatch, Kajarekar and Stolcke, "Within-class covariance normalization
//! for SVM-based speaker recognition", 2006).

use ndarray::{Array1, Array2, ArrayView2, Axis};

use super::dataset::Dataset;
use crate::vectors::{PieceBuffers, Vectors};

/// The least share of the largest variance that is added to all, so that none is divided by nothing.
const LEAST_SHRINKAGE: f32 = 0.01;
/// The same share for each dimension an example: few examples tell little of many variances.
const SHRINKAGE: f32 = 0.05;
/// Steps of the iteration for square roots. From the smallest eigenvalue that shrinkage leaves,
/// a hundredth, seven come near the root and three more reach single precision.
const ROOT_STEPS: usize = 12;
/// Below this, variance is rounding.
const SMALLEST_VARIANCE: f32 = 1e-12;

/// The examples' vectors in the space that training works in, and the way there.
#[derive(Debug, Clone)]
pub(crate) struct DenseBlock {
    /// One row an example; no columns if there are no static vectors.
    pub(crate) rows: Array2<f32>,
    /// What is taken from a text's vector first.
    pub(crate) mean: Array1<f32>,
    /// What it is multiplied by then; symmetric.
    pub(crate) projection: Array2<f32>,
}

impl DenseBlock {
    pub(crate) fn compute(dataset: &Dataset, vectors: Option<&Vectors>) -> Self {
        let dimensions = vectors.map_or(0, Vectors::dimensions);
        let mut rows = Array2::zeros((dataset.examples.len(), dimensions));
        if let Some(vectors) = vectors {
            let (mut buffers, mut sum) = (PieceBuffers::default(), Vec::new());
            for (example, mut row) in dataset.examples.iter().zip(rows.outer_iter_mut()) {
                vectors.embed(&example.text, &mut buffers, &mut sum);
                row.iter_mut().zip(&sum).for_each(|(to, &value)| *to = value);
            }
        }
        let mean = rows.mean_axis(Axis(0)).unwrap_or_else(|| Array1::zeros(dimensions));
        rows -= &mean;
        let labels: Vec<usize> = dataset.examples.iter().map(|example| example.label).collect();
        let mut projection = whitening(rows.view(), &labels, dataset.labels.len());
        let mut projected = rows.dot(&projection);
        let squares: f32 = projected.iter().map(|value| value * value).sum();
        let root_mean_square = (squares / projected.nrows().max(1) as f32).sqrt();
        if root_mean_square > 0.0 {
            projected /= root_mean_square;
            projection /= root_mean_square;
        }
        Self { rows: projected, mean, projection }
    }
}

/// (C + shrinkage)^(-1/4), C being the covariance of the rows about the mean of their label.
fn whitening(rows: ArrayView2<'_, f32>, labels: &[usize], label_count: usize) -> Array2<f32> {
    let dimensions = rows.ncols();
    let mut means = Array2::<f32>::zeros((label_count, dimensions));
    let mut sizes = vec![0.0_f32; label_count];
    for (row, &label) in rows.outer_iter().zip(labels) {
        let mut mean = means.row_mut(label);
        mean += &row;
        sizes[label] += 1.0;
    }
    for (mut mean, &size) in means.outer_iter_mut().zip(&sizes) {
        mean /= size.max(1.0);
    }
    let mut residuals = rows.to_owned();
    for (mut row, &label) in residuals.outer_iter_mut().zip(labels) {
        row -= &means.row(label);
    }
    let covariance = residuals.t().dot(&residuals) / rows.nrows().max(1) as f32;
    let largest = largest_eigenvalue(&covariance);
    if largest < SMALLEST_VARIANCE {
        return Array2::eye(dimensions);
    }
    let shrinkage = (SHRINKAGE * dimensions as f32 / rows.nrows().max(1) as f32).max(LEAST_SHRINKAGE);
    // Scaled so that the largest eigenvalue is 1 at most: the iteration below converges then.
    let scaled = (covariance / largest + Array2::<f32>::eye(dimensions) * shrinkage) / (1.02 + shrinkage);
    let (root, _) = square_roots(&scaled);
    let (_, inverse) = square_roots(&root);
    inverse
}

/// The largest eigenvalue of a symmetric matrix without negative ones, from below.
fn largest_eigenvalue(matrix: &Array2<f32>) -> f32 {
    let mut vector = Array1::from_elem(matrix.nrows(), 1.0_f32);
    let mut length = 0.0;
    for _ in 0..60 {
        vector = matrix.dot(&vector);
        length = vector.dot(&vector).sqrt();
        if length <= 0.0 {
            return 0.0;
        }
        vector /= length;
    }
    length
}

/// The square root of a symmetric matrix with eigenvalues in (0, 1], and that root's inverse, by
/// the coupled Newton–Schulz iteration (Higham, "Functions of Matrices", 2008, section 6.7).
fn square_roots(matrix: &Array2<f32>) -> (Array2<f32>, Array2<f32>) {
    let identity = Array2::<f32>::eye(matrix.nrows());
    let (mut root, mut inverse) = (matrix.clone(), identity.clone());
    for _ in 0..ROOT_STEPS {
        let product = inverse.dot(&root);
        let step = (&identity * 3.0 - product) * 0.5;
        root = root.dot(&step);
        inverse = step.dot(&inverse);
    }
    (root, inverse)
}
