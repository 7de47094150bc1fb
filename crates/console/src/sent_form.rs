//! A sent form that may carry files.

use axum::body::Bytes;
use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{FromRequest, Request};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use greenroom_web::Problem;

use crate::fields::Fields;

/// The fields of a form and the files with it, however a browser wrote them down.
#[derive(Debug, Clone, Default)]
pub(crate) struct SentForm {
    pub(crate) fields: Fields,
    files: Vec<SentFile>,
}

/// A file that somebody chose.
#[derive(Debug, Clone)]
pub(crate) struct SentFile {
    field: String,
    /// What it is called where it comes from.
    pub(crate) name: String,
    pub(crate) content: Bytes,
}

impl SentForm {
    /// The file of a field; none where nobody chose one.
    pub(crate) fn file(&self, field: &str) -> Option<&SentFile> {
        self.files.iter().find(|file| file.field == field)
    }
}

impl<S: Send + Sync> FromRequest<S> for SentForm {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let kind = request.headers().get(header::CONTENT_TYPE).map(|kind| kind.as_bytes().to_ascii_lowercase());
        if !kind.is_some_and(|kind| kind.starts_with(b"multipart/form-data")) {
            return Ok(Self { fields: Fields::from_request(request, state).await?, files: Vec::new() });
        }
        let parts = Multipart::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        read(parts).await.map_err(|error| unreadable(&error).into_response())
    }
}

async fn read(mut parts: Multipart) -> Result<SentForm, MultipartError> {
    let (mut fields, mut files) = (Vec::new(), Vec::new());
    while let Some(part) = parts.next_field().await? {
        let field = part.name().unwrap_or_default().to_owned();
        match part.file_name().map(str::to_owned) {
            None => fields.push((field, part.text().await?)),
            // Where nobody chose a file, browsers send one without a name.
            Some(name) if name.is_empty() => {}
            Some(name) => files.push(SentFile { field, name, content: part.bytes().await? }),
        }
    }
    Ok(SentForm { fields: Fields::from(fields), files })
}

fn unreadable(error: &MultipartError) -> Problem {
    Problem::new(
        error.status(),
        "body_invalid",
        format!("the form cannot be read: {}; send it again", error.body_text()),
    )
}
