//! The settings of a bot: name, languages, sessions; thresholds; the training's seed.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use greenroom_model::document::{LanguageDetection, NlpRuntime, OpenSessions, SessionSettings, Settings, Training};
use greenroom_model::{Document, Language, PartPath};
use greenroom_web::Problem;

use crate::edit::{Refusal, save};
use crate::fields::Fields;
use crate::form::{Choice, Control, Form, Group};
use crate::frame::Frame;
use crate::page::Page;
use crate::viewed::{Editing, Viewed};

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage {
    frame: Frame,
    can_edit: bool,
    forms: Vec<(&'static str, Form)>,
}

/// One of the three parts of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Bot,
    Runtime,
    Training,
}

/// `GET …/settings`
pub(crate) async fn page(viewed: Viewed) -> Result<Response, Problem> {
    settings_page(&viewed, None).await
}

/// `POST …/settings`
pub(crate) async fn change(Editing(viewed): Editing, fields: Fields) -> Result<Response, Problem> {
    changed(&viewed, Section::Bot, &fields, read_settings(&fields).map(Document::Settings)).await
}

/// `POST …/settings/runtime`
pub(crate) async fn change_runtime(Editing(viewed): Editing, fields: Fields) -> Result<Response, Problem> {
    let typed = fields.trimmed("threshold");
    let read = match typed.replace(',', ".").parse() {
        Ok(threshold) => Ok(Document::Runtime(NlpRuntime { threshold })),
        Err(_) => Err(format!("at `threshold`: `{typed}` is not a number from 0 to 1")),
    };
    changed(&viewed, Section::Runtime, &fields, read).await
}

/// `POST …/settings/training`
pub(crate) async fn change_training(Editing(viewed): Editing, fields: Fields) -> Result<Response, Problem> {
    let typed = fields.trimmed("seed");
    let read = match typed.parse() {
        Ok(seed) => Ok(Document::Training(Training { seed })),
        Err(_) => Err(format!("at `seed`: `{typed}` is not a whole number")),
    };
    changed(&viewed, Section::Training, &fields, read).await
}

