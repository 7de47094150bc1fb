//! Fits a head with `linfa-logistic`, by continuation and under guard.
//!
//! `linfa-logistic` 0.8 subtracts the maximum of the whole matrix in its log-sum-exp and clamps
//! each row's sum at 1e-15. A row more than 34.5 below the maximum then has a wrong loss, the line
//! search stalls, and `fit` returns `Ok` with a bad model. So regularisation starts high and falls
//! step by step, each chunk of iterations starting from the last good one, and every chunk is
//! judged by the true loss: what did not descend, or came near the clamp, is refused and tried
//! again from the last good chunk with more regularisation.

use linfa::{DatasetBase, traits::Fit as _};
use linfa_logistic::MultiLogisticRegression;
use ndarray::{Array2, ArrayView1, ArrayView2, Axis};

use super::head::{Head, HeadProblem, Judgement};
use crate::error::Error;

/// ln(1e-15) is −34.54: beyond this spread linfa's loss is wrong.
const LARGEST_SPREAD: f64 = 34.5;
/// Iterations of one chunk.
const CHUNK_ITERATIONS: u64 = 10;
/// Chunks at the regularisation that was asked for.
const FINAL_CHUNKS: usize = 3;
/// Where continuation starts.
const FIRST_ALPHA: f32 = 10.0;
/// By how much regularisation falls from chunk to chunk: the square root of 10.
const ALPHA_STEP: f32 = 3.162_277_7;
/// How often a chunk may be refused before the last good one is the result.
const MOST_REFUSALS: usize = 10;
/// Where no derivative exceeds this (linfa's own tolerance), there is nothing left to descend.
const STATIONARY_SLOPE: f32 = 1e-4;

/// Fits a head at the regularisation `alpha`, or as near to it as passes the guard.
///
/// # Errors
///
/// [`Error::DidNotDescend`] if not even the first chunk passes at any regularisation, and what
/// `advance` returns; it is told the share done before each chunk.
pub(crate) fn fit_head(
    problem: &HeadProblem,
    alpha: f32,
    advance: &mut dyn FnMut(f32) -> Result<(), Error>,
) -> Result<Head, Error> {
    continue_down(problem, alpha, advance, &mut fit_chunk)
}

/// A head's problem in linfa's words.
type HeadData<'a> = DatasetBase<ArrayView2<'a, f32>, ArrayView1<'a, usize>>;

/// One chunk of iterations at a regularisation, from a start.
type FitChunk<'a> = dyn FnMut(&HeadData<'_>, &Head, f32) -> Result<Head, Error> + 'a;

/// The continuation, apart from the solver that it guards.
fn continue_down(
    problem: &HeadProblem,
    alpha: f32,
    advance: &mut dyn FnMut(f32) -> Result<(), Error>,
    fit_chunk: &mut FitChunk<'_>,
) -> Result<Head, Error> {
    let data = DatasetBase::new(problem.records.view(), problem.targets.view());
    let mut head = Head::zero(problem.records.ncols(), problem.label_count);
    let mut target = alpha;
    let mut current = FIRST_ALPHA.max(alpha);
    let (mut accepted, mut final_chunks, mut refusals) = (false, 0, 0);
    let steps = (current / alpha).log(ALPHA_STEP).ceil() + FINAL_CHUNKS as f32;
    let mut chunks = 0.0;
    while final_chunks < FINAL_CHUNKS && refusals < MOST_REFUSALS {
        advance(chunks / steps)?;
        chunks += 1.0;
        let before = head.judge(problem, current);
        if before.slope > STATIONARY_SLOPE {
            match fit_chunk(&data, &head, current) {
                Ok(next) if is_sound(&next.judge(problem, current), &before) => head = next,
                // A chunk at the target has passed: the result is sound as it is.
                _ if final_chunks > 0 => break,
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
    if accepted { Ok(head) } else { Err(Error::DidNotDescend { alpha: current }) }
}

/// Whether a chunk descended and stayed where linfa computes the loss rightly. NaN is neither.
fn is_sound(after: &Judgement, before: &Judgement) -> bool {
    after.spread < LARGEST_SPREAD && after.loss <= before.loss
}

fn fit_chunk(data: &HeadData<'_>, start: &Head, alpha: f32) -> Result<Head, Error> {
    let (features, labels) = start.weights.dim();
    let mut initial = Array2::zeros((features + 1, labels));
    initial.slice_axis_mut(Axis(0), (..features).into()).assign(&start.weights);
    initial.row_mut(features).assign(&start.biases);
    let fitted = MultiLogisticRegression::default()
        .alpha(alpha)
        .max_iterations(CHUNK_ITERATIONS)
        .initial_params(initial)
        .fit(data)
        .map_err(|error| Error::Optimiser(error.to_string()))?;
    Ok(Head { weights: fitted.params().clone(), biases: fitted.intercept().clone() })
}
