//! Ids for the names of the source. A name gets the id that it suggests; where
//! two names suggest one id, the later one gets a number at its end.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::{ContextId, EntityId, FlowId, HandlerId, IntentId, MAX_ID_BYTES, NodeId, TestId, VariableId};

/// An id that a name can suggest.
pub(super) trait NamedId: Clone + Ord {
    fn suggested(name: &str) -> Self;
    fn checked(text: &str) -> Option<Self>;
    fn text(&self) -> &str;
}

macro_rules! named_ids {
    ($($name:ident)*) => {$(
        impl NamedId for $name {
            fn suggested(name: &str) -> Self {
                Self::from_name(name)
            }

            fn checked(text: &str) -> Option<Self> {
                Self::new(text).ok()
            }

            fn text(&self) -> &str {
                self.as_str()
            }
        }
    )*};
}

named_ids! { ContextId EntityId FlowId HandlerId IntentId NodeId TestId VariableId }

/// The ids given so far, by name.
#[derive(Debug)]
pub(super) struct Ids<I> {
    by_name: BTreeMap<String, I>,
    taken: BTreeSet<I>,
    /// The next number to try behind an id that is taken.
    numbers: BTreeMap<I, u32>,
}

impl<I> Default for Ids<I> {
    fn default() -> Self {
        Self { by_name: BTreeMap::new(), taken: BTreeSet::new(), numbers: BTreeMap::new() }
    }
}

impl<I: NamedId> Ids<I> {
    /// The id of a name that has one.
    pub(super) fn get(&self, name: &str) -> Option<&I> {
        self.by_name.get(name)
    }

    /// The id of a name; a new one where it has none yet.
    pub(super) fn give(&mut self, name: &str) -> I {
        if let Some(id) = self.by_name.get(name) {
            return id.clone();
        }
        let id = self.fresh(name);
        self.by_name.insert(name.to_owned(), id.clone());
        id
    }

    /// An id of its own for something that shares its name with others.
    pub(super) fn fresh(&mut self, name: &str) -> I {
        let first = I::suggested(name);
        let mut id = first.clone();
        while self.taken.contains(&id) {
            let number = self.numbers.entry(first.clone()).or_insert(2);
            let suffix = format!("_{number}");
            *number += 1;
            let head = first.text().get(..MAX_ID_BYTES.saturating_sub(suffix.len())).unwrap_or(first.text());
            // A slug with a number behind it is a slug; were it not, the next number is tried.
            id = I::checked(&format!("{head}{suffix}")).unwrap_or(id);
        }
        self.taken.insert(id.clone());
        id
    }
}

/// A name that a document takes: at most 200 characters.
pub(super) fn display_name(name: &str) -> String {
    const MOST: usize = 200;
    if name.chars().count() <= MOST {
        return name.to_owned();
    }
    let mut short: String = name.chars().take(MOST - 1).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_suggest_one_id_get_ids_of_their_own() {
        let mut ids = Ids::<IntentId>::default();
        assert_eq!(ids.give("faq/hours").as_str(), "faq_hours");
        assert_eq!(ids.give("FAQ hours").as_str(), "faq_hours_2");
        assert_eq!(ids.give("faq_hours").as_str(), "faq_hours_3");
        assert_eq!(ids.give("faq/hours").as_str(), "faq_hours");
    }

    #[test]
    fn a_long_name_keeps_room_for_its_number() {
        let mut ids = Ids::<FlowId>::default();
        let long = "a".repeat(64);
        assert_eq!(ids.fresh(&long).as_str(), long);
        let second = ids.fresh(&long);
        assert!(second.as_str().ends_with("_2") && second.as_str().len() == 64, "{second}");
    }

    #[test]
    fn variables_keep_their_rules() {
        let mut ids = Ids::<VariableId>::default();
        assert_eq!(ids.give("amount-of-money").as_str(), "amount_of_money");
        assert_eq!(ids.give("amount_of_money").as_str(), "amount_of_money_2");
        assert_eq!(ids.give("not").as_str(), "v_not");
    }
}
