//! What the console is for, from the one-time link to the rollback, by one person with a mouse.

use greenroom_browser_tests::{Chromium, Error, House, PASSWORD, Person, Role};

use crate::album::Album;

#[tokio::test(flavor = "multi_thread")]
async fn a_person_takes_a_bot_from_the_sample_to_live_and_back() -> Result<(), Error> {
    let house = House::open().await?;
    let chromium = Chromium::start().await?;
    let person = chromium.person(&house.address()).await?;
    let album = Album::of("story");

    signs_in_by_the_link(&house, &person, &album).await?;
    makes_a_bot_from_the_sample(&person, &album).await?;
    adds_an_intent_and_a_node(&person, &album).await?;
    sees_that_nlp_alone_has_no_live_to_go_to(&person, &album).await?;
    trains(&person, &album).await?;
    publishes(&person, "Everything", "The first version: the desk of the bike shop.").await?;
    album.keeps(&person, "published").await?;
    sees_why_a_removed_intent_keeps_nlp_back(&person, &album).await?;
    publishes(&person, "Everything", "Gift vouchers are gone again.").await?;
    person.sees("Version 2 is live").await?;
    chats_on_live(&person, &album).await?;
    makes_an_example_of_what_was_not_understood(&person, &album).await?;
    trains(&person, &album).await?;
    publishes(&person, "NLP only", "Understands who asks for unicycles.").await?;
    person.sees("Version 3 is live").await?;
    album.keeps(&person, "published-nlp-only").await?;
    rolls_back(&person, &album).await?;

    let watch = person.looks_back().await?;
    assert!(watch.ran.is_empty() && watch.blocked.is_empty() && watch.errors.is_empty(), "{watch:?}");
    chromium.end().await
}

async fn signs_in_by_the_link(house: &House, person: &Person, album: &Album) -> Result<(), Error> {
    person.goes_to(house.link()).await?;
    person.sees("Welcome, admin").await?;
    person.types("Your name", "Ada").await?;
    person.types("Password", PASSWORD).await?;
    person.types("The same again", PASSWORD).await?;
    album.keeps(person, "one-time-link").await?;
    person.follows(Role::Button, "Set the password and sign in").await?;
    person.follows(Role::Button, "Sign out").await?;

    // The link worked once.
    person.goes_to(house.link()).await?;
    person.waits_until("a page without the form of the link", "!document.querySelector('[type=password]')").await?;

    person.goes_to("/sign-in").await?;
    person.types("User name", "admin").await?;
    person.types("Password", "another sentence").await?;
    person.follows(Role::Button, "Sign in").await?;
    album.keeps(person, "wrong-password").await?;
    person.types("User name", "admin").await?;
    person.types("Password", PASSWORD).await?;
    person.follows(Role::Button, "Sign in").await?;
    person.finds(Role::Heading, "Bots").await?;
    // The refusals until here are the browser's errors too; from here on there is none.
    let watch = person.looks_back().await?;
    assert!(watch.is_quiet(), "{watch:?}");
    Ok(())
}

async fn makes_a_bot_from_the_sample(person: &Person, album: &Album) -> Result<(), Error> {
    person.follows(Role::Link, "New bot").await?;
    person.types("Name", "Bike shop").await?;
    person.clicks(Role::Mark, "The sample").await?;
    album.keeps(person, "new-bot").await?;
    person.follows(Role::Button, "Make the bot").await?;
    person.finds(Role::Heading, "Bike shop").await?;
    album.keeps(person, "overview").await
}

async fn adds_an_intent_and_a_node(person: &Person, album: &Album) -> Result<(), Error> {
    person.follows(Role::Link, "Intents").await?;
    person.types("Name", "Gift voucher").await?;
    let examples = "can I buy a gift voucher\ndo you have gift cards\nI want to give a voucher to a friend\n\
                    is there a gift certificate\na voucher as a present please";
    person.types("Examples, one a line", examples).await?;
    album.keeps(person, "new-intent").await?;
    person.follows(Role::Button, "Add the intent").await?;
    person.sees("a voucher as a present please").await?;
    person.types("Add examples, one a line", "how much is a gift voucher").await?;
    person.follows(Role::Button, "Add").await?;
    person.sees("how much is a gift voucher").await?;
    album.keeps(person, "intent").await?;

    person.follows(Role::Link, "Flows").await?;
    person.follows(Role::Link, "Information").await?;
    person.clicks(Role::Fold, "Add a node").await?;
    person.chooses("Kind", "Message").await?;
    person.types("Name", "Parking").await?;
    person.chooses("After the node", "no_offer").await?;
    person.types("What it says or asks (en)", "You may park in front of the shop.").await?;
    album.keeps(person, "new-node").await?;
    person.follows(Role::Button, "Add the node").await?;
    person.sees("You may park in front of the shop.").await?;
    person.finds(Role::Heading, "parking").await?;
    album.keeps(person, "node").await
}

