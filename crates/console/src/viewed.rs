//! What the handlers of a bot's pages stand on: the bot, who looks, the side, its content.

use std::collections::BTreeMap;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use greenroom_identity::Role;
use greenroom_lifecycle::{Bot, Error, live};
use greenroom_model::document::Settings;
use greenroom_model::{BotId, Content, Digest, Document, Environment, Language, PartPath};
use greenroom_web::{AppState, AsAdmin, AsEditor, AsPublisher, AsViewer, Caller, OnBot, Problem, RequiredRole};

use crate::flash;
use crate::frame::{BotFrame, Frame, LiveVersion, Side};
use crate::problem_page::never_published;

/// A bot, looked at by somebody who may.
#[derive(Debug)]
pub(crate) struct Viewed {
    pub(crate) app: AppState,
    /// Acts in the name of the caller.
    pub(crate) bot: Bot,
    pub(crate) caller: Caller,
    /// None on pages that belong to both sides, such as the versions.
    pub(crate) side: Option<Side>,
    /// The draft's content, or on live what live runs.
    pub(crate) content: Content,
    pub(crate) settings: Settings,
    /// What live runs; none: nothing was published yet.
    pub(crate) live: Option<Environment>,
    path: String,
    query: Option<String>,
}

/// The same for somebody who may edit.
#[derive(Debug)]
pub(crate) struct Editing(pub(crate) Viewed);

/// The same for somebody who may publish.
#[derive(Debug)]
pub(crate) struct Publishing(pub(crate) Viewed);

/// The same for somebody who may administer the bot.
#[derive(Debug)]
pub(crate) struct Administering(pub(crate) Viewed);

/// All documents of a content, by path.
pub(crate) type Documents = BTreeMap<PartPath, (Digest, Document)>;

macro_rules! from_request {
    ($($name:ident $role:ident;)*) => {$(
        impl FromRequestParts<AppState> for $name {
            type Rejection = Response;

            async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
                Ok(Self(viewed::<$role>(parts, state).await?))
            }
        }
    )*};
}

from_request! {
    Editing AsEditor;
    Publishing AsPublisher;
    Administering AsAdmin;
}

impl FromRequestParts<AppState> for Viewed {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        viewed::<AsViewer>(parts, state).await
    }
}

async fn viewed<R: RequiredRole>(parts: &mut Parts, state: &AppState) -> Result<Viewed, Response> {
    let path = parts.uri.path().to_owned();
    let on_bot = OnBot::<R>::from_request_parts(parts, state).await.map_err(IntoResponse::into_response)?;
    // Of `/bots/BOT/SIDE/…`.
    let side = match path.split('/').nth(3) {
        Some("draft") => Some(Side::Draft),
        Some("live") => Some(Side::Live),
        _ => None,
    };
    let fail = |error: Error| Problem::from(error).into_response();
    let running = on_bot.bot.environment(&live()).await.map_err(fail)?;
    let draft = on_bot.bot.draft().await.map_err(fail)?;
    let content = match side {
        Some(Side::Live) if running.is_some() => on_bot.bot.live_content(&live()).await.map_err(fail)?,
        _ => draft,
    };
    let settings = match on_bot.bot.get(&content, &PartPath::Settings).await {
        Ok((_, Document::Settings(settings))) => settings,
        // A bot without settings can still be looked at, and be given some.
        Ok(_) | Err(Error::PartNotFound { .. }) => default_settings(&on_bot.bot),
        Err(error) => return Err(fail(error)),
    };
    let viewed = Viewed {
        app: state.clone(),
        bot: on_bot.bot,
        caller: on_bot.caller,
        side,
        content,
        settings,
        live: running,
        path,
        query: parts.uri.query().map(str::to_owned),
    };
    if side == Some(Side::Live) && viewed.live.is_none() {
        return Err(never_published(&viewed));
    }
    Ok(viewed)
}

fn default_settings(bot: &Bot) -> Settings {
    #[expect(clippy::expect_used, reason = "the tag is a constant that the type's own tests know")]
    let english = Language::new("en").expect("`en` is a language");
    Settings::new(bot.id().to_string(), english)
}

