"""Whether the best passage answers the question at all, 0..1. A small trained head over signals, then hard checks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dialogue.entries import Entry
from dialogue.fusion import probability, trees
from dialogue.signals import COLUMNS, Signals, shared_numbers

CERTAIN_ENOUGH = 0.5  # of `confidence`, from which an answer is given (see docs/ANSWERS.md for precision at others)
# Columns of `features`, after those of dialogue.signals.
EXTRA = ("score", "margin", "spread", "choices", "agreed", "numbers", "structured", "foreign", "length")


def features(question: str, entry: Entry, signals: Signals, scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """(len(COLUMNS) + len(EXTRA),) float32: the best passage's signals and how it stands out from the others."""
    best = int(np.argmax(scores))
    others = np.delete(scores, best)
    top = float(scores[best])
    agreed = sum(int(np.argmax(signals.column(name))) == best for name in ("meaning", "late", "words")) / 3.0
    extra = (
        top,
        top - float(others.max()) if len(others) else 1.0,
        (top - float(others.mean())) / (float(others.std()) + 1e-3) if len(others) > 1 else 1.0,
        float(np.log1p(len(scores))),
        agreed,
        shared_numbers(question, entry.text),
        float(signals.structured[best]),
        float(signals.foreign[best]),
        float(np.log1p(len(question))),
    )
    return np.concatenate([signals.table[best], np.array(extra, np.float32)])


def confidence(question: str, entry: Entry, signals: Signals, scores: NDArray[np.float32], measured: bool) -> float:
    """How sure, 0..1. Hard checks outvote the head: a question for a number is not answered without one.

    measured: the signals of meaning come from the embedder that the head was trained with; else the share of the question's
    words in the passage says how sure, which is careful rather than right.
    """
    values = features(question, entry, signals, scores)
    sure = probability(trees("answerable").log_odds(values)) if measured else float(values[COLUMNS.index("covered")])
    if values[COLUMNS.index("slots")] < 0:
        sure *= 0.5
    return sure
