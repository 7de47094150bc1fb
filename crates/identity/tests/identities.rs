//! What identities promise: who is let in, until when, with what, and who never is.

#![expect(clippy::unwrap_used, reason = "what a test cannot do without fails it")]

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Barrier};
use std::time::Duration;

use greenroom_identity::{Authenticated, Credential, Error, Grants, Identities, IdentityAct, Role, User, UserName};
use greenroom_store::{Key, MemoryStore, Store};
use jiff::{SignedDuration, Timestamp};

const PASSWORD: &str = "correct horse battery";

/// Identities on a store in memory, with cheap passwords and a clock that is set by hand.
struct Place {
    identities: Identities,
    store: Arc<MemoryStore>,
    seconds: Arc<AtomicI64>,
}

fn place() -> Place {
    let store = Arc::new(MemoryStore::new());
    let seconds = Arc::new(AtomicI64::new(1_800_000_000));
    let shown = seconds.clone();
    let identities = Identities::new(store.clone())
        .with_password_cost(16, 1)
        .with_clock(Arc::new(move || Timestamp::from_second(shown.load(Ordering::SeqCst)).unwrap()));
    Place { identities, store, seconds }
}

impl Place {
    fn pass(&self, time: SignedDuration) {
        self.seconds.fetch_add(time.as_secs(), Ordering::SeqCst);
    }

    async fn user(&self, name: &str, grants: Grants) -> User {
        let name = name.parse().unwrap();
        let link = self.identities.invite(&name, grants).await.unwrap();
        let password = self.identities.new_password().hash(PASSWORD, &name).unwrap();
        self.identities.accept(link.expose(), password, "").await.unwrap()
    }

    async fn attempt(&self, name: &str, password: &str) -> Result<UserName, Error> {
        self.identities.password_check(&name.parse().unwrap()).await?.verify(password)
    }

    async fn by_session(&self, secret: &str) -> Option<Authenticated> {
        self.identities.by_session(secret).await.unwrap()
    }

    async fn by_token(&self, text: &str) -> Option<Authenticated> {
        self.identities.by_token(text).await.unwrap()
    }

    /// Everything that is stored, as one text.
    async fn stored(&self) -> String {
        let all = self.store.records(&Key::of(&["identity"]).unwrap(), None, 1_000).await.unwrap();
        all.iter().map(|record| format!("{} {}\n", record.key, String::from_utf8_lossy(&record.value))).collect()
    }
}

fn name(text: &str) -> UserName {
    text.parse().unwrap()
}

#[tokio::test]
async fn the_first_administrator_comes_by_a_link_that_is_replaced_each_time() {
    let place = place();
    let former = place.identities.first_admin().await.unwrap().unwrap();
    let link = place.identities.first_admin().await.unwrap().unwrap();
    assert!(place.identities.invitation(former.expose()).await.unwrap().is_none());
    let invitation = place.identities.invitation(link.expose()).await.unwrap().unwrap();
    assert_eq!(invitation.name.as_str(), "admin");

    let password = place.identities.new_password().hash(PASSWORD, &invitation.name).unwrap();
    let admin = place.identities.accept(link.expose(), password, "Ann").await.unwrap();
    assert_eq!((admin.grants, admin.display_name.as_str()), (Grants::on_all(Role::Admin), "Ann"));
    assert!(place.identities.first_admin().await.unwrap().is_none());
}

#[tokio::test]
async fn a_link_of_the_first_start_is_worth_nothing_once_there_is_an_administrator() {
    let place = place();
    let link = place.identities.first_admin().await.unwrap().unwrap();
    place.user("ann", Grants::on_all(Role::Admin)).await;
    assert!(place.identities.invitation(link.expose()).await.unwrap().is_none());
    let password = place.identities.new_password().hash(PASSWORD, &name("admin")).unwrap();
    let accepted = place.identities.accept(link.expose(), password, "").await;
    assert!(matches!(accepted, Err(Error::InvalidInvitation)));
}

#[tokio::test]
async fn a_link_is_used_once_and_for_72_hours() {
    let place = place();
    let ann = name("ann");
    let link = place.identities.invite(&ann, Grants::none()).await.unwrap();
    let hash = || place.identities.new_password().hash(PASSWORD, &ann).unwrap();
    place.identities.accept(link.expose(), hash(), "").await.unwrap();
    assert!(matches!(place.identities.accept(link.expose(), hash(), "").await, Err(Error::InvalidInvitation)));

    let link = place.identities.invite(&ann, Grants::none()).await.unwrap();
    place.pass(SignedDuration::from_hours(72));
    assert!(place.identities.invitation(link.expose()).await.unwrap().is_none());
    assert!(place.identities.invitations().await.unwrap().is_empty());
    assert!(matches!(place.identities.accept(link.expose(), hash(), "").await, Err(Error::InvalidInvitation)));
}

