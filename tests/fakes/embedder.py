"""An embedder without a model: words that are written alike are near."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dialogue.ports import Embedded


class FakeEmbedder:
    """Each word is the sum of its triples' pseudo-random directions. calls: texts embedded so far."""

    name, dimension = "fake", 96

    def __init__(self) -> None:
        self.calls: list[str] = []

    def embed(self, texts: Sequence[str], *, question: bool) -> list[Embedded]:
        self.calls += texts
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> Embedded:
        words = re.findall(r"\w+", text.casefold()) or ["?"]
        tokens = np.stack([np.sum([_direction(f"^{w}$"[i : i + 3]) for i in range(len(w))], axis=0) for w in words])
        total = tokens.sum(axis=0)
        rarity = np.array([5.0 + min(len(w), 8) for w in words], np.float32)
        return Embedded((total / np.linalg.norm(total)).astype(np.float32), tokens.astype(np.float32), rarity)


def _direction(piece: str) -> NDArray[np.float64]:
    seed = int.from_bytes(hashlib.sha1(piece.encode()).digest()[:4], "big")
    return np.random.default_rng(seed).normal(size=96)
