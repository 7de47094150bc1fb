//! Taking a bot out as one file, and bringing one in.

use std::io::Cursor;

use askama::Template;
use axum::body::Bytes;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use greenroom_format::{Bundle, read_archive, write_archive};
use greenroom_lifecycle::ImportMode;
use greenroom_web::{Problem, Query};
use serde::Deserialize;

use crate::frame::Frame;
use crate::page::Page;
use crate::viewed::{Editing, Viewed};

/// The longest archive that is taken, in bytes.
pub(crate) const MAX_ARCHIVE_BYTES: usize = 64 << 20;

#[derive(Template)]
#[template(path = "transfer.html")]
struct TransferPage {
    frame: Frame,
    can_edit: bool,
    archive: String,
    upload: String,
    done: String,
}

/// How an archive joins the draft.
#[derive(Debug, Deserialize)]
pub(crate) struct Mode {
    mode: Option<String>,
}

/// `GET …/transfer`
pub(crate) async fn page(viewed: Viewed) -> Response {
    let page = TransferPage {
        frame: viewed.frame("Import and export"),
        can_edit: viewed.can_edit(),
        archive: viewed.href("archive.zip"),
        upload: viewed.href("archive"),
        done: format!("{}?done=imported", viewed.href("")),
    };
    Page(page).into_response()
}

/// `GET …/archive.zip`: what is looked at, as an archive.
pub(crate) async fn download(viewed: Viewed) -> Result<Response, Problem> {
    let documents = viewed.documents().await?;
    let parts = documents.into_iter().map(|(path, (_, document))| (path, document)).collect();
    let mut bytes = Vec::new();
    write_archive(&mut bytes, &Bundle { parts }).map_err(|error| Problem::invalid(error.to_string()))?;
    let name = format!("attachment; filename=\"{}.zip\"", viewed.bot.id());
    let headers = [(header::CONTENT_TYPE, "application/zip".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, bytes).into_response())
}

/// `POST …/archive?mode=merge|replace|add_examples`: an archive joins the draft.
pub(crate) async fn upload(
    Editing(viewed): Editing,
    Query(mode): Query<Mode>,
    body: Bytes,
) -> Result<Response, Problem> {
    let mode = match mode.mode.as_deref() {
        None | Some("merge") => ImportMode::Merge,
        Some("replace") => ImportMode::Replace,
        Some("add_examples") => ImportMode::AddExamples,
        Some(other) => {
            return Err(Problem::invalid(format!(
                "`{other}` is no way to import; take merge, replace or add_examples"
            )));
        }
    };
    let read = tokio::task::spawn_blocking(move || read_archive(Cursor::new(body))).await;
    let bundle = read.map_err(|error| Problem::internal(&error))?;
    let bundle = bundle.map_err(|error| Problem::invalid(error.to_string()))?;
    let imported = viewed.bot.import(bundle.parts, mode).await?;
    Ok(greenroom_web::Json(imported).into_response())
}
