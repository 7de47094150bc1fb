//! The disk becomes full at 100 points of a publish (`cargo xtask soak full-disk`; fewer in
//! the test): nothing of it is there, what was live is whole and answers, and the publish
//! goes through once there is room.

use std::path::Path;
use std::sync::Arc;

use greenroom_lifecycle::{Bot, Error, Lifecycle, PartEdit, PlanRequest, live};
use greenroom_model::document::Settings;
use greenroom_model::{BotId, Document, PartPath};
use greenroom_publish::Plan;
use greenroom_runtime::{Message, Place as Conversations, Runtime};
use greenroom_store::Store;
use sqlx::{Connection, SqliteConnection, query, query_scalar};

use crate::SqliteStore;
use crate::open::prepare;
use crate::place::Place;

/// How many points of a publish there are at least at which the disk may be full.
const POINTS: u64 = 100;

/// At every how many of them it is.
fn stride() -> usize {
    if std::env::var("GREENROOM_SOAK_CASES").is_ok() { 1 } else { 7 }
}

/// How many flows a publish changes: its plan alone takes more than 100 pages.
const FLOWS: usize = 85;

const PAGE: u64 = 4_096;

fn shop() -> BotId {
    "shop".parse().unwrap()
}

/// All flows of an edition; one of them greets.
fn edition(number: usize) -> Vec<PartEdit> {
    let trigger = |flow| if flow == 0 { r#"[{"system":"not_understood"}]"# } else { "[]" };
    let long = "lang verhaal ".repeat(200);
    let flow = |flow: usize| {
        let path: PartPath = format!("flows/flow-{flow}").parse().unwrap();
        let text = if flow == 0 { format!("edition {number}") } else { format!("{number} {flow} {long}") };
        let json = format!(
            r#"{{"name":"Flow {flow}","start":"a","triggers":{},"nodes":{{"a":{{"message":{{"text":{{"en":"{text}"}}}}}}}}}}"#,
            trigger(flow)
        );
        let document = Document::from_json(&path, json.as_bytes()).unwrap();
        PartEdit::put(path, document)
    };
    (0..FLOWS).map(flow).collect()
}

/// A store in which edition 1 is live and edition 2 is planned.
async fn planned(path: &Path) -> Plan {
    let store = Arc::new(SqliteStore::open(path).await.unwrap());
    let lifecycle = Lifecycle::new(store.clone()).acting_as("ann");
    let bot = lifecycle.create(&shop(), Settings::new("Shop", "en".parse().unwrap())).await.unwrap();
    bot.edit(&edition(1)).await.unwrap();
    bot.publish(&bot.plan(&PlanRequest::full("first")).await.unwrap()).await.unwrap();
    bot.edit(&edition(2)).await.unwrap();
    let plan = bot.plan(&PlanRequest::full("second")).await.unwrap();
    drop((bot, lifecycle));
    close(store).await;
    plan
}

async fn close(store: Arc<SqliteStore>) {
    Arc::into_inner(store).unwrap().close().await;
}

/// The store with room for so many pages more.
async fn open_with_room_for(pages: u64, path: &Path) -> Arc<SqliteStore> {
    let place = Place::new(path).unwrap();
    prepare(&place).await.unwrap();
    let mut connection = SqliteConnection::connect_with(&place.options()).await.unwrap();
    let found: i64 = query_scalar("PRAGMA page_count").fetch_one(&mut connection).await.unwrap();
    let limit = format!("PRAGMA max_page_count = {}", found + i64::try_from(pages).unwrap());
    query(sqlx::AssertSqlSafe(limit)).execute(&mut connection).await.unwrap();
    Arc::new(SqliteStore::assemble(place, connection))
}

async fn bot(store: &Arc<SqliteStore>) -> Bot {
    Lifecycle::new(store.clone()).acting_as("ann").bot(&shop()).await.unwrap()
}

async fn said(store: &Arc<SqliteStore>) -> Result<String, greenroom_runtime::Error> {
    let runtime = Runtime::new(store.clone());
    let answer = runtime.reply(&shop(), &Conversations::live(), "a", &Message::text("hello")).await?;
    Ok(answer.replies[0].text.clone())
}

#[tokio::test]
async fn a_disk_that_is_full_at_any_point_of_a_publish_leaves_live_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let plan = planned(&path("before.db")).await;
    let before = path("before.db").metadata().unwrap().len();

    std::fs::copy(path("before.db"), path("roomy.db")).unwrap();
    let store = Arc::new(SqliteStore::open(path("roomy.db")).await.unwrap());
    bot(&store).await.publish(&plan).await.unwrap();
    close(store).await;
    let needed = (path("roomy.db").metadata().unwrap().len() - before) / PAGE;
    assert!(needed >= POINTS, "a publish of {needed} pages has no {POINTS} points");

    let (mut visited, mut answered) = (0, 0);
    for point in (0..POINTS).step_by(stride()) {
        visited += 1;
        let file = path(&format!("{point}.db"));
        std::fs::copy(path("before.db"), &file).unwrap();
        let room = needed * point / POINTS;
        let store = open_with_room_for(room, &file).await;
        let author = bot(&store).await;
        match author.publish(&plan).await {
            Err(Error::Store(greenroom_store::Error::Full { .. })) => {}
            other => panic!("room for {room} of {needed} pages: {other:?}"),
        }
        let running = author.environment(&live()).await.unwrap().unwrap();
        assert_eq!((running.number, author.versions().await.unwrap().len()), (1, 1));
        assert_eq!(store.objects(&[plan.digest()]).await.unwrap(), [None], "a piece of it is there");
        author.load(&author.live_content(&live()).await.unwrap()).await.unwrap();
        // An answer is stored before it is given; where not even that fits, it says so.
        match said(&store).await {
            Ok(text) => {
                assert_eq!(text, "edition 1");
                answered += 1;
            }
            Err(greenroom_runtime::Error::Store(greenroom_store::Error::Full { .. })) => {}
            Err(error) => panic!("{error}"),
        }
        drop(author);
        close(store).await;

        let store = Arc::new(SqliteStore::open(&file).await.unwrap());
        assert_eq!(said(&store).await.unwrap(), "edition 1");
        let author = bot(&store).await;
        assert_eq!(author.publish(&plan).await.unwrap().number, 2, "there is room again");
        assert_eq!(author.live_content(&live()).await.unwrap().tree, plan.candidate().tree);
        drop(author);
        close(store).await;
        std::fs::remove_file(file).unwrap();
    }
    println!(
        "the disk was full at {visited} points of {needed} pages: live was whole, answered {answered} times meanwhile \
         (its answers are stored first), and each retry went through"
    );
}
