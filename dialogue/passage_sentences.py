"""A passage's sentences, by which it is searched beside the whole: one vector blurs what one sentence of many says. Pure."""

from __future__ import annotations

import itertools
import re

import numpy as np
from numpy.typing import NDArray

from dialogue.vector_store import VectorStore

LEAST, MOST = 16, 240  # signs of a sentence, ideographs twice: shorter ones join the next, longer ones are cut at blanks
SENTENCES = 64  # of one passage that are looked at
IN_MEMORY = 4096  # sentences of all passages that are kept in memory, 6 MB; of more those of the promising ones are read
_END = re.compile(r"(?<=[.!?…])[\"'»”’)\]]*\s+(?=[^a-zà-ÿа-я])|(?<=[。！？｡])[」』”’）]*|(?<=[।؟۔॥])\s*|\n+")
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7a3]")


def sentences_of(text: str) -> list[str]:
    """The sentences of a passage in order; none of a passage that is one sentence."""
    found: list[str] = []
    for piece in itertools.chain.from_iterable(_cut(one) for one in _END.split(text) if one.strip()):
        if found and _width(found[-1]) < LEAST:
            found[-1] = f"{found[-1]} {piece.strip()}"
        else:
            found.append(piece.strip())
    if len(found) > 1 and _width(found[-1]) < LEAST:
        found[-2:] = [f"{found[-2]} {found[-1]}"]
    return found[:SENTENCES] if len(found) > 1 else []


def _width(text: str) -> int:
    return len(text) + len(_DENSE.findall(text))


def _cut(sentence: str) -> list[str]:
    """A very long sentence (Thai has no full stops) in pieces that end at blanks."""
    if _width(sentence) <= MOST:
        return [sentence]
    pieces = [""]
    for word in sentence.split():
        if _width(pieces[-1]) > MOST // 2:
            pieces.append(word)
        else:
            pieces[-1] = f"{pieces[-1]} {word}".strip()
    return pieces


class SentenceVectors:
    """The vectors of all passages' sentences. Immutable."""

    def __init__(self, store: VectorStore, rows: NDArray[np.int64], counts: NDArray[np.int64]) -> None:
        """rows: of the store, all sentences in the passages' order; counts: (n,) how many of them each passage has."""
        self._store, self._rows = store, rows
        self._ends = np.cumsum(counts, dtype=np.int64)
        self._counts = counts
        self._held = store.vectors(rows) if 0 < len(rows) <= IN_MEMORY else None

    def best(self, asked: NDArray[np.float32], means: NDArray[np.float32], whole: NDArray[np.float32],
             passages: NDArray[np.int64]) -> NDArray[np.float32]:
        """(len(passages),) float32, -1 to 1: how like a question a passage's likest sentence is; `whole` where it has none.

        asked: (d,) the question, of length 1, its language's mean taken out; means: (len(passages), d) of the passages'
        languages; whole: (len(passages),) likeness of the whole passages.
        """
        counts = self._counts[passages]
        several = np.flatnonzero(counts)
        if not len(several):
            return whole
        flat = np.concatenate([np.arange(self._ends[p] - self._counts[p], self._ends[p]) for p in passages[several]])
        vectors = self._held[flat] if self._held is not None else self._store.vectors(self._rows[flat])
        centred = vectors - np.repeat(means[several], counts[several], axis=0)
        like = (centred @ asked) / np.maximum(np.linalg.norm(centred, axis=1), 1e-6)
        best = whole.copy()
        best[several] = np.maximum.reduceat(like, np.cumsum(counts[several]) - counts[several])
        return best
