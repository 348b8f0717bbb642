"""A damaged meshopt stream is refused or decoded to the announced size, never more; a hand-written one is read right."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.meshopt import MeshoptError, decode_attributes, decode_sequence, decode_triangles
from tests.fakes.meshopt_streams import raw_stream

pytestmark = pytest.mark.property


@given(st.integers(1, 700), st.sampled_from([4, 8, 12, 32, 36, 256]), st.integers(0, 2**32 - 1))
def test_plain_streams_come_back(count: int, stride: int, seed: int) -> None:
    rows = np.random.default_rng(seed).integers(0, 256, (count, stride)).astype(np.uint8)
    assert (decode_attributes(raw_stream(rows), count, stride) == rows).all()


@given(st.lists(st.integers(0, 2**30), min_size=3, max_size=60), st.data())
def test_triangles_written_as_differences_come_back(indices: list[int], data: st.DataObject) -> None:
    indices = indices[: len(indices) // 3 * 3]
    out, last = bytearray(b"\xe1" + b"\xff" * (len(indices) // 3)), 0
    for k, index in enumerate(indices):
        if k % 3 == 0:
            out.append(0xFF)  # the second and third are differences, too
        delta = index - last
        value = (-2 * delta - 1 if delta < 0 else 2 * delta) & 0xFFFFFFFF
        while value > 127:
            out.append(value & 127 | 128)
            value >>= 7
        out.append(value)
        last = index
    assert decode_triangles(bytes(out) + bytes(16), len(indices)).tolist() == indices


@given(st.binary(max_size=400), st.integers(0, 3000), st.sampled_from([4, 8, 16, 256]),
       st.sampled_from([0xA0, 0xD1, 0xE0, 0xE1]))
def test_noise_is_refused_or_has_the_announced_size(noise: bytes, count: int, stride: int, head: int) -> None:
    stream = bytes([head]) + noise
    for decode, size in ((lambda: decode_attributes(stream, count, stride), count * stride),
                         (lambda: decode_triangles(stream, count - count % 3), count - count % 3),
                         (lambda: decode_sequence(stream, count), count)):
        try:
            assert decode().size == size
        except MeshoptError as error:
            assert str(error)
