//! The web chat's own pages: an environment's, and the draft's behind a token.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use greenroom_lifecycle::{Channel, ChannelKind, LIVE};
use greenroom_model::{BotId, EnvironmentId};
use greenroom_web::{AppState, Path, Problem, Query};
use serde::Deserialize;

use crate::door::no_channel;
use crate::web_chat::{name_of, no_preview, open_draft};

/// A page that holds nothing but the chat.
#[derive(Debug, Template)]
#[template(path = "chat.html")]
struct ChatPage {
    title: String,
    language: String,
    bot: String,
    environment: String,
    channel: String,
    /// Opens the draft; blank elsewhere.
    token: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Which {
    env: Option<String>,
    channel: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Token {
    #[serde(default)]
    token: String,
}

/// The page of an environment: the channel that was asked for, or its first web chat.
pub(crate) async fn of_environment(
    State(app): State<AppState>,
    Path(bot): Path<String>,
    Query(which): Query<Which>,
) -> Result<Response, Problem> {
    let environment = which.env.as_deref().unwrap_or(LIVE);
    let (Ok(id), Ok(environment)) = (bot.parse::<BotId>(), environment.parse::<EnvironmentId>()) else {
        return Err(no_channel());
    };
    let bot = match app.lifecycle().bot(&id).await {
        Ok(bot) => bot,
        Err(greenroom_lifecycle::Error::BotNotFound(_)) => return Err(no_channel()),
        Err(error) => return Err(error.into()),
    };
    let asked = |channel: &Channel| which.channel.as_deref().is_none_or(|asked| asked == channel.id.as_str());
    let channels = bot.channels(&environment).await?.into_iter();
    let mut chats = channels.filter(asked).filter_map(|channel| match channel.kind {
        ChannelKind::WebChat(chat) => Some((channel.id, chat)),
        _ => None,
    });
    let (channel, chat) = chats.next().ok_or_else(no_channel)?;
    let title = match (chat.title, bot.live_content(&environment).await) {
        (Some(title), _) => title,
        (None, Ok(content)) => name_of(&app, &id, &content).await.unwrap_or_else(|| id.to_string()),
        (None, Err(_)) => id.to_string(),
    };
    let page = ChatPage {
        title,
        language: chat.language.map_or_else(|| "en".to_owned(), |language| language.to_string()),
        bot: id.to_string(),
        environment: environment.to_string(),
        channel: channel.to_string(),
        token: String::new(),
    };
    show(&page)
}

/// The draft's page, for whoever has a link that works.
pub(crate) async fn of_draft(
    State(app): State<AppState>,
    Path(bot): Path<String>,
    Query(Token { token }): Query<Token>,
) -> Result<Response, Problem> {
    let (bot, _) = open_draft(&app, &bot, &token).await?.ok_or_else(no_preview)?;
    let content = app.lifecycle().bot(&bot).await?.draft().await?;
    let title = name_of(&app, &bot, &content).await.unwrap_or_else(|| bot.to_string());
    let page = ChatPage {
        title,
        language: "en".to_owned(),
        bot: bot.to_string(),
        environment: "draft".to_owned(),
        channel: "draft".to_owned(),
        token,
    };
    let mut response = show(&page)?;
    // The address holds the token: it goes to nobody, and no search engine keeps it.
    let headers = response.headers_mut();
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex, nofollow"));
    Ok(response)
}

/// As for every page, but for the pictures and films that the bot shows: they stand where its author put them.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data: https:; media-src https:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; \
    base-uri 'none'";

fn show(page: &ChatPage) -> Result<Response, Problem> {
    let html = page.render().map_err(|error| Problem::internal(&error))?;
    let headers = [(header::CACHE_CONTROL, "no-store"), (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY)];
    Ok((headers, Html(html)).into_response())
}
