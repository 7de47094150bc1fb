//! Which pages may talk to a channel: browsers name them by their origin.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::Url;

use crate::Error;

/// The origin of a page, as browsers write it: scheme, host, and the port where
/// it is not the scheme's own.
///
/// # Examples
/// ```
/// use greenroom_lifecycle::Origin;
///
/// assert_eq!(Origin::new("https://Shop.example:443/")?.as_str(), "https://shop.example");
/// assert!(Origin::new("https://shop.example/cart").is_err());
/// assert!(Origin::new("*.example").is_err());
/// # Ok::<(), greenroom_lifecycle::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin(String);

/// Which pages may talk to a channel from a browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origins {
    /// Every page.
    Any,
    /// The pages of these origins.
    Only(Vec<Origin>),
}

impl Origin {
    /// Checks a text and makes it an origin.
    ///
    /// # Errors
    /// [`Error::InvalidChannel`] where it is no origin of a web page, or more than that.
    pub fn new(text: &str) -> Result<Self, Error> {
        let refuse = || {
            let text: String = text.chars().take(200).collect();
            Error::InvalidChannel(format!(
                "`{text}` is not the origin of a page; write scheme and host, such as `https://shop.example`"
            ))
        };
        let url = Url::parse(text.trim()).map_err(|_| refuse())?;
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let anonymous = url.username().is_empty() && url.password().is_none();
        // `https://*.example` parses: a star is taken to the letter, and no page is there.
        let plain = url.host_str().is_some_and(|host| !host.contains('*'));
        if !matches!(url.scheme(), "https" | "http") || !bare || !anonymous || !plain {
            return Err(refuse());
        }
        Ok(Self(url.origin().ascii_serialization()))
    }

    /// The origin as browsers write it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Origins {
    /// Whether a page of this origin, as a browser wrote it, may talk to the channel.
    #[must_use]
    pub fn allow(&self, origin: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Only(origins) => origins.iter().any(|allowed| allowed.as_str() == origin),
        }
    }
}

impl Default for Origins {
    fn default() -> Self {
        Self::Only(Vec::new())
    }
}

impl FromStr for Origin {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::new(text)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::new(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_origins_of_pages_and_nothing_else() {
        for text in ["https://shop.example", "http://localhost:8080", "https://xn--bcher-kva.example:8443"] {
            assert_eq!(Origin::new(text).unwrap().as_str(), text);
        }
        let refused = [
            "",
            "*",
            "null",
            "shop.example",
            "ftp://shop.example",
            "file:///",
            "https://shop.example/a",
            "https://shop.example/?a",
            "https://shop.example/#a",
            "https://ann@shop.example",
            "https://*.example",
            "javascript:alert(1)",
            "data:text/html,a",
        ];
        for text in refused {
            assert!(Origin::new(text).is_err(), "`{text}` was taken");
        }
    }

    #[test]
    fn an_origin_that_begins_or_ends_like_an_allowed_one_is_another() {
        let origins = Origins::Only(vec![Origin::new("https://shop.example").unwrap()]);
        assert!(origins.allow("https://shop.example"));
        for other in [
            "https://shop.example.evil",
            "https://evil-shop.example",
            "http://shop.example",
            "https://shop.example:8443",
            "https://SHOP.example",
            "null",
            "",
        ] {
            assert!(!origins.allow(other), "`{other}` was allowed");
        }
    }
}
