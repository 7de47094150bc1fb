//! What is wrong with a part by itself; one file a lint: what, why, an example
//! that shows it and one that does not, the function, its tests.

mod button_without_target;
mod condition_constant;
mod condition_invalid;
mod input_without_limit;
mod loop_without_input;
mod no_way_out;
mod pattern_invalid;
mod target_missing;
mod template_invalid;
mod unreachable_node;

use greenroom_model::document::Flow;
use greenroom_model::{Code, Document, Finding, FlowId, NodeId, PartPath, Severity, Subject};

pub(crate) use unreachable_node::{reached, ways_inside};

/// A flow and where it stands.
#[derive(Clone, Copy)]
struct Linted<'f> {
    path: &'f PartPath,
    id: &'f FlowId,
    flow: &'f Flow,
}

/// The findings of all lints.
pub(crate) fn findings(path: &PartPath, document: &Document) -> Vec<Finding> {
    let mut findings = Vec::new();
    match (path, document) {
        (PartPath::Flow(id), Document::Flow(flow)) => {
            let linted = Linted { path, id, flow };
            button_without_target::lint(linted, &mut findings);
            condition_constant::lint(linted, &mut findings);
            condition_invalid::lint(linted, &mut findings);
            input_without_limit::lint(linted, &mut findings);
            loop_without_input::lint(linted, &mut findings);
            no_way_out::lint(linted, &mut findings);
            pattern_invalid::lint(linted, &mut findings);
            target_missing::lint(linted, &mut findings);
            template_invalid::lint(linted, &mut findings);
            unreachable_node::lint(linted, &mut findings);
        }
        (_, Document::Entity(entity)) => pattern_invalid::lint_entity(path, entity, &mut findings),
        _ => {}
    }
    findings
}

impl Linted<'_> {
    fn at(&self, node: &NodeId, code: Code, severity: Severity, message: String) -> Finding {
        Finding::new(code, severity, Subject::Node(self.path.clone(), node.clone()), message)
    }

    fn whole(&self, code: Code, severity: Severity, message: String) -> Finding {
        Finding::new(code, severity, Subject::Part(self.path.clone()), message)
    }
}

/// The findings of a flow with these nodes (and triggers), as lines.
#[cfg(test)]
fn check(code: &Code, flow: &str) -> String {
    let path: PartPath = "flows/f".parse().unwrap();
    let document = Document::from_json(&path, flow.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    let lines = findings(&path, &document).into_iter().filter(|finding| finding.code == *code);
    lines.map(|finding| finding.to_string()).collect::<Vec<_>>().join("\n")
}
