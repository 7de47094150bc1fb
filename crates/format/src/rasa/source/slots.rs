//! `slots:`: what a conversation remembers, and where each slot's value comes from.

use serde_json::Value;

use super::super::cursor::Cursor;
use super::super::report::{NOTHING_TO_DO, Named, Place, Report};
use super::super::yaml::Content;
use crate::Error;

/// A slot of the domain.
#[derive(Debug)]
pub(in super::super) struct Slot {
    pub(in super::super) name: Named,
    /// `text`, `bool`, `float`, `list`, `categorical`, `any`, or what the file says.
    pub(in super::super) kind: String,
    pub(in super::super) initial: Option<(Value, Place)>,
    /// Whether Rasa's policies look at the slot.
    pub(in super::super) influences: bool,
    pub(in super::super) mappings: Vec<Mapping>,
}

/// A way in which a slot gets its value.
#[derive(Debug)]
pub(in super::super) struct Mapping {
    pub(in super::super) kind: MappingKind,
    pub(in super::super) place: Place,
    /// Only messages of these intents count; all where there are none.
    pub(in super::super) only: Vec<Named>,
    /// Messages of these intents do not count.
    pub(in super::super) except: Vec<Named>,
    /// One of these must hold; where there are none, it holds always.
    pub(in super::super) conditions: Vec<Condition>,
}

#[derive(Debug, PartialEq)]
pub(in super::super) enum MappingKind {
    Entity(Named),
    Intent(Value),
    Text,
    TriggerIntent(Value),
    /// An action of the bot's own sets it.
    Custom,
}

/// While which form is active, and which slot it asks for.
#[derive(Debug)]
pub(in super::super) struct Condition {
    /// `None`: while no form is active.
    pub(in super::super) form: Option<Named>,
    pub(in super::super) requested: Option<Named>,
}

impl Mapping {
    /// What Rasa calls it.
    pub(in super::super) fn type_name(&self) -> &'static str {
        match self.kind {
            MappingKind::Entity(_) => "from_entity",
            MappingKind::Intent(_) => "from_intent",
            MappingKind::Text => "from_text",
            MappingKind::TriggerIntent(_) => "from_trigger_intent",
            MappingKind::Custom => "custom",
        }
    }
}

pub(super) fn read(slots: Cursor<'_>, report: &mut Report) -> Result<Vec<Slot>, Error> {
    let mut found: Vec<Slot> = Vec::new();
    for (name, value) in slots.entries("`slots`")? {
        if let Some(first) = found.iter().find(|slot| slot.name.name == name.name) {
            let reason =
                format!("`{}` gives it already; this one is left out (`{}`)", first.name.place.file, value.outline());
            report.lose(&name.place, format!("slot `{}`", name.name), reason, "keep one of the two");
            continue;
        }
        found.push(read_slot(name, value, report)?);
    }
    Ok(found)
}

fn read_slot(name: Named, value: Cursor<'_>, report: &mut Report) -> Result<Slot, Error> {
    let what = format!("slot `{}`", name.name);
    let mut slot = value.section(what.clone())?;
    let kind = match slot.take("type") {
        Some(kind) => kind.text("`type`")?,
        None => {
            report.lose(&name.place, what.clone(), "it has no `type`; any value is kept", "set the variable's type");
            "any".to_owned()
        }
    };
    let initial = slot.take("initial_value").map(|value| (value.yaml.to_json(), value.place()));
    if let Some((Value::Null, place)) = &initial {
        let reason = "a slot without it has no value either";
        report.gather(place, "`initial_value: null`", &name.name, reason, NOTHING_TO_DO);
    }
    let influences = read_influence(&mut slot, &name, &kind, report)?;
    for key in ["values", "min_value", "max_value"] {
        slot.lose(
            key,
            report,
            "Rasa's policies look at it; a variable takes any value of its type",
            "check the value where it is asked for",
        );
    }
    for key in ["auto_fill", "value_reset_delay", "validation", "is_builtin", "coexistence_usage"] {
        slot.lose(key, report, "it has no twin", "write what it should do into the flows");
    }
    let mappings = match slot.take_filled("mappings", report) {
        Some(mappings) => read_mappings(mappings, &name.name, report)?,
        None => {
            report.lose(
                &name.place,
                what,
                "it has no `mappings`, so nothing fills it by itself",
                "let a flow or a handler set the variable",
            );
            Vec::new()
        }
    };
    slot.finish(report);
    Ok(Slot { name, kind, initial: initial.filter(|(value, _)| !value.is_null()), influences, mappings })
}

