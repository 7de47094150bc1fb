//! What a publish carries to an environment.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{EnvironmentId, FlowId, Language, PartPath};

/// What a publish carries to an environment; all else stays as the environment has it.
///
/// # Examples
/// ```
/// use greenroom_model::{Scope, Selection};
///
/// let refunds = Scope::Flows(Selection::of_flows(["refund".parse()?]));
/// assert!(refunds.carries(&"flows/refund".parse()?));
/// assert!(!refunds.carries(&"flows/order".parse()?));
/// assert!(!Scope::NlpOnly.carries(&"settings".parse()?));
/// # Ok::<(), greenroom_model::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Scope {
    /// The whole draft.
    Full,
    /// The draft's `nlp/` and models.
    NlpOnly,
    /// The draft's `nlp/`, of which examples and models in these languages alone: a language's
    /// examples and model go together.
    NlpOfLanguages(BTreeSet<Language>),
    /// Some flows of the draft and what they need; a flow that the draft deleted is deleted.
    Flows(Selection),
    /// An edit of what the environment runs, past the draft.
    Hotfix,
    /// The older version of this number.
    Rollback(u64),
    /// What another environment runs.
    Promotion(EnvironmentId),
}

/// Parts of the draft that go out together.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selection {
    /// Flows, and what they need beside: contexts, variables, handlers, entities.
    pub parts: BTreeSet<PartPath>,
    /// Whether the draft's NLP goes along as a whole.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nlp: bool,
}

impl Selection {
    /// Some flows and nothing else.
    pub fn of_flows(flows: impl IntoIterator<Item = FlowId>) -> Self {
        Self { parts: flows.into_iter().map(PartPath::Flow).collect(), nlp: false }
    }

    /// Whether a part may be selected by itself: one of `flows/`, or an entity. Examples and what
    /// else a model rests on go out with all of NLP.
    #[must_use]
    pub fn may_hold(path: &PartPath) -> bool {
        path.is_flow() || matches!(path, PartPath::Entity(_))
    }

    /// Whether it carries a part.
    #[must_use]
    pub fn carries(&self, path: &PartPath) -> bool {
        self.parts.contains(path) || (self.nlp && path.is_nlp())
    }

    /// Both together.
    #[must_use]
    pub fn with(&self, other: &Self) -> Self {
        Self { parts: self.parts.union(&other.parts).cloned().collect(), nlp: self.nlp || other.nlp }
    }

    /// What it has that the other lacks.
    #[must_use]
    pub fn beyond(&self, other: &Self) -> Self {
        Self {
            parts: self.parts.iter().filter(|path| !other.carries(path)).cloned().collect(),
            nlp: self.nlp && !other.nlp,
        }
    }

    /// Whether it holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty() && !self.nlp
    }
}

impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = self.parts.iter().map(|path| format!("`{path}`"));
        let all: Vec<String> = parts.chain(self.nlp.then(|| "all of `nlp/`".to_owned())).collect();
        f.write_str(&all.join(", "))
    }
}

impl Scope {
    /// Whether the publish takes this part from its source, so that the environment's own goes.
    #[must_use]
    pub fn carries(&self, path: &PartPath) -> bool {
        match self {
            Self::Full | Self::Hotfix | Self::Rollback(_) | Self::Promotion(_) => true,
            Self::NlpOnly => path.is_nlp(),
            Self::NlpOfLanguages(languages) => match path {
                PartPath::Examples(language, _) => languages.contains(language.as_str()),
                _ => path.is_nlp(),
            },
            Self::Flows(selection) => selection.carries(path),
        }
    }

    /// Whether it is NLP and nothing else.
    #[must_use]
    pub fn is_nlp_alone(&self) -> bool {
        matches!(self, Self::NlpOnly | Self::NlpOfLanguages(_))
    }

    /// Whether models of this language come from the source.
    #[must_use]
    pub fn carries_model(&self, language: &Language) -> bool {
        match self {
            Self::Flows(selection) => selection.nlp,
            Self::NlpOfLanguages(languages) => languages.contains(language.as_str()),
            _ => true,
        }
    }

    /// Whether flows of the environment stay while NLP comes from the draft, so that what they
    /// hear must not vanish.
    #[must_use]
    pub fn keeps_flows_under_new_nlp(&self) -> bool {
        match self {
            Self::NlpOnly | Self::NlpOfLanguages(_) => true,
            Self::Flows(selection) => selection.nlp,
            _ => false,
        }
    }

