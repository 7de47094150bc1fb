"""fastText, supervised: word 2-grams and character 3- to 6-grams."""

import os
import re
import tempfile
import time

import fasttext

import measure

# Fewer examples need more sweeps. Each regime has the rate and the sweeps that did best on `val` of those tried.
FEW = 5_000
SETTINGS_FEW = {"lr": 1.0, "epoch": 100}
SETTINGS_MANY = {"lr": 0.5, "epoch": 50}
SETTINGS = {"wordNgrams": 2, "minn": 3, "maxn": 6, "dim": 100, "bucket": 200_000, "thread": 1, "verbose": 0}

PREFIX = "__label__"
WORDS = re.compile(r"\w+|[^\w\s]")


def normalised(text):
    """Lower case, punctuation apart: what fastText's manual tells one to do with texts."""
    return " ".join(WORDS.findall(text.lower()))


def train(examples, model):
    few = len(examples) < FEW
    start = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "examples.txt")
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(f"{PREFIX}{intent} {normalised(text)}\n" for intent, text in examples)
        fitted = fasttext.train_supervised(path, **SETTINGS, **(SETTINGS_FEW if few else SETTINGS_MANY))
    cpu_seconds = time.process_time() - start
    fitted.save_model(model)
    return cpu_seconds


def load(model):
    fitted = fasttext.load_model(model)
    count = len(fitted.get_labels())
    # The binding's own method makes arrays of this one's list of pairs, which takes longer than the answer itself.
    predict = fitted.f.predict

    def best_of(ranks):
        return lambda text: predict(normalised(text) + "\n", ranks, 0.0, "strict")[0][1].removeprefix(PREFIX)

    def batch(texts):
        return fitted.f.multilinePredict([normalised(text) + "\n" for text in texts], 1, 0.0, "strict")

    # Most of the time of a full ranking goes into a list for Python. So the best intent alone is what counts here.
    return {"best": best_of(1), "ranking": best_of(count), "batch": batch}


measure.run(train, load)
