//! `serve`, `backup`, `recover`: what a server's operator does.

use serde_json::json;

use crate::desk::{Desk, keys};

#[test]
fn the_configuration_is_printed_with_where_each_value_comes_from() {
    let desk = Desk::new();
    desk.write("greenroom.toml", "rate_burst = 7\n");
    let run = desk.run("serve --check --config greenroom.toml --listen 127.0.0.1:9 --store a.db").done();
    for part in ["listen = \"127.0.0.1:9\"  # flag", "store = \"a.db\"  # flag", "rate_burst = 7  #", "# default"] {
        assert!(run.stdout.contains(part), "`{part}`: {}", run.stdout);
    }
    assert!(!desk.path("a.db").exists(), "looking changes nothing");
}

#[test]
fn a_wrong_configuration_is_a_matter_of_usage() {
    let desk = Desk::new();
    desk.write("greenroom.toml", "lisen = \"127.0.0.1:9\"\n");
    for line in ["serve --check --config greenroom.toml", "serve --check --config none.toml", "serve --json"] {
        let run = desk.run(line);
        assert_eq!(run.code, 2, "{line}: {}", run.stderr);
    }
}

#[test]
fn a_backup_brings_back_what_was_lost() {
    let desk = Desk::with_kiosk();
    let backup = desk.json("backup safe.db");
    assert_eq!(keys(&backup), ["backup", "path", "store"]);
    assert_eq!(desk.run("backup safe.db").code, 5, "a backup is never written over");
    desk.run("delete kiosk tests/buying").done();
    assert_eq!(desk.run("recover safe.db").code, 4, "a store is never written over unasked");
    assert_eq!(desk.run("recover none.db --replace").code, 3);
    let recovered = desk.json("recover safe.db --replace");
    assert_eq!(recovered["backup"], backup["backup"]);
    assert_ne!(recovered["replaced"], json!(null));
    desk.run("get kiosk tests/buying").done();
}

#[test]
fn a_token_is_shown_once_and_what_it_may_is_said() {
    let desk = Desk::with_kiosk();
    let token = desk.json("token ci --role publisher --bot kiosk");
    assert_eq!(keys(&token), ["id", "token", "user"]);
    assert!(token["token"].as_str().unwrap().starts_with("grt_"));
    assert_eq!(desk.run("token ci --role owner").code, 2);
    assert_eq!(desk.run("token other --bot no-such-bot").code, 3, "a bot that is not there is told");
    assert_eq!(desk.run("invite ann --bot no-such-bot").code, 3);
    desk.run("new other").done();
    assert_eq!(desk.run("token ci --role viewer --bot other").code, 2, "a token that may nothing is not made");
    let invitation = desk.json("invite ann --role admin --public-url https://bots.example/");
    assert!(invitation["link"].as_str().unwrap().starts_with("https://bots.example/invitation/"));
    assert_eq!(desk.run("invite Not-A-Name!").code, 2);
}
