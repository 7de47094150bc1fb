//! A conversation through two states of a bot, up to the turn where they part ways.

use greenroom_flow::{REDACTED, Reply, ReplyAction, ReplyContent};
use greenroom_model::document::{ConversationTest, ExpectedText, UserAct};
use serde::{Deserialize, Serialize};

use crate::Bot;
use crate::conversation_test::{PlayedTurn, Player, Press};

/// What a replay of one conversation showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replayed {
    /// How many turns were played: all of them, or up to the parting.
    pub turns: usize,
    /// The first turn where the two part ways; none: what a person sees is the same.
    pub parting: Option<Parting>,
    /// The turns, from 1, in which the older state does not say what the conversation
    /// expects: something that was called answered, or the conversation was with another version.
    /// The last may be one whose words the transcript left out; there the replay ends.
    pub not_reproduced: Vec<usize>,
}

/// The first turn in which a person would see something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parting {
    /// The turn, from 1.
    pub turn: usize,
    /// What the person does in it.
    pub user: String,
    /// What differs: one at least.
    pub differs: Vec<Difference>,
    /// What the older state does.
    pub before: Seen,
    /// What the newer state does; nothing where the person can no longer do that.
    pub after: Option<Seen>,
}

/// What differs between two answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Difference {
    /// The person presses a button that is no longer shown, or a time ends that is not waited for.
    Button,
    /// What is said, or the buttons under it.
    Replies,
    /// What is called, or sent.
    Calls,
    /// The events that the host is told of.
    Events,
    /// Whether a person takes over.
    Handover,
}

/// What a turn came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// What the bot said, each reply as [`SeenReply`].
    pub replies: Vec<SeenReply>,
    /// The intent that was understood; none where none was, or nothing was said.
    pub intent: Option<String>,
    /// Where the conversation then waits: `flow/node`.
    pub node: Option<String>,
    /// The handlers that were called and the requests that were sent (`flow/node`), in order.
    pub calls: Vec<String>,
    /// The events that the host was told of, in order.
    pub raised: Vec<String>,
    /// Whether a person has then taken over.
    pub handed_over: bool,
}

/// A reply as a person sees it: buttons by their titles, whatever is behind them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenReply {
    /// The text.
    pub text: String,
    /// The titles of the buttons; those that lead elsewhere as `title (address)`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<String>,
    /// What it is, where it is more than a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<ReplyContent>,
}

/// How many replays showed what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ReplaySummary {
    /// The conversations.
    pub conversations: usize,
    /// Those in which a person would see the same.
    pub same: usize,
    /// Those that part ways.
    pub parted: usize,
    /// Those that the older state does not reproduce: what they show is less sure.
    pub not_reproduced: usize,
    /// The turns that were played.
    pub turns: usize,
}

/// Plays a conversation with two states of a bot side by side, up to the first turn
/// in which a person would see something else.
///
/// What the conversation's test expects is not looked at but for replies, which tell
/// whether the older state says what was said then. Calls are answered with what the
/// test says, or nothing, for both. Where another intent or node leads to the same words,
/// the conversations go on together.
///
/// # Examples
/// ```
/// use greenroom_bot::{Bot, Difference, replay};
/// use greenroom_flow::FlowBuilder;
/// use greenroom_model::document::{ConversationTest, Settings, Turn, UserAct};
/// use greenroom_model::{Document, PartPath};
///
/// let saying = |text: &str| {
///     let flow = FlowBuilder::new("Welcome").on_introduction().message("hello", "en", text).build()?;
///     let settings = Settings::new("Doorman", "en".parse()?);
///     let parts = [(PartPath::Settings, Document::Settings(settings)), ("flows/welcome".parse()?, Document::Flow(flow))];
///     Ok::<_, Box<dyn std::error::Error>>(Bot::new(parts, Default::default())?)
/// };
/// let conversation = ConversationTest::of("Opens", vec![Turn::of(UserAct::Start)]);
/// let replayed = replay(&saying("Good morning!")?, &saying("Hello!")?, &conversation);
/// let parting = replayed.parting.ok_or("they say different things")?;
/// assert_eq!((parting.turn, &parting.differs[..]), (1, &[Difference::Replies][..]));
/// assert_eq!(parting.after.ok_or("it answers")?.replies[0].text, "Hello!");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn replay(before: &Bot, after: &Bot, conversation: &ConversationTest) -> Replayed {
    let (mut old, mut new) = (Player::new(before, conversation), Player::new(after, conversation));
    let mut replayed = Replayed { turns: 0, parting: None, not_reproduced: Vec::new() };
    for (place, turn) in conversation.turns.iter().enumerate() {
        let number = place + 1;
        if matches!(&turn.user, UserAct::Say(text) if text.contains(REDACTED)) {
            // What was said is not known, so nothing that follows can be compared.
            replayed.not_reproduced.push(number);
            break;
        }
        // A payload that neither shows is sent to both: from a link, or a button of long ago.
        let is_gone = old.can(&turn.user) && !new.can(&turn.user);
        let Some(answer) = old.play(conversation, turn, Press::Anything) else { break };
        replayed.turns = number;
        if let Some(expected) = &turn.expect.replies {
            let fits = expected.len() == answer.replies.len()
                && expected.iter().zip(&answer.replies).all(|(expected, reply)| match &expected.text {
                    ExpectedText::Exactly(text) => *text == reply.text,
                    // The other forms are written by hand: they say less than what was said.
                    _ => true,
                });
            if !fits {
                replayed.not_reproduced.push(number);
            }
        }
        let seen_before = seen(&answer, &old);
        let seen_after = if is_gone { None } else { new.play(conversation, turn, Press::Anything) };
        let seen_after = seen_after.map(|answer| seen(&answer, &new));
        let differs = differences(&seen_before, seen_after.as_ref());
        if !differs.is_empty() {
            let user = words(&turn.user);
            replayed.parting = Some(Parting { turn: number, user, differs, before: seen_before, after: seen_after });
            break;
        }
    }
    replayed
}

