//! The conversation tests: their list with the last outcome, the form of each, running them.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use greenroom_lifecycle::{JobWork, PlanRequest};
use greenroom_model::document::ConversationTest;
use greenroom_model::{Document, PartPath, TestId};
use greenroom_web::{Path, Problem};
use serde::Deserialize;

use crate::edit::{Refusal, save};
use crate::fields::Fields;
use crate::form::{Choice, Control, Form, Group};
use crate::frame::Frame;
use crate::page::Page;
use crate::test_coverage::{ShownCoverage, coverage_of};
use crate::test_form;
use crate::test_runs::{LastRun, Mismatch, Outcome, last_run, outcome_of, told};
use crate::viewed::{Editing, Viewed};

#[derive(Template)]
#[template(path = "tests.html")]
struct TestsPage {
    frame: Frame,
    can_edit: bool,
    tests: Vec<ListedTest>,
    run: Option<LastRun>,
    run_href: String,
    coverage: Option<ShownCoverage>,
    form: Form,
}

struct ListedTest {
    href: String,
    id: String,
    name: String,
    turns: usize,
    outcome: Option<Outcome>,
}

#[derive(Template)]
#[template(path = "test.html")]
struct TestPage {
    frame: Frame,
    can_edit: bool,
    name: String,
    id: String,
    here: String,
    form: Form,
    mismatches: Vec<Mismatch>,
}

/// The part of the address that names a test.
#[derive(Debug, Deserialize)]
pub(crate) struct TestAt {
    test: TestId,
}

/// `GET …/tests`
pub(crate) async fn list(viewed: Viewed) -> Result<Response, Problem> {
    list_page(&viewed, None, &Fields::default()).await
}

/// `POST …/tests`: a new test of one turn; its page takes the others.
pub(crate) async fn create(Editing(viewed): Editing, fields: Fields) -> Result<Response, Problem> {
    let name = fields.trimmed("name");
    let id = TestId::from_name(&name);
    let test = test_form::first_turn(name, fields.trimmed("say"));
    match save(&viewed, &PartPath::Test(id.clone()), Some(Document::Test(test)), &fields).await? {
        Ok(()) => Ok(viewed.done(&format!("tests/{id}"), "created")),
        Err(mut refusal) => {
            refusal.expected = String::new();
            let page = list_page(&viewed, Some(refusal), &fields).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// `POST …/tests/run`
pub(crate) async fn run(Editing(viewed): Editing) -> Result<Response, Problem> {
    viewed.app.start_job(&viewed.bot, JobWork::Test(PlanRequest::full(""))).await?;
    Ok(viewed.done("tests", "started"))
}

/// `GET …/tests/{test}`
pub(crate) async fn page(viewed: Viewed, Path(at): Path<TestAt>) -> Result<Response, Problem> {
    let (digest, document) = viewed.part(&PartPath::Test(at.test.clone())).await?;
    let Document::Test(test) = document else { return Err(Problem::not_found("there is no such test")) };
    let form = form_of(&viewed, &at.test, &test, None).expecting(digest);
    test_page(&viewed, &at.test, &test.name, form).await
}

/// `POST …/tests/{test}`
pub(crate) async fn change(
    Editing(viewed): Editing,
    Path(at): Path<TestAt>,
    fields: Fields,
) -> Result<Response, Problem> {
    let path = PartPath::Test(at.test.clone());
    let refusal = match test_form::read(&fields) {
        Ok(test) => match save(&viewed, &path, Some(Document::Test(test)), &fields).await? {
            Ok(()) => return Ok(viewed.done(&format!("tests/{}", at.test), "saved")),
            Err(refusal) => refusal,
        },
        Err(text) => Refusal::new(text, &fields),
    };
    let stored = match viewed.part_if_any(&path).await? {
        Some((_, Document::Test(test))) => test,
        _ => ConversationTest::of(fields.trimmed("name"), Vec::new()),
    };
    let form = refusal.on(form_of(&viewed, &at.test, &stored, Some(&fields)).filled(&fields));
    let page = test_page(&viewed, &at.test, &stored.name, form).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// `POST …/tests/{test}/delete`
pub(crate) async fn delete(Editing(viewed): Editing, Path(at): Path<TestAt>) -> Result<Response, Problem> {
    viewed.bot.delete(&PartPath::Test(at.test)).await?;
    Ok(viewed.done("tests", "deleted"))
}

/// The form of a test, in the languages of the bot.
fn form_of(viewed: &Viewed, id: &TestId, test: &ConversationTest, typed: Option<&Fields>) -> Form {
    let languages = viewed.languages().into_iter().map(|language| Choice::new(language.as_str(), language.as_str()));
    test_form::form(viewed.href(&format!("tests/{id}")), test, languages.collect(), typed)
}

async fn list_page(viewed: &Viewed, refusal: Option<Refusal>, fields: &Fields) -> Result<Response, Problem> {
    let run = last_run(viewed).await?;
    let documents = viewed.documents().await?;
    let tests = documents
        .iter()
        .filter_map(|(path, (_, document))| match (path, document) {
            (PartPath::Test(id), Document::Test(test)) => Some(ListedTest {
                href: viewed.href(&format!("tests/{id}")),
                id: id.to_string(),
                name: test.name.clone(),
                turns: test.turns.len(),
                outcome: outcome_of(run.as_ref(), id),
            }),
            _ => None,
        })
        .collect();
    let mut form = Form::new(
        viewed.href("tests"),
        "Add the test",
        vec![Group::loose(vec![
            Control::text("name", "What the test shows", "").required(),
            Control::text("say", "The user begins by saying", "").required(),
        ])],
    );
    if let Some(refusal) = refusal {
        form = refusal.on(form.filled(fields));
    }
    let page = TestsPage {
        frame: viewed.frame("Tests"),
        can_edit: viewed.can_edit(),
        tests,
        run: run.as_ref().map(told),
        run_href: viewed.href("tests/run"),
        coverage: run.as_ref().and_then(|run| coverage_of(viewed, run)),
        form,
    };
    Ok(Page(page).into_response())
}

async fn test_page(viewed: &Viewed, id: &TestId, name: &str, form: Form) -> Result<Response, Problem> {
    let run = last_run(viewed).await?;
    let page = TestPage {
        frame: viewed.frame(name),
        can_edit: viewed.can_edit(),
        name: name.to_owned(),
        id: id.to_string(),
        here: viewed.href(&format!("tests/{id}")),
        form,
        mismatches: outcome_of(run.as_ref(), id).map(|outcome| outcome.mismatches).unwrap_or_default(),
    };
    Ok(Page(page).into_response())
}