async fn changed(
    viewed: &Viewed,
    section: Section,
    fields: &Fields,
    read: Result<Document, String>,
) -> Result<Response, Problem> {
    let refusal = match read {
        Ok(document) => match save(viewed, &section.path(), Some(document), fields).await? {
            Ok(()) => return Ok(viewed.done("settings", "saved")),
            Err(refusal) => refusal,
        },
        Err(text) => Refusal::new(text, fields),
    };
    let page = settings_page(viewed, Some((section, refusal, fields))).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

impl Section {
    fn path(self) -> PartPath {
        match self {
            Self::Bot => PartPath::Settings,
            Self::Runtime => PartPath::Runtime,
            Self::Training => PartPath::Training,
        }
    }
}

fn read_settings(fields: &Fields) -> Result<Settings, String> {
    let language = |text: &str, name: &str| -> Result<Language, String> {
        text.parse().map_err(|error: greenroom_model::Error| format!("at `{name}`: {error}"))
    };
    let number = |name: &str| {
        let typed = fields.trimmed(name);
        typed.parse().map_err(|_| format!("at `{name}`: `{typed}` is not a whole number"))
    };
    let languages = fields.get("languages");
    let languages = languages.split([',', ' ', '\n']).filter(|tag| !tag.is_empty());
    Ok(Settings {
        name: fields.trimmed("name"),
        description: fields.given("description"),
        default_language: language(&fields.trimmed("default_language"), "default_language")?,
        languages: languages.map(|tag| language(tag, "languages")).collect::<Result<_, _>>()?,
        detect_language: match fields.get("detect_language").as_str() {
            "first_text" => LanguageDetection::FirstText,
            "every_text" => LanguageDetection::EveryText,
            _ => LanguageDetection::Never,
        },
        sessions: SessionSettings {
            idle_minutes: number("idle_minutes")?,
            pin_hours: number("pin_hours")?,
            on_publish: match fields.get("on_publish").as_str() {
                "migrate" => OpenSessions::Migrate,
                "reset" => OpenSessions::Reset,
                _ => OpenSessions::Pin,
            },
        },
    })
}

fn settings_form(viewed: &Viewed, settings: &Settings) -> Form {
    let languages: Vec<&str> = settings.languages.iter().map(Language::as_str).collect();
    let on_publish = match settings.sessions.on_publish {
        OpenSessions::Pin => "pin",
        OpenSessions::Migrate => "migrate",
        OpenSessions::Reset => "reset",
    };
    let detection = match settings.detect_language {
        LanguageDetection::Never => "never",
        LanguageDetection::FirstText => "first_text",
        LanguageDetection::EveryText => "every_text",
    };
    let detections = vec![
        Choice::new("never", "never"),
        Choice::new("first_text", "by the first text of a conversation"),
        Choice::new("every_text", "by every text"),
    ];
    let choices = vec![
        Choice::new("pin", "end on the version that they began on"),
        Choice::new("migrate", "go on in the new version, where their node still exists"),
        Choice::new("reset", "begin anew"),
    ];
    Form::new(
        viewed.href("settings"),
        "Save the settings",
        vec![
            Group::loose(vec![
                Control::text("name", "Name", &settings.name).required(),
                Control::text("description", "What the bot is for", settings.description.clone().unwrap_or_default()),
                Control::text("default_language", "Default language", settings.default_language.as_str())
                    .hint("A language tag such as en; texts that are missing in another language fall back to it."),
                Control::text("languages", "Further languages", languages.join(", ")).hint("Tags with commas."),
                Control::select(
                    "detect_language",
                    "Take the language that the user is found to write in",
                    detection,
                    detections,
                ),
            ]),
            Group::titled(
                "Conversations",
                vec![
                    Control::number(
                        "idle_minutes",
                        "They end after so many idle minutes",
                        settings.sessions.idle_minutes.to_string(),
                    ),
                    Control::select("on_publish", "When a publish happens, open ones", on_publish, choices),
                    Control::number(
                        "pin_hours",
                        "They stay on their version for so many hours at most",
                        settings.sessions.pin_hours.to_string(),
                    ),
                ],
            ),
        ],
    )
}

fn runtime_form(viewed: &Viewed, runtime: &NlpRuntime) -> Form {
    let threshold = Control::text("threshold", "Understood above a confidence of", runtime.threshold.to_string())
        .hint("From 0 to 1. A confidence equal to it is not understood. Needs no training.");
    Form::new(viewed.href("settings/runtime"), "Save the threshold", vec![Group::loose(vec![threshold])])
}

fn training_form(viewed: &Viewed, training: &Training) -> Form {
    let seed = Control::number("seed", "Seed of the training", training.seed.to_string())
        .hint("Any whole number: the same examples and seed give the same model. A change needs a training.");
    Form::new(viewed.href("settings/training"), "Save the seed", vec![Group::loose(vec![seed])])
}

async fn settings_page(viewed: &Viewed, refused: Option<(Section, Refusal, &Fields)>) -> Result<Response, Problem> {
    let mut forms = Vec::new();
    let mut refused = refused;
    for section in [Section::Bot, Section::Runtime, Section::Training] {
        let stored = viewed.part_if_any(&section.path()).await?;
        let expected = stored.as_ref().map(|(digest, _)| digest.to_string()).unwrap_or_default();
        let (title, form) = match (section, stored.map(|(_, document)| document)) {
            (Section::Bot, _) => ("The bot", settings_form(viewed, &viewed.settings)),
            (Section::Runtime, Some(Document::Runtime(runtime))) => ("Understanding", runtime_form(viewed, &runtime)),
            (Section::Runtime, _) => ("Understanding", runtime_form(viewed, &NlpRuntime::default())),
            (Section::Training, Some(Document::Training(training))) => ("Training", training_form(viewed, &training)),
            (Section::Training, _) => ("Training", training_form(viewed, &Training::default())),
        };
        let form = match refused.take_if(|(refused, ..)| *refused == section) {
            Some((_, refusal, fields)) => refusal.on(form.filled(fields)),
            None => form.expecting(expected),
        };
        forms.push((title, form));
    }
    let page = SettingsPage { frame: viewed.frame("Settings"), can_edit: viewed.can_edit(), forms };
    Ok(Page(page).into_response())
}
