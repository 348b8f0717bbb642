"""Late interaction: each word of a question looks for its like among a passage's words (Khattab and Zaharia 2020).

No training: the words are the encoder's own, less what all words share. It finds what one vector for a sentence blurs,
and what BM25 misses because it is written otherwise, or in another language.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dialogue.ports import Embedded
from dialogue.vector_store import VectorStore

MAX_TOKENS = 320  # of a passage that are kept


@dataclass(frozen=True, slots=True, eq=False)
class TokenSpace:
    """mean: (w,) what all tokens share; axes: (w, k) directions that are kept; None, None: as they come."""

    mean: NDArray[np.float32] | None
    axes: NDArray[np.float32] | None

    def project(self, tokens: NDArray[np.float32]) -> NDArray[np.float32]:
        """(t, k) float32 of length 1."""
        flat = (tokens - self.mean) @ self.axes if self.mean is not None and self.axes is not None else tokens
        return flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6)


class TokenStore:
    """The words of all passages, a byte a number."""

    def __init__(self, space: TokenSpace, store: VectorStore, rows: NDArray[np.int64]) -> None:
        """rows: of the store, one a passage."""
        self._space, self._store, self._rows = space, store, rows

    @staticmethod
    def packed(space: TokenSpace, passage: Embedded) -> NDArray[np.int8]:
        """(t, k) int8, 127 is 1."""
        return np.round(space.project(passage.tokens[:MAX_TOKENS]) * 127).astype(np.int8)

    def scores(self, question: Embedded, candidates: NDArray[np.int64], floor: float,
               shared: NDArray[np.float32] | float = 0.0) -> NDArray[np.float32]:
        """(n,) float32: the mean, by rarity, of each word's best likeness in the passage; `floor` or less counts 0.

        shared: (k,) of what the words of the question's language have in common, taken out of them.
        """
        words = self._space.project(question.tokens) - shared
        words = words / np.maximum(np.linalg.norm(words, axis=1, keepdims=True), 1e-6)
        weights = token_weights(question)
        held = [self._store.words(int(self._rows[candidate])) for candidate in candidates]
        result, some = np.zeros(len(held), np.float32), np.array([len(one) > 0 for one in held], bool)
        if some.any():  # one product of all candidates' words takes a third of the time of one each
            words_of = [one for one in held if len(one)]
            starts = np.cumsum([0, *(len(one) for one in words_of[:-1])])
            likeness = words @ np.concatenate(words_of).astype(np.float32).T
            best = np.maximum.reduceat(likeness, starts, axis=1) / 127.0
            result[some] = weights @ np.clip((best - floor) / (1.0 - floor), 0.0, None)
        return result


def token_weights(question: Embedded) -> NDArray[np.float32]:
    """(t,) that sum to 1: rare pieces weigh more, the commonest nothing."""
    weights = np.clip(question.rarity - 4.0, 0.3, 8.0).astype(np.float32)
    return weights / weights.sum()
