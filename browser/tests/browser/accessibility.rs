//! Every page for everybody: nothing serious by axe-core's rules, and no page wider than a phone.

use greenroom_browser_tests::{AxeCore, Chromium, Error, House, Person, Role, Violation};
use greenroom_identity::Grants;
use greenroom_lifecycle::{Bot, ChannelSettings, PartEdit, PlanRequest, WebChat, live};
use greenroom_model::document::Settings;
use greenroom_model::{Document, PartPath};
use greenroom_runtime::{Message, Place};
use serde_json::json;

use crate::tour::takes_a_tour;

#[tokio::test(flavor = "multi_thread")]
async fn no_page_keeps_anybody_out() -> Result<(), Error> {
    let axe = AxeCore::read()?;
    let house = House::open().await?;
    let chromium = Chromium::start().await?;
    let mut faults = Vec::new();

    let stranger = chromium.person(&house.address()).await?;
    for address in [house.link(), "/sign-in", "/no-such-page"] {
        stranger.goes_to(address).await?;
        // The link is a secret, and it is long.
        let shown = if address.starts_with('/') { address } else { "/invitation/…" };
        looks(&stranger, &axe, shown, &mut faults).await?;
    }

    let person = house.administrator(&chromium).await?;
    // A bot of which nothing is there yet, one that was never published, and one that talks.
    person.goes_to("/bots/new").await?;
    person.types("Name", "Nothing yet").await?;
    person.clicks(Role::Mark, "Nothing").await?;
    person.follows(Role::Button, "Make the bot").await?;
    let full = house.sample_bot("full").await?;
    house.publishes(&full, "The first version.").await?;
    for text in ["When are you open?", "zxqv unicycle flumph", "zxqv unicycle flumph"] {
        let answer = house.app().reply(full.id(), &Place::live(), "customer-1", &Message::text(text)).await;
        answer.map_err(|error| Error::Server(error.to_string()))?;
    }
    fills(&house, &full, &person, &axe, &mut faults).await?;
    let tour = ["/bots/nothing_yet/draft", "/bots/full/draft", "/bots/full/live", "/bots/full/inbox", "/"];
    let mut pages = Vec::new();
    for starts in [&tour[..1], &tour[1..]] {
        let seen = takes_a_tour(&person, starts, async |address| looks(&person, &axe, address, &mut faults).await);
        pages.extend(seen.await?);
    }
    for channel in ["crm", "rest"] {
        let address = format!("/bots/full/environments/live/channels/{channel}");
        person.goes_to(&address).await?;
        person.finds(Role::Heading, "A way to the bot").await?;
        looks(&person, &axe, &address, &mut faults).await?;
    }
    for (place, button) in [("draft", "Chat with the draft"), ("live", "Chat with live")] {
        person.goes_to(&format!("/bots/full/{place}")).await?;
        person.clicks(Role::Button, button).await?;
        person.types("Your message", "Can I rent a tandem for two days?").await?;
        person.clicks(Role::Button, "Send").await?;
        person.finds(Role::Fold, "Understood").await?;
        looks(&person, &axe, &format!("the chat on {place}"), &mut faults).await?;
    }
    eprintln!("{} pages: {}", pages.len(), pages.join(" "));
    assert!(pages.len() >= 40, "the tour comes to {} pages only: {pages:?}", pages.len());
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    chromium.end().await
}

/// Puts something onto the pages that are empty otherwise: channels, people, an evaluation, a test run.
async fn fills(
    house: &House,
    full: &Bot,
    person: &Person,
    axe: &AxeCore,
    faults: &mut Vec<String>,
) -> Result<(), Error> {
    let failed = |error: &dyn std::fmt::Display| Error::Server(error.to_string());
    let web = ChannelSettings::WebChat(WebChat::default());
    let webhook = json!({ "kind": "webhook", "url": "https://crm.example/greenroom" });
    let rest = json!({ "kind": "rest", "token": true });
    let read = |value| serde_json::from_value(value).map_err(|error| failed(&error));
    for (id, settings) in [("web", web), ("crm", read(webhook)?), ("rest", read(rest)?)] {
        let id = id.parse().map_err(|error| failed(&error))?;
        full.add_channel(&live(), id, "A way to the bot", settings).await.map_err(|error| failed(&error))?;
    }
    let name = "ben".parse().map_err(|error| failed(&error))?;
    let grants = Grants::on(full.id().clone(), greenroom_identity::Role::Editor);
    house.app().identities().create_user(&name, "Ben", grants).await.map_err(|error| failed(&error))?;

    corrects_live_past_the_draft(full).await?;

    let folder = tempfile::tempdir()?;
    let [outside, latin] = ["outside.txt", "latin.txt"].map(|name| folder.path().join(name));
    std::fs::write(&outside, "zxqv flumph\nsing me a song\n")?;
    std::fs::write(&latin, b"salut \xe9toile\n")?;
    person.goes_to("/bots/full/draft/evaluation").await?;
    person.types("Folds", "2").await?;
    person.clicks(Role::Fold, "Texts that should be refused").await?;
    person.types("Out of scope, one a line", "who won the match").await?;
    person.gives_file(&latin).await?;
    person.follows(Role::Button, "Evaluate").await?;
    person.sees("latin.txt:1:7: here is a byte that is not UTF-8").await?;
    looks(person, axe, "the refused evaluation", faults).await?;
    // What was typed is still there.
    person.gives_file(&outside).await?;
    person.follows(Role::Button, "Evaluate").await?;
    person.sees("of 3 texts that should be refused").await?;
    person.goes_to("/bots/full/draft/tests").await?;
    person.follows(Role::Button, "Run all tests").await?;
    person.waits_until("outcomes of the tests", "document.querySelectorAll('main tbody .tag').length >= 10").await
}

/// A hotfix of what the draft changed too: somebody must choose.
async fn corrects_live_past_the_draft(full: &Bot) -> Result<(), Error> {
    let failed = |error: greenroom_lifecycle::Error| Error::Server(error.to_string());
    let draft = full.draft().await.map_err(failed)?;
    let (_, document) = full.get(&draft, &PartPath::Settings).await.map_err(failed)?;
    let Document::Settings(settings) = document else { return Err(Error::Server("no settings".to_owned())) };
    let named = |name: &str| Document::Settings(Settings { name: name.to_owned(), ..settings.clone() });
    let edit = PartEdit::put(PartPath::Settings, named("The bike shop"));
    let plan = full.plan(&PlanRequest::hotfix(vec![edit], "The name was wrong.")).await.map_err(failed)?;
    full.publish(&plan).await.map_err(failed)?;
    full.put(&PartPath::Settings, named("Bikes and more")).await.map(drop).map_err(failed)
}

async fn looks(person: &Person, axe: &AxeCore, address: &str, faults: &mut Vec<String>) -> Result<(), Error> {
    // What is folded away is examined too.
    person.script("document.querySelectorAll('details').forEach((details) => { details.open = true; })").await?;
    let violations = axe.examine(person).await?;
    faults.extend(violations.into_iter().filter(Violation::is_serious).map(|violation| {
        format!(
            "{address}: {} ({:?}): {}\n    {}",
            violation.id,
            violation.impact,
            violation.help,
            violation.at.join("\n    ")
        )
    }));
    person.has_a_window_of(360, 740).await?;
    if let Some(overflow) = person.sees_overflow().await? {
        faults.push(format!("{address}: at 360 px {overflow}"));
    }
    person.has_a_window_of(1280, 800).await
}
