//! Conversation tests: what users say and which intent it is, what the bot replies and
//! which code it calls where that is sure. What a test says of slots behind an action is
//! what that action answers in it, and a form that it ends in one turn gets all it needs
//! from the code that checks it.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::document::{
    Called, ConversationTest, Expectation, ExpectedCall, ExpectedReply, ExpectedText, StubbedAnswer, StubbedAnswers,
    Turn, UserAct, ValueType,
};
use greenroom_model::{Document, HandlerId, PartPath, TestId, VariableId};
use serde_json::Value;

use super::import::{FALLBACK_INTENT, Import, REQUESTED_SLOT};
use super::markup;
use super::names::Ids;
use super::report::{NOTHING_TO_DO, Named, Place};
use super::source::{Expected, MappingKind, SlotCondition, Step, Story, UserStep};

/// Adds a test for each story of the tests.
pub(super) fn define(import: &mut Import<'_>) {
    let mut ids = Ids::<TestId>::default();
    for story in &import.project.tests {
        let mut reading = Reading::default();
        let left_out = story.steps.iter().enumerate().find_map(|(position, step)| {
            let rest = story.steps.get(position + 1..).unwrap_or_default();
            reading.step(import, story, step, rest).err()
        });
        let Reading { turns, given, .. } = reading;
        if let Some((reason, place)) = left_out {
            let said: Vec<String> = story.steps.iter().filter_map(said).skip(turns.len()).collect();
            let kept = if turns.is_empty() { "it is left out" } else { "the turns before are kept" };
            let rest = if said.is_empty() { String::new() } else { format!(", not `{}`", said.join("`, `")) };
            let advice = "write a test that says every answer";
            import.report.lose(&place, story.construct(), format!("{reason}; {kept}{rest}"), advice);
        }
        if turns.is_empty() {
            continue;
        }
        let mut test = ConversationTest::of(super::names::display_name(&story.name.name), turns);
        test.given.variables = given;
        import.parts.insert(PartPath::Test(ids.fresh(&story.name.name)), Document::Test(test));
    }
}

/// What a user says at a step: the intents and the words.
fn said(step: &Step) -> Option<String> {
    let Step::User(users) = step else { return None };
    let parts = users.iter().map(|user| {
        let intent = user.intent.as_ref().map_or("", |intent| intent.name.as_str());
        user.text.as_ref().map_or_else(|| intent.to_owned(), |text| format!("{intent}: {text}"))
    });
    Some(parts.collect::<Vec<_>>().join(" or "))
}

/// A test as it is read.
#[derive(Default)]
struct Reading {
    turns: Vec<Turn>,
    given: BTreeMap<VariableId, Value>,
    /// The form that asks.
    active: Option<String>,
    /// The form that began in this turn.
    begun: Option<String>,
    /// What this turn has called last.
    called: Option<HandlerId>,
}

/// Why the rest of a test is left out.
type LeftOut = (String, Place);

impl Reading {
    fn step(&mut self, import: &mut Import<'_>, story: &Story, step: &Step, rest: &[Step]) -> Result<(), LeftOut> {
        let place = story.name.place.clone();
        match step {
            Step::User(users) => self.hear(import, story, users),
            Step::Action(action) => self.act(import, story, action, rest),
            Step::Loop(Some(form)) => {
                self.active = Some(form.name.clone());
                Ok(())
            }
            Step::Loop(None) => self.end_form(import, place),
            Step::Slots(slots) => {
                slots.iter().flatten().for_each(|slot| self.slot(import, story, slot));
                Ok(())
            }
            Step::Checkpoint(..) => Err(("it has a checkpoint".to_owned(), place)),
            Step::Other(what) => Err((format!("it has {what}"), place)),
        }
    }

    fn hear(&mut self, import: &mut Import<'_>, story: &Story, users: &[UserStep]) -> Result<(), LeftOut> {
        let place = story.name.place.clone();
        self.close();
        let [user] = users else {
            return Err(("a turn has several intents".to_owned(), place));
        };
        match turn(import, story, user, self.active.is_some()) {
            Some(turn) => self.turns.push(turn),
            None => {
                let reason = match &user.intent {
                    Some(intent) => format!("its turn of intent `{}` has no words", intent.name),
                    None => "a turn has no words".to_owned(),
                };
                return Err((reason, place));
            }
        }
        self.begun = None;
        self.called = None;
        Ok(())
    }

