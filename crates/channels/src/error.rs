//! Why something about the delivery of answers was not done.

/// Why something about the delivery of answers was not done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The client that calls webhooks cannot be made.
    #[error("the client that calls webhooks cannot be made; look at the system's certificates")]
    Client(#[source] reqwest::Error),
    /// A text is not a host that can be allowed.
    #[error("`{0}` is not a host; write it as `actions.internal` or `10.0.0.7:5055`")]
    InvalidHost(String),
    /// There is no such delivery.
    #[error("there is no failed delivery `{0}`; it may have been sent again or thrown away meanwhile")]
    DeliveryNotFound(String),
    /// A stored record is not what it should be.
    #[error(transparent)]
    Model(#[from] greenroom_model::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] greenroom_store::Error),
    /// The runtime could not answer.
    #[error(transparent)]
    Runtime(#[from] greenroom_runtime::Error),
    /// The channels cannot be read.
    #[error(transparent)]
    Lifecycle(#[from] greenroom_lifecycle::Error),
}

impl From<Error> for greenroom_web::Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::DeliveryNotFound(_) => Self::not_found(error.to_string()),
            Error::Model(error) => error.into(),
            Error::Store(error) => error.into(),
            Error::Runtime(error) => error.into(),
            Error::Lifecycle(error) => error.into(),
            Error::Client(_) | Error::InvalidHost(_) => Self::internal(&error),
        }
    }
}
