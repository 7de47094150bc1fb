//! From the entities that authors define to those that a text holds.

use std::collections::BTreeSet;

use greenroom_model::document::{Entity, SystemEntity};
use greenroom_model::{EntityId, Language};
use greenroom_nlp::{
    EntityContext, EntityDefinition, EntityKind, EntityMatch, EntityRecogniser, Fuzziness, SynonymList, SynonymValue,
    SystemKind, SystemLanguage,
};
use jiff::civil::DateTime;

use crate::{Bot, RecognisedEntity};

/// How an entity is found: each of its ways by itself, so that one that does not compile leaves
/// the others alone.
pub(crate) fn definitions_of(id: &EntityId, entity: &Entity) -> Vec<EntityDefinition> {
    let values = entity
        .values
        .iter()
        .map(|(value, synonyms)| SynonymValue { value: value.clone(), synonyms: synonyms.iter().cloned().collect() });
    let fuzziness = Fuzziness { one_from: entity.fuzziness.one_from, two_from: entity.fuzziness.two_from };
    let list = SynonymList { values: values.collect(), fuzziness };
    let mut kinds = Vec::new();
    if entity.learned {
        kinds.push(EntityKind::Learned(list));
    } else if !list.values.is_empty() {
        kinds.push(EntityKind::Synonyms(list));
    }
    kinds.extend(entity.patterns.iter().map(|pattern| EntityKind::Regex(vec![pattern.clone()])));
    kinds.extend(entity.system.iter().filter_map(|system| system_kind(*system)).map(EntityKind::System));
    kinds.extend(entity.composites.iter().map(|template| EntityKind::Composite(vec![template.clone()])));
    kinds.into_iter().map(|kind| EntityDefinition { id: id.to_string(), kind }).collect()
}

/// The recogniser's word for a system entity; none for one that this build does not know yet.
fn system_kind(system: SystemEntity) -> Option<SystemKind> {
    Some(match system {
        SystemEntity::Number => SystemKind::Number,
        SystemEntity::Ordinal => SystemKind::Ordinal,
        SystemEntity::Date => SystemKind::Date,
        SystemEntity::Time => SystemKind::Time,
        SystemEntity::DateTime => SystemKind::DateTime,
        SystemEntity::Duration => SystemKind::Duration,
        SystemEntity::Money => SystemKind::Money,
        SystemEntity::Email => SystemKind::Email,
        SystemEntity::Phone => SystemKind::Phone,
        SystemEntity::Url => SystemKind::Url,
        SystemEntity::Percentage => SystemKind::Percentage,
        SystemEntity::Temperature => SystemKind::Temperature,
        _ => return None,
    })
}

/// The recogniser of all definitions that compile.
pub(crate) fn recogniser(definitions: &[EntityDefinition]) -> Option<EntityRecogniser> {
    EntityRecogniser::new(definitions).ok().or_else(|| {
        let sound: Vec<EntityDefinition> = definitions
            .iter()
            .filter(|definition| EntityRecogniser::new(std::slice::from_ref(definition)).is_ok())
            .cloned()
            .collect();
        EntityRecogniser::new(&sound).ok()
    })
}

impl Bot {
    /// What a text means as one of the system entities that an entity is, the longest that is in
    /// it: `last month` as a date is `2025-12`. `None` where it is none, or the entity is no
    /// system entity.
    #[must_use]
    pub fn system_value(
        &self,
        entity: &EntityId,
        text: &str,
        language: &Language,
        now: Option<DateTime>,
    ) -> Option<String> {
        let system = &self.names().entities().get(entity)?.system;
        let kinds = system.iter().filter_map(|system| system_kind(*system));
        let kinds = kinds.map(|kind| EntityDefinition { id: entity.to_string(), kind: EntityKind::System(kind) });
        let recogniser = recogniser(&kinds.collect::<Vec<_>>())?;
        let language = SystemLanguage::from_tag(language.as_str());
        let found = recogniser.find(text, &EntityContext { model: None, language, now });
        found.into_iter().max_by_key(|found| found.chars.len()).map(|found| found.value)
    }
}

