//! `kill -9` at random moments of trainings, publishes and rollbacks on SQLite: what was
//! acknowledged is there, what was not is there or not, and what was asked for again
//! under its key happened once.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use greenroom::store::Store;
use greenroom::store_sqlite::SqliteStore;

use crate::cases::cases;
use crate::chance::Chance;
use crate::child::{MARK, SEED, STORE, UNHEARD};
use crate::promises;
use crate::shop::{create, open, shop};

/// How many kills one store takes: checking it costs what it holds.
const KILLS_OF_A_STORE: usize = 50;

/// How many lines a process may say before it is killed a moment later.
const LINES: usize = 4;

/// What the processes said, and what the last of them began and did not end.
#[derive(Default)]
struct Heard {
    published: Vec<(u64, String)>,
    /// Where live was put last, as far as was heard.
    live: Option<u64>,
    /// `KEY PLAN` of a publish whose end was not heard.
    unheard: Option<String>,
    rolling: Option<u64>,
}

impl Heard {
    fn hear(&mut self, line: &str) {
        match line.split(' ').collect::<Vec<_>>()[..] {
            ["begun"] => {}
            ["publishing", key, plan] => self.unheard = Some(format!("{key} {plan}")),
            ["published", number, version] => {
                let number = number.parse().unwrap();
                self.published.push((number, version.to_owned()));
                (self.live, self.unheard) = (Some(number), None);
            }
            ["refused"] => self.unheard = None,
            ["rolling", number] => self.rolling = Some(number.parse().unwrap()),
            ["rolled", number] => (self.live, self.rolling) = (Some(number.parse().unwrap()), None),
            _ => panic!("the child says `{line}`"),
        }
    }
}

struct Process {
    child: Child,
    lines: Receiver<String>,
}

impl Process {
    fn start(store: &Path, seed: usize, unheard: Option<&str>) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["child::acts_until_it_is_killed", "--exact", "--nocapture"]);
        command.env(STORE, store).env(SEED, seed.to_string()).stdout(Stdio::piped());
        if let Some(unheard) = unheard {
            command.env(UNHEARD, unheard);
        }
        let mut child = command.spawn().unwrap();
        let (sender, lines) = channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in output.split(b'\n').map_while(Result::ok) {
                // The last line of a killed process may be cut off, and then nobody has heard it.
                let line = String::from_utf8(line).unwrap_or_default();
                if let Some(said) = line.strip_prefix(MARK) {
                    let _ = sender.send(said.to_owned());
                }
            }
        });
        Self { child, lines }
    }

    /// Hears some lines of it, waits for a part of the time that a line takes, kills it, and
    /// hears what it said until then.
    fn hear_and_kill(mut self, chance: &mut Chance, heard: &mut Heard, pace: &mut Duration) {
        // Some die while they open the store, most while they act.
        let lines = if chance.below(10) > 0 { 1 + chance.below(LINES) } else { 0 };
        let begun = Instant::now();
        for number in 0..lines {
            let line = self.lines.recv_timeout(Duration::from_secs(60));
            heard.hear(&line.unwrap_or_else(|_| panic!("the child ended by itself: {:?}", self.child.try_wait())));
            if number > 0 {
                *pace = (*pace * 15 + begun.elapsed() / (number as u32 + 1)) / 16;
            }
        }
        std::thread::sleep(pace.mul_f64(chance.below(1_500) as f64 / 1_000.0));
        assert_eq!(self.child.try_wait().unwrap(), None, "the child ended by itself");
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        for line in self.lines.iter() {
            heard.hear(&line);
        }
    }
}

#[test]
fn kills_at_random_moments_break_no_promise() {
    let kills = cases(500);
    let executor = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut chance = Chance(11);
    let mut pace = Duration::from_millis(10);
    let (mut published, mut amid, mut stores) = (0, 0, 0);
    for number in 0..kills {
        if number % KILLS_OF_A_STORE > 0 {
            continue;
        }
        stores += 1;
        let path = folder.path().join(format!("{number}.db"));
        executor.block_on(async {
            let store = Arc::new(SqliteStore::open(&path).await.unwrap());
            create(store.clone()).await;
            Arc::into_inner(store).unwrap().close().await;
        });
        let mut heard = Heard::default();
        for _ in number..kills.min(number + KILLS_OF_A_STORE) {
            let process = Process::start(&path, chance.below(usize::MAX), heard.unheard.as_deref());
            process.hear_and_kill(&mut chance, &mut heard, &mut pace);
            amid += usize::from(heard.unheard.is_some() || heard.rolling.is_some());
            executor.block_on(check(&path, &mut heard));
        }
        published += heard.published.len();
        std::fs::remove_file(&path).unwrap();
    }
    println!(
        "{kills} kills on {stores} stores, {amid} amid a publish or a rollback, {published} publishes heard of; a line took {pace:.1?}"
    );
}

/// All that was heard is there, and live is where it was put last, or where the act put it
/// whose end was not heard.
async fn check(path: &Path, heard: &mut Heard) {
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(path).await.unwrap());
    let running = promises::hold(&store).await.map(|running| running.number);
    let bot = open(store).bot(&shop()).await.unwrap();
    for (number, version) in &heard.published {
        let (digest, _) = bot.version(*number).await.unwrap();
        assert_eq!(digest.to_string(), *version, "version {number} is another one than was acknowledged");
    }
    let versions = bot.versions().await.unwrap();
    let unheard_of = |number: u64| {
        let plan = versions.iter().find(|entry| entry.version.number == number).and_then(|entry| entry.version.plan);
        let unheard = heard.unheard.as_deref().and_then(|unheard| unheard.split(' ').nth(1));
        plan.is_some_and(|plan| Some(plan.to_string().as_str()) == unheard)
    };
    if running != heard.live {
        let number = running.unwrap();
        assert!(
            heard.rolling == Some(number) || unheard_of(number),
            "live is version {number}, which nobody asked for"
        );
    }
    (heard.live, heard.rolling) = (running, None);
    // Of a publish that did not happen and is not asked for any more nothing is left but its plan.
    assert!(versions.len() <= heard.published.len() + usize::from(heard.unheard.is_some()));
}
