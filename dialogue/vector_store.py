"""What was embedded of many texts: one matrix, one list of words' vectors, left on disk where there is a folder.

A question reads the few rows that it needs; of 20,000 passages a hundred megabytes stay outside the process.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_PARTS = ("vectors", "ends", "tokens", "keys")  # in the order in which they are written: keys last, they say it is whole


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """What is kept of one text: vector (d,) float16 of length 1, tokens (t, k) int8 (see dialogue.late)."""

    vector: NDArray[np.float16]
    tokens: NDArray[np.int8]


class Rows:
    """Rows of an array that lies in memory or in a .npy file; the file may be deleted meanwhile."""

    def __init__(self, array: NDArray[Any], path: Path | None = None) -> None:
        """array: the rows, or (with path) the file mapped, of which only place and shape are kept. Raises OSError."""
        self.shape, self.dtype = array.shape, array.dtype
        self._array = array if path is None else None
        self._file = path.open("rb") if path is not None else None
        self._start = int(getattr(array, "offset", 0))
        self._row_bytes = int(np.prod(array.shape[1:], dtype=np.int64)) * array.dtype.itemsize

    def __len__(self) -> int:
        return int(self.shape[0])

    def span(self, start: int, stop: int) -> NDArray[Any]:
        """The rows from start up to stop."""
        if self._array is not None:
            return self._array[start:stop]
        assert self._file is not None
        data = os.pread(self._file.fileno(), (stop - start) * self._row_bytes, self._start + start * self._row_bytes)
        return np.frombuffer(data, self.dtype).reshape(-1, *self.shape[1:])

    def take(self, rows: NDArray[np.int64]) -> NDArray[Any]:
        """Any rows."""
        if self._array is not None or not len(rows):
            return (self._array if self._array is not None else np.zeros((0, *self.shape[1:]), self.dtype))[rows]
        low, high = int(rows.min()), int(rows.max()) + 1
        if high - low <= 2 * len(rows):
            return self.span(low, high)[rows - low]
        return np.concatenate([self.span(int(row), int(row) + 1) for row in rows])


class VectorStore:
    """Texts by the hash of their words. Immutable."""

    def __init__(self, keys: Sequence[bytes], vectors: Rows, ends: NDArray[np.int64], tokens: Rows) -> None:
        """keys: one a text; vectors: (n, d) float16; ends: (n,) where each text's words end in tokens (all, k) int8."""
        self._vectors, self._ends, self._tokens = vectors, ends, tokens
        self._row = {key: row for row, key in enumerate(keys)}

    @classmethod
    def of(cls, kept: Mapping[bytes, Kept]) -> VectorStore:
        """From loose parts."""
        if not kept:
            return cls((), Rows(np.zeros((0, 1), np.float16)), np.zeros(0, np.int64), Rows(np.zeros((0, 1), np.int8)))
        ends = np.cumsum([len(k.tokens) for k in kept.values()], dtype=np.int64)
        return cls(tuple(kept), Rows(np.stack([k.vector for k in kept.values()]).astype(np.float16)), ends,
                   Rows(np.concatenate([k.tokens for k in kept.values()])))

    def __contains__(self, key: bytes) -> bool:
        return key in self._row

    def __len__(self) -> int:
        return len(self._row)

    def rows(self, keys: Sequence[bytes]) -> NDArray[np.int64]:
        """(len(keys),) rows of texts that are here."""
        return np.array([self._row[key] for key in keys], np.int64)

    @property
    def dimension(self) -> int:
        """Of a vector."""
        return int(self._vectors.shape[1])

    def vectors(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """(len(rows), d)."""
        return self._vectors.take(rows).astype(np.float32)

    def words(self, row: int) -> NDArray[np.int8]:
        """(t, k) of one text."""
        return self._tokens.span(int(self._ends[row - 1]) if row else 0, int(self._ends[row]))

    def kept(self, key: bytes) -> Kept:
        """One text."""
        row = self._row[key]
        return Kept(self._vectors.span(row, row + 1)[0], self.words(row))

    def save(self, folder: Path, model: str) -> None:
        """Write it; a full disk costs a few seconds at the next start, nothing else."""
        name = self._name(list(self._row), model)
        keys = np.frombuffer(b"".join(self._row), np.uint8).reshape(-1, 20)
        vectors, tokens = (rows.span(0, len(rows)) for rows in (self._vectors, self._tokens))
        arrays: tuple[NDArray[Any], ...] = (vectors, self._ends, tokens, keys)
        for part, array in zip(_PARTS, arrays, strict=True):
            try:
                handle, path = tempfile.mkstemp(dir=folder, suffix=".part")
                with os.fdopen(handle, "wb") as file:
                    np.save(file, array)
                os.replace(path, folder / f"{name}.{part}.npy")
            except OSError:
                return

    @classmethod
    def load(cls, folder: Path, keys: Sequence[bytes], model: str) -> VectorStore | None:
        """What was written of exactly these texts, mapped; None where there is nothing whole."""
        name = cls._name(keys, model)
        try:
            ends, held = (np.load(folder / f"{name}.{part}.npy", allow_pickle=False) for part in ("ends", "keys"))
            vectors, tokens = (Rows(np.load(path, allow_pickle=False, mmap_mode="r"), path)
                               for path in (folder / f"{name}.{part}.npy" for part in ("vectors", "tokens")))
        except (OSError, ValueError, EOFError):
            return None  # not there, or torn: embedded anew
        if not len(vectors) == len(ends) == len(held) or (len(ends) and int(ends[-1]) != len(tokens)):
            return None
        return cls([row.tobytes() for row in held], vectors, ends, tokens)

    @staticmethod
    def _name(keys: Sequence[bytes], model: str) -> str:
        return hashlib.sha1(model.encode() + b"".join(sorted(set(keys)))).hexdigest()
