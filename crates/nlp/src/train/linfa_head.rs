//! Fits a head with `linfa-logistic`, by continuation and under guard.
//!
//! `linfa-logistic` 0.8 subtracts the maximum of the whole matrix in its log-sum-exp and clamps
//! each row's sum at 1e-15. A row more than 34.5 below the maximum then has a wrong loss, the line
//! search stalls, and `fit` returns `Ok` with a bad model. So regularisation starts high and falls
//! step by step, each chunk of iterations starting from the last good one, and every chunk is
//! judged by the true loss: what did not descend, or came near the clamp, is refused and tried
//! again from the last good chunk with more regularisation.
//!
//! All is in double precision. In single precision the line search can go on for ever: it ends
//! when its interval has shrunk to 1e-10 of its size, which neighbouring `f32`s never reach, and
//! near an optimum rounding hides the decrease that would end it sooner (seen with 16 examples of
//! 2 labels). For the same reason the tolerance of the gradient is far above rounding.

use linfa::{DatasetBase, traits::Fit as _};
use linfa_logistic::MultiLogisticRegression;
use ndarray::{Array2, ArrayView1, ArrayView2, Axis};

use super::head::{Head, HeadProblem, Judgement};
use crate::error::Error;

/// ln(1e-15) is −34.54: beyond this spread linfa's loss is wrong.
pub(super) const LARGEST_SPREAD: f64 = 34.5;
/// Iterations of one chunk.
const CHUNK_ITERATIONS: u64 = 10;
/// Chunks at the regularisation that was asked for, at least and at most.
const FINAL_CHUNKS: usize = 3;
const MOST_FINAL_CHUNKS: usize = 15;
/// A final chunk that lowers the loss by less than this share of it is the last.
const SMALLEST_DECREASE: f64 = 1e-3;
/// Where continuation starts.
const FIRST_ALPHA: f64 = 10.0;
/// By how much regularisation falls from chunk to chunk: the square root of 10.
const ALPHA_STEP: f64 = 3.162_277_660_168_38;
/// How often a chunk may be refused before the last good one is the result.
const MOST_REFUSALS: usize = 10;
/// The slope, an example, below which there is nothing left to descend. With little regularisation
/// a fit that ended at 1e-3 was seen 3 % above the optimum; at this one, 0.15 %.
const SLOPE_TOLERANCE: f64 = 1e-4;

/// What passed the guard.
#[derive(Debug)]
pub(crate) struct GuardedFit {
    pub(crate) head: Head<f64>,
    /// Whether every chunk passed; else the head is short of the optimum at this regularisation.
    pub(crate) is_complete: bool,
}

/// Fits a head at the regularisation `alpha`, or as near to it as passes the guard.
///
/// # Errors
///
/// [`Error::DidNotDescend`] if not even the first chunk passes at any regularisation, and what
/// `advance` returns; it is told the share done before each chunk.
pub(crate) fn fit_head(
    problem: &HeadProblem<f64>,
    alpha: f64,
    advance: &mut dyn FnMut(f32) -> Result<(), Error>,
) -> Result<GuardedFit, Error> {
    continue_down(problem, alpha, advance, &mut fit_chunk)
}

/// A head's problem in linfa's words.
type HeadData<'a> = DatasetBase<ArrayView2<'a, f64>, ArrayView1<'a, usize>>;

/// One chunk of iterations at a regularisation, from a start.
type FitChunk<'a> = dyn FnMut(&HeadData<'_>, &Head<f64>, f64, f64) -> Result<Head<f64>, Error> + 'a;

