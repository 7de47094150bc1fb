//! Problems as pages that people can read, and the page of a live that is not there yet.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use greenroom_web::{Caller, Problem};

use crate::frame::Frame;
use crate::page::Page;
use crate::viewed::Viewed;

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    frame: Frame,
    status: u16,
    detail: String,
    /// The bot's overview, where the address is one of a bot's.
    back: Option<String>,
}

#[derive(Template)]
#[template(path = "never_published.html")]
struct NeverPublishedPage {
    frame: Frame,
    publish: String,
    can_publish: bool,
}

/// Shows the problems of any service to browsers as pages, those of its outer layers
/// included: forged forms, too many requests, addresses that lead nowhere. Programs,
/// which do not ask for HTML, get the problems as they are.
///
/// # Examples
/// ```
/// use axum::Router;
///
/// let service: Router = greenroom_console::with_problem_pages(Router::new());
/// # let _ = service;
/// ```
pub fn with_problem_pages(service: Router) -> Router {
    service.layer(middleware::from_fn(show_problems))
}

/// Shows problems to browsers as pages; who is not signed in is sent to do that.
pub(crate) async fn show_problems(request: Request, next: Next) -> Response {
    let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_browser = accepts.contains("text/html");
    let known = request.extensions().get::<Caller>().cloned();
    let is_get = request.method() == axum::http::Method::GET;
    let address = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    let response = next.run(request).await;
    let Some(problem) = response.extensions().get::<Arc<Problem>>().cloned() else { return response };
    if !is_browser {
        return response;
    }
    // Outside of what asks who comes, the answer says it.
    let caller = known.or_else(|| response.extensions().get::<Caller>().cloned());
    if problem.status() == StatusCode::UNAUTHORIZED && caller.is_none() {
        let next = if is_get { address } else { "/".to_owned() };
        return Redirect::to(&format!("/sign-in?next={}", escaped(&next))).into_response();
    }
    let title = match problem.status() {
        StatusCode::NOT_FOUND => "Not found",
        StatusCode::FORBIDDEN => "Not allowed",
        StatusCode::TOO_MANY_REQUESTS => "Too many requests",
        status if status.is_server_error() => "Something failed on our side",
        _ => "That did not work",
    };
    let page = ProblemPage {
        frame: Frame::new(title, caller.as_ref()),
        status: problem.status().as_u16(),
        detail: problem.detail.clone(),
        back: back(&address).filter(|_| caller.is_some()),
    };
    let mut page = (problem.status(), Page(page)).into_response();
    // What inner layers said to the browser (what a page may load, when to come again) holds for this form too.
    for (name, value) in response.headers() {
        if ![header::CONTENT_TYPE, header::CONTENT_LENGTH].contains(name) {
            page.headers_mut().insert(name, value.clone());
        }
    }
    page
}

/// The overview of the bot that an address is of.
fn back(address: &str) -> Option<String> {
    let mut segments = address.split(['/', '?']);
    let (Some(""), Some("bots"), Some(bot)) = (segments.next(), segments.next(), segments.next()) else { return None };
    let bot: greenroom_model::BotId = bot.parse().ok()?;
    let side = if segments.next() == Some("live") { "live" } else { "draft" };
    Some(format!("/bots/{bot}/{side}"))
}

/// What live shows before the first publish.
pub(crate) fn never_published(viewed: &Viewed) -> Response {
    let page = NeverPublishedPage {
        frame: viewed.frame("Live"),
        publish: format!("/bots/{}/draft/publish", viewed.bot.id()),
        can_publish: viewed.may(greenroom_identity::Role::Publisher),
    };
    Page(page).into_response()
}

/// A text as part of an address's query.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => escaped.push(byte.into()),
            byte => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}
