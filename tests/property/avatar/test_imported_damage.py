"""However a stranger's figure is damaged, converting it gives a body or an error that the locked worker has a sentence for."""

from __future__ import annotations

import copy
import json
import struct
from typing import Any

import numpy as np
import pytest

from assets.glb import GlbError
from assets.glb_container import open_document
from avatar.build.bust import bust
from avatar.imported.convert import convert
from avatar.imported.report import facts, findings
from avatar.imported.worker import EXPECTED
from tests.fakes.foreign_figures import Foreign, foreign_glb

pytestmark = [pytest.mark.property, pytest.mark.filterwarnings("ignore::RuntimeWarning")]

JUNK: tuple[Any, ...] = (None, True, -1, 0, 3, 2**33, 1e30, "x", [], {}, [[]], {"index": "x"}, [None], "\u202e", 0.5)
KINDS = (Foreign("vrm", "vowels", 1, 60), Foreign("vroid", "vowels", 0, 60), Foreign("vrm", "perfect", 1),
         Foreign("mixamo", "oculus"),
         Foreign("mixamo:", "jaw", scale=100))


def outcome(data: bytes) -> str:
    try:
        made = convert(open_document(data), "x")
        assert facts(made) and findings(made)
        assert np.isfinite(made.stage.joint_positions_m).all() and np.isfinite(made.stage.hand_poses).all()
        assert all(np.isfinite(m.positions).all() and np.isfinite(m.morph_deltas).all() for m in made.stage.meshes)
    except GlbError as error:
        assert "\n" not in str(error)
        return error.code
    except EXPECTED:
        return "unreadable"
    return "read"


def packed(json_: dict[str, Any], rest: bytes) -> bytes:
    text = json.dumps(json_).encode()
    text += b" " * (-len(text) % 4)
    head = struct.pack("<4sII", b"glTF", 2, 20 + len(text) + len(rest))
    return head + struct.pack("<I4s", len(text), b"JSON") + text + rest


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found += places(inner, (*path, key))
    return found


@pytest.mark.parametrize("how", KINDS, ids=lambda how: f"{how.bones}-{how.shapes}")
def test_junk_anywhere_in_the_json(how: Foreign) -> None:
    seed = int(np.random.default_rng().integers(1 << 31))
    print("seed", seed)
    rng = np.random.default_rng(seed)
    whole = foreign_glb(bust(), how)
    size = struct.unpack_from("<I", whole, 12)[0]
    good, rest = json.loads(whole[20 : 20 + size]), whole[20 + size :]
    spots = [p for p in places(good) if p[0] not in ("accessors", "bufferViews") or rng.random() < 0.2]
    seen: dict[str, int] = {}
    for _ in range(12):
        json_ = copy.deepcopy(good)
        for spot in rng.choice(len(spots), int(rng.integers(1, 4))):
            owner: Any = json_
            try:
                for key in spots[spot][:-1]:
                    owner = owner[key]
                owner[spots[spot][-1]] = JUNK[rng.integers(len(JUNK))]
            except (KeyError, IndexError, TypeError):
                continue  # an earlier piece of junk took its place
        said = outcome(packed(json_, rest))
        seen[said] = seen.get(said, 0) + 1
    assert seen


def test_damaged_bytes() -> None:
    seed = int(np.random.default_rng().integers(1 << 31))
    print("seed", seed)
    rng = np.random.default_rng(seed)
    whole = bytearray(foreign_glb(bust(), KINDS[0]))
    for _ in range(8):
        data = bytearray(whole)
        for at in rng.integers(12, len(data), 40):
            data[at] = rng.integers(256)
        outcome(bytes(data))
    for share in rng.uniform(0, 0.99, 6):
        assert outcome(bytes(whole[: int(len(whole) * share)])) != "read"
