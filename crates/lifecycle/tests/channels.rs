//! Channels as objects, and links to the draft: what is kept, told once, revoked.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what a test cannot do without fails it")]

use std::sync::Arc;

use greenroom_lifecycle::{Act, Bot, ChannelId, ChannelKind, ChannelSettings, Error, Lifecycle, Origin, Origins, live};
use greenroom_model::document::Settings;
use greenroom_store::MemoryStore;
use jiff::Timestamp;

async fn bot_at(time: &str) -> (Arc<MemoryStore>, Bot) {
    let store = Arc::new(MemoryStore::new());
    let lifecycle = lifecycle_at(&store, time);
    let bot = lifecycle.create(&"shop".parse().unwrap(), Settings::new("Shop", "en".parse().unwrap())).await.unwrap();
    (store, bot)
}

fn lifecycle_at(store: &Arc<MemoryStore>, time: &str) -> Lifecycle {
    let time: Timestamp = time.parse().unwrap();
    Lifecycle::new(Arc::clone(store) as _).acting_as("ann").with_clock(Arc::new(move || time))
}

fn rest(token: bool) -> ChannelSettings {
    ChannelSettings::Rest { origins: Origins::default(), token }
}

fn webhook(url: &str) -> ChannelSettings {
    ChannelSettings::Webhook { url: url.parse().unwrap() }
}

#[tokio::test]
async fn a_changed_webhook_keeps_its_secret_until_it_is_renewed() {
    let (_, bot) = bot_at("2026-11-22T20:00:00Z").await;
    let (live, id) = (live(), ChannelId::new("crm").unwrap());
    let made = bot.add_channel(&live, id.clone(), "CRM", webhook("https://crm.example/in")).await.unwrap();
    let secret = made.secret.unwrap();

    let changed = bot.change_channel(&live, &id, "CRM 2", webhook("https://crm.example/2")).await.unwrap();
    assert_eq!(changed.secret, None, "nothing new is told");
    let stored = bot.channel(&live, &id).await.unwrap();
    assert_eq!(stored.name, "CRM 2");
    assert!(stored.is_secret(secret.expose()));

    let renewed = bot.renew_channel_secret(&live, &id).await.unwrap().secret.unwrap();
    let stored = bot.channel(&live, &id).await.unwrap();
    assert!(stored.is_secret(renewed.expose()) && !stored.is_secret(secret.expose()));
    assert!(matches!(stored.kind, ChannelKind::Webhook { .. }));
}

#[tokio::test]
async fn a_token_is_told_when_it_is_first_demanded_and_kept_as_a_digest() {
    let (store, bot) = bot_at("2026-11-22T20:00:00Z").await;
    let (live, id) = (live(), ChannelId::new("site").unwrap());
    assert_eq!(bot.add_channel(&live, id.clone(), "Site", rest(false)).await.unwrap().secret, None);
    let token = bot.change_channel(&live, &id, "Site", rest(true)).await.unwrap().secret.unwrap();
    assert_eq!(bot.change_channel(&live, &id, "Site", rest(true)).await.unwrap().secret, None);
    assert!(bot.channel(&live, &id).await.unwrap().is_secret(token.expose()));

    let key = greenroom_store::layout::channels(bot.id(), &live).unwrap();
    let record = greenroom_store::Store::record(&*store, &key).await.unwrap().unwrap();
    assert!(!String::from_utf8_lossy(&record.value).contains(token.expose()));
}

#[tokio::test]
async fn refuses_a_second_channel_of_an_id_and_a_change_of_kind() {
    let (_, bot) = bot_at("2026-11-22T20:00:00Z").await;
    let (live, id) = (live(), ChannelId::new("site").unwrap());
    bot.add_channel(&live, id.clone(), "Site", rest(false)).await.unwrap();
    let again = bot.add_channel(&live, id.clone(), "Other", rest(false)).await;
    assert!(matches!(again, Err(Error::ChannelExists { .. })));
    let other = bot.change_channel(&live, &id, "Site", webhook("https://crm.example/in")).await;
    assert!(matches!(other, Err(Error::InvalidChannel(_))));
    bot.remove_channel(&live, &id).await.unwrap();
    assert!(matches!(bot.remove_channel(&live, &id).await, Err(Error::ChannelNotFound { .. })));
}

#[tokio::test]
async fn what_breaks_a_rule_changes_nothing() {
    let (_, bot) = bot_at("2026-11-22T20:00:00Z").await;
    let origins = (0..101).map(|n| Origin::new(&format!("https://a{n}.example")).unwrap()).collect();
    let many = ChannelSettings::Rest { origins: Origins::Only(origins), token: false };
    for (name, settings) in [("", rest(false)), ("a\u{7}b", rest(false)), ("Site", many)] {
        let refused = bot.add_channel(&live(), ChannelId::new("a").unwrap(), name, settings).await;
        assert!(matches!(refused, Err(Error::InvalidChannel(_))), "{name:?}");
    }
    assert!(bot.channels(&live()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_link_to_the_draft_works_until_it_is_revoked_or_expires() {
    let (store, bot) = bot_at("2026-11-22T20:00:00Z").await;
    let (first, token) = bot.create_draft_preview("for Bob", None).await.unwrap();
    let (second, other) = bot.create_draft_preview("for Eve", Some(1)).await.unwrap();
    assert_eq!(bot.draft_preview_of(token.expose()).await.unwrap(), Some(first.clone()));
    assert_eq!(bot.draft_preview_of("guess").await.unwrap(), None);

    bot.revoke_draft_preview(&first.id).await.unwrap();
    assert_eq!(bot.draft_preview_of(token.expose()).await.unwrap(), None);
    assert!(matches!(bot.revoke_draft_preview(&first.id).await, Err(Error::PreviewNotFound { .. })));

    assert_eq!(bot.draft_preview_of(other.expose()).await.unwrap(), Some(second));
    let later = lifecycle_at(&store, "2026-11-23T20:00:00Z").bot(bot.id()).await.unwrap();
    assert_eq!(later.draft_preview_of(other.expose()).await.unwrap(), None);
    assert!(later.draft_previews().await.unwrap().is_empty());
}

#[tokio::test]
async fn every_change_is_a_line_of_the_audit_log() {
    let (_, bot) = bot_at("2026-11-22T20:00:00Z").await;
    let id = ChannelId::new("site").unwrap();
    bot.add_channel(&live(), id.clone(), "Site", rest(true)).await.unwrap();
    bot.renew_channel_secret(&live(), &id).await.unwrap();
    bot.remove_channel(&live(), &id).await.unwrap();
    let (preview, _) = bot.create_draft_preview("for Bob", None).await.unwrap();
    bot.revoke_draft_preview(&preview.id).await.unwrap();
    let acts: Vec<Act> = bot.audit(None, 100).await.unwrap().into_iter().map(|line| line.entry.act).collect();
    let set = Act::ChannelsSet { environment: live() };
    let preview = preview.id;
    let (made, revoked) = (Act::DraftPreviewMade { preview: preview.clone() }, Act::DraftPreviewRevoked { preview });
    assert_eq!(acts, [Act::Created, set.clone(), set.clone(), set, made, revoked]);
}
