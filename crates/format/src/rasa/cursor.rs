//! Reading a YAML tree so that nothing is overlooked: a map is taken apart key
//! by key, and what nobody took is reported when the map is closed.

use std::sync::Arc;

use super::report::{NOTHING_TO_DO, Named, Place, Report};
use super::yaml::{Content, Entry, Yaml};
use crate::Error;

/// A place in a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    pub(super) file: &'a Arc<str>,
    pub(super) yaml: &'a Yaml,
}

/// A map that is being taken apart.
#[derive(Debug)]
pub(super) struct Section<'a> {
    file: &'a Arc<str>,
    /// What the map is, for messages: `slot `email``.
    what: String,
    line: u32,
    left: Vec<&'a Entry>,
}

impl<'a> Cursor<'a> {
    pub(super) fn place(self) -> Place {
        Place::new(self.file, self.yaml.line)
    }

    fn at(self, yaml: &'a Yaml) -> Self {
        Self { file: self.file, yaml }
    }

    /// An error that names this place.
    pub(super) fn fail(self, reason: impl Into<String>) -> Error {
        Error::Content { file: self.file.to_string(), line: Some(self.yaml.line), column: None, reason: reason.into() }
    }

    /// A list's items; null is a list of none.
    pub(super) fn list(self, what: &str) -> Result<Vec<Self>, Error> {
        match &self.yaml.content {
            Content::List(items) => Ok(items.iter().map(|item| self.at(item)).collect()),
            Content::Null => Ok(Vec::new()),
            _ => Err(self.fail(format!("{what} takes a list, one `- …` a line"))),
        }
    }

    /// A list of names, or one name alone.
    pub(super) fn names(self, what: &str) -> Result<Vec<Named>, Error> {
        match &self.yaml.content {
            Content::List(_) | Content::Null => {
                self.list(what)?.into_iter().map(|item| item.name(what)).collect::<Result<_, _>>()
            }
            _ => Ok(vec![self.name(what)?]),
        }
    }

    /// A map's entries, in order; null is a map without any.
    pub(super) fn entries(self, what: &str) -> Result<Vec<(Named, Self)>, Error> {
        match &self.yaml.content {
            Content::Map(entries) => Ok(entries
                .iter()
                .map(|entry| {
                    (Named { name: entry.key.clone(), place: Place::new(self.file, entry.line) }, self.at(&entry.value))
                })
                .collect()),
            Content::Null => Ok(Vec::new()),
            _ => Err(self.fail(format!("{what} takes a map, one `key: value` a line"))),
        }
    }

    /// A map, to be taken apart; null is a map without entries.
    pub(super) fn section(self, what: impl Into<String>) -> Result<Section<'a>, Error> {
        let what = what.into();
        let left = match &self.yaml.content {
            Content::Map(entries) => entries.iter().collect(),
            Content::Null => Vec::new(),
            _ => return Err(self.fail(format!("{what} takes a map, one `key: value` a line"))),
        };
        Ok(Section { file: self.file, what, line: self.yaml.line, left })
    }

    /// A text; a number or a boolean as it is written.
    pub(super) fn text(self, what: &str) -> Result<String, Error> {
        match &self.yaml.content {
            Content::Text(text) => Ok(text.clone()),
            Content::Number(number) => Ok(number.to_string()),
            Content::Boolean(value) => Ok(value.to_string()),
            Content::Null | Content::List(_) | Content::Map(_) => Err(self.fail(format!("{what} takes a text"))),
        }
    }

    /// A text that is not blank.
    pub(super) fn name(self, what: &str) -> Result<Named, Error> {
        let name = self.text(what)?.trim().to_owned();
        if name.is_empty() {
            return Err(self.fail(format!("{what} is blank; give it a name")));
        }
        Ok(Named { name, place: self.place() })
    }

    /// True or false.
    pub(super) fn boolean(self, what: &str) -> Result<bool, Error> {
        match &self.yaml.content {
            Content::Boolean(value) => Ok(*value),
            _ => Err(self.fail(format!("{what} takes `true` or `false`"))),
        }
    }

    /// What stands here, on one line.
    pub(super) fn outline(self) -> String {
        self.yaml.outline()
    }
}

impl<'a> Section<'a> {
    /// Where the map stands.
    pub(super) fn place(&self) -> Place {
        Place::new(self.file, self.line)
    }

    /// Whether the map has a key that nobody took yet.
    pub(super) fn has(&self, key: &str) -> bool {
        self.left.iter().any(|entry| entry.key == key)
    }

    /// Whether there is a key that nobody took yet.
    pub(super) fn is_not_empty(&self) -> bool {
        !self.left.is_empty()
    }

    /// Takes a key's value out of the map.
    pub(super) fn take(&mut self, key: &str) -> Option<Cursor<'a>> {
        let position = self.left.iter().position(|entry| entry.key == key)?;
        let entry = self.left.remove(position);
        Some(Cursor { file: self.file, yaml: &entry.value })
    }

    /// Takes a key's value where that says something; an empty one is noted.
    pub(super) fn take_filled(&mut self, key: &str, report: &mut Report) -> Option<Cursor<'a>> {
        let taken = self.take(key)?;
        if taken.yaml.is_empty() {
            report.gather(
                &taken.place(),
                &format!("empty `{key}`"),
                &self.what.replace('`', ""),
                "it says the same as leaving it out",
                NOTHING_TO_DO,
            );
            return None;
        }
        Some(taken)
    }

    /// Takes a key that has no twin here, and says why.
    pub(super) fn lose(&mut self, key: &str, report: &mut Report, reason: &str, advice: &str) {
        if let Some(taken) = self.take(key) {
            let construct = format!("`{key}` of {}", self.what);
            report.lose(&taken.place(), construct, format!("{reason} (`{}`)", taken.outline()), advice);
        }
    }

    /// Reports every key that nobody took.
    pub(super) fn finish(self, report: &mut Report) {
        for entry in self.left {
            report.lose(
                &Place::new(self.file, entry.line),
                format!("key `{}` of {}", entry.key, self.what),
                format!("the import does not know it (`{}`)", entry.value.outline()),
                "set it by hand where it matters",
            );
        }
    }
}
