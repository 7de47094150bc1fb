//! Hotfixes and what becomes of them: made on live, merged into the draft, given up by name.

use greenroom_identity::Role;
use greenroom_lifecycle::live;
use greenroom_model::{Document, PartPath};
use greenroom_publish::Policy;

use super::desk::{Console, Page, rename};

const HOTFIX: &str = "/bots/shop/live/hotfix";
const MERGE: &str = "/bots/shop/draft/merge";
const SETTINGS: &str = "settings";

fn path(text: &str) -> PartPath {
    text.parse().unwrap()
}

fn unescaped(text: &str) -> String {
    text.replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&")
}

/// What stands in a text area of the page.
#[track_caller]
fn typed(page: &Page, name: &str) -> String {
    let (_, rest) = page.body.split_once(&format!("<textarea id=\"{name}\"")).unwrap();
    let (_, rest) = rest.split_once(">\n").unwrap();
    unescaped(rest.split("</textarea>").next().unwrap())
}

async fn published() -> Console {
    let console = Console::new().await;
    console.train().await;
    assert_eq!(console.publish("full", "first").await.status, 303);
    console
}

/// Sends the form of a hotfix of the settings: the bot gets this name.
async fn send(console: &Console, page: &Page, name: &str, more: &[(&str, &str)]) -> Page {
    let mut document: serde_json::Value = serde_json::from_str(&typed(page, "document")).unwrap();
    document["name"] = name.into();
    let (document, expected) = (document.to_string(), page.field("expected"));
    let mut fields = vec![("part", SETTINGS), ("expected", expected.as_str()), ("document", document.as_str())];
    fields.extend(more);
    console.post(HOTFIX, &fields).await
}

/// Makes a hotfix by the page.
async fn hotfix(console: &Console, name: &str) {
    let form = console.get(&format!("{HOTFIX}?part={SETTINGS}")).await;
    let why = ("reason", "the name was wrong");
    let planned = send(console, &form, name, &[why, ("act", "plan")]).await;
    let plan = planned.says("This can go live").field("plan");
    let done = send(console, &form, name, &[why, ("act", "publish"), ("plan", &plan)]).await;
    assert_eq!((done.status, done.location.as_str()), (303, "/bots/shop/draft/merge?done=hotfixed"), "{}", done.body);
}

