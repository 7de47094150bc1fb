//! Who may do what with a Greenroom bot: users, roles, tokens, invitations, sessions.
//!
//! [`Identities`] stands on any [`Store`](greenroom_store::Store) and knows
//! neither HTTP nor threads. Whatever is a secret (a password, a token, a link,
//! a session) is stored as its hash alone and leaves this crate once, as a
//! [`SecretText`]. Hashing a password costs CPU time on purpose, so that part is
//! split off: [`NewPassword::hash`] and [`PasswordCheck::verify`] are plain
//! functions that the host runs on a thread of its choice.
//!
//! ```
//! use std::sync::Arc;
//! use greenroom_identity::{Identities, Role};
//! use greenroom_store::MemoryStore;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let identities = Identities::new(Arc::new(MemoryStore::new())).with_password_cost(64, 1);
//!
//! // Nobody is there yet: the first start shows a link that makes an administrator.
//! let link = identities.first_admin().await?.ok_or("there is an administrator already")?;
//! let invitation = identities.invitation(link.expose()).await?.ok_or("the link is not valid")?;
//! let password = identities.new_password().hash("correct horse battery", &invitation.name)?;
//! let admin = identities.accept(link.expose(), password, "Ann Admin").await?;
//! assert_eq!(admin.grants.server, Some(Role::Admin));
//!
//! // Signing in with the password, and coming back with the session.
//! let check = identities.password_check(&admin.name).await?;
//! let name = check.verify("correct horse battery")?;
//! let session = identities.begin_session(&name).await?;
//! let who = identities.by_session(session.expose()).await?.ok_or("the session ended")?;
//! assert_eq!(who.user.name, name);
//! # Ok(())
//! # }
//! ```

mod audit;
mod authenticated;
mod error;
mod grants;
mod identities;
mod invitation;
mod layout;
mod name;
mod password;
mod secret;
mod session;
mod throttle;
mod token;
mod user;

pub use audit::{IdentityAct, IdentityEntry};
pub use authenticated::{Authenticated, Credential};
pub use error::Error;
pub use grants::{Grants, Role};
pub use identities::{Clock, Identities};
pub use invitation::Invitation;
pub use name::UserName;
pub use password::{MAX_PASSWORD_BYTES, MIN_PASSWORD_CHARACTERS, NewPassword, PasswordCheck, PasswordHash};
pub use secret::SecretText;
pub use session::SessionId;
pub use token::{Token, TokenId};
pub use user::User;
