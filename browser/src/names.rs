//! Elements as a screen reader tells them: by role and name.

use serde_json::{Value, json};

use crate::protocol::tell;
use crate::{Error, Person};

/// What an element is to whoever uses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Something to press that does something.
    Button,
    /// Something to press that leads somewhere.
    Link,
    /// Something to fill in or to choose from.
    Field,
    /// A box or a dot to mark.
    Mark,
    /// A line that unfolds more.
    Fold,
    /// A heading.
    Heading,
    /// What a text stands in that appears of itself.
    Status,
    /// An image with a name.
    Image,
}

impl Role {
    fn holds(self, role: &str) -> bool {
        match self {
            Self::Button => role == "button",
            Self::Link => role == "link",
            Self::Field => {
                matches!(role, "textbox" | "searchbox" | "combobox" | "listbox" | "spinbutton" | "TextField" | "Date")
            }
            Self::Mark => matches!(role, "checkbox" | "radio" | "switch"),
            Self::Fold => role == "DisclosureTriangle",
            Self::Heading => role == "heading",
            Self::Status => matches!(role, "status" | "alert" | "log"),
            Self::Image => matches!(role, "img" | "image"),
        }
    }
}

/// An element that is there for a screen reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The browser's word for what it is.
    pub role: String,
    /// What it is called.
    pub name: String,
    /// What it holds, for fields.
    pub value: String,
    /// By which the browser finds it again.
    pub(crate) node: i64,
}

impl Person {
    /// Everything on the page that a screen reader tells, in its order.
    ///
    /// # Errors
    /// [`Error::Protocol`].
    pub async fn hears(&self) -> Result<Vec<Named>, Error> {
        let tree = tell(self.page(), "Accessibility.getFullAXTree", json!({})).await?;
        let nodes = tree["nodes"].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| match &value["value"] {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        let heard = nodes.iter().filter(|node| node["ignored"] != true).filter_map(|node| {
            let name = text(&node["name"]).split_whitespace().collect::<Vec<_>>().join(" ");
            let id = node["backendDOMNodeId"].as_i64()?;
            Some(Named { role: text(&node["role"]), name, value: text(&node["value"]), node: id })
        });
        Ok(heard.collect())
    }

    /// The elements of a role whose name is `name`; where there is none, those whose name holds it.
    ///
    /// # Errors
    /// [`Error::Protocol`].
    pub async fn named(&self, role: Role, name: &str) -> Result<Vec<Named>, Error> {
        let heard: Vec<Named> = self.hears().await?.into_iter().filter(|named| role.holds(&named.role)).collect();
        let exact: Vec<Named> = heard.iter().filter(|named| named.name == name).cloned().collect();
        if !exact.is_empty() {
            return Ok(exact);
        }
        Ok(heard.into_iter().filter(|named| named.name.contains(name)).collect())
    }

    /// The first such element; waits until there is one.
    ///
    /// # Errors
    /// [`Error::NotSeen`].
    pub async fn finds(&self, role: Role, name: &str) -> Result<Named, Error> {
        self.waits_for(&format!("a {role:?} named `{name}`"), async || {
            // While a page changes its tree cannot be read; the next look will.
            Ok(self.named(role, name).await.unwrap_or_default().into_iter().next())
        })
        .await
    }
}
