//! The fast path against a short, slow, obvious one: random bots are put into
//! trees and indexes and judged by [`plan()`], then judged again by looking at
//! every document.

mod drawn;
mod expected;
mod gathered;

use std::collections::BTreeMap;

use greenroom_model::{Code, Severity};
use proptest::prelude::*;

use crate::{Decision, Plan, plan};
use drawn::drawn;
use expected::{Found, expected};
use gathered::gather;

fn found(plan: &Plan) -> Found {
    let codes: BTreeMap<&str, &'static str> = Code::ALL.iter().map(|code| (code.as_str(), code.as_str())).collect();
    plan.findings()
        .iter()
        .map(|finding| (codes[finding.code.as_str()], finding.severity, finding.subject.to_string()))
        .collect()
}

proptest! {
    #[test]
    fn a_plan_finds_what_looking_at_every_document_finds(drawn in drawn()) {
        let (change, indexes, evidence, policy) = gather(&drawn);
        let plan = plan(&change, &indexes, &evidence, &policy, drawn.notes);
        let expected = expected(&drawn);
        prop_assert_eq!(found(&plan), expected.clone());
        let denied = expected.iter().any(|(_, severity, _)| *severity == Severity::Deny);
        prop_assert_eq!(plan.decision(), if denied { Decision::Deny } else { Decision::Allow });
    }
}
