//! Talking to an imported bot: each turn as one line of what it says and calls.

use std::collections::BTreeMap;

use greenroom_flow::{Effect, EntityValue, Graph, Input, Session, step};
use greenroom_format::Imported;
use greenroom_model::VariableId;
use serde_json::Value;

/// What code of the bot's own answers: by its name and the variables that it is called
/// with; `null`: it fails.
type Code = Box<dyn Fn(&str, &BTreeMap<VariableId, Value>) -> Value>;

/// A conversation with an imported bot.
pub(crate) struct Talk {
    graph: Graph,
    session: Session,
    code: Code,
}

impl Talk {
    /// A conversation in which code answers nothing.
    pub(crate) fn with(imported: &Imported) -> Self {
        Self::with_code(imported, |_, _| serde_json::json!({}))
    }

    pub(crate) fn with_code(
        imported: &Imported,
        code: impl Fn(&str, &BTreeMap<VariableId, Value>) -> Value + 'static,
    ) -> Self {
        let graph = Graph::compile(imported.bundle.parts.clone());
        let session = Session::new(&graph, None);
        Self { graph, session, code: Box::new(code) }
    }

    /// The user says something: `intent`, `intent: words`, `intent [entity=value]`, or
    /// `?` for what is not understood.
    pub(crate) fn say(&mut self, said: &str) -> String {
        let (said, entities) = match said.split_once(" [") {
            Some((said, entities)) => (said, entities.trim_end_matches(']').split(", ").collect()),
            None => (said, Vec::new()),
        };
        let (intent, text) = said.split_once(": ").unwrap_or((said, said));
        let entities = entities.into_iter().map(|entity| {
            let (name, value) = entity.split_once('=').unwrap();
            EntityValue { entity: name.parse().unwrap(), value: value.into() }
        });
        self.hear(Input::Text {
            text: text.to_owned(),
            intent: (intent != "?").then(|| intent.parse().unwrap()),
            entities: entities.collect(),
            language: None,
        })
    }

    pub(crate) fn start(&mut self) -> String {
        self.hear(Input::Start)
    }

    /// The value of a variable.
    pub(crate) fn value(&self, variable: &str) -> Value {
        self.session.variables.get(&variable.parse::<VariableId>().unwrap()).cloned().unwrap_or_default()
    }

    fn hear(&mut self, input: Input) -> String {
        let mut heard = Vec::new();
        let mut input = Some(input);
        while let Some(given) = input.take() {
            let taken = step(&self.graph, &self.session, &given);
            self.session = taken.session;
            heard.extend(taken.replies.into_iter().map(|reply| reply.text));
            for effect in taken.effects {
                let Effect::Call { name, variables, .. } = effect else { continue };
                heard.push(format!("({name})"));
                let answer = (self.code)(&name, &variables);
                input = Some(Input::HandlerResult(match answer {
                    Value::Null => Err("it fails".to_owned()),
                    answer => Ok(serde_json::from_value(answer).unwrap()),
                }));
            }
        }
        heard.join(" | ")
    }
}
