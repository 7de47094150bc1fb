//! The process `greenroom-server`: what it prints, what it logs, how it ends.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};

use reqwest::Client;

struct Process {
    child: Child,
    link: String,
    address: String,
    _folder: tempfile::TempDir,
}

/// Starts it on a free port, with every log line that it can write.
fn process() -> Process {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_greenroom-server"))
        .args(["--listen", "127.0.0.1:0", "--log", "trace", "--log-format", "json"])
        .current_dir(folder.path())
        .env_remove("GREENROOM_STORE")
        .env_remove("GREENROOM_CONFIG")
        .stdout(Stdio::piped())
        .stderr(Stdio::from(std::fs::File::create(folder.path().join("log")).unwrap()))
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    let address = first.rsplit(' ').next().unwrap().to_owned();
    let link = lines.nth(1).unwrap().unwrap().trim().to_owned();
    Process { child, link, address, _folder: folder }
}

impl Process {
    /// Asks it to end as systemd does; its log.
    fn terminate(mut self) -> String {
        let killed = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(killed.success());
        assert!(self.child.wait().unwrap().success(), "a process that is asked to end ends well");
        let mut log = String::new();
        std::fs::File::open(self._folder.path().join("log")).unwrap().read_to_string(&mut log).unwrap();
        log
    }
}

#[tokio::test]
async fn no_secret_and_nothing_that_people_said_stands_in_the_log() {
    _ = rustls::crypto::ring::default_provider().install_default();
    let process = process();
    let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    while client.get(format!("{}/readyz", process.address)).send().await.unwrap().status() != 200 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let secret = process.link.rsplit('/').next().unwrap().to_owned();
    // A person accepts the invitation as the browser would, signs in, and is refused once.
    let page = client.get(&process.link).send().await.unwrap();
    let cookie = page.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let csrf = cookie.split('=').nth(1).unwrap().to_owned();
    let form = |url: String, body: String| {
        let request = client.post(url).header("cookie", &cookie);
        request.header("content-type", "application/x-www-form-urlencoded").body(body).send()
    };
    let password = "planted-password-1";
    let body = format!("_csrf={csrf}&display_name=Ann&password={password}&again={password}");
    let accepted = form(process.link.clone(), body).await.unwrap();
    assert!(accepted.status().is_success() || accepted.status().is_redirection(), "{}", accepted.status());
    let body = format!("_csrf={csrf}&name=admin&password=planted-password-2");
    form(format!("{}/sign-in", process.address), body).await.unwrap();
    let said = client.post(format!("{}/chat/none/live/web/messages", process.address));
    said.header("content-type", "application/json")
        .body(r#"{"conversation":"0123456789abcdef0123456789abcdef","text":"planted-utterance"}"#)
        .send()
        .await
        .unwrap();
    let bearer = client.get(format!("{}/api/v1/bots?planted-query", process.address)).bearer_auth("grt_planted-token");
    assert_eq!(bearer.send().await.unwrap().status(), 401);
    let log = process.terminate();
    assert!(log.lines().count() > 5, "the log tells something: {log}");
    assert!(log.lines().all(|line| line.starts_with('{')), "{log}");
    for planted in ["planted-", secret.as_str(), csrf.as_str(), "greenroom_session="] {
        let line = log.lines().find(|line| line.contains(planted));
        assert!(line.is_none(), "`{planted}` stands in the log: {line:?}");
    }
}