    /// What a form asks is not said in a test.
    fn close(&mut self) {
        if self.begun.is_some()
            && let Some(turn) = self.turns.last_mut()
        {
            (turn.expect.replies, turn.expect.calls) = (None, None);
        }
    }

    fn act(&mut self, import: &mut Import<'_>, story: &Story, action: &Named, rest: &[Step]) -> Result<(), LeftOut> {
        let Some(turn) = self.turns.last_mut() else {
            return Err(("it does not begin with what a user says".to_owned(), story.name.place.clone()));
        };
        let name = action.name.as_str();
        if import.form_flows.contains_key(name) {
            let goes_on = self.active.as_deref() == Some(name);
            let next = rest.iter().find(|step| !matches!(step, Step::Slots(_)));
            if goes_on && self.begun.is_none() && matches!(next, Some(Step::Loop(None))) {
                return self.end_form(import, story.name.place.clone());
            }
            if goes_on {
                (turn.expect.replies, turn.expect.calls) = (None, None);
            } else {
                self.begun = Some(name.to_owned());
            }
            self.active = Some(name.to_owned());
            // A test that ends here ends with a question.
            if !rest.iter().any(|step| matches!(step, Step::Loop(None) | Step::User(_))) {
                self.close();
            }
            return Ok(());
        }
        if name == "action_listen" {
            return Ok(());
        }
        if let Some(message) = import.messages.get(name) {
            match (message.plain.as_deref(), &mut turn.expect.replies) {
                (Some([text]), Some(replies)) => replies.push(ExpectedReply::exactly(text)),
                // Of several texts a conversation takes one or another.
                (Some(texts @ [_, ..]), Some(replies)) => {
                    replies.push(ExpectedReply { text: ExpectedText::OneOf(texts.to_vec()), buttons: None, raw: None });
                }
                _ => turn.expect.replies = None,
            }
        } else if name.starts_with("utter_") || name.starts_with("action_") && !import.has_action(name) {
            (turn.expect.replies, turn.expect.calls) = (None, None);
        } else {
            let handler = import.declare_handler(name);
            match &mut turn.expect.calls {
                Some(calls) => calls.push(called(&handler)),
                // Within a form it is what interrupts it.
                None if self.begun.is_none() => turn.expect.calls = Some(vec![called(&handler)]),
                None => {}
            }
            self.called = Some(handler);
        }
        Ok(())
    }

    /// The form has all it needs: at once, where it began in this turn.
    fn end_form(&mut self, import: &mut Import<'_>, place: Place) -> Result<(), LeftOut> {
        let Some(name) = self.active.take() else { return Ok(()) };
        if self.begun.take().as_deref() != Some(name.as_str()) {
            return Err((format!("it does not say what fills `{name}`, which asks"), place));
        }
        let values = values(import, &name);
        let reason = "the test does not say what fills it; it has all it needs at once";
        import.report.gather(&place, "form of a test", &name, reason, "write a test that says every answer");
        let check = format!("validate_{name}");
        match (import.has_action(&check), self.turns.last_mut()) {
            (true, Some(turn)) => {
                let handler = import.declare_handler(&check);
                if let Some(calls) = &mut turn.expect.calls {
                    calls.push(called(&handler));
                }
                answer(turn, handler, values);
            }
            _ => self.given.extend(values),
        }
        Ok(())
    }

    /// What the last action of the turn is said to have set.
    fn slot(&mut self, import: &mut Import<'_>, story: &Story, condition: &SlotCondition) {
        let name = condition.slot.name.as_str();
        let value = match &condition.expected {
            Expected::Value(value) => Some(value.clone()),
            Expected::NotSet => Some(Value::Null),
            Expected::Set => None,
        };
        let variable = import.known_variable(name).filter(|_| name != REQUESTED_SLOT).cloned();
        let admits = |variable: &VariableId, value: &Value| {
            import.all_variables().any(|(id, known)| id == variable && known.value_type.admits(value))
        };
        match (value, variable, self.called.clone(), self.turns.last_mut()) {
            (Some(value), Some(variable), Some(handler), Some(turn)) if admits(&variable, &value) => {
                let reason = "the action before it is taken to have set it, so it answers so in the test";
                import.report.gather(
                    &story.name.place,
                    "`slot_was_set` behind an action of a test",
                    name,
                    reason,
                    NOTHING_TO_DO,
                );
                answer(turn, handler, BTreeMap::from([(variable, value)]));
            }
            _ => {
                let reason = "a test looks at what is said, not at slots that only actions fill";
                let advice = "expect the variable where a turn sets it";
                import.report.gather(&condition.slot.place, "`slot_was_set` of tests", name, reason, advice);
            }
        }
    }
}

