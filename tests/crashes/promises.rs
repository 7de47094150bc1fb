//! What must hold of a store whatever was cut off: checked by reading all of it anew.

use std::collections::BTreeSet;
use std::sync::Arc;

use greenroom::lifecycle::{Act, Bot, Jobs, live};
use greenroom::model::{Environment, Origin};
use greenroom::store::{Store, layout};

use crate::live_promises;
use crate::shop::{open, shop};

/// Panics where a promise is broken. Tells what live points to.
pub(crate) async fn hold(store: &Arc<dyn Store>) -> Option<Environment> {
    let bot = open(store.clone()).bot(&shop()).await.unwrap();
    let acts = versions_and_audit_agree(&bot).await;
    jobs_are_whole(store, &bot).await;
    let draft = bot.draft().await.unwrap();
    bot.load(&draft).await.unwrap();
    let running = bot.environment(&live()).await.unwrap();
    let Some(running) = running else {
        assert!(acts.is_none(), "something was published, and live runs nothing");
        return None;
    };
    assert_eq!(acts, Some(running.number), "live is where the last act of the audit log put it");
    let (digest, version) = bot.version(running.number).await.unwrap();
    assert_eq!(digest, running.stable);
    let content = version.content;
    live_promises::hold(&bot, &content).await;
    Some(running)
}

/// Versions are numbered without gaps, each is there, none was published twice; for each there is an act,
/// for each act a version. Tells where the last act put live.
async fn versions_and_audit_agree(bot: &Bot) -> Option<u64> {
    let versions = bot.versions().await.unwrap();
    let numbers: Vec<u64> = versions.iter().map(|entry| entry.version.number).collect();
    assert_eq!(numbers, (1..=versions.len() as u64).collect::<Vec<_>>());
    let published: BTreeSet<_> = versions
        .iter()
        .filter(|entry| entry.version.origin != Origin::Save)
        .map(|entry| (entry.version.number, entry.digest, entry.version.plan.unwrap()))
        .collect();
    let plans: BTreeSet<_> = published.iter().map(|(_, _, plan)| plan).collect();
    assert_eq!(plans.len(), published.len(), "a plan was carried out twice");
    let mut told = BTreeSet::new();
    let mut last = None;
    let mut after = None;
    loop {
        let page = bot.audit(after, 500).await.unwrap();
        let Some(line) = page.last() else { break };
        after = Some(line.entry.number);
        for line in page {
            match line.entry.act {
                Act::Published { version, number, plan, .. } => {
                    assert!(told.insert((number, version, plan)), "version {number} was published by two acts");
                    last = Some(number);
                }
                Act::RolledBack { from, to, .. } => {
                    assert_eq!(Some(from), last, "a rollback begins where live is");
                    last = Some(to);
                }
                _ => {}
            }
        }
    }
    bot.verify_audit(None).await.unwrap();
    assert_eq!(told, published, "left: the audit log, right: the versions");
    last
}

/// The list of the unfinished names the unfinished, all of them and no others.
async fn jobs_are_whole(store: &Arc<dyn Store>, bot: &Bot) {
    let jobs = Jobs::new(store.clone()).list(bot.id()).await.unwrap();
    let unfinished: BTreeSet<String> =
        jobs.iter().filter(|job| !job.state.has_ended()).map(|job| job.id.to_string()).collect();
    let listed = store.records(&layout::unfinished_jobs().unwrap(), None, 1_000).await.unwrap();
    let listed: BTreeSet<String> =
        listed.iter().map(|record| layout::unfinished_job_of(&record.key).unwrap().0.to_owned()).collect();
    assert_eq!(listed, unfinished);
}
