//! The web chat on somebody else's page: it works where the channel allows it, and nowhere else.

use greenroom_browser_tests::{AxeCore, Chromium, Error, ForeignSite, House, Person, Role, Violation};
use greenroom_lifecycle::{ChannelSettings, WebChat, live};

use crate::album::Album;

#[tokio::test(flavor = "multi_thread")]
async fn the_widget_talks_on_allowed_pages_alone() -> Result<(), Error> {
    let failed = |error: greenroom_lifecycle::Error| Error::Server(error.to_string());
    let house = House::open().await?;
    let chromium = Chromium::start().await?;
    let album = Album::of("widget");
    let bot = house.sample_bot("shop").await?;
    house.publishes(&bot, "The first version.").await?;
    let tag = |_: &str| {
        let house = house.address();
        format!(
            "<script src=\"{house}/widget.js\" data-bot=\"shop\" data-env=\"live\" data-channel=\"web\" defer></script>"
        )
    };
    let (allowed, other) = (ForeignSite::with_body(tag).await?, ForeignSite::with_body(tag).await?);
    let origin = allowed.origin().parse().map_err(failed)?;
    let settings = WebChat { origins: vec![origin], title: Some("Wheelhouse".to_owned()), ..WebChat::default() };
    let id = "web".parse().map_err(failed)?;
    bot.add_channel(&live(), id, "Our shop's page", ChannelSettings::WebChat(settings)).await.map_err(failed)?;

    let customer = chromium.person(allowed.origin()).await?;
    customer.goes_to("/").await?;
    customer.clicks(Role::Button, "Open chat").await?;
    says(&customer, "When are you open?").await?;
    customer.sees("We are open every day").await?;
    album.keeps(&customer, "allowed").await?;
    // The conversation is still there on the next page.
    customer.reloads().await?;
    customer.sees("We are open every day").await?;
    let serious: Vec<_> =
        AxeCore::read()?.examine(&customer).await?.into_iter().filter(Violation::is_serious).collect();
    assert!(serious.is_empty(), "{serious:?}");
    customer.has_a_window_of(360, 740).await?;
    assert_eq!(customer.sees_overflow().await?, None);
    album.keeps(&customer, "narrow").await?;
    let watch = customer.looks_back().await?;
    assert!(watch.is_quiet(), "{watch:?}");

    let stranger = chromium.person(other.origin()).await?;
    stranger.goes_to("/").await?;
    stranger
        .waits_for("the refusal of the page", async || {
            Ok(stranger
                .looks_back()
                .await?
                .errors
                .iter()
                .any(|error| error.contains("/chat/shop/live/web/"))
                .then_some(()))
        })
        .await?;
    assert!(!stranger.reads().await?.contains("We are open every day"));
    album.keeps(&stranger, "refused").await?;
    chromium.end().await
}

async fn says(person: &Person, text: &str) -> Result<(), Error> {
    person.types("Your message", text).await?;
    person.clicks(Role::Button, "Send").await
}