/// The continuation, apart from the solver that it guards.
fn continue_down(
    problem: &HeadProblem<f64>,
    alpha: f64,
    advance: &mut dyn FnMut(f32) -> Result<(), Error>,
    fit_chunk: &mut FitChunk<'_>,
) -> Result<GuardedFit, Error> {
    let data = DatasetBase::new(problem.records.view(), problem.targets.view());
    let mut head = Head::zero(problem.records.ncols(), problem.label_count);
    let tolerance = SLOPE_TOLERANCE * problem.records.nrows() as f64;
    let mut target = alpha;
    let mut current = FIRST_ALPHA.max(alpha);
    let (mut accepted, mut settled, mut final_chunks, mut refusals) = (false, false, 0, 0);
    let steps = (current / alpha).log(ALPHA_STEP).ceil() + FINAL_CHUNKS as f64;
    let mut chunks = 0.0;
    while (final_chunks < FINAL_CHUNKS || !settled && final_chunks < MOST_FINAL_CHUNKS) && refusals < MOST_REFUSALS {
        advance((chunks / steps).min(1.0) as f32)?;
        chunks += 1.0;
        let before = head.judge(problem, current);
        settled = true;
        if before.slope > tolerance {
            let next = fit_chunk(&data, &head, current, tolerance);
            match next.map(|next| (next.judge(problem, current), next)) {
                Ok((after, next)) if is_sound(&after, &before) => {
                    settled = before.loss - after.loss < SMALLEST_DECREASE * after.loss;
                    head = next;
                }
                // A chunk at the target has passed: the result is sound as it is.
                _ if final_chunks > 0 => {
                    refusals += 1;
                    break;
                }
                _ => {
                    refusals += 1;
                    current *= ALPHA_STEP.sqrt();
                    target = current;
                    continue;
                }
            }
        }
        accepted = true;
        if current <= target {
            final_chunks += 1;
        } else {
            current = (current / ALPHA_STEP).max(target);
        }
    }
    if accepted {
        Ok(GuardedFit { head, is_complete: refusals == 0 })
    } else {
        Err(Error::DidNotDescend { alpha: current })
    }
}

/// Whether a chunk descended and stayed where linfa computes the loss rightly. NaN is neither.
fn is_sound(after: &Judgement, before: &Judgement) -> bool {
    after.spread < LARGEST_SPREAD && after.loss <= before.loss
}