async fn sees_that_nlp_alone_has_no_live_to_go_to(person: &Person, album: &Album) -> Result<(), Error> {
    person.follows(Role::Link, "Publish").await?;
    person.sees("Never published").await?;
    album.keeps(person, "never-published").await?;
    looks_at_scope(person, "NLP only").await?;
    person.sees("cannot be published").await?;
    album.keeps(person, "nlp-only-before-the-first-publish").await
}

async fn trains(person: &Person, album: &Album) -> Result<(), Error> {
    person.follows(Role::Link, "Train").await?;
    person.follows(Role::Button, "Train").await?;
    // The progress moves by itself; the page of a training that is done already shows its end.
    person
        .waits_until(
            "the progress, or the end",
            "!!document.querySelector('progress') || document.body.innerText.includes('Everything is trained')",
        )
        .await?;
    album.keeps(person, "training").await?;
    person.sees("Everything is trained").await?;
    album.keeps(person, "trained").await
}

async fn sees_why_a_removed_intent_keeps_nlp_back(person: &Person, album: &Album) -> Result<(), Error> {
    person.follows(Role::Link, "Intents").await?;
    person.follows(Role::Link, "Gift voucher").await?;
    person.clicks(Role::Fold, "Delete this intent").await?;
    person.follows(Role::Button, "Delete Gift voucher").await?;
    trains(person, album).await?;
    person.follows(Role::Link, "Publish").await?;
    looks_at_scope(person, "NLP only").await?;
    person.sees("cannot be published").await?;
    person.sees("gift_voucher").await?;
    album.keeps(person, "nlp-only-refused").await
}

async fn looks_at_scope(person: &Person, scope: &str) -> Result<(), Error> {
    person.clicks(Role::Mark, scope).await?;
    person.follows(Role::Button, "Show what would change").await
}

async fn publishes(person: &Person, scope: &str, notes: &str) -> Result<(), Error> {
    person.follows(Role::Link, "Publish").await?;
    looks_at_scope(person, scope).await?;
    person.sees("This can be published").await?;
    person.types("Release notes", notes).await?;
    let button = if scope == "NLP only" { "Publish NLP only" } else { "Publish everything" };
    person.follows(Role::Button, button).await?;
    person.sees("is live").await
}

async fn chats_on_live(person: &Person, album: &Album) -> Result<(), Error> {
    person.follows(Role::Link, "Open live").await?;
    person.sees("LIVE · version 2 · published by admin").await?;
    person
        .waits_until(
            "a banner that is red",
            "(() => {
            const [red, green, blue] = getComputedStyle(document.querySelector('.live-banner'))
                .backgroundColor.match(/\\d+/g).map(Number);
            return red > 120 && red > 2 * green && red > 2 * blue;
        })()",
        )
        .await?;
    person.waits_until("no form that changes live", "!document.querySelector('main form[method=post]')").await?;
    album.keeps(person, "live").await?;
    person.clicks(Role::Button, "Chat with live").await?;
    says(person, "When are you open?", "We are open every day").await?;
    says(person, "zxqv unicycle flumph", "").await?;
    album.keeps(person, "chat-on-live").await
}

/// Says something in the chat panel, and waits for the answer.
async fn says(person: &Person, text: &str, answer: &str) -> Result<(), Error> {
    let answers = "document.querySelectorAll('.chat-log .chat-trace').length";
    let before = person.script(answers).await?.as_u64().unwrap_or_default();
    person.types("Your message", text).await?;
    person.clicks(Role::Button, "Send").await?;
    person.waits_until("an answer", &format!("{answers} > {before}")).await?;
    person.sees(answer).await
}

async fn makes_an_example_of_what_was_not_understood(person: &Person, album: &Album) -> Result<(), Error> {
    person.follows(Role::Link, "Inbox").await?;
    person.sees("zxqv unicycle flumph").await?;
    album.keeps(person, "inbox").await?;
    person.follows(Role::Button, "Add as example").await?;
    person
        .waits_until("an inbox without it", "!document.querySelector('main').innerText.includes('zxqv unicycle')")
        .await?;
    album.keeps(person, "inbox-after").await
}

async fn rolls_back(person: &Person, album: &Album) -> Result<(), Error> {
    person.follows(Role::Link, "Versions").await?;
    person.sees("Understands who asks for unicycles.").await?;
    album.keeps(person, "versions").await?;
    person.follows(Role::Link, "2").await?;
    person.follows(Role::Link, "Roll live back to this version…").await?;
    person.sees("Roll live back to version 2?").await?;
    album.keeps(person, "roll-back").await?;
    person.follows(Role::Button, "Roll back to version 2").await?;
    person.follows(Role::Link, "Live").await?;
    person.sees("LIVE · version 2").await?;
    album.keeps(person, "rolled-back").await
}
