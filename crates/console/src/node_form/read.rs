//! A sent form as a node.

use std::collections::BTreeMap;

use greenroom_model::NodeId;
use greenroom_model::document::{
    Accept, ActionNode, BranchNode, Button, ButtonAction, Case, EndNode, HandoverNode, InputNode, IntentFilter,
    Interruptions, JumpNode, JumpTo, LocalizedText, MessageNode, Node, Prompt, Retries,
};

use super::more;
use super::pieces::{read_id, read_ids, read_text, read_titles, read_value};
use crate::fields::Fields;

/// The node that a form of this kind describes.
///
/// # Errors
/// What is wrong, with the field in backticks.
pub(crate) fn read_node(kind: &str, fields: &Fields) -> Result<Node, String> {
    let node = match kind {
        // Forms of these kinds have nothing but their JSON.
        "wait" | "event" => serde_json::json!({ kind: {} }),
        _ => serde_json::to_value(read_fields(kind, fields)?).map_err(|error| error.to_string())?,
    };
    more::read(kind, node, &fields.get(more::FIELD))
}

fn read_fields(kind: &str, fields: &Fields) -> Result<Node, String> {
    Ok(match kind {
        "message" => Node::Message(MessageNode {
            text: read_text("text", fields)?,
            buttons: read_buttons(fields)?,
            next: read_id("next", fields)?,
            ..MessageNode::default()
        }),
        "input" => Node::Input(read_input(fields)?),
        "branch" => Node::Branch(BranchNode { cases: read_cases(fields)?, otherwise: read_id("else", fields)? }),
        "action" => Node::Action(read_action(fields)?),
        "jump" => Node::Jump(read_jump(fields)?),
        "handover" => Node::Handover(HandoverNode {
            text: read_text("text", fields)?,
            next: read_id("next", fields)?,
            ..HandoverNode::default()
        }),
        "end" => Node::End(EndNode {}),
        other => return Err(format!("`{other}` is no kind of node; choose one of the list")),
    })
}

fn read_buttons(fields: &Fields) -> Result<Vec<Button>, String> {
    let mut buttons = Vec::new();
    for row in fields.rows("button") {
        let title = read_titles(&format!("button.{row}.title"), fields)?;
        if title.is_empty() {
            continue;
        }
        let (action, value) = (format!("button.{row}.action"), fields.trimmed(&format!("button.{row}.value")));
        let chosen = fields.get(&action);
        let fail = |error: greenroom_model::Error| format!("at `{action}`: {error}");
        let action = match chosen.split_once(':').unwrap_or((chosen.as_str(), "")) {
            ("goto", node) => ButtonAction::Goto(node.parse().map_err(fail)?),
            ("intent", intent) => {
                let mut entities = BTreeMap::new();
                for line in value.lines().filter(|line| !line.trim().is_empty()) {
                    let (entity, value) = line.split_once('=').ok_or_else(|| {
                        format!("at `button.{row}.value`: `{line}` is not of the form entity = value")
                    })?;
                    entities.insert(entity.trim().parse().map_err(fail)?, value.trim().to_owned());
                }
                ButtonAction::Intent { intent: intent.parse().map_err(fail)?, entities }
            }
            ("payload", _) if !value.is_empty() => ButtonAction::Payload(value),
            ("payload", _) => {
                return Err(format!("at `button.{row}.value`: the button needs the payload that it sends"));
            }
            ("url", _)
                if value.starts_with("https://")
                    || value.starts_with("http://")
                    || value.starts_with("mailto:")
                    || value.starts_with("tel:")
                    || value.starts_with("{{") =>
            {
                ButtonAction::Url(value)
            }
            ("url", _) => {
                return Err(format!(
                    "at `button.{row}.value`: an address begins with https://, http://, mailto: or tel:"
                ));
            }
            _ => return Err(format!("at `{action}`: choose what pressing the button does")),
        };
        buttons.push(Button { title, action });
    }
    Ok(buttons)
}

fn read_input(fields: &Fields) -> Result<InputNode, String> {
    let (text, buttons) = (read_text("ask", fields)?, read_buttons(fields)?);
    let ask =
        if text.is_empty() && buttons.is_empty() { None } else { Some(Prompt { text, buttons, ..Prompt::default() }) };
    let mut accept = Vec::new();
    for row in fields.rows("accept") {
        accept.extend(read_accept(row, fields)?);
    }
    let attempts = match fields.given("attempts") {
        None => None,
        Some(typed) => {
            Some(typed.parse().map_err(|_| format!("at `attempts`: `{typed}` is not a whole number from 1 to 100"))?)
        }
    };
    Ok(InputNode {
        variable: read_id("variable", fields)?.ok_or("at `variable`: choose the variable that keeps the answer")?,
        ask,
        accept,
        retry: read_retries(fields)?,
        attempts,
        otherwise: read_id("otherwise", fields)?,
        skip_when_known: fields.has("skip_when_known"),
        interruptions: Interruptions::default(),
        next: read_id("next", fields)?,
    })
}

