//! Who calls, and whether the request is the caller's own wish.
//!
//! Programs send a token with each request. Browsers send a cookie by
//! themselves, also with requests that a foreign page made them send; so what
//! changes something must carry a second secret, which foreign pages cannot
//! know: for people who are signed in the one of their session, for others (who
//! sign in, or accept an invitation) the one of a cookie of its own.

use axum::extract::{FromRequestParts, OptionalFromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use greenroom_identity::{Authenticated, Credential, Role, SecretText, User, UserName};
use greenroom_model::BotId;
use subtle::ConstantTimeEq as _;

use crate::form_token::told_token;
use crate::{AppState, Problem};

const SESSION_COOKIE: &str = "greenroom_session";
const FORM_COOKIE: &str = "greenroom_form";

/// Who calls.
#[derive(Debug, Clone)]
pub struct Caller(Authenticated);

/// How a caller proved who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// Signed in with a browser.
    Session,
    /// A token of a program.
    Token,
}

impl Caller {
    /// The name.
    #[must_use]
    pub fn user(&self) -> &UserName {
        &self.0.user.name
    }

    /// The user.
    #[must_use]
    pub fn account(&self) -> &User {
        &self.0.user
    }

    /// The role on a bot; none: the bot does not exist for this caller.
    #[must_use]
    pub fn role_on(&self, bot: &BotId) -> Option<Role> {
        self.0.grants.role_on(bot)
    }

    /// The role on the whole server.
    #[must_use]
    pub fn server_role(&self) -> Option<Role> {
        self.0.grants.server
    }

    /// Whether the caller has at least this role on a bot.
    #[must_use]
    pub fn may(&self, role: Role, bot: &BotId) -> bool {
        self.role_on(bot).is_some_and(|own| own >= role)
    }

    /// Whether the caller may less than the user whose token it shows.
    #[must_use]
    pub fn is_limited(&self) -> bool {
        self.0.grants != self.0.user.grants
    }

    /// How the caller proved who it is.
    #[must_use]
    pub fn via(&self) -> Via {
        match self.0.credential {
            Credential::Session(_) => Via::Session,
            Credential::Token(_) => Via::Token,
        }
    }

    /// A name of the very session or token that the caller came with; it opens nothing.
    pub(crate) fn credential(&self) -> String {
        match &self.0.credential {
            Credential::Session(id) => format!("session {id}"),
            Credential::Token(id) => format!("token {id}"),
        }
    }

    /// The token that forms of this session must carry; none for programs.
    #[must_use]
    pub fn csrf(&self) -> Option<&str> {
        self.0.csrf.as_ref().map(SecretText::expose)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::unauthenticated)
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Problem> {
        Ok(parts.extensions.get::<Self>().cloned())
    }
}

/// The forgery token of people who are not signed in. A page with a form shows
/// the token and sets the cookie.
#[derive(Debug, Clone)]
pub struct FormToken {
    /// What the form carries as `_csrf`.
    pub token: String,
    /// The cookie that goes with it.
    pub cookie: HeaderValue,
}

impl FromRequestParts<AppState> for FormToken {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let known = CookieJar::from_headers(&parts.headers).get(FORM_COOKIE).map(|cookie| cookie.value().to_owned());
        let token = match known.filter(|token| token.len() == 43) {
            Some(token) => token,
            None => {
                let mut bytes = [0; 32];
                getrandom::fill(&mut bytes).map_err(|error| Problem::internal(&error))?;
                URL_SAFE_NO_PAD.encode(bytes)
            }
        };
        Ok(Self { cookie: cookie(FORM_COOKIE, &token, state.settings().is_secure()), token })
    }
}

/// The `Set-Cookie` of a session.
#[must_use]
pub fn session_cookie(app: &AppState, session: &SecretText) -> HeaderValue {
    cookie(SESSION_COOKIE, session.expose(), app.settings().is_secure())
}

/// The `Set-Cookie` that ends a session in the browser.
#[must_use]
pub fn session_cookie_of_nobody() -> HeaderValue {
    HeaderValue::from_static("greenroom_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")
}

fn cookie(name: &'static str, value: &str, secure: bool) -> HeaderValue {
    let cookie =
        Cookie::build((name, value)).path("/").http_only(true).same_site(SameSite::Lax).secure(secure).to_string();
    let mut value = HeaderValue::from_str(&cookie).unwrap_or_else(|_| HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}

/// The secret of the session that a request comes with, to end it.
#[must_use]
pub fn session_secret(headers: &HeaderMap) -> Option<String> {
    CookieJar::from_headers(headers).get(SESSION_COOKIE).map(|cookie| cookie.value().to_owned())
}

/// Finds out who calls, and refuses what a foreign page made a browser send.
pub(crate) async fn authenticate(
    State(app): State<AppState>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let caller = caller(&app, request.headers()).await?;
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let by_program = matches!(&caller, Some(caller) if caller.via() == Via::Token);
    if changes && !by_program {
        if is_from_elsewhere(&app, request.headers()) {
            return Err(forged("the request was sent by a page of another site"));
        }
        let expected = match &caller {
            Some(caller) => caller.csrf().map(str::to_owned),
            None => CookieJar::from_headers(request.headers()).get(FORM_COOKIE).map(|cookie| cookie.value().to_owned()),
        };
        // Of what nobody sends, only forms do anything; the rest its handlers refuse.
        if caller.is_some() || could_be_a_form(&request) {
            let (told, whole) = told_token(&app, request).await?;
            request = whole;
            let holds = matches!((&expected, &told), (Some(expected), Some(told))
                if bool::from(expected.as_bytes().ct_eq(told.as_bytes())));
            if !holds {
                return Err(forged("the form's token is missing or out of date; load the page again and repeat"));
            }
        }
    }
    let Some(caller) = caller else { return Ok(next.run(request).await) };
    request.extensions_mut().insert(caller.clone());
    let mut response = next.run(request).await;
    // For the layers outside, which saw the request before it was known who sent it.
    response.extensions_mut().insert(caller);
    Ok(response)
}

pub(crate) async fn caller(app: &AppState, headers: &HeaderMap) -> Result<Option<Caller>, Problem> {
    if let Some(authorization) = headers.get(header::AUTHORIZATION) {
        let token = authorization.to_str().ok().and_then(|text| {
            let (scheme, token) = text.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
        });
        let authenticated = match token {
            Some(token) => app.identities().by_token(token).await?,
            None => None,
        };
        // A wrong token is never taken for nobody, nor for the session beside it.
        return authenticated.map(|found| Some(Caller(found))).ok_or_else(Problem::unauthenticated);
    }
    match session_secret(headers) {
        Some(secret) => Ok(app.identities().by_session(&secret).await?.map(Caller)),
        None => Ok(None),
    }
}

/// Whether the browser itself says that another site's page sent the request.
fn is_from_elsewhere(app: &AppState, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    match text("origin") {
        None => false,
        Some(origin) => {
            let own = app.settings().public_url.as_str();
            let host = text("host").unwrap_or_default();
            origin != own && origin != format!("http://{host}") && origin != format!("https://{host}")
        }
    }
}

/// Whether a foreign page could make a browser send this without asking first.
fn could_be_a_form(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).map(|kind| kind.as_bytes().to_ascii_lowercase());
    let simple = [&b"application/x-www-form-urlencoded"[..], b"multipart/form-data", b"text/plain"];
    *request.method() == Method::POST && kind.is_none_or(|kind| simple.iter().any(|simple| kind.starts_with(simple)))
}

fn forged(detail: &str) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "forged_request", detail)
}
