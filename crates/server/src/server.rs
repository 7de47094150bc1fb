//! One server: started, run, ended.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use greenroom_channels::{DeliveryWorker, FlowRequests, OutgoingPolicy, UnaskedReplies};
use greenroom_runtime::{Handlers, RasaActionServer, Runtime};
use greenroom_store::Store;
use greenroom_store_sqlite::SqliteStore;
use greenroom_web::{App, AppState, warm_up};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::accept::{Limits, accept};
use crate::chores::chores;
use crate::configuration::action_host;
use crate::health::Health;
use crate::surfaces::assemble;
use crate::{Configuration, Error, sample_bot};

/// How long loading may keep it from being ready; it goes on after that.
const WARM_UP_PATIENCE: Duration = Duration::from_secs(5);

/// How long jobs may take to stop where they are; they go on after the next start.
const JOBS_PATIENCE: Duration = Duration::from_secs(5);

/// A server that listens already and answers as soon as it [runs](Server::run).
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    app: AppState,
    limits: Limits,
    store: Option<Arc<SqliteStore>>,
}

impl Server {
    /// Opens the store that the configuration names, and listens.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::Listen`].
    pub async fn start(configuration: &Configuration) -> Result<Self, Error> {
        let store = Arc::new(SqliteStore::open(&configuration.store).await?);
        let mut server = Self::on(store.clone(), configuration).await?;
        server.store = Some(store);
        Ok(server)
    }

    /// The same on a store of the host, which stays the host's to close.
    ///
    /// # Errors
    /// [`Error::Listen`].
    pub async fn on(store: Arc<dyn Store>, configuration: &Configuration) -> Result<Self, Error> {
        let address = configuration.listen;
        let listener = TcpListener::bind(address).await.map_err(|source| Error::Listen { address, source })?;
        let address = listener.local_addr()?;
        let runtime = runtime(store.clone(), configuration)?;
        let app = App::new(store, configuration.web_settings(address)).with_runtime(runtime).with_sample(sample_bot()?);
        let limits = Limits {
            connections: configuration.max_connections,
            shutdown: Duration::from_secs(configuration.shutdown_seconds),
        };
        Ok(Self { listener, address, app: Arc::new(app), limits, store: None })
    }

    /// The address at which people reach it.
    #[must_use]
    pub fn address(&self) -> String {
        self.app.settings().public_url.clone()
    }

    /// The socket that it listens on.
    #[must_use]
    pub fn socket(&self) -> SocketAddr {
        self.address
    }

    /// What its handlers stand on.
    #[must_use]
    pub fn app(&self) -> &AppState {
        &self.app
    }

    /// As long as nobody administers the server: the link by which one person
    /// becomes its administrator. It works once; a later one replaces it.
    ///
    /// # Errors
    /// [`Error::Identities`].
    pub async fn first_admin_link(&self) -> Result<Option<String>, Error> {
        let secret = self.app.identities().first_admin().await.map_err(|error| Error::Identities(error.to_string()))?;
        Ok(secret.map(|secret| format!("{}/invitation/{}", self.address(), secret.expose())))
    }

    /// Answers until `end`; then answers what it took, stops its jobs and closes its store.
    ///
    /// # Errors
    /// [`Error::Channels`]; what goes wrong on single connections is their clients' affair.
    pub async fn run(self, end: impl Future<Output = ()>) -> Result<(), Error> {
        let health = Health::begin();
        let stop = CancellationToken::new();
        let warm_up = tokio::spawn(get_ready(self.app.clone(), health.clone()));
        let chores = tokio::spawn(chores(self.app.clone(), health.clone(), stop.clone()));
        let deliveries = DeliveryWorker::new(self.app.clone())?.run(stop.clone().cancelled_owned());
        let deliveries = tokio::spawn(deliveries);
        let router = assemble(self.app.clone(), health.clone());
        let ending = async {
            end.await;
            tracing::info!("ending: what was taken is answered first");
            health.end();
            self.app.jobs().release_all();
        };
        accept(self.listener, router, self.limits, ending).await;
        stop.cancel();
        warm_up.abort();
        _ = warm_up.await;
        _ = chores.await;
        _ = deliveries.await;
        let patience = tokio::time::Instant::now() + JOBS_PATIENCE;
        while self.app.jobs().unfinished() > 0 && tokio::time::Instant::now() < patience {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        drop(self.app);
        if let Some(store) = self.store.and_then(Arc::into_inner) {
            store.close().await;
        }
        Ok(())
    }
}

/// What answers messages: with requests and handlers as the operator lets them.
fn runtime(store: Arc<dyn Store>, configuration: &Configuration) -> Result<Runtime, Error> {
    let mut policy = OutgoingPolicy::public();
    for host in &configuration.flow_hosts {
        policy = policy.with_host(host.parse()?);
    }
    let mut handlers = Handlers::new();
    if let Some(address) = &configuration.rasa_actions {
        let host = action_host(address).map_err(Error::Configuration)?;
        let client = Arc::new(FlowRequests::new(OutgoingPolicy::public().with_host(host))?);
        handlers = handlers.with_any_other(Arc::new(RasaActionServer::new(address.clone(), client)));
    }
    let unasked = Arc::new(UnaskedReplies::new(store.clone()));
    let runtime = Runtime::new(store).with_http(Arc::new(FlowRequests::new(policy)?));
    Ok(runtime.with_handlers(handlers).with_observer(unasked))
}

/// Makes the server ready: once all is loaded, or has taken too long.
async fn get_ready(app: AppState, health: Health) {
    let mut warm_up = std::pin::pin!(warm_up(app));
    let loaded = tokio::time::timeout(WARM_UP_PATIENCE, &mut warm_up).await.is_ok();
    health.become_ready();
    if !loaded {
        tracing::warn!(
            "bots are still being loaded after {} s; those that are not there yet wait",
            WARM_UP_PATIENCE.as_secs()
        );
        warm_up.await;
    }
}