fn called(handler: &HandlerId) -> ExpectedCall {
    ExpectedCall { call: Called::Handler(handler.clone()), with: BTreeMap::new(), url: None, body: None }
}

/// A handler answers with these variables, beside what it answers in the turn already.
fn answer(turn: &mut Turn, handler: HandlerId, values: BTreeMap<VariableId, Value>) {
    let called = Called::Handler(handler);
    let mut variables = match turn.answers.get(&called).map(StubbedAnswers::all) {
        Some([StubbedAnswer::Handler { variables, .. }]) => variables.clone(),
        _ => BTreeMap::new(),
    };
    variables.extend(values);
    let answer = StubbedAnswer::Handler {
        variables,
        replies: Vec::new(),
        valid: None,
        value: Value::Null,
        goes_to: None,
        ends: BTreeSet::new(),
    };
    turn.answers.insert(called, StubbedAnswers::always(answer));
}

/// Something for each slot that a form requires.
fn values(import: &mut Import<'_>, form: &str) -> BTreeMap<VariableId, Value> {
    let mut values = BTreeMap::new();
    let project = import.project;
    let Some(form) = project.forms.iter().find(|other| other.name.name == form) else { return values };
    for slot in &form.slots {
        let variable = import.variable(&slot.name, &slot.place);
        let value_type = import.all_variables().find(|(id, _)| **id == variable).map(|(_, known)| known.value_type);
        let value_type = value_type.unwrap_or_default();
        let mapped = import.slot(&slot.name).into_iter().flat_map(|slot| &slot.mappings);
        let mut given = mapped.filter_map(|mapping| match &mapping.kind {
            MappingKind::Intent(value) => Some(value.clone()),
            _ => None,
        });
        let value = given.find(|value| value_type.admits(value)).unwrap_or_else(|| match value_type {
            ValueType::Number => 1.into(),
            ValueType::Boolean => true.into(),
            ValueType::List => Value::Array(vec!["something".into()]),
            ValueType::Text | ValueType::Any => "something".into(),
        });
        values.insert(variable, value);
    }
    values
}

/// What a user says, and its intent. What is replied is sure only outside of forms.
fn turn(import: &mut Import<'_>, story: &Story, user: &UserStep, in_form: bool) -> Option<Turn> {
    let text = match &user.text {
        Some(text) => markup::read(text).text,
        None => words(import, story, user.intent.as_ref()?)?,
    };
    if text.trim().is_empty() {
        return None;
    }
    let mut expect =
        Expectation { replies: (!in_form).then(Vec::new), calls: (!in_form).then(Vec::new), ..Expectation::default() };
    if let Some(intent) = &user.intent {
        expect.intent = match (intent.name.as_str(), import.known_intents(&intent.name).as_slice()) {
            (FALLBACK_INTENT, _) => Some("none".to_owned()),
            (_, [only]) => Some(only.to_string()),
            (name, _) => {
                let reason = "it is none of the bot's intents, or several; the turn does not look at it";
                import.report.lose(&intent.place, format!("intent `{name}`"), reason, "name the intent in the test");
                None
            }
        };
    }
    Some(Turn::of(UserAct::Say(text)).expecting(expect))
}

/// Words for a turn that has none: an example of its intent.
fn words(import: &mut Import<'_>, story: &Story, intent: &Named) -> Option<String> {
    let nlu = import.project.nlu.iter().find(|nlu| nlu.name.name == intent.name)?;
    let words =
        nlu.examples.iter().map(|example| markup::read(&example.text).text).find(|text| !text.trim().is_empty())?;
    let reason = format!("an example of its intent stands in, such as `{words}`");
    let construct = format!("turn of intent `{}` without words in a test", intent.name);
    import.report.gather(&intent.place, &construct, &story.name.name, &reason, "say it in other words");
    Some(words)
}
