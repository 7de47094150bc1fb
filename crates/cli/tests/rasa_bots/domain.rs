//! What the domain of a project says. Of its responses the words: scripts name them, so that no text of others is repeated here, and what is
//! expected is what the project itself says and not what the import made of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use greenroom_model::document::{ExpectedReply, ExpectedText};
use serde::Deserialize;

/// What the names of responses begin with.
const PREFIX: &str = "utter_";

/// The domain of a project.
#[derive(Deserialize)]
pub(crate) struct Domain {
    /// The names of its custom actions.
    pub(crate) actions: Vec<String>,
    responses: BTreeMap<String, Vec<Variant>>,
}

#[derive(Deserialize)]
struct Variant {
    text: String,
    #[serde(default)]
    buttons: Vec<Button>,
}

#[derive(Deserialize)]
struct Button {
    title: String,
}

impl Domain {
    pub(crate) fn of(project: &Path) -> Self {
        let file = project.join("domain.yml");
        let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("`{}`: {error}", file.display()));
        serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("`{}`: {error}", file.display()))
    }

    /// A reply that names a response, `utter_x | slot=value | slot=value`, with its words and its buttons; any other
    /// as it is.
    pub(crate) fn spelt_out(&self, reply: ExpectedReply) -> ExpectedReply {
        let ExpectedText::Exactly(written) = &reply.text else { return reply };
        if !written.starts_with(PREFIX) {
            return reply;
        }
        let mut parts = written.split(" | ");
        let name = parts.next().unwrap_or_default();
        let Some([variant]) = self.responses.get(name).map(Vec::as_slice) else {
            panic!("`{name}` is not one response of the domain");
        };
        let given: BTreeMap<&str, &str> = parts.map(|part| part.split_once('=').unwrap()).collect();
        let slots: BTreeSet<&str> = variant.text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
        assert!(given.keys().eq(&slots), "`{written}` should say {slots:?}");
        let mut text = variant.text.clone();
        for (slot, value) in given {
            text = text.replace(&format!("{{{slot}}}"), value);
        }
        let titles = variant.buttons.iter().map(|button| button.title.clone()).collect();
        ExpectedReply { text: ExpectedText::Exactly(text), buttons: reply.buttons.or(Some(titles)), raw: reply.raw }
    }
}
