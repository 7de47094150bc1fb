//! A hundred texts that would be scripts, wherever people can put a text: none runs, and
//! the content policy never has to stop one, since every page shows them as text.

use std::collections::BTreeMap;
use std::time::Duration;

use greenroom_browser_tests::{Chromium, Error, ForeignSite, House, PAYLOADS, Person, Role, payload};
use greenroom_identity::Grants;
use greenroom_lifecycle::{Bot, ChannelSettings, WebChat, live};
use greenroom_runtime::{Message, Place};
use serde_json::{Value, json};

use crate::tour::takes_a_tour;

fn failed(error: impl std::fmt::Display) -> Error {
    Error::Server(error.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_text_ever_runs_as_a_script() -> Result<(), Error> {
    let house = House::open().await?;
    let chromium = Chromium::start().await?;
    let person = house.administrator(&chromium).await?;
    let bot = plants(&house).await?;
    let mut faults = Vec::new();

    // Files whose names, and whose content, are payloads.
    let folder = tempfile::tempdir()?;
    for number in (0..PAYLOADS.len()).filter(|number| !payload(*number).contains(['/', '\0'])) {
        person.goes_to("/bots/shop/draft/transfer").await?;
        let path = folder.path().join(format!("{}.zip", payload(number)));
        std::fs::write(&path, payload(number))?;
        person.gives_file(&path).await?;
        person.clicks(Role::Button, "Import").await?;
        person
            .waits_until("the refusal of the file", "document.querySelector('main [role=alert]')?.hidden === false")
            .await?;
        looks(&person, &format!("the upload of file {number}"), &mut faults).await?;
    }

    let starts = ["/bots/shop/draft", "/bots/shop/live", "/bots/shop/inbox", "/users", "/"];
    let mut pages = takes_a_tour(&person, &starts, async |address| looks(&person, address, &mut faults).await).await?;
    for number in 0..PAYLOADS.len() {
        pages.push(format!("/bots/shop/draft/intents/xss_{number}"));
    }
    for number in 0..PAYLOADS.len().div_ceil(EACH_NODE) {
        pages.push(format!("/bots/shop/draft/flows/xss_buttons?node=n{number}"));
    }
    for address in pages.iter().filter(|address| address.contains("xss_")) {
        person.goes_to(address).await?;
        looks(&person, address, &mut faults).await?;
    }
    eprintln!("{} pages", pages.len());

    for panel in ["draft", "live"] {
        person.goes_to(&format!("/bots/shop/{panel}")).await?;
        person.clicks(Role::Button, if panel == "live" { "Chat with live" } else { "Chat with the draft" }).await?;
        talks(&person, &format!("the chat on {panel}"), &mut faults).await?;
    }
    let customer = chromium.person(&house.address()).await?;
    customer.goes_to("/chat/shop").await?;
    talks(&customer, "the widget", &mut faults).await?;

    // What the conversations above left behind.
    person.goes_to("/bots/shop/inbox").await?;
    looks(&person, "the inbox afterwards", &mut faults).await?;
    assert_eq!(bot.id().as_str(), "shop");
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    chromium.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_that_runs_or_is_blocked_does_not_go_unnoticed() -> Result<(), Error> {
    let house = House::open().await?;
    let chromium = Chromium::start().await?;
    let careless = ForeignSite::with_body(|_| format!("{} {} {}", payload(0), payload(24), payload(32))).await?;
    let person = chromium.person(careless.origin()).await?;
    person.goes_to("/").await?;
    let mut ran: Vec<String> = Vec::new();
    while ran.len() < 3 {
        ran.extend(person.looks_back().await?.ran);
    }
    ran.sort();
    assert_eq!(ran, ["0", "24", "32"]);

    // On our own pages the content policy stops it, which counts as a fault all the same.
    person.goes_to(&format!("{}/sign-in", house.address())).await?;
    let plant = "document.body.append(Object.assign(document.createElement('p'), { innerHTML: '<img src=x onerror=__xss(1)>' }))";
    person.script(plant).await?;
    let watch = person
        .waits_for("a script that was blocked", async || {
            let watch = person.looks_back().await?;
            Ok((!watch.blocked.is_empty()).then_some(watch))
        })
        .await?;
    assert!(watch.ran.is_empty() && !watch.is_quiet(), "{watch:?}");
    chromium.end().await
}

/// How many buttons stand under one message.
const EACH_NODE: usize = 10;

/// Puts every payload wherever an author, a publisher, an administrator or a customer can put a text.
async fn plants(house: &House) -> Result<Bot, Error> {
    let bot = house.sample_bot("shop").await?;
    let mut parts: Vec<(String, Value)> = Vec::new();
    let all = || (0..PAYLOADS.len()).map(|number| (number, payload(number)));
    for (number, text) in all() {
        parts.push((format!("nlp/intents/xss_{number}"), json!({ "name": text, "description": text })));
        let examples =
            json!({ "examples": [format!("{text} planted number {number}"), format!("plant {number} {text}")] });
        parts.push((format!("nlp/examples/en/xss_{number}"), examples));
        parts.push((
            format!("flows/variables/xss_{number}"),
            json!({ "name": text, "description": text, "default": text }),
        ));
        parts.push((format!("flows/contexts/xss_{number}"), json!({ "name": text, "description": text })));
        let test =
            json!({ "name": text, "language": "en", "turns": [{ "say": text, "expect": { "replies": [text] } }] });
        parts.push((format!("tests/xss_{number}"), test));
    }
    let synonyms: BTreeMap<String, [String; 1]> =
        all().map(|(_, text)| (text.clone(), [format!("{text} too")])).collect();
    parts.push((
        "nlp/entities/xss".to_owned(),
        json!({ "name": payload(0), "description": payload(1), "values": synonyms }),
    ));
    parts.push(("flows/xss_texts".to_owned(), flow_of_texts()));
    parts.push(("flows/xss_buttons".to_owned(), flow_of_buttons()));
    parts.push(("nlp/intents/tell_all".to_owned(), json!({ "name": "Tell all" })));
    let examples = json!({ "examples": ["tell me all of it", "please tell all", "tell everything there is"] });
    parts.push(("nlp/examples/en/tell_all".to_owned(), examples));
    house.adds(&bot, parts).await?;
    let notes: Vec<String> = all().map(|(_, text)| text).collect();
    house.publishes(&bot, &notes.join("\n")).await?;

    for (number, text) in all() {
        let answer = house.app().reply(bot.id(), &Place::live(), &text, &Message::text(&text)).await;
        answer.map_err(failed)?;
        // Names of channels and of people are one line; the server refuses control characters in them.
        if !text.contains(char::is_control) {
            let id = format!("xss{number}").parse().map_err(failed)?;
            let chat = ChannelSettings::WebChat(WebChat {
                title: Some(text.chars().take(100).collect()),
                greeting: Some(text.clone()),
                ..WebChat::default()
            });
            // An environment has a hundred channels at most.
            if number < 100 {
                bot.add_channel(&live(), id, &text, chat).await.map_err(failed)?;
            }
            let user = format!("user{number}").parse().map_err(failed)?;
            house.app().identities().create_user(&user, &text, Grants::none()).await.map_err(failed)?;
        }
        let other = format!("bot{number}").parse().map_err(failed)?;
        let settings = json!({ "name": text, "description": text, "default_language": "en" });
        let path: greenroom_model::PartPath = "settings".parse().map_err(failed)?;
        let document = greenroom_model::Document::from_value(&path, settings).map_err(failed)?;
        let lifecycle = house.app().lifecycle();
        lifecycle.create_from(&other, BTreeMap::from([(path, document)])).await.map_err(failed)?;
    }
    Ok(bot)
}

/// Text in which the templates' own signs stand as they are.
fn template(text: &str) -> String {
    ["{{", "{%", "{#"].iter().fold(text.to_owned(), |text, sign| {
        if sign == &"{{" { text.replace(sign, "{ {") } else { text.replace(sign, &sign.replace('{', "{ ")) }
    })
}

/// How many payloads are said one after the other: with the messages of the buttons, no
/// more than a bot says at once.
const SAID: usize = 80;

/// Says payloads, one after the other, and goes on to the buttons.
fn flow_of_texts() -> Value {
    let mut nodes: BTreeMap<String, Value> = (0..SAID)
        .map(|number| {
            let text = json!({ "en": template(&payload(number)) });
            (format!("n{number}"), json!({ "message": { "text": text, "next": format!("n{}", number + 1) } }))
        })
        .collect();
    nodes.insert(format!("n{SAID}"), json!({ "jump": { "to": { "flow": "xss_buttons" } } }));
    let triggers = json!([{ "intent": "tell_all" }, { "button": "tell" }]);
    json!({ "name": payload(2), "description": payload(3), "triggers": triggers, "start": "n0", "nodes": nodes })
}

/// Shows every payload on buttons, in what they send and where they lead.
fn flow_of_buttons() -> Value {
    let nodes: BTreeMap<String, Value> = (0..PAYLOADS.len().div_ceil(EACH_NODE))
        .map(|node| {
            let buttons: Vec<Value> = (node * EACH_NODE..((node + 1) * EACH_NODE).min(PAYLOADS.len()))
                .map(|number| {
                    let action = match number % 2 {
                        0 => json!({ "payload": payload(number) }),
                        _ => json!({ "url": template(&payload(number)) }),
                    };
                    json!({ "title": { "en": template(&payload(number)) }, "action": action })
                })
                .collect();
            let next = json!(format!("n{}", node + 1));
            let is_last = (node + 1) * EACH_NODE >= PAYLOADS.len();
            let next = if is_last { Value::Null } else { next };
            let message = json!({ "text": { "en": "Choose." }, "buttons": buttons, "next": next });
            (format!("n{node}"), json!({ "message": message }))
        })
        .collect();
    json!({ "name": payload(4), "start": "n0", "nodes": nodes })
}

/// Says every payload to the bot, and lets it say every payload back.
async fn talks(person: &Person, place: &str, faults: &mut Vec<String>) -> Result<(), Error> {
    for text in ["tell me all of it", &payload(23), &payload(0), &payload(33), &payload(96)] {
        person.types("Your message", text).await?;
        person.clicks(Role::Button, "Send").await?;
        looks(person, place, faults).await?;
    }
    for number in [0, SAID - 1, SAID, 100] {
        person.sees(&format!("__xss('{number}')")).await?;
    }
    looks(person, place, faults).await
}

/// Notes what the page did that a page of mere text does not do.
async fn looks(person: &Person, page: &str, faults: &mut Vec<String>) -> Result<(), Error> {
    // What was to run without a hand runs while the page is painted.
    tokio::time::timeout(
        Duration::from_secs(5),
        person.script("new Promise((done) => requestAnimationFrame(() => done(0)))"),
    )
    .await
    .map_err(|_| Error::Wrong(format!("{page} does not paint")))??;
    let leads = "(() => {
        const roots = [document, ...[...document.querySelectorAll('*')].map((e) => e.shadowRoot).filter(Boolean)];
        const all = roots.flatMap((root) => [...root.querySelectorAll('[href], [src], [action], [formaction], [data], [srcdoc]')]);
        return all.flatMap((e) => ['href', 'xlink:href', 'src', 'action', 'formaction', 'data', 'srcdoc']
            .map((name) => e.getAttribute(name)).filter(Boolean))
            .filter((value) => /^[\\s\\u0000-\\u0020]*(j\\s*a\\s*v\\s*a\\s*s\\s*c\\s*r\\s*i\\s*p\\s*t|data|vbscript)\\s*:/i.test(value))
            .filter((value) => !value.startsWith('data:image/') && value !== 'data:,');
    })()";
    let leads = person.script(leads).await?;
    if leads.as_array().is_none_or(|leads| !leads.is_empty()) {
        faults.push(format!("{page}: addresses that run: {leads}"));
    }
    let foreign = person.script(
        "document.querySelectorAll('iframe, object, embed, base, marquee, xss, [onerror], [onload], [onfocus]').length",
    );
    if foreign.await? != 0 {
        faults.push(format!("{page}: a payload became an element"));
    }
    let watch = person.looks_back().await?;
    if !watch.is_quiet() {
        faults.push(format!("{page}: ran {:?}, blocked {:?}, dialogs {:?}", watch.ran, watch.blocked, watch.dialogs));
    }
    Ok(())
}
