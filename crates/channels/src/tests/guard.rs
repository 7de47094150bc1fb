//! What flows may call: 200 and more forged targets, a name server that changes
//! its mind, a redirect inside. Whatever gets out is counted, and nothing may.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use greenroom_flow::HttpRequest;
use greenroom_runtime::{HandlerError, HttpClient};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::flow_requests::FlowRequests;
use crate::guarded_names::Names;
use crate::outgoing_policy::OutgoingPolicy;

/// Names and their addresses; a name with several answers gives the next each time it is asked.
#[derive(Default)]
struct Zone {
    answers: Mutex<HashMap<String, Vec<Vec<IpAddr>>>>,
    asked: AtomicUsize,
}

impl Zone {
    fn of(names: &[(&str, &[&[&str]])]) -> Arc<Self> {
        let parse = |answer: &&[&str]| answer.iter().map(|address| address.parse().unwrap()).collect();
        let answers = names.iter().map(|(name, answers)| ((*name).to_owned(), answers.iter().map(parse).collect()));
        Arc::new(Self { answers: Mutex::new(answers.collect()), asked: AtomicUsize::new(0) })
    }
}

#[async_trait::async_trait]
impl Names for Zone {
    async fn look_up(&self, name: &str) -> std::io::Result<Vec<IpAddr>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut answers = self.answers.lock().unwrap();
        let Some(answers) = answers.get_mut(name) else { return Err(std::io::Error::other("no such name")) };
        Ok(if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() })
    }
}

/// A service that nobody but this machine should reach; it counts who does, and answers with this head.
async fn service(address: &str, head: &'static str) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind(address).await.unwrap();
    let (port, reached) = (listener.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
    let count = reached.clone();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            count.fetch_add(1, Ordering::SeqCst);
            let mut buffer = [0; 4_096];
            let _ = stream.read(&mut buffer).await;
            let _ = stream.write_all(format!("HTTP/1.1 {head}\r\ncontent-length: 2\r\n\r\nok").as_bytes()).await;
        }
    });
    (port, reached)
}

fn request(url: &str) -> HttpRequest {
    let json = serde_json::json!({ "number": 1, "method": "get", "url": url, "timeout_ms": 2_000, "retries": 0 });
    serde_json::from_value(json).unwrap()
}

/// Every spelling of an IPv4 address that some program reads.
fn spellings(address: [u8; 4]) -> Vec<String> {
    let [a, b, c, d] = address;
    let number = u32::from_be_bytes(address);
    let low = number & 0xff_ffff;
    let wide = |text: &str| text.chars().map(|digit| char::from_u32(digit as u32 + 0xfee0).unwrap_or(digit)).collect();
    let dotted = format!("{a}.{b}.{c}.{d}");
    let fullwidth: Vec<String> = dotted.split('.').map(wide).collect();
    let encoded: String = dotted.bytes().map(|byte| format!("%{byte:02X}")).collect();
    vec![
        dotted.clone(),
        format!("{dotted}."),
        number.to_string(),
        format!("{number:#x}"),
        format!("0{number:o}"),
        format!("0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}"),
        format!("0{a:o}.0{b:o}.0{c:o}.0{d:o}"),
        format!("00000{a:o}.{b}.{c}.{d}"),
        format!("{a}.{low}"),
        format!("{a}.{b}.{}", (u32::from(c) << 8) | u32::from(d)),
        format!("0x{a:X}.{low}"),
        fullwidth.join("."),
        format!("{a}。{b}。{c}。{d}"),
        encoded,
        format!("[::ffff:{dotted}]"),
        format!("[::ffff:{:x}:{:x}]", number >> 16, number & 0xffff),
        format!("[0:0:0:0:0:ffff:{dotted}]"),
        format!("[::{dotted}]"),
        format!("[64:ff9b::{dotted}]"),
        format!("[2002:{:x}:{:x}::1]", number >> 16, number & 0xffff),
        format!("[2001:0:{:x}:{:x}::1]", number >> 16, number & 0xffff),
        format!("public.example@{dotted}"),
        format!("public.example:443@{dotted}"),
        format!("public.example%00@{dotted}"),
        format!("{dotted}\\@public.example"),
        format!("{a}.{b}.\t{c}.{d}"),
    ]
}

