//! What is around every page: title, who is signed in, the bot, draft or live, the sections.

use greenroom_identity::Role;
use greenroom_web::Caller;
use jiff::Timestamp;

use crate::assets;

/// The two sides of a bot that people look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// What authors edit.
    Draft,
    /// What customers talk to; nobody edits it.
    Live,
}

/// What is around a page.
#[derive(Debug, Clone, Default)]
pub(crate) struct Frame {
    pub(crate) title: String,
    /// The name that people read of who is signed in.
    pub(crate) user: Option<String>,
    pub(crate) csrf: Option<String>,
    pub(crate) flash: Option<&'static str>,
    pub(crate) bot: Option<BotFrame>,
    is_server_admin: bool,
    path: String,
}

/// What is around the pages of a bot.
#[derive(Debug, Clone)]
pub(crate) struct BotFrame {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The overview of the side that is looked at.
    pub(crate) home: String,
    pub(crate) is_draft: bool,
    pub(crate) is_live: bool,
    /// The same page on the draft.
    pub(crate) draft_href: String,
    /// The same page on live.
    pub(crate) live_href: String,
    /// Where what the page shows of live can be corrected.
    pub(crate) hotfix_href: String,
    pub(crate) live: Option<LiveVersion>,
    pub(crate) role: Role,
    /// The languages of the bot, the default one first.
    pub(crate) languages: Vec<String>,
}

/// What live runs.
#[derive(Debug, Clone)]
pub(crate) struct LiveVersion {
    pub(crate) number: u64,
    pub(crate) by: String,
    pub(crate) time: String,
    pub(crate) ago: String,
}

/// Sections under a heading.
#[derive(Debug, Clone)]
pub(crate) struct SectionGroup {
    pub(crate) title: &'static str,
    pub(crate) links: Vec<SectionLink>,
}

/// A link to a section.
#[derive(Debug, Clone)]
pub(crate) struct SectionLink {
    pub(crate) label: &'static str,
    pub(crate) href: String,
    pub(crate) is_current: bool,
}

impl Frame {
    /// The frame of a page outside any bot.
    pub(crate) fn new(title: impl Into<String>, caller: Option<&Caller>) -> Self {
        Self {
            title: title.into(),
            user: caller.map(|caller| caller.account().shown_name().to_owned()),
            csrf: caller.and_then(|caller| caller.csrf().map(str::to_owned)),
            is_server_admin: caller.and_then(Caller::server_role).is_some_and(|role| role >= Role::Admin),
            ..Self::default()
        }
    }

    /// The same for people who are not signed in, with their form token.
    pub(crate) fn with_form_token(mut self, token: impl Into<String>) -> Self {
        self.csrf = Some(token.into());
        self
    }

    /// The same at an address, so that the section shows as the current one.
    pub(crate) fn at(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// The address without its last segment: from a flow to the list of flows.
    pub(crate) fn parent(&self) -> &str {
        self.path.rsplit_once('/').map_or("/", |(parent, _)| parent)
    }

    pub(crate) fn asset(&self, name: &str) -> String {
        assets::address(name)
    }

    /// The address of a page of the draft; the list of bots where there is no bot.
    pub(crate) fn draft_page(&self, page: &str) -> String {
        self.bot.as_ref().map_or_else(|| "/".to_owned(), |bot| format!("/bots/{}/draft/{page}", bot.id))
    }

    /// The address of a page that belongs to both sides.
    pub(crate) fn bot_page(&self, page: &str) -> String {
        self.bot.as_ref().map_or_else(|| "/".to_owned(), |bot| format!("/bots/{}/{page}", bot.id))
    }

    pub(crate) fn is_live(&self) -> bool {
        self.bot.as_ref().is_some_and(|bot| bot.is_live)
    }

    /// Whether the chat stands beside the page: on every page of a bot.
    pub(crate) fn has_chat(&self) -> bool {
        self.bot.is_some()
    }

    pub(crate) fn sections(&self) -> Vec<SectionGroup> {
        let groups = match &self.bot {
            Some(bot) => bot_sections(bot),
            None if self.user.is_some() => self.server_sections(),
            None => Vec::new(),
        };
        let mut groups: Vec<SectionGroup> = groups
            .into_iter()
            .map(|(title, links)| SectionGroup {
                title,
                links: links.into_iter().map(|(label, href)| SectionLink { label, href, is_current: false }).collect(),
            })
            .collect();
        self.mark_current(&mut groups);
        groups
    }

    fn server_sections(&self) -> Vec<(&'static str, Vec<(&'static str, String)>)> {
        let mut links = vec![("Bots", "/".to_owned()), ("Your account", "/account".to_owned())];
        if self.is_server_admin {
            links.extend([("Users", "/users".to_owned()), ("Health", "/health".to_owned())]);
        }
        vec![("", links)]
    }

