//! The conversation tests: their list with the last outcome, the form of each, running them.

use std::collections::BTreeMap;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use greenroom_lifecycle::{JobWork, PlanRequest};
use greenroom_model::document::{ConversationTest, Expectation, Turn, UserAct};
use greenroom_model::{Document, PartPath, TestId, VariableId};
use greenroom_web::{Path, Problem};
use serde::Deserialize;
use serde_json::Value;

use crate::edit::{Refusal, save};
use crate::fields::Fields;
use crate::form::{Choice, Control, Form, Group};
use crate::frame::Frame;
use crate::node_form::value_text;
use crate::page::Page;
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
    let say = UserAct::Say(fields.trimmed("say"));
    let test =
        ConversationTest { name, language: None, turns: vec![Turn { user: say, expect: Expectation::default() }] };
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
    let form = test_form(&viewed, &at.test, &test, None).expecting(digest);
    test_page(&viewed, &at.test, &test.name, form).await
}

/// `POST …/tests/{test}`
pub(crate) async fn change(
    Editing(viewed): Editing,
    Path(at): Path<TestAt>,
    fields: Fields,
) -> Result<Response, Problem> {
    let path = PartPath::Test(at.test.clone());
    let refusal = match read(&fields) {
        Ok(test) => match save(&viewed, &path, Some(Document::Test(test)), &fields).await? {
            Ok(()) => return Ok(viewed.done(&format!("tests/{}", at.test), "saved")),
            Err(refusal) => refusal,
        },
        Err(text) => Refusal::new(text, &fields),
    };
    let stored = match viewed.part_if_any(&path).await? {
        Some((_, Document::Test(test))) => test,
        _ => ConversationTest { name: fields.trimmed("name"), language: None, turns: Vec::new() },
    };
    let form = refusal.on(test_form(&viewed, &at.test, &stored, Some(&fields)).filled(&fields));
    let page = test_page(&viewed, &at.test, &stored.name, form).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// `POST …/tests/{test}/delete`
pub(crate) async fn delete(Editing(viewed): Editing, Path(at): Path<TestAt>) -> Result<Response, Problem> {
    viewed.bot.delete(&PartPath::Test(at.test)).await?;
    Ok(viewed.done("tests", "deleted"))
}

fn read(fields: &Fields) -> Result<ConversationTest, String> {
    let language = match fields.given("language") {
        Some(language) => Some(language.parse().map_err(|error| format!("at `language`: {error}"))?),
        None => None,
    };
    let mut turns = Vec::new();
    for row in fields.rows("turn") {
        let text = fields.get(&format!("turn.{row}.text"));
        let user = match fields.get(&format!("turn.{row}.act")).as_str() {
            "say" => UserAct::Say(text),
            "press" => UserAct::Press(text),
            "event" => UserAct::Event(text.trim().parse().map_err(|error| format!("at `turn.{row}.text`: {error}"))?),
            _ => continue,
        };
        let replies = fields.get(&format!("turn.{row}.replies"));
        let replies = match replies.trim() {
            "" => None,
            "---" => Some(Vec::new()),
            _ => {
                let lines: Vec<&str> = replies.lines().collect();
                Some(lines.split(|line| line.trim() == "---").map(|lines| lines.join("\n")).collect())
            }
        };
        let mut variables = BTreeMap::new();
        for line in fields.lines(&format!("turn.{row}.variables")) {
            let (id, value) = line
                .split_once('=')
                .ok_or_else(|| format!("at `turn.{row}.variables`: `{line}` is not of the form id = value"))?;
            let id: VariableId = id.trim().parse().map_err(|error| format!("at `turn.{row}.variables`: {error}"))?;
            let value = value.trim();
            variables.insert(id, serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned())));
        }
        let expect = Expectation {
            replies,
            intent: fields.given(&format!("turn.{row}.intent")),
            node: fields.given(&format!("turn.{row}.node")),
            variables,
        };
        turns.push(Turn { user, expect });
    }
    Ok(ConversationTest { name: fields.trimmed("name"), language, turns })
}

fn test_form(viewed: &Viewed, id: &TestId, test: &ConversationTest, typed: Option<&Fields>) -> Form {
    let mut languages = vec![Choice::new("", "the bot's default")];
    languages.extend(viewed.languages().iter().map(|language| Choice::new(language.as_str(), language.as_str())));
    let language = test.language.as_ref().map(ToString::to_string).unwrap_or_default();
    let rows = Fields::rows_to_show(typed, "turn", test.turns.len());
    let turns = Group::growing("Turns", "turn", rows, |row| {
        let turn = test.turns.get(row);
        let (act, text) = match turn.map(|turn| &turn.user) {
            None => ("", String::new()),
            Some(UserAct::Say(text)) => ("say", text.clone()),
            Some(UserAct::Press(button)) => ("press", button.clone()),
            Some(UserAct::Event(event)) => ("event", event.to_string()),
        };
        let expect = turn.map(|turn| turn.expect.clone()).unwrap_or_default();
        let replies = match &expect.replies {
            None => String::new(),
            Some(replies) if replies.is_empty() => "---".to_owned(),
            Some(replies) => replies.join("\n---\n"),
        };
        let variables: Vec<String> =
            expect.variables.iter().map(|(id, value)| format!("{id} = {}", value_text(value))).collect();
        let acts = vec![
            Choice::new("", "nothing (leave this turn out)"),
            Choice::new("say", "says"),
            Choice::new("press", "presses the button"),
            Choice::new("event", "an event arrives"),
        ];
        vec![
            Control::select(format!("turn.{row}.act"), format!("Turn {}: the user", row + 1), act, acts),
            Control::text(format!("turn.{row}.text"), "What", text),
            Control::area(format!("turn.{row}.replies"), "The bot should say (a line --- between replies)", replies),
            Control::text(
                format!("turn.{row}.intent"),
                "Understood intent (id, or none)",
                expect.intent.unwrap_or_default(),
            ),
            Control::text(
                format!("turn.{row}.node"),
                "Then waits at (flow/node, or none)",
                expect.node.unwrap_or_default(),
            ),
            Control::area(
                format!("turn.{row}.variables"),
                "Variables then (one id = value a line)",
                variables.join("\n"),
            ),
        ]
    })
    .hint("What is left empty is not looked at.");
    Form::new(
        viewed.href(&format!("tests/{id}")),
        "Save the test",
        vec![
            Group::loose(vec![
                Control::text("name", "What the test shows", &test.name).required(),
                Control::select("language", "Language of the conversation", language, languages),
            ]),
            turns,
        ],
    )
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
