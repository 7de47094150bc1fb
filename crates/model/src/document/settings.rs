//! `settings`: what holds for the bot as a whole. Published by a full publish only.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::check_name;
use crate::Language;

/// The bot's name, languages, and how long conversations last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The name that people see.
    pub name: String,
    /// What the bot is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The language of a conversation that names none; texts fall back to it.
    pub default_language: Language,
    /// Further languages that the bot speaks.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub languages: BTreeSet<Language>,
    /// When a conversation takes the language that the user is found to write in, if the bot
    /// speaks it.
    #[serde(default, skip_serializing_if = "LanguageDetection::is_never")]
    pub detect_language: LanguageDetection,
    /// How long conversations last, and what a publish does to open ones.
    #[serde(default, skip_serializing_if = "SessionSettings::is_default")]
    pub sessions: SessionSettings,
}

/// When a conversation takes the language that the user is found to write in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LanguageDetection {
    /// Never: it keeps the channel's or the bot's.
    #[default]
    Never,
    /// By the user's first text.
    FirstText,
    /// By each text.
    EveryText,
}

impl LanguageDetection {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
    fn is_never(&self) -> bool {
        *self == Self::Never
    }
}

/// How long conversations last, and what a publish does to open ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct SessionSettings {
    /// A conversation ends after so many idle minutes (1 to 525,600).
    pub idle_minutes: u32,
    /// A conversation stays on its version for so many hours at most (1 to 8,760).
    pub pin_hours: u32,
    /// What a publish does to conversations that are under way.
    pub on_publish: OpenSessions,
}

/// What a publish does to conversations that are under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OpenSessions {
    /// They end on the version that they began on.
    #[default]
    Pin,
    /// They go on in the new version, where their node still exists.
    Migrate,
    /// They begin anew.
    Reset,
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self { idle_minutes: 30, pin_hours: 24, on_publish: OpenSessions::Pin }
    }
}

impl SessionSettings {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Settings {
    /// Settings of a new bot.
    pub fn new(name: impl Into<String>, default_language: Language) -> Self {
        Self {
            name: name.into(),
            description: None,
            default_language,
            languages: BTreeSet::new(),
            detect_language: LanguageDetection::Never,
            sessions: SessionSettings::default(),
        }
    }

    /// Every language that the bot speaks, the default one first.
    pub fn all_languages(&self) -> impl Iterator<Item = &Language> {
        std::iter::once(&self.default_language)
            .chain(self.languages.iter().filter(|language| **language != self.default_language))
    }

    pub(super) fn check(&mut self) -> Result<(), String> {
        check_name(&self.name)?;
        self.languages.remove(&self.default_language);
        if !(1..=525_600).contains(&self.sessions.idle_minutes) {
            return Err("at `sessions.idle_minutes`: it takes 1 to 525600 minutes".to_owned());
        }
        if !(1..=8_760).contains(&self.sessions.pin_hours) {
            return Err("at `sessions.pin_hours`: it takes 1 to 8760 hours".to_owned());
        }
        Ok(())
    }
}
