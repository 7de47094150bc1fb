//! The form of a channel: what its fields hold, and the settings that they mean.

use greenroom_lifecycle::{ChannelSettings, Colour, Error, LauncherPosition, Origin, Origins, WebChat};

use crate::fields::Fields;

/// What the fields of a channel's form hold.
#[derive(Debug, Clone, Default)]
pub(crate) struct ChannelFields {
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) origins: String,
    pub(crate) any_origin: bool,
    pub(crate) title: String,
    pub(crate) greeting: String,
    pub(crate) colour: String,
    pub(crate) at_start: bool,
    pub(crate) language: String,
    pub(crate) token: bool,
    pub(crate) url: String,
}

/// What a kind of channel is called.
pub(crate) fn kind_words(kind: &str) -> &'static str {
    match kind {
        "web_chat" => "web chat",
        "rest" => "REST",
        "webhook" => "webhook",
        _ => "terminal",
    }
}

impl ChannelFields {
    /// The form of a channel that does not exist yet.
    pub(crate) fn new_one() -> Self {
        Self { kind: "web_chat".to_owned(), token: true, ..Self::default() }
    }

    /// What somebody sent.
    pub(crate) fn entered(fields: &Fields) -> Self {
        Self {
            kind: fields.get("kind"),
            name: fields.trimmed("name"),
            origins: fields.get("origins"),
            any_origin: fields.has("any_origin"),
            title: fields.trimmed("title"),
            greeting: fields.trimmed("greeting"),
            colour: fields.trimmed("colour"),
            at_start: fields.has("at_start"),
            language: fields.trimmed("language"),
            token: fields.has("token"),
            url: fields.trimmed("url"),
        }
    }

    /// The form of a channel as it is.
    pub(crate) fn of(name: &str, settings: &ChannelSettings) -> Self {
        let listed = |origins: &[Origin]| origins.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        let form = Self { kind: settings.kind().to_owned(), name: name.to_owned(), ..Self::default() };
        match settings {
            ChannelSettings::WebChat(chat) => Self {
                origins: listed(&chat.origins),
                title: chat.title.clone().unwrap_or_default(),
                greeting: chat.greeting.clone().unwrap_or_default(),
                colour: chat.colour.as_ref().map(ToString::to_string).unwrap_or_default(),
                at_start: chat.position == LauncherPosition::Start,
                language: chat.language.as_ref().map(ToString::to_string).unwrap_or_default(),
                ..form
            },
            ChannelSettings::Rest { origins, token } => Self {
                any_origin: *origins == Origins::Any,
                origins: match origins {
                    Origins::Any => String::new(),
                    Origins::Only(origins) => listed(origins),
                },
                token: *token,
                ..form
            },
            ChannelSettings::Webhook { url } => Self { url: url.to_string(), ..form },
            _ => form,
        }
    }

    /// The settings that the fields mean.
    pub(crate) fn settings(&self) -> Result<ChannelSettings, Error> {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        match self.kind.as_str() {
            "web_chat" => Ok(ChannelSettings::WebChat(WebChat {
                origins: self.listed_origins()?,
                title: given(&self.title),
                greeting: given(&self.greeting),
                colour: given(&self.colour).map(|colour| Colour::new(&colour)).transpose()?,
                position: if self.at_start { LauncherPosition::Start } else { LauncherPosition::End },
                language: given(&self.language).map(|language| language.parse()).transpose()?,
            })),
            "rest" => {
                let origins = if self.any_origin { Origins::Any } else { Origins::Only(self.listed_origins()?) };
                Ok(ChannelSettings::Rest { origins, token: self.token })
            }
            "webhook" => match serde_json::from_value(serde_json::json!({ "kind": "webhook", "url": self.url })) {
                Ok(settings) => Ok(settings),
                Err(_) => Err(Error::InvalidChannel(format!(
                    "`{}` is not an address; write it as `https://crm.example/in`",
                    self.url.chars().take(200).collect::<String>()
                ))),
            },
            "terminal" => Ok(ChannelSettings::Terminal {}),
            _ => Err(Error::InvalidChannel("choose what kind of channel it is".to_owned())),
        }
    }

    fn listed_origins(&self) -> Result<Vec<Origin>, Error> {
        self.origins.lines().map(str::trim).filter(|line| !line.is_empty()).map(Origin::new).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_a_channel_means_its_settings() {
        let chat = WebChat {
            origins: vec![Origin::new("https://shop.example").unwrap()],
            title: Some("Help".to_owned()),
            greeting: None,
            colour: Some(Colour::new("#1a5fb4").unwrap()),
            position: LauncherPosition::Start,
            language: Some("en".parse().unwrap()),
        };
        let rest = |origins, token| ChannelSettings::Rest { origins, token };
        for settings in [
            ChannelSettings::WebChat(chat),
            rest(Origins::Any, true),
            rest(Origins::Only(vec![Origin::new("http://localhost:3000").unwrap()]), false),
            ChannelFields {
                kind: "webhook".to_owned(),
                url: "https://crm.example/in".to_owned(),
                ..Default::default()
            }
            .settings()
            .unwrap(),
        ] {
            assert_eq!(ChannelFields::of("a", &settings).settings().unwrap(), settings);
        }
    }

    #[test]
    fn what_is_no_address_is_named() {
        let form = ChannelFields { kind: "webhook".to_owned(), url: "crm".to_owned(), ..Default::default() };
        assert!(form.settings().unwrap_err().to_string().contains("`crm` is not an address"));
    }
}
