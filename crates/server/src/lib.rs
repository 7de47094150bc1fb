//! Greenroom as one service: API, console and channels on one address.
//!
//! Thin: what it does, `lifecycle` and `runtime` do. Here stands what only a
//! process has: its [`Configuration`], its socket, its logs, its metrics, its end.
//!
//! ```no_run
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use greenroom_server::{Configuration, Server};
//!
//! let server = Server::start(&Configuration::default()).await?;
//! println!("{}", server.address());
//! server.run(async { _ = tokio::signal::ctrl_c().await }).await?;
//! # Ok(())
//! # }
//! ```

mod accept;
mod chores;
mod configuration;
mod error;
mod health;
mod logs;
mod sample;
mod serve;
mod server;
mod surfaces;

pub use configuration::{Configuration, ConfigurationArguments};
pub use error::Error;
pub use logs::LogFormat;
pub use sample::{SAMPLE_ID, sample_bot};
pub use serve::{serve, termination};
pub use server::Server;
