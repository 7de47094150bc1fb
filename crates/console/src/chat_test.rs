//! From a conversation in the chat to a test that plays it again.

use greenroom_flow::ReplyAction;
use greenroom_model::document::{ConversationTest, Expectation, Turn, UserAct};
use greenroom_runtime::{StoredInput, StoredTurn};

/// The test that plays a conversation, given newest turn first; none where nothing was said.
///
/// What the bot answered and understood is what the test expects. The opening is left
/// out: tests begin in a new session with the first thing that is said.
pub(crate) fn recorded_test(name: &str, newest_first: &[StoredTurn]) -> Option<ConversationTest> {
    let mut turns = Vec::new();
    let mut shown: &[greenroom_flow::Reply] = &[];
    let mut language = None;
    for stored in newest_first.iter().rev() {
        let user = match &stored.input {
            StoredInput::Text(text) => Some(UserAct::Say(text.clone())),
            StoredInput::Button(payload) => Some(UserAct::Press(title_of(shown, payload))),
            StoredInput::Event(event) => Some(UserAct::Event(event.clone())),
            StoredInput::Start | StoredInput::Other => None,
        };
        if let Some(user) = user {
            let understood = stored.understanding.as_ref();
            language = language.or_else(|| understood.map(|understood| understood.language.clone()));
            let intent = understood.map(|understood| {
                understood.intent.as_ref().map_or_else(|| "none".to_owned(), |intent| intent.id.to_string())
            });
            let replies = stored.replies.iter().map(|reply| reply.text.clone()).collect();
            turns.push(Turn { user, expect: Expectation { replies: Some(replies), intent, ..Expectation::default() } });
        }
        shown = &stored.replies;
    }
    let name = if name.is_empty() { "A conversation" } else { name };
    (!turns.is_empty()).then(|| ConversationTest { name: name.to_owned(), language, turns })
}

/// The title of the button with this payload: what people read in a test.
fn title_of(shown: &[greenroom_flow::Reply], payload: &str) -> String {
    let pressed = shown
        .iter()
        .flat_map(greenroom_flow::Reply::all_buttons)
        .find(|button| matches!(&button.action, ReplyAction::Payload(own) if own == payload));
    pressed.map_or_else(|| payload.to_owned(), |button| button.title.clone())
}