async fn name_in(console: &Console, state: &str) -> String {
    let bot = console.bot().await;
    let content = bot.resolve(&state.parse().unwrap()).await.unwrap();
    let (_, Document::Settings(settings)) = bot.get(&content, &path(SETTINGS)).await.unwrap() else { panic!("none") };
    settings.name
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hotfix_is_looked_at_and_published_with_its_reason() {
    let console = published().await;
    let chosen = console.get(HOTFIX).await;
    chosen.says("<option value=\"settings\">").says_not("tests/");
    console.get("/bots/shop/live/settings").await.says("live/hotfix?part=settings");
    let form = console.get(&format!("{HOTFIX}?part={SETTINGS}")).await;
    let silent = send(&console, &form, "Corrected", &[("act", "plan")]).await;
    assert_eq!(silent.status, 200);
    silent.says("This cannot go live yet").says("There are no release notes").says_not("Publish the hotfix");
    let why = ("reason", "the name was wrong");
    let planned = send(&console, &form, "Corrected", &[why, ("act", "plan")]).await;
    planned.says("<ins>Corrected</ins>").says("Publish the hotfix").says("the name was wrong</textarea>");
    let plan = planned.field("plan");
    // Who changes the form after looking at the plan looks at the new one first.
    let other = send(&console, &form, "Something else", &[why, ("act", "publish"), ("plan", &plan)]).await;
    assert_eq!(other.status, 409);
    other.says("You changed the part since").says("<ins>Something else</ins>");
    assert_ne!(name_in(&console, "live").await, "Something else");
    hotfix(&console, "Corrected").await;
    assert_eq!(name_in(&console, "live").await, "Corrected");
    assert_ne!(name_in(&console, "draft").await, "Corrected");
    let (_, version) = console.bot().await.version(2).await.unwrap();
    assert_eq!((version.author.as_str(), version.notes.as_str()), ("ann", "the name was wrong"));
    console.get("/bots/shop/versions").await.says("hotfix").says("the name was wrong");
    console.get(&format!("{MERGE}?done=hotfixed")).await.says("The hotfix is live").says("to take over");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_a_hotfixs_way_is_told_on_its_page() {
    let console = published().await;
    let form = console.get(&format!("{HOTFIX}?part={SETTINGS}")).await;
    let expected = form.field("expected");
    let broken = [("part", SETTINGS), ("expected", &expected), ("document", "{ <b>"), ("act", "plan")];
    let broken = console.post(HOTFIX, &broken).await;
    assert_eq!(broken.status, 422);
    broken.says("Nothing was planned").says("{ &#60;b&#62;</textarea>").says_not("<b>");
    let gone = [("part", SETTINGS), ("expected", &expected), ("delete", "yes"), ("act", "plan"), ("reason", "x")];
    let gone = console.post(HOTFIX, &gone).await;
    assert_eq!(gone.status, 422);
    gone.says("a bot has settings");
    for wrong in ["tests/rent", "nonsense", "%3Cscript%3E"] {
        let page = console.get(&format!("{HOTFIX}?part={wrong}")).await;
        assert_eq!(page.status, 422, "{wrong}");
        page.says("Nothing was planned").says_not("<script>\"");
    }
    // A colleague was faster.
    hotfix(&console, "By a colleague").await;
    let late = send(&console, &form, "Mine", &[("reason", "x"), ("act", "plan")]).await;
    assert_eq!(late.status, 409);
    late.says("Somebody changed this part of live").says("By a colleague").says("Mine");
    let again = send(&console, &late, "Mine", &[("reason", "x"), ("act", "plan")]).await;
    again.says("This can go live");
    // Whatever else went live since the plan was looked at is shown first, too.
    let plan = again.field("plan");
    let nlp = greenroom_lifecycle::PlanRequest::full("x");
    let bot = console.bot().await;
    let discard = greenroom_publish::Acknowledged { discard: [path(SETTINGS)].into(), reintroduce: false };
    rename(&console, "By a publish").await;
    let other = bot.plan(&greenroom_lifecycle::PlanRequest { acknowledged: discard, ..nlp }).await.unwrap();
    bot.publish(&other).await.unwrap();
    let form = console.get(&format!("{HOTFIX}?part={SETTINGS}")).await;
    let moved = send(&console, &form, "Mine", &[("reason", "x"), ("act", "publish"), ("plan", &plan)]).await;
    assert_eq!(moved.status, 409);
    moved.says("ben made it version 3");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hotfix_is_tested_where_it_is_made() {
    let console = published().await;
    let policy = Policy::from_yaml("rules: { untested: deny }").unwrap();
    console.bot().await.set_policy(&policy).await.unwrap();
    let form = console.get(&format!("{HOTFIX}?part={SETTINGS}")).await;
    let why = ("reason", "the name was wrong");
    let planned = send(&console, &form, "Corrected", &[why, ("act", "plan")]).await;
    planned.says("This cannot go live yet").says("The tests have not passed on exactly what would be published");
    let begun = send(&console, &form, "Corrected", &[why, ("act", "test")]).await;
    begun.says("name=\"tested\"");
    let ended = async || {
        while console.app.jobs().unfinished() > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    ended().await;
    let tested = send(&console, &form, "Corrected", &[why, ("act", "plan"), ("tested", "yes")]).await;
    tested.says("The tests were last played on this just now: done").says("This can go live");
    tested.says("0 failed");
    // What was played on another hotfix says nothing of this one; asked for, this one is played.
    let other = send(&console, &form, "Another", &[why, ("act", "plan"), ("tested", "yes")]).await;
    other.says("This cannot go live yet").says_not("0 failed").says_not("were last played");
    send(&console, &form, "Another", &[why, ("act", "test")]).await;
    ended().await;
    let other = send(&console, &form, "Another", &[why, ("act", "plan"), ("tested", "yes")]).await;
    other.says("This can go live");
    // The draft's own pages know nothing of what was played on a hotfix.
    console.get("/bots/shop/draft/tests").await.says_not("Last run");
    console.get("/bots/shop/draft/publish").await.says_not("Last run");
    // Nor the page of one scope of what was played on another.
    console.post("/bots/shop/draft/publish/tests", &[("scope", "full")]).await;
    ended().await;
    console.get("/bots/shop/draft/publish?scope=full").await.says("Last run");
    console.get("/bots/shop/draft/publish?scope=nlp").await.says_not("Last run");
    console.get("/bots/shop/draft/tests").await.says("Last run");
    console.post("/bots/shop/draft/publish/tests", &[("scope", "nlp")]).await;
    ended().await;
    console.get("/bots/shop/draft/publish?scope=nlp").await.says("Last run");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_way_back_and_forth_and_a_new_policy_are_told_before_a_publish() {
    let console = published().await;
    rename(&console, "Second").await;
    console.publish("full", "second").await;
    rename(&console, "Third").await;
    let bot = console.bot().await;
    let plan = console.get("/bots/shop/draft/publish").await.says("This can be published").field("plan");
    for version in [1, 2] {
        bot.rollback(&live(), version).await.unwrap();
    }
    let moved = console.post("/bots/shop/draft/publish", &[("plan", &plan), ("notes", "third")]).await;
    assert_eq!(moved.status, 409);
    let plan = moved.says("Live moved since you loaded this page").field("plan");
    bot.set_policy(&Policy::from_yaml("rules: { channel_missing: allow }").unwrap()).await.unwrap();
    let moved = console.post("/bots/shop/draft/publish", &[("plan", &plan), ("notes", "third")]).await;
    assert_eq!(moved.status, 409);
    let plan = moved.says("The publishing policy changed since you loaded this page").field("plan");
    assert_eq!(name_in(&console, "live").await, "Second");
    let done = console.post("/bots/shop/draft/publish", &[("plan", &plan), ("notes", "third")]).await;
    assert_eq!(done.status, 303, "{}", done.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hotfix_is_merged_or_given_up_part_by_part() {
    let console = published().await;
    console.get(MERGE).await.says("No hotfix in live is missing in the draft");
    hotfix(&console, "Corrected").await;
    let page = console.get(MERGE).await;
    page.says("The hotfix changed it").says("The draft left it as it was").says("<ins>Corrected</ins>");
    let seen = page.field("seen");
    let form = |seen: &str, choice: &str| {
        [("environment", "live"), ("seen", seen), ("choice.settings", choice)]
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
    };
    let merge = async |seen: &str, choice: &str| {
        let fields = form(seen, choice);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        console.post(MERGE, &fields).await
    };
    // A colleague edits the same place of the draft meanwhile.
    rename(&console, "Mine").await;
    let moved = merge(&seen, "merge").await;
    assert_eq!(moved.status, 409);
    let seen = moved.says("somebody changed one of these parts").says("<ins>Mine</ins>").says("conflict").field("seen");
    assert_eq!(name_in(&console, "draft").await, "Mine");
    let open = merge(&seen, "merge").await;
    assert_eq!(open.status, 409);
    open.says("the hotfix and the draft both changed settings. Choose whose is taken.");
    let done = merge(&seen, "environment").await;
    assert_eq!(done.location, "/bots/shop/draft/merge?environment=live&done=merged");
    assert_eq!(name_in(&console, "draft").await, "Corrected");
    console.get(&done.location).await.says("Merged.").says("No hotfix in live is missing");

    hotfix(&console, "Corrected again").await;
    let seen = console.get(MERGE).await.field("seen");
    assert_eq!(merge(&seen, "draft").await.status, 303);
    assert_eq!(name_in(&console, "draft").await, "Corrected");
    assert!(console.bot().await.drift(&live()).await.unwrap().is_empty());
    // The draft's is what the next publish takes out.
    console.publish("full", "the name again").await;
    assert_eq!(name_in(&console, "live").await, "Corrected");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_publish_would_undo_is_given_up_by_name_on_its_page() {
    let console = published().await;
    hotfix(&console, "Corrected").await;
    rename(&console, "Mine").await;
    let refused = console.get("/bots/shop/draft/publish").await;
    refused.says("the publish would undo it").says("/bots/shop/draft/merge").says_not("name=\"notes\"");
    refused.says("name=\"discard\" value=\"settings\">");
    let given_up = console.get("/bots/shop/draft/publish?scope=full&discard=settings").await;
    given_up.says("name=\"discard\" value=\"settings\" checked>");
    let tests = [("scope", "full"), ("discard", "settings")];
    let tests = console.post("/bots/shop/draft/publish/tests", &tests).await;
    assert_eq!(tests.location, "/bots/shop/draft/publish?scope=full&discard=settings");
    let plan = given_up.says("This can be published").field("plan");
    let done = console.post("/bots/shop/draft/publish", &[("plan", &plan), ("notes", "mine")]).await;
    assert_eq!(done.status, 303, "{}", done.body);
    assert_eq!(name_in(&console, "live").await, "Mine");
    // An address of yesterday gives up what waits no more.
    let stale = console.get("/bots/shop/draft/publish?scope=full&discard=settings").await;
    assert_eq!(stale.status, 200);
    stale.says("Nothing to publish");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hotfix_that_is_merged_meanwhile_stops_the_publish_that_gives_it_up() {
    let console = published().await;
    hotfix(&console, "Corrected").await;
    rename(&console, "Mine").await;
    let page = console.get("/bots/shop/draft/publish?scope=full&discard=settings").await;
    let plan = page.field("plan");
    let choice = [(path(SETTINGS), greenroom_lifecycle::Side::Environment)].into();
    console.bot().await.merge(&live(), &choice).await.unwrap();
    let moved = console.post("/bots/shop/draft/publish", &[("plan", &plan), ("notes", "mine")]).await;
    assert_eq!(moved.status, 409);
    moved.says("The hotfix of settings was merged or given up since you loaded this page.");
    assert_eq!(name_in(&console, "live").await, "Corrected");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_rollback_took_away_is_brought_back_knowingly_on_the_page() {
    let console = published().await;
    rename(&console, "Second").await;
    console.publish("full", "second").await;
    console.post("/bots/shop/versions/1/rollback", &[]).await;
    let refused = console.get("/bots/shop/draft/publish").await;
    refused.says("Live was put back for a reason").says("name=\"reintroduce\" value=\"yes\">");
    let knowingly = console.get("/bots/shop/draft/publish?scope=full&reintroduce=yes").await;
    let plan =
        knowingly.says("name=\"reintroduce\" value=\"yes\" checked>").says("This can be published").field("plan");
    assert_eq!(console.post("/bots/shop/draft/publish", &[("plan", &plan), ("notes", "again")]).await.status, 303);
    assert_eq!(name_in(&console, "live").await, "Second");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_sees_and_may_what_it_should() {
    let console = published().await;
    hotfix(&console, "Corrected").await;
    let (viewer, editor) = (console.with_role("vic", Role::Viewer).await, console.with_role("ed", Role::Editor).await);
    viewer.get(MERGE).await.says("Corrected").says_not("Merge into the draft").says_not("type=\"radio\"");
    assert_eq!(viewer.post(MERGE, &[("environment", "live")]).await.status, 403);
    for other in [&viewer, &editor] {
        other.get("/bots/shop/live").await.says_not("/live/hotfix");
        assert_eq!(other.get(HOTFIX).await.status, 403);
        assert_eq!(other.post(HOTFIX, &[("part", SETTINGS)]).await.status, 403);
    }
    editor.get(MERGE).await.says("Merge into the draft");
    let forged = axum::http::Request::post(MERGE).header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(console.send(forged, "environment=live".to_owned()).await.status, 403);
    let forged = axum::http::Request::post(HOTFIX).header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(console.send(forged, format!("part={SETTINGS}")).await.status, 403);
    let publisher = console.with_role("pat", Role::Publisher).await;
    publisher.get("/bots/shop/live").await.says("/live/hotfix");
    // Both sides lead to each other, though each has pages of its own.
    publisher.get(HOTFIX).await.says("class=\"to-draft\" href=\"/bots/shop/draft\"");
    publisher.get(MERGE).await.says("class=\"to-live\" href=\"/bots/shop/live\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_to_merge_before_the_first_publish() {
    let console = Console::new().await;
    console.get(MERGE).await.says("Nothing is published to live yet");
    console.get(HOTFIX).await.says_not("name=\"document\"");
    for environment in ["staging", "live"] {
        assert_eq!(console.get(&format!("{MERGE}?environment={environment}")).await.status, 200, "{environment}");
    }
}
