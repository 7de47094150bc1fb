//! The web chat on somebody else's page: it works where the channel allows it, and nowhere else.

use greenroom_browser_tests::{AxeCore, Chromium, Error, ForeignSite, House, Person, Role, Violation};
use greenroom_lifecycle::{ChannelSettings, WebChat, live};
use serde_json::json;

use crate::album::Album;

#[tokio::test(flavor = "multi_thread")]
async fn the_widget_talks_on_allowed_pages_alone() -> Result<(), Error> {
    let failed = |error: greenroom_lifecycle::Error| Error::Server(error.to_string());
    let house = House::open().await?;
    let chromium = Chromium::start().await?;
    let album = Album::of("widget");
    let bot = house.sample_bot("shop").await?;
    house.adds(&bot, [("flows/brochure".to_owned(), brochure(&house.address()))]).await?;
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

    rich_contents_are_shown(&customer, &album).await?;

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

/// A flow that says one of each kind of content.
fn brochure(house: &str) -> serde_json::Value {
    let picture = format!("{house}/assets/any/icon.svg");
    let card = |title: &str| {
        json!({ "title": { "en": title }, "subtitle": { "en": "By the hour" }, "image": picture, "buttons": [
            { "title": { "en": format!("Rent {title}") }, "action": { "payload": format!("rent {title}") } },
        ] })
    };
    json!({ "name": "Brochure", "triggers": [{ "keyword": "brochure" }, { "button": "rent Tandem", "node": "rented" }],
        "start": "show", "nodes": {
            "show": { "message": {
                "content": [
                    { "carousel": { "cards": [card("City bike"), card("Tandem")] } },
                    { "image": { "url": picture, "text": { "en": "Our shop" } } },
                    { "file": { "url": format!("{house}/prices.pdf"), "name": { "en": "Price list" } } },
                    { "list": { "title": { "en": "Opening hours" }, "items": [{ "title": { "en": "Monday" } }],
                        "buttons": [{ "title": { "en": "Find us" }, "action": { "url": "https://shop.example/map" } }] } },
                ],
                "quick_replies": [{ "title": { "en": "Thank you" }, "action": { "payload": "thanks" } }],
            } },
            "rented": { "message": { "text": { "en": "A tandem for you." } } },
        } })
}

/// Cards, pictures, files and lists come as such; a card's button does what it says.
async fn rich_contents_are_shown(customer: &Person, album: &Album) -> Result<(), Error> {
    customer.has_a_window_of(900, 740).await?;
    says(customer, "brochure").await?;
    customer.sees("Opening hours").await?;
    let count = "(() => { const log = document.querySelector('[data-greenroom-chat]').shadowRoot; \
        return ['.row > li .card', '.rich img[alt=\"Our shop\"]', '.rich > a[download]', '.items > li', '.choices a'] \
            .map((selector) => log.querySelectorAll(selector).length).join(); })()";
    assert_eq!(customer.script(count).await?, json!("2,1,1,1,1"));
    album.keeps(customer, "contents").await?;
    let serious: Vec<_> = AxeCore::read()?.examine(customer).await?.into_iter().filter(Violation::is_serious).collect();
    assert!(serious.is_empty(), "{serious:?}");
    customer.clicks(Role::Button, "Rent Tandem").await?;
    customer.sees("A tandem for you.").await?;
    let watch = customer.looks_back().await?;
    assert!(watch.is_quiet(), "{watch:?}");
    Ok(())
}

async fn says(person: &Person, text: &str) -> Result<(), Error> {
    person.types("Your message", text).await?;
    person.clicks(Role::Button, "Send").await
}
