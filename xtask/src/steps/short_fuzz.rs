//! A short run of every fuzz target: seeds first, then a few seconds of search.

use crate::counts::Counts;
use crate::failure::Failure;
use crate::fuzz::{self, Length};
use crate::workspace::Workspace;

/// Long enough for what a change broke at the surface; the soak goes deeper.
const SECONDS_A_TARGET: u64 = 5;

pub(super) fn run(workspace: &Workspace, _counts: &mut Counts) -> Result<String, Failure> {
    // A fixed seed: what this step finds should hang on the change, not on luck.
    fuzz::run(workspace, &[], Length { seconds: Some(SECONDS_A_TARGET), cases: None, seed: Some(1) })
}
