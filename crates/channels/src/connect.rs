//! What whoever connects a channel has to do, as data: interfaces show it.

use greenroom_lifecycle::{Channel, ChannelKind};
use greenroom_model::{BotId, EnvironmentId};
use serde::Serialize;

/// What to do in order to connect a channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConnectInstructions {
    /// What there is to copy, in the order in which it is needed.
    pub steps: Vec<ConnectStep>,
}

/// One thing to copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConnectStep {
    /// What it is.
    pub title: String,
    /// What to do with it.
    pub explanation: String,
    /// What to copy, to the letter; it is text, not markup.
    pub text: String,
    /// Whether it is an address that can be opened.
    pub is_link: bool,
}

/// How to connect a channel of a bot's environment, where the server is reached
/// at `base_url` (without a last `/`). It holds no secret: those are told once,
/// when they are made.
///
/// # Examples
/// ```
/// use greenroom_channels::connect_instructions;
/// use greenroom_lifecycle::{Channel, ChannelId, ChannelSettings, WebChat, live};
///
/// let chat = ChannelSettings::WebChat(WebChat::default());
/// let chat = Channel::with_new_secret(ChannelId::new("web")?, "Shop", chat)?.channel;
/// let instructions = connect_instructions(&"shop".parse()?, &live(), &chat, "https://bots.example");
/// assert!(instructions.steps[0].text.starts_with("<script src=\"https://bots.example/widget.js\""));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn connect_instructions(
    bot: &BotId,
    environment: &EnvironmentId,
    channel: &Channel,
    base_url: &str,
) -> ConnectInstructions {
    let base = base_url.trim_end_matches('/');
    let id = &channel.id;
    let at = format!("{base}/channels/{bot}/{environment}/{id}");
    let steps = match &channel.kind {
        ChannelKind::WebChat(_) => web_chat(bot, environment, channel, base),
        ChannelKind::Rest { token, .. } => rest(&at, token.is_some()),
        ChannelKind::Webhook { .. } => webhook(&at),
        ChannelKind::Terminal => vec![step(
            "Talk to it",
            "On the machine that has the store:",
            format!("greenroom talk {bot} --env {environment}"),
        )],
        _ => Vec::new(),
    };
    ConnectInstructions { steps }
}

fn step(title: &str, explanation: &str, text: String) -> ConnectStep {
    ConnectStep { title: title.to_owned(), explanation: explanation.to_owned(), text, is_link: false }
}

fn link(title: &str, explanation: &str, text: String) -> ConnectStep {
    ConnectStep { is_link: true, ..step(title, explanation, text) }
}

fn web_chat(bot: &BotId, environment: &EnvironmentId, channel: &Channel, base: &str) -> Vec<ConnectStep> {
    let id = &channel.id;
    let tag = |mode: &str| {
        format!(
            "<script src=\"{base}/widget.js\" data-bot=\"{bot}\" data-env=\"{environment}\" data-channel=\"{id}\" \
             data-mode=\"{mode}\" defer></script>"
        )
    };
    let page = format!("{base}/chat/{bot}?env={environment}&channel={id}");
    vec![
        step(
            "A button on your pages",
            "Put this line before `</body>`, and the page's origin (such as `https://shop.example`) into the channel's \
             settings.",
            tag("bubble"),
        ),
        step("Within a page", "Put this line where the chat shall stand.", tag("inline")),
        link("Its own page", "Send this address to whoever shall talk to the bot.", page),
        step(
            "If your pages have a content security policy",
            "Add these to it; nothing else is needed, and nothing inline.",
            format!("script-src {base}; connect-src {base}"),
        ),
    ]
}

fn rest(at: &str, token: bool) -> Vec<ConnectStep> {
    let authorization = if token { " \\\n  -H 'authorization: Bearer TOKEN'" } else { "" };
    vec![
        step(
            "The address",
            "Messages go here by POST; the answer comes at once.",
            format!("{at}/webhooks/rest/webhook"),
        ),
        step(
            "A front end made for Rasa",
            "Give it this as the server's address: it adds `/webhooks/rest/webhook` itself.",
            at.to_owned(),
        ),
        step(
            "Try it",
            if token {
                "Put the channel's token in its place."
            } else {
                "Anybody may call: the channel asks for no token."
            },
            format!(
                "curl {at}/webhooks/rest/webhook \\\n  -H 'content-type: application/json'{authorization} \\\n  \
                 -d '{{\"sender\": \"ann\", \"message\": \"hello\"}}'"
            ),
        ),
    ]
}

fn webhook(at: &str) -> Vec<ConnectStep> {
    vec![
        step(
            "The address",
            "Your system sends its messages here by POST, signed. They are taken at once (202); the answer comes to the \
             address in the channel's settings, signed in the same way.",
            format!("{at}/webhook"),
        ),
        step(
            "Try it",
            "Put the channel's secret in its place. A message is taken once for its `id`, within 5 minutes of its \
             signature.",
            format!(
                "BODY='{{\"id\": \"1\", \"conversation\": \"ann\", \"text\": \"hello\"}}'; TIME=$(date +%s)\n\
                 MAC=$(printf '%s.%s' \"$TIME\" \"$BODY\" | openssl dgst -sha256 -hmac 'SECRET' | sed 's/.*= //')\n\
                 curl {at}/webhook -H 'content-type: application/json' \\\n  \
                 -H \"x-greenroom-signature: t=$TIME,v1=$MAC\" -d \"$BODY\""
            ),
        ),
        step(
            "Verify what comes",
            "Compute the same of the time, a dot and the body as it came, and compare. Answer with a status of 200–299 \
             within 10 s; whatever else you answer, it comes again, for a day. Drop what has an `id` that you had.",
            "x-greenroom-signature: t=1700000000,v1=hex(hmac_sha256(secret, t + \".\" + body))\n\
             x-greenroom-delivery: the answer's id"
                .to_owned(),
        ),
    ]
}
