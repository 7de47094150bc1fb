//! The versions of a bot: the list, one version, and what differs between two states.

use askama::Template;
use axum::response::{IntoResponse, Response};
use greenroom_identity::Role;
use greenroom_lifecycle::{Reference, VersionEntry, VersionFilter};
use greenroom_model::{Origin, Scope};
use greenroom_web::{Path, Problem, Query};
use jiff::Timestamp;
use serde::Deserialize;

use crate::form::Choice;
use crate::frame::{Frame, ago};
use crate::page::Page;
use crate::publishing_diff::{ShownChange, drawn_changes};
use crate::viewed::Viewed;

#[derive(Template)]
#[template(path = "versions.html")]
struct VersionsPage {
    frame: Frame,
    versions: Vec<ShownVersion>,
    states: Vec<Choice>,
    search: String,
}

#[derive(Template)]
#[template(path = "version.html")]
struct VersionPage {
    frame: Frame,
    version: ShownVersion,
    can_roll_back: bool,
    can_restore: bool,
    before: Option<String>,
    changes: Vec<ShownChange>,
}

#[derive(Template)]
#[template(path = "versions_compare.html")]
struct ComparePage {
    frame: Frame,
    states: Vec<Choice>,
    before: String,
    after: String,
    before_words: String,
    after_words: String,
    changes: Vec<ShownChange>,
}

/// A version as pages show it.
#[derive(Debug, Clone)]
pub(crate) struct ShownVersion {
    pub(crate) number: u64,
    pub(crate) what: &'static str,
    pub(crate) is_save: bool,
    pub(crate) notes: String,
    pub(crate) author: String,
    pub(crate) time: String,
    pub(crate) ago: String,
    /// The environments that run it.
    pub(crate) environments: Vec<String>,
    pub(crate) languages: String,
}

impl ShownVersion {
    fn new(entry: &VersionEntry) -> Self {
        let version = &entry.version;
        let languages: Vec<String> = version.content.models.keys().map(ToString::to_string).collect();
        Self {
            number: version.number,
            what: match version.origin {
                Origin::Publish(Scope::Full) => "everything",
                Origin::Publish(Scope::NlpOnly | Scope::NlpOfLanguages(_)) => "NLP only",
                Origin::Publish(Scope::Flows(_)) => "some flows",
                Origin::Publish(Scope::Hotfix) => "hotfix",
                Origin::Publish(Scope::Promotion(_)) => "promoted",
                Origin::Save => "saved draft",
                _ => "other",
            },
            is_save: version.origin == Origin::Save,
            notes: version.notes.clone(),
            author: version.author.clone(),
            time: version.time.to_string(),
            ago: ago(version.time, Timestamp::now()),
            environments: entry.environments.iter().map(ToString::to_string).collect(),
            languages: languages.join(", "),
        }
    }

    pub(crate) fn is_live(&self) -> bool {
        self.environments.iter().any(|environment| environment == greenroom_lifecycle::LIVE)
    }
}

/// The part of the address that names a version.
#[derive(Debug, Deserialize)]
pub(crate) struct VersionAt {
    pub(crate) number: u64,
}

/// Which versions to list.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Searched {
    #[serde(default)]
    search: String,
}

/// `GET /bots/{bot}/versions`
pub(crate) async fn list(viewed: Viewed, Query(Searched { search }): Query<Searched>) -> Result<Response, Problem> {
    let mut entries = viewed.bot.versions().await?;
    entries.reverse();
    let states = states(&viewed, &entries.iter().map(ShownVersion::new).collect::<Vec<_>>());
    let text = Some(search.trim().to_owned()).filter(|text| !text.is_empty());
    let filter = VersionFilter { author: None, text };
    entries.retain(|entry| filter.matches(&entry.version));
    let versions = entries.iter().map(ShownVersion::new).collect();
    Ok(Page(VersionsPage { frame: viewed.frame("Versions"), versions, states, search }).into_response())
}

/// What can be compared: draft, live, each version.
fn states(viewed: &Viewed, versions: &[ShownVersion]) -> Vec<Choice> {
    let mut states = vec![Choice::new("draft", "Draft")];
    if viewed.live.is_some() {
        states.push(Choice::new("live", "Live"));
    }
    states.extend(
        versions.iter().map(|version| Choice::new(version.number.to_string(), format!("Version {}", version.number))),
    );
    states
}

/// A version that exists, as pages show it.
pub(crate) async fn shown_version(viewed: &Viewed, number: u64) -> Result<(VersionEntry, ShownVersion), Problem> {
    let entry = viewed.bot.versions().await?.into_iter().find(|entry| entry.version.number == number);
    let entry = entry.ok_or_else(|| Problem::not_found(format!("there is no version {number}")))?;
    let shown = ShownVersion::new(&entry);
    Ok((entry, shown))
}

/// `GET /bots/{bot}/versions/{number}`
pub(crate) async fn version(viewed: Viewed, Path(at): Path<VersionAt>) -> Result<Response, Problem> {
    let (entry, shown) = shown_version(&viewed, at.number).await?;
    let versions = viewed.bot.versions().await?;
    // What was live when it was published, even where its number lies further back.
    let before = versions.iter().find(|other| Some(other.digest) == entry.version.parent);
    let (before, changes) = match before {
        Some(before) => {
            let number = before.version.number;
            let states = [&Reference::Version(number), &Reference::Version(at.number)];
            let diff = viewed.bot.diff(states[0], states[1]).await?;
            let changes = drawn_changes(&diff, &viewed.href(""), viewed.bot.id(), states);
            (Some(format!("version {number}")), changes)
        }
        None => (None, Vec::new()),
    };
    let page = VersionPage {
        frame: viewed.frame(format!("Version {}", at.number)),
        can_roll_back: viewed.may(Role::Publisher) && viewed.live.is_some() && !shown.is_live() && !shown.is_save,
        can_restore: viewed.may(Role::Editor),
        version: shown,
        before,
        changes,
    };
    Ok(Page(page).into_response())
}

/// Which two states to compare.
#[derive(Debug, Deserialize)]
pub(crate) struct Compared {
    before: Option<String>,
    after: Option<String>,
}

/// `GET /bots/{bot}/versions/compare`
pub(crate) async fn compare(viewed: Viewed, Query(compared): Query<Compared>) -> Result<Response, Problem> {
    let mut versions: Vec<ShownVersion> = viewed.bot.versions().await?.iter().map(ShownVersion::new).collect();
    versions.reverse();
    let first = if viewed.live.is_some() { "live" } else { "draft" };
    let before = compared.before.unwrap_or_else(|| first.to_owned());
    let after = compared.after.unwrap_or_else(|| "draft".to_owned());
    let (older, newer): (Reference, Reference) = (before.parse()?, after.parse()?);
    let diff = viewed.bot.diff(&older, &newer).await?;
    let page = ComparePage {
        frame: viewed.frame("Compare"),
        states: states(&viewed, &versions),
        before_words: older.to_string(),
        after_words: newer.to_string(),
        before,
        after,
        changes: drawn_changes(&diff, &format!("/bots/{}/draft", viewed.bot.id()), viewed.bot.id(), [&older, &newer]),
    };
    Ok(Page(page).into_response())
}
