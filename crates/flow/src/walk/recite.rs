//! What a message of the bot says, for code that has it said by the bot.

use std::collections::BTreeMap;

use greenroom_model::VariableId;
use serde_json::Value;

use super::{Walk, Way};
use crate::graph::Kind;
use crate::{Graph, Position, Reply, Session};

/// How many branches may stand before a message.
const MAX_BRANCHES: usize = 100;

impl Graph {
    /// What a message says in a conversation, or an input asks: in its language, with its
    /// variables, some of which have other `values` for the time. From a branch its ways lead to
    /// the message. Nothing else happens; the conversation stays where it is. Empty where no
    /// message and no question is found there.
    ///
    /// # Examples
    /// ```
    /// use greenroom_flow::{FlowBuilder, Graph, Position, Session};
    /// use greenroom_model::Document;
    ///
    /// let flow = FlowBuilder::new("Farewell").message("bye", "en", "Bye, {{ name }}!").build()?;
    /// let graph = Graph::compile([("flows/farewell".parse()?, Document::Flow(flow))]);
    /// let at = Position { flow: "farewell".parse()?, node: "bye".parse()? };
    /// let values = [("name".parse()?, "Ann".into())].into();
    /// assert_eq!(graph.say(&Session::new(&graph, None), &at, &values)[0].text, "Bye, Ann!");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn say(&self, session: &Session, at: &Position, values: &BTreeMap<VariableId, Value>) -> Vec<Reply> {
        let mut session = session.clone();
        for (variable, value) in values {
            match value {
                Value::Null => drop(session.variables.remove(variable)),
                value => drop(session.variables.insert(variable.clone(), value.clone())),
            }
        }
        let mut walk = Walk::begin(self, session);
        let mut next = self.find(at);
        for _ in 0..MAX_BRANCHES {
            let Some(node) = next.map(|index| self.node(index)) else { break };
            match &node.kind {
                Kind::Branch(branch) => {
                    next = match walk.enter_branch(node, branch) {
                        Way::To(index) => Some(index),
                        Way::End | Way::Wait => None,
                    };
                    continue;
                }
                Kind::Message(message) => drop(walk.enter_message(node, message)),
                Kind::Input(input) => {
                    if let Some(ask) = &input.ask {
                        walk.say_question(ask, &node.position);
                    }
                }
                _ => {}
            }
            break;
        }
        walk.replies
    }
}
