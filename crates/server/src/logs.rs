//! Logs: structured, by `tracing`. They name routes, codes and ids, never what
//! people said, what forms held, or any secret.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use tracing_subscriber::EnvFilter;

use crate::{Configuration, Error};

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

pub(crate) fn filter(text: &str) -> Result<EnvFilter, Error> {
    EnvFilter::try_new(text).map_err(|error| Error::Configuration(format!("`log` is `{text}`: {error}")))
}

/// Begins to write logs, to standard error. A host that writes its own keeps them.
pub(crate) fn begin(configuration: &Configuration) -> Result<(), Error> {
    let filter = filter(&configuration.log)?;
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    _ = match configuration.log_format {
        LogFormat::Text => subscriber.try_init(),
        LogFormat::Json => subscriber.json().try_init(),
    };
    Ok(())
}