/// Where what a page of live shows can be corrected: the form of its part, where it shows one.
fn hotfix_address(bot: &BotId, page: &str) -> String {
    let part = match page.split('/').collect::<Vec<_>>()[..] {
        ["flows", id] => format!("flows/{id}"),
        ["entities", id] => format!("nlp/entities/{id}"),
        ["variables", "variable", id] => format!("flows/variables/{id}"),
        ["variables", "context", id] => format!("flows/contexts/{id}"),
        ["settings"] => "settings".to_owned(),
        _ => return format!("/bots/{bot}/live/hotfix"),
    };
    format!("/bots/{bot}/live/hotfix?part={part}")
}

impl Viewed {
    /// Whether the caller has at least this role on the bot.
    pub(crate) fn may(&self, role: Role) -> bool {
        self.caller.may(role, self.bot.id())
    }

    /// Whether forms that change the draft are to be shown.
    pub(crate) fn can_edit(&self) -> bool {
        self.side != Some(Side::Live) && self.may(Role::Editor)
    }

    /// The address of a page on the side that is looked at: `href("flows/rent")`.
    pub(crate) fn href(&self, page: &str) -> String {
        let side = if self.side == Some(Side::Live) { "live" } else { "draft" };
        let slash = if page.is_empty() { "" } else { "/" };
        format!("/bots/{}/{side}{slash}{page}", self.bot.id())
    }

    /// The frame of a page of this bot.
    pub(crate) fn frame(&self, title: impl Into<String>) -> Frame {
        let id = self.bot.id();
        let rest = match self.side {
            Some(_) => self.path.splitn(5, '/').nth(4).unwrap_or_default(),
            None => "",
        };
        // What belongs to the draft alone has no page on live.
        let is_drafts = ["training", "evaluation", "publish", "transfer", "new"]
            .iter()
            .any(|own| rest.split('/').any(|segment| segment == *own))
            || rest == "merge";
        let is_lives = rest == "hotfix";
        let other = |side: &str| {
            let is_only_here = if side == "live" { is_drafts } else { is_lives };
            let is_here = self.side == Some(if side == "live" { Side::Live } else { Side::Draft });
            if rest.is_empty() || is_only_here && !is_here {
                format!("/bots/{id}/{side}")
            } else {
                format!("/bots/{id}/{side}/{rest}")
            }
        };
        let mut frame = Frame::new(title, Some(&self.caller)).at(&self.path);
        frame.flash = flash::text(self.query.as_deref());
        frame.bot = Some(BotFrame {
            id: id.to_string(),
            name: self.settings.name.clone(),
            home: self.href(""),
            is_draft: self.side == Some(Side::Draft),
            is_live: self.side == Some(Side::Live),
            draft_href: other("draft"),
            live_href: other("live"),
            hotfix_href: hotfix_address(id, rest),
            live: self.live.as_ref().map(LiveVersion::new),
            role: self.caller.role_on(id).unwrap_or(Role::Viewer),
            languages: self.settings.all_languages().map(ToString::to_string).collect(),
        });
        frame
    }

    /// The languages of the bot, the default one first.
    pub(crate) fn languages(&self) -> Vec<Language> {
        self.settings.all_languages().cloned().collect()
    }

    /// A part of what is looked at.
    pub(crate) async fn part(&self, path: &PartPath) -> Result<(Digest, Document), Problem> {
        Ok(self.bot.get(&self.content, path).await?)
    }

    /// A part of what is looked at; none where it does not exist.
    pub(crate) async fn part_if_any(&self, path: &PartPath) -> Result<Option<(Digest, Document)>, Problem> {
        match self.bot.get(&self.content, path).await {
            Ok(found) => Ok(Some(found)),
            Err(Error::PartNotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Everything that is looked at.
    pub(crate) async fn documents(&self) -> Result<Documents, Problem> {
        let all = self.bot.documents(&self.content).await?;
        Ok(all.into_iter().map(|(path, digest, document)| (path, (digest, document))).collect())
    }

    /// Goes to a page of this side and says there what was done.
    pub(crate) fn done(&self, page: &str, word: &str) -> Response {
        Redirect::to(&flash::with(&self.href(page), word)).into_response()
    }
}
