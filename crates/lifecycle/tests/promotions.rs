//! Stories of versions that go from one environment to the next: what live got meanwhile is not undone unseen.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what a test cannot do without fails it")]

mod box_office;

use std::collections::BTreeMap;

use box_office::{
    denied, discarding, errors, flow, hotfix, live_says, path, publish, published, reintroducing, staging, train,
};
use greenroom_lifecycle::{Bot, Error, PartEdit, PlanRequest, Side, live};
use greenroom_model::{EnvironmentId, Severity};
use greenroom_publish::Decision;

/// The parts that a promotion of what staging runs would change back, as the plan says it.
async fn overtaken(bot: &Bot) -> Option<String> {
    let plan = bot.plan(&PlanRequest { notes: "up".into(), ..PlanRequest::promotion(staging()) }).await.unwrap();
    let finding = plan.findings().iter().find(|finding| finding.code.as_str() == "promotion_outdated")?;
    assert_eq!(finding.severity, Severity::Warn);
    Some(finding.message.clone())
}

/// A bot whose live runs what staging was given first.
async fn promoted() -> Bot {
    let bot = box_office::box_office().await;
    bot.put(&path("flows/hours"), flow("hours", "from eight")).await.unwrap();
    train(&bot).await;
    publish(&bot, &PlanRequest::full("tried").to(staging())).await;
    publish(&bot, &promotion()).await;
    bot
}

fn promotion() -> PlanRequest {
    PlanRequest { notes: "up".into(), ..PlanRequest::promotion(staging()) }
}

#[tokio::test]
async fn what_staging_ran_goes_live_byte_for_byte() {
    let bot = published().await;
    bot.put(&path("flows/hours"), flow("hours", "from nine")).await.unwrap();
    publish(&bot, &PlanRequest::full("for staging").to(staging())).await;
    bot.put(&path("flows/hours"), flow("hours", "later")).await.unwrap();
    let request = PlanRequest { notes: "tried in staging".into(), ..PlanRequest::promotion(staging()) };
    let number = publish(&bot, &request).await;
    let (_, version) = bot.version(number).await.unwrap();
    assert_eq!(version.content, bot.live_content(&staging()).await.unwrap());
    assert_eq!(live_says(&bot, "flows/hours", "say").await.as_deref(), Some("from nine"), "the draft plays no part");
    assert_eq!(denied(&bot, &request).await, ["nothing_to_publish"]);
    let nowhere = PlanRequest::promotion("nowhere".parse().unwrap());
    assert!(matches!(bot.plan(&nowhere).await, Err(Error::NeverPublished { .. })));
}

#[tokio::test]
async fn environments_have_drift_of_their_own() {
    let bot = published().await;
    publish(&bot, &PlanRequest::full("staging too").to(staging())).await;
    hotfix(&bot, "Call 555.").await;
    bot.put(&path("flows/hours"), flow("hours", "from nine")).await.unwrap();
    publish(&bot, &PlanRequest::full("more").to(staging())).await;
    assert_eq!(errors(&bot, &PlanRequest::full("more")).await, ["live_drift"]);
    // What staging runs would undo live's hotfix as well.
    let promotion = PlanRequest { notes: "up".into(), ..PlanRequest::promotion(staging()) };
    assert_eq!(denied(&bot, &promotion).await, ["live_drift"]);
}

#[tokio::test]
async fn a_merged_hotfix_is_not_lost_to_what_staging_still_runs() {
    let bot = published().await;
    bot.put(&path("flows/hours"), flow("hours", "from nine")).await.unwrap();
    publish(&bot, &PlanRequest::full("for staging").to(staging())).await;
    hotfix(&bot, "Call 555.").await;
    bot.merge(&live(), &BTreeMap::new()).await.unwrap();
    // The draft has it; staging has not.
    let promotion = PlanRequest { notes: "up".into(), ..PlanRequest::promotion(staging()) };
    assert_eq!(denied(&bot, &promotion).await, ["live_drift"]);
    publish(&bot, &PlanRequest::full("with the hotfix").to(staging())).await;
    publish(&bot, &promotion).await;
    assert_eq!(live_says(&bot, "flows/tickets", "say").await.as_deref(), Some("Call 555."));
}

