//! Which languages a bot speaks, and when a conversation takes another one.

use greenroom_model::Language;
use greenroom_model::document::LanguageDetection;

use super::Graph;
use crate::Session;

impl Graph {
    /// The language in which a bot would speak to who asks for this one: itself where the bot
    /// speaks it or a wider one (`pt` for `pt-br`), else the first narrower one that it
    /// speaks; `None` where there is none. A bot without settings speaks any.
    #[must_use]
    pub fn spoken(&self, wanted: &Language) -> Option<Language> {
        let Some(languages) = &self.languages else { return Some(wanted.clone()) };
        let mut tag = wanted.as_str();
        loop {
            if languages.contains(tag) {
                return Some(wanted.clone());
            }
            let Some((wider, _)) = tag.rsplit_once('-') else { break };
            tag = wider;
        }
        let narrower = |language: &&Language| {
            language.as_str().strip_prefix(wanted.as_str()).is_some_and(|rest| rest.starts_with('-'))
        };
        languages.iter().find(narrower).cloned()
    }

    /// Whether the language matters in which the user's next text is found to be: the
    /// bot's settings say when a conversation takes it.
    #[must_use]
    pub fn detects_language(&self, session: &Session) -> bool {
        match self.detect_language {
            LanguageDetection::Never => false,
            LanguageDetection::FirstText => session.texts == 0,
            LanguageDetection::EveryText => true,
        }
    }
}
