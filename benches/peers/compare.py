"""Runs every classifier on the same files, one after another on one core, and prints one table a file.

`cargo xtask peers` installs what this needs and calls it; docs/peers.md says what the figures mean. The runners
(`*_runner.*`, ours is `crates/nlp/examples/peer.rs`) are separate processes, so that memory and CPU time are each one's own; what they predict is judged
here, alike for all.
"""

import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
FULL, FEW, JUDGED = "train", "train_10", "val"
# A training that took longer is not repeated.
LONGEST_REPEATED_SECONDS = 10
# What not every runner tells of its answers.
OPTIONAL = ("ranked_p50_us", "ranked_p99_us", "batch_per_second")


def runners(greenroom, vectors):
    """The command of each peer, ours first: ratios are to the first that ran."""
    ours = {"greenroom": [greenroom, vectors]} if vectors else {}
    return ours | {
        "greenroom, n-grams alone": [greenroom],
        "fastText": [sys.executable, HERE / "fasttext_runner.py"],
        "TF-IDF + LinearSVC": [sys.executable, HERE / "sklearn_runner.py", "svc"],
        "TF-IDF + LogisticRegression": [sys.executable, HERE / "sklearn_runner.py", "logistic"],
        "NLP.js": ["node", HERE / "nlpjs_runner.mjs"],
    }


