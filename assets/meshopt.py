"""Decoders of EXT_meshopt_compression, written from the extension's published bitstream description.

The registries carry the reference decoder only as source for a C++ compiler, which a shop's machine need not have.
https://github.com/KhronosGroup/glTF/tree/main/extensions/2.0/Vendor/EXT_meshopt_compression (appendices A and B)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_BLOCK_BYTES, _BLOCK_MOST, _GROUP = 8192, 256, 16
_TAIL_LEAST = 32  # the stream of attributes ends in at least that many bytes, the last `stride` of them the first element
_FIFO = 16
_SQRT_HALF = 1 / np.sqrt(2)


class MeshoptError(ValueError):
    """The stream is damaged; one clause that says how."""


def decode_attributes(data: bytes, count: int, stride: int) -> NDArray[np.uint8]:
    """Mode ATTRIBUTES: (count, stride) bytes. stride: a multiple of 4 up to 256. Raises MeshoptError."""
    tail = max(stride, _TAIL_LEAST)
    if len(data) < 1 + tail or data[0] != 0xA0:
        raise MeshoptError("no attribute stream of version 0 begins there")
    source = np.frombuffer(data, np.uint8)
    last = source[len(data) - stride:].copy()
    end = len(data) - tail
    out = np.empty((count, stride), np.uint8)
    block = min(_BLOCK_BYTES // stride & ~(_GROUP - 1), _BLOCK_MOST)
    at = 1
    for start in range(0, count, block):
        size = min(block, count - start)
        deltas = np.empty((size, stride), np.uint8)
        for k in range(stride):
            column, at = _column(source, at, end, size)
            deltas[:, k] = column
        # Zigzag, then differences to the element before, modulo 256.
        signed = (deltas >> 1) ^ (-(deltas & 1).astype(np.int8)).astype(np.uint8)
        rows = np.cumsum(np.vstack([last[None], signed]), axis=0, dtype=np.uint64).astype(np.uint8)[1:]
        out[start:start + size] = rows
        last = rows[-1]
    if at != end:
        raise MeshoptError(f"{end - at} bytes are left over")
    return out


def _column(source: NDArray[np.uint8], at: int, end: int, size: int) -> tuple[NDArray[np.uint8], int]:
    """One byte of `size` elements: two bits a group of 16 say how wide its values are (0, 2, 4 or 8 bits)."""
    groups = -(-size // _GROUP)
    header = -(-groups // 4)
    if at + header > end:
        raise MeshoptError("it ends in the middle of a block")
    heads = source[at:at + header]
    widths = (heads[:, None] >> np.array([0, 2, 4, 6], np.uint8) & 3).reshape(-1)[:groups]
    at += header
    out = np.zeros(groups * _GROUP, np.uint8)
    for group, width in enumerate(widths.tolist()):
        if width == 0:
            continue
        place = group * _GROUP
        packed = (0, 4, 8, 16)[width]
        if at + packed > end:
            raise MeshoptError("it ends in the middle of a group")
        taken = source[at:at + packed]
        at += packed
        if width == 3:
            out[place:place + _GROUP] = taken
            continue
        if width == 1:
            values = (taken[:, None] >> np.array([6, 4, 2, 0], np.uint8) & 3).reshape(-1)
            wide = values == 3
        else:
            values = (taken[:, None] >> np.array([4, 0], np.uint8) & 15).reshape(-1)
            wide = values == 15
        more = int(wide.sum())
        if more:  # values too large for their bits follow as whole bytes
            if at + more > end:
                raise MeshoptError("it ends in the middle of a group")
            values[wide] = source[at:at + more]
            at += more
        out[place:place + _GROUP] = values
    return out[:size], at


class _Varints:
    """Numbers of 7 bits a byte, and differences to the last one."""

    def __init__(self, data: bytes, at: int, end: int) -> None:
        self._data, self.at, self.end = data, at, end

    def byte(self) -> int:
        if self.at >= self.end:
            raise MeshoptError("it ends in the middle of an index")
        self.at += 1
        return self._data[self.at - 1]

    def number(self) -> int:
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128 or shift > 28:
                return value & 0xFFFFFFFF

    def after(self, last: int) -> int:
        value = self.number()
        return (last + ((value >> 1) ^ -(value & 1))) & 0xFFFFFFFF


def decode_sequence(data: bytes, count: int) -> NDArray[np.uint32]:
    """Mode INDICES: (count,) indices. Raises MeshoptError."""
    if len(data) < 1 + count + 4 or data[0] != 0xD1:
        raise MeshoptError("no index sequence of version 1 begins there")
    read, last = _Varints(data, 1, len(data) - 4), [0, 0]
    out = np.empty(count, np.uint32)
    for i in range(count):
        value = read.number()
        current, value = value & 1, value >> 1
        last[current] = (last[current] + ((value >> 1) ^ -(value & 1))) & 0xFFFFFFFF
        out[i] = last[current]
    if read.at != read.end:
        raise MeshoptError("bytes are left over")
    return out


def decode_triangles(data: bytes, count: int) -> NDArray[np.uint32]:
    """Mode TRIANGLES: (count,) indices, three a triangle. Raises MeshoptError."""
    triangles = count // 3
    if len(data) < 1 + triangles + 16 or data[0] & 0xF0 != 0xE0 or data[0] & 15 > 1:
        raise MeshoptError("no triangle stream of version 0 or 1 begins there")
    return _Triangles(data, triangles).decoded()


class _Triangles:
    """The state that the stream refers to: the last 16 edges, the last 16 vertices, the next new vertex, the last odd one."""

    def __init__(self, data: bytes, triangles: int) -> None:
        self._codes = data[1:1 + triangles]
        self._pairs = data[-16:]
        self._read = _Varints(data, 1 + triangles, len(data) - 16)
        self._far = 13 if data[0] & 15 else 15  # from here on a third vertex is written as a difference
        self._edges = [(0, 0)] * _FIFO
        self._vertices = [0] * _FIFO
        self._edge_at = self._vertex_at = 0
        self._next = self._last = 0

    def decoded(self) -> NDArray[np.uint32]:
        out: list[int] = []
        for code in self._codes:
            if code < 0xF0:
                out += self._beside_an_edge(code)
            elif code < 0xFE:
                out += self._free(self._pairs[code & 15])
            else:
                out += self._odd(0 if code == 0xFE else 15)
        if self._read.at != self._read.end:
            raise MeshoptError("bytes are left over")
        return np.array(out, np.uint64).astype(np.uint32)

    def _edge(self, a: int, b: int) -> None:
        self._edges[self._edge_at] = (a, b)
        self._edge_at = (self._edge_at + 1) % _FIFO

    def _vertex(self, vertex: int) -> None:
        self._vertices[self._vertex_at] = vertex
        self._vertex_at = (self._vertex_at + 1) % _FIFO

    def _new(self) -> int:
        self._next += 1
        return self._next - 1

    def _beside_an_edge(self, code: int) -> tuple[int, int, int]:
        a, b = self._edges[(self._edge_at - 1 - (code >> 4)) % _FIFO]
        third = code & 15
        if third == 0:
            c = self._new()
            self._vertex(c)
        elif third < self._far:
            c = self._vertices[(self._vertex_at - 1 - third) % _FIFO]
        else:
            c = self._last = (self._last + (third - (third ^ 3))) & 0xFFFFFFFF if third != 15 else self._read.after(self._last)
            self._vertex(c)
        self._edge(c, b)
        self._edge(a, c)
        return a, b, c

    def _free(self, pair: int) -> tuple[int, int, int]:
        second, third = pair >> 4, pair & 15
        a = self._new()
        b = self._new() if second == 0 else self._vertices[(self._vertex_at - second) % _FIFO]
        c = self._new() if third == 0 else self._vertices[(self._vertex_at - third) % _FIFO]
        return self._pushed(a, b, c, True, second == 0, third == 0)

    def _odd(self, first: int) -> tuple[int, int, int]:
        pair = self._read.byte()
        second, third = pair >> 4, pair & 15
        if pair == 0:
            self._next = 0  # the numbering begins anew
        a = self._new() if first == 0 else 0
        b = self._new() if second == 0 else self._vertices[(self._vertex_at - second) % _FIFO]
        c = self._new() if third == 0 else self._vertices[(self._vertex_at - third) % _FIFO]
        if first == 15:
            a = self._last = self._read.after(self._last)
        if second == 15:
            b = self._last = self._read.after(self._last)
        if third == 15:
            c = self._last = self._read.after(self._last)
        return self._pushed(a, b, c, True, second in (0, 15), third in (0, 15))

    def _pushed(self, a: int, b: int, c: int, *fresh: bool) -> tuple[int, int, int]:
        for vertex, is_fresh in zip((a, b, c), fresh, strict=True):
            if is_fresh:
                self._vertex(vertex)
        for edge in ((b, a), (c, b), (a, c)):
            self._edge(*edge)
        return a, b, c


def unfilter(rows: NDArray[np.uint8], name: str) -> NDArray[np.uint8]:
    """Undo a filter. rows: (n, stride) bytes; name: "OCTAHEDRAL", "QUATERNION" or "EXPONENTIAL"."""
    if name == "EXPONENTIAL":
        words = rows.view("<i4")
        mantissa = (words << 8) >> 8
        return np.ldexp(mantissa.astype(np.float64), words >> 24).astype("<f4").view(np.uint8)
    if name == "OCTAHEDRAL":
        return _octahedral(rows.view("<i2" if rows.shape[1] == 8 else "i1")).view(np.uint8)
    return _quaternion(rows.view("<i2")).view(np.uint8)


def _octahedral(codes: NDArray) -> NDArray:
    """x, y on the octahedron, the third number is its scale; the fourth stays."""
    most = 127.0 if codes.dtype.itemsize == 1 else 32767.0
    x, y, one = (codes[:, k].astype(np.float32) for k in range(3))
    z = one - np.abs(x) - np.abs(y)
    under = np.maximum(-z, 0)
    x = x - np.copysign(under, x)
    y = y - np.copysign(under, y)
    scale = most / np.sqrt(x * x + y * y + z * z)
    out = codes.copy()
    for k, part in enumerate((x, y, z)):
        out[:, k] = _rounded(part * scale)
    return out


def _quaternion(codes: NDArray) -> NDArray:
    """Three of the four numbers; which is missing stands in the low bits of the fourth, over the scale."""
    scale = _SQRT_HALF / (codes[:, 3].astype(np.int32) | 3)
    xyz = codes[:, :3].astype(np.float64) * scale[:, None]
    w = np.sqrt(np.maximum(1.0 - (xyz**2).sum(1), 0.0))
    missing = codes[:, 3].astype(np.int32) & 3
    out, rows = np.empty_like(codes), np.arange(len(codes))
    for k in range(3):
        out[rows, (missing + 1 + k) % 4] = _rounded(xyz[:, k] * 32767)
    out[rows, missing] = _rounded(w * 32767)
    return out


def _rounded(values: NDArray) -> NDArray[np.int64]:
    """To the nearest, halves away from zero."""
    return np.trunc(values + np.copysign(0.5, values)).astype(np.int64)
