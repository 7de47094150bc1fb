//! Conversations through two states of the bot: where they part ways.

use greenroom_bot::{Bot as LoadedBot, ReplaySummary, Replayed, recorded_test, replay, sessions_of};
use greenroom_model::document::ConversationTest;
use greenroom_model::{Content, TestId};
use serde::{Deserialize, Serialize};

use crate::{Bot, Error, Recording, Reference};

/// What a replay showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplayReport {
    /// How many conversations showed what.
    pub summary: ReplaySummary,
    /// The conversations, in the order in which they were given.
    pub conversations: Vec<ReplayedConversation>,
}

/// What the replay of one conversation showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplayedConversation {
    /// The conversation or the test. Where a conversation went on in a new session
    /// after a pause, each is replayed by itself: `ID, session 2`.
    pub conversation: String,
    /// What it showed.
    #[serde(flatten)]
    pub replayed: Replayed,
}

impl Bot {
    /// Plays conversations from the transcripts with two states of the bot. Both are
    /// loaded once; nothing is stored, nothing called.
    ///
    /// # Errors
    /// [`Error::NeverPublished`], [`Error::VersionNotFound`]; [`Error::Load`], [`Error::Store`].
    pub async fn replay(
        &self,
        before: &Reference,
        after: &Reference,
        recordings: &[Recording],
    ) -> Result<ReplayReport, Error> {
        let [old, new] =
            [self.load(&self.resolve(before).await?).await?, self.load(&self.resolve(after).await?).await?];
        Ok(self.replay_between(&old, &new, recordings))
    }

    /// Plays conversations from the transcripts with two loaded bots.
    pub(crate) fn replay_between(&self, old: &LoadedBot, new: &LoadedBot, recordings: &[Recording]) -> ReplayReport {
        let idle = old.settings().sessions.idle_minutes;
        let mut scripts = Vec::new();
        for recording in recordings {
            let sessions = sessions_of(&recording.turns, idle);
            let several = sessions.len() > 1;
            for (place, session) in sessions.into_iter().enumerate() {
                let Some(script) = recorded_test(&recording.conversation, session) else { continue };
                let conversation = &recording.conversation;
                let name =
                    if several { format!("{conversation}, session {}", place + 1) } else { conversation.clone() };
                scripts.push((name, script));
            }
        }
        ReplayReport::of(old, new, scripts)
    }

    /// Plays all tests of a content with two loaded bots.
    pub(crate) async fn replay_tests_between(
        &self,
        old: &LoadedBot,
        new: &LoadedBot,
        tests: &Content,
    ) -> Result<ReplayReport, Error> {
        let holder = self.load(tests).await?;
        let scripts = holder.tests().iter().map(|(id, test)| (id.to_string(), test.clone())).collect();
        Ok(ReplayReport::of(old, new, scripts))
    }

    /// Plays the draft's tests, or those that are named, with two states of the bot.
    ///
    /// # Errors
    /// [`Error::PartNotFound`] where there is no such test; else as [`Bot::replay`].
    pub async fn replay_tests(
        &self,
        before: &Reference,
        after: &Reference,
        tests: &[TestId],
    ) -> Result<ReplayReport, Error> {
        let holder = self.load(&self.draft().await?).await?;
        let mut scripts = Vec::new();
        for id in tests {
            let path = greenroom_model::PartPath::Test(id.clone());
            let missing = || Error::PartNotFound { bot: self.id.clone(), path };
            scripts.push((id.to_string(), holder.tests().get(id).ok_or_else(missing)?.clone()));
        }
        if tests.is_empty() {
            scripts.extend(holder.tests().iter().map(|(id, test)| (id.to_string(), test.clone())));
        }
        let [old, new] =
            [self.load(&self.resolve(before).await?).await?, self.load(&self.resolve(after).await?).await?];
        Ok(ReplayReport::of(&old, &new, scripts))
    }
}

impl ReplayReport {
    fn of(old: &LoadedBot, new: &LoadedBot, scripts: Vec<(String, ConversationTest)>) -> Self {
        let conversations: Vec<ReplayedConversation> = scripts
            .into_iter()
            .map(|(conversation, script)| ReplayedConversation { conversation, replayed: replay(old, new, &script) })
            .collect();
        let summary = ReplaySummary::of(conversations.iter().map(|conversation| &conversation.replayed));
        Self { summary, conversations }
    }

    /// The conversations that part ways.
    pub fn parted(&self) -> impl Iterator<Item = &str> {
        let parted = self.conversations.iter().filter(|conversation| conversation.replayed.parting.is_some());
        parted.map(|conversation| conversation.conversation.as_str())
    }
}
