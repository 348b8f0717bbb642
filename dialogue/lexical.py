"""BM25 over any texts, with how much of a question each of them explains. Milliseconds to build, under one to ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import bm25s
import numpy as np
from numpy.typing import NDArray

# Lucene's k1; a lower b than Lucene's 0.75, since passages are one or two sentences and length says little.
K1, B = 1.2, 0.5
_ABSENT = "∅"  # bm25s wants one term a text


class LexicalIndex:
    """An index over lists of terms. Immutable."""

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        """documents: the terms of each text (dialogue.analyser.terms)."""
        self.size = len(documents)
        self._index = bm25s.BM25(k1=K1, b=B)
        if documents:
            self._index.index([list(terms) or [_ABSENT] for terms in documents], show_progress=False)
        counts: Counter[str] = Counter()
        numbers: dict[str, int] = {}
        lengths, held = [], []  # one flat list of numbers: a set of strings a text would be twenty times as large
        for terms in documents:
            different = set(terms)
            counts.update(different)
            lengths.append(len(different))
            held.append(np.array([numbers.setdefault(term, len(numbers)) for term in different], np.int32))
        self._ends = np.cumsum(lengths, dtype=np.int64)
        self._held = np.concatenate(held) if held else np.zeros(0, np.int32)
        self._counts, self._numbers = counts, numbers
        self._rarest = float(np.log(1 + (self.size + 0.5) / 0.5))

    def idf(self, term: str) -> float:
        """BM25's weight of a term; one that no text holds weighs as the rarest."""
        count = self._counts.get(term, 0)
        return float(np.log(1 + (self.size - count + 0.5) / (count + 0.5))) if count else self._rarest

    def scores(self, terms: Sequence[str]) -> NDArray[np.float32]:
        """(size,) float32 >= 0."""
        known = [term for term in terms if term in self._counts]
        if not known:
            return np.zeros(self.size, np.float32)
        return np.asarray(self._index.get_scores(known), np.float32)

    def covered(self, terms: Sequence[str], rows: NDArray[np.int64]) -> list[float]:
        """For each text of `rows` the share of the terms' weight that it holds, 0..1."""
        weights = [self.idf(term) for term in terms]
        numbers, total = [self._numbers.get(term, -1) for term in terms], sum(weights)
        out = []
        for row in rows:
            start = int(self._ends[row - 1]) if row else 0
            held = set(self._held[start : int(self._ends[row])].tolist())
            out.append(sum(w for n, w in zip(numbers, weights, strict=True) if n in held) / total if total else 0.0)
        return out

    def ideal(self, terms: Sequence[str]) -> float:
        """About the score of a text that holds every term once: what a score is divided by to compare questions."""
        return sum(self.idf(term) for term in terms) or 1.0
