//! Makes the README's pictures from the real console: `screenshots FOLDER`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use greenroom_browser_tests::{Chromium, Error, ForeignSite, House, Person, Role};
use greenroom_lifecycle::{Bot, ChannelSettings, WebChat, live};
use greenroom_runtime::{Message, Place};
use serde_json::json;

/// The most that a picture in a README may weigh, in bytes.
const MAX_BYTES: usize = 150 << 10;

#[tokio::main]
async fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("screenshots: name the folder for the pictures");
        return ExitCode::from(2);
    };
    match pictures(&folder).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("screenshots: {error}");
            ExitCode::FAILURE
        }
    }
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::Server(error.to_string())
}

async fn pictures(folder: &Path) -> Result<(), Error> {
    let house = House::open().await?;
    let chromium = Chromium::start().await?;
    let person = house.administrator(&chromium).await?;
    let bot = house.sample_bot("wheelhouse").await?;
    house.publishes(&bot, "The desk of the bike shop, in English and Dutch.").await?;
    customers_talk(&house, &bot).await?;

    person.goes_to("/bots/wheelhouse/draft/flows/rent?node=ask_type").await?;
    keeps(&person, folder, "flow").await?;
    person.goes_to("/bots/wheelhouse/draft/intents").await?;
    keeps(&person, folder, "intents").await?;
    person.goes_to("/bots/wheelhouse/inbox").await?;
    keeps(&person, folder, "inbox").await?;

    person.goes_to("/bots/wheelhouse/live").await?;
    person.clicks(Role::Button, "Chat with live").await?;
    person.types("Your message", "Can I rent a tandem for two days?").await?;
    person.clicks(Role::Button, "Send").await?;
    person.clicks(Role::Fold, "Understood").await?;
    keeps(&person, folder, "live-chat").await?;

    // An intent that live uses goes: the NLP alone must not be published.
    let gone = "nlp/intents/theft".parse().map_err(failed)?;
    bot.delete(&gone).await.map_err(failed)?;
    let examples = "nlp/examples/en/theft".parse().map_err(failed)?;
    bot.delete(&examples).await.map_err(failed)?;
    let examples = "nlp/examples/nl/theft".parse().map_err(failed)?;
    bot.delete(&examples).await.map_err(failed)?;
    house.trains(&bot).await?;
    person.goes_to("/bots/wheelhouse/draft/publish?scope=nlp").await?;
    keeps(&person, folder, "publish-refused").await?;

    let theft = house.app().sample_bot().iter().filter(|(path, _)| path.to_string().ends_with("/theft"));
    let back = theft.map(|(path, document)| Ok((path.to_string(), document.to_value(path).map_err(failed)?)));
    house.adds(&bot, back.collect::<Result<Vec<_>, Error>>()?).await?;
    let example = json!({ "name": "Stolen bike", "description": "A rented bike was stolen." });
    house.adds(&bot, [("nlp/intents/theft".to_owned(), example)]).await?;
    house.trains(&bot).await?;
    person.goes_to("/bots/wheelhouse/draft/publish?scope=nlp").await?;
    person.types("Release notes", "Calls theft what people call it: a stolen bike.").await?;
    keeps(&person, folder, "publish").await?;

    widget(&house, &chromium, &bot, folder).await?;
    chromium.end().await
}

/// What customers said on live, so that the inbox has something to show.
async fn customers_talk(house: &House, bot: &Bot) -> Result<(), Error> {
    let said = [
        ("c1", "do you rent out roller skates"),
        ("c2", "can my dog ride along in the cargobike"),
        ("c3", "do you rent out roller skates"),
        ("c4", "is there a discount for students"),
        ("c5", "When are you open?"),
        ("c6", "do you rent out roller skates"),
    ];
    for (conversation, text) in said {
        let message = Message::text(text);
        house.app().reply(bot.id(), &Place::live(), conversation, &message).await.map_err(failed)?;
    }
    Ok(())
}

async fn widget(house: &House, chromium: &Chromium, bot: &Bot, folder: &Path) -> Result<(), Error> {
    let tag = format!(
        "<style>body {{ font: 18px/1.5 system-ui, sans-serif; margin: 3rem; color: #123 }}</style><p>Bikes for everybody, since 1974.</p><script src=\"{}/widget.js\" data-bot=\"wheelhouse\" defer></script>",
        house.address()
    );
    let site = ForeignSite::with_body(|_| tag).await?;
    let settings = WebChat {
        origins: vec![site.origin().parse().map_err(failed)?],
        title: Some("Wheelhouse".to_owned()),
        ..WebChat::default()
    };
    let id = "web".parse().map_err(failed)?;
    bot.add_channel(&live(), id, "Our page", ChannelSettings::WebChat(settings)).await.map_err(failed)?;
    let customer = chromium.person(site.origin()).await?;
    customer.goes_to("/").await?;
    customer.clicks(Role::Button, "Open chat").await?;
    for (text, answer) in [("When are you open?", "every day"), ("I want to rent a bike", "?")] {
        customer.types("Your message", text).await?;
        customer.clicks(Role::Button, "Send").await?;
        customer.sees(answer).await?;
    }
    customer.has_a_window_of(900, 640).await?;
    keeps(&customer, folder, "widget").await
}

/// Saves a picture, once the page stands still.
async fn keeps(person: &Person, folder: &Path, name: &str) -> Result<(), Error> {
    person
        .waits_until(
            "a page that stands still",
            "document.getAnimations().every((animation) => animation.playState !== 'running')",
        )
        .await?;
    let path = person.saves_picture(folder, name).await?;
    let size = std::fs::metadata(&path)?.len();
    println!("{} ({} KiB)", path.display(), size >> 10);
    if size > MAX_BYTES as u64 {
        return Err(Error::Wrong(format!("`{}` weighs {} KiB, more than 150", path.display(), size >> 10)));
    }
    Ok(())
}
