//! `token`: lets a program use the API.

use clap::Args;
use greenroom_identity::{Grants, Identities, UserName};
use serde_json::json;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::options::GrantOptions;
use crate::output::Output;
use crate::store_access::StoreAccess;

/// The arguments of `token`.
#[derive(Debug, Args)]
pub(crate) struct Token {
    /// The user whose token it is; made, without a password, where there is none of this name
    name: UserName,

    #[command(flatten)]
    grants: GrantOptions,

    /// What it is for
    #[arg(long, value_name = "TEXT", default_value = "made by the command line")]
    label: String,
}

impl Token {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let identities = Identities::new(access.store().await?).acting_as(access.actor());
        for bot in self.grants.bots() {
            access.bot(bot).await?;
        }
        let grants = self.grants.grants();
        let cap = match identities.user(&self.name).await {
            Err(greenroom_identity::Error::UserNotFound(_)) => {
                identities.create_user(&self.name, self.name.as_str(), grants).await?;
                None
            }
            // The token of a user who exists may what the user may, or less.
            found => {
                if found?.grants.capped_by(&grants) == Grants::none() {
                    return Err(Failure::usage(format!(
                        "such a token could do nothing: `{}` has no role there; leave `--bot` out, or give the role in the console first",
                        self.name
                    )));
                }
                Some(grants)
            }
        };
        let (id, secret) = identities.create_token(&self.name, &self.label, None, cap).await?;
        let document = json!({ "user": self.name, "id": id, "token": secret.expose() });
        output.give(&document, |output| output.line(secret.expose()))?;
        Ok(Exit::Done)
    }
}
