//! What the rules on links share: each place that takes something which no part gives.

use greenroom_model::{Link, LinkKind, Usage};

use crate::Submission;

/// The places that take something of this kind in vain, of the parts that the publish carries:
/// what is wrong with flows that stay is not its matter.
pub(super) fn places<'a>(
    submission: &'a Submission<'_>,
    kind: LinkKind,
) -> impl Iterator<Item = (&'a Link, &'a Usage)> {
    let wanting = submission.indexes.problems.links.wanting.iter();
    wanting
        .filter(move |(link, _)| link.kind == kind)
        .flat_map(|(link, usages)| usages.iter().map(move |usage| (link, usage)))
        .filter(|(_, usage)| submission.concerns(&usage.path))
}
