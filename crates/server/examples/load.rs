//! Load from a second process, in an open loop: messages are sent when their
//! time has come, whether or not earlier ones were answered, and their delay is
//! counted from when they should have been sent.
//!
//! ```sh
//! greenroom demo --no-server --store load.db
//! GREENROOM_RATE_PER_SECOND=0 greenroom serve --store load.db --listen 127.0.0.1:8090
//! cargo run --release -p greenroom-server --example load -- 127.0.0.1:8090 2500 20
//! ```
//!
//! Arguments: address, messages a second, seconds. Or, in a process of its own so
//! that it does not disturb the measuring one: address, `slow`, a number of sockets
//! that send a byte each second and never end, until the process is stopped.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

/// How many connections are kept open: more than messages are under way at once,
/// so that none waits for a connection.
const CONNECTIONS: usize = 256;

const TEXTS: &[&str] =
    &["I want to rent a bike", "what does it cost", "a tandem please", "when are you open", "thank you"];

struct Sent {
    delay: Duration,
    well: bool,
}

async fn connect(host: &str) -> std::io::Result<TcpStream> {
    let socket = TcpStream::connect(host).await?;
    socket.set_nodelay(true)?;
    Ok(socket)
}

/// Sends one message on an open connection and reads its answer.
async fn send(socket: &mut TcpStream, host: &str, number: u64) -> std::io::Result<bool> {
    let text = TEXTS[usize::try_from(number).unwrap_or(0) % TEXTS.len()];
    // Conversations of five messages.
    let body = format!("{{\"conversation\":\"{:032x}\",\"text\":\"{text}\"}}", number / 5 + 1);
    let request = format!(
        "POST /chat/bike-rental/live/web/messages HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    socket.write_all(request.as_bytes()).await?;
    let mut answer = Vec::with_capacity(4_096);
    loop {
        let read = socket.read_buf(&mut answer).await?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let Some(head) = answer.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&answer[..head]).to_ascii_lowercase();
        let length: usize = text
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .and_then(|length| length.parse().ok())
            .unwrap_or(0);
        if answer.len() >= head + 4 + length {
            return Ok(text.starts_with("http/1.1 200"));
        }
    }
}

async fn slow(host: String, wait: Duration) {
    tokio::time::sleep(wait).await;
    loop {
        let Ok(mut socket) = TcpStream::connect(&host).await else { return };
        let head = format!(
            "POST /chat/bike-rental/live/web/messages HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n"
        );
        if socket.write_all(head.as_bytes()).await.is_err() {
            continue;
        }
        while socket.write_all(b" ").await.is_ok() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [host, rate, seconds] = arguments.as_slice() else {
        return Err("arguments: ADDRESS MESSAGES_A_SECOND SECONDS, or ADDRESS slow SOCKETS".into());
    };
    if rate == "slow" {
        let sockets: u32 = seconds.parse()?;
        for number in 0..sockets {
            tokio::spawn(slow(host.clone(), Duration::from_secs(1) * number / sockets));
        }
        std::future::pending::<()>().await;
    }
    let (rate, seconds): (u64, u64) = (rate.parse()?, seconds.parse()?);

    let next = Arc::new(AtomicU64::new(0));
    let total = rate * seconds;
    let (results, mut answered) = mpsc::unbounded_channel();
    let mut sockets = Vec::new();
    for _ in 0..CONNECTIONS {
        sockets.push(connect(host).await?);
    }
    let begun = Instant::now() + Duration::from_millis(200);
    for socket in sockets {
        let (host, next, results) = (host.clone(), next.clone(), results.clone());
        tokio::spawn(async move {
            let mut socket = Some(socket);
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= total {
                    return;
                }
                let due = begun + Duration::from_secs_f64(number as f64 / rate as f64);
                tokio::time::sleep_until(due.into()).await;
                if socket.is_none() {
                    socket = connect(&host).await.ok();
                }
                let well = match &mut socket {
                    Some(open) => send(open, &host, number).await.inspect_err(|_| socket = None).unwrap_or(false),
                    None => false,
                };
                _ = results.send(Sent { delay: due.elapsed(), well });
            }
        });
    }
    drop(results);
    let mut delays = Vec::new();
    let mut failed = 0;
    while let Some(sent) = answered.recv().await {
        if sent.well {
            delays.push(sent.delay);
        } else {
            failed += 1;
        }
    }
    let took = begun.elapsed().as_secs_f64();
    delays.sort_unstable();
    let at = |share: f64| {
        let place = (delays.len() as f64 * share) as usize;
        delays.get(place.min(delays.len().saturating_sub(1))).map_or(0.0, |delay| delay.as_secs_f64() * 1_000.0)
    };
    println!(
        "{} answered, {failed} failed, {:.0} a second; p50 {:.2} ms, p99 {:.2} ms, longest {:.2} ms",
        delays.len(),
        delays.len() as f64 / took,
        at(0.50),
        at(0.99),
        at(1.0)
    );
    Ok(())
}
