//! A node as a form.

use greenroom_model::document::{
    Accept, ActionNode, BranchNode, Button, ButtonAction, Flow, InputNode, IntentFilter, JumpNode, JumpTo, Node,
};
use greenroom_model::{Language, NodeId, PartPath};

use super::more;
use super::pieces::{text_controls, value_text};
use crate::fields::Fields;
use crate::form::{Choice, Control, Group};
use crate::viewed::Documents;

/// What a form's selects offer.
pub(crate) struct Vocabulary {
    languages: Vec<Language>,
    nodes: Vec<NodeId>,
    intents: Vec<Choice>,
    entities: Vec<Choice>,
    variables: Vec<Choice>,
    contexts: Vec<Choice>,
    handlers: Vec<Choice>,
    flows: Vec<Choice>,
}

impl Vocabulary {
    /// What a bot defines, and the nodes of a flow.
    pub(crate) fn of(documents: &Documents, flow: &Flow, languages: Vec<Language>) -> Self {
        let mut vocabulary = Self {
            languages,
            nodes: flow.nodes.keys().cloned().collect(),
            intents: Vec::new(),
            entities: Vec::new(),
            variables: Vec::new(),
            contexts: Vec::new(),
            handlers: Vec::new(),
            flows: Vec::new(),
        };
        for (path, (_, document)) in documents {
            let (list, id) = match path {
                PartPath::Intent(id) => (&mut vocabulary.intents, id.as_str()),
                PartPath::Entity(id) => (&mut vocabulary.entities, id.as_str()),
                PartPath::Variable(id) => (&mut vocabulary.variables, id.as_str()),
                PartPath::Context(id) => (&mut vocabulary.contexts, id.as_str()),
                PartPath::Handler(id) => (&mut vocabulary.handlers, id.as_str()),
                PartPath::Flow(id) => (&mut vocabulary.flows, id.as_str()),
                _ => continue,
            };
            list.push(Choice::new(id, document.name().unwrap_or(id)));
        }
        vocabulary
    }
}

/// Every node of the flow, after a first entry that stands for none.
pub(crate) fn node_choices<'n>(nodes: impl IntoIterator<Item = &'n NodeId>, none: &str) -> Vec<Choice> {
    let nodes = nodes.into_iter().map(|node| Choice::new(node.as_str(), node.as_str()));
    std::iter::once(Choice::new("", none)).chain(nodes).collect()
}

/// The fields of a node. `typed` says how many rows a refused form had.
pub(crate) fn node_groups(vocabulary: &Vocabulary, node: &Node, typed: Option<&Fields>) -> Vec<Group> {
    let rows = |name: &str, stored: usize| Fields::rows_to_show(typed, name, stored);
    let form = NodeForm { vocabulary, rows: &rows };
    let mut groups = match node {
        Node::Message(message) => {
            let texts = text_controls("text", "What the bot says", &message.text, &form.languages(&message.text));
            vec![
                Group::titled("Text", texts).hint(
                    "Variables stand in braces, such as {{ email }}. A line --- stands between alternatives that say the same.",
                ),
                form.buttons(&message.buttons),
                Group::titled("Then", vec![form.next("next", "Go on to", message.next.as_ref(), "wait here")]),
            ]
        }
        Node::Input(input) => form.input(input),
        Node::Branch(branch) => form.branch(branch),
        Node::Action(action) => form.action(action),
        Node::Jump(jump) => form.jump(jump),
        Node::Handover(handover) => {
            let languages = form.languages(&handover.text);
            vec![
                Group::titled("Text", text_controls("text", "Said before handing over", &handover.text, &languages)),
                Group::titled("Then", vec![form.next("next", "When resumed, go on to", handover.next.as_ref(), "end")]),
            ]
        }
        // All that these have is shown as JSON, below.
        Node::Wait(_) | Node::Event(_) | Node::End(_) => Vec::new(),
    };
    groups.extend(more::group(node));
    groups
}

struct NodeForm<'v> {
    vocabulary: &'v Vocabulary,
    rows: &'v dyn Fn(&str, usize) -> Vec<usize>,
}

