//! What the rules on links share: each place that takes something which no part gives.

use greenroom_model::{Link, LinkKind, Usage};

use crate::Submission;

/// The places that take something of this kind in vain. A publish of NLP alone
/// carries no flow, so it is not its matter.
pub(super) fn places<'a>(
    submission: &'a Submission<'_>,
    kind: LinkKind,
) -> impl Iterator<Item = (&'a Link, &'a Usage)> {
    let carries_flows = !submission.carries_nlp_alone();
    let wanting = submission.indexes.problems.links.wanting.iter();
    wanting
        .filter(move |(link, _)| carries_flows && link.kind == kind)
        .flat_map(|(link, usages)| usages.iter().map(move |usage| (link, usage)))
}
