//! How people reach a Greenroom bot: web chat, REST, webhook.
