"""Passages as vectors: search, what all sentences of a language share taken out, and a cache of what was embedded."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dialogue.late import TokenSpace, TokenStore
from dialogue.learned import learned
from dialogue.passage_sentences import SentenceVectors
from dialogue.ports import Embedded, Embedder
from dialogue.vector_store import Kept, VectorStore
from dialogue.wording import base_of

Progress = Callable[[float, str], None]
_STEP = 256  # passages embedded between two reports of progress
_BLOCK = 4096  # passages whose vectors are unpacked at a time
WHOLE = 4096  # passages up to which all are compared in full: 6 MB, a quarter of a millisecond
AXES = 96  # directions of the first look at more: of 128 that it finds first, 48 hold what a full look finds first
# Of what a language's words share, taken out of a question's words where languages compete: from .5 to 1, English sentences of
# KStars' handbook (.570 -> .596) and of LibreOffice's help (.445 -> .450 to .459) are found oftener for Chinese questions;
# Spanish and German lose at 1 what they keep at .5.
WORDS_SHARED = 0.7
_PRIOR = 40.0  # passages' worth of trust in the means we measured beforehand, against those of the corpus itself


class Spaces:
    """What we measured of an embedder beforehand: means of languages, directions of words; nothing of one we don't know."""

    def __init__(self, embedder_name: str) -> None:
        self.measured = known = embedder_name.startswith("multilingual-e5-small")
        self._stored = learned("spaces") if known else {}
        self.tokens = TokenSpace(self._stored["token_mean"], self._stored["token_axes"]) if known else TokenSpace(None, None)

    def question_mean(self, language: str) -> NDArray[np.float32] | float:
        """(d,) what questions of a language have in common; of all languages for one that we have not measured; 0.0 unknown."""
        return self._mean("question", language)

    def passage_mean(self, language: str) -> NDArray[np.float32] | float:
        """(d,) what passages of a language have in common; 0.0 unknown."""
        return self._mean("passage", language)

    def words_mean(self, language: str) -> NDArray[np.float32] | float:
        """(k,) WORDS_SHARED of what the words of a language's questions have in common; 0.0 unknown."""
        return WORDS_SHARED * self._mean("asked", language)

    def _mean(self, kind: str, language: str) -> NDArray[np.float32] | float:
        return self._stored.get(f"{kind}_{base_of(language)}", self._stored.get(f"{kind}_all", 0.0))


class PassageVectors:
    """Texts embedded once: kept in memory or, with a folder, on disk under the hash of the texts and the model, and mapped."""

    def __init__(self, embedder: Embedder, folder: Path | None = None) -> None:
        self._embedder, self._folder = embedder, folder
        self.spaces = Spaces(embedder.name)
        self._store = VectorStore.of({})

    def of(self, texts: Sequence[str], progress: Progress = lambda share, what: None,
           sentences: Sequence[str] = ()) -> tuple[VectorStore, NDArray[np.int64]]:
        """A store and the row of each text, then of each sentence in it; only what was not seen before is embedded (about
        100 to 200 a second). sentences: texts of which the words are not kept."""
        keys = [hashlib.sha1(text.encode()).digest() for text in texts]
        brief = [hashlib.sha1(b"sentence\0" + text.encode()).digest() for text in sentences]
        texts, keys, only_vector = (*texts, *sentences), [*keys, *brief], set(brief)
        if any(key not in self._store for key in keys) and self._folder is not None:
            self._store = VectorStore.load(self._folder, keys, self._embedder.name) or self._store
        missing = list({key: text for key, text in zip(keys, texts, strict=True) if key not in self._store}.items())
        if missing or len(self._store) != len(set(keys)):  # what has left the knowledge base leaves the memory
            fresh: dict[bytes, Kept] = {}
            for at in range(0, len(missing), _STEP):
                progress(at / len(missing), f"reading passages: {at} of {len(missing)}")
                part = missing[at : at + _STEP]
                found = self._embedder.embed([text for _, text in part], question=False)
                for (key, _), one in zip(part, found, strict=True):
                    words = TokenStore.packed(self.spaces.tokens, one)
                    fresh[key] = Kept(one.vector.astype(np.float16), words[:0] if key in only_vector else words)
            old = self._store
            self._store = VectorStore.of({key: fresh[key] if key in fresh else old.kept(key) for key in dict.fromkeys(keys)})
            if missing and self._folder is not None:
                self._store.save(self._folder, self._embedder.name)
                self._store = VectorStore.load(self._folder, keys, self._embedder.name) or self._store
        return self._store, self._store.rows(keys)