#[tokio::test]
async fn a_link_for_an_existing_user_sets_the_password_and_gives_nothing_else() {
    let place = place();
    place.user("ann", Grants::on_all(Role::Viewer)).await;
    let session = place.identities.begin_session(&name("ann")).await.unwrap();
    let link = place.identities.invite(&name("ann"), Grants::on_all(Role::Admin)).await.unwrap();
    let password = place.identities.new_password().hash("another long one", &name("ann")).unwrap();
    let user = place.identities.accept(link.expose(), password, "").await.unwrap();
    assert_eq!(user.grants, Grants::on_all(Role::Viewer));
    assert!(place.by_session(session.expose()).await.is_none());
    assert!(place.attempt("ann", PASSWORD).await.is_err());
    assert_eq!(place.attempt("ann", "another long one").await.unwrap(), name("ann"));
}

#[tokio::test]
async fn a_disabled_user_comes_in_by_nothing() {
    let place = place();
    place.user("ann", Grants::on_all(Role::Editor)).await;
    let ann = name("ann");
    let session = place.identities.begin_session(&ann).await.unwrap();
    let (_, token) = place.identities.create_token(&ann, "build", None, None).await.unwrap();
    let link = place.identities.invite(&ann, Grants::none()).await.unwrap();
    place.identities.disable(&ann).await.unwrap();

    assert!(place.by_session(session.expose()).await.is_none());
    assert!(place.by_token(token.expose()).await.is_none());
    assert!(matches!(place.attempt("ann", PASSWORD).await, Err(Error::WrongCredentials)));
    assert!(matches!(place.identities.begin_session(&ann).await, Err(Error::WrongCredentials)));
    let password = place.identities.new_password().hash(PASSWORD, &ann).unwrap();
    let accepted = place.identities.accept(link.expose(), password, "").await;
    assert!(matches!(accepted, Err(Error::InvalidInvitation)));

    place.identities.enable(&ann).await.unwrap();
    assert!(place.by_session(session.expose()).await.is_none(), "a session came back to life");
    assert!(place.by_token(token.expose()).await.is_some());
}

#[tokio::test]
async fn wrong_unknown_and_disabled_are_told_alike() {
    let place = place();
    place.user("ann", Grants::none()).await;
    place.user("bob", Grants::none()).await;
    place.identities.create_user(&name("new"), "", Grants::none()).await.unwrap();
    place.identities.disable(&name("bob")).await.unwrap();
    for (user, password) in [("ann", "wrong password"), ("nobody", PASSWORD), ("bob", PASSWORD), ("new", "")] {
        let error = place.attempt(user, password).await.unwrap_err();
        assert!(matches!(error, Error::WrongCredentials), "{user}: {error}");
        assert_eq!(error.code(), "credentials_wrong");
    }
    assert_eq!(place.attempt("ann", PASSWORD).await.unwrap(), name("ann"));
}

#[tokio::test]
async fn weak_passwords_are_refused() {
    let new = place().identities.new_password();
    let ann = name("ann.the.admin");
    assert!(matches!(new.hash("ninechars", &ann), Err(Error::PasswordTooShort)));
    assert!(matches!(new.hash("äöüäöüäöü", &ann), Err(Error::PasswordTooShort)), "bytes were counted");
    assert!(matches!(new.hash(&"a".repeat(1_025), &ann), Err(Error::PasswordTooLong)));
    assert!(matches!(new.hash("Ann.The.Admin", &ann), Err(Error::PasswordIsName)));
    assert!(new.hash("tencharact", &ann).is_ok());
    assert!(new.hash(&"a".repeat(1_024), &ann).is_ok());
}

