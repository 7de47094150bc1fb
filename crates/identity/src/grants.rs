//! Roles, and on which bots a user or a token has them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use greenroom_model::BotId;
use serde::{Deserialize, Serialize};

use crate::Error;

/// What one may do with a bot; each role includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Looks at everything of the bot.
    Viewer,
    /// Edits, trains and tests the draft.
    Editor,
    /// Publishes, rolls back, and sets the channels.
    Publisher,
    /// Sets what may be published and erases conversations; on all bots: the users too.
    Admin,
}

impl Role {
    /// All roles, the least first.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Editor, Self::Publisher, Self::Admin];

    /// The word that writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Publisher => "publisher",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|role| role.as_str() == text);
        found.ok_or_else(|| Error::UnknownRole(text.chars().take(80).collect()))
    }
}

/// On which bots which role: one for all bots, and one for single bots; the greater counts.
///
/// # Examples
/// ```
/// use greenroom_identity::{Grants, Role};
///
/// let grants = Grants::on_all(Role::Viewer).and("box-office".parse()?, Role::Editor);
/// assert_eq!(grants.role_on(&"box-office".parse()?), Some(Role::Editor));
/// assert_eq!(grants.role_on(&"helpdesk".parse()?), Some(Role::Viewer));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grants {
    /// The role on every bot and on the server itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<Role>,
    /// The roles on single bots.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub bots: BTreeMap<BotId, Role>,
}

impl Grants {
    /// A role on nothing.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// This role on every bot and on the server itself.
    #[must_use]
    pub fn on_all(role: Role) -> Self {
        Self { server: Some(role), bots: BTreeMap::new() }
    }

    /// This role on one bot.
    #[must_use]
    pub fn on(bot: BotId, role: Role) -> Self {
        Self::none().and(bot, role)
    }

    /// The same, with this role on one bot beside.
    #[must_use]
    pub fn and(mut self, bot: BotId, role: Role) -> Self {
        self.bots.insert(bot, role);
        self
    }

    /// The role on a bot.
    #[must_use]
    pub fn role_on(&self, bot: &BotId) -> Option<Role> {
        self.server.max(self.bots.get(bot).copied())
    }

    /// What both allow: on every bot the smaller of the two roles.
    #[must_use]
    pub fn capped_by(&self, cap: &Self) -> Self {
        // `None` is less than any role, so the minimum is what both have.
        let server = self.server.min(cap.server);
        let named: BTreeSet<&BotId> = self.bots.keys().chain(cap.bots.keys()).collect();
        let role = |bot: &BotId| self.role_on(bot).min(cap.role_on(bot)).filter(|role| Some(*role) > server);
        let bots = named.into_iter().filter_map(|bot| Some((bot.clone(), role(bot)?))).collect();
        Self { server, bots }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn role() -> impl Strategy<Value = Option<Role>> {
        proptest::option::of(proptest::sample::select(Role::ALL.to_vec()))
    }

    fn grants() -> impl Strategy<Value = Grants> {
        (role(), role(), role()).prop_map(|(server, first, second)| {
            let bots = [("one", first), ("two", second)];
            let bots = bots.into_iter().filter_map(|(bot, role)| Some((bot.parse().unwrap(), role?))).collect();
            Grants { server, bots }
        })
    }

    proptest! {
        #[test]
        fn a_cap_leaves_the_smaller_role_on_every_bot(own in grants(), cap in grants()) {
            let both = own.capped_by(&cap);
            for bot in ["one", "two", "three"] {
                let bot: BotId = bot.parse().unwrap();
                prop_assert_eq!(both.role_on(&bot), own.role_on(&bot).min(cap.role_on(&bot)));
            }
            prop_assert_eq!(both.server, own.server.min(cap.server));
        }
    }

    #[test]
    fn roles_are_ordered_and_written_as_words() {
        assert!(Role::ALL.is_sorted());
        for role in Role::ALL {
            assert_eq!(role.as_str().parse::<Role>().unwrap(), role);
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
        }
        assert!("Admin".parse::<Role>().is_err());
    }
}
