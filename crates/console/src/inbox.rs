//! What people said on live, for authors who go through it: what was not understood,
//! the intent that it probably is, one click to make it an example.

use std::collections::BTreeMap;

use askama::Template;
use axum::response::{IntoResponse, Response};
use greenroom_model::{Document, IntentId, Language, PartPath};
use greenroom_runtime::{Place, StoredInput, StoredTurn, TurnId};
use greenroom_web::{Problem, Query};
use jiff::Timestamp;
use serde::Deserialize;

use crate::form::Choice;
use crate::frame::{Frame, ago};
use crate::page::Page;
use crate::problem_page::escaped;
use crate::viewed::Viewed;

/// How many of the newest turns the inbox looks at.
const LOOKED_AT: usize = 2_000;

/// How many turns are read at once.
const PAGE: usize = 500;

/// Understood, but less surely than this, is worth a look.
const UNSURE: f32 = 0.6;

#[derive(Template)]
#[template(path = "inbox.html")]
struct InboxPage {
    frame: Frame,
    can_edit: bool,
    is_published: bool,
    show: &'static str,
    groups: Vec<Group>,
    total: usize,
    /// Intents of the draft that a text can become an example of.
    intents: Vec<Choice>,
}

/// Equal texts of the inbox.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) text: String,
    /// The language that it was taken for.
    pub(crate) language: String,
    count: usize,
    state: &'static str,
    tone: &'static str,
    /// What it was understood as, and how surely.
    understood: String,
    /// The intent that it probably is.
    suggested: String,
    ago: String,
    /// The channel that the latest came by.
    channel: String,
    conversation: String,
    /// Its turns, newest first.
    pub(crate) turns: Vec<TurnId>,
}

/// Which texts the page shows.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Wish {
    show: Option<String>,
}

/// `GET /bots/{bot}/inbox`
pub(crate) async fn page(viewed: Viewed, Query(wish): Query<Wish>) -> Result<Response, Problem> {
    let show = match wish.show.as_deref() {
        Some("not-understood") => "not-understood",
        Some("unsure") => "unsure",
        _ => "all",
    };
    let mut groups = open_groups(&viewed).await?;
    let total = groups.len();
    groups.retain(|group| show == "all" || group.state == show.replace('-', " "));
    let documents = viewed.documents().await?;
    let intents = documents.iter().filter_map(|(path, (_, document))| match (path, document) {
        (PartPath::Intent(id), Document::Intent(intent)) => Some(Choice::new(id.as_str(), intent.name.clone())),
        _ => None,
    });
    let page = InboxPage {
        frame: viewed.frame("Inbox"),
        can_edit: viewed.can_edit(),
        is_published: viewed.live.is_some(),
        show,
        groups,
        total,
        intents: intents.collect(),
    };
    Ok(Page(page).into_response())
}

impl Group {
    /// The turn that forms name.
    fn newest(&self) -> &str {
        self.turns.first().map_or("", TurnId::as_str)
    }
}

/// The open texts of live, equal ones together, the newest first.
pub(crate) async fn open_groups(viewed: &Viewed) -> Result<Vec<Group>, Problem> {
    let mut groups: Vec<Group> = Vec::new();
    let mut known: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut after: Option<TurnId> = None;
    let mut looked_at = 0;
    while looked_at < LOOKED_AT {
        let turns = viewed.app.runtime().turns(viewed.bot.id(), &Place::live(), after.as_ref(), PAGE).await?;
        let Some(last) = turns.last() else { break };
        after = Some(last.id.clone());
        looked_at += turns.len();
        for turn in turns.into_iter().filter(|turn| turn.open) {
            let Some(group) = group_of(viewed, &turn) else { continue };
            match known.get(&(group.language.clone(), group.text.clone())).and_then(|at| groups.get_mut(*at)) {
                Some(first) => {
                    first.count += 1;
                    first.turns.push(turn.id);
                }
                None => {
                    known.insert((group.language.clone(), group.text.clone()), groups.len());
                    groups.push(group);
                }
            }
        }
    }
    Ok(groups)
}

fn group_of(viewed: &Viewed, turn: &StoredTurn) -> Option<Group> {
    let StoredInput::Text(text) = &turn.input else { return None };
    let understanding = turn.understanding.as_ref();
    let language: &Language =
        understanding.map_or(&viewed.settings.default_language, |understanding| &understanding.language);
    let best = understanding.and_then(|understanding| understanding.intent_ranking.first());
    let chosen = understanding.and_then(|understanding| understanding.intent.as_ref());
    let (state, tone) = match chosen {
        None => ("not understood", "bad"),
        Some(intent) if intent.confidence < UNSURE => ("unsure", "warn"),
        Some(_) => ("understood", "good"),
    };
    let percent = |confidence: f32| (confidence * 100.0).round();
    Some(Group {
        text: text.trim().to_owned(),
        language: language.to_string(),
        count: 1,
        state,
        tone,
        understood: match (chosen, best) {
            (Some(intent), _) => format!("{}, {} %", intent.name, percent(intent.confidence)),
            (None, Some(best)) => format!("closest: {}, {} %", best.name, percent(best.confidence)),
            (None, None) => "nothing comes close".to_owned(),
        },
        suggested: best.map(|best: &_| IntentId::to_string(&best.id)).unwrap_or_default(),
        ago: ago(turn.time, Timestamp::now()),
        channel: turn.channel.clone().unwrap_or_default(),
        conversation: escaped(&turn.conversation),
        turns: vec![turn.id.clone()],
    })
}
