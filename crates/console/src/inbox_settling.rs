//! Going through the inbox: a text becomes an example of the draft, or is dismissed.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use greenroom_lifecycle::{Error, ExpectedPart, PartEdit};
use greenroom_model::document::{Example, Examples};
use greenroom_model::{Document, IntentId, Language, PartPath};
use greenroom_runtime::{Place, TurnId};
use greenroom_web::Problem;

use crate::fields::Fields;
use crate::flash;
use crate::inbox::{Group, open_groups};
use crate::viewed::{Editing, Viewed};

/// How often an example is added anew when others edit the same intent meanwhile.
const MAX_REPEATS: usize = 50;

/// `POST /bots/{bot}/inbox/example`: one text more for an intent of the draft.
pub(crate) async fn add_example(Editing(viewed): Editing, fields: Fields) -> Result<Response, Problem> {
    let intent: IntentId = match fields.given("intent") {
        Some(intent) => intent.parse()?,
        None => return Err(Problem::invalid("choose the intent that the text is an example of")),
    };
    let group = named_group(&viewed, &fields).await?;
    put_example(&viewed, &intent, &group.language.parse()?, &group.text).await?;
    settle(&viewed, &group).await?;
    Ok(back(&viewed, &fields, "example"))
}

/// The group of the turn that a form names. Its text is not taken from the form: browsers
/// do not send every character back as it was.
async fn named_group(viewed: &Viewed, fields: &Fields) -> Result<Group, Problem> {
    let turn: TurnId = fields.get("turn").parse().map_err(greenroom_runtime::Error::from)?;
    let group = open_groups(viewed).await?.into_iter().find(|group| group.turns.contains(&turn));
    group.ok_or_else(|| Problem::not_found("this text is no longer in the inbox; somebody has settled it"))
}

/// Adds a text to the examples of an intent, whatever others do to them meanwhile.
async fn put_example(viewed: &Viewed, intent: &IntentId, language: &Language, text: &str) -> Result<(), Problem> {
    let path = PartPath::Examples(language.clone(), intent.clone());
    for _ in 0..MAX_REPEATS {
        let draft = viewed.bot.draft().await?;
        // An intent that is gone must not come back as examples of nothing.
        viewed.bot.get(&draft, &PartPath::Intent(intent.clone())).await?;
        let (expected, mut examples) = match viewed.bot.get(&draft, &path).await {
            Ok((digest, Document::Examples(examples))) => (ExpectedPart::Digest(digest), examples),
            Ok((digest, _)) => (ExpectedPart::Digest(digest), Examples::default()),
            Err(Error::PartNotFound { .. }) => (ExpectedPart::Absent, Examples::default()),
            Err(error) => return Err(error.into()),
        };
        if examples.examples.iter().any(|example| example.text == text) {
            return Ok(());
        }
        examples.examples.push(Example { text: text.to_owned(), entities: Vec::new() });
        let edit = PartEdit::put(path.clone(), Document::Examples(examples)).expecting(expected);
        match viewed.bot.edit(&[edit]).await {
            Ok(_) => return Ok(()),
            Err(Error::PartConflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let detail = "others edit the examples of this intent without pause; try again";
    Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "contended", detail))
}

/// `POST /bots/{bot}/inbox/dismiss`
pub(crate) async fn dismiss(Editing(viewed): Editing, fields: Fields) -> Result<Response, Problem> {
    let group = named_group(&viewed, &fields).await?;
    settle(&viewed, &group).await?;
    Ok(back(&viewed, &fields, "settled"))
}

/// Takes all turns with the same text out of the inbox.
async fn settle(viewed: &Viewed, group: &Group) -> Result<(), Problem> {
    for turn in &group.turns {
        viewed.app.runtime().settle(viewed.bot.id(), &Place::live(), turn).await?;
    }
    Ok(())
}

fn back(viewed: &Viewed, fields: &Fields, word: &str) -> Response {
    let show = match fields.get("show").as_str() {
        "not-understood" => "?show=not-understood",
        "unsure" => "?show=unsure",
        _ => "",
    };
    let page = format!("/bots/{}/inbox{show}", viewed.bot.id());
    Redirect::to(&flash::with(&page, word)).into_response()
}
