//! The way to the store and its bots: opened when a verb first asks for it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use greenroom_lifecycle::{Bot, Lifecycle};
use greenroom_model::BotId;
use greenroom_store::Store;
use greenroom_store_sqlite::SqliteStore;
use tokio::sync::OnceCell;

use crate::arguments::CommonOptions;
use crate::failure::Failure;

/// The store that is used where nothing names one.
const DEFAULT_STORE: &str = "greenroom.db";

/// How many bots an error names as near.
const NEAR_BOTS: usize = 3;

/// The way to the store and its bots.
pub(crate) struct StoreAccess {
    path: PathBuf,
    is_named: bool,
    actor: String,
    opened: OnceCell<Arc<SqliteStore>>,
}

impl StoreAccess {
    /// As the common options say.
    pub(crate) fn new(common: &CommonOptions) -> Self {
        let path = common.store.clone().unwrap_or_else(|| DEFAULT_STORE.into());
        let user = || ["USER", "USERNAME"].iter().find_map(|name| std::env::var(name).ok());
        let actor = common.actor.clone().or_else(user).filter(|name| !name.trim().is_empty());
        let actor = actor.unwrap_or_else(|| "unknown".to_owned());
        Self { path, is_named: common.store_is_named, actor, opened: OnceCell::new() }
    }

    /// The same for another file.
    pub(crate) fn at(&self, path: PathBuf) -> Self {
        Self { path, is_named: true, actor: self.actor.clone(), opened: OnceCell::new() }
    }

    /// The store's file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Who acts.
    pub(crate) fn actor(&self) -> &str {
        &self.actor
    }

    /// Whether the command line itself names the store.
    pub(crate) fn is_named(&self) -> bool {
        self.is_named
    }

    /// Whether there is a store.
    pub(crate) fn exists(&self) -> bool {
        self.path.exists()
    }

    /// The store, which must be there: a verb that reads does not leave a file behind.
    pub(crate) async fn store(&self) -> Result<Arc<dyn Store>, Failure> {
        Ok(self.sqlite_store().await?)
    }

    /// The same, for what only a store in a file can do.
    pub(crate) async fn sqlite_store(&self) -> Result<Arc<SqliteStore>, Failure> {
        if !self.exists() {
            return Err(Failure::not_found(format!(
                "there is no store `{}`; make a bot with `greenroom new` or `greenroom import`, \
                 or name the store with `--store FILE`",
                self.path.display()
            )));
        }
        self.sqlite_store_or_new().await
    }

    /// The store, made where there is none.
    pub(crate) async fn store_or_new(&self) -> Result<Arc<dyn Store>, Failure> {
        Ok(self.sqlite_store_or_new().await?)
    }

    async fn sqlite_store_or_new(&self) -> Result<Arc<SqliteStore>, Failure> {
        let open = || async { SqliteStore::open(&self.path).await.map(Arc::new) };
        let store = self.opened.get_or_try_init(open).await?;
        Ok(store.clone())
    }

    /// What authors do, on the store, which must be there.
    pub(crate) async fn lifecycle(&self) -> Result<Lifecycle, Failure> {
        Ok(Lifecycle::new(self.store().await?).acting_as(&self.actor))
    }

    /// What authors do, on the store, made where there is none.
    pub(crate) async fn lifecycle_or_new(&self) -> Result<Lifecycle, Failure> {
        Ok(Lifecycle::new(self.store_or_new().await?).acting_as(&self.actor))
    }

    /// A bot that exists; an error names those whose ids are near.
    pub(crate) async fn bot(&self, id: &BotId) -> Result<Bot, Failure> {
        let lifecycle = self.lifecycle().await?;
        match lifecycle.bot(id).await {
            Err(greenroom_lifecycle::Error::BotNotFound(_)) => {
                let near = near(id, lifecycle.bots().await?);
                let advice = if near.is_empty() {
                    "`greenroom bots` lists those that there are".to_owned()
                } else {
                    format!("did you mean {}?", near.join(", "))
                };
                let place = self.path.display();
                Err(Failure::not_found(format!("there is no bot `{id}` in the store `{place}`; {advice}")))
            }
            found => Ok(found?),
        }
    }

    /// Closes the store: what it writes ahead goes into its file.
    pub(crate) async fn close(self) {
        // Whoever else still held it would go on with it; a verb that has ended does not.
        if let Some(store) = self.opened.into_inner().and_then(Arc::into_inner) {
            store.close().await;
        }
    }
}

/// The ids that somebody may have meant, the nearest first.
fn near(id: &BotId, bots: Vec<BotId>) -> Vec<String> {
    let mut near: Vec<(f64, String)> = bots
        .into_iter()
        .map(|bot| (strsim::jaro_winkler(id.as_str(), bot.as_str()), format!("`{bot}`")))
        .filter(|(likeness, _)| *likeness > 0.7)
        .collect();
    near.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    near.into_iter().take(NEAR_BOTS).map(|(_, bot)| bot).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_somebody_may_have_meant() {
        let bots = || ["helpdesk", "help-line", "bank"].map(|id| id.parse().unwrap()).to_vec();
        assert_eq!(near(&"helpdsk".parse().unwrap(), bots()).first().unwrap(), "`helpdesk`");
        assert!(near(&"zzz".parse().unwrap(), bots()).is_empty());
    }
}
