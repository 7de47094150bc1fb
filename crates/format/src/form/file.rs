//! The names of the files that a bot consists of.

use std::fmt;
use std::str::FromStr;

use greenroom_model::{EntityId, FlowId, IntentId, PartPath, TestId};

use crate::Error;

/// The folders of a bot. Every YAML file in them must be one of the bot's.
pub(crate) const FOLDERS: [&str; 4] = ["entities", "flows", "intents", "tests"];

/// A file of the folder form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum FormFile {
    /// `settings.yaml`
    Settings,
    /// `flows/ID.yaml`
    Flow(FlowId),
    /// `flows/contexts.yaml`: id → context.
    Contexts,
    /// `flows/variables.yaml`: id → variable.
    Variables,
    /// `flows/handlers.yaml`: id → handler.
    Handlers,
    /// `nlp.yaml`: `training` and `runtime`.
    Nlp,
    /// `intents/ID.yaml`: name, description, and the examples of every language.
    Intent(IntentId),
    /// `entities/ID.yaml`
    Entity(EntityId),
    /// `tests/ID.yaml`
    Test(TestId),
}

/// What a file name means.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// A file of the bot.
    Ours(FormFile),
    /// Somebody else's, such as a README; left alone.
    Foreign,
}

impl FormFile {
    /// The file in which a part stands.
    pub(crate) fn of(path: &PartPath) -> Self {
        match path {
            PartPath::Settings => Self::Settings,
            PartPath::Flow(id) => Self::Flow(id.clone()),
            PartPath::Context(_) => Self::Contexts,
            PartPath::Variable(_) => Self::Variables,
            PartPath::Handler(_) => Self::Handlers,
            PartPath::Intent(id) | PartPath::Examples(_, id) => Self::Intent(id.clone()),
            PartPath::Entity(id) => Self::Entity(id.clone()),
            PartPath::Training | PartPath::Runtime => Self::Nlp,
            PartPath::Test(id) => Self::Test(id.clone()),
        }
    }
}

impl Standing {
    /// What a file of this name is, `/` between folders.
    ///
    /// # Errors
    /// [`Error::FileName`] for a YAML file that looks like one of the bot's and cannot be.
    pub(crate) fn of(name: &str) -> Result<Self, Error> {
        let fail = |reason: String| Err(Error::FileName { file: name.to_owned(), reason });
        let (folder, base) = name.split_once('/').unwrap_or(("", name));
        if base.rsplit('/').any(|segment| segment.starts_with('.')) || !(folder.is_empty() || FOLDERS.contains(&folder))
        {
            return Ok(Self::Foreign);
        }
        let Some((stem, extension)) = base.rsplit_once('.') else { return Ok(Self::Foreign) };
        let ours = |file: FormFile| match extension {
            "yaml" => Ok(Self::Ours(file)),
            _ => fail(format!("its name must end in `.yaml`; rename it to `{file}`")),
        };
        if !matches!(extension.to_ascii_lowercase().as_str(), "yaml" | "yml") {
            return Ok(Self::Foreign);
        }
        if stem.contains('/') {
            return fail(format!("files stand in `{folder}` itself, not in folders below it; move it up"));
        }
        match (folder, stem) {
            ("", "settings") => ours(FormFile::Settings),
            ("", "nlp") => ours(FormFile::Nlp),
            ("", _) => Ok(Self::Foreign),
            ("flows", "contexts") => ours(FormFile::Contexts),
            ("flows", "variables") => ours(FormFile::Variables),
            ("flows", "handlers") => ours(FormFile::Handlers),
            ("flows", id) => id.parse().map(FormFile::Flow).map_or_else(|error| fail(unnamed(&error)), ours),
            ("intents", id) => id.parse().map(FormFile::Intent).map_or_else(|error| fail(unnamed(&error)), ours),
            ("entities", id) => id.parse().map(FormFile::Entity).map_or_else(|error| fail(unnamed(&error)), ours),
            (_, id) => id.parse().map(FormFile::Test).map_or_else(|error| fail(unnamed(&error)), ours),
        }
    }
}

fn unnamed(error: &greenroom_model::Error) -> String {
    format!("its name is the id of what it holds, and {error}; rename it")
}

impl fmt::Display for FormFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings => f.write_str("settings.yaml"),
            Self::Flow(id) => write!(f, "flows/{id}.yaml"),
            Self::Contexts => f.write_str("flows/contexts.yaml"),
            Self::Variables => f.write_str("flows/variables.yaml"),
            Self::Handlers => f.write_str("flows/handlers.yaml"),
            Self::Nlp => f.write_str("nlp.yaml"),
            Self::Intent(id) => write!(f, "intents/{id}.yaml"),
            Self::Entity(id) => write!(f, "entities/{id}.yaml"),
            Self::Test(id) => write!(f, "tests/{id}.yaml"),
        }
    }
}

impl FromStr for FormFile {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        match Standing::of(name)? {
            Standing::Ours(file) => Ok(file),
            Standing::Foreign => {
                Err(Error::FileName { file: name.to_owned(), reason: "no file of a bot has such a name".to_owned() })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str) -> String {
        match Standing::of(name) {
            Ok(Standing::Ours(file)) => {
                assert_eq!(file.to_string(), name);
                "ours".to_owned()
            }
            Ok(Standing::Foreign) => "foreign".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn knows_its_files_by_name() {
        for name in
            ["settings.yaml", "nlp.yaml", "flows/contexts.yaml", "flows/a.yaml", "intents/1.yaml", "tests/a-b.yaml"]
        {
            assert_eq!(check(name), "ours", "{name}");
        }
        for name in [
            "README.md",
            "docker-compose.yaml",
            ".pre-commit.yaml",
            "flows/.a.yaml",
            "flows/README.md",
            "flows/a.yaml~",
            "src/a.yaml",
            "flows",
            "docs/flows/a.yaml",
            "flows/.git/a.yaml",
        ] {
            assert_eq!(check(name), "foreign", "{name}");
        }
    }

    #[test]
    fn names_the_rule_that_a_file_name_breaks() {
        let names = [
            "flows/Order.yaml",
            "flows/a b.yaml",
            "flows/a.yml",
            "settings.yml",
            "flows/sub/a.yaml",
            "tests/.yaml",
            "intents/é.yaml",
        ];
        insta::assert_snapshot!(names.map(check).join("\n"), @r#"
    `flows/Order.yaml` is not a file of a bot: its name is the id of what it holds, and `Order` is not a flow id: it must begin with a lower-case letter or a digit; rename it
    `flows/a b.yaml` is not a file of a bot: its name is the id of what it holds, and `a b` is not a flow id: only a–z, 0–9, `_` and `-` are allowed; put any other spelling into its `name`; rename it
    `flows/a.yml` is not a file of a bot: its name must end in `.yaml`; rename it to `flows/a.yaml`
    `settings.yml` is not a file of a bot: its name must end in `.yaml`; rename it to `settings.yaml`
    `flows/sub/a.yaml` is not a file of a bot: files stand in `flows` itself, not in folders below it; move it up
    foreign
    `intents/é.yaml` is not a file of a bot: its name is the id of what it holds, and `é` is not a intent id: it must begin with a lower-case letter or a digit; rename it
    "#);
    }
}
