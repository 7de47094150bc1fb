//! Lists that come in pages.

use greenroom_web::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use crate::problems::refused;

/// How many entries come where nobody says how many.
const DEFAULT_LIMIT: usize = 100;

/// How many entries come at most.
const MAX_LIMIT: usize = 1_000;

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    /// The entries.
    pub(crate) items: Vec<T>,
    /// What to send as `after` for the next page; none: this is the last one.
    pub(crate) next: Option<String>,
}

impl<T> Page<T> {
    /// All there is.
    pub(crate) fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }

    /// The first `limit` of one entry more than asked for: the one too many tells that there is a next page.
    pub(crate) fn cut(mut items: Vec<T>, limit: usize, name: impl Fn(&T) -> String) -> Self {
        let more = items.len() > limit;
        items.truncate(limit);
        let next = if more { items.last().map(name) } else { None };
        Self { items, next }
    }
}

/// How many entries a request asks for.
pub(crate) fn limit(asked: Option<u32>) -> Result<usize, Problem> {
    match asked.map(|asked| asked as usize) {
        None => Ok(DEFAULT_LIMIT),
        Some(asked) if (1..=MAX_LIMIT).contains(&asked) => Ok(asked),
        Some(asked) => {
            Err(refused("limit_invalid", format!("`limit` is {asked}; ask for 1 to {MAX_LIMIT} entries at once")))
        }
    }
}
