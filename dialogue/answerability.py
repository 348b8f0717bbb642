"""Whether the best passage answers the question at all, 0..1. A small trained head over signals, then hard checks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dialogue.entries import Entry
from dialogue.fusion import attributes, manner, probability, trees
from dialogue.learned import learned
from dialogue.signals import COLUMNS, Signals, shared_numbers

GAP = 0.5  # what standing out counts, of what fitting counts
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


def outstanding(scores: NDArray[np.float32]) -> float:
    """How good the best sentence is, and how much better than the nine behind it: says as much as any head that we trained
    on sentences (area on questions about products .77, of trees over all features .69 where none of them was learnt from)."""
    best = np.sort(scores)[::-1]
    return float(best[0] + GAP * (best[0] - best[1:10].mean())) if len(best) > 1 else float(best[0])


def confidence(question: str, entry: Entry, signals: Signals, scores: NDArray[np.float32], measured: bool) -> float:
    """How sure, 0..1. Hard checks outvote the head: a question for a number is not answered without one.

    measured: the signals of meaning come from the embedder that the head was trained with; else the share of the question's
    words in the passage says how sure, which is careful rather than right.
    """
    values = features(question, entry, signals, scores)
    if not measured:
        sure = float(values[COLUMNS.index("covered")])
    elif attributes(signals):
        sure = probability(trees("answerable").log_odds(values))
    else:
        slope, start = learned("answerable")[manner(signals, bool(signals.foreign.any()))].tolist()
        sure = probability(slope * outstanding(scores) + start)
    if values[COLUMNS.index("slots")] < 0:
        sure *= 0.5
    return sure