impl NodeForm<'_> {
    /// The bot's languages, and those of a text that the bot no longer names.
    fn languages<T>(&self, text: &std::collections::BTreeMap<Language, T>) -> Vec<Language> {
        let mut languages = self.vocabulary.languages.clone();
        languages.extend(text.keys().filter(|language| !self.vocabulary.languages.contains(language)).cloned());
        languages
    }

    fn next(&self, name: &str, label: &str, node: Option<&NodeId>, none: &str) -> Control {
        let value = node.map(ToString::to_string).unwrap_or_default();
        Control::select(name, label, value, node_choices(&self.vocabulary.nodes, none))
    }

    fn buttons(&self, buttons: &[Button]) -> Group {
        let mut choices = vec![Choice::new("", "nothing yet")];
        choices.extend(
            self.vocabulary.nodes.iter().map(|node| Choice::new(format!("goto:{node}"), format!("go to {node}"))),
        );
        choices.extend(
            self.vocabulary
                .intents
                .iter()
                .map(|intent| Choice::new(format!("intent:{}", intent.value), format!("count as: {}", intent.label))),
        );
        choices.push(Choice::new("payload", "send a payload (below)"));
        choices.push(Choice::new("url", "open an address (below)"));
        let rows = (self.rows)("button", buttons.len());
        Group::growing("Buttons", "button", rows, |row| {
            let button = buttons.get(row);
            let languages =
                button.map_or_else(|| self.vocabulary.languages.clone(), |button| self.languages(&button.title));
            let mut controls: Vec<Control> = languages
                .iter()
                .map(|language| {
                    let title = button.and_then(|button| button.title.get(language)).cloned().unwrap_or_default();
                    Control::text(format!("button.{row}.title.{language}"), format!("Title ({language})"), title)
                })
                .collect();
            let (action, value) = match button.map(|button| &button.action) {
                None => (String::new(), String::new()),
                Some(ButtonAction::Goto(node)) => (format!("goto:{node}"), String::new()),
                Some(ButtonAction::Intent { intent, entities }) => {
                    let entities =
                        entities.iter().map(|(entity, value)| format!("{entity} = {value}")).collect::<Vec<_>>();
                    (format!("intent:{intent}"), entities.join("\n"))
                }
                Some(ButtonAction::Payload(payload)) => ("payload".to_owned(), payload.clone()),
                Some(ButtonAction::Url(url)) => ("url".to_owned(), url.clone()),
            };
            controls.push(Control::select(format!("button.{row}.action"), "Pressing it does", action, choices.clone()));
            controls.push(Control::area(
                format!("button.{row}.value"),
                "Payload, address, or entities of the intent (one “entity = value” a line)",
                value,
            ));
            controls
        })
        .hint("A button without a title is left out.")
    }

    fn input(&self, input: &InputNode) -> Vec<Group> {
        let ask = input.ask.clone().unwrap_or_default();
        let rows = (self.rows)("accept", input.accept.len());
        vec![
            Group::titled("Question", text_controls("ask", "What the bot asks", &ask.text, &self.languages(&ask.text))),
            Group::loose(vec![
                Control::select(
                    "variable",
                    "Keep the answer in the variable",
                    input.variable.as_str(),
                    self.vocabulary.variables.clone(),
                ),
                Control::check("skip_when_known", "Ask only when the variable has no value yet", input.skip_when_known),
            ]),
            Group::growing("What counts as an answer", "accept", rows, |row| self.accept(row, input.accept.get(row)))
                .hint("The first that matches wins. None: any text."),
            self.buttons(&ask.buttons),
            Group::growing(
                "Said before asking again",
                "retry",
                (self.rows)("retry", input.retry.texts().len()),
                |row| {
                    let text = input.retry.texts().get(row).cloned().unwrap_or_default();
                    text_controls(&format!("retry.{row}"), &format!("Time {}", row + 1), &text, &self.languages(&text))
                },
            )
            .hint("The last one is said ever after."),
            Group::titled("Otherwise", {
                let mut controls = Vec::new();
                let attempts = input.attempts.map(|attempts| attempts.to_string()).unwrap_or_default();
                controls.push(Control::number("attempts", "How many answers may fail (empty: no limit)", attempts));
                controls.push(self.next("otherwise", "After that go to", input.otherwise.as_ref(), "nowhere"));
                controls
            }),
            Group::titled(
                "Then",
                vec![self.next("next", "After a good answer go on to", input.next.as_ref(), "end the flow")],
            ),
        ]
    }

    fn accept(&self, row: usize, accept: Option<&Accept>) -> Vec<Control> {
        let mut choices = vec![Choice::new("", "nothing yet")];
        choices.extend(
            self.vocabulary
                .entities
                .iter()
                .map(|entity| Choice::new(format!("entity:{}", entity.value), format!("the entity: {}", entity.label))),
        );
        choices.extend([
            Choice::new("text", "any text"),
            Choice::new("number", "a number (below: least..greatest)"),
            Choice::new("date", "a day (below: first..last, such as 2026-01-01..)"),
            Choice::new("email", "an e-mail address"),
            Choice::new("phone", "a telephone number"),
            Choice::new("regex", "a regular expression (below)"),
            Choice::new("options", "one of these (below: one “value = another way, another” a line)"),
        ]);
        choices.extend(self.vocabulary.intents.iter().map(|intent| {
            Choice::new(format!("intent:{}", intent.value), format!("the intent: {} (value below)", intent.label))
        }));
        choices.extend(self.vocabulary.handlers.iter().map(|handler| {
            Choice::new(
                format!("handler:{}", handler.value),
                format!("what this handler finds valid: {}", handler.label),
            )
        }));
        let bound = |bound: Option<f64>| bound.map(|bound| bound.to_string()).unwrap_or_default();
        let (kind, value, filter) = match accept {
            None => (String::new(), String::new(), None),
            Some(Accept::Text(intents)) => ("text".to_owned(), String::new(), Some(intents)),
            Some(Accept::Entity { entity, intents }) => (format!("entity:{entity}"), String::new(), Some(intents)),
            Some(Accept::Intent { intent, value }) => (format!("intent:{intent}"), value_text(value), None),
            Some(Accept::Number { min, max }) => {
                ("number".to_owned(), format!("{}..{}", bound(*min), bound(*max)), None)
            }
            Some(Accept::Date { min, max }) => {
                let (min, max) = (min.as_deref().unwrap_or_default(), max.as_deref().unwrap_or_default());
                ("date".to_owned(), format!("{min}..{max}"), None)
            }
            Some(Accept::Phone {}) => ("phone".to_owned(), String::new(), None),
            Some(Accept::Handler { handler, intents }) => (format!("handler:{handler}"), String::new(), Some(intents)),
            Some(Accept::Email {}) => ("email".to_owned(), String::new(), None),
            Some(Accept::Regex { pattern }) => ("regex".to_owned(), pattern.clone(), None),
            Some(Accept::Options { values }) => {
                let lines = values.iter().map(|(value, others)| {
                    let others: Vec<&str> = others.iter().map(String::as_str).collect();
                    if others.is_empty() { value.clone() } else { format!("{value} = {}", others.join(", ")) }
                });
                ("options".to_owned(), lines.collect::<Vec<_>>().join("\n"), None)
            }
        };
        let filter = filter.cloned().unwrap_or_default();
        vec![
            Control::select(format!("accept.{row}.kind"), format!("Answer {}", row + 1), kind, choices),
            Control::area(format!("accept.{row}.value"), "Value", value),
            Control::text(
                format!("accept.{row}.only"),
                "Only when one of these intents is understood (ids)",
                ids(&filter, true),
            ),
            Control::text(format!("accept.{row}.except"), "Not when one of these is (ids)", ids(&filter, false)),
        ]
    }

    fn branch(&self, branch: &BranchNode) -> Vec<Group> {
        let rows = (self.rows)("case", branch.cases.len());
        vec![
            Group::growing("Cases", "case", rows, |row| {
                let case = branch.cases.get(row);
                let when = case.map(|case| case.when.clone()).unwrap_or_default();
                vec![
                    Control::text(format!("case.{row}.when"), format!("If (case {})", row + 1), when),
                    self.next(&format!("case.{row}.goto"), "go to", case.map(|case| &case.goto), "(choose)"),
                ]
            })
            .hint("The first that holds wins. Conditions look like: bike_type == \"tandem\" and known(email)"),
            Group::titled(
                "Else",
                vec![self.next("else", "Otherwise go to", branch.otherwise.as_ref(), "end the flow")],
            ),
        ]
    }

    fn action(&self, action: &ActionNode) -> Vec<Group> {
        let none = |label: &str, choices: &[Choice]| {
            std::iter::once(Choice::new("", label)).chain(choices.iter().cloned()).collect::<Vec<_>>()
        };
        let sets: Vec<_> = action.set.iter().collect();
        let contexts: Vec<_> = action.contexts.iter().collect();
        let clear: Vec<&str> = action.clear.iter().map(AsRef::as_ref).collect();
        let call = action.call.as_ref().map(ToString::to_string).unwrap_or_default();
        vec![
            Group::growing("Set variables", "set", (self.rows)("set", sets.len()), |row| {
                let (variable, value) = match sets.get(row) {
                    Some((variable, value)) => (variable.to_string(), value_text(value)),
                    None => (String::new(), String::new()),
                };
                vec![
                    Control::select(
                        format!("set.{row}.variable"),
                        "Variable",
                        variable,
                        none("(none)", &self.vocabulary.variables),
                    ),
                    Control::text(format!("set.{row}.value"), "New value", value),
                ]
            })
            .hint("A number, true, false, a list, or a text; {{ name }} stands for another variable."),
            Group::titled("Forget variables", vec![Control::text("clear", "Ids, with commas", clear.join(", "))]),
            Group::growing("Contexts", "context", (self.rows)("context", contexts.len()), |row| {
                let (context, turns) = match contexts.get(row) {
                    Some((context, turns)) => (context.to_string(), turns.to_string()),
                    None => (String::new(), String::new()),
                };
                vec![
                    Control::select(
                        format!("context.{row}.id"),
                        "Context",
                        context,
                        none("(none)", &self.vocabulary.contexts),
                    ),
                    Control::number(format!("context.{row}.turns"), "For how many turns (0 ends it)", turns),
                ]
            }),
            Group::titled(
                "Then",
                vec![
                    Control::select(
                        "call",
                        "Call a handler of the embedder",
                        call,
                        none("(none)", &self.vocabulary.handlers),
                    ),
                    self.next("on_error", "When it fails go to", action.on_error.as_ref(), "the same as below"),
                    self.next("next", "Go on to", action.next.as_ref(), "end the flow"),
                ],
            ),
        ]
    }

    fn jump(&self, jump: &JumpNode) -> Vec<Group> {
        let flows = self
            .vocabulary
            .flows
            .iter()
            .map(|flow| Choice::new(format!("flow:{}", flow.value), format!("the flow: {}", flow.label)));
        let variables = self.vocabulary.variables.iter().map(|variable| {
            Choice::new(format!("variable:{}", variable.value), format!("what this variable names: {}", variable.label))
        });
        let (to, node) = match &jump.to {
            JumpTo::Flow(flow, node) => {
                (format!("flow:{flow}"), node.as_ref().map(ToString::to_string).unwrap_or_default())
            }
            JumpTo::Variable(variable) => (format!("variable:{variable}"), String::new()),
        };
        vec![
            Group::titled(
                "Where to",
                vec![
                    Control::select("to", "Go to", to, flows.chain(variables).collect()),
                    Control::text("node", "At the node (empty: its start)", node),
                    Control::check("returns", "Come back when that flow ends", jump.returns),
                ],
            ),
            Group::titled(
                "Then",
                vec![self.next("next", "After coming back go on to", jump.next.as_ref(), "end the flow")],
            ),
        ]
    }
}

fn ids(filter: &IntentFilter, only: bool) -> String {
    let ids = if only { &filter.only } else { &filter.except };
    ids.iter().map(AsRef::<str>::as_ref).collect::<Vec<_>>().join(", ")
}