#[tokio::test]
async fn guessing_waits_longer_and_longer_whether_the_user_exists_or_not() {
    for user in ["ann", "nobody"] {
        let place = place();
        place.user("ann", Grants::none()).await;
        for _ in 0..5 {
            assert!(matches!(place.attempt(user, "wrong password").await, Err(Error::WrongCredentials)));
        }
        for seconds in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
            // Even the right password waits, or guessing would be told from waiting.
            let refused = place.attempt(user, PASSWORD).await;
            let Err(Error::TooManyAttempts { retry_after }) = refused else { panic!("{user}: {refused:?}") };
            assert_eq!(retry_after, Duration::from_secs(seconds), "{user}");
            place.pass(SignedDuration::from_secs(seconds.cast_signed()));
            assert!(matches!(place.attempt(user, "wrong password").await, Err(Error::WrongCredentials)));
        }
    }
}

#[tokio::test]
async fn a_right_password_clears_the_wrong_ones() {
    let place = place();
    place.user("ann", Grants::none()).await;
    for _ in 0..3 {
        for _ in 0..4 {
            assert!(matches!(place.attempt("ann", "wrong password").await, Err(Error::WrongCredentials)));
        }
        let ann = place.attempt("ann", PASSWORD).await.unwrap();
        place.identities.begin_session(&ann).await.unwrap();
    }
}

#[tokio::test]
async fn attempts_at_once_are_all_counted() {
    let place = place();
    place.user("ann", Grants::none()).await;
    // Checks that are begun, whatever comes of them.
    let mut begun = 0;
    while place.identities.password_check(&name("ann")).await.is_ok() {
        begun += 1;
    }
    assert_eq!(begun, 5);
}

#[tokio::test]
async fn a_session_ends_idle_and_ends_anyway() {
    let place = place();
    place.user("ann", Grants::on_all(Role::Viewer)).await;
    let idle = place.identities.begin_session(&name("ann")).await.unwrap();
    let busy = place.identities.begin_session(&name("ann")).await.unwrap();
    for hour in 1..12 {
        place.pass(SignedDuration::from_hours(1));
        assert!(place.by_session(busy.expose()).await.is_some(), "hour {hour}");
        if hour == 2 {
            assert!(place.by_session(idle.expose()).await.is_none());
        }
    }
    place.pass(SignedDuration::from_hours(1));
    assert!(place.by_session(busy.expose()).await.is_none());
    assert_eq!(place.identities.remove_ended_sessions().await.unwrap(), 2);
    assert!(!place.stored().await.contains("identity/sessions/"));
}

#[tokio::test]
async fn signing_out_ends_one_session_and_a_new_password_ends_all() {
    let place = place();
    place.user("ann", Grants::none()).await;
    let ann = name("ann");
    let first = place.identities.begin_session(&ann).await.unwrap();
    let second = place.identities.begin_session(&ann).await.unwrap();
    place.identities.end_session(first.expose()).await.unwrap();
    assert!(place.by_session(first.expose()).await.is_none());
    assert!(place.by_session(second.expose()).await.is_some());
    let password = place.identities.new_password().hash("another long one", &ann).unwrap();
    place.identities.set_password(&ann, password).await.unwrap();
    assert!(place.by_session(second.expose()).await.is_none());
}

#[tokio::test]
async fn each_session_has_a_forgery_token_of_its_own_that_stays() {
    let place = place();
    place.user("ann", Grants::none()).await;
    let first = place.identities.begin_session(&name("ann")).await.unwrap();
    let second = place.identities.begin_session(&name("ann")).await.unwrap();
    let csrf = async |secret: &str| place.by_session(secret).await.unwrap().csrf.unwrap();
    let token = csrf(first.expose()).await;
    assert!(token.is(csrf(first.expose()).await.expose()));
    assert!(!token.is(csrf(second.expose()).await.expose()));
    assert!(!token.is(first.expose()));
    assert!(!token.is(""));
}

#[tokio::test]
async fn a_session_is_written_at_most_once_a_minute() {
    let place = place();
    place.user("ann", Grants::none()).await;
    let session = place.identities.begin_session(&name("ann")).await.unwrap();
    let begun = place.stored().await;
    place.pass(SignedDuration::from_secs(59));
    place.by_session(session.expose()).await.unwrap();
    assert_eq!(place.stored().await, begun);
    place.pass(SignedDuration::from_secs(1));
    place.by_session(session.expose()).await.unwrap();
    assert_ne!(place.stored().await, begun);
}

