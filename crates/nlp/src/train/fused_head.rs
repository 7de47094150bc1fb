//! Fits a head with L-BFGS on a loss and gradient that are computed together.
//!
//! The method is that of Nocedal and Wright, "Numerical Optimization" (2006), algorithm 7.5, with
//! a backtracking line search. Loss and gradient share one forward pass, block by block; sums run
//! in a fixed order. It reaches the optimum that linfa reaches, in two products of matrices an
//! iteration where linfa takes five.

use std::collections::VecDeque;

use super::head::{Head, HeadProblem};
use crate::error::Error;

/// Pairs of steps that curvature is remembered by.
const MEMORY: usize = 8;
/// How often a step is halved before the fit ends.
const MOST_HALVINGS: usize = 20;
/// The share of the promised decrease that a step must bring.
const SUFFICIENT: f64 = 1e-4;
/// A decrease of the loss by less than this share of it ends the fit.
const SMALLEST_DECREASE: f64 = 1e-6;

struct Pair {
    step: Vec<f32>,
    change: Vec<f32>,
    /// 1 / (step · change).
    inverse: f64,
}

/// Fits a head at the regularisation `alpha`, in at most `iterations` steps from `start` (or from
/// indifference), each of which lowers the loss.
///
/// # Errors
///
/// What `advance` returns; it is told the share done before each iteration.
pub(crate) fn fit_head(
    problem: &HeadProblem<f32>,
    alpha: f64,
    iterations: usize,
    start: Option<Head<f32>>,
    advance: &mut dyn FnMut(f32) -> Result<(), Error>,
) -> Result<Head<f32>, Error> {
    let mut head = start.unwrap_or_else(|| Head::zero(problem.records.ncols(), problem.label_count));
    let mut slope = head.clone();
    let mut next_slope = head.clone();
    let mut loss = head.judge_into(problem, alpha, &mut slope).loss;
    let mut pairs: VecDeque<Pair> = VecDeque::with_capacity(MEMORY);
    for iteration in 0..iterations {
        advance(iteration as f32 / iterations as f32)?;
        let gradient = flat(&slope);
        let mut direction = two_loops(&gradient, &pairs);
        let mut descent = dot(&direction, &gradient);
        if descent >= 0.0 {
            // Rounding spoilt the curvature: begin anew, straight down.
            pairs.clear();
            direction = gradient.iter().map(|value| -value).collect();
            descent = dot(&direction, &gradient);
        }
        if descent == 0.0 {
            break;
        }
        let mut length = if pairs.is_empty() { 1.0 / dot(&gradient, &gradient).sqrt() } else { 1.0 };
        let mut found = None;
        for _ in 0..MOST_HALVINGS {
            let next = moved(&head, &direction, length as f32);
            let judgement = next.judge_into(problem, alpha, &mut next_slope);
            if judgement.loss <= loss + SUFFICIENT * length * descent {
                found = Some((next, judgement.loss));
                break;
            }
            length *= 0.5;
        }
        let Some((next, next_loss)) = found else { break };
        let step: Vec<f32> = direction.iter().map(|value| value * length as f32).collect();
        let change: Vec<f32> = flat(&next_slope).iter().zip(&gradient).map(|(next, now)| next - now).collect();
        let curvature = dot(&step, &change);
        if curvature > f64::EPSILON * dot(&change, &change) {
            if pairs.len() == MEMORY {
                pairs.pop_front();
            }
            pairs.push_back(Pair { step, change, inverse: 1.0 / curvature });
        }
        let decrease = loss - next_loss;
        (head, loss) = (next, next_loss);
        std::mem::swap(&mut slope, &mut next_slope);
        if decrease <= SMALLEST_DECREASE * loss.abs() {
            break;
        }
    }
    Ok(head)
}

/// The direction −H · gradient, H being the inverse curvature that the pairs tell of.
fn two_loops(gradient: &[f32], pairs: &VecDeque<Pair>) -> Vec<f32> {
    let mut direction: Vec<f32> = gradient.iter().map(|value| -value).collect();
    let mut shares = Vec::with_capacity(pairs.len());
    for pair in pairs.iter().rev() {
        let share = pair.inverse * dot(&pair.step, &direction);
        add(&mut direction, -share as f32, &pair.change);
        shares.push(share);
    }
    if let Some(last) = pairs.back() {
        let scale = (1.0 / (last.inverse * dot(&last.change, &last.change))) as f32;
        direction.iter_mut().for_each(|value| *value *= scale);
    }
    for (pair, share) in pairs.iter().zip(shares.into_iter().rev()) {
        let back = pair.inverse * dot(&pair.change, &direction);
        add(&mut direction, (share - back) as f32, &pair.step);
    }
    direction
}

fn flat(head: &Head<f32>) -> Vec<f32> {
    head.weights.iter().chain(&head.biases).copied().collect()
}

fn moved(head: &Head<f32>, direction: &[f32], length: f32) -> Head<f32> {
    let mut moved = head.clone();
    for (value, step) in moved.weights.iter_mut().chain(&mut moved.biases).zip(direction) {
        *value += length * step;
    }
    moved
}

fn add(to: &mut [f32], factor: f32, values: &[f32]) {
    to.iter_mut().zip(values).for_each(|(to, value)| *to += factor * value);
}

/// Summed in eight lanes of double precision: always in the same order.
fn dot(left: &[f32], right: &[f32]) -> f64 {
    let mut lanes = [0.0_f64; 8];
    let (left, left_rest) = left.as_chunks::<8>();
    let (right, right_rest) = right.as_chunks::<8>();
    for (left, right) in left.iter().zip(right) {
        for lane in 0..8 {
            lanes[lane] += f64::from(left[lane]) * f64::from(right[lane]);
        }
    }
    let rest: f64 = left_rest.iter().zip(right_rest).map(|(l, r)| f64::from(*l) * f64::from(*r)).sum();
    lanes.iter().sum::<f64>() + rest
}
