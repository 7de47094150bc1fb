//! The audit log of a bot: who did what when, searched, and whether the chain holds.

use askama::Template;
use axum::response::{IntoResponse, Response};
use greenroom_lifecycle::{Act, AuditFilter, AuditFound, AuditLine, Error};
use greenroom_web::{Problem, Query};
use jiff::Timestamp;
use serde::Deserialize;

use crate::form::Choice;
use crate::frame::{Frame, ago};
use crate::page::Page;
use crate::viewed::Viewed;

/// How many entries a page shows.
const SHOWN: usize = 100;

/// A log of so many entries is verified whenever it is looked at; a longer one when that is asked for.
const VERIFIED_AT_ONCE: u64 = 2_000;

#[derive(Template)]
#[template(path = "audit_log.html")]
struct AuditPage {
    frame: Frame,
    entries: Vec<ShownEntry>,
    acts: Vec<Choice>,
    asked: Asked,
    /// Where the list goes on; none: these were the last.
    next: Option<u64>,
    verdict: Verdict,
}

/// Whether the chain holds.
enum Verdict {
    Verified {
        number: u64,
        digest: String,
    },
    Faulty(String),
    /// Nobody looked.
    Unknown {
        number: u64,
    },
}

/// An entry as the page shows it.
struct ShownEntry {
    number: u64,
    time: String,
    ago: String,
    actor: String,
    words: String,
    digest: String,
}

/// What the page is asked for.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    search: String,
    #[serde(default)]
    actor: String,
    #[serde(default)]
    act: String,
    before: Option<u64>,
    #[serde(default)]
    verify: bool,
}

impl ShownEntry {
    fn new(line: AuditLine, now: Timestamp) -> Self {
        let AuditLine { digest, entry } = line;
        Self {
            number: entry.number,
            time: entry.time.to_string(),
            ago: ago(entry.time, now),
            words: entry.act.to_string(),
            actor: entry.actor,
            digest: digest.short(),
        }
    }
}

/// `GET /bots/{bot}/audit`
pub(crate) async fn page(viewed: Viewed, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let given = |text: &String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let filter = AuditFilter {
        actor: given(&asked.actor),
        act: given(&asked.act),
        text: given(&asked.search),
        ..AuditFilter::default()
    };
    let AuditFound { mut lines, faults } = viewed.bot.search_audit(&filter, asked.before, SHOWN + 1).await?;
    let has_more = lines.len() > SHOWN;
    lines.truncate(SHOWN);
    let next = if has_more { lines.last().map(|line| line.entry.number) } else { None };
    let verdict = match faults[..] {
        [] => verdict(&viewed, asked.verify).await?,
        _ => Verdict::Faulty(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")),
    };
    let now = Timestamp::now();
    let entries = lines.into_iter().map(|line| ShownEntry::new(line, now)).collect();
    let acts = Act::WORDS.iter().map(|word| Choice::new(*word, word.replace('_', " "))).collect();
    let frame = viewed.frame("Audit log");
    Ok(Page(AuditPage { frame, entries, acts, asked, next, verdict }).into_response())
}

async fn verdict(viewed: &Viewed, is_asked_for: bool) -> Result<Verdict, Problem> {
    let number = match viewed.bot.audit_head().await {
        Ok(head) => head.map_or(0, |head| head.number),
        Err(Error::Audit(fault)) => return Ok(Verdict::Faulty(fault.to_string())),
        Err(error) => return Err(error.into()),
    };
    if number > VERIFIED_AT_ONCE && !is_asked_for {
        return Ok(Verdict::Unknown { number });
    }
    match viewed.bot.verify_audit(None).await {
        Ok(head) => Ok(Verdict::Verified { number: head.number, digest: head.digest.to_string() }),
        Err(Error::Audit(fault)) => Ok(Verdict::Faulty(fault.to_string())),
        Err(error) => Err(error.into()),
    }
}
