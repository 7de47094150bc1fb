//! Conversation tests: what users say and which intent it is, and what the bot
//! replies where that is sure. A form ends a test, since Rasa's tests do not say
//! what fills it.

use greenroom_model::document::{ConversationTest, Expectation, ExpectedReply, ExpectedText, Turn, UserAct};
use greenroom_model::{Document, PartPath, TestId};

use super::import::{FALLBACK_INTENT, Import};
use super::markup;
use super::names::{Ids, display_name};
use super::report::Place;
use super::source::{Step, Story, UserStep};

/// Adds a test for each story of the tests.
pub(super) fn define(import: &mut Import<'_>) {
    let mut ids = Ids::<TestId>::default();
    for story in &import.project.tests {
        let (turns, left_out) = read(import, story);
        if let Some((reason, place)) = left_out {
            let said: Vec<String> = story.steps.iter().filter_map(said).skip(turns.len()).collect();
            let kept = if turns.is_empty() { "it is left out" } else { "the turns before are kept" };
            let reason = format!("{reason}; {kept}, not `{}`", said.join("`, `"));
            let advice = "write a test that says every answer";
            import.report.lose(&place, story.construct(), reason, advice);
        }
        if turns.is_empty() {
            continue;
        }
        let test = ConversationTest::of(display_name(&story.name.name), turns);
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

/// The turns up to what cannot be played, and why the rest is left out.
fn read(import: &mut Import<'_>, story: &Story) -> (Vec<Turn>, Option<(String, Place)>) {
    let mut turns: Vec<Turn> = Vec::new();
    let mut in_form = false;
    let mut after_form = false;
    for step in &story.steps {
        let place = story.name.place.clone();
        match step {
            Step::User(_) if after_form => {
                return (turns, Some(("it goes on after a form without the answers that fill it".to_owned(), place)));
            }
            Step::User(users) => {
                let [user] = users.as_slice() else {
                    return (turns, Some(("a turn has several intents".to_owned(), place)));
                };
                let Some(turn) = turn(import, user, in_form) else {
                    let reason = match &user.intent {
                        Some(intent) => format!("its turn of intent `{}` has no words", intent.name),
                        None => "a turn has no words".to_owned(),
                    };
                    return (turns, Some((reason, place)));
                };
                turns.push(turn);
            }
            Step::Action(action) => {
                in_form |= import.form_flows.contains_key(&action.name);
                let said = import.messages.get(&action.name).and_then(|message| message.plain.clone());
                let Some(turn) = turns.last_mut() else {
                    return (turns, Some(("it does not begin with what a user says".to_owned(), place)));
                };
                match (said.as_deref(), &mut turn.expect.replies) {
                    (Some([text]), Some(replies)) => replies.push(ExpectedReply::exactly(text)),
                    // Of several texts a conversation takes one or another.
                    (Some(texts @ [_, ..]), Some(replies)) => {
                        replies.push(ExpectedReply { text: ExpectedText::OneOf(texts.to_vec()), buttons: None });
                    }
                    _ => turn.expect.replies = None,
                }
            }
            Step::Loop(form, _) => {
                in_form = form.is_some();
                after_form |= form.is_none();
            }
            Step::Slots(slots) => {
                for slot in slots {
                    let reason = "a test looks at what is said, not at slots that only actions fill";
                    let advice = "expect the variable where a turn sets it";
                    import.report.gather(&slot.slot.place, "`slot_was_set` of tests", &slot.slot.name, reason, advice);
                }
            }
            Step::Other(what) => return (turns, Some((format!("it has {what}"), place))),
        }
    }
    (turns, None)
}

/// What a user says, and its intent. What is replied is sure only outside of forms.
fn turn(import: &mut Import<'_>, user: &UserStep, in_form: bool) -> Option<Turn> {
    let text = markup::read(user.text.as_ref()?).text;
    if text.trim().is_empty() {
        return None;
    }
    let mut expect = Expectation { replies: (!in_form).then(Vec::new), ..Expectation::default() };
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
