"""One score from many signals, and how sure to be of the best: small models over signals, trained by dialogue.training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dialogue.learned import learned
from dialogue.signals import COLUMNS, Signals

FEW = 12  # passages of a language whose scores tell what the language itself is worth
HANDFUL = 24  # sentences, of one product say, that are all of one subject: how they differ from each other says less
# What passages in the question's own language are ahead by where too few of each tell it: chosen on shop rules that are each
# told in one of three languages (.754 -> .763 of half the drawings, .864 -> .870 of the other, worst language .61 -> .65) and
# handfuls of LibreOffice's help (.588 -> .592, .520 -> .524).
HOME = 0.04
_SENTENCE = COLUMNS.index("sentence")
RRF = 60.0  # of reciprocal rank fusion (Cormack, Clarke and Büttcher 2009)


def fused(signals: Signals, mixed: bool, table: Mapping[str, NDArray[np.float32]] | None = None) -> NDArray[np.float32]:
    """(n,) float32 scores; comparable between questions. mixed: passages of several languages compete; table: weights,
    None for ours.

    Weights are few on purpose: those of attributes are fitted to questions about products, those of sentences are chosen
    (dialogue/training/heads.py).
    """
    weights = (table or learned("ranker"))[manner(signals, mixed)]
    scores = np.asarray(signals.table @ weights[: len(COLUMNS)], np.float32)
    if not mixed or attributes(signals):
        return scores
    # What a language gives its own is told by whole passages: with the likest sentences, which are extremes, .02 less is found.
    whole = scores - weights[_SENTENCE] * signals.table[:, _SENTENCE]
    return scores - _advantage(whole, signals)


def attributes(signals: Signals) -> bool:
    """Whether most of what may answer states an attribute, and is no sentence."""
    return 2 * int(signals.structured.sum()) > len(signals.structured)


def paragraphs(signals: Signals) -> bool:
    """Whether most of what may answer has several sentences."""
    return 2 * int((signals.column("sentence") != signals.column("across")).sum()) > len(signals.structured)


def manner(signals: Signals, mixed: bool) -> str:
    """The name of the weights for such candidates."""
    if attributes(signals):
        return "mixed" if mixed else "plain"
    if mixed:
        return "mixed_paragraphs" if paragraphs(signals) else "mixed_text"
    if len(signals.structured) <= HANDFUL:
        return "few_text"
    return "paragraphs" if paragraphs(signals) else "plain_text"


def _advantage(scores: NDArray[np.float32], signals: Signals) -> NDArray[np.float32]:
    """(n,) what a passage gains from its language alone: how far the FEW best of it stand above the FEW best of all languages;
    HOME where only one language has so many.

    One right passage moves the mean of its language's best by a fraction; noise in the question's own language moves all.
    """
    _, code, counts = np.unique(signals.tongues, return_inverse=True, return_counts=True)
    many = np.flatnonzero(counts >= FEW)
    if len(many) < 2:
        by_words = not signals.column("across").any()  # which are of the question's own language anyway
        return np.where(signals.foreign | by_words, 0.0, HOME).astype(np.float32)
    level = {int(c): float(np.sort(scores[code == c])[-FEW:].mean()) for c in many}
    middle = float(np.mean(list(level.values())))
    return np.array([level.get(int(c), middle) - middle for c in code], np.float32)


def most_promising(count: int, *scores: NDArray[np.float32]) -> NDArray[np.int64]:
    """(<= count,) rows by reciprocal rank fusion of several scores of the same passages; what scores 0 is not ranked."""
    found, gains = [], []
    for score in scores:
        deep = min(4 * count, len(score))
        first = np.argpartition(-score, deep - 1)[:deep]
        first = first[np.argsort(-score[first], kind="stable")]
        there = score[first] > 0
        found.append(first[there])
        gains.append(1.0 / (RRF + 1.0 + np.flatnonzero(there)))
    rows, at, which = np.unique(np.concatenate(found), return_index=True, return_inverse=True)
    total = np.bincount(which, np.concatenate(gains), minlength=len(rows))
    return np.asarray(rows[np.lexsort((at, -total))[:count]], np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Trees:
    """Boosted trees of equal depth as arrays. feature, threshold: (trees, 2^depth - 1); leaf: (trees, 2^depth)."""

    feature: NDArray[np.int64]
    threshold: NDArray[np.float32]
    leaf: NDArray[np.float32]
    start: float

    def log_odds(self, values: NDArray[np.float32]) -> float:
        """Of one row of features."""
        node = np.zeros(len(self.feature), np.int64)
        each = np.arange(len(self.feature))
        inner = self.feature.shape[1]
        for _ in range(int(np.log2(inner + 1))):
            right = values[self.feature[each, node]] > self.threshold[each, node]
            node = 2 * node + 1 + right
        return self.start + float(self.leaf[each, node - inner].sum())


def trees(name: str) -> Trees:
    """The trees stored under dialogue/learned/<name>.npz."""
    stored = learned(name)
    return Trees(stored["feature"].astype(np.int64), stored["threshold"], stored["leaf"], float(stored["start"]))


def probability(log_odds: float) -> float:
    """0..1."""
    return float(1.0 / (1.0 + np.exp(-np.clip(log_odds, -30.0, 30.0))))
