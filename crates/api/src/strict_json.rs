//! JSON bodies that hold documents of parts: read as strictly as the documents themselves.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use greenroom_model::from_json_strictly;
use greenroom_web::Problem;
use serde::de::DeserializeOwned;

use crate::parts::json_body;
use crate::problems::refused;

/// A JSON body in which no key stands twice.
#[derive(Debug)]
pub(crate) struct StrictJson<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for StrictJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let headers = request.headers().clone();
        let body = json_body(&headers, Bytes::from_request(request, state).await)?;
        from_json_strictly(&body).map(Self).map_err(|reason| refused("body_invalid", reason))
    }
}
