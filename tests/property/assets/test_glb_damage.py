"""However a GLB is damaged, the reader answers with a scene or with one GlbError, never with another exception."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.glb import GlbError, GlbMesh, GlbNode, GlbPrimitive, GlbScene, read_glb
from assets.glb_write import glb_bytes

pytestmark = pytest.mark.property


def small_glb(seed: int) -> bytes:
    random = np.random.default_rng(seed)
    v = int(random.integers(3, 20))
    p = GlbPrimitive(
        random.normal(size=(v, 3)).astype(np.float32),
        np.tile([0, 1, 0], (v, 1)).astype(np.float32),
        random.integers(0, v, (5, 3)).astype(np.int32),
        random.random((v, 2)).astype(np.float32),
    )
    eye = np.eye(4, dtype=np.float32)
    return glb_bytes(GlbScene((GlbNode("a", eye), GlbNode("b", eye, 0, 0)), (GlbMesh("m", (p,)),)))


def outcome(data: bytes) -> str:
    try:
        read_glb(data)
    except GlbError as error:
        assert str(error).strip() and "\n" not in str(error)
        return error.code
    return "read"


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 0.999))
def test_a_truncated_file_is_always_refused(seed: int, share: float) -> None:
    data = small_glb(seed)
    assert outcome(data[: int(len(data) * share)]) != "read"


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10_000), st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=8))
def test_flipped_bytes_never_raise_anything_else(seed: int, flips: list[tuple[float, int]]) -> None:
    data = bytearray(small_glb(seed))
    for share, value in flips:
        data[int(len(data) * share)] = value
    outcome(bytes(data))


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 2**40),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=5),
    st.lists(st.integers(-2, 9), max_size=4),
    st.dictionaries(st.text(max_size=4), st.integers(-2, 9), max_size=2),
)


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 10_000), st.data())
def test_any_json_value_replaced_never_raises_anything_else(seed: int, data: st.DataObject) -> None:
    glb = small_glb(seed)
    size = struct.unpack_from("<I", glb, 12)[0]
    value = json.loads(glb[20 : 20 + size])
    at, path = value, []
    while True:  # walk to a random place
        keys = list(at) if isinstance(at, dict) else list(range(len(at)))
        key = data.draw(st.sampled_from(keys))
        path.append(key)
        inner = at[key]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.integers(0, 3)) == 0:
            at[key] = data.draw(JUNK)
            break
        at = inner
    text = json.dumps(value).encode()
    text += b" " * (-len(text) % 4)
    rest = glb[20 + size :]
    outcome(
        struct.pack("<4sII", b"glTF", 2, 20 + len(text) + len(rest)) + struct.pack("<II", len(text), 0x4E4F534A) + text + rest
    )
