//! Our actions for Rasa's demo bots, served by `rasa-sdk` on loopback.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::beside;

/// How long Python may take to begin.
const PATIENCE: Duration = Duration::from_secs(120);

/// An action server that runs until it is dropped.
pub(crate) struct ActionServer {
    child: Child,
    port: u16,
    /// Where actions are called.
    pub(crate) address: String,
    _folder: TempDir,
}

impl ActionServer {
    /// Serves a module of `actions/` on a port that is free.
    pub(crate) fn start(python: &Path, module: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let output = File::create(&log).unwrap();
        let mut serve = Command::new(python);
        serve.args(["-m", "rasa_sdk", "--actions", module, "--port", &port.to_string()]).current_dir(beside("actions"));
        serve.env("SANIC_HOST", "127.0.0.1").env("PYTHONDONTWRITEBYTECODE", "1");
        serve.stdin(Stdio::null()).stdout(output.try_clone().unwrap()).stderr(output);
        let child = serve.spawn().unwrap_or_else(|error| panic!("`{}`: {error}", python.display()));
        let mut server = Self { child, port, address: format!("http://127.0.0.1:{port}/webhook"), _folder: folder };
        let begin = Instant::now();
        while !is_up(port) {
            let ended = server.child.try_wait().unwrap().is_some();
            if ended || begin.elapsed() > PATIENCE {
                let log = std::fs::read_to_string(&log).unwrap();
                panic!("the action server of `{module}` does not begin:\n{log}");
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        server
    }

    /// Whether it has an action.
    pub(crate) fn has(&self, action: &str) -> bool {
        get(self.port, "/actions").unwrap().contains(&format!("{{\"name\":\"{action}\"}}"))
    }
}

impl Drop for ActionServer {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// Whether `rasa-sdk` says that it is well.
fn is_up(port: u16) -> bool {
    get(port, "/health").is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

/// What the server answers at a path.
fn get(port: u16, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    write!(stream, "GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
