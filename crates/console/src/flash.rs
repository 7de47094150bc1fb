//! What a page says at its top after something was done: a word in the address, never a text.

/// The texts by their words.
const TEXTS: &[(&str, &str)] = &[
    ("saved", "Saved."),
    ("added", "Added."),
    ("deleted", "Deleted."),
    ("created", "Created."),
    ("moved", "Moved."),
    ("imported", "Imported. What the draft was before is kept as a version."),
    ("nothing", "Nothing changed."),
    ("signed_out", "You are signed out."),
    ("welcome", "Welcome! Your account is ready."),
    ("started", "Started."),
    ("published", "Published."),
    ("rolled_back", "Rolled back."),
    (
        "rolled_back_unlogged",
        "Rolled back. But the audit log of this bot is broken: look at it, and have the store restored from a backup.",
    ),
    ("merged", "Merged. Train if examples changed, look at the tests, and publish the draft when it is ready."),
    ("hotfixed", "The hotfix is live. Take it into the draft below, now or tomorrow."),
    ("restored", "Restored into the draft. What the draft was before is kept as a version."),
    (
        "example",
        "Added to the draft as an example; it is out of the inbox. Train and publish, and the bot understands it.",
    ),
    (
        "test_saved",
        "Saved as a test of the draft. Look through it: it says what a customer said, and what calls answered is left out.",
    ),
    ("settled", "Done; it is out of the inbox."),
];

/// The text of the word in `?done=…`, if it is one of ours.
pub(crate) fn text(query: Option<&str>) -> Option<&'static str> {
    let word = query?.split('&').find_map(|pair| pair.strip_prefix("done="))?;
    TEXTS.iter().find(|(known, _)| *known == word).map(|(_, text)| *text)
}

/// The address with the word added.
pub(crate) fn with(address: &str, word: &str) -> String {
    let (address, fragment) = address.split_once('#').map_or((address, None), |(address, part)| (address, Some(part)));
    let mark = if address.contains('?') { '&' } else { '?' };
    match fragment {
        Some(fragment) => format!("{address}{mark}done={word}#{fragment}"),
        None => format!("{address}{mark}done={word}"),
    }
}
