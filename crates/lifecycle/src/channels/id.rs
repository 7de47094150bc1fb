//! The id of a channel: it stands in addresses, so it is short and plain.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use greenroom_model::EnvironmentId;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Error;

/// The id of a channel within an environment, as it stands in addresses: 1–64 of
/// `a–z 0–9 _ -`, the first of them a letter or digit.
///
/// # Examples
/// ```
/// use greenroom_lifecycle::ChannelId;
///
/// assert_eq!(ChannelId::new("web-shop")?.as_str(), "web-shop");
/// assert_eq!(ChannelId::from_name("Web shop, Berlin").as_str(), "web_shop_berlin");
/// assert!(ChannelId::new("Web shop").is_err());
/// # Ok::<(), greenroom_lifecycle::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChannelId(Arc<str>);

impl ChannelId {
    /// Checks a text and makes it an id.
    ///
    /// # Errors
    /// [`Error::InvalidChannel`] names the rule that the text breaks.
    pub fn new(text: &str) -> Result<Self, Error> {
        // An environment's id keeps the same rule.
        match EnvironmentId::new(text) {
            Ok(id) => Ok(Self(id.as_str().into())),
            Err(greenroom_model::Error::Id { text, reason, .. }) => {
                Err(Error::InvalidChannel(format!("`{text}` is not the id of a channel: {reason}")))
            }
            Err(other) => Err(other.into()),
        }
    }

    /// The id that a name suggests: lower case, other characters as `_`. Two names
    /// may suggest one id.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        // A node's id keeps the same rule and is made of names already.
        Self(greenroom_model::NodeId::from_name(name).as_str().into())
    }

    /// The id as a text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ChannelId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::new(text)
    }
}

impl fmt::Display for ChannelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ChannelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChannelId({})", self.0)
    }
}

impl Serialize for ChannelId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ChannelId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::new(&text).map_err(serde::de::Error::custom)
    }
}