#[tokio::test]
async fn a_merged_hotfix_that_was_edited_further_is_known_to_what_was_published_since() {
    let bot = published().await;
    publish(&bot, &PlanRequest::full("staging too").to(staging())).await;
    hotfix(&bot, "Call 555.").await;
    bot.merge(&live(), &BTreeMap::new()).await.unwrap();
    bot.put(&path("flows/tickets"), flow("tickets", "Call 555, or write.")).await.unwrap();
    bot.put(&path("flows/hours"), flow("hours", "from nine")).await.unwrap();
    let promotion = PlanRequest { notes: "up".into(), ..PlanRequest::promotion(staging()) };
    // Staging gets another part: what it runs of this one knows nothing of the hotfix yet.
    publish(&bot, &PlanRequest::flows(["hours".parse().unwrap()], "hours").to(staging())).await;
    assert_eq!(denied(&bot, &promotion).await, ["live_drift"]);
    publish(&bot, &PlanRequest::flows(["tickets".parse().unwrap()], "tickets").to(staging())).await;
    assert_eq!(overtaken(&bot).await, None);
    publish(&bot, &promotion).await;
    assert_eq!(live_says(&bot, "flows/tickets", "say").await.as_deref(), Some("Call 555, or write."));
}

#[tokio::test]
async fn an_environment_that_is_promoted_through_another_knows_what_that_one_knew() {
    let bot = published().await;
    let try_out: EnvironmentId = "try-out".parse().unwrap();
    let up = |from: &EnvironmentId, to: &EnvironmentId| {
        PlanRequest { notes: "up".into(), ..PlanRequest::promotion(from.clone()) }.to(to.clone())
    };
    publish(&bot, &PlanRequest::full("tried").to(try_out.clone())).await;
    publish(&bot, &up(&try_out, &staging())).await;
    hotfix(&bot, "Call 555.").await;
    // Neither has heard of the hotfix.
    assert_eq!(denied(&bot, &up(&staging(), &live())).await, ["live_drift"]);
    bot.merge(&live(), &BTreeMap::new()).await.unwrap();
    bot.put(&path("flows/hours"), flow("hours", "from nine")).await.unwrap();
    publish(&bot, &PlanRequest::full("with the hotfix").to(try_out.clone())).await;
    publish(&bot, &up(&try_out, &staging())).await;
    publish(&bot, &up(&staging(), &live())).await;
    // And back: what live runs is what staging runs.
    assert_eq!(denied(&bot, &up(&live(), &staging())).await, ["nothing_to_publish"]);
    let number = hotfix(&bot, "Call 556.").await;
    publish(&bot, &up(&live(), &staging())).await;
    assert_eq!(bot.live_content(&staging()).await.unwrap(), bot.version(number).await.unwrap().1.content);
}

#[tokio::test]
async fn a_promotion_says_what_was_published_since_and_would_change_back() {
    let bot = published().await;
    bot.put(&path("flows/hours"), flow("hours", "from nine")).await.unwrap();
    publish(&bot, &PlanRequest::full("for staging").to(staging())).await;
    assert_eq!(overtaken(&bot).await, None, "live has had nothing since");
    bot.put(&path("flows/tickets"), flow("tickets", "newer")).await.unwrap();
    publish(&bot, &PlanRequest::flows(["tickets".parse().unwrap()], "tickets")).await;
    let told = overtaken(&bot).await.unwrap();
    assert!(told.contains("1 part would change back: `flows/tickets`"), "{told}");
    // A rollback is no publish: live is older than staging again.
    bot.rollback(&live(), 1).await.unwrap();
    assert_eq!(overtaken(&bot).await, None);
    // Promoted, replaced and promoted again: what replaced it would change back.
    publish(&bot, &PlanRequest { notes: "up".into(), ..PlanRequest::promotion(staging()) }).await;
    bot.put(&path("flows/hours"), flow("hours", "from ten")).await.unwrap();
    publish(&bot, &reintroducing(PlanRequest::full("on"))).await;
    let told = overtaken(&bot).await.unwrap();
    assert!(told.contains("`flows/hours`") && told.contains("`flows/tickets`"), "{told}");
    publish(&bot, &PlanRequest::full("on, to staging").to(staging())).await;
    assert_eq!(overtaken(&bot).await, None);
}

