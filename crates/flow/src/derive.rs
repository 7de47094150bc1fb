//! What a part says about itself alone, conditions and templates included.

use greenroom_model::document::Flow;
use greenroom_model::{Document, Facts, PartPath, SymbolKind};

use crate::{Condition, links, lints, sources, templates};

/// The version of what [`derive()`] tells, and of how an index keeps it; another one makes indexes
/// be put together anew.
pub const FACTS_VERSION: u32 = 4;

/// The facts of a part: what it defines and refers to, and what is wrong with it,
/// whatever the rest of the bot. A pure function of the part.
///
/// # Examples
/// ```
/// use greenroom_model::{Document, PartPath};
///
/// let path: PartPath = "flows/greet".parse()?;
/// let flow = Document::from_json(&path, br#"{
///     "name": "Greeting", "start": "hi",
///     "nodes": { "hi": { "message": { "text": { "en": "Hello {{ name }}" }, "next": "bye" } } }
/// }"#)?;
/// let facts = greenroom_flow::derive(&path, &flow);
/// assert!(facts.references.iter().any(|(symbol, _)| symbol.to_string() == "variable `name`"));
/// assert!(facts.findings[0].message.contains("`bye`"));
/// # Ok::<(), greenroom_model::Error>(())
/// ```
#[must_use]
pub fn derive(path: &PartPath, document: &Document) -> Facts {
    let mut facts = Facts::of_structure(path, document);
    if let Document::Flow(flow) = document {
        add_variables(&mut facts, flow);
    }
    facts.links = links::of(path, document);
    facts.findings.extend(lints::findings(path, document));
    facts
}

/// The variables that conditions and templates ask for. What does not parse asks
/// for nothing that could be told; a lint names it.
fn add_variables(facts: &mut Facts, flow: &Flow) {
    for (at, node) in &flow.nodes {
        for (_, source) in sources::conditions(node) {
            if let Ok(condition) = source.parse::<Condition>() {
                for variable in condition.variables() {
                    facts.refer(SymbolKind::Variable, variable.as_str(), Some(at));
                }
            }
        }
        for (_, source) in sources::templates(node) {
            for variable in templates::variables(source).into_iter().flatten() {
                facts.refer(SymbolKind::Variable, variable.as_str(), Some(at));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_of_conditions_and_templates_are_referred_to_at_their_node() {
        let path: PartPath = "flows/f".parse().unwrap();
        let flow = br#"{ "name": "f", "start": "a", "nodes": {
            "a": { "branch": { "cases": [{ "when": "one == 1 and known(two)", "goto": "b" }, { "when": "(", "goto": "b" }] } },
            "b": { "message": {
                "text": { "en": ["{{ three }}", "{% if four %}{{ five | upper }}{% endif %}"] },
                "buttons": [{ "title": { "en": "{{ six }}" }, "action": { "payload": "{{ no }}" } }]
            } },
            "c": { "action": { "set": { "seven": "{{ eight }}" } } },
            "d": { "input": { "variable": "nine", "ask": { "text": { "en": "{{ ten }}" } }, "retry": { "nl": "{{ eleven }}" } } },
            "e": { "handover": { "text": { "en": "{{ twelve }} {{ broken" } } }
        } }"#;
        let facts = derive(&path, &Document::from_json(&path, flow).unwrap());
        let mut found: Vec<String> = Vec::new();
        for (symbol, at) in &facts.references {
            assert_eq!(symbol.kind, SymbolKind::Variable);
            found.push(format!("{}@{}", symbol.name, at.as_ref().unwrap()));
        }
        assert_eq!(found.join(" "), "eight@c eleven@d five@b four@b nine@d one@a seven@c six@b ten@d three@b two@a");
    }
}
