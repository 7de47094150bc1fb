//! Who and what gets in: roles, users, channels, links.

use axum::http::{Request, header};
use greenroom_identity::{Grants, Role};

use super::desk::{Console, SCRIPT, id};

#[tokio::test(flavor = "multi_thread")]
async fn roles_see_their_buttons_and_routes_refuse_the_others() {
    let console = Console::new().await;
    console.train().await;
    console.publish("full", "one").await;
    let viewer = console.with_role("vic", Role::Viewer).await;
    let editor = console.with_role("ed", Role::Editor).await;
    for page in ["draft/training", "draft/publish", "inbox", "versions", "versions/1", "audit"] {
        assert_eq!(viewer.get(&format!("/bots/shop/{page}")).await.status, 200, "{page}");
    }
    viewer.get("/bots/shop/draft/training").await.says_not(">Train again</button>");
    for page in ["draft/training", "draft/publish/tests", "inbox/example", "inbox/dismiss", "versions/1/restore"] {
        assert_eq!(viewer.post(&format!("/bots/shop/{page}"), &[]).await.status, 403, "{page}");
    }
    editor.get("/bots/shop/versions/1").await.says_not("Roll live back");
    for page in ["draft/publish", "versions/1/rollback", "inbox/conversation/erase"] {
        assert_eq!(editor.post(&format!("/bots/shop/{page}"), &[]).await.status, 403, "{page}");
    }
    console.app.identities().create_user(&"eve".parse().unwrap(), "eve", Grants::none()).await.unwrap();
    let stranger = console.signed_in_as("eve").await;
    assert_eq!(stranger.get("/bots/shop/inbox").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_is_added_connected_changed_and_removed() {
    let console = Console::new().await;
    let channels = "/bots/shop/environments/live/channels";
    console.get("/bots/shop/environments").await.says("There is no channel yet");
    let added = console.post(channels, &[("name", "The site"), ("kind", "web_chat")]).await;
    assert_eq!(added.location, "/bots/shop/environments/live/channels/the_site?done=added");
    console.get(&added.location).await.says("/widget.js").says("&#60;script");

    let hook = [("name", "CRM"), ("kind", "webhook"), ("url", "https://crm.example/in")];
    let shown = console.post(channels, &hook).await;
    assert_eq!(shown.status, 200);
    shown.says("Copy the secret now");
    let bot = console.bot().await;
    let channel = bot.channels(&greenroom_lifecycle::live()).await.unwrap().pop().unwrap();
    let secret = shown.body.split("<pre tabindex=\"0\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert!(channel.is_secret(&secret), "{secret}");
    console.get("/bots/shop/environments/live/channels/crm").await.says_not(&secret).says("Make a new secret");

    let wrong = console.post(channels, &[("name", "Bad"), ("kind", "web_chat"), ("colour", "red")]).await;
    assert_eq!(wrong.status, 422);
    wrong.says("is not a colour").says("value=\"Bad\"");
    let again = console.post(channels, &[("name", "The site"), ("kind", "web_chat")]).await;
    assert_eq!(again.status, 422);

    let changed = [("name", SCRIPT), ("kind", "web_chat"), ("origins", "https://shop.example")];
    let changed = console.post("/bots/shop/environments/live/channels/the_site", &changed).await;
    assert_eq!(changed.status, 303);
    console.get("/bots/shop/environments").await.says_not(SCRIPT).says("&#60;script&#62;");
    console.post("/bots/shop/environments/live/channels/the_site/remove", &[]).await;
    assert_eq!(bot.channels(&greenroom_lifecycle::live()).await.unwrap().len(), 1);

    let kept = console.post("/bots/shop/environments/live/settings", &[("retention_days", "7")]).await;
    assert_eq!(kept.status, 303);
    let refused = console.post("/bots/shop/environments/live/settings", &[("retention_days", "0")]).await;
    assert_eq!(refused.status, 422);
    let editor = console.with_role("ed", Role::Editor).await;
    assert_eq!(editor.post(channels, &[("name", "x"), ("kind", "web_chat")]).await.status, 403);
    editor.get("/bots/shop/environments").await.says("CRM").says_not("Add the channel");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_to_the_draft_is_shown_once_and_can_be_revoked() {
    let console = Console::new().await;
    let made = console.post("/bots/shop/environments/previews", &[("name", "Customer"), ("days", "3")]).await;
    let (_, rest) = made.body.split_once("/chat/shop/draft?token=").unwrap();
    let token = rest.split('<').next().unwrap();
    let bot = console.bot().await;
    assert_eq!(bot.draft_preview_of(token).await.unwrap().unwrap().name, "Customer");
    let page = console.get("/bots/shop/environments").await;
    page.says("Customer").says_not(token);
    console.post("/bots/shop/environments/previews/revoke", &[("id", &page.field("id"))]).await;
    assert!(bot.draft_preview_of(token).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_invite_change_and_disable_users() {
    let console = Console::new().await;
    let fields = [("name", "bob"), ("role", "editor"), ("bot", "shop")];
    let link = console.post("/users/invite", &fields).await;
    let secret = link.body.split("/invitation/").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let invitation = console.app.identities().invitation(&secret).await.unwrap().unwrap();
    assert_eq!(invitation.grants.role_on(&id()), Some(Role::Editor));
    assert_eq!(invitation.grants.server, None);
    console.get("/users").await.says("bob").says_not(&secret);
    assert_eq!(console.post("/users/invite", &[("name", "ann"), ("role", "viewer")]).await.status, 422);

    let vic = console.with_role("vic", Role::Viewer).await;
    let roles = [("server", ""), ("bot.shop", "publisher")];
    assert_eq!(console.post("/users/vic", &roles).await.status, 303);
    assert_eq!(vic.post("/bots/shop/draft/publish", &[("plan", "x")]).await.status, 422);
    assert_eq!(console.post("/users/vic/act", &[("act", "disable")]).await.status, 303);
    assert_eq!(vic.get("/bots/shop/inbox").await.status, 303, "the session of a disabled user still works");

    // A bot's administrator is nobody on the server.
    let admin_of_one = console.with_role("one", Role::Admin).await;
    for page in ["/users", "/users/ann", "/health"] {
        assert_eq!(admin_of_one.get(page).await.status, 403, "{page}");
    }
    let forged = admin_of_one.post("/users/one", &[("server", "admin")]).await;
    assert_eq!(forged.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn people_keep_their_own_account() {
    let console = Console::new().await;
    let identities = console.app.identities();
    let name = "ann".parse().unwrap();
    let hash = identities.new_password().hash("correct horse battery", &name).unwrap();
    identities.set_password(&name, hash).await.unwrap();
    let console = console.signed_in_as("ann").await;
    let identities = console.app.identities();
    let made = console.post("/account/tokens", &[("label", "deploys"), ("days", "30")]).await;
    let token = made.body.split("<pre tabindex=\"0\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert!(identities.by_token(&token).await.unwrap().is_some());
    let page = console.get("/account").await;
    page.says("deploys").says_not(&token);
    // A token must not make itself others.
    let by_token = Request::post("/account/tokens")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    assert_eq!(console.send(by_token, "label=more".to_owned()).await.status, 403);
    console.post("/account/tokens/revoke", &[("id", &page.field("id"))]).await;
    assert!(identities.by_token(&token).await.unwrap().is_none());

    let new = "another long sentence";
    let wrong = [("present", "guess guess guess"), ("password", new), ("again", new)];
    assert_eq!(console.post("/account/password", &wrong).await.status, 422);
    let right = [("present", "correct horse battery"), ("password", new), ("again", new)];
    assert_eq!(console.post("/account/password", &right).await.status, 303);
    assert_eq!(console.get("/account").await.status, 303, "an old session survived the new password");
    let check = identities.password_check(&name).await.unwrap();
    assert!(check.verify(new).is_ok());
}