#[tokio::test]
async fn what_staging_got_of_one_part_makes_the_others_no_newer() {
    let bot = published().await;
    publish(&bot, &PlanRequest::full("staging too").to(staging())).await;
    bot.put(&path("flows/tickets"), flow("tickets", "newer")).await.unwrap();
    publish(&bot, &PlanRequest::full("past staging")).await;
    bot.put(&path("flows/hours"), flow("hours", "from nine")).await.unwrap();
    publish(&bot, &PlanRequest::flows(["hours".parse().unwrap()], "hours").to(staging())).await;
    let told = overtaken(&bot).await.unwrap();
    assert!(told.contains("1 part would change back: `flows/tickets`"), "{told}");
    // A hotfix of staging tells staging nothing of live, either.
    let edits = vec![PartEdit::put(path("flows/hours"), flow("hours", "from ten"))];
    publish(&bot, &PlanRequest::hotfix(edits, "at night").to(staging())).await;
    assert_eq!(overtaken(&bot).await.unwrap(), told);
    publish(&bot, &discarding(PlanRequest::full("all").to(staging()), &["flows/hours"])).await;
    assert_eq!(overtaken(&bot).await, None);
}

#[tokio::test]
async fn what_puts_a_promoted_part_back_is_not_undone_unseen() {
    let put_back = async |by_hotfix: bool| {
        let bot = promoted().await;
        let before = bot.get(&bot.draft().await.unwrap(), &path("flows/hours")).await.unwrap().1;
        bot.put(&path("flows/hours"), flow("hours", "from nine")).await.unwrap();
        publish(&bot, &PlanRequest::full("nine").to(staging())).await;
        publish(&bot, &promotion()).await;
        if by_hotfix {
            let edit = PartEdit::put(path("flows/hours"), before.clone());
            publish(&bot, &PlanRequest::hotfix(vec![edit], "not nine")).await;
        } else {
            bot.put(&path("flows/hours"), before).await.unwrap();
            publish(&bot, &PlanRequest::full("not nine")).await;
        }
        bot
    };
    assert_eq!(denied(&put_back(true).await, &promotion()).await, ["live_drift"]);
    let told = overtaken(&put_back(false).await).await.unwrap();
    assert!(told.contains("`flows/hours`"), "{told}");
}

#[tokio::test]
async fn what_was_deleted_in_live_does_not_come_back_unseen() {
    let hotfixed = promoted().await;
    publish(&hotfixed, &PlanRequest::hotfix(vec![PartEdit::delete(path("flows/hours"))], "wrong advice")).await;
    assert_eq!(denied(&hotfixed, &promotion()).await, ["live_drift"]);

    let published = promoted().await;
    published.delete(&path("flows/hours")).await.unwrap();
    publish(&published, &PlanRequest::full("without")).await;
    assert!(overtaken(&published).await.unwrap().contains("`flows/hours`"));

    // Another part went to staging since, which tells it nothing of this one.
    let partly = promoted().await;
    partly.put(&path("flows/tickets"), flow("tickets", "newer")).await.unwrap();
    publish(&partly, &PlanRequest::flows(["tickets".parse().unwrap()], "tickets").to(staging())).await;
    partly.delete(&path("flows/hours")).await.unwrap();
    publish(&partly, &PlanRequest::flows(["hours".parse().unwrap()], "without")).await;
    let told = overtaken(&partly).await.unwrap();
    assert!(told.contains("1 part would change back: `flows/hours`"), "{told}");
}

#[tokio::test]
async fn what_a_rollback_kept_is_as_new_as_before_it() {
    let bot = published().await;
    publish(&bot, &PlanRequest::full("staging too").to(staging())).await;
    for says in ["two", "three"] {
        bot.put(&path("flows/tickets"), flow("tickets", says)).await.unwrap();
        publish(&bot, &PlanRequest::full(says)).await;
    }
    bot.rollback(&live(), 3).await.unwrap();
    assert_eq!(live_says(&bot, "flows/tickets", "say").await.as_deref(), Some("two"));
    assert!(overtaken(&bot).await.unwrap().contains("`flows/tickets`"));
    // Older than what staging knows of, it is the rollback's own rule that speaks.
    bot.rollback(&live(), 1).await.unwrap();
    bot.put(&path("flows/tickets"), flow("tickets", "four")).await.unwrap();
    publish(&bot, &PlanRequest::full("four").to(staging())).await;
    assert_eq!(overtaken(&bot).await, None);
}

