//! What holds for the bot as a whole: name, language, sessions; and the actions
//! that become handlers.

use greenroom_model::document::Settings;
use greenroom_model::{Document, Language, PartPath};

use super::import::Import;
use super::names::display_name;
use super::report::{NOTHING_TO_DO, Place, Report};
use super::source::Project;

/// Rasa's default, in minutes.
const RASA_EXPIRATION: f64 = 60.0;

/// A year: as good as never.
const MAX_IDLE_MINUTES: u32 = 525_600;

/// The bot's language: as asked for, else as the configuration says, else English.
pub(super) fn language(project: &Project, asked: Option<&Language>, report: &mut Report) -> Language {
    let config = Place::file("config.yml");
    let construct = "`language`";
    let Some(named) = &project.language else {
        let language = asked.cloned().unwrap_or_else(english);
        let reason = format!("the configuration names none; everything is taken as `{language}`");
        report.lose(&config, construct, reason, "import again with the right language if it is another");
        return language;
    };
    let tag = named.name.to_lowercase().replace('_', "-");
    let given = Language::new(&tag);
    match (asked, given) {
        (Some(asked), Ok(given)) if *asked == given => given,
        (Some(asked), _) => {
            let reason = format!("the configuration says `{}`, but `{asked}` was asked for", named.name);
            report.lose(&named.place, construct, reason, NOTHING_TO_DO);
            asked.clone()
        }
        (None, Ok(given)) => given,
        (None, Err(_)) => {
            let reason = format!("`{}` is not a language tag; everything is taken as `en`", named.name);
            report.lose(&named.place, construct, reason, "import again with the right language");
            english()
        }
    }
}

#[expect(clippy::expect_used, reason = "`en` is a language tag")]
fn english() -> Language {
    Language::new("en").expect("a constant tag")
}

/// Adds the settings.
pub(super) fn define(import: &mut Import<'_>, name: &str) {
    let mut settings = Settings::new(display_name(name), import.language.clone());
    let domain = import.project.domain.clone().unwrap_or_else(|| Place::file("domain.yml"));
    let session = &import.project.session;
    let construct = "`session_expiration_time`";
    let (minutes, place) = match &session.expiration {
        Some((minutes, place)) => (*minutes, place),
        None => {
            let reason = "the domain names none; a conversation ends after 60 idle minutes, Rasa's default";
            import.report.lose(&domain, construct, reason, "set it in the settings if it should be another");
            (RASA_EXPIRATION, &domain)
        }
    };
    let rounded = minutes.ceil().clamp(0.0, f64::from(MAX_IDLE_MINUTES)) as u32;
    settings.sessions.idle_minutes = if rounded == 0 { MAX_IDLE_MINUTES } else { rounded };
    if f64::from(settings.sessions.idle_minutes) != minutes {
        let reason = format!("`{minutes}` minutes became {}", settings.sessions.idle_minutes);
        import.report.lose(place, construct, reason, "set it in the settings if it should be another");
    }
    let construct = "`carry_over_slots_to_new_session`";
    let lost = "a new conversation begins with the variables' defaults";
    let advice = "let a handler of the introduction return what should be known again";
    match &session.carry_over {
        Some((true, place)) => import.report.lose(place, construct, lost, advice),
        Some((false, _)) => {}
        None => {
            let reason = format!("the domain leaves it at `true`, Rasa's default; {lost}");
            import.report.lose(&domain, construct, reason, advice);
        }
    }
    import.parts.insert(PartPath::Settings, Document::Settings(settings));
}

/// Declares a handler for each custom action of the domain.
pub(super) fn declare_handlers(import: &mut Import<'_>) {
    for action in &import.project.actions {
        let name = action.name.as_str();
        let construct = format!("action `{name}`");
        if name.starts_with("utter_") || import.messages.contains_key(name) {
            continue;
        }
        if let Some(what) = name.strip_prefix("validate_") {
            if !import.form_flows.contains_key(what) {
                let reason = "no form has its name, so nothing calls it";
                import.report.lose(&action.place, construct, reason, "call its handler in the flow where it belongs");
                import.declare_handler(name);
            }
        } else if name == "action_validate_slot_mappings" {
            let reason = "Rasa calls it after each of the user's messages, to fill slots outside of forms; nothing \
                          calls it here";
            let advice = "call its handler in the flows that need what it fills";
            import.report.lose(&action.place, construct, reason, advice);
            import.declare_handler(name);
        } else if BUILT_IN.contains(&name) {
            let reason = "it stands for an action of Rasa's own, which nothing calls here";
            import.report.lose(&action.place, construct, reason, "write what it does as a flow");
        } else {
            import.declare_handler(name);
        }
    }
}

/// Actions that Rasa runs by itself and a bot may replace.
const BUILT_IN: &[&str] = &[
    "action_back",
    "action_deactivate_loop",
    "action_default_ask_affirmation",
    "action_default_ask_rephrase",
    "action_default_fallback",
    "action_extract_slots",
    "action_listen",
    "action_restart",
    "action_revert_fallback_events",
    "action_session_start",
    "action_two_stage_fallback",
    "action_unlikely_intent",
];
