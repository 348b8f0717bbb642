"""Whether the best passage answers the question at all, 0..1. A small trained head over signals, then hard checks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dialogue.entries import Entry
from dialogue.fusion import attributes, manner, probability, trees
from dialogue.learned import learned
from dialogue.signals import COLUMNS, Signals, shared_numbers

NEXT = 9  # passages behind the best that it is compared with
LACKS = 0.06  # what a missing number or time takes off
# What of a sentence's signals says that the answer is there at all, and what standing out counts, of what fitting counts. What
# a language's sentences share says nothing of it, so "across" counts also within one language. Chosen by hand: many sentences
# on questions about KStars' handbook whose answer was taken out (English, Spanish) and on Debian's FAQ (six languages), where
# these are a wide optimum; a handful on hetPQA.
THERE = {"plain_text": ({"across": 1.0, "late": 0.45, "words": 0.2, "covered": 0.1}, 1.0),
         "few_text": ({"meaning": 1.0, "late": 0.3, "words": 0.15, "covered": 0.05, "slots": 0.02}, 0.5),
         "mixed_text": ({"across": 1.0, "late": 0.8, "covered": 0.1}, 1.0),
         "paragraphs": ({"across": 1.0, "late": 0.45, "words": 0.2, "covered": 0.1, "sentence": 1.0}, 1.0),
         "mixed_paragraphs": ({"across": 1.0, "late": 0.8, "covered": 0.1, "sentence": 0.8}, 1.0)}
_LINES = {"paragraphs": "plain_text", "mixed_paragraphs": "mixed_text"}  # no set that we may train on has paragraphs
CERTAIN_ENOUGH = 0.5  # of `confidence`, from which an answer is given (see docs/ANSWERS.md for precision at others)
CERTAIN_AMONG_LANGUAGES = 0.55  # of sentences in several languages: at 0.5 more than 5 % of what nothing answers is answered
JUDGED = COLUMNS[: COLUMNS.index("sentence")]  # of attributes, which are no sentences
# Columns of `features`, after those.
EXTRA = ("score", "margin", "spread", "choices", "agreed", "numbers", "structured", "foreign", "length", "short_of_known",
         "above_known")


def features(question: str, entry: Entry, signals: Signals, scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """(len(JUDGED) + len(EXTRA),) float32: the best passage's signals and how it stands out from the others."""
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
        # An attribute that another product states and this one does not: its name is liker than what was found.
        float(signals.column("name")[best]) - signals.names[0],
        float(signals.column("name")[best]) - signals.names[1],
    )
    return np.concatenate([signals.table[best, : len(JUDGED)], np.array(extra, np.float32)])


def outstanding(signals: Signals, mixed: bool) -> float:
    """How well the best sentence fits, and how much better than the NEXT behind it. Of heads trained on sentences none said
    more on a set that it had not learnt from."""
    weights, gap = THERE[manner(signals, mixed)]
    scores = sum(weight * signals.column(name) for name, weight in weights.items()) / sum(weights.values())
    best = np.sort(np.asarray(scores))[::-1]
    top = float(best[0])
    return top + gap * (top - float(best[1 : 1 + NEXT].mean())) if len(best) > 1 else top


def confidence(question: str, entry: Entry, signals: Signals, scores: NDArray[np.float32], measured: bool) -> float:
    """How sure, 0..1. Of attributes hard checks outvote the head: a question for a number is not answered without one. Of
    sentences a missing number counts a little here, and `lacks` says that it is missing.

    measured: the signals of meaning come from the embedder that the head was trained with; else the share of the question's
    words in the passage says how sure, which is careful rather than right.
    """
    values = features(question, entry, signals, scores)
    if not measured:
        sure = float(values[COLUMNS.index("covered")])
    elif attributes(signals):
        sure = probability(trees("answerable").log_odds(values))
    else:
        mixed = bool(signals.foreign.any())
        kind = manner(signals, mixed)
        slope, start = learned("answerable")[_LINES.get(kind, kind)].tolist()
        missing = LACKS if lacks(signals, scores) else 0.0
        return probability(slope * (outstanding(signals, mixed) - missing) + start)
    return 0.5 * sure if lacks(signals, scores) else sure


def enough(signals: Signals) -> float:
    """The confidence from which an answer is given."""
    among_languages = bool(signals.foreign.any()) and not attributes(signals)
    return CERTAIN_AMONG_LANGUAGES if among_languages else CERTAIN_ENOUGH


def lacks(signals: Signals, scores: NDArray[np.float32]) -> bool:
    """Whether a number or a time is asked for that the best passage does not hold."""
    return bool(signals.column("slots")[int(np.argmax(scores))] < 0)