#[tokio::test]
async fn a_hotfix_that_came_by_promotion_is_a_hotfix_still() {
    let bot = published().await;
    publish(&bot, &PlanRequest::full("staging too").to(staging())).await;
    let edit = PartEdit::put(path("flows/tickets"), flow("tickets", "Call 555."));
    publish(&bot, &PlanRequest::hotfix(vec![edit], "at night").to(staging())).await;
    publish(&bot, &promotion()).await;
    assert_eq!(overtaken(&bot).await, None, "live has what staging has");
    assert_eq!(denied(&bot, &promotion()).await, ["nothing_to_publish"]);
    // A colleague's draft, which knows nothing of it, reaches live by another way.
    bot.put(&path("flows/hours"), flow("hours", "from nine")).await.unwrap();
    let other: EnvironmentId = "try-out".parse().unwrap();
    publish(&bot, &PlanRequest::full("nine").to(other.clone())).await;
    let up = PlanRequest { notes: "up".into(), ..PlanRequest::promotion(other) };
    assert_eq!(denied(&bot, &up).await, ["live_drift"]);
    publish(&bot, &discarding(PlanRequest::full("nine").to(staging()), &["flows/tickets"])).await;
    assert_eq!(denied(&bot, &promotion()).await, ["live_drift"]);
}

#[tokio::test]
async fn what_a_hotfix_of_staging_added_is_nothing_that_live_had() {
    let bot = box_office::box_office().await;
    train(&bot).await;
    publish(&bot, &PlanRequest::full("staging first").to(staging())).await;
    let edit = PartEdit::put(path("flows/hours"), flow("hours", "from nine"));
    publish(&bot, &PlanRequest::hotfix(vec![edit], "at night").to(staging())).await;
    // Neither version of staging knew of a live.
    publish(&bot, &PlanRequest::full("live, later")).await;
    assert_eq!(overtaken(&bot).await, None);
    publish(&bot, &promotion()).await;
    assert_eq!(live_says(&bot, "flows/hours", "say").await.as_deref(), Some("from nine"));
}

#[tokio::test]
async fn a_hotfix_of_staging_makes_nothing_of_live_newer() {
    let bot = promoted().await;
    let edit = PartEdit::put(path("flows/tickets"), flow("tickets", "Call 555."));
    publish(&bot, &PlanRequest::hotfix(vec![edit], "at night").to(staging())).await;
    assert_eq!(overtaken(&bot).await, None);
    publish(&bot, &promotion()).await;
    assert_eq!(live_says(&bot, "flows/tickets", "say").await.as_deref(), Some("Call 555."));
}

#[tokio::test]
async fn a_hotfix_that_the_draft_gave_up_holds_no_promotion_of_the_same_up() {
    let bot = published().await;
    bot.put(&path("flows/tickets"), flow("tickets", "The draft's.")).await.unwrap();
    publish(&bot, &PlanRequest::full("staging").to(staging())).await;
    hotfix(&bot, "Call 555.").await;
    assert_eq!(denied(&bot, &promotion()).await, ["live_drift"]);
    bot.merge(&live(), &BTreeMap::from([(path("flows/tickets"), Side::Draft)])).await.unwrap();
    assert_eq!(bot.plan(&PlanRequest::full("draft")).await.unwrap().decision(), Decision::Allow);
    publish(&bot, &promotion()).await;
    assert_eq!(live_says(&bot, "flows/tickets", "say").await.as_deref(), Some("The draft's."));
}

#[tokio::test]
async fn all_that_live_got_is_newer_than_a_version_that_it_never_knew() {
    let bot = box_office::box_office().await;
    train(&bot).await;
    publish(&bot, &PlanRequest::full("staging first").to(staging())).await;
    bot.put(&path("flows/hours"), flow("hours", "from nine")).await.unwrap();
    publish(&bot, &PlanRequest::full("live, later")).await;
    let told = overtaken(&bot).await.unwrap();
    assert!(told.contains("1 part would change back: `flows/hours`"), "{told}");
}