fn read_influence(slot: &mut super::Section<'_>, name: &Named, kind: &str, report: &mut Report) -> Result<bool, Error> {
    let (place, influences) = match slot.take("influence_conversation") {
        Some(value) => (value.place(), value.boolean("`influence_conversation`")?),
        // Rasa's default, but for slots of any type, which never influence.
        None if kind == "any" => return Ok(false),
        None => {
            report.gather(
                &name.place,
                "slot without `influence_conversation`",
                &name.name,
                "Rasa lets it steer the conversation; a variable steers where a flow's condition names it, only",
                "add a branch where its value should matter",
            );
            return Ok(true);
        }
    };
    let (construct, reason, advice) = if influences {
        (
            "`influence_conversation: true`",
            "a variable steers where a flow's condition names it, only",
            "add a branch where its value should matter",
        )
    } else {
        ("`influence_conversation: false`", "a variable never steers by itself", NOTHING_TO_DO)
    };
    report.gather(&place, construct, &name.name, reason, advice);
    Ok(influences)
}

fn read_mappings(mappings: Cursor<'_>, slot: &str, report: &mut Report) -> Result<Vec<Mapping>, Error> {
    let mut found = Vec::new();
    for item in mappings.list("`mappings`")? {
        let what = format!("a mapping of slot `{slot}`");
        let mut mapping = item.section(what.clone())?;
        let kind = mapping.take("type").map(|kind| kind.text("`type`")).transpose()?;
        let value = |mapping: &mut super::Section<'_>| mapping.take("value").map(|value| value.yaml.to_json());
        let lost = |report: &mut Report, reason: &str| {
            let reason = format!("{reason} (`{}`)", item.outline());
            report.lose(&item.place(), what.clone(), reason, "let a flow or a handler set the variable");
        };
        let kind = match kind.as_deref() {
            Some("from_entity") => match mapping.take("entity") {
                Some(entity) => MappingKind::Entity(entity.name("`entity`")?),
                None => {
                    lost(report, "it names no entity");
                    continue;
                }
            },
            Some(kind @ ("from_intent" | "from_trigger_intent")) => match value(&mut mapping) {
                Some(value) if !value.is_null() && kind == "from_intent" => MappingKind::Intent(value),
                Some(value) if !value.is_null() => MappingKind::TriggerIntent(value),
                _ => {
                    lost(report, "it gives no value");
                    continue;
                }
            },
            Some("from_text") => MappingKind::Text,
            Some("custom") => MappingKind::Custom,
            _ => {
                lost(report, "the import does not know its type");
                continue;
            }
        };
        let mut names = |key: &str, report: &mut Report| match mapping.take_filled(key, report) {
            Some(names) => names.names(&format!("`{key}`")),
            None => Ok(Vec::new()),
        };
        let only = names("intent", report)?;
        let except = names("not_intent", report)?;
        for key in ["role", "group"] {
            let reason = "entities have neither roles nor groups; the slot takes the entity whatever its role";
            mapping.lose(key, report, reason, "make an entity of its own of each role");
        }
        mapping.lose(
            "action",
            report,
            "it names the action that sets the slot",
            "let that handler return the variable",
        );
        let conditions = match mapping.take_filled("conditions", report) {
            Some(conditions) => read_conditions(conditions, slot, report)?,
            None => Vec::new(),
        };
        mapping.finish(report);
        found.push(Mapping { kind, place: item.place(), only, except, conditions });
    }
    Ok(found)
}

fn read_conditions(conditions: Cursor<'_>, slot: &str, report: &mut Report) -> Result<Vec<Condition>, Error> {
    let mut found = Vec::new();
    for item in conditions.list("`conditions`")? {
        let what = format!("a condition of a mapping of slot `{slot}`");
        let mut condition = item.section(what.clone())?;
        let form = match condition.take("active_loop") {
            Some(form) if form.yaml.content == Content::Null => None,
            Some(form) => Some(form.name("`active_loop`")?),
            None => {
                let reason = format!("it names no `active_loop` (`{}`)", item.outline());
                report.lose(&item.place(), what, reason, "check which inputs take the value");
                continue;
            }
        };
        let requested = match condition.take("requested_slot") {
            Some(requested) if requested.yaml.content == Content::Null => {
                let reason = "a condition without it says the same";
                report.gather(&requested.place(), "`requested_slot: null`", slot, reason, NOTHING_TO_DO);
                None
            }
            Some(requested) => Some(requested.name("`requested_slot`")?),
            None => None,
        };
        condition.finish(report);
        found.push(Condition { form, requested });
    }
    Ok(found)
}
