//! What moved between looking at a plan and carrying it out: who, and what.

use std::collections::BTreeMap;

use greenroom_lifecycle::{Act, AuditFilter};
use greenroom_model::{Environment, PartPath};
use greenroom_publish::{PartChange, Plan};
use greenroom_web::Problem;

use crate::publishing_diff::part_kind;
use crate::viewed::Viewed;

/// What moved beside the draft: where live stands (a rollback and a way back move it, too), or the policy.
pub(crate) fn move_around(viewed: &Viewed, seen: &Plan, now: &Plan) -> Option<String> {
    if seen.position() != now.position() {
        return Some(live_move(viewed.live.as_ref()));
    }
    (seen.own_policy() != now.own_policy())
        .then(|| "The publishing policy changed since you loaded this page. Look at what it says now.".to_owned())
}

/// Who made live something else.
fn live_move(live: Option<&Environment>) -> String {
    match live {
        Some(live) => format!(
            "Live moved since you loaded this page: {} made it version {}. Look at what would change now.",
            live.by, live.number
        ),
        None => "Live moved since you loaded this page. Look at what would change now.".to_owned(),
    }
}

/// Which parts of the draft are others than those that were looked at, and who edited them last.
pub(crate) async fn draft_moves(viewed: &Viewed, seen: &Plan, now: &Plan) -> Result<Vec<String>, Problem> {
    let changes = |plan: &Plan| -> BTreeMap<PartPath, PartChange> {
        plan.diff().parts.iter().map(|part| (part.path.clone(), part.clone())).collect()
    };
    let (before, after) = (changes(seen), changes(now));
    let mut paths: Vec<&PartPath> =
        before.keys().chain(after.keys()).filter(|path| before.get(*path) != after.get(*path)).collect();
    paths.sort();
    paths.dedup();
    if paths.is_empty() {
        return Ok(vec!["The bot was trained since you loaded this page. Look at it again, then publish.".to_owned()]);
    }
    let editors = last_editors(viewed).await?;
    Ok(paths
        .into_iter()
        .take(10)
        .map(|path| {
            let who = editors.get(path).map_or("Somebody", String::as_str);
            format!("{who} changed the draft since you loaded this page: {} ({path}).", part_kind(path))
        })
        .collect())
}

/// Who edited each part last.
async fn last_editors(viewed: &Viewed) -> Result<BTreeMap<PartPath, String>, Problem> {
    let mut editors = BTreeMap::new();
    let mut after: Option<u64> = None;
    loop {
        // Of a log that is not whole, what is left.
        let lines = viewed.bot.search_audit_onwards(&AuditFilter::default(), after, 1_000).await?.lines;
        let Some(last) = lines.last() else { return Ok(editors) };
        after = Some(last.entry.number);
        for line in lines {
            if let Act::Edited { parts } = line.entry.act {
                editors.extend(parts.into_iter().map(|part| (part, line.entry.actor.clone())));
            }
        }
    }
}
