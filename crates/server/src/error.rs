//! Why a server does not start, or ended.

use std::net::SocketAddr;

/// Why a server does not start, or ended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The configuration is not valid.
    #[error("the configuration is not valid: {0}")]
    Configuration(String),
    /// The address cannot be listened on.
    #[error("cannot listen on `{address}`: {source}; name another one with `--listen`")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The sample bot that the binary carries cannot be read.
    #[error("the sample bot cannot be read: {0}")]
    Sample(String),
    /// The operating system refused something.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] greenroom_store::Error),
    /// What sends webhooks does not start.
    #[error(transparent)]
    Channels(Box<greenroom_channels::Error>),
    /// Identities cannot be read.
    #[error("{0}")]
    Identities(String),
}

impl From<greenroom_channels::Error> for Error {
    fn from(error: greenroom_channels::Error) -> Self {
        Self::Channels(Box::new(error))
    }
}

impl Error {
    /// The exit code of a process that ends with it: 2 for what its user wrote, 5 for the rest.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        if matches!(self, Self::Configuration(_)) { 2 } else { 5 }
    }
}
