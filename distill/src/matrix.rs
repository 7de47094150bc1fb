//! Products of dense matrices with the same bits on every machine: each sum runs over its terms
//! in order, one fused multiply-add a term, whatever the width of the vector unit.

use pulp::{Arch, WithSimd};

/// Columns of a panel: one or two registers.
const PANEL: usize = 16;
/// Rows that share one pass over a panel.
const ROWS: usize = 6;

/// The weights of a linear layer, laid out for [`Weights::apply`].
pub(crate) struct Weights {
    inputs: usize,
    outputs: usize,
    /// Panels of [`PANEL`] outputs; within each, inputs one after another.
    panels: Vec<f32>,
    bias: Vec<f32>,
}

impl Weights {
    /// `rows` holds a row of inputs for each output, `bias` a value for each output.
    pub(crate) fn new(rows: &[f32], bias: Vec<f32>) -> Self {
        let outputs = bias.len();
        let inputs = rows.len() / outputs.max(1);
        let mut panels = vec![0.0; outputs.div_ceil(PANEL) * PANEL * inputs];
        for (output, row) in rows.chunks_exact(inputs.max(1)).enumerate() {
            let panel = &mut panels[output / PANEL * PANEL * inputs..];
            for (input, &weight) in row.iter().enumerate() {
                panel[input * PANEL + output % PANEL] = weight;
            }
        }
        Self { inputs, outputs, panels, bias }
    }

    /// Writes `input · weightsᵀ + bias`, row by row, to `output`.
    pub(crate) fn apply(&self, input: &[f32], output: &mut Vec<f32>) {
        output.resize(input.len() / self.inputs * self.outputs, 0.0);
        Arch::new().dispatch(Product { weights: self, input, output });
    }
}

struct Product<'a> {
    weights: &'a Weights,
    input: &'a [f32],
    output: &'a mut [f32],
}

impl WithSimd for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Weights { inputs, outputs, panels, bias } = self.weights;
        // A panel stays in the nearest cache while all rows pass over it.
        for (number, panel) in panels.chunks_exact(PANEL * inputs).enumerate() {
            let start = number * PANEL;
            let bias = &bias[start..outputs.min(&(start + PANEL)).to_owned()];
            let blocks = self.input.chunks(ROWS * inputs).zip(self.output.chunks_mut(ROWS * outputs));
            for (input, output) in blocks {
                let rows: [&[f32]; ROWS] =
                    std::array::from_fn(|row| input.get(row * inputs..(row + 1) * inputs).unwrap_or(&input[..*inputs]));
                let sums = panel_sums(rows, panel);
                for (row, sums) in output.chunks_exact_mut(*outputs).zip(&sums) {
                    for ((output, sum), bias) in row[start..].iter_mut().zip(sums).zip(bias) {
                        *output = sum + bias;
                    }
                }
            }
        }
    }
}

#[inline(always)]
fn panel_sums(rows: [&[f32]; ROWS], panel: &[f32]) -> [[f32; PANEL]; ROWS] {
    let mut sums = [[0.0_f32; PANEL]; ROWS];
    let (panel, _) = panel.as_chunks::<PANEL>();
    let length = panel.len();
    let rows = rows.map(|row| &row[..length]);
    for input in 0..length {
        let weights = &panel[input];
        for row in 0..ROWS {
            let value = rows[row][input];
            for column in 0..PANEL {
                sums[row][column] = value.mul_add(weights[column], sums[row][column]);
            }
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::Weights;
    use crate::random::SplitMix64;

    #[test]
    fn product_is_that_of_the_definition() {
        let mut random = SplitMix64::new(1);
        for (rows, inputs, outputs) in [(1, 1, 1), (6, 16, 16), (7, 5, 17), (13, 33, 40), (2, 3, 15)] {
            let input: Vec<f32> = (0..rows * inputs).map(|_| random.next_signed()).collect();
            let weights: Vec<f32> = (0..inputs * outputs).map(|_| random.next_signed()).collect();
            let bias: Vec<f32> = (0..outputs).map(|_| random.next_signed()).collect();
            // What an earlier product left must not show.
            let mut found = vec![f32::NAN; 3];
            Weights::new(&weights, bias.clone()).apply(&input, &mut found);
            assert_eq!(found.len(), rows * outputs);
            for row in 0..rows {
                for output in 0..outputs {
                    let mut sum = 0.0_f32;
                    for term in 0..inputs {
                        sum = input[row * inputs + term].mul_add(weights[output * inputs + term], sum);
                    }
                    // To the bit: the order of the terms is the promise.
                    assert_eq!(found[row * outputs + output], sum + bias[output]);
                }
            }
        }
    }
}