def main():
    parser = argparse.ArgumentParser(prog="cargo xtask peers", description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", metavar="FILE.tsv", help="lines of split, intent and text, tab-separated")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured; medians are told (3)")
    parser.add_argument("--seconds", type=float, default=3, help="how long a round asks for answers (3)")
    parser.add_argument("--only", help="names of peers, with semicolons between them")
    parser.add_argument("--greenroom", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--vectors", help=argparse.SUPPRESS)
    parser.add_argument("--folder", required=True, type=pathlib.Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.vectors and not os.path.exists(arguments.vectors):
        print(f"there are no word vectors at {arguments.vectors}: n-grams alone are measured", file=sys.stderr)
        arguments.vectors = None
    commands = runners(arguments.greenroom, arguments.vectors)
    if arguments.only:
        names = arguments.only.split(";")
        if unknown := [name for name in names if name not in commands]:
            parser.error(f"there is no peer {unknown[0]!r}; there are {'; '.join(commands)}")
        commands = {name: commands[name] for name in names}
    # The runners inherit the core. The last one, as interrupts are mostly served by the first.
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    report = {"machine": machine(), "date": time.strftime("%Y-%m-%d"), "rounds": arguments.rounds, "files": {}}
    print(f"{report['machine']}, one core; medians of {arguments.rounds} rounds; {report['date']}")
    for file in arguments.files:
        results = compare(file, commands, arguments)
        report["files"][pathlib.Path(file).name] = results
        print(f"\n{pathlib.Path(file).name}\n\n{table(results)}", flush=True)
    path = arguments.folder / "results.json"
    path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(f"\nAll figures: {path}")


def compare(file, commands, arguments):
    """What each peer came to on one file."""
    splits = read_splits(file)
    for split in (FULL, JUDGED):
        if not splits.get(split):
            sys.exit(f"`{file}` has no line of the split `{split}`")
    regimes = [split for split in (FULL, FEW) if splits.get(split)]
    truth = [intent for intent, _ in splits[JUDGED]]
    measured = {name: {"idle": [], **{regime: {"train": [], "serve": []} for regime in regimes}} for name in commands}
    # Round by round, all peers in each: a slow minute of the machine falls on all alike.
    for round_number in range(arguments.rounds):
        for name, command in commands.items():
            of = measured[name]
            progress(f"{pathlib.Path(file).name}: {name}, round {round_number + 1}")
            of["idle"].append(run(command, "idle"))
            for regime in regimes:
                model = arguments.folder / f"{name.replace(' ', '-')}-{regime}.model"
                trained = of[regime]["train"]
                if not trained or trained[0]["cpu_seconds"] < LONGEST_REPEATED_SECONDS:
                    trained.append(run(command, "train", file, regime, model) | {"bytes": model.stat().st_size})
                # Answers to the few-shot model are timed too, shortly: the first regime is the one in the table.
                seconds = arguments.seconds if regime == FULL else 0
                if regime == FULL or round_number == 0:
                    of[regime]["serve"].append(run(command, "serve", model, file, JUDGED, seconds))
    progress("")
    return {name: summary(of, regimes, truth) for name, of in measured.items()}


def run(command, *arguments):
    """The JSON of a runner's last line."""
    words = [str(word) for word in [*command, *arguments]]
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=False)
    lines = done.stdout.strip().splitlines()
    if done.returncode != 0 or not lines:
        sys.exit(f"`{' '.join(words)}` ended with {done.returncode}")
    return json.loads(lines[-1])


def summary(of, regimes, truth):
    """Medians over the rounds, and the quality of what was predicted."""
    median = lambda runs, key: statistics.median(run[key] for run in runs)
    idle = median(of["idle"], "peak_bytes")
    result = {"idle_bytes": idle}
    for regime in regimes:
        train, serve = of[regime]["train"], of[regime]["serve"]
        result[regime] = {
            "accuracy": accuracy(truth, serve[0]["predictions"]),
            "macro_f1": macro_f1(truth, serve[0]["predictions"]),
            "train_cpu_seconds": median(train, "cpu_seconds"),
            "train_bytes": median(train, "peak_bytes"),
            "model_bytes": median(train, "bytes"),
            "shared_bytes": train[0].get("shared_bytes", 0),
            "p50_us": median(serve, "p50_us"),
            "p99_us": median(serve, "p99_us"),
            "serve_bytes": median(serve, "peak_bytes"),
            **{key: median(serve, key) for key in OPTIONAL if key in serve[0]},
            "p50_us_of_rounds": [run["p50_us"] for run in serve],
            "p99_us_of_rounds": [run["p99_us"] for run in serve],
            "train_cpu_seconds_of_rounds": [run["cpu_seconds"] for run in train],
        }
    return result


def accuracy(truth, predictions):
    assert len(truth) == len(predictions), "one answer for each text"
    return sum(expected == found for expected, found in zip(truth, predictions)) / len(truth)


def macro_f1(truth, predictions):
    """The mean of the intents' F1 scores, over the intents that the truth has."""
    scores = []
    for intent in sorted(set(truth)):
        hits = sum(expected == found == intent for expected, found in zip(truth, predictions))
        scores.append(2 * hits / (truth.count(intent) + predictions.count(intent)))
    return statistics.mean(scores)


def table(results):
    """Markdown: a row a peer, with ratios to the first."""
    ours = next(iter(results.values()))
    rows = [
        ["", "accuracy", "macro-F1", "ten-shot", "its macro-F1", "training, CPU s", "ten-shot, CPU s", "p50 µs", "p99 µs",
         "model MB", "training MB", "serving MB"],
        ["---"] + ["---:"] * 11,
    ]  # fmt: skip
    for name, result in results.items():
        share = lambda regime, key: f"{100 * result[regime][key]:.1f}" if regime in result else "–"

        def figure(regime, value, digits):
            if regime not in result:
                return "–"
            number, own = value(result), value(ours)
            ratio = number / own if own > 0 else 0
            ratio = f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.1f}" if ratio >= 1 else f"{ratio:.2f}"
            ratio = f" ({ratio}×)" if result is not ours and own > 0 else ""
            return f"{number:.{digits}f}{ratio}"

        megabytes = lambda key: lambda result: result[FULL][key] / 1e6
        above_idle = lambda key: lambda result: max(result[FULL][key] - result["idle_bytes"], 0) / 1e6
        seconds = lambda regime: lambda result: result[regime]["train_cpu_seconds"]
        rows.append([
            name,
            share(FULL, "accuracy"), share(FULL, "macro_f1"), share(FEW, "accuracy"), share(FEW, "macro_f1"),
            figure(FULL, seconds(FULL), 2), figure(FEW, seconds(FEW), 2),
            figure(FULL, lambda result: result[FULL]["p50_us"], 1), figure(FULL, lambda result: result[FULL]["p99_us"], 1),
            figure(FULL, megabytes("model_bytes"), 2),
            figure(FULL, above_idle("train_bytes"), 0), figure(FULL, above_idle("serve_bytes"), 1),
        ])  # fmt: skip
    notes = [
        f"\n{name} is timed for the best intent alone; all ranked: p50 {result[FULL]['ranked_p50_us']:.1f} µs, "
        f"p99 {result[FULL]['ranked_p99_us']:.1f} µs."
        for name, result in results.items()
        if "ranked_p50_us" in result[FULL]
    ]
    batches = [
        f"{name} {result[FULL]['batch_per_second']:,.0f}"
        for name, result in results.items()
        if "batch_per_second" in result[FULL]
    ]
    notes += ["\nMany texts in one call, texts a second: " + ", ".join(batches) + "."] if batches else []
    notes += [
        f"\nBeside its model {name} needs {result[FULL]['shared_bytes'] / 1e6:.1f} MB of word vectors, once for all bots."
        for name, result in results.items()
        if result[FULL]["shared_bytes"]
    ]
    return "\n".join(["| " + " | ".join(row) + " |" for row in rows] + notes)


def read_splits(file):
    """The (intent, text) pairs of each split."""
    splits = {}
    with open(file, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            cells = line.rstrip("\n").split("\t")
            if len(cells) != 3:
                sys.exit(f"`{file}`, line {number}: split, intent and text are three columns, here are {len(cells)}")
            splits.setdefault(cells[0], []).append((cells[1], cells[2]))
    return splits


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def progress(text):
    """On the terminal alone, over the line before."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
    elif text:
        print(text, file=sys.stderr, flush=True)


main()