class DenseIndex:
    """Search over vectors; means of languages for questions across them. Immutable.

    Up to WHOLE texts every one is compared in full. Of more, all are compared along AXES directions first, and what is
    promising then in full: `rough` finds, `likeness` and `across` judge.
    """

    def __init__(self, store: VectorStore, rows: NDArray[np.int64], languages: Sequence[str], spaces: Spaces,
                 sentences: SentenceVectors) -> None:
        """rows: of the store, one a passage; languages: BCP 47, one a passage; sentences: of the same passages."""
        self.spaces, self.measured, self._store, self._rows = spaces, spaces.measured, store, rows
        self.tokens = TokenStore(spaces.tokens, store, rows)
        self._sentences = sentences
        self._language_means([base_of(language) for language in languages])
        self._whole = store.vectors(rows) if len(rows) <= WHOLE else None
        self._axes = np.zeros((store.dimension, 0), np.float32)
        self._short = np.zeros((0, 0), np.float32)
        if self._whole is None:
            self._shorten()

    def _shorten(self) -> None:
        """Every passage along the directions in which passages differ most."""
        sample = self._store.vectors(self._rows[:: max(1, len(self._rows) // WHOLE)])
        spread = sample - sample.mean(axis=0)
        _, vectors = np.linalg.eigh(spread.T @ spread)
        self._axes = np.ascontiguousarray(vectors[:, ::-1][:, :AXES])
        self._short = np.empty((len(self._rows), self._axes.shape[1]), np.float32)
        for at in range(0, len(self._rows), _BLOCK):
            block = self._rows[at : at + _BLOCK]
            self._short[at : at + _BLOCK] = self._store.vectors(block) @ self._axes

    def rough(self, question: Embedded, language: str, across: bool) -> NDArray[np.float32]:
        """(n,) float32 that order passages about as `likeness` (or `across`) does."""
        every = np.arange(len(self._rows))
        if self._whole is not None:
            return self.across(question, language, every) if across else self.likeness(question, every)
        if not across:
            return np.asarray(self._short @ (self._axes.T @ question.vector), np.float32)
        asked = _unit(question.vector - self.spaces.question_mean(language))
        # A language's mean lies outside the axes as much as within: it is taken out in full.
        inside = self._short @ (self._axes.T @ asked)
        return np.asarray((inside - (self._means @ self._axes @ (self._axes.T @ asked))[self._code]) / self._norms, np.float32)

    def likeness(self, question: Embedded, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """(len(rows),) float32 inner products, about 0.7 to 0.95: right within one language."""
        return np.asarray(self._full(rows) @ question.vector, np.float32)

    def across(self, question: Embedded, language: str, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """(len(rows),) float32, -1 to 1: with the mean of each side's language taken out, so that languages compete fairly."""
        asked = _unit(question.vector - self.spaces.question_mean(language))
        shared = (self._means @ asked)[self._code[rows]]
        return np.asarray((self._full(rows) @ asked - shared) / self._norms[rows], np.float32)

    def by_sentence(self, question: Embedded, language: str, rows: NDArray[np.int64],
                    whole: NDArray[np.float32]) -> NDArray[np.float32]:
        """(len(rows),) float32: as `across` of each passage's likest sentence; `whole` (its `across`) where it is only one."""
        asked = _unit(question.vector - self.spaces.question_mean(language))
        return self._sentences.best(asked, self._means[self._code[rows]], whole, rows)

    def _full(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        if self._whole is not None:
            return self._whole if len(rows) == len(self._rows) else self._whole[rows]
        return self._store.vectors(self._rows[rows])

    def _language_means(self, bases: Sequence[str]) -> None:
        names, self._code = np.unique(np.array(bases, dtype=object).astype(str), return_inverse=True)
        self._means = np.zeros((len(names), self._store.dimension), np.float32)
        self._norms = np.ones(len(bases), np.float32)
        for code, base in enumerate(names.tolist()):
            held = np.flatnonzero(self._code == code)
            total = _PRIOR * self.spaces.passage_mean(base) + sum(
                self._block(held[at : at + _BLOCK]).sum(axis=0) for at in range(0, len(held), _BLOCK))
            self._means[code] = total / (len(held) + _PRIOR)
            for at in range(0, len(held), _BLOCK):
                part = held[at : at + _BLOCK]
                self._norms[part] = np.maximum(np.linalg.norm(self._block(part) - self._means[code], axis=1), 1e-6)

    def _block(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        return self._store.vectors(self._rows[rows])


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