fn forged() -> Vec<String> {
    let inside = [
        [127, 0, 0, 1],
        [10, 0, 0, 1],
        [172, 16, 0, 1],
        [192, 168, 1, 1],
        [169, 254, 169, 254],
        [100, 64, 0, 1],
        [0, 0, 0, 0],
        [224, 0, 0, 1],
        [255, 255, 255, 255],
        [192, 0, 2, 1],
    ];
    let mut targets: Vec<String> =
        inside.into_iter().flat_map(spellings).map(|host| format!("https://{host}/latest/meta-data/")).collect();
    let hosts = [
        "[::1]",
        "[::]",
        "[fe80::1]",
        "[fc00::1]",
        "[fd00:ec2::254]",
        "[ff02::1]",
        "[fec0::1]",
        "[2001:db8::1]",
        "[3fff::1]",
        "[100::1]",
        "[5f00::1]",
        "[64:ff9b:1::1]",
        "inside.example",
        "both.example",
        "localhost",
        "LOCALHOST",
        "metadata.google.internal",
        "mapped.example",
        "nat64.example",
        "inside.example.",
    ];
    targets.extend(hosts.map(|host| format!("https://{host}/")));
    targets.extend(
        [
            "file:///etc/passwd",
            "gopher://127.0.0.1:6379/_x",
            "ftp://127.0.0.1/",
            "dict://127.0.0.1:11211/",
            "ldap://127.0.0.1/",
            "data:text/plain,x",
            "javascript:x",
            "ws://127.0.0.1/",
            "unix:/var/run/docker.sock",
            "http://public.example/",
            "https:127.0.0.1",
            "https:/127.0.0.1",
            "https:///127.0.0.1",
            "//127.0.0.1/",
            "127.0.0.1",
            "",
            "https://",
            "https://public.example:22/",
            "https://public.example:6379/",
            "https://public.example:0/",
            "https://public.example:99999/",
            "https://user:pass@public.example/",
            "https://@public.example/",
            "https://public.example\r\nHost: inside/",
            "http://127.0.0.1:80/",
        ]
        .map(str::to_owned),
    );
    targets
}

