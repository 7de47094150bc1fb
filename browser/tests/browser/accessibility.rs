//! Every page for everybody: nothing serious by axe-core's rules, and no page wider than a phone.

use greenroom_browser_tests::{AxeCore, Chromium, Error, House, Person, Role, Violation};
use greenroom_runtime::{Message, Place};

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
    let tour = ["/bots/nothing_yet/draft", "/bots/full/draft", "/bots/full/live", "/bots/full/inbox", "/"];
    let mut pages = Vec::new();
    for starts in [&tour[..1], &tour[1..]] {
        let seen = takes_a_tour(&person, starts, async |address| looks(&person, &axe, address, &mut faults).await);
        pages.extend(seen.await?);
    }
    eprintln!("{} pages: {}", pages.len(), pages.join(" "));
    assert!(pages.len() >= 40, "the tour comes to {} pages only: {pages:?}", pages.len());
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    chromium.end().await
}

async fn looks(person: &Person, axe: &AxeCore, address: &str, faults: &mut Vec<String>) -> Result<(), Error> {
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
