//! Who may do what with a Greenroom bot: users, roles, tokens, invitations, sessions.
