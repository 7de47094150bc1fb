//! The difference between two JSON values, down to the leaves, with a say for
//! those who know what stands at a place.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

use super::Detail;

/// A place inside a document.
#[derive(Debug, Clone, Default)]
pub(super) struct Place(Vec<Step>);

/// One step from a value to a value inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Into the entry of an object.
    Key(String),
    /// Into the entry of a list.
    Index(usize),
}

/// Says in its own terms how two values differ; `None` leaves it to the general way.
pub(super) type Recognise<'a> = &'a dyn Fn(&Place, Option<&Value>, Option<&Value>) -> Option<Vec<Detail>>;

/// Adds to `details` how two values differ; `None` stands for a value that is not there.
pub(super) fn compare_values(
    place: &mut Place,
    before: Option<&Value>,
    after: Option<&Value>,
    recognise: Recognise<'_>,
    details: &mut Vec<Detail>,
) {
    if before == after {
        return;
    }
    if let Some(recognised) = recognise(place, before, after) {
        details.extend(recognised);
        return;
    }
    if let (Some(one), Some(other)) = (entries(before), entries(after)) {
        let keys: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
        if !keys.is_empty() {
            for key in keys {
                place.0.push(Step::Key(key.clone()));
                compare_values(place, one.get(key), other.get(key), recognise, details);
                place.0.pop();
            }
            return;
        }
    }
    if let (Some(one), Some(other)) = (items(before), items(after))
        && !(one.is_empty() && other.is_empty())
    {
        compare_lists(place, one, other, recognise, details);
        return;
    }
    details.push(field(place, before, after));
}

fn compare_lists(
    place: &mut Place,
    before: &[Value],
    after: &[Value],
    recognise: Recognise<'_>,
    details: &mut Vec<Detail>,
) {
    if let (Some(one), Some(other)) = (as_set(before), as_set(after)) {
        let text = |text: &&str| Value::String((*text).to_owned());
        details.extend(one.difference(&other).map(|gone| field(place, Some(&text(gone)), None)));
        details.extend(other.difference(&one).map(|new| field(place, None, Some(&text(new)))));
        return;
    }
    let same = |(one, other): &(&Value, &Value)| one == other;
    let head = before.iter().zip(after).take_while(same).count();
    let (one, other) = (before.get(head..).unwrap_or_default(), after.get(head..).unwrap_or_default());
    let tail = one.iter().rev().zip(other.iter().rev()).take_while(same).count();
    let (one, other) = (&one[..one.len() - tail], &other[..other.len() - tail]);
    for index in 0..one.len().max(other.len()) {
        place.0.push(Step::Index(head + index));
        compare_values(place, one.get(index), other.get(index), recognise, details);
        place.0.pop();
    }
}

/// A list of texts, sorted and each once, is how documents write a set.
fn as_set(list: &[Value]) -> Option<BTreeSet<&str>> {
    let texts: Vec<&str> = list.iter().map(Value::as_str).collect::<Option<_>>()?;
    texts.is_sorted_by(|one, other| one < other).then(|| texts.into_iter().collect())
}

/// The entries of an object; what is not there has none.
fn entries(value: Option<&Value>) -> Option<&serde_json::Map<String, Value>> {
    static NONE: std::sync::LazyLock<serde_json::Map<String, Value>> = std::sync::LazyLock::new(serde_json::Map::new);
    value.map_or(Some(&NONE), Value::as_object)
}

/// The entries of a list; what is not there has none.
fn items(value: Option<&Value>) -> Option<&[Value]> {
    value.map_or(Some(&[][..]), |value| value.as_array().map(Vec::as_slice))
}

fn field(place: &Place, before: Option<&Value>, after: Option<&Value>) -> Detail {
    Detail::Field { place: place.to_string(), before: before.cloned(), after: after.cloned() }
}

impl Place {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// The place of these keys, one inside the other.
    pub(super) fn of(keys: &[&str]) -> Self {
        Self(keys.iter().map(|key| Step::Key((*key).to_owned())).collect())
    }

    pub(super) fn steps(&self) -> &[Step] {
        &self.0
    }
}

impl Step {
    /// The key; empty for an entry of a list.
    pub(super) fn key(&self) -> &str {
        match self {
            Self::Key(key) => key,
            Self::Index(_) => "",
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_steps(f, &self.0)
    }
}

fn write_steps(f: &mut impl fmt::Write, steps: &[Step]) -> fmt::Result {
    for (position, step) in steps.iter().enumerate() {
        match step {
            Step::Key(key) if position == 0 => f.write_str(key)?,
            Step::Key(key) => write!(f, ".{key}")?,
            Step::Index(index) => write!(f, "[{index}]")?,
        }
    }
    Ok(())
}

/// These steps as documents' readers write them, such as `cases[1].goto`.
pub(super) fn spell(steps: &[Step]) -> String {
    let mut text = String::new();
    // Writing into a text cannot fail.
    let _ = write_steps(&mut text, steps);
    text
}
