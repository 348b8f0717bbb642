"""One score from many signals, and how sure to be of the best: small models over signals, trained by dialogue.training."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dialogue.learned import learned
from dialogue.signals import COLUMNS, Signals

RRF = 60.0  # of reciprocal rank fusion (Cormack, Clarke and Büttcher 2009)


def fused(signals: Signals, mixed: bool) -> NDArray[np.float32]:
    """(n,) float32 scores; comparable between questions. mixed: passages of several languages compete.

    Weights come from questions over product attributes (dialogue/training/ranker.py) and are few on purpose.
    """
    weights = learned("ranker")["mixed" if mixed else "plain"]
    return signals.table @ weights[: len(COLUMNS)]


def most_promising(count: int, *scores: NDArray[np.float32]) -> NDArray[np.int64]:
    """(<= count,) rows by reciprocal rank fusion of several scores of the same passages; what scores 0 is not ranked."""
    total: dict[int, float] = {}
    for score in scores:
        deep = min(4 * count, len(score))
        first = np.argpartition(-score, deep - 1)[:deep]
        for rank, row in enumerate(first[np.argsort(-score[first], kind="stable")].tolist()):
            if score[row] > 0:
                total[row] = total.get(row, 0.0) + 1.0 / (RRF + 1.0 + rank)
    return np.array(sorted(total, key=lambda row: -total[row])[:count], np.int64)


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