    /// Whether it takes parts of the draft to a version that must be there.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        matches!(self, Self::NlpOnly | Self::NlpOfLanguages(_) | Self::Flows(_))
    }

    /// Whether what goes out comes from the draft, in whole or in part.
    #[must_use]
    pub fn is_of_the_draft(&self) -> bool {
        matches!(self, Self::Full | Self::NlpOnly | Self::NlpOfLanguages(_) | Self::Flows(_))
    }

    /// How the command line names it, as options: `--scope nlp --language nl`.
    #[must_use]
    pub fn options(&self) -> String {
        let options = match self {
            Self::Full => vec!["--scope full".to_owned()],
            Self::NlpOnly => vec!["--scope nlp".to_owned()],
            Self::NlpOfLanguages(languages) => {
                let languages = languages.iter().map(|language| format!("--language {language}"));
                std::iter::once("--scope nlp".to_owned()).chain(languages).collect()
            }
            Self::Flows(selection) => {
                let parts = selection.parts.iter().map(|path| match path {
                    PartPath::Flow(flow) => format!("--flow {flow}"),
                    other => format!("--part {other}"),
                });
                let nlp = selection.nlp.then(|| "--with-nlp".to_owned());
                std::iter::once("--scope flows".to_owned()).chain(parts).chain(nlp).collect()
            }
            Self::Hotfix => vec!["--scope hotfix".to_owned()],
            Self::Rollback(number) => vec![format!("--scope rollback --version {number}")],
            Self::Promotion(from) => vec![format!("--scope promotion --from {from}")],
        };
        options.join(" ")
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("the whole draft"),
            Self::NlpOnly => f.write_str("NLP alone"),
            Self::NlpOfLanguages(languages) => {
                let languages: Vec<&str> = languages.iter().map(Language::as_str).collect();
                write!(f, "NLP alone, examples and models in {}", languages.join(", "))
            }
            Self::Flows(selection) => write!(f, "a part of the draft ({selection})"),
            Self::Hotfix => f.write_str("a hotfix"),
            Self::Rollback(number) => write!(f, "version {number} again"),
            Self::Promotion(from) => write!(f, "what `{from}` runs"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> PartPath {
        text.parse().unwrap()
    }

    #[test]
    fn the_words_that_are_stored_stay() {
        let scopes = [
            (Scope::Full, r#""full""#),
            (Scope::NlpOnly, r#""nlp_only""#),
            (Scope::NlpOfLanguages(["nl".parse().unwrap()].into()), r#"{"nlp_of_languages":["nl"]}"#),
            (Scope::Flows(Selection::of_flows(["a".parse().unwrap()])), r#"{"flows":{"parts":["flows/a"]}}"#),
            (Scope::Flows(Selection { nlp: true, ..Selection::default() }), r#"{"flows":{"parts":[],"nlp":true}}"#),
            (Scope::Hotfix, r#""hotfix""#),
            (Scope::Rollback(3), r#"{"rollback":3}"#),
            (Scope::Promotion("staging".parse().unwrap()), r#"{"promotion":"staging"}"#),
        ];
        for (scope, text) in scopes {
            assert_eq!(serde_json::to_string(&scope).unwrap(), text);
            assert_eq!(serde_json::from_str::<Scope>(text).unwrap(), scope);
        }
    }

    #[test]
    fn a_language_goes_with_its_examples_and_model_and_no_other() {
        let dutch = Scope::NlpOfLanguages(["nl".parse().unwrap()].into());
        assert!(dutch.carries(&path("nlp/examples/nl/order")) && dutch.carries(&path("nlp/intents/order")));
        assert!(!dutch.carries(&path("nlp/examples/en/order")) && !dutch.carries(&path("flows/order")));
        assert!(dutch.carries_model(&"nl".parse().unwrap()) && !dutch.carries_model(&"en".parse().unwrap()));
    }

    #[test]
    fn options_write_what_was_chosen() {
        let mut selection = Selection::of_flows(["refund".parse().unwrap()]);
        selection.parts.insert(path("flows/variables/sum"));
        assert_eq!(Scope::Flows(selection).options(), "--scope flows --flow refund --part flows/variables/sum");
        let dutch = Scope::NlpOfLanguages(["nl".parse().unwrap()].into());
        assert_eq!(dutch.options(), "--scope nlp --language nl");
    }
}