impl ReplaySummary {
    /// How many of these showed what.
    pub fn of<'r>(replays: impl IntoIterator<Item = &'r Replayed>) -> Self {
        let mut summary = Self::default();
        for replayed in replays {
            summary.conversations += 1;
            summary.same += usize::from(replayed.parting.is_none());
            summary.parted += usize::from(replayed.parting.is_some());
            summary.not_reproduced += usize::from(!replayed.not_reproduced.is_empty());
            summary.turns += replayed.turns;
        }
        summary
    }
}

fn differences(before: &Seen, after: Option<&Seen>) -> Vec<Difference> {
    let Some(after) = after else { return vec![Difference::Button] };
    let all = [
        (before.replies != after.replies, Difference::Replies),
        (before.calls != after.calls, Difference::Calls),
        (before.raised != after.raised, Difference::Events),
        (before.handed_over != after.handed_over, Difference::Handover),
    ];
    all.into_iter().filter(|(differs, _)| *differs).map(|(_, difference)| difference).collect()
}

fn seen(turn: &PlayedTurn, player: &Player<'_>) -> Seen {
    let intent = turn.understanding.as_ref().and_then(|understanding| understanding.intent.as_ref());
    Seen {
        replies: turn.replies.iter().map(seen_reply).collect(),
        intent: intent.map(|intent| intent.id.to_string()),
        node: player.session().position.as_ref().map(ToString::to_string),
        calls: turn.calls.iter().map(|call| call.called.to_string()).collect(),
        raised: turn.raised.iter().map(ToString::to_string).collect(),
        handed_over: player.session().handed_over,
    }
}

fn seen_reply(reply: &Reply) -> SeenReply {
    let buttons = reply.all_buttons().map(|button| match &button.action {
        ReplyAction::Payload(_) => button.title.clone(),
        ReplyAction::Url(address) => format!("{} ({address})", button.title),
    });
    SeenReply {
        text: reply.text.clone(),
        buttons: buttons.collect(),
        content: reply.content.clone().map(without_payloads),
    }
}

/// The content without the buttons of its cards and items, which the reply has too.
fn without_payloads(mut content: ReplyContent) -> ReplyContent {
    match &mut content {
        ReplyContent::Card(card) => card.buttons.clear(),
        ReplyContent::Carousel { cards } | ReplyContent::List { items: cards, .. } => {
            cards.iter_mut().for_each(|card| card.buttons.clear());
        }
        _ => {}
    }
    content
}

/// What a person does, as a transcript reads.
fn words(user: &UserAct) -> String {
    match user {
        UserAct::Start => "(opens the conversation)".to_owned(),
        UserAct::Say(text) => text.clone(),
        UserAct::Press(button) => format!("[{button}]"),
        UserAct::Event(event, _) => format!("(event {event})"),
        UserAct::Link(link) => format!("(opens the conversation by the link {link})"),
        UserAct::Timeout => "(the time is over)".to_owned(),
        UserAct::Disabled => "(says something while the bot is switched off)".to_owned(),
        UserAct::Resume => "(the person who took over gives the conversation back)".to_owned(),
    }
}

#[cfg(test)]
mod tests;
