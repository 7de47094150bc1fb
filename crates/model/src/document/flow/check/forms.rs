//! The forms of addresses, headers, pointers and days.

use super::MAX_NAME_BYTES;

/// An address that a customer's machine fetches: a value may stand for its beginning.
pub(super) fn check_shown_address(key: &str, url: &str) -> Result<(), String> {
    if url.starts_with("{{") { check_tags(key, url) } else { check_address(key, url) }
}

/// Values are filled in one by one, so that each can be encoded.
pub(super) fn check_tags(key: &str, url: &str) -> Result<(), String> {
    if url.contains("{%") || url.contains("{#") {
        return Err(format!("{key}`: an address takes `{{{{ … }}}}` alone; set a variable before it"));
    }
    if url.len() > 8 * MAX_NAME_BYTES {
        return Err(format!("{key}`: it is longer than {} bytes", 8 * MAX_NAME_BYTES));
    }
    Ok(())
}

/// An address that the server fetches: its scheme and host are the author's, so that no
/// value of a conversation can choose them.
pub(super) fn check_address(key: &str, url: &str) -> Result<(), String> {
    check_tags(key, url)?;
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let shown: String = url.chars().take(80).collect();
    match rest.and_then(|rest| rest.split(['/', '?', '#']).next()) {
        None => Err(format!("{key}`: `{shown}` does not begin with `https://` or `http://`")),
        Some(host) if host.is_empty() || host.contains(['{', '}', '@', '\\']) || host.contains(char::is_whitespace) => {
            Err(format!("{key}`: `{shown}` needs a host that is written out, without user name or `{{{{ … }}}}`"))
        }
        Some(_) => Ok(()),
    }
}

/// A field name by RFC 9110, 5.1.
pub(super) fn is_header_name(name: &str) -> bool {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.len() <= 256 && name.bytes().all(is_token)
}

/// A JSON pointer by RFC 6901.
pub(super) fn is_pointer(pointer: &str) -> bool {
    let escapes = pointer.split('~').skip(1).all(|after| after.starts_with(['0', '1']));
    (pointer.is_empty() || pointer.starts_with('/')) && pointer.len() <= MAX_NAME_BYTES && escapes
}

/// Whether it has the form of a day; which months have 31 is not asked.
pub(super) fn is_day(text: &str) -> bool {
    let numbers: Vec<Option<u32>> = text.split('-').map(|part| part.parse().ok()).collect();
    let digits = text.bytes().enumerate().all(|(place, byte)| match place {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    text.len() == 10
        && digits
        && matches!(numbers.as_slice(), [Some(_), Some(month), Some(day)] if (1..=12).contains(month) && (1..=31).contains(day))
}
