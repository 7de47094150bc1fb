//! `nlp/entities/ID`: what a bot recognises inside what people say.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::check_name;
use crate::EntityId;

/// `nlp/entities/ID`: something that the bot recognises inside what people say.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Entity {
    /// The name that people see.
    pub name: String,
    /// What it stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Values, each with the other ways to say it. The value itself counts as one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, BTreeSet<String>>,
    /// How many typing errors in a value or a way to say it are forgiven.
    #[serde(default, skip_serializing_if = "Fuzziness::is_default")]
    pub fuzziness: Fuzziness,
    /// Regular expressions (linear time, no look-around); a match is the value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub patterns: Vec<String>,
    /// What people of all trades say, with its value in one form: dates, numbers, money.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub system: BTreeSet<SystemEntity>,
    /// Wholes made of other entities, as templates: `{amount} from {origin:city} to {target:city}`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub composites: Vec<String>,
    /// Whether it is found where the trained model sees it, which learns from marked examples. Its
    /// values then say what the found words stand for, and are searched for only where no model
    /// knows the entity.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub learned: bool,
}

/// How many typing errors (characters added, left out or replaced) are forgiven, by the length in
/// characters of what should be said. Lengths over 64 are taken to the letter. Default: none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Fuzziness {
    /// From this length on, one error is forgiven; `null`: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub one_from: Option<u8>,
    /// From this length on, two are; `null`: never two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub two_from: Option<u8>,
}

impl Fuzziness {
    /// One error in 4 to 7 characters, two in more.
    pub const BY_LENGTH: Self = Self { one_from: Some(4), two_from: Some(8) };

    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// What people of all trades say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SystemEntity {
    /// A number, of digits or words: `21`, `-3.5`.
    Number,
    /// A place in an order: `3` for `third`.
    Ordinal,
    /// A day, week, month or year: `2026-11-24`.
    Date,
    /// A time of day: `17:30`.
    Time,
    /// A date with a time: `2026-11-24T17:30`.
    DateTime,
    /// A length of time: `PT1H30M`.
    Duration,
    /// A currency and an amount: `EUR 12.50`.
    Money,
    /// An e-mail address.
    Email,
    /// A telephone number: `+31612345678`.
    Phone,
    /// A web address, with its scheme.
    Url,
    /// `12.5%`.
    Percentage,
    /// `20 °C`.
    Temperature,
}

impl Entity {
    pub(super) fn canonicalize(&mut self) -> Result<(), String> {
        check_name(&self.name)?;
        for (value, synonyms) in &mut self.values {
            if value.trim().is_empty() || synonyms.iter().any(|synonym| synonym.trim().is_empty()) {
                return Err(format!("at `values`: `{value}` is blank or has a blank synonym; delete it"));
            }
            synonyms.remove(value);
        }
        if let Some(position) = self.patterns.iter().position(String::is_empty) {
            return Err(format!("at `patterns[{position}]`: the pattern is empty; delete the line"));
        }
        for (position, template) in self.composites.iter().enumerate() {
            if let Err(reason) = template_parts(template) {
                return Err(format!("at `composites[{position}]`: {reason}"));
            }
        }
        Ok(())
    }

    /// The entities that the templates name, in order.
    pub fn composite_parts(&self) -> impl Iterator<Item = EntityId> {
        self.composites.iter().filter_map(|template| template_parts(template).ok()).flatten()
    }

    /// The same templates with other entities.
    pub(super) fn rename_parts(&mut self, renamed: impl Fn(&EntityId) -> EntityId) {
        for template in &mut self.composites {
            let pieces = template.split_inclusive('}').map(|piece| {
                let Some((words, inside)) = piece.strip_suffix('}').and_then(|piece| piece.split_once('{')) else {
                    return piece.to_owned();
                };
                let (role, entity) = inside.rsplit_once(':').map_or(("", inside), |(role, entity)| (role, entity));
                let colon = if inside.contains(':') { ":" } else { "" };
                match EntityId::new(entity.trim()) {
                    Ok(entity) => format!("{words}{{{role}{colon}{}}}", renamed(&entity)),
                    Err(_) => piece.to_owned(),
                }
            });
            *template = pieces.collect();
        }
    }
}

/// The entities that a template of a composite names, or what is wrong with it.
fn template_parts(template: &str) -> Result<Vec<EntityId>, String> {
    let mut parts = Vec::new();
    let mut has_words = false;
    let mut rest = template;
    while let Some((words, after)) = rest.split_once('{') {
        let (inside, after) = after.split_once('}').ok_or("a `{` is not closed; add `}`")?;
        let (role, entity) = inside.split_once(':').map_or((None, inside), |(role, entity)| (Some(role), entity));
        if words.contains('}') || role.is_some_and(|role| role.trim().is_empty()) {
            return Err("braces hold an entity or a role and an entity; write `{ENTITY}` or `{ROLE:ENTITY}`".to_owned());
        }
        has_words |= !words.trim().is_empty();
        parts.push(EntityId::new(entity.trim()).map_err(|error| error.to_string())?);
        rest = after;
    }
    if rest.contains('}') {
        return Err("a `}` closes nothing; delete it".to_owned());
    }
    has_words |= !rest.trim().is_empty();
    match parts.len() {
        0 => Err("it names no entity; write `{ENTITY}` where one stands".to_owned()),
        1 if !has_words => Err("an entity alone is no composite; add words or another entity".to_owned()),
        _ => Ok(parts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entity(template: &str) -> Entity {
        Entity { name: "Trip".to_owned(), composites: vec![template.to_owned()], ..Entity::default() }
    }

    #[test]
    fn templates_name_their_entities() {
        let parts: Vec<String> =
            entity("{amount} from {origin: city} to {city}").composite_parts().map(|part| part.to_string()).collect();
        assert_eq!(parts, ["amount", "city", "city"]);
    }

    #[test]
    fn names_what_is_wrong_with_a_template() {
        for (template, expected) in [
            ("from {city", "not closed"),
            ("from {city} to} you", "closes nothing"),
            ("} {city}", "braces hold"),
            ("{:city} a", "braces hold"),
            ("to {My City}", "entity id"),
            ("from here", "names no entity"),
            ("{city}", "alone"),
        ] {
            let refused = entity(template).canonicalize().unwrap_err();
            assert!(refused.starts_with("at `composites[0]`: ") && refused.contains(expected), "{template}: {refused}");
        }
        assert_eq!(entity("{city} {city}").canonicalize(), Ok(()));
    }

    #[test]
    fn renaming_an_entity_renames_it_in_templates() {
        let mut entity = entity("from {origin:city} to { city} or {town}!");
        entity.rename_parts(|id| if id.as_str() == "city" { EntityId::new("place").unwrap() } else { id.clone() });
        assert_eq!(entity.composites, ["from {origin:place} to {place} or {town}!"]);
    }

    #[test]
    fn what_is_not_said_is_not_written() {
        let json = serde_json::to_string(&Entity { name: "City".to_owned(), ..Entity::default() }).unwrap();
        assert_eq!(json, r#"{"name":"City"}"#);
        let read: Entity =
            serde_json::from_str(r#"{"name":"City","fuzziness":{"one_from":4},"system":["date_time"]}"#).unwrap();
        assert_eq!(read.fuzziness, Fuzziness { one_from: Some(4), two_from: None });
        assert_eq!(read.system, BTreeSet::from([SystemEntity::DateTime]));
    }
}
