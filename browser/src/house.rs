//! A server in this process, with a store that nobody used before.

use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::sync::Arc;

use greenroom_lifecycle::{Bot, ImportMode, PlanRequest, TrainingRequest};
use greenroom_model::{BotId, Document, PartPath};
use greenroom_server::{Configuration, Server};
use greenroom_store::MemoryStore;
use greenroom_web::AppState;
use serde_json::Value;
use tokio::sync::oneshot;

use crate::{Chromium, Error, Person, Role};

/// The password that people of the tests choose.
pub const PASSWORD: &str = "a sentence that is easy";

/// A running server; it ends when it is dropped.
#[derive(Debug)]
pub struct House {
    address: String,
    app: AppState,
    link: String,
    _end: oneshot::Sender<()>,
}

impl House {
    /// Starts one on a free port of this machine.
    ///
    /// # Errors
    /// [`Error::Server`].
    pub async fn open() -> Result<Self, Error> {
        let configuration = Configuration {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            rate_per_second: 0,
            ..Configuration::default()
        };
        let server = Server::on(Arc::new(MemoryStore::new()), &configuration).await.map_err(failed)?;
        let link = server.first_admin_link().await.map_err(failed)?;
        let link = link.ok_or_else(|| Error::Server("it has an administrator already".to_owned()))?;
        let (address, app) = (server.address(), server.app().clone());
        let (end, ended) = oneshot::channel::<()>();
        tokio::spawn(server.run(async { _ = ended.await }));
        Ok(Self { address, app, link, _end: end })
    }

    /// Where it is: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn address(&self) -> String {
        self.address.clone()
    }

    /// The link that makes one person its administrator.
    #[must_use]
    pub fn link(&self) -> &str {
        &self.link
    }

    /// What its handlers stand on.
    #[must_use]
    pub fn app(&self) -> &AppState {
        &self.app
    }

    /// Somebody who took the one-time link and is signed in as `admin`.
    ///
    /// # Errors
    /// As the steps.
    pub async fn administrator(&self, chromium: &Chromium) -> Result<Person, Error> {
        let person = chromium.person(&self.address).await?;
        person.goes_to(&self.link).await?;
        person.types("Your name", "Ada").await?;
        person.types("Password", PASSWORD).await?;
        person.types("The same again", PASSWORD).await?;
        person.follows(Role::Button, "Set the password and sign in").await?;
        Ok(person)
    }

    /// A bot made from the sample.
    ///
    /// # Errors
    /// [`Error::Server`].
    pub async fn sample_bot(&self, id: &str) -> Result<Bot, Error> {
        let id: BotId = id.parse().map_err(failed)?;
        let lifecycle = self.app.lifecycle().clone().acting_as("admin");
        lifecycle.create_from(&id, self.app.sample_bot().clone()).await.map_err(failed)
    }

    /// Adds parts to a bot, each as its JSON.
    ///
    /// # Errors
    /// [`Error::Server`] names the part that is not taken.
    pub async fn adds(&self, bot: &Bot, parts: impl IntoIterator<Item = (String, Value)>) -> Result<(), Error> {
        let read = |(path, value): (String, Value)| -> Result<(PartPath, Document), Error> {
            let path: PartPath = path.parse().map_err(failed)?;
            let document = Document::from_value(&path, value).map_err(failed)?;
            Ok((path, document))
        };
        let parts = parts.into_iter().map(read).collect::<Result<_, _>>()?;
        bot.import(parts, ImportMode::Merge).await.map(drop).map_err(failed)
    }

    /// Trains what is to be trained.
    ///
    /// # Errors
    /// [`Error::Server`].
    pub async fn trains(&self, bot: &Bot) -> Result<(), Error> {
        let done = bot.train(&TrainingRequest::default(), &mut |_| ControlFlow::Continue(())).await;
        done.map(drop).map_err(failed)
    }

    /// Trains what is to be trained, and publishes all of it.
    ///
    /// # Errors
    /// [`Error::Server`].
    pub async fn publishes(&self, bot: &Bot, notes: &str) -> Result<(), Error> {
        self.trains(bot).await?;
        let plan = bot.plan(&PlanRequest::full(notes)).await.map_err(failed)?;
        bot.publish(&plan).await.map(drop).map_err(failed)
    }
}

/// An error of the server's crates, as this crate's.
pub(crate) fn failed(error: impl std::fmt::Display) -> Error {
    Error::Server(error.to_string())
}
