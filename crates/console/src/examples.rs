//! Adding, removing and moving examples. Each act reads what is stored now and changes
//! only the examples that it names, so that two authors never take from each other.

use std::collections::BTreeSet;

use axum::response::Response;
use greenroom_lifecycle::{Error, ExpectedPart, PartEdit};
use greenroom_model::document::{Example, Examples};
use greenroom_model::{Document, IntentId, Language, PartPath};
use greenroom_web::{Path, Problem};

use crate::fields::Fields;
use crate::intents::IntentAt;
use crate::viewed::{Editing, Viewed};

/// How often an act is repeated when others change the same examples meanwhile.
const REPEATS: usize = 20;

/// `POST …/intents/{intent}/examples`: adds lines as examples.
pub(crate) async fn add(
    Editing(viewed): Editing,
    Path(at): Path<IntentAt>,
    fields: Fields,
) -> Result<Response, Problem> {
    let language: Language = fields.get("language").parse()?;
    let texts = fields.lines("examples");
    viewed.part(&PartPath::Intent(at.intent.clone())).await?;
    let new: Vec<Example> = texts.into_iter().map(Example::new).collect();
    let changed = exchange(&viewed, &language, &[(&at.intent, BTreeSet::new(), new)]).await?;
    Ok(back(&viewed, &at.intent, &language, if changed { "added" } else { "nothing" }))
}

/// `POST …/intents/{intent}/examples/change`: removes or moves the chosen examples.
pub(crate) async fn change(
    Editing(viewed): Editing,
    Path(at): Path<IntentAt>,
    fields: Fields,
) -> Result<Response, Problem> {
    let language: Language = fields.get("language").parse()?;
    // Browsers send line ends as `\r\n`; a text is told by its words.
    let chosen: BTreeSet<String> = fields.all("text").iter().map(|text| words(text)).collect();
    if chosen.is_empty() {
        return Ok(back(&viewed, &at.intent, &language, "nothing"));
    }
    if fields.get("act") != "move" {
        exchange(&viewed, &language, &[(&at.intent, chosen, Vec::new())]).await?;
        return Ok(back(&viewed, &at.intent, &language, "deleted"));
    }
    let target: IntentId = fields.get("to").parse()?;
    viewed.part(&PartPath::Intent(target.clone())).await?;
    let own = stored(&viewed, &PartPath::Examples(language.clone(), at.intent.clone())).await?.1;
    let moved = own.into_iter().filter(|example| chosen.contains(&words(&example.text))).collect();
    let acts = [(&at.intent, chosen, Vec::new()), (&target, BTreeSet::new(), moved)];
    exchange(&viewed, &language, &acts).await?;
    Ok(back(&viewed, &at.intent, &language, "moved"))
}

/// Takes examples (by their words) from intents and gives them others, all or nothing.
/// Tells whether anything changed.
async fn exchange(
    viewed: &Viewed,
    language: &Language,
    acts: &[(&IntentId, BTreeSet<String>, Vec<Example>)],
) -> Result<bool, Problem> {
    let mut repeats = 0;
    loop {
        let mut edits = Vec::new();
        for (intent, gone, new) in acts {
            let path = PartPath::Examples(language.clone(), (*intent).clone());
            let (expected, mut examples) = stored(viewed, &path).await?;
            examples.retain(|example| !gone.contains(&words(&example.text)));
            let known: BTreeSet<String> = examples.iter().map(|example| example.text.clone()).collect();
            examples.extend(new.iter().filter(|example| !known.contains(&example.text)).cloned());
            let document = (!examples.is_empty()).then_some(Document::Examples(Examples { examples }));
            if document.is_some() || expected != ExpectedPart::Absent {
                edits.push(PartEdit { path, expected, document });
            }
        }
        match viewed.bot.edit(&edits).await {
            Ok(edited) => return Ok(!edited.changed.is_empty()),
            Err(Error::PartConflict(_)) if repeats < REPEATS => repeats += 1,
            Err(error) => return Err(error.into()),
        }
    }
}

async fn stored(viewed: &Viewed, path: &PartPath) -> Result<(ExpectedPart, Vec<Example>), Problem> {
    let draft = viewed.bot.draft().await?;
    match viewed.bot.get(&draft, path).await {
        Ok((digest, Document::Examples(examples))) => Ok((ExpectedPart::Digest(digest), examples.examples)),
        Ok(_) | Err(Error::PartNotFound { .. }) => Ok((ExpectedPart::Absent, Vec::new())),
        Err(error) => Err(error.into()),
    }
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn back(viewed: &Viewed, intent: &IntentId, language: &Language, word: &str) -> Response {
    viewed.done(&format!("intents/{intent}#examples-{language}"), word)
}
