//! Greenroom in the comparison with other classifiers: the commands and their lines of JSON are
//! those of `benches/peers/measure.py`. A pack of word vectors may be named before the command.

#![expect(clippy::disallowed_methods, reason = "a program that measures; the library has no files and no clock")]

use std::env;
use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use greenroom_nlp::{Example, Model, Scratch, TrainParams, Vectors, train};
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Map, Value, json};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let mut arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let pack = arguments.first().is_some_and(|first| first.ends_with(".safetensors")).then(|| arguments.remove(0));
    let mut told = match arguments[..] {
        ["idle"] => Map::new(),
        ["train", file, split, model] => train_on(pack, &read_split(file, split)?, model)?,
        ["serve", model, file, split, seconds] => {
            serve(pack, model, &read_split(file, split)?, Duration::from_secs_f64(seconds.parse()?))?
        }
        _ => {
            return Err(
                "usage: [VECTORS.safetensors] idle | train FILE SPLIT MODEL | serve MODEL FILE SPLIT SECONDS".into()
            );
        }
    };
    told.insert("peak_bytes".to_owned(), peak_bytes()?.into());
    println!("{}", Value::Object(told));
    Ok(())
}

/// A labelled text of the file.
struct Row {
    intent: String,
    text: String,
}

fn read_split(file: &str, split: &str) -> Result<Vec<Row>> {
    let content = fs::read_to_string(file)?;
    let rows = content.lines().filter_map(|line| {
        let mut cells = line.splitn(3, '\t');
        let row = (cells.next()? == split).then_some(());
        let (intent, text) = (cells.next()?, cells.next()?);
        row.map(|()| Row { intent: intent.to_owned(), text: text.to_owned() })
    });
    Ok(rows.collect())
}

fn read_vectors(pack: Option<&str>) -> Result<Option<Vectors>> {
    let read = |path| Ok(Vectors::from_bytes(&fs::read(path)?)?);
    pack.map(read).transpose()
}

fn train_on(pack: Option<&str>, rows: &[Row], path: &str) -> Result<Map<String, Value>> {
    let vectors = read_vectors(pack)?;
    let start = cpu_seconds();
    let examples: Vec<Example<'_>> = rows.iter().map(|row| Example { text: &row.text, label: &row.intent }).collect();
    let model =
        train(&examples, &TrainParams::default().check()?, vectors.as_ref(), &mut |_| ControlFlow::Continue(()))?;
    let seconds = cpu_seconds() - start;
    fs::write(path, model.to_bytes()?)?;
    let shared = pack.map_or(Ok(0), |pack| fs::metadata(pack).map(|metadata| metadata.len()))?;
    Ok(Map::from_iter([("cpu_seconds".to_owned(), json!(seconds)), ("shared_bytes".to_owned(), json!(shared))]))
}

fn serve(pack: Option<&str>, path: &str, rows: &[Row], time: Duration) -> Result<Map<String, Value>> {
    let vectors = read_vectors(pack)?;
    let model = Model::from_bytes(&fs::read(path)?, vectors.as_slice())?;
    let mut scratch = Scratch::default();
    let predictions: Vec<String> =
        rows.iter().map(|row| best(&model, &mut scratch, &row.text).unwrap_or_default().to_owned()).collect();
    let mut took: Vec<u64> = Vec::new();
    let end = Instant::now() + time;
    while took.is_empty() || Instant::now() < end {
        for row in rows {
            let start = Instant::now();
            black_box(best(&model, &mut scratch, black_box(&row.text)));
            took.push(start.elapsed().as_nanos() as u64);
        }
    }
    took.sort_unstable();
    let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
    let start = Instant::now();
    let mut calls = 0;
    while calls == 0 || start.elapsed() < time {
        black_box(model.classify_batch(black_box(&texts), 1, &mut scratch));
        calls += 1;
    }
    let batch_per_second = (calls * texts.len()) as f64 / start.elapsed().as_secs_f64();
    let percentile = |share: f64| {
        let place = ((took.len() as f64 * share) as usize).min(took.len().saturating_sub(1));
        took.get(place).map(|nanoseconds| *nanoseconds as f64 / 1_000.0)
    };
    let told = json!({
        "predictions": predictions, "p50_us": percentile(0.50), "p99_us": percentile(0.99), "answers": took.len(),
        "batch_per_second": batch_per_second,
    });
    match told {
        Value::Object(told) => Ok(told),
        _ => Err("no object".into()),
    }
}

/// The best label of a text, after all are ranked.
fn best<'a>(model: &'a Model, scratch: &'a mut Scratch, text: &str) -> Option<&'a str> {
    model.classify(text, scratch).ranking().next().map(|best| best.label)
}

/// CPU time of this process and its threads so far.
fn cpu_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// The most memory that this process ever had resident: Linux's `VmHWM`.
fn peak_bytes() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("the system tells no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
}