fn fit_chunk(data: &HeadData<'_>, start: &Head<f64>, alpha: f64, tolerance: f64) -> Result<Head<f64>, Error> {
    let (features, labels) = start.weights.dim();
    let mut initial = Array2::zeros((features + 1, labels));
    initial.slice_axis_mut(Axis(0), (..features).into()).assign(&start.weights);
    initial.row_mut(features).assign(&start.biases);
    let fitted = MultiLogisticRegression::default()
        .alpha(alpha)
        .max_iterations(CHUNK_ITERATIONS)
        .gradient_tolerance(tolerance)
        .initial_params(initial)
        .fit(data)
        .map_err(|error| Error::Optimiser(error.to_string()))?;
    Ok(Head { weights: fitted.params().clone(), biases: fitted.intercept().clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::random::{Purpose, SplitMix64};

    /// Rows around their label's axis, with noise from a fixed seed.
    fn problem(examples: usize, label_count: usize, noise: f64, seed: u64) -> HeadProblem<f64> {
        let mut random = SplitMix64::new(seed, Purpose::Folds);
        let targets = (0..examples).map(|example| example % label_count).collect();
        let records = Array2::from_shape_fn((examples, label_count), |(example, column)| {
            let uniform = random.below(1 << 20) as f64 / f64::from(1 << 19) - 1.0;
            f64::from(u8::from(example % label_count == column)) + noise * uniform
        });
        HeadProblem { records, targets, label_count }
    }

    fn fit(problem: &HeadProblem<f64>, alpha: f64) -> Head<f64> {
        fit_head(problem, alpha, &mut |_| Ok(())).unwrap().head
    }

    #[test]
    fn every_fit_descends_and_nears_the_optimum() {
        let mut random = SplitMix64::new(3, Purpose::Folds);
        for case in 0..60 {
            let label_count = 2 + random.below(8);
            let examples = label_count * (1 + random.below(12));
            let noise = [0.1, 0.5, 2.0, 20.0][random.below(4)];
            let alpha = [0.01, 0.1, 1.0, 10.0, 300.0][random.below(5)];
            let problem = problem(examples, label_count, noise, case);
            let start = Head::zero(label_count, label_count).judge(&problem, alpha);
            let end = fit(&problem, alpha).judge(&problem, alpha);
            let name = format!("case {case}: {examples} of {label_count}, noise {noise}, alpha {alpha}");
            assert!(end.loss <= start.loss, "{name}: {start:?} {end:?}");
            assert!(end.spread < LARGEST_SPREAD, "{name}: {end:?}");
        }
    }

    #[test]
    fn the_result_is_where_the_gradient_vanishes() {
        let problem = problem(60, 4, 0.7, 1);
        let judgement = fit(&problem, 1.0).judge(&problem, 1.0);
        assert!(judgement.slope < SLOPE_TOLERANCE * 60.0 * 2.0, "{judgement:?}");
    }

    #[test]
    fn sixteen_examples_of_two_labels_come_to_an_end() {
        // In single precision the line search never ended on problems of this size.
        for seed in 0..40 {
            fit(&problem(16, 2, 0.3, seed), 1.0);
        }
    }

    #[test]
    fn nothing_to_learn_is_a_fit_without_preference() {
        let problem =
            HeadProblem { records: Array2::zeros((4, 2)), targets: [0, 1, 0, 1].into_iter().collect(), label_count: 2 };
        assert_eq!(fit(&problem, 1.0), Head::zero(2, 2));
    }

    /// A solver that gives `result` for every chunk; the regularisations it was asked for.
    fn guarded(result: impl Fn(&Head<f64>, f64) -> Result<Head<f64>, Error>) -> (Result<GuardedFit, Error>, Vec<f64>) {
        let mut asked = Vec::new();
        let fitted = continue_down(&problem(30, 3, 0.5, 5), 1.0, &mut |_| Ok(()), &mut |_, start, alpha, _| {
            asked.push(alpha);
            result(start, alpha)
        });
        (fitted, asked)
    }

    fn scaled(start: &Head<f64>, factor: f64) -> Head<f64> {
        let mut head = start.clone();
        head.weights.diag_mut().mapv_inplace(|weight| weight + factor);
        head
    }

    #[test]
    fn refuses_what_rises_spreads_fails_or_is_no_number() {
        type Solver<'a> = &'a dyn Fn(&Head<f64>, f64) -> Result<Head<f64>, Error>;
        let bad: [Solver<'_>; 4] = [
            &|start, _| Ok(scaled(start, -1.0)),
            &|start, _| Ok(scaled(start, 100.0)),
            &|start, _| Ok(scaled(start, f64::NAN)),
            &|_, _| Err(Error::Optimiser("no".to_owned())),
        ];
        for result in bad {
            let (fitted, asked) = guarded(result);
            assert!(matches!(fitted, Err(Error::DidNotDescend { .. })), "{fitted:?}");
            assert_eq!(asked.len(), MOST_REFUSALS);
            assert!(asked.is_sorted_by(|left, right| left < right), "tries more regularisation: {asked:?}");
        }
    }

    #[test]
    fn goes_on_from_the_last_good_chunk_with_more_regularisation() {
        let (fitted, asked) =
            guarded(|start, alpha| if alpha < 3.0 { Ok(scaled(start, -1.0)) } else { Ok(scaled(start, 0.05)) });
        let fitted = fitted.unwrap();
        assert!(fitted.head.weights[[0, 0]] > 0.0 && !fitted.is_complete);
        let after = asked.iter().position(|&alpha| alpha < 3.0).unwrap() + 1;
        assert!(after < asked.len() && asked[after..].iter().all(|&alpha| alpha < 10.0), "{asked:?}");
        assert!(asked[after] > asked[after - 1], "{asked:?}");
    }
}
