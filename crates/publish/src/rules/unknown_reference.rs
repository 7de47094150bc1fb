//! What the rules on unknown references share: a finding per place that uses
//! something which the candidate lacks.

use greenroom_model::{Code, Finding, PartPath, Scope, Severity, Symbol, SymbolKind, Usage};

use crate::Submission;
use crate::wording::{flows_too, id_and_name, usage_named, usage_subject};

/// A finding for each use of an unknown symbol of one kind.
pub(super) fn findings(submission: &Submission<'_>, code: &Code, kind: SymbolKind) -> Vec<Finding> {
    findings_except(submission, code, kind, &|_, _| false)
}

/// The same, without the uses of which `named` says that another rule names them.
pub(super) fn findings_except(
    submission: &Submission<'_>,
    code: &Code,
    kind: SymbolKind,
    named: &dyn Fn(&str, &Usage) -> bool,
) -> Vec<Finding> {
    let unknown = submission.indexes.problems.unknown.iter();
    unknown
        .filter(|(symbol, _)| symbol.kind == kind)
        .flat_map(|(symbol, usages)| usages.iter().map(move |usage| (symbol, usage)))
        .filter(|(symbol, usage)| !named(&symbol.name, usage))
        .map(|(symbol, usage)| finding(submission, code, symbol, usage))
        .collect()
}

fn finding(submission: &Submission<'_>, code: &Code, symbol: &Symbol, usage: &Usage) -> Finding {
    let place = usage_named(submission, usage);
    // A part that this publish removes is known by its name still.
    let name = part_of(symbol).and_then(|path| submission.name_of(&path));
    let what = format!("{} {}", symbol.kind.as_str(), id_and_name(&symbol.name, name));
    let add = definition(symbol);
    let message = match (submission.scope(), &submission.indexes.addition) {
        // What is there in the draft, or changed there, needs only to go along.
        (Scope::Flows(_), Some(addition)) => {
            format!("{place} uses {what}, which is not there; let {addition} go along: `--with-needed`")
        }
        (Scope::Flows(_), None) => {
            format!(
                "{place} uses {what}, which is not there and not in the draft either; add {add}, or change what uses it"
            )
        }
        // Flows that the publish does not carry stay as they are, so changing them mends nothing.
        (scope, _) if scope.is_partial() && !scope.carries(&usage.path) => {
            format!(
                "{place} uses {what}, which is not there; add {add}, or {}",
                flows_too(submission, symbol.kind, &symbol.name, "")
            )
        }
        _ => format!("{place} uses {what}, which is not there; add {add}, or change what uses it"),
    };
    Finding::new(code.clone(), Severity::Deny, usage_subject(usage), message)
}

/// Where the missing thing would be defined.
fn definition(symbol: &Symbol) -> String {
    match (part_of(symbol), symbol.name.split_once('#')) {
        (Some(path), _) => format!("`{path}`"),
        (None, Some((flow, node))) => format!("node `{node}` to `flows/{flow}`"),
        (None, None) => "it".to_owned(),
    }
}

/// The part that would define a symbol; none for a node, which is not a part.
fn part_of(symbol: &Symbol) -> Option<PartPath> {
    let directory = match symbol.kind {
        SymbolKind::Intent => "nlp/intents",
        SymbolKind::Entity => "nlp/entities",
        SymbolKind::Context => "flows/contexts",
        SymbolKind::Variable => "flows/variables",
        SymbolKind::Handler => "flows/handlers",
        SymbolKind::Flow => "flows",
        SymbolKind::Node => return None,
    };
    format!("{directory}/{}", symbol.name).parse().ok()
}
