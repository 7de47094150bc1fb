//! What is known of a person: exported when they ask, erased when they want.
//!
//! A person's conversations are found by records of their own, so that neither
//! takes a look at anybody else's.

use std::collections::BTreeMap;

use greenroom_model::{BotId, Language, Record as _, VariableId};
use greenroom_store::{Commit, Expected, Key, layout};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::session::StoredSession;
use crate::stage::{Scene, Stage};
use crate::{Error, Place, Runtime, StoredTurn};

/// How often taking what is unsaid is repeated when another process was faster.
const MAX_TAKES: usize = 100;

/// How many records are read at a time.
const BATCH: usize = 200;

/// All that is known of a person at a place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PersonExport {
    /// The person, as channels name them.
    pub person: String,
    /// What flows keep of them from one conversation to the next.
    pub kept: BTreeMap<VariableId, Value>,
    /// Their conversations.
    pub conversations: Vec<ConversationExport>,
}

/// All that is known of a conversation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConversationExport {
    /// The conversation, as its channel names it.
    pub conversation: String,
    /// Its language; none where its state is gone.
    pub language: Option<Language>,
    /// When somebody last said something; none where its state is gone.
    pub seen: Option<Timestamp>,
    /// The variables that have a value, sensitive ones among them.
    pub variables: BTreeMap<VariableId, Value>,
    /// What was said, the oldest first; sensitive values were never kept here.
    pub turns: Vec<StoredTurn>,
}

/// That a conversation is a person's.
#[derive(Debug, Serialize, Deserialize)]
struct PersonsConversation {
    conversation: String,
}

impl greenroom_model::Record for PersonsConversation {
    const WHAT: &'static str = "a conversation of a person";
    const FORMAT: u32 = 1;
}

/// What flows keep of a person.
#[derive(Debug, Default, Serialize, Deserialize)]
struct KeptOfPerson {
    values: BTreeMap<VariableId, Value>,
}

impl greenroom_model::Record for KeptOfPerson {
    const WHAT: &'static str = "what is kept of a person";
    const FORMAT: u32 = 1;
}

/// Adds to the commit of a step what it means for the person: that the
/// conversation is theirs, and what is kept of them, where it has changed.
pub(crate) fn keep_person(
    mut commit: Commit,
    scene: &Scene,
    stage: &Stage,
    after: &StoredSession,
) -> Result<Commit, Error> {
    let Some(person) = &after.person else { return Ok(commit) };
    let (bot, place) = (&scene.bot, scene.place.key());
    if stage.is_new_to_person {
        let theirs = PersonsConversation { conversation: scene.conversation.clone() };
        let key = layout::conversation_of_person(bot, place, person, &scene.conversation)?;
        commit = commit.put(key, theirs.to_plain_bytes());
    }
    let values = stage.bot.graph().kept_for_user(&after.session);
    if values != stage.bot.graph().kept_for_user(&stage.stored.session) {
        let key = layout::kept_of_person(bot, place, person)?;
        commit = commit.put(key, KeptOfPerson { values }.to_plain_bytes());
    }
    Ok(commit)
}

impl Runtime {
    /// What flows keep of a person.
    pub(crate) async fn kept_of(
        &self,
        bot: &BotId,
        place: &Place,
        person: &str,
    ) -> Result<BTreeMap<VariableId, Value>, Error> {
        let record = self.store().record(&layout::kept_of_person(bot, place.key(), person)?).await?;
        Ok(record.map(|record| KeptOfPerson::from_bytes(&record.value)).transpose()?.unwrap_or_default().values)
    }

