//! Users, tokens, invitations.
#![expect(dead_code, reason = "types that only the document reads")]

use std::collections::BTreeMap;

use utoipa::ToSchema;

/// What one may do with a bot; each role includes those before it.
#[derive(ToSchema)]
#[schema(as = Role, rename_all = "snake_case")]
pub(crate) enum RoleSchema {
    Viewer,
    Editor,
    Publisher,
    Admin,
}

/// On which bots which role: one for all bots, and one for single bots; the greater counts.
#[derive(ToSchema)]
#[schema(as = Grants)]
pub(crate) struct GrantsSchema {
    /// The role on every bot and on the server itself.
    server: Option<RoleSchema>,
    /// The roles on single bots, by bot.
    bots: Option<BTreeMap<String, RoleSchema>>,
}

/// A user.
#[derive(ToSchema)]
#[schema(as = User)]
pub(crate) struct UserSchema {
    /// The name to sign in with.
    name: String,
    /// The name that people read.
    display_name: String,
    grants: GrantsSchema,
    /// A disabled user is let in by nothing.
    disabled: bool,
    /// Whether there is a password; without one, a one-time link sets it.
    has_password: bool,
    #[schema(format = DateTime)]
    created: String,
}

/// A token of a program, without its secret.
#[derive(ToSchema)]
#[schema(as = Token)]
pub(crate) struct TokenSchema {
    id: String,
    /// Whose.
    user: String,
    /// What for.
    label: String,
    #[schema(format = DateTime)]
    created: String,
    /// When it ends; none: when it is revoked.
    #[schema(format = DateTime)]
    expires: Option<String>,
    /// More than this it may not, whatever its user may.
    cap: Option<GrantsSchema>,
    /// When it was last used, to the minute.
    #[schema(format = DateTime)]
    last_used: Option<String>,
}

/// A one-time link that is valid, without its secret.
#[derive(ToSchema)]
#[schema(as = Invitation)]
pub(crate) struct InvitationSchema {
    /// For whom.
    name: String,
    grants: GrantsSchema,
    #[schema(format = DateTime)]
    created: String,
    #[schema(format = DateTime)]
    expires: String,
}
