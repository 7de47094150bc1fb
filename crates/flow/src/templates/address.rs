//! Addresses with values in them: each value is percent-encoded, so that it cannot
//! change which host is asked, nor leave its place in the path or the query.

use super::guards::{self, Piece};
use super::{Template, Templates};

/// The longest address, in bytes.
const MAX_ADDRESS_BYTES: usize = 8 << 10;

/// An address with its templates.
#[derive(Debug, Clone)]
pub(crate) struct Address(Result<Vec<Part>, String>);

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
    pub(crate) fn compile(source: &str, templates: &mut Templates) -> Self {
        let pieces = match guards::pieces(source) {
            Ok(pieces) => pieces,
            Err(reason) => return Self(Err(reason)),
        };
        let mut parts = Vec::with_capacity(pieces.len());
        for piece in pieces {
            parts.push(match piece {
                Piece::Text(text) => Part::Text(text.to_owned()),
                Piece::Output { tag, .. } => {
                    Part::Value { template: templates.compile(tag), is_first: parts.is_empty() }
                }
                Piece::Statement | Piece::Comment => {
                    return Self(Err("an address takes `{{ … }}` alone; set a variable before it".to_owned()));
                }
            });
        }
        Self(Ok(parts))
    }

    /// The address with the values that `render` gives.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub(crate) fn filled(&self, mut render: impl FnMut(&Template) -> Result<String, String>) -> Result<String, String> {
        let parts = self.0.as_ref().map_err(Clone::clone)?;
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
        check(&address)?;
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

fn check(address: &str) -> Result<(), String> {
    let Some(rest) = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://")) else {
        return Err("the address does not begin with `https://` or `http://`".to_owned());
    };
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
    fn only_values_are_filled_in() {
        assert!(filled("https://x.example/{% if a %}b{% endif %}", "").unwrap_err().contains("alone"));
        assert!(filled("https://x.example/{{ a", "").unwrap_err().contains("not closed"));
    }
}
