//! `invite`: a one-time link for a new user, or for one who lost the password.

use clap::Args;
use greenroom_identity::{Identities, UserName};
use serde_json::json;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::options::GrantOptions;
use crate::output::Output;
use crate::store_access::StoreAccess;

/// The arguments of `invite`.
#[derive(Debug, Args)]
pub(crate) struct Invite {
    /// The user's name; one who exists gets a new password by the link, and keeps the roles
    name: UserName,

    #[command(flatten)]
    grants: GrantOptions,

    /// The address at which people reach the server
    #[arg(
        long,
        value_name = "URL",
        env = "GREENROOM_PUBLIC_URL",
        hide_env_values = true,
        default_value = "http://127.0.0.1:8080"
    )]
    public_url: String,
}

impl Invite {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let identities = Identities::new(access.store().await?).acting_as(access.actor());
        for bot in self.grants.bots() {
            access.bot(bot).await?;
        }
        let secret = identities.invite(&self.name, self.grants.grants()).await?;
        let link = format!("{}/invitation/{}", self.public_url.trim_end_matches('/'), secret.expose());
        let document = json!({ "name": self.name, "link": link });
        output.give(&document, |output| {
            output.line(format_args!(
                "this link lets `{}` choose a password, once, within 72 hours:\n  {link}",
                self.name
            ))
        })?;
        Ok(Exit::Done)
    }
}
