//! Work without a mouse: Tab, Enter, Space, and a focus that one sees all the way.

use greenroom_browser_tests::{Chromium, Error, House, Key, PASSWORD, Person, Role};

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_alone_signs_in_adds_an_example_and_publishes() -> Result<(), Error> {
    let house = House::open().await?;
    let chromium = Chromium::start().await?;
    let bot = house.sample_bot("shop").await?;
    let person = house.administrator(&chromium).await?;
    presses_button(&person, "Sign out").await?;

    person.goes_to("/sign-in").await?;
    person.tabs_to(Role::Field, "User name").await?;
    person.writes("admin").await?;
    person.tabs_to(Role::Field, "Password").await?;
    person.writes(PASSWORD).await?;
    person.leaves_by(Key::Enter).await?;
    person.finds(Role::Heading, "Bots").await?;

    follows_link(&person, "Wheelhouse").await?;
    follows_link(&person, "Intents").await?;
    follows_link(&person, "Opening hours").await?;
    person.tabs_to(Role::Field, "Add examples, one a line").await?;
    person.writes("at what time does the door open").await?;
    presses_button(&person, "Add").await?;
    person.sees("at what time does the door open").await?;

    follows_link(&person, "Train").await?;
    presses_button(&person, "Train").await?;
    person.sees("Everything is trained").await?;

    follows_link(&person, "Publish").await?;
    person.sees("This can be published").await?;
    person.tabs_to(Role::Field, "Release notes").await?;
    person.writes("Understands more ways to ask for the hours.").await?;
    presses_button(&person, "Publish everything").await?;
    person.sees("Version 1 is live").await?;

    let live = bot.environment(&greenroom_lifecycle::live()).await.map_err(|error| Error::Server(error.to_string()))?;
    assert_eq!(live.map(|live| live.number), Some(1));
    chromium.end().await
}

async fn follows_link(person: &Person, name: &str) -> Result<(), Error> {
    person.tabs_to(Role::Link, name).await?;
    person.leaves_by(Key::Enter).await
}

/// A button answers to Space, as to Enter.
async fn presses_button(person: &Person, name: &str) -> Result<(), Error> {
    person.tabs_to(Role::Button, name).await?;
    person.leaves_by(Key::Space).await
}
