//! The fields of a sent form, repeated ones included.

use std::collections::BTreeMap;

use axum::extract::rejection::FormRejection;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};

/// The most further rows with which a refused form is shown again.
const MAX_ROWS_ADDED: usize = 1_000;

/// Name and value of each field, in the order of the form.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        axum::Form::<Vec<(String, String)>>::from_request(request, state)
            .await
            .map(|axum::Form(fields)| Self(fields))
            .map_err(FormRejection::into_response)
    }
}

impl From<Vec<(String, String)>> for Fields {
    /// What an address asks for, repeated keys included.
    fn from(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }
}

impl Fields {
    /// The first value of a field; empty where it was not sent. Line ends are `\n`.
    pub(crate) fn get(&self, name: &str) -> String {
        self.find(name).map(|value| value.replace("\r\n", "\n")).unwrap_or_default()
    }

    /// The same without white space around it.
    pub(crate) fn trimmed(&self, name: &str) -> String {
        self.get(name).trim().to_owned()
    }

    /// The value of a field where it is more than white space.
    pub(crate) fn given(&self, name: &str) -> Option<String> {
        Some(self.trimmed(name)).filter(|value| !value.is_empty())
    }

    /// Whether the field was sent, as checked boxes are.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// Every value of a field.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.clone()).collect()
    }

    /// The lines of a text area that hold something, without white space around them.
    pub(crate) fn lines(&self, name: &str) -> Vec<String> {
        self.get(name).lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
    }

    /// What follows `PREFIX.` in the names of fields, with the values.
    pub(crate) fn under(&self, prefix: &str) -> BTreeMap<String, String> {
        let prefix = format!("{prefix}.");
        self.0
            .iter()
            .filter_map(|(name, value)| Some((name.strip_prefix(&prefix)?.to_owned(), value.replace("\r\n", "\n"))))
            .collect()
    }

    /// The numbers `N` of rows `PREFIX.N.…`, in order.
    pub(crate) fn rows(&self, prefix: &str) -> Vec<usize> {
        let mut rows: Vec<usize> =
            self.under(prefix).keys().filter_map(|rest| rest.split('.').next()?.parse().ok()).collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    /// The rows that a form shows: the `stored` ones, an empty one, and those that were sent.
    pub(crate) fn rows_to_show(typed: Option<&Self>, prefix: &str, stored: usize) -> Vec<usize> {
        let sent = typed.map(|typed| typed.rows(prefix)).unwrap_or_default();
        let sent = sent.into_iter().filter(|row| *row > stored).take(MAX_ROWS_ADDED);
        (0..=stored).chain(sent).collect()
    }

    fn find(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
impl Fields {
    pub(crate) fn of(fields: &[(&str, &str)]) -> Self {
        Self(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_numbered_and_need_not_be_complete() {
        let fields = Fields::of(&[("case.2.when", "b"), ("case.10.when", "c"), ("case.0.when", "a"), ("cases", "x")]);
        assert_eq!(fields.rows("case"), [0, 2, 10]);
        assert_eq!(Fields::rows_to_show(Some(&fields), "case", 1), [0, 1, 2, 10]);
        assert_eq!(Fields::rows_to_show(None, "case", 1), [0, 1]);
    }

    #[test]
    fn blank_lines_are_no_lines() {
        assert_eq!(Fields::of(&[("new", " hello \r\n\r\n you\n")]).lines("new"), ["hello", "you"]);
    }
}
