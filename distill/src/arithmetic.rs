//! Sums and functions with the same bits on every machine, in a form that vector units like.
//!
//! A sum runs in [`LANES`] partial sums, which are then added in a fixed tree: the order does not
//! depend on how many of them the machine adds at once.

/// Partial sums of a sum.
const LANES: usize = 16;

/// The sum of the products of equal places.
#[inline(always)]
pub(crate) fn dot(left: &[f32], right: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; LANES];
    let (left_chunks, left_rest) = left.as_chunks::<LANES>();
    let (right_chunks, right_rest) = right.as_chunks::<LANES>();
    for (left, right) in left_chunks.iter().zip(right_chunks) {
        for lane in 0..LANES {
            lanes[lane] += left[lane] * right[lane];
        }
    }
    for ((lane, left), right) in lanes.iter_mut().zip(left_rest).zip(right_rest) {
        *lane += left * right;
    }
    tree(lanes)
}

/// The sum of all values.
#[inline(always)]
pub(crate) fn sum(values: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; LANES];
    let (chunks, rest) = values.as_chunks::<LANES>();
    for chunk in chunks {
        for lane in 0..LANES {
            lanes[lane] += chunk[lane];
        }
    }
    for (lane, value) in lanes.iter_mut().zip(rest) {
        *lane += value;
    }
    tree(lanes)
}

#[inline(always)]
fn tree(mut lanes: [f32; LANES]) -> f32 {
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            lanes[lane] += lanes[lane + width];
        }
        width /= 2;
    }
    lanes[0]
}

/// Adds to each value its place's addend.
#[inline(always)]
pub(crate) fn add(values: &mut [f32], addends: &[f32]) {
    values.iter_mut().zip(addends).for_each(|(value, addend)| *value += addend);
}

/// The activation of BERT's wide layers, x/2 · (1 + erf(x/√2)), off by less than 1e-6.
///
/// The error function is Abramowitz and Stegun's 7.1.28, which needs no exponential.
#[inline(always)]
pub(crate) fn gelu(value: f32) -> f32 {
    let distance = value.abs() * std::f32::consts::FRAC_1_SQRT_2;
    let mut polynomial = 0.000_043_063_8;
    for coefficient in [0.000_276_567_2, 0.000_152_014_3, 0.009_270_527, 0.042_282_01, 0.070_523_08, 1.0_f32] {
        polynomial = polynomial * distance + coefficient;
    }
    let squared = polynomial * polynomial;
    let fourth = squared * squared;
    let eighth = fourth * fourth;
    let error_function = 1.0 - 1.0 / (eighth * eighth);
    value * 0.5 * (1.0 + error_function.copysign(value))
}

#[cfg(test)]
mod tests {
    use super::{dot, gelu, sum};

    #[test]
    fn sums_hold_every_term() {
        for length in [0, 1, 15, 16, 17, 40, 384] {
            // Whole numbers this small add without rounding.
            let values: Vec<f32> = (1..=length).map(|value| value as f32).collect();
            let squares: f32 = (1..=length).map(|value| (value * value) as f32).sum();
            assert_eq!(sum(&values), (length * (length + 1) / 2) as f32);
            assert!((dot(&values, &values) / squares.max(1.0) - f32::from(u8::from(length > 0))).abs() < 1e-6);
        }
    }

    #[test]
    fn activation_is_that_of_the_error_function() {
        for step in -4_000..4_000 {
            let value = step as f32 / 400.0;
            let exact = f64::from(value) / 2.0 * (1.0 + libm::erf(f64::from(value) / 2.0_f64.sqrt()));
            assert!((f64::from(gelu(value)) - exact).abs() < 1e-6, "{value}: {} and {exact}", gelu(value));
        }
        assert_eq!([gelu(0.0), gelu(-1e30), gelu(1e30)], [0.0, 0.0, 1e30]);
    }
}
