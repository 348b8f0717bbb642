"""Passages as vectors: exact search, what all sentences of a language share taken out, and a cache of what was embedded."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dialogue.late import TokenSpace, TokenStore
from dialogue.learned import learned
from dialogue.ports import Embedded, Embedder
from dialogue.wording import base_of

Progress = Callable[[float, str], None]
_STEP = 256  # passages embedded between two reports of progress
_PRIOR = 40.0  # passages' worth of trust in the means we measured beforehand, against those of the corpus itself


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """What is kept of one text: vector (d,) float32 of length 1, tokens (t, k) int8 (see dialogue.late)."""

    vector: NDArray[np.float32]
    tokens: NDArray[np.int8]


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

    def _mean(self, kind: str, language: str) -> NDArray[np.float32] | float:
        return self._stored.get(f"{kind}_{base_of(language)}", self._stored.get(f"{kind}_all", 0.0))


class PassageVectors:
    """Texts embedded once: kept in memory and, with a folder, on disk under the hash of the texts and the model."""

    def __init__(self, embedder: Embedder, folder: Path | None = None) -> None:
        self._embedder, self._folder = embedder, folder
        self.spaces = Spaces(embedder.name)
        self._known: dict[bytes, Kept] = {}

    def of(self, texts: Sequence[str], progress: Progress = lambda share, what: None) -> list[Kept]:
        """One Kept a text, in order; only texts not seen before are embedded (about 100 to 200 a second)."""
        keys = [hashlib.sha1(text.encode()).digest() for text in texts]
        if any(key not in self._known for key in keys):
            self._load(keys)
        missing = list({key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}.items())
        for at in range(0, len(missing), _STEP):
            progress(at / len(missing), f"reading passages: {at} of {len(missing)}")
            part = missing[at : at + _STEP]
            for (key, _), found in zip(part, self._embedder.embed([text for _, text in part], question=False), strict=True):
                self._known[key] = Kept(found.vector, TokenStore.packed(self.spaces.tokens, found))
        if missing and self._folder is not None:
            self._save(keys)
        self._known = {key: self._known[key] for key in keys}  # what has left the knowledge base leaves the memory
        return [self._known[key] for key in keys]

    def _path(self, keys: Sequence[bytes]) -> Path:
        assert self._folder is not None
        whole = hashlib.sha1(self._embedder.name.encode() + b"".join(sorted(set(keys))))
        return self._folder / f"{whole.hexdigest()}.npz"

    def _load(self, keys: Sequence[bytes]) -> None:
        if self._folder is None or not self._path(keys).is_file():
            return
        try:
            with np.load(self._path(keys), allow_pickle=False) as stored:
                ends = np.cumsum(stored["lengths"])
                names, vectors, tokens = stored["keys"], stored["vectors"].astype(np.float32), stored["tokens"]
        except (OSError, ValueError, KeyError):
            return  # a torn file is embedded anew
        for row, (name, end) in enumerate(zip(names, ends, strict=True)):
            start = ends[row - 1] if row else 0
            self._known[name.tobytes()] = Kept(vectors[row], tokens[start:end])

    def _save(self, keys: Sequence[bytes]) -> None:
        assert self._folder is not None
        unique = list(dict.fromkeys(keys))
        kept = [self._known[key] for key in unique]
        try:
            handle, name = tempfile.mkstemp(dir=self._folder, suffix=".part")
            with os.fdopen(handle, "wb") as file:
                np.savez(file, keys=np.frombuffer(b"".join(unique), np.uint8).reshape(-1, 20),
                         vectors=np.stack([k.vector for k in kept]).astype(np.float16),
                         lengths=np.array([len(k.tokens) for k in kept], np.int64),
                         tokens=np.concatenate([k.tokens for k in kept]))
            os.replace(name, self._path(keys))
        except OSError:
            pass  # a full disk costs a few seconds at the next start, nothing else


class DenseIndex:
    """Exact search over vectors; means of languages for questions across them. Immutable."""

    def __init__(self, kept: Sequence[Kept], languages: Sequence[str], spaces: Spaces) -> None:
        """languages: BCP 47, one a passage."""
        self._spaces, self.measured = spaces, spaces.measured
        self._vectors = np.stack([k.vector for k in kept]) if kept else np.zeros((0, 1), np.float32)
        self.tokens = TokenStore(spaces.tokens, [k.tokens for k in kept])
        self._language_means([base_of(language) for language in languages])

    def likeness(self, question: Embedded) -> NDArray[np.float32]:
        """(n,) float32 inner products, about 0.7 to 0.95: right within one language."""
        return self._vectors @ question.vector

    def across(self, question: Embedded, language: str, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """(len(rows),) float32, -1 to 1: with the mean of each side's language taken out, so that languages compete fairly."""
        asked = _unit(question.vector - self._spaces.question_mean(language))
        shared = (self._means @ asked)[self._code[rows]]
        return np.asarray((self._vectors[rows] @ asked - shared) / self._norms[rows], np.float32)

    def _language_means(self, bases: Sequence[str]) -> None:
        names, self._code = np.unique(np.array(bases, dtype=object).astype(str), return_inverse=True)
        self._means = np.zeros((len(names), self._vectors.shape[1]), np.float32)
        self._norms = np.ones(len(bases), np.float32)
        for code, base in enumerate(names.tolist()):
            rows = np.flatnonzero(self._code == code)
            total = self._vectors[rows].sum(axis=0) + _PRIOR * self._spaces.passage_mean(base)
            self._means[code] = total / (len(rows) + _PRIOR)
            self._norms[rows] = np.maximum(np.linalg.norm(self._vectors[rows] - self._means[code], axis=1), 1e-6)


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