    /// The link whose address is the longest beginning of the page's.
    fn mark_current(&self, groups: &mut [SectionGroup]) {
        let is_over = |href: &str| self.path == href || self.path.starts_with(&format!("{href}/"));
        let links = groups.iter_mut().flat_map(|group| &mut group.links);
        if let Some(link) = links.filter(|link| is_over(&link.href)).max_by_key(|link| link.href.len()) {
            link.is_current = true;
        }
    }
}

fn bot_sections(bot: &BotFrame) -> Vec<(&'static str, Vec<(&'static str, String)>)> {
    let side = if bot.is_live { "live" } else { "draft" };
    let here = |section: &str| format!("/bots/{}/{side}{section}", bot.id);
    let all = |section: &str| format!("/bots/{}/{section}", bot.id);
    let mut build = vec![
        ("Overview", here("")),
        ("Flows", here("/flows")),
        ("Intents", here("/intents")),
        ("Entities", here("/entities")),
        ("Variables", here("/variables")),
        ("Translations", here("/translations")),
        ("Tests", here("/tests")),
        ("Settings", here("/settings")),
    ];
    let mut groups = Vec::new();
    if bot.is_live {
        if bot.can_publish() {
            build.push(("Hotfix", here("/hotfix")));
        }
        groups.push(("Live", build));
    } else {
        build.push(("Import and export", here("/transfer")));
        groups.push(("Build", build));
        groups.push((
            "Go live",
            vec![
                ("Train", here("/training")),
                ("Evaluation", here("/evaluation")),
                ("Publish", here("/publish")),
                ("Hotfixes", here("/merge")),
            ],
        ));
    }
    groups
        .push(("Run", vec![("Inbox", all("inbox")), ("Versions", all("versions")), ("Channels", all("environments"))]));
    groups
}

impl BotFrame {
    /// Where the chat beside the page sends messages.
    pub(crate) fn chat_href(&self) -> String {
        format!("/bots/{}/{}/chat", self.id, if self.is_live { "live" } else { "draft" })
    }

    /// Where the chat sends a conversation that is to become a test.
    pub(crate) fn keep_chat_href(&self) -> String {
        format!("/bots/{}/draft/chat/test", self.id)
    }

    pub(crate) fn can_edit(&self) -> bool {
        self.role >= Role::Editor
    }

    pub(crate) fn can_publish(&self) -> bool {
        self.role >= Role::Publisher
    }
}

impl LiveVersion {
    pub(crate) fn new(environment: &greenroom_model::Environment) -> Self {
        Self {
            number: environment.number,
            by: environment.by.clone(),
            time: environment.time.to_string(),
            ago: ago(environment.time, Timestamp::now()),
        }
    }
}

/// How long ago, in the largest unit that fits.
pub(crate) fn ago(time: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second().saturating_sub(time.as_second()).max(0);
    match seconds {
        0..60 => "just now".to_owned(),
        60..3_600 => format!("{} min ago", seconds / 60),
        3_600..86_400 => format!("{} h ago", seconds / 3_600),
        86_400..172_800 => "1 day ago".to_owned(),
        _ => format!("{} days ago", seconds / 86_400),
    }
}
