//! Saving parts of the draft: compare-and-swap on what the author saw, refusals as data.

use greenroom_lifecycle::{Error, ExpectedPart, PartEdit};
use greenroom_model::{Digest, Document, PartPath};
use greenroom_web::Problem;

use crate::fields::Fields;
use crate::form::{Fault, Form};
use crate::viewed::Viewed;

/// Why an edit was not taken, and what the form must expect next time.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) fault: Fault,
    pub(crate) expected: String,
}

impl Refusal {
    /// For a fault that the form alone can tell.
    pub(crate) fn new(text: impl Into<String>, fields: &Fields) -> Self {
        Self { fault: Fault { text: text.into(), theirs: None }, expected: fields.get("expected") }
    }

    /// The form again, with what was typed and why it was not taken.
    pub(crate) fn on(self, form: Form) -> Form {
        form.expecting(self.expected).refused(self.fault)
    }
}

/// The digest that a form was made from; nothing: the part did not exist.
pub(crate) fn expected(fields: &Fields) -> Result<ExpectedPart, Problem> {
    match fields.given("expected") {
        None => Ok(ExpectedPart::Absent),
        Some(text) => match text.parse::<Digest>() {
            Ok(digest) => Ok(ExpectedPart::Digest(digest)),
            Err(_) => Err(Problem::invalid("the form's field `expected` is not a digest; load the page again")),
        },
    }
}

/// Writes (or deletes) one part as a form expects it to stand.
pub(crate) async fn save(
    viewed: &Viewed,
    path: &PartPath,
    document: Option<Document>,
    fields: &Fields,
) -> Result<Result<(), Refusal>, Problem> {
    let edit = PartEdit { path: path.clone(), expected: expected(fields)?, document };
    save_all(viewed, &[edit], fields).await
}

/// Writes several parts, all or none.
pub(crate) async fn save_all(
    viewed: &Viewed,
    edits: &[PartEdit],
    fields: &Fields,
) -> Result<Result<(), Refusal>, Problem> {
    match viewed.bot.edit(edits).await {
        Ok(_) => Ok(Ok(())),
        Err(Error::PartConflict(conflicts)) => {
            let draft = viewed.bot.draft().await?;
            let (mut texts, mut theirs, mut expected) = (Vec::new(), Vec::new(), String::new());
            for conflict in &conflicts {
                texts.push(conflict.to_string());
                expected = conflict.found.map(|digest| digest.to_string()).unwrap_or_default();
                if conflict.found.is_some() {
                    let (_, document) = viewed.bot.get(&draft, &conflict.path).await?;
                    theirs.push(shown(&conflict.path, &document)?);
                }
            }
            let fault = Fault {
                text: format!("Somebody else was faster: {}.", texts.join("; ")),
                theirs: Some(if theirs.is_empty() { "It was deleted.".to_owned() } else { theirs.join("\n") }),
            };
            Ok(Err(Refusal { fault, expected }))
        }
        Err(Error::Model(error)) => Ok(Err(Refusal::new(error.to_string(), fields))),
        Err(error) => Err(error.into()),
    }
}

/// A document as an indented text.
pub(crate) fn shown(path: &PartPath, document: &Document) -> Result<String, Problem> {
    let value = document.to_value(path)?;
    serde_json::to_string_pretty(&value).map_err(|error| Problem::internal(&error))
}