    /// The conversations of a person at a place.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn conversations_of_person(
        &self,
        bot: &BotId,
        place: &Place,
        person: &str,
    ) -> Result<Vec<String>, Error> {
        let prefix = layout::person(bot, place.key(), person)?;
        let mut conversations = Vec::new();
        let mut after: Option<Key> = None;
        loop {
            let page = self.store().records(&prefix, after.as_ref(), BATCH).await?;
            let Some(last) = page.last() else { return Ok(conversations) };
            after = Some(last.key.clone());
            for record in &page {
                conversations.push(PersonsConversation::from_bytes(&record.value)?.conversation);
            }
        }
    }

    /// All that is known of a person at a place.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn export_person(&self, bot: &BotId, place: &Place, person: &str) -> Result<PersonExport, Error> {
        let mut conversations = Vec::new();
        for conversation in self.conversations_of_person(bot, place, person).await? {
            conversations.push(self.export_conversation(bot, place, conversation).await?);
        }
        let kept = self.kept_of(bot, place, person).await?;
        Ok(PersonExport { person: person.to_owned(), kept, conversations })
    }

    async fn export_conversation(
        &self,
        bot: &BotId,
        place: &Place,
        conversation: String,
    ) -> Result<ConversationExport, Error> {
        let mut turns: Vec<StoredTurn> = Vec::new();
        loop {
            let page = self.conversation(bot, place, &conversation, turns.last().map(|turn| &turn.id), BATCH).await?;
            let is_whole = page.len() == BATCH;
            turns.extend(page);
            if !is_whole {
                break;
            }
        }
        turns.reverse();
        let record = self.store().record(&layout::session(bot, place.key(), &conversation)?).await?;
        let stored = record.map(|record| StoredSession::from_bytes(&record.value)).transpose()?;
        Ok(ConversationExport {
            language: stored.as_ref().map(|stored| stored.session.language.clone()),
            seen: stored.as_ref().map(|stored| stored.seen),
            variables: stored.map(|stored| stored.session.variables).unwrap_or_default(),
            conversation,
            turns,
        })
    }

    /// Erases a person at a place: their conversations and what was kept of them.
    /// Tells how many turns that were.
    ///
    /// # Errors
    /// [`Error::Store`]; what is left is found again.
    pub async fn erase_person(&self, bot: &BotId, place: &Place, person: &str) -> Result<usize, Error> {
        let mut erased = 0;
        for conversation in self.conversations_of_person(bot, place, person).await? {
            erased += self.delete_conversation(bot, place, &conversation).await?;
            let key = layout::conversation_of_person(bot, place.key(), person, &conversation)?;
            self.store().commit(Commit::new().with(key, Expected::Any, None)).await?;
        }
        let kept = layout::kept_of_person(bot, place.key(), person)?;
        self.store().commit(Commit::new().with(kept, Expected::Any, None)).await?;
        self.store().wipe().await?;
        Ok(erased)
    }

    /// Throws away the state of conversations in which nothing was said since a
    /// time and no flow waits. Tells how many that were.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn sweep_sessions(&self, bot: &BotId, place: &Place, before: Timestamp) -> Result<usize, Error> {
        let prefix = layout::sessions(bot, place.key())?;
        let mut after: Option<Key> = None;
        let mut swept = 0;
        loop {
            let page = self.store().records(&prefix, after.as_ref(), BATCH).await?;
            let Some(last) = page.last() else { return Ok(swept) };
            after = Some(last.key.clone());
            for record in &page {
                let stored = StoredSession::from_bytes(&record.value)?;
                if stored.seen >= before || !stored.session.timers.is_empty() || stored.session.handed_over {
                    continue;
                }
                let mut commit = Commit::new().delete(record);
                if let Some(person) = &stored.person {
                    let theirs = layout::person(bot, place.key(), person)?.child(record.key.name())?;
                    commit = commit.with(theirs, Expected::Any, None);
                }
                match self.store().commit(commit).await {
                    Ok(_) => swept += 1,
                    // Somebody has just gone on with it.
                    Err(greenroom_store::Error::Conflict { .. }) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }

    /// Takes what was said in a conversation that nobody has got yet, as after a
    /// wait: for channels that bring it to people, who otherwise get it with the
    /// next answer.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn take_unsaid(
        &self,
        bot: &BotId,
        place: &Place,
        conversation: &str,
    ) -> Result<Vec<greenroom_flow::Reply>, Error> {
        self.take_unsaid_into(bot, place, conversation, |_| Commit::new()).await
    }

    /// The same, with what `keep` commits for the replies: they are taken where that is stored, in
    /// one commit, so that no crash loses them. Nothing is committed where there are none.
    ///
    /// # Errors
    /// [`Error::Contended`] where what `keep` commits conflicts again and again; [`Error::Store`].
    pub async fn take_unsaid_into(
        &self,
        bot: &BotId,
        place: &Place,
        conversation: &str,
        keep: impl Fn(&[greenroom_flow::Reply]) -> Commit + Send + Sync,
    ) -> Result<Vec<greenroom_flow::Reply>, Error> {
        let key = layout::session(bot, place.key(), conversation)?;
        let contended = || Error::Contended(conversation.to_owned());
        let _turn = self.lanes.turn(&key).await.ok_or_else(contended)?;
        for _ in 0..MAX_TAKES {
            let Some(record) = self.store().record(&key).await? else { return Ok(Vec::new()) };
            let mut stored = StoredSession::from_bytes(&record.value)?;
            if stored.unsaid.is_empty() {
                return Ok(Vec::new());
            }
            let unsaid = std::mem::take(&mut stored.unsaid);
            let replies: Vec<_> = unsaid.into_iter().flat_map(|unsaid| unsaid.replies).collect();
            match self.store().commit(keep(&replies).swap(&record, stored.to_plain_bytes())).await {
                Ok(_) => return Ok(replies),
                Err(greenroom_store::Error::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(contended())
    }
}
