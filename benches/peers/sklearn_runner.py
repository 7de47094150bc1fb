"""scikit-learn: TF-IDF of word 1- and 2-grams and of character 2- to 5-grams in word bounds, under a linear classifier.

The first argument names the classifier: `svc` (LinearSVC) or `logistic` (LogisticRegression).
"""

import sys
import time

import joblib
import numpy
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union
from sklearn.svm import LinearSVC

import measure

CLASSIFIERS = {"svc": lambda: LinearSVC(C=1.0), "logistic": lambda: LogisticRegression(C=30.0, max_iter=1_000)}


def train(examples, model):
    intents, texts = zip(*examples)
    start = time.process_time()
    features = make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, dtype=numpy.float32),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, dtype=numpy.float32),
    )
    pipeline = make_pipeline(features, CLASSIFIERS[classifier]()).fit(texts, intents)
    cpu_seconds = time.process_time() - start
    joblib.dump(pipeline, model)
    return cpu_seconds


def load(model):
    pipeline = joblib.load(model)
    features, linear = pipeline[0], pipeline[-1]
    # Laid out for a row of texts times the matrix: else each answer copies all weights, ten times as slow.
    linear.coef_ = numpy.asfortranarray(linear.coef_)
    scores = linear.predict_proba if hasattr(linear, "predict_proba") else linear.decision_function

    def answer(text):
        ranked = numpy.argsort(-scores(features.transform([text]))[0])
        return linear.classes_[ranked[0]]

    return {"ranking": answer, "batch": pipeline.predict}


classifier = sys.argv.pop(1)
measure.run(train, load)
