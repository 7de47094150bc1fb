//! How labels are called where people read them.

use std::collections::BTreeMap;

/// The names that people see for labels, such as those of intents for their ids.
///
/// A label without a name is called by itself. Two labels of one name are told apart: the label
/// follows in brackets.
///
/// ```
/// use greenroom_nlp::Names;
///
/// let names = Names::new([("i1", "Refund"), ("i2", "Refund"), ("i3", "Greet")]);
/// assert_eq!([names.of("i1"), names.of("i3"), names.of("i9")], ["Refund (i1)", "Greet", "i9"]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names(BTreeMap<String, String>);

impl Names {
    /// Of pairs of a label and its name.
    pub fn new<L: Into<String>, N: Into<String>>(pairs: impl IntoIterator<Item = (L, N)>) -> Self {
        let mut names: BTreeMap<String, String> =
            pairs.into_iter().map(|(label, name)| (label.into(), name.into())).collect();
        let mut bearers: BTreeMap<String, usize> = BTreeMap::new();
        for name in names.values() {
            *bearers.entry(name.clone()).or_default() += 1;
        }
        for (label, name) in &mut names {
            if name.trim().is_empty() {
                name.clone_from(label);
            } else if bearers.get(name).is_some_and(|count| *count > 1) && label != name {
                *name = format!("{name} ({label})");
            }
        }
        Self(names)
    }

    /// No names: every label is called by itself.
    pub const fn none() -> Self {
        Self(BTreeMap::new())
    }

    /// The name of a label.
    pub fn of<'a>(&'a self, label: &'a str) -> &'a str {
        self.0.get(label).map_or(label, String::as_str)
    }
}
