//! `save-test`: makes a conversation from the transcripts a test of the draft.

use clap::Args;
use greenroom_lifecycle::{Reference, SavedTest};
use greenroom_model::BotId;
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, on_one_line};
use crate::store_access::StoreAccess;

/// The arguments of `save-test`.
#[derive(Debug, Args)]
pub(crate) struct SaveTest {
    /// The bot
    bot: BotId,

    /// The conversation, as its channel names it
    conversation: String,

    /// What the test shows; its id follows from it
    name: String,

    /// Whose transcripts: of the draft, live or another environment
    #[arg(long = "env", value_name = "STATE", default_value = "live")]
    state: Reference,
}

impl SaveTest {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let bot = access.bot(&self.bot).await?;
        let recording = bot.recording(&self.state, &self.conversation).await?;
        let saved = bot.save_as_test(&self.name, &recording).await?;
        let mut document = document(&saved);
        document["bot"] = json!(self.bot);
        output.give(&document, |output| print(output, &saved))?;
        Ok(Exit::Done)
    }
}

/// A saved test as JSON.
pub(super) fn document(saved: &SavedTest) -> Value {
    json!({ "test": saved.id, "turns": saved.test.turns.len(), "passed": saved.outcome.passed(), "notes": saved.notes })
}

/// Prints what became of a conversation, and what is left to do.
pub(super) fn print(output: &Output, saved: &SavedTest) -> Result<(), Failure> {
    let turns = crate::findings::counted(saved.test.turns.len(), "turn");
    let passes = if saved.outcome.passed() { "passes" } else { "does not pass yet" };
    output.line(format_args!("test {} of {turns} is in the draft; it {passes}", saved.id))?;
    saved.notes.iter().try_for_each(|note| output.line(format_args!("  {}", on_one_line(note))))
}
