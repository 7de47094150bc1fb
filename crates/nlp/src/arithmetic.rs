//! Arithmetic that gives the same bits on every machine and that compilers turn into vector
//! instructions.

/// eˣ for x from −87 to 88, within 2 units in the last place; 0 below, and the value at 88 above.
///
/// The exponent is split off, and the rest, between −ln(2)/2 and ln(2)/2, goes into a polynomial
/// (Cephes' coefficients).
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    const LOG2_E: f32 = std::f32::consts::LOG2_E;
    // ln 2 in two parts, so that the reduction loses nothing.
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    let clamped = x.clamp(-87.0, 88.0);
    // Adding 1.5 × 2^23 rounds to a whole number, which then stands in the lowest bits.
    let shifted = clamped * LOG2_E + 12_582_912.0;
    let whole = shifted - 12_582_912.0;
    let rest = clamped - whole * LN_2_HIGH - whole * LN_2_LOW;
    let mut polynomial = 1.987_569_1e-4;
    polynomial = polynomial * rest + 1.398_199_9e-3;
    polynomial = polynomial * rest + 8.333_452e-3;
    polynomial = polynomial * rest + 4.166_579_6e-2;
    polynomial = polynomial * rest + 1.666_666_5e-1;
    polynomial = polynomial * rest + 0.5;
    let value = polynomial * rest * rest + rest + 1.0;
    let power = f32::from_bits(shifted.to_bits().wrapping_add(127) << 23);
    if x < -87.0 { 0.0 } else { value * power }
}

/// Partial results that reductions run in. Fixed, so that every machine takes the same order.
pub(crate) const LANES: usize = 16;

/// The largest of the values; −∞ if there are none.
#[inline(always)]
pub(crate) fn largest(values: &[f32]) -> f32 {
    let mut lanes = [f32::NEG_INFINITY; LANES];
    let (blocks, rest) = values.as_chunks::<LANES>();
    for block in blocks {
        for lane in 0..LANES {
            lanes[lane] = if block[lane] > lanes[lane] { block[lane] } else { lanes[lane] };
        }
    }
    lanes.iter().chain(rest).copied().fold(f32::NEG_INFINITY, f32::max)
}

/// The sum of the values.
#[inline(always)]
pub(crate) fn sum(values: &[f32]) -> f32 {
    let mut lanes = [0.0; LANES];
    let (blocks, rest) = values.as_chunks::<LANES>();
    for block in blocks {
        for lane in 0..LANES {
            lanes[lane] += block[lane];
        }
    }
    for (lane, value) in lanes.iter_mut().zip(rest) {
        *lane += value;
    }
    sum_of_lanes(lanes)
}

/// The sum of partial sums, the far half added to the near one again and again.
#[inline(always)]
pub(crate) fn sum_of_lanes(mut lanes: [f32; LANES]) -> f32 {
    let mut width = LANES;
    while width > 1 {
        width /= 2;
        for lane in 0..width {
            lanes[lane] += lanes[lane + width];
        }
    }
    lanes[0]
}

/// Replaces values by the exponential of their distance to the largest; returns the largest and
/// the sum of what stands there now.
#[inline(always)]
pub(crate) fn exponentiate(values: &mut [f32]) -> (f32, f32) {
    let largest = largest(values);
    for value in &mut *values {
        *value = exp(*value - largest);
    }
    (largest, sum(values))
}

#[cfg(test)]
mod tests {
    use super::exp;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn equals_the_true_exponential(x in -87.0_f32..88.0) {
            let (found, expected) = (f64::from(exp(x)), f64::from(x).exp());
            prop_assert!((found / expected - 1.0).abs() < 3e-7, "{x}: {found} and {expected}");
        }
    }

    #[test]
    fn has_a_value_at_the_ends() {
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(exp(f32::NEG_INFINITY), 0.0);
        assert_eq!(exp(-200.0), 0.0);
        assert!(exp(f32::INFINITY).is_finite());
    }
}