#[tokio::test]
async fn a_token_may_what_its_user_may_now_and_no_more_than_its_cap() {
    let place = place();
    let ann = place.user("ann", Grants::on_all(Role::Publisher)).await.name;
    let box_office = "box-office".parse().unwrap();
    let cap = Grants::on("box-office".parse().unwrap(), Role::Editor);
    let (id, capped) = place.identities.create_token(&ann, "build", None, Some(cap)).await.unwrap();
    let (_, free) = place.identities.create_token(&ann, "all", None, None).await.unwrap();

    let caller = place.by_token(capped.expose()).await.unwrap();
    assert_eq!(caller.grants, Grants::on("box-office".parse().unwrap(), Role::Editor));
    assert_eq!((caller.credential, caller.csrf), (Credential::Token(id), None));
    assert_eq!(place.by_token(free.expose()).await.unwrap().grants.server, Some(Role::Publisher));

    place.identities.set_grants(&ann, Grants::on_all(Role::Viewer)).await.unwrap();
    assert_eq!(place.by_token(capped.expose()).await.unwrap().grants.role_on(&box_office), Some(Role::Viewer));
}

#[tokio::test]
async fn tokens_expire_and_are_revoked_by_their_user_alone() {
    let place = place();
    let (ann, bob) = (place.user("ann", Grants::none()).await.name, place.user("bob", Grants::none()).await.name);
    let expires = place.identities.create_token(&ann, "x", Some(Timestamp::from_second(1_800_000_000).unwrap()), None);
    assert!(matches!(expires.await, Err(Error::AlreadyExpired(_))));
    let until = Timestamp::from_second(1_800_000_060).unwrap();
    let (_, short) = place.identities.create_token(&ann, "short", Some(until), None).await.unwrap();
    let (id, long) = place.identities.create_token(&ann, "long", None, None).await.unwrap();
    assert!(place.by_token(short.expose()).await.is_some());
    place.pass(SignedDuration::from_secs(60));
    assert!(place.by_token(short.expose()).await.is_none());

    assert!(matches!(place.identities.revoke_token(&bob, &id).await, Err(Error::TokenNotFound(_))));
    assert!(place.by_token(long.expose()).await.is_some());
    place.identities.revoke_token(&ann, &id).await.unwrap();
    assert!(place.by_token(long.expose()).await.is_none());
    let left = place.identities.tokens(&ann).await.unwrap();
    assert_eq!(left.iter().map(|token| token.label.as_str()).collect::<Vec<_>>(), ["short"]);
    assert!(matches!(place.identities.revoke_token(&ann, &id).await, Err(Error::TokenNotFound(_))));
}

#[tokio::test]
async fn what_is_no_secret_of_ours_lets_nobody_in() {
    let place = place();
    let ann = place.user("ann", Grants::none()).await.name;
    let (id, token) = place.identities.create_token(&ann, "x", None, None).await.unwrap();
    let session = place.identities.begin_session(&ann).await.unwrap();
    let cut = &token.expose()[..token.expose().len() - 1];
    let long = "grt_".repeat(1_000);
    let forged = format!("grt_{id}_{}", session.expose());
    for text in ["", "grt_", "grt__", ".", "ann.", "a\0b", "ü", cut, &long, &forged, id.as_str()] {
        assert!(place.by_token(text).await.is_none(), "{text}");
        assert!(place.by_session(text).await.is_none(), "{text}");
        assert!(place.identities.invitation(text).await.unwrap().is_none(), "{text}");
    }
    assert!(place.by_session(token.expose()).await.is_none());
    assert!(place.by_token(session.expose()).await.is_none());
}

#[tokio::test]
async fn nothing_secret_is_stored_shown_or_said() {
    let place = place();
    let ann = place.user("ann", Grants::none()).await.name;
    let link = place.identities.invite(&name("bob"), Grants::none()).await.unwrap();
    let (_, token) = place.identities.create_token(&ann, "x", None, None).await.unwrap();
    let session = place.identities.begin_session(&ann).await.unwrap();
    let caller = place.by_session(session.expose()).await.unwrap();
    let hash = place.identities.new_password().hash(PASSWORD, &ann).unwrap();
    let check = place.identities.password_check(&ann).await.unwrap();
    let shown = format!("{:?}", (&link, &token, &session, &caller, &hash, &check, &place.identities));
    let stored = place.stored().await;
    let listed = format!("{:?}", place.identities.users().await.unwrap());
    let csrf = caller.csrf.unwrap();
    for secret in [PASSWORD, link.expose(), token.expose(), session.expose(), csrf.expose()] {
        assert!(!shown.contains(secret) && !listed.contains(secret), "`{secret}` is shown");
        assert!(!stored.contains(secret), "`{secret}` is stored");
    }
    assert!(!shown.contains("$argon2id$") && !listed.contains("$argon2id$"));
    assert!(stored.contains("$argon2id$"));
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let place = place();
    place.user("ann", Grants::on_all(Role::Admin)).await;
    place.user("bob", Grants::on_all(Role::Admin)).await;
    // Cannot sign in yet, so does not count.
    place.identities.create_user(&name("new"), "", Grants::on_all(Role::Admin)).await.unwrap();
    place.identities.disable(&name("bob")).await.unwrap();
    assert!(matches!(place.identities.disable(&name("ann")).await, Err(Error::LastAdmin(_))));
    let demoted = place.identities.set_grants(&name("ann"), Grants::on_all(Role::Publisher)).await;
    assert!(matches!(demoted, Err(Error::LastAdmin(_))));
    assert!(!place.identities.user(&name("ann")).await.unwrap().disabled);
    place.identities.enable(&name("bob")).await.unwrap();
    place.identities.disable(&name("ann")).await.unwrap();
}