/// A row for each time; empty ones at the end are none.
fn read_retries(fields: &Fields) -> Result<Retries, String> {
    let mut texts = Vec::new();
    for row in fields.rows("retry") {
        texts.push(read_text(&format!("retry.{row}"), fields)?);
    }
    while texts.last().is_some_and(LocalizedText::is_empty) {
        texts.pop();
    }
    Ok(Retries::several(texts))
}

fn read_accept(row: usize, fields: &Fields) -> Result<Option<Accept>, String> {
    let (kind, value) = (fields.get(&format!("accept.{row}.kind")), fields.trimmed(&format!("accept.{row}.value")));
    let intents = IntentFilter {
        only: read_ids(&fields.get(&format!("accept.{row}.only")))?,
        except: read_ids(&fields.get(&format!("accept.{row}.except")))?,
    };
    let fail = |error: greenroom_model::Error| format!("at `accept.{row}.kind`: {error}");
    Ok(Some(match kind.split_once(':').unwrap_or((kind.as_str(), "")) {
        ("", _) => return Ok(None),
        ("text", _) => Accept::Text(intents),
        ("entity", entity) => Accept::Entity { entity: entity.parse().map_err(fail)?, intents },
        ("intent", intent) => Accept::Intent { intent: intent.parse().map_err(fail)?, value: read_value(&value) },
        ("number", _) => {
            let (min, max) = value.split_once("..").unwrap_or(("", ""));
            Accept::Number { min: read_bound(row, min)?, max: read_bound(row, max)? }
        }
        ("date", _) => {
            let day = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
            let (min, max) = value.split_once("..").unwrap_or(("", ""));
            Accept::Date { min: day(min), max: day(max) }
        }
        ("email", _) => Accept::Email {},
        ("phone", _) => Accept::Phone {},
        ("handler", handler) => Accept::Handler { handler: handler.parse().map_err(fail)?, intents },
        ("regex", _) => Accept::Regex { pattern: value },
        ("options", _) => {
            let mut values = BTreeMap::new();
            for line in value.lines().map(str::trim).filter(|line| !line.is_empty()) {
                let (value, others) = line.split_once('=').unwrap_or((line, ""));
                let others = others.split(',').map(str::trim).filter(|other| !other.is_empty());
                values.insert(value.trim().to_owned(), others.map(str::to_owned).collect());
            }
            Accept::Options { values }
        }
        _ => return Err(format!("at `accept.{row}.kind`: choose one of the list")),
    }))
}

fn read_bound(row: usize, typed: &str) -> Result<Option<f64>, String> {
    match typed.trim() {
        "" => Ok(None),
        typed => typed
            .parse()
            .ok()
            .filter(|bound: &f64| bound.is_finite())
            .map(Some)
            .ok_or_else(|| format!("at `accept.{row}.value`: `{typed}` is not a number; write least..greatest")),
    }
}

fn read_cases(fields: &Fields) -> Result<Vec<Case>, String> {
    let mut cases = Vec::new();
    for row in fields.rows("case") {
        let (when, goto) = (fields.given(&format!("case.{row}.when")), format!("case.{row}.goto"));
        let target: Option<NodeId> = read_id(&goto, fields)?;
        match (when, target) {
            (Some(when), Some(goto)) => cases.push(Case { when, goto }),
            (None, None) => {}
            (Some(_), None) => return Err(format!("at `{goto}`: choose where the case leads")),
            (None, Some(_)) => return Err(format!("at `case.{row}.when`: write the condition, or choose no node")),
        }
    }
    Ok(cases)
}

fn read_action(fields: &Fields) -> Result<ActionNode, String> {
    let mut action = ActionNode {
        clear: read_ids(&fields.get("clear")).map_err(|error| format!("at `clear`: {error}"))?,
        call: read_id("call", fields)?,
        on_error: read_id("on_error", fields)?,
        next: read_id("next", fields)?,
        ..ActionNode::default()
    };
    for row in fields.rows("set") {
        if let Some(variable) = read_id(&format!("set.{row}.variable"), fields)? {
            action.set.insert(variable, read_value(&fields.get(&format!("set.{row}.value"))));
        }
    }
    for row in fields.rows("context") {
        if let Some(context) = read_id(&format!("context.{row}.id"), fields)? {
            let name = format!("context.{row}.turns");
            let typed = fields.trimmed(&name);
            let turns = typed.parse().map_err(|_| format!("at `{name}`: `{typed}` is not a whole number of turns"))?;
            action.contexts.insert(context, turns);
        }
    }
    Ok(action)
}

fn read_jump(fields: &Fields) -> Result<JumpNode, String> {
    let to = fields.get("to");
    let fail = |error: greenroom_model::Error| format!("at `to`: {error}");
    let to = match to.split_once(':') {
        Some(("flow", flow)) => JumpTo::Flow(flow.parse().map_err(fail)?, read_id("node", fields)?),
        Some(("variable", variable)) => JumpTo::Variable(variable.parse().map_err(fail)?),
        _ => return Err("at `to`: choose where to go".to_owned()),
    };
    Ok(JumpNode { to, returns: fields.has("returns"), next: read_id("next", fields)? })
}
