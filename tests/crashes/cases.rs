//! How long the tests are: short as tests, long as soaks.

/// How many cases there shall be: what a soak says, else so many.
pub(crate) fn cases(short: usize) -> usize {
    std::env::var("GREENROOM_SOAK_CASES").map_or(short, |cases| cases.parse().unwrap())
}
