"""What the runners in Python share: reading texts, timing answers, the peak of memory, the command line.

A runner is a program with three commands. Each prints one line of JSON, the last of its output:

    idle                            {"peak_bytes"}: what the libraries take before there is anything to do
    train FILE SPLIT MODEL          {"cpu_seconds", "peak_bytes"}: fits on a split, writes the model
    serve MODEL FILE SPLIT SECONDS  {"predictions", "p50_us", "p99_us", "answers", "peak_bytes"}: answers one text at
                                    a time, each with all intents ranked; where that was not what was timed, it is
                                    told as "ranked_p50_us" and "ranked_p99_us"; and where it takes many texts in
                                    one call, "batch_per_second": texts, for the best intent of each

Reading and writing files is not part of `cpu_seconds`; turning texts into features is.
"""

import json
import sys
import time


def read_split(file, split):
    """The (intent, text) pairs of a split, in the file's order."""
    with open(file, encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines]
    return [(intent, text) for row_split, intent, text in rows if row_split == split]


def peak_bytes():
    """The most memory that this process ever had resident.

    Linux's VmHWM: `ru_maxrss` of a child also holds what its parent had when it was forked.
    """
    with open("/proc/self/status", encoding="ascii") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


def time_answers(answer, texts, seconds):
    """Answers each text once to warm up, then all of them again and again until the time is over, once at least."""
    predictions = [answer(text) for text in texts]
    took = []
    end = time.perf_counter() + seconds
    while not took or time.perf_counter() < end:
        for text in texts:
            start = time.perf_counter_ns()
            answer(text)
            took.append(time.perf_counter_ns() - start)
    took.sort()
    percentile = lambda share: took[min(int(len(took) * share), len(took) - 1)] / 1000
    return {"predictions": predictions, "p50_us": percentile(0.50), "p99_us": percentile(0.99), "answers": len(took)}


def time_batches(answer_all, texts, seconds):
    """Texts a second, in calls with all of them, until the time is over; twice at least, the first to warm up."""
    answer_all(texts)
    calls = 0
    start = time.perf_counter()
    while not calls or time.perf_counter() < start + seconds:
        answer_all(texts)
        calls += 1
    return {"batch_per_second": calls * len(texts) / (time.perf_counter() - start)}


def run(train, load):
    """The command line of a runner.

    `train(examples, model_path)` fits, writes and returns CPU seconds. `load(model_path)` returns functions by name:
    `ranking` ranks all intents for a text and returns the best; `best`, if there is one, looks for the best alone, and
    `batch` for that of each of a list of texts.
    """
    match sys.argv[1:]:
        case ["idle"]:
            result = {}
        case ["train", file, split, model]:
            result = {"cpu_seconds": train(read_split(file, split), model)}
        case ["serve", model, file, split, seconds]:
            texts = [text for _, text in read_split(file, split)]
            answers = load(model)
            result = time_answers(answers["ranking"], texts, float(seconds))
            if "best" in answers:
                ranked = {f"ranked_{key}": result[key] for key in ("p50_us", "p99_us")}
                result = time_answers(answers["best"], texts, float(seconds)) | ranked
            if "batch" in answers:
                result |= time_batches(answers["batch"], texts, float(seconds))
        case _:
            sys.exit("usage: idle | train FILE SPLIT MODEL | serve MODEL FILE SPLIT SECONDS")
    print(json.dumps(result | {"peak_bytes": peak_bytes()}))