/// Runs both at once, on threads of their own, and says what came of each.
fn race<T: Send>(act: impl Fn(usize) -> T + Sync) -> [T; 2] {
    let barrier = Barrier::new(2);
    let run = |index| {
        barrier.wait();
        act(index)
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(|| run(1));
        [run(0), other.join().unwrap()]
    })
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

#[test]
fn of_two_who_use_one_link_one_wins() {
    for _ in 0..200 {
        let place = place();
        let link = block_on(place.identities.invite(&name("ann"), Grants::none())).unwrap();
        let outcomes = race(|index| {
            let password = format!("password number {index}");
            let hash = place.identities.new_password().hash(&password, &name("ann")).unwrap();
            block_on(place.identities.accept(link.expose(), hash, "")).map(|_| password)
        });
        let [winner] = outcomes.iter().flatten().collect::<Vec<_>>()[..] else { panic!("{outcomes:?}") };
        assert!(outcomes.iter().any(|outcome| matches!(outcome, Err(Error::InvalidInvitation))));
        assert!(block_on(place.attempt("ann", winner)).is_ok());
    }
}

#[test]
fn two_last_administrators_cannot_demote_each_other() {
    for _ in 0..200 {
        let place = place();
        block_on(place.user("ann", Grants::on_all(Role::Admin)));
        block_on(place.user("bob", Grants::on_all(Role::Admin)));
        let outcomes = race(|index| match index {
            0 => block_on(place.identities.set_grants(&name("ann"), Grants::none())),
            _ => block_on(place.identities.disable(&name("bob"))),
        });
        let refused = outcomes.iter().filter(|outcome| matches!(outcome, Err(Error::LastAdmin(_)))).count();
        assert_eq!(refused, 1, "{outcomes:?}");
        assert!(block_on(place.identities.has_admin()).unwrap());
    }
}

#[tokio::test]
async fn every_act_is_audited_with_who_did_it() {
    let place = place();
    let ann = place.user("ann", Grants::none()).await.name;
    let by_bob = place.identities.clone().acting_as("bob");
    by_bob.set_grants(&ann, Grants::on_all(Role::Viewer)).await.unwrap();
    let entries = place.identities.audit(None, 100).await.unwrap();
    let said: Vec<_> = entries.iter().map(|(_, entry)| (entry.actor.as_str(), &entry.act)).collect();
    let grants = Grants::on_all(Role::Viewer);
    assert_eq!(
        said,
        [
            ("server", &IdentityAct::Invited { user: ann.clone() }),
            ("ann", &IdentityAct::InvitationAccepted { user: ann.clone() }),
            ("bob", &IdentityAct::GrantsSet { user: ann.clone(), grants }),
        ]
    );
}

#[tokio::test]
async fn names_are_taken_once() {
    let place = place();
    let ann = place.identities.create_user(&name("ann"), "  ", Grants::none()).await.unwrap();
    assert_eq!((ann.display_name.as_str(), ann.has_password), ("ann", false));
    let again = place.identities.create_user(&name("ann"), "Ann", Grants::none()).await;
    assert!(matches!(again, Err(Error::UserExists(_))));
    let odd = place.identities.create_user(&name("bob"), "a\nb", Grants::none()).await;
    assert!(matches!(odd, Err(Error::InvalidText { .. })));
    assert_eq!(place.identities.users().await.unwrap(), [ann]);
}