#[tokio::test]
async fn of_200_forged_targets_none_gets_out() {
    let zone = Zone::of(&[
        ("inside.example", &[&["10.0.0.1"]]),
        ("both.example", &[&["8.8.8.8", "127.0.0.1"]]),
        ("localhost", &[&["127.0.0.1", "::1"]]),
        ("metadata.google.internal", &[&["169.254.169.254"]]),
        ("mapped.example", &[&["::ffff:127.0.0.1"]]),
        ("nat64.example", &[&["64:ff9b::a00:1"]]),
        ("public.example", &[&["127.0.0.1"]]),
    ]);
    let targets = forged();
    assert!(targets.len() >= 200, "{} targets", targets.len());
    let requests = FlowRequests::with_names(OutgoingPolicy::public(), zone).unwrap();
    for target in &targets {
        let outcome = requests.send(&request(target), 1_000).await;
        assert!(matches!(outcome, Err(HandlerError::Refused(_))), "{target}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_service_of_this_machine_is_not_reached_by_any_spelling_whatever_the_port() {
    let (port, reached) = service("127.0.0.1:0", "200 OK").await;
    let zone = Zone::of(&[("localhost", &[&["127.0.0.1"]]), ("public.example", &[&["127.0.0.1"]])]);
    let requests = FlowRequests::with_names(OutgoingPolicy::public().with_any_port(), zone).unwrap();
    for host in spellings([127, 0, 0, 1]).into_iter().chain(["localhost".into(), "public.example".into()]) {
        for scheme in ["https", "http", "HTTP"] {
            let target = format!("{scheme}://{host}:{port}/");
            assert!(requests.send(&request(&target), 1_000).await.is_err(), "{target}");
        }
    }
    assert_eq!(reached.load(Ordering::SeqCst), 0);
}

/// Where private networks are allowed, `http` may reach this machine and nothing
/// else: 127.0.0.1 stands here for what may be called, and 10.0.0.1 for what may not.
#[tokio::test]
async fn a_name_that_changes_between_check_and_call_is_called_where_it_was_checked() {
    let (port, reached) = service("127.0.0.1:0", "200 OK\r\nconnection: close").await;
    let zone = Zone::of(&[("rebinding.example", &[&["127.0.0.1"], &["10.0.0.1"]])]);
    let requests =
        FlowRequests::with_names(OutgoingPolicy::public().with_private_networks(true), zone.clone()).unwrap();
    let target = format!("http://rebinding.example:{port}/");
    assert_eq!(requests.send(&request(&target), 1_000).await.unwrap().status, 200);
    assert_eq!((zone.asked.load(Ordering::SeqCst), reached.load(Ordering::SeqCst)), (1, 1), "one look, one call");
    for _ in 0..10 {
        let outcome = requests.send(&request(&target), 1_000).await;
        assert!(matches!(outcome, Err(HandlerError::Refused(_))), "{outcome:?}");
    }
    assert_eq!(reached.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_nobody_follows_it() {
    let (inside, reached) = service("127.0.0.1:0", "200 OK").await;
    let head = format!("302 Found\r\nlocation: http://127.0.0.1:{inside}/secret");
    let (port, _) = service("127.0.0.1:0", Box::leak(head.into_boxed_str())).await;
    let policy = OutgoingPolicy::public().with_host(format!("127.0.0.1:{port}").parse().unwrap());
    let requests = FlowRequests::new(policy).unwrap();
    let answer = requests.send(&request(&format!("http://127.0.0.1:{port}/")), 1_000).await.unwrap();
    assert_eq!((answer.status, reached.load(Ordering::SeqCst)), (302, 0));
}

#[tokio::test]
async fn a_named_host_is_reached_on_its_port_and_on_no_other() {
    let (port, reached) = service("127.0.0.1:0", "200 OK").await;
    let (other, not_reached) = service("127.0.0.1:0", "200 OK").await;
    let zone = Zone::of(&[("actions.internal", &[&["127.0.0.1"]])]);
    let policy = OutgoingPolicy::public().with_host(format!("actions.internal:{port}").parse().unwrap());
    let requests = FlowRequests::with_names(policy, zone).unwrap();
    let answer = requests.send(&request(&format!("http://actions.internal:{port}/")), 1_000).await.unwrap();
    assert_eq!((answer.status, answer.body.as_str()), (200, Some("ok")));
    for target in [format!("http://actions.internal:{other}/"), format!("https://actions.internal:{other}/")] {
        assert!(requests.send(&request(&target), 1_000).await.is_err());
    }
    assert_eq!((reached.load(Ordering::SeqCst), not_reached.load(Ordering::SeqCst)), (1, 0));
}

#[tokio::test]
async fn an_answer_of_50_megabytes_is_cut_off() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let sent = Arc::new(AtomicUsize::new(0));
    let count = sent.clone();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 4_096]).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 52428800\r\n\r\n").await;
        while stream.write_all(&[b'x'; 65_536]).await.is_ok() {
            count.fetch_add(65_536, Ordering::SeqCst);
        }
    });
    let policy = OutgoingPolicy::public().with_host(format!("127.0.0.1:{port}").parse().unwrap());
    let requests = FlowRequests::new(policy).unwrap();
    let outcome = requests.send(&request(&format!("http://127.0.0.1:{port}/")), 1 << 20).await;
    assert!(matches!(&outcome, Err(HandlerError::Refused(reason)) if reason.contains("1048576")), "{outcome:?}");
    assert!(sent.load(Ordering::SeqCst) < 40 << 20, "it read on");
}

#[tokio::test]
async fn headers_of_the_connection_are_not_the_flows_to_write() {
    let requests = FlowRequests::new(OutgoingPolicy::public()).unwrap();
    for name in ["Host", "content-length", "Transfer-Encoding", "Connection", "a b", "x\r\ny"] {
        let request = HttpRequest { headers: [(name.into(), "x".into())].into(), ..request("https://8.8.8.8/") };
        let outcome = requests.send(&request, 1_000).await;
        assert!(matches!(outcome, Err(HandlerError::Refused(_))), "{name}: {outcome:?}");
    }
}