/// A match, and behind a composite its parts. A part whose role is the id of an entity of the bot
/// is that entity, so that flows can tell where from and where to.
pub(crate) fn recognised(found: EntityMatch, entities: &BTreeSet<EntityId>) -> Vec<RecognisedEntity> {
    let of = |entity: &str, value: String, chars: std::ops::Range<usize>| {
        let entity = EntityId::new(entity).ok()?;
        Some(RecognisedEntity { entity, value, start: chars.start, end: chars.end })
    };
    let whole = of(&found.entity, found.value, found.chars);
    let parts = found.parts.into_iter().filter_map(|part| {
        let role = part.role.and_then(|role| EntityId::new(&role).ok()).filter(|role| entities.contains(role));
        of(role.as_ref().map_or(&part.entity, |role| role.as_str()), part.value, part.chars)
    });
    whole.into_iter().chain(parts).collect()
}

#[cfg(test)]
mod tests {
    use greenroom_model::document::Settings;
    use greenroom_model::{Document, PartPath};

    use crate::{Bot, TEST_NOW};

    /// Entities by id and JSON; what the bot then finds, as `entity=value`.
    fn check(entities: &[(&str, &str)], language: &str, text: &str, expected: &[&str]) {
        let language = language.parse().unwrap();
        let settings = (PartPath::Settings, Document::Settings(Settings::new("a", language)));
        let parts = entities.iter().map(|(id, json)| {
            let path: PartPath = format!("nlp/entities/{id}").parse().unwrap();
            let document = Document::from_json(&path, json.as_bytes()).unwrap();
            (path, document)
        });
        let bot = Bot::new(parts.chain([settings]), Default::default()).unwrap();
        let understood = bot.understand(text, &bot.settings().default_language, Some(TEST_NOW));
        let found: Vec<String> =
            understood.entities.iter().map(|found| format!("{}={}", found.entity, found.value)).collect();
        assert_eq!(found, expected, "{text}");
    }

    const CITY: (&str, &str) = ("city", r#"{"name":"City","values":{"Bern":[],"Utrecht":[]}}"#);

    #[test]
    fn an_entity_is_found_in_each_of_its_ways() {
        let code = r#"{"name":"Code","values":{"none":[]},"patterns":["[A-Z]-\\d+","(broken"],"system":["email"]}"#;
        check(&[("code", code)], "en", "none, A-1 or a@b.com", &["code=none", "code=A-1", "code=a@b.com"]);
    }

    #[test]
    fn words_are_read_as_the_system_entities_that_an_entity_is() {
        let settings = (PartPath::Settings, Document::Settings(Settings::new("a", "en".parse().unwrap())));
        let path: PartPath = "nlp/entities/when".parse().unwrap();
        let when = Document::from_json(&path, br#"{"name":"When","learned":true,"system":["date","time"]}"#).unwrap();
        let bot = Bot::new([settings, (path, when)], Default::default()).unwrap();
        let value = |entity: &str, text: &str| {
            bot.system_value(&entity.parse().unwrap(), text, &"en".parse().unwrap(), Some(TEST_NOW))
        };
        assert_eq!(value("when", "last month").as_deref(), Some("2025-12"));
        assert_eq!(value("when", "some day"), None);
        assert_eq!(value("who", "last month"), None);
    }

    #[test]
    fn typing_errors_are_forgiven_where_the_author_says_so() {
        check(&[CITY], "en", "to utrech", &[]);
        let lenient = r#"{"name":"City","values":{"Utrecht":[]},"fuzziness":{"one_from":4,"two_from":8}}"#;
        check(&[("city", lenient)], "en", "to utrech", &["city=Utrecht"]);
    }

    #[test]
    fn dates_are_reckoned_from_now_in_the_language_of_the_conversation() {
        let when = ("when", r#"{"name":"When","system":["date","date_time"]}"#);
        check(&[when], "nl-be", "overmorgen om half zes", &["when=2026-01-07T17:30"]);
        check(&[when], "en-gb", "02/03/2026", &["when=2026-03-02"]);
    }

    #[test]
    fn a_part_in_the_role_of_an_entity_is_that_entity() {
        let trip = ("trip", r#"{"name":"Trip","composites":["from {origin:city} to {aim:city}"]}"#);
        let origin = ("origin", r#"{"name":"Origin"}"#);
        let expected = ["trip=from Bern to Utrecht", "origin=Bern", "city=Utrecht"];
        check(&[CITY, trip, origin], "en", "from Bern to Utrecht", &expected);
    }
}
