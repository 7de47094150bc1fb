//! Work on the rows of a matrix, shared among processors: which processor takes which rows never
//! shows in the result, because no sum runs over more than one of them.

use pulp::Arch;

/// As many threads as there are processors.
pub(crate) fn thread_count() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Calls `on_row` with each row's number and the row, `width` values long.
pub(crate) fn for_each_row(values: &mut [f32], width: usize, on_row: impl Fn(usize, &mut [f32]) + Sync) {
    let rows_each = (values.len() / width).div_ceil(thread_count()).max(1);
    let on_row = &on_row;
    std::thread::scope(|scope| {
        for (share, rows) in values.chunks_mut(rows_each * width).enumerate() {
            scope.spawn(move || {
                Arch::new().dispatch(|| {
                    for (row, values) in rows.chunks_exact_mut(width).enumerate() {
                        on_row(share * rows_each + row, values);
                    }
                });
            });
        }
    });
}
