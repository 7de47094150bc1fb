//! Conversations from the transcripts, and tests that are made of them.

use std::collections::BTreeSet;

use greenroom_bot::{StoredTurn, TestOutcome};
use greenroom_model::document::ConversationTest;
use greenroom_model::{Document, PartPath, Record as _, TestId};
use greenroom_store::{Key, layout};
use serde::Serialize;

use crate::{Bot, Error, ExpectedPart, PartEdit, Reference};

/// The place of conversations with the draft, as the runtime names it in its keys.
const DRAFT: &str = "draft.";

/// How many turns of a conversation are read at most: the latest.
const MAX_TURNS: usize = 1_000;

/// How many records are read at once.
const PAGE: usize = 500;

/// How many turns are looked at for the latest conversations.
const MAX_LOOKED_AT: usize = 200_000;

/// How many tests may have the same name.
const MAX_NAMESAKES: u32 = 100;

/// A conversation as it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    /// The conversation, as its channel names it.
    pub conversation: String,
    /// Its turns, oldest first.
    pub turns: Vec<StoredTurn>,
}

/// A test that was made of a conversation and put into the draft.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SavedTest {
    /// Its id.
    pub id: TestId,
    /// The test.
    pub test: ConversationTest,
    /// What it shows on the draft as it stands.
    pub outcome: TestOutcome,
    /// What could not be taken over, and what to do about it.
    pub notes: Vec<String>,
}

impl Bot {
    /// A conversation with the draft, or with what an environment runs.
    ///
    /// # Errors
    /// [`Error::ConversationNotFound`], also where it is no longer kept; [`Error::NoTranscripts`]
    /// for a version; [`Error::Store`].
    pub async fn recording(&self, place: &Reference, conversation: &str) -> Result<Recording, Error> {
        let found = self.recorded_turns(place_key(place)?, conversation).await?;
        if found.is_empty() {
            let (place, conversation) = (place.to_string(), conversation.to_owned());
            return Err(Error::ConversationNotFound { bot: self.id.clone(), place, conversation });
        }
        Ok(Recording { conversation: conversation.to_owned(), turns: found })
    }

    /// The latest conversations, at most so many, the latest first.
    ///
    /// # Errors
    /// [`Error::NoTranscripts`] for a version; [`Error::Store`].
    pub async fn recordings(&self, place: &Reference, last: usize) -> Result<Vec<Recording>, Error> {
        let place = place_key(place)?;
        let prefix = layout::turns(&self.id, place)?;
        let (mut seen, mut conversations) = (BTreeSet::new(), Vec::new());
        let (mut after, mut looked_at): (Option<Key>, usize) = (None, 0);
        while conversations.len() < last && looked_at < MAX_LOOKED_AT {
            let page = self.lifecycle.store.records(&prefix, after.as_ref(), PAGE).await?;
            let Some(end) = page.last() else { break };
            after = Some(end.key.clone());
            looked_at += page.len();
            for record in &page {
                let turn = StoredTurn::from_bytes(&record.value)?;
                if conversations.len() < last && seen.insert(turn.conversation.clone()) {
                    conversations.push(turn.conversation);
                }
            }
        }
        let mut recordings = Vec::with_capacity(conversations.len());
        for conversation in conversations {
            let turns = self.recorded_turns(place, &conversation).await?;
            recordings.push(Recording { conversation, turns });
        }
        Ok(recordings)
    }

    /// Makes a test of a conversation's last session and puts it into the draft, under the
    /// id that its name suggests or the first free one after it.
    ///
    /// # Errors
    /// [`Error::NothingRecorded`] where nobody did anything; [`Error::TooManyNamesakes`];
    /// [`Error::Load`], [`Error::Store`].
    pub async fn save_as_test(&self, name: &str, recording: &Recording) -> Result<SavedTest, Error> {
        let bot = self.load(&self.draft().await?).await?;
        let recorded = bot.test_of(name, &recording.turns).ok_or(Error::NothingRecorded)?;
        let id = self.add_test(&recorded.test).await?;
        let outcome = bot.play(&recorded.test);
        Ok(SavedTest { id, test: recorded.test, outcome, notes: recorded.notes })
    }

    async fn add_test(&self, test: &ConversationTest) -> Result<TestId, Error> {
        let wanted = TestId::from_name(&test.name);
        for number in 1..=MAX_NAMESAKES {
            let id = if number == 1 { wanted.clone() } else { TestId::from_name(&format!("{wanted}_{number}")) };
            let edit = PartEdit::put(PartPath::Test(id.clone()), Document::Test(test.clone()));
            match self.edit(&[edit.expecting(ExpectedPart::Absent)]).await {
                Ok(_) => return Ok(id),
                Err(Error::PartConflict(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::TooManyNamesakes(test.name.clone()))
    }

    /// The latest turns of a conversation, oldest first.
    async fn recorded_turns(&self, place: &str, conversation: &str) -> Result<Vec<StoredTurn>, Error> {
        let (prefix, turns) = (layout::conversation(&self.id, place, conversation)?, layout::turns(&self.id, place)?);
        let (mut found, mut after): (Vec<StoredTurn>, Option<Key>) = (Vec::new(), None);
        while found.len() < MAX_TURNS {
            let page = self.lifecycle.store.records(&prefix, after.as_ref(), PAGE).await?;
            let Some(end) = page.last() else { break };
            after = Some(end.key.clone());
            let keys: Result<Vec<Key>, _> = page.iter().map(|record| turns.child(record.key.name())).collect();
            for record in self.lifecycle.store.look_up(&keys?).await?.into_iter().flatten() {
                found.push(StoredTurn::from_bytes(&record.value)?);
            }
        }
        found.truncate(MAX_TURNS);
        found.reverse();
        Ok(found)
    }
}

/// Where the runtime keeps the transcripts of a place.
fn place_key(place: &Reference) -> Result<&str, Error> {
    match place {
        Reference::Draft => Ok(DRAFT),
        Reference::Environment(environment) => Ok(environment.as_str()),
        Reference::Version(_) => Err(Error::NoTranscripts(place.to_string())),
    }
}
