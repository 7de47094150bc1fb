//! What an author says of an entity.

use serde::{Deserialize, Serialize};

use super::system::SystemKind;

/// An entity and how to find it. Several definitions may share an id: what any of them finds is
/// that entity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntityDefinition {
    /// The entity's id, as matches report it.
    pub id: String,
    /// How it is found.
    pub kind: EntityKind,
}

/// How an entity is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EntityKind {
    /// By a list of values and their synonyms, whatever the case, as whole words.
    Synonyms(SynonymList),
    /// By any of these regular expressions, in the syntax of the crate `regex`; `(?i)` makes one
    /// indifferent to case. What matched is the value.
    Regex(Vec<String>),
    /// As something that people of all trades say: a number, a date, a sum of money. The value is
    /// normalised.
    System(SystemKind),
    /// As a whole made of other entities and words, by any of these templates, such as
    /// `{amount} from {origin:city} to {target:city}`: `{ID}` stands for an entity, `{ROLE:ID}`
    /// for one in a role, a word for itself, white space for any or none.
    Composite(Vec<String>),
    /// Where a model sees it that was trained on annotated examples. The list says what the found
    /// words stand for; only where no model knows the entity, the list itself is searched for.
    Learned(SynonymList),
}

/// Values, and how exactly a text must repeat them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SynonymList {
    /// The values.
    pub values: Vec<SynonymValue>,
    /// How many typing errors are forgiven. Default: none.
    #[serde(default)]
    pub fuzziness: Fuzziness,
}

/// A value and the words that stand for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SynonymValue {
    /// What a match reports. The value stands for itself too.
    pub value: String,
    /// Other words for it. Blank ones are ignored.
    #[serde(default)]
    pub synonyms: Vec<String>,
}

/// How many typing errors (characters added, left out or replaced) are forgiven, by the length of
/// the synonym in characters. Of a synonym longer than [`Fuzziness::LONGEST`] none are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Fuzziness {
    /// From this length on, one error is forgiven; none for no length.
    pub one_from: Option<u8>,
    /// From this length on, two are.
    pub two_from: Option<u8>,
}

impl Fuzziness {
    /// Nothing is forgiven.
    pub const NONE: Self = Self { one_from: None, two_from: None };
    /// One error in a synonym of 4 to 7 characters, two in a longer one.
    pub const BY_LENGTH: Self = Self { one_from: Some(4), two_from: Some(8) };
    /// The longest synonym of which errors are forgiven, in characters.
    pub const LONGEST: usize = 64;

    /// How many errors are forgiven in a synonym of this many characters: 0 to 2.
    pub fn distance(self, length: usize) -> u8 {
        let reaches = |from: Option<u8>| from.is_some_and(|from| length >= usize::from(from));
        match () {
            () if length > Self::LONGEST => 0,
            () if reaches(self.two_from) => 2,
            () if reaches(self.one_from) => 1,
            () => 0,
        }
    }
}

impl Default for Fuzziness {
    fn default() -> Self {
        Self::NONE
    }
}
