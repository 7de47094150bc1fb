//! `audit`: who did what to a bot, searched, verified and exported.

use std::path::{Path, PathBuf};

use clap::Args;
use greenroom_lifecycle::{Act, AuditFault, AuditFilter, AuditFound, AuditHead, Bot, Error, check_audit_export};
use greenroom_model::{BotId, Digest};
use jiff::{Timestamp, ToSpan as _, civil, tz::TimeZone};
use serde_json::json;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::findings::counted;
use crate::output::{Output, on_one_line};
use crate::store_access::StoreAccess;

/// The arguments of `audit`.
#[derive(Debug, Args)]
pub(crate) struct Audit {
    /// The bot
    #[arg(required_unless_present = "check")]
    bot: Option<BotId>,

    /// Show so many entries, the newest first
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,

    /// Only what this person or program did
    #[arg(long, value_name = "NAME")]
    actor: Option<String>,

    /// Only acts of this kind, such as `published` or `rolled_back`
    #[arg(long, value_name = "ACT", value_parser = act)]
    act: Option<String>,

    /// Only at this time or later: `2026-11-23`, or `2026-11-23T08:00:00Z`; days are those of UTC
    #[arg(long, value_name = "TIME", value_parser = beginning)]
    since: Option<Timestamp>,

    /// Only before this time; a day is meant to its end
    #[arg(long, value_name = "TIME", value_parser = end)]
    until: Option<Timestamp>,

    /// Only entries that hold this text
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,

    /// Check that the log is what was written
    #[arg(long, conflicts_with_all = ["limit", "actor", "act", "since", "until", "search", "export", "check"])]
    verify: bool,

    /// With `--verify` or `--check`: the log must hold the entry of this digest, which was noted elsewhere
    #[arg(long, value_name = "DIGEST")]
    head: Option<Digest>,

    /// Write the whole log to this file as JSON lines, verified
    #[arg(long, value_name = "FILE", conflicts_with_all = ["limit", "actor", "act", "since", "until", "search"])]
    export: Option<PathBuf>,

    /// Check a file that `--export` wrote; no store is needed
    #[arg(long, value_name = "FILE", conflicts_with_all = ["bot", "limit", "actor", "act", "since", "until", "search"])]
    check: Option<PathBuf>,
}

impl Audit {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        if self.head.is_some() && !self.verify && self.check.is_none() {
            return Err(Failure::usage("`--head` goes with `--verify` or `--check`"));
        }
        match (&self.bot, &self.check) {
            (_, Some(file)) => {
                let bytes = std::fs::read(file).map_err(|error| Failure::file("read", file, &error))?;
                let verdict = check_audit_export(&bytes, self.head, &mut |_| {});
                tell_verdict(&format!("the log in `{}`", file.display()), verdict, output)
            }
            (None, None) => Err(Failure::usage("name a bot, or a file with `--check`")),
            (Some(bot), None) => {
                let bot = access.bot(bot).await?;
                match &self.export {
                    Some(file) => export(&bot, file, output).await,
                    None if self.verify => {
                        let verdict = match bot.verify_audit(self.head).await {
                            Ok(head) => Ok(head),
                            Err(Error::Audit(fault)) => Err(fault),
                            Err(error) => return Err(error.into()),
                        };
                        tell_verdict(&format!("the audit log of `{}`", bot.id()), verdict, output)
                    }
                    None => self.list(&bot, output).await,
                }
            }
        }
    }

    async fn list(&self, bot: &Bot, output: &Output) -> Result<Exit, Failure> {
        let filter = AuditFilter {
            actor: self.actor.clone(),
            act: self.act.clone(),
            since: self.since,
            until: self.until,
            text: self.search.clone(),
        };
        let AuditFound { lines, faults } = bot.search_audit(&filter, None, self.limit).await?;
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        output.give(&json!({ "bot": bot.id(), "entries": lines, "faults": told }), |output| {
            let rows = lines.iter().map(|line| {
                [
                    line.entry.number.to_string(),
                    line.entry.time.strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
                    line.entry.actor.clone(),
                    on_one_line(&line.entry.act.to_string()),
                    line.digest.short(),
                ]
            });
            output.table(["entry", "time", "who", "what", "digest"], rows.collect())?;
            for fault in &told {
                output.line(format_args!("the log is not what was written: {fault}"))?;
            }
            Ok(())
        })?;
        Ok(if faults.is_empty() { Exit::Done } else { Exit::Refused })
    }
}

async fn export(bot: &Bot, file: &Path, output: &Output) -> Result<Exit, Failure> {
    let (head, lines) = bot.export_audit().await?;
    std::fs::write(file, lines).map_err(|error| Failure::file("write", file, &error))?;
    output.give(&json!({ "bot": bot.id(), "path": file, "head": head }), |output| {
        let entries = counted(usize::try_from(head.number).unwrap_or(usize::MAX), "entry");
        output.line(format_args!("wrote {entries} to `{}`; the last has the digest {}", file.display(), head.digest))
    })?;
    Ok(Exit::Done)
}

fn tell_verdict(what: &str, verdict: Result<AuditHead, AuditFault>, output: &Output) -> Result<Exit, Failure> {
    match verdict {
        Ok(head) => {
            output.give(&json!({ "verified": true, "head": head }), |output| {
                output.line(format_args!("{what} is verified up to entry {}", head.number))?;
                output.line(format_args!("note its digest elsewhere: {}", head.digest))
            })?;
            Ok(Exit::Done)
        }
        Err(fault) => {
            let document = json!({ "verified": false, "entry": fault.number(), "fault": fault.to_string() });
            output.give(&document, |output| output.line(format_args!("{what} is not what was written: {fault}")))?;
            Ok(Exit::Refused)
        }
    }
}

/// The word of an act. One that no act has would find nothing, and look like good news.
fn act(text: &str) -> Result<String, String> {
    match Act::WORDS.contains(&text) {
        true => Ok(text.to_owned()),
        false => Err(format!("no act is called so; they are: {}", Act::WORDS.join(", "))),
    }
}

/// The moment that a text names; of a day its beginning.
fn beginning(text: &str) -> Result<Timestamp, String> {
    moment(text, 0)
}

/// The moment that a text names; of a day its end.
fn end(text: &str) -> Result<Timestamp, String> {
    moment(text, 1)
}

fn moment(text: &str, days: i64) -> Result<Timestamp, String> {
    if let Ok(time) = text.parse() {
        return Ok(time);
    }
    let day = text.parse::<civil::Date>().and_then(|day| day.checked_add(days.days()));
    let start = day.and_then(|day| day.to_zoned(TimeZone::UTC));
    start
        .map(|start| start.timestamp())
        .map_err(|_| "a time is a day such as `2026-11-23` or a moment such as `2026-11-23T08:00:00Z`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_meant_from_its_beginning_to_its_end() {
        assert_eq!(beginning("2026-11-23").unwrap().to_string(), "2026-11-23T00:00:00Z");
        assert_eq!(end("2026-11-23").unwrap().to_string(), "2026-11-24T00:00:00Z");
        assert_eq!(end("2026-11-23T08:00:00Z").unwrap(), beginning("2026-11-23T08:00:00Z").unwrap());
        assert!(beginning("yesterday").is_err());
    }
}
