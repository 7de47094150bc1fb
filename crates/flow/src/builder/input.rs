//! What an input takes, says and does, written in Rust.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::document::{Accept, InputNode, IntentFilter, Interruptions, LocalizedText, Prompt, Retries};
use greenroom_model::{IntentId, VariableId};
use serde_json::Value;

use super::{add_text, set_of};
use crate::Error;

/// Builds an input: what it takes for an answer (the first rule that fits wins),
/// and what happens otherwise.
#[derive(Debug)]
pub struct InputBuilder {
    input: InputNode,
    fault: Option<Error>,
}

impl InputBuilder {
    pub(super) fn new(variable: VariableId, ask: Prompt) -> Self {
        let input = InputNode {
            variable,
            ask: Some(ask),
            accept: Vec::new(),
            retry: Retries::default(),
            attempts: None,
            otherwise: None,
            skip_when_known: false,
            interruptions: Interruptions::default(),
            next: None,
        };
        Self { input, fault: None }
    }

    pub(super) fn finish(self) -> Result<InputNode, Error> {
        self.fault.map_or(Ok(self.input), Err)
    }

    /// Takes any text, unless it is of one of these intents, which then start their own flows.
    #[must_use]
    pub fn text_except<'i>(mut self, intents: impl IntoIterator<Item = &'i str>) -> Self {
        let except: Result<BTreeSet<IntentId>, _> = intents.into_iter().map(str::parse).collect();
        match except {
            Ok(except) => self.accepting(Accept::Text(IntentFilter { only: BTreeSet::new(), except })),
            Err(error) => {
                self.fault.get_or_insert(error.into());
                self
            }
        }
    }

    /// Takes the value of an entity.
    #[must_use]
    pub fn entity(self, entity: &str) -> Self {
        let entity = entity.parse().map(|entity| Accept::Entity { entity, intents: IntentFilter::default() });
        self.perhaps(entity)
    }

    /// Takes an intent; the variable gets this value.
    #[must_use]
    pub fn intent(self, intent: &str, value: impl Into<Value>) -> Self {
        let intent = intent.parse().map(|intent| Accept::Intent { intent, value: value.into() });
        self.perhaps(intent)
    }

    /// Takes a number from `min` to `max`.
    #[must_use]
    pub fn number(self, min: impl Into<f64>, max: impl Into<f64>) -> Self {
        self.accepting(Accept::Number { min: Some(min.into()), max: Some(max.into()) })
    }

    /// Takes any number.
    #[must_use]
    pub fn any_number(self) -> Self {
        self.accepting(Accept::Number { min: None, max: None })
    }

    /// Takes an e-mail address.
    #[must_use]
    pub fn email(self) -> Self {
        self.accepting(Accept::Email {})
    }

    /// Takes a day.
    #[must_use]
    pub fn date(self) -> Self {
        self.accepting(Accept::Date { min: None, max: None })
    }

    /// Takes a day from one to another, each as `2026-11-24`.
    #[must_use]
    pub fn date_between(self, min: impl Into<String>, max: impl Into<String>) -> Self {
        self.accepting(Accept::Date { min: Some(min.into()), max: Some(max.into()) })
    }

    /// Takes a telephone number.
    #[must_use]
    pub fn phone(self) -> Self {
        self.accepting(Accept::Phone {})
    }

    /// Takes what a handler finds valid.
    #[must_use]
    pub fn handler(self, handler: &str) -> Self {
        let handler = handler.parse().map(|handler| Accept::Handler { handler, intents: IntentFilter::default() });
        self.perhaps(handler)
    }

    /// Takes the first match of a regular expression.
    #[must_use]
    pub fn regex(self, pattern: impl Into<String>) -> Self {
        self.accepting(Accept::Regex { pattern: pattern.into() })
    }

    /// Takes this value, said so or in other words; more options may follow.
    #[must_use]
    pub fn option<T: Into<String>>(mut self, value: impl Into<String>, others: impl IntoIterator<Item = T>) -> Self {
        let (value, others) = (value.into(), set_of(others));
        if let Some(Accept::Options { values }) = self.input.accept.last_mut() {
            values.insert(value, others);
            return self;
        }
        self.accepting(Accept::Options { values: BTreeMap::from([(value, others)]) })
    }

    /// Says this when an answer does not fit, before asking again; said again: in another language, or in other words.
    #[must_use]
    pub fn retry(mut self, language: &str, text: impl Into<String>) -> Self {
        match language.parse() {
            Ok(language) => {
                let retries = self.input.retry.texts_mut();
                if retries.is_empty() {
                    retries.push(LocalizedText::new());
                }
                if let Some(last) = retries.last_mut() {
                    add_text(last, language, text.into());
                }
            }
            Err(error) => {
                self.fault.get_or_insert(Error::Id(error));
            }
        }
        self
    }

    /// Says this from the next time on that an answer does not fit: the second time, the third.
    #[must_use]
    pub fn then_retry(mut self, language: &str, text: impl Into<String>) -> Self {
        self.input.retry.texts_mut().push(LocalizedText::new());
        self.retry(language, text)
    }

    /// Lets nothing else start while the question is open.
    #[must_use]
    pub fn uninterrupted(mut self) -> Self {
        self.input.interruptions = Interruptions::None;
        self
    }

    /// Lets only these intents (and keywords) start something else while the question is open.
    #[must_use]
    pub fn interrupted_by<'i>(mut self, intents: impl IntoIterator<Item = &'i str>) -> Self {
        let only: Result<BTreeSet<IntentId>, _> = intents.into_iter().map(str::parse).collect();
        match only {
            Ok(only) => {
                self.input.interruptions = Interruptions::Intents(IntentFilter { only, except: BTreeSet::new() });
            }
            Err(error) => {
                self.fault.get_or_insert(error.into());
            }
        }
        self
    }

    /// Goes to a node after so many answers (1 to 100) that do not fit.
    #[must_use]
    pub fn attempts(mut self, attempts: u32, otherwise: &str) -> Self {
        self.input.attempts = Some(attempts);
        match otherwise.parse() {
            Ok(node) => self.input.otherwise = Some(node),
            Err(error) => {
                self.fault.get_or_insert(Error::Id(error));
            }
        }
        self
    }

    /// Does not ask when the variable has a value already.
    #[must_use]
    pub fn skip_when_known(mut self) -> Self {
        self.input.skip_when_known = true;
        self
    }

    fn accepting(mut self, accept: Accept) -> Self {
        self.input.accept.push(accept);
        self
    }

    fn perhaps(mut self, accept: Result<Accept, greenroom_model::Error>) -> Self {
        match accept {
            Ok(accept) => self.accepting(accept),
            Err(error) => {
                self.fault.get_or_insert(Error::Id(error));
                self
            }
        }
    }
}
