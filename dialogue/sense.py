"""What kind of claim a sentence makes, by its meaning: finds what no rule's words foresee, in fourteen languages.

Sixteen small nets over the search model's words and vector, averaged, trained on the labelled sentences of assets/policies
(dialogue/training/claims.py). One vector blurs what two words of twenty claim: the words are looked at, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from dialogue.dense import Spaces
from dialogue.learned import learned
from dialogue.ports import Embedded, Embedder

NONE = "none"  # the kind of a sentence that claims nothing
ANY_LANGUAGE = "und"  # of a passage whose language nobody says
KEPT = 4000  # sentences whose kinds are remembered: a script's lines are judged again and again
_SIGNS = ("words", "looks", "whole")  # of the nets; every other name in their file is a family


class ClaimSense:
    """Kinds of claims by meaning; knows nothing with an embedder that we do not know. Safe to share."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder, self._spaces = embedder, Spaces(embedder.name)
        self._kept: dict[tuple[str, str], dict[str, float]] = {}

    def kinds(self, sentence: str, language: str) -> Mapping[str, float]:
        """Family of claims (of assets/policies/claims), or NONE -> how likely the sentence is one, 0..1 together."""
        found = self._kept.get((sentence, language))
        return self._judged([(sentence, language)])[0] if found is None else found

    def read_ahead(self, asked: Iterable[tuple[str, str]]) -> None:
        """Remember the kinds of many (sentence, language), at most KEPT: together they take half the time."""
        self._judged([pair for pair in dict.fromkeys(asked) if pair not in self._kept][:KEPT])

    def _judged(self, asked: Sequence[tuple[str, str]]) -> list[dict[str, float]]:
        if not self._spaces.measured:
            return [{} for _ in asked]
        texts = self._embedder.embed([sentence for sentence, _ in asked], question=True)
        found = [self._read(text, language) for text, (_, language) in zip(texts, asked, strict=True)]
        if len(self._kept) + len(asked) > KEPT:
            self._kept.clear()
        self._kept.update(zip(asked, found, strict=True))
        return found

    def _read(self, found: Embedded, language: str) -> dict[str, float]:
        centred = found.vector - self._spaces.question_mean(language)
        families, nets = _nets()
        return dict(zip(families, nets.shares(found.tokens, centred / max(float(np.linalg.norm(centred)), 1e-9)).tolist(),
                        strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class Nets:
    """words: (w, members * units) and words_at (members * units,); looks: (members, looks, units); whole: (members, k, d + 1);
    out: (members, families, signs + 1). The last column of whole and out is constant."""

    words: NDArray[np.float32]
    words_at: NDArray[np.float32]
    looks: NDArray[np.float32]
    whole: NDArray[np.float32]
    out: NDArray[np.float32]

    def shares(self, states: NDArray[np.float32], vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """(families,) 0..1, together 1, of all nets, from words' states (t, w) and the sentence's vector (d,): signs of each
        word, weighted means and the strongest of each, signs of the whole."""
        members = len(self.looks)
        signs = np.maximum(states @ self.words + self.words_at, 0.0).reshape(len(states), members, -1).swapaxes(0, 1)
        weights = signs @ self.looks.swapaxes(1, 2)  # (members, t, looks)
        weights = np.exp(weights - weights.max(axis=1, keepdims=True))
        seen = (weights / weights.sum(axis=1, keepdims=True)).swapaxes(1, 2) @ signs  # (members, looks, units)
        told = np.maximum(self.whole[:, :, :-1] @ vector + self.whole[:, :, -1], 0.0)
        read = np.concatenate([seen.reshape(members, -1), signs.max(axis=1), told], axis=1)
        scores = (self.out[:, :, :-1] @ read[:, :, None])[:, :, 0] + self.out[:, :, -1]
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray((shares / shares.sum(axis=1, keepdims=True)).mean(axis=0), np.float32)


@cache
def _nets() -> tuple[tuple[str, ...], Nets]:
    """(families, nets), side by side: one product of matrices takes less time than sixteen."""
    head = learned.__wrapped__("claims")  # 8 MB that are not kept twice
    families = tuple(name for name in head if name not in _SIGNS)
    words = np.concatenate(list(head["words"]))  # (members * units, w + 1)
    return families, Nets(np.ascontiguousarray(words[:, :-1].T, np.float32), words[:, -1].astype(np.float32),
                          head["looks"].astype(np.float32), head["whole"].astype(np.float32),
                          np.stack([head[name] for name in families], axis=1).astype(np.float32))


def installed_sense() -> ClaimSense | None:
    """With the built-in search model, where `nightwindow prepare` has fetched it; else None."""
    from dialogue.adapters.e5 import installed

    embedder = installed()
    return ClaimSense(embedder) if embedder is not None else None
