//! Addresses with values in them: each value is percent-encoded, so that it cannot
//! change which host is asked, nor leave its place in the path or the query.

use super::guards::{self, Piece};
use super::{Template, Templates};

/// The longest address, in bytes.
const MAX_ADDRESS_BYTES: usize = 8 << 10;

/// What a button may open: a page, mail, a telephone.
const OPENED: [&str; 4] = ["https", "http", "mailto", "tel"];

/// An address with its templates.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    parts: Result<Vec<Part>, String>,
    /// Whether it is for people to open, and not to be asked by a machine.
    is_link: bool,
}

/// A piece of an address.
#[derive(Debug, Clone)]
enum Part {
    Text(String),
    /// A value; `is_first`: it stands for the beginning of the address, and is taken as it is.
    Value {
        template: Template,
        is_first: bool,
    },
}

impl Address {
    /// The address of a request or of something shown.
    pub(crate) fn compile(source: &str, templates: &mut Templates) -> Self {
        Self { parts: Self::parts(source, templates), is_link: false }
    }

    /// The address that a button opens.
    pub(crate) fn compile_link(source: &str, templates: &mut Templates) -> Self {
        Self { parts: Self::parts(source, templates), is_link: true }
    }

    fn parts(source: &str, templates: &mut Templates) -> Result<Vec<Part>, String> {
        let pieces = guards::pieces(source)?;
        let mut parts = Vec::with_capacity(pieces.len());
        for piece in pieces {
            parts.push(match piece {
                Piece::Text(text) => Part::Text(text.to_owned()),
                Piece::Output { tag, .. } => {
                    Part::Value { template: templates.compile(tag), is_first: parts.is_empty() }
                }
                Piece::Statement { .. } | Piece::Comment => {
                    return Err("an address takes `{{ … }}` alone; set a variable before it".to_owned());
                }
            });
        }
        Ok(parts)
    }

    /// The address with the values that `render` gives.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub(crate) fn filled(&self, mut render: impl FnMut(&Template) -> Result<String, String>) -> Result<String, String> {
        let parts = self.parts.as_ref().map_err(Clone::clone)?;
        let mut address = String::new();
        for part in parts {
            match part {
                Part::Text(text) => address.push_str(text),
                Part::Value { template, is_first } => {
                    let value = render(template)?;
                    if *is_first { address.push_str(value.trim()) } else { encode(&mut address, &value) }
                }
            }
            if address.len() > MAX_ADDRESS_BYTES {
                return Err(format!("the address is longer than {MAX_ADDRESS_BYTES} bytes"));
            }
        }
        if self.is_link {
            check_link(&address)?;
        } else {
            check(&address)?;
        }
        Ok(address)
    }
}

/// A value as it stands in an address.
pub(crate) fn encoded(value: &str) -> String {
    let mut address = String::with_capacity(value.len());
    encode(&mut address, value);
    address
}

/// Unreserved characters by RFC 3986, 2.3, stay; all others are percent-encoded.
fn encode(address: &mut String, value: &str) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            address.push(char::from(byte));
        } else {
            address.push_str(&format!("%{byte:02X}"));
        }
    }
}

/// Whether channels open an address: a page, mail, a telephone, or a place on the page itself.
pub(crate) fn is_opened(address: &str) -> bool {
    let scheme = address.trim().split(['/', '?', '#']).next().and_then(|start| start.split_once(':'));
    scheme.is_none_or(|(scheme, _)| OPENED.iter().any(|known| scheme.eq_ignore_ascii_case(known)))
}

/// A value may stand for the beginning, so the scheme is looked at when it is there.
fn check_link(address: &str) -> Result<(), String> {
    if address.is_empty() {
        return Err("the address comes out empty".to_owned());
    }
    if !is_opened(address) {
        return Err("the address does not begin with `https://`, `http://`, `mailto:` or `tel:`".to_owned());
    }
    check_steps(address, address)
}

fn check(address: &str) -> Result<(), String> {
    let Some(rest) = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://")) else {
        return Err("the address does not begin with `https://` or `http://`".to_owned());
    };
    check_steps(address, rest)
}

fn check_steps(address: &str, rest: &str) -> Result<(), String> {
    if address.contains(|character: char| character.is_control() || character.is_whitespace()) {
        return Err("the address has a blank or a control character in it".to_owned());
    }
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    // A value of dots alone would climb out of its place in the path.
    if path.split('/').skip(1).any(|segment| matches!(segment, "." | "..")) {
        return Err("the address has `.` or `..` as a step of its path".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(source: &str, value: &str) -> Result<String, String> {
        let mut templates = Templates::new();
        Address::compile(source, &mut templates).filled(|_| Ok(value.to_owned()))
    }

    #[test]
    fn a_value_stays_where_it_stands() {
        let url = "https://api.example/users/{{ id }}/orders?q={{ id }}";
        assert_eq!(
            filled(url, "a b/ü?&#@").unwrap(),
            "https://api.example/users/a%20b%2F%C3%BC%3F%26%23%40/orders?q=a%20b%2F%C3%BC%3F%26%23%40"
        );
        for value in [".", ".."] {
            assert!(filled(url, value).unwrap_err().contains("step of its path"), "{value}");
        }
        assert!(filled("https://api.example/{{ id }}", &"ü".repeat(5_000)).unwrap_err().contains("longer"));
    }

    #[test]
    fn a_value_may_be_the_whole_address_but_of_no_other_scheme() {
        assert_eq!(
            filled("{{ picture }}", "https://x.example/a b").unwrap_err(),
            "the address has a blank or a control character in it"
        );
        assert_eq!(
            filled("{{ picture }}?s={{ size }}", "https://x.example/a").unwrap(),
            "https://x.example/a?s=https%3A%2F%2Fx.example%2Fa"
        );
        for value in ["javascript:alert(1)", "", "//x.example", "file:///etc/passwd"] {
            assert!(filled("{{ picture }}", value).unwrap_err().contains("does not begin"), "{value}");
        }
    }

    #[test]
    fn the_scheme_of_a_link_is_looked_at_once_its_values_are_there() {
        let link = |source: &str, value: &str| {
            let mut templates = Templates::new();
            Address::compile_link(source, &mut templates).filled(|_| Ok(value.to_owned()))
        };
        assert_eq!(link("https://x.example/{{ id }}?q={{ id }}", "a&b").unwrap(), "https://x.example/a%26b?q=a%26b");
        assert_eq!(link("mailto:{{ who }}", "a@x.example").unwrap(), "mailto:a%40x.example");
        assert_eq!(link("/orders/{{ id }}", "7/8").unwrap(), "/orders/7%2F8");
        assert_eq!(link("{{ page }}", " HTTPS://x.example/a ").unwrap(), "HTTPS://x.example/a");
        assert_eq!(link("{{ a }}script:x", "java").unwrap_err(), link("{{ a }}", "javascript:x").unwrap_err());
        for script in
            ["javascript:alert(1)", " JavaScript:x", "java\tscript:x", "\u{1}javascript:x", "data:text/html,x", ""]
        {
            assert!(link("{{ page }}", script).is_err(), "{script:?}");
        }
        assert!(link("https://x.example/{{ id }}/b", "..").unwrap_err().contains("step of its path"));
    }

    #[test]
    fn only_values_are_filled_in() {
        assert!(filled("https://x.example/{% if a %}b{% endif %}", "").unwrap_err().contains("alone"));
        assert!(filled("https://x.example/{{ a", "").unwrap_err().contains("not closed"));
    }
}
